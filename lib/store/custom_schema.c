/* SPDX-License-Identifier: MIT */
/* Custom schemas: parameters in, rows out. */
#include "store/custom_schema.h"

#include "base/text.h"
#include "store/directory.h"
#include "store/param.h"

/* Who asks for the resources of a type. */
static const enum stmt_id use_stmts[KIND__MAX] = {
	[KIND_USER] = STMT_SCHEMA_USE_USERS,
	[KIND_GROUP] = STMT_SCHEMA_USE_GROUPS,
};

struct rows *schemas_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_SCHEMAS, param_scope(cx, environment, id, 2));
}

struct rows *schemas_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	directory_lock(cx, db, environment, id);
	return db_queue(cx, db, STMT_SCHEMAS_ENTER, param_scope(cx, environment, id, 2));
}

enum scim_err schemas_read(
	struct ctx *cx, const struct rows *rows, struct schema_set *set, bool *mine)
{
	if (!rows_count(rows))
		return ctx_fail(cx, SCIM_NOT_FOUND, "SCIM directory not found");
	*mine = cx->attempt > 0 && rows_time(rows, 0, 1) == cx->now;
	return schema_set_read(cx, rows_text(rows, 0, 0), rows_len(rows, 0, 0), set);
}

void schemas_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct schema_set *set)
{
	const char **params = param_scope(cx, environment, id, 4);

	params[2] = schema_set_text(cx->arena, set);
	params[3] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_SCHEMAS_UPDATE, params);
}

struct rows *schema_use(struct ctx *cx, struct db *db, const struct uuid *directory,
	enum resource_kind type, const char *urn)
{
	const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));

	params[0] = param_uuid(cx, directory);
	params[1] = urn;
	return db_queue(cx, db, use_stmts[type], params);
}

struct schema_use schema_use_read(const struct rows *rows)
{
	struct schema_use use;

	use.some = rows_bool(rows, 0, 0);
	use.others = rows_bool(rows, 0, 1);
	return use;
}
