/* SPDX-License-Identifier: MIT */
/* Environments: parameters in, rows out. */
#include "store/environment.h"

#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "store/param.h"

static bool is_id(const char *text, struct uuid *id)
{
	return id_parse(ID_ENVIRONMENT, text, strlen(text), id);
}

enum scim_err environment_find(
	struct ctx *cx, struct db *db, const char *name, struct uuid *environment)
{
	const char *find[] = { name };
	struct rows *rows;
	enum scim_err e;

	if (is_id(name, environment))
		rows = environment_get(cx, db, environment);
	else
		rows = db_queue(cx, db, STMT_ENVIRONMENT_BY_NAME, find);
	if ((e = db_run(cx, db)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(cx, SCIM_NOT_FOUND, "there is no environment '%s'", name);
	if (rows_count(rows) > 1)
		return ctx_fail(cx, SCIM_CONFLICT,
			"more than one environment is named '%s': give the id of the one you mean",
			name);
	*environment = rows_uuid(rows, 0, 0);
	return SCIM_OK;
}

enum scim_err environment_ensure(
	struct ctx *cx, struct db *db, const char *name, struct uuid *environment, bool *made)
{
	const char *insert[4];
	unsigned char key[SHA256_BYTES];
	enum scim_err e = environment_find(cx, db, name, environment);

	*made = e == SCIM_NOT_FOUND && !is_id(name, environment);
	if (!*made)
		return e;
	ctx_clear(cx);
	random_bytes(key, sizeof(key));
	*environment = uuid_v7(time_precise());
	insert[0] = param_uuid(cx, environment);
	insert[1] = name;
	insert[2] = param_bytes(cx, key, sizeof(key));
	insert[3] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_ENVIRONMENT_INSERT, insert);
	return db_run(cx, db);
}

struct rows *environment_list(struct ctx *cx, struct db *db)
{
	return db_queue(cx, db, STMT_ENVIRONMENT_LIST, NULL);
}

struct rows *environment_get(struct ctx *cx, struct db *db, const struct uuid *id)
{
	const char **params = arena_alloc(cx->arena, sizeof(*params));

	params[0] = param_uuid(cx, id);
	return db_queue(cx, db, STMT_ENVIRONMENT, params);
}

void environment_read(const struct rows *rows, int i, struct environment *environment)
{
	environment->id = rows_uuid(rows, i, 0);
	environment->display_name = rows_text(rows, i, 1);
	environment->application_name = rows_text(rows, i, 2);
	environment->logo_url = rows_text(rows, i, 3);
	environment->return_url = rows_text(rows, i, 4);
	environment->created = rows_time(rows, i, 5);
}

struct rows *environment_update(struct ctx *cx, struct db *db, const struct uuid *id,
	const struct environment_change *change)
{
	const char **params = arena_alloc(cx->arena, 8 * sizeof(*params));

	params[0] = param_uuid(cx, id);
	params[1] = change->display_name;
	params[2] = param_bool(change->has_application_name);
	params[3] = change->application_name;
	params[4] = param_bool(change->has_logo_url);
	params[5] = change->logo_url;
	params[6] = param_bool(change->has_return_url);
	params[7] = change->return_url;
	db_queue(cx, db, STMT_ENVIRONMENT_UPDATE, params);
	return environment_get(cx, db, id);
}

enum scim_err schema_check(struct ctx *cx, struct db *db)
{
	db_queue(cx, db, STMT_PING, NULL);
	return db_run(cx, db); /* connecting checks the version */
}

struct rows *environment_ids(struct ctx *cx, struct db *db, const struct uuid *after, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));

	params[0] = param_uuid(cx, after);
	params[1] = param_int(cx, limit);
	return db_queue(cx, db, STMT_ENVIRONMENTS, params);
}
