/* SPDX-License-Identifier: MIT */
/* Custom schemas of one environment's directories: a text in the directory's row. */
#ifndef STORE_CUSTOM_SCHEMA_H
#define STORE_CUSTOM_SCHEMA_H

#include "scim/schema_set.h"
#include "store/db.h"

/* Queue the reading: one row, when the environment has the directory. */
struct rows *schemas_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

/*
 * Queue the same for a change, behind the lock under which all changes of the organization's
 * directories happen: two at once cannot lose one. The transaction stands in the directory then,
 * which schema_use needs.
 */
struct rows *schemas_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

/*
 * The row of either. *mine: the directory was last changed by an attempt of this request whose
 * COMMIT got no answer.
 * Fails: SCIM_NOT_FOUND, and as schema_set_read
 */
enum scim_err schemas_read(
	struct ctx *cx, const struct rows *rows, struct schema_set *set, bool *mine);

/* Queue the storing of the whole set. */
void schemas_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct schema_set *set);

/* Who has values of a schema. */
struct schema_use {
	bool some; /* some resource of the type has */
	bool others; /* some resource of the type has not */
};

/*
 * Queue the question, of live resources; urn as the schema spells it.
 */
struct rows *schema_use(struct ctx *cx, struct db *db, const struct uuid *directory,
	enum resource_kind type, const char *urn);
struct schema_use schema_use_read(const struct rows *rows);

#endif
