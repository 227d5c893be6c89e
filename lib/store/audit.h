/* SPDX-License-Identifier: MIT */
/* The audit log: what was changed, or was tried to, and by whom. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/db.h"

/* Texts were redacted; NULL: none. */
struct audit {
	struct uuid id; /* of the request */
	int64_t at; /* microseconds since 1970 */
	const char *actor; /* "api_key", "console", "setup" or "command_line" */
	bool has_actor_id;
	struct uuid actor_id; /* of the API key; of "setup" the organization */
	const char *method;
	const char *path;
	int status;
	const char *body;
	const char *detail; /* why it failed */
	const char *remote_address;
};

/*
 * Queue the row of this request, id and time being the context's. It is written only where the
 * transaction's AUTH has let somebody of the environment in; again, it says how it ended at last.
 */
void audit_queue(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct audit *audit);

/* The same for a command of the operator, who has no credential. */
void audit_command(
	struct ctx *cx, struct db *db, const struct uuid *environment, const char *command);

/* Queue the question whether this request has committed its change: one row when it has. */
struct rows *audit_find(struct ctx *cx, struct db *db, const struct uuid *environment);

struct audit_query {
	const struct uuid *before; /* rows older than this id; NULL: from the newest on */
	int64_t since, until; /* microseconds; 0: any */
	const struct uuid *actor_id; /* NULL: any */
	int64_t limit;
};

/* Queue a page, newest first. */
struct rows *audit_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct audit_query *query);
void audit_read(const struct rows *rows, int i, struct audit *audit);

#endif
