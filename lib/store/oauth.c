/* SPDX-License-Identifier: MIT */
/* OAuth clients and the tokens they get. */
#include "store/oauth.h"

#include "base/secret.h"
#include "base/text.h"
#include "store/credential.h"
#include "store/param.h"

enum {
	TOKENS_MAX = 50 /* of one client, alive */
};

struct rows *oauth_client_list(struct ctx *cx, struct db *db, const struct uuid scope[2],
	const struct uuid *after, int64_t limit)
{
	const char **params = param_scope(cx, &scope[0], &scope[1], 4);

	params[2] = param_uuid(cx, after);
	params[3] = param_int(cx, limit);
	return db_queue(cx, db, STMT_CLIENT_LIST, params);
}

struct rows *oauth_client_get(
	struct ctx *cx, struct db *db, const struct uuid scope[2], const struct uuid *id)
{
	const char **params = param_scope(cx, &scope[0], &scope[1], 3);

	params[2] = param_uuid(cx, id);
	return db_queue(cx, db, STMT_CLIENT_BY_ID, params);
}

void oauth_client_read(const struct rows *rows, int i, struct oauth_client *client)
{
	client->id = rows_uuid(rows, i, 0);
	client->display_name = rows_text(rows, i, 1);
	client->created = rows_time(rows, i, 2);
	client->used = rows_time(rows, i, 3);
}

const char *oauth_client_create(struct ctx *cx, struct db *db, const struct uuid scope[2],
	const struct oauth_client *client)
{
	const char **params = param_scope(cx, &scope[0], &scope[1], 6);
	const char *secret = secret_make(cx->arena, SECRET_CLIENT, &scope[1]);

	params[2] = param_uuid(cx, &client->id);
	params[3] = param_sha256(cx, secret);
	params[4] = client->display_name;
	params[5] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_CLIENT_INSERT, params);
	return secret;
}

void oauth_client_delete(
	struct ctx *cx, struct db *db, const struct uuid scope[2], const struct uuid *id)
{
	const char **params = param_scope(cx, &scope[0], &scope[1], 3);

	params[2] = param_uuid(cx, id);
	db_queue(cx, db, STMT_CLIENT_DELETE, params);
}

static enum scim_err gate_client(struct ctx *cx, const struct rows *rows, void *arg)
{
	enum scim_err e;

	(void)arg;
	if (!rows_count(rows))
		return ctx_fail(cx, SCIM_UNAUTHORIZED, NULL);
	if ((e = schema_gate(cx, rows)))
		return e;
	if (!rows_bool(rows, 0, 1))
		return ctx_fail(cx, OAUTH_UNAUTHORIZED_CLIENT, "this directory is disabled");
	return SCIM_OK;
}

const char *oauth_issue(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *client, const char *secret, int64_t seconds)
{
	const char *token = secret_make(cx->arena, SECRET_BEARER, directory);
	const char **enter = param_scope(cx, directory, client, 3);
	const char **trim = param_scope(cx, directory, client, 4);
	const char **issue = param_scope(cx, directory, client, 5);

	enter[2] = param_sha256(cx, secret);
	trim[2] = param_time(cx, cx->now);
	trim[3] = param_int(cx, TOKENS_MAX - 1);
	issue[2] = param_sha256(cx, token);
	issue[3] = trim[2];
	issue[4] = param_time(cx, cx->now + seconds * 1000000);
	db_gate(db, db_queue(cx, db, STMT_AUTH_CLIENT, enter), gate_client, NULL);
	db_queue(cx, db, STMT_TOKENS_TRIM, trim);
	db_queue(cx, db, STMT_TOKEN_ISSUE, issue);
	return token;
}
