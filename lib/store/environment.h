/* SPDX-License-Identifier: MIT */
/* Environments: made by the operator, looked after by the vendor. */
#ifndef STORE_ENVIRONMENT_H
#define STORE_ENVIRONMENT_H

#include "store/db.h"

struct environment {
	struct uuid id;
	const char *display_name;
	const char *application_name; /* NULL: none, here and below */
	const char *logo_url;
	const char *return_url;
	int64_t created; /* microseconds since 1970 */
};

/* What the vendor wants to be; only what is given is changed. */
struct environment_change {
	const char *display_name; /* NULL: as it is */
	bool has_application_name;
	const char *application_name; /* NULL clears */
	bool has_logo_url;
	const char *logo_url;
	bool has_return_url;
	const char *return_url;
};

/*
 * Find the environment of that name or id. Names are the vendors' to choose: two may have the same.
 *
 * Fails: SCIM_NOT_FOUND, SCIM_CONFLICT when more than one has it, and as db_run
 */
enum scim_err environment_find(
	struct ctx *cx, struct db *db, const char *name, struct uuid *environment);

/* The same; what is no id and nobody's name is made. *made says which. */
enum scim_err environment_ensure(
	struct ctx *cx, struct db *db, const char *name, struct uuid *environment, bool *made);

/* Queue: all of them, oldest first; one. */
struct rows *environment_list(struct ctx *cx, struct db *db);
struct rows *environment_get(struct ctx *cx, struct db *db, const struct uuid *id);
void environment_read(const struct rows *rows, int i, struct environment *environment);

/* Queue a change and the reading back of its result. */
struct rows *environment_update(struct ctx *cx, struct db *db, const struct uuid *id,
	const struct environment_change *change);

/* Does the database have the schema that this program knows? */
enum scim_err schema_check(struct ctx *cx, struct db *db);

/* Queue a page of the ids of the environments that have an endpoint to send to, for the program's own work. */
struct rows *environment_ids(
	struct ctx *cx, struct db *db, const struct uuid *after, int64_t limit);

#endif
