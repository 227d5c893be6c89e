/* SPDX-License-Identifier: MIT */
/* Organizations of one environment, and their domains. */
#ifndef STORE_ORGANIZATION_H
#define STORE_ORGANIZATION_H

#include "store/db.h"

struct organization {
	struct uuid id;
	const char *display_name; /* NULL: none */
	const char *external_id;
	const char *domains; /* JSON array of strings, sorted */
};

/* What a client wants to be; only what is given is changed. */
struct organization_change {
	bool has_display_name;
	const char *display_name; /* NULL clears */
	bool has_external_id;
	const char *external_id;
	bool has_domains;
	const char *const *domains; /* lower case */
	size_t domain_count;
};

/* Queue a page behind the id after (the zero UUID: from the beginning). */
struct rows *organization_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *after, int64_t limit);
struct rows *organization_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);
void organization_read(const struct rows *rows, int i, struct organization *organization);

/*
 * Queue the change and the reading back of its result; to be run with STMT_COMMIT. No row read
 * back: not found, or on creation an externalId that is in use.
 */
struct rows *organization_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct organization_change *change);
struct rows *organization_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct organization_change *change);

/* Queue the deletion of an organization with its directories and tokens. One row when it existed. */
struct rows *organization_delete(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

/* Queue the lock under which primaries are decided. */
void organization_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

#endif
