/* SPDX-License-Identifier: MIT */
/* API keys: parameters in, rows out. Their verification is in credential.c. */
#include "store/api_key.h"

#include "base/secret.h"
#include "base/text.h"
#include "store/param.h"

struct rows *api_key_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *after, int64_t limit)
{
	const char **params = param_scope(cx, environment, after, 3);

	params[2] = param_int(cx, limit);
	return db_queue(cx, db, STMT_KEY_LIST, params);
}

struct rows *api_key_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_KEY_BY_ID, param_scope(cx, environment, id, 2));
}

void api_key_read(const struct rows *rows, int i, struct api_key *key)
{
	key->id = rows_uuid(rows, i, 0);
	key->display_name = rows_text(rows, i, 1);
	key->scopes = scopes_read(rows_text(rows, i, 2));
	key->created = rows_time(rows, i, 3);
	key->used = rows_time(rows, i, 4);
}

const char *api_key_create(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct api_key *key)
{
	const char **params = param_scope(cx, environment, &key->id, 6);
	const char *secret = secret_make(cx->arena, SECRET_API_KEY, environment);

	params[2] = param_sha256(cx, secret);
	params[3] = scopes_param(cx, key->scopes);
	params[4] = key->display_name;
	params[5] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_KEY_INSERT, params);
	return secret;
}

struct rows *api_key_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	const char **params = param_scope(cx, environment, id, 3);

	params[2] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_KEYS_LOCK, params);
	return db_queue(cx, db, STMT_KEY_FATE, params);
}

void api_key_fate(const struct rows *rows, struct key_fate *fate)
{
	fate->there = rows_count(rows) > 0;
	fate->last = fate->there && (scopes_read(rows_text(rows, 0, 0)) & SCOPE_MANAGE) &&
		     rows_int(rows, 0, 1) == 0;
}

struct rows *api_key_revoke(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	const char **params = param_scope(cx, environment, id, 3);

	params[2] = param_time(cx, cx->now);
	return db_queue(cx, db, STMT_KEY_REVOKE, params);
}

struct rows *api_key_revoke_any(struct ctx *cx, struct db *db, const struct uuid *id)
{
	const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));

	params[0] = param_uuid(cx, id);
	params[1] = param_time(cx, cx->now);
	return db_queue(cx, db, STMT_KEY_REVOKE_ANY, params);
}
