/* SPDX-License-Identifier: MIT */
/*
 * Many directories at once: those of some organizations, and how each is. A directory's rows are
 * seen only by who has entered it, so each is entered in its turn, some in one trip, and each trip
 * verifies the session anew.
 */
#ifndef WEB_CONSOLE_FIND_H
#define WEB_CONSOLE_FIND_H

#include "store/organization.h"
#include "web/console.h"

struct console_fleet {
	int max; /* directories that are wanted */
	struct directory *directories; /* by organization */
	struct console_state *states;
	int count;
	bool cut; /* there are more */
};

/* Find the directories of the organizations in rows, in a trip. */
enum scim_err console_fleet_of(
	struct call *call, const struct rows *organizations, struct console_fleet *fleet);

/* Find how they are. */
enum scim_err console_fleet_states(struct call *call, struct console_fleet *fleet);

/* A name, or what stands for one that was not given. */
const char *console_name(const char *name);

/* Append the cell that names a directory. */
void console_cell_directory(struct call *call, const char *path, const struct uuid *id);

/* Append badges: what is particular about a directory. */
void console_directory_badges(
	struct call *call, const struct directory *directory, const struct console_state *state);

/* Append the cells of a state: last request, users, groups, requests, errors, refused tokens. */
void console_state_cells(struct call *call, const char *path, const struct console_state *state);

#endif
