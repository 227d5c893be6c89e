/* SPDX-License-Identifier: MIT */
/*
 * Settings: one table says key, type, default, bounds and meaning of each. A file gives
 * "key = value" lines; the environment variable ROLLCALL_KEY goes before it.
 */
#ifndef CGI_SETTINGS_H
#define CGI_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/db.h"
#include "web/call.h"

/* Of `rollcall deliver`; app.http says where it may send to, and how long that may take. */
struct deliver_settings {
	int64_t parallel; /* endpoints at a time */
	int64_t poll_ms; /* between two looks at the database when idle */
	int64_t retry_ms; /* before a failed attempt is repeated; doubles each time */
	int64_t give_up_hours; /* an endpoint that fails for so long is disabled */
	int64_t days; /* how long attempts are kept */
};

struct settings {
	struct app app;
	struct db_settings db;
	int64_t workers; /* of serve */
	int64_t requests_per_worker; /* then a new one; 0: no end */
	int64_t peer_seconds; /* patience with a web server that says nothing */
	struct deliver_settings deliver;
};

/*
 * Read the file (path NULL: none) and the environment into settings; texts live in the arena.
 * False, with a text for a person in *error, on an unknown key, a wrong value, a missing required
 * one, or a file that others may write or that anybody may read while it holds a password.
 */
bool settings_load(
	struct arena *arena, const char *path, struct settings *settings, const char **error);

/* The commented sample file, every setting with its default. */
void settings_sample(struct buf *buf);

#endif
