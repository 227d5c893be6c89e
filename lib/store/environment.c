/* SPDX-License-Identifier: MIT */
/* Environments and API keys. */
#include "store/environment.h"

#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "store/param.h"

enum scim_err environment_ensure(
	struct ctx *cx, struct db *db, const char *name, struct uuid *environment, bool *made)
{
	const char *find[] = { name };
	const char *insert[4];
	unsigned char key[SHA256_BYTES];
	struct rows *rows;
	enum scim_err e;

	rows = db_queue(cx, db, STMT_ENVIRONMENT_BY_NAME, find);
	if ((e = db_run(cx, db)))
		return e;
	*made = rows_count(rows) == 0;
	if (!*made) {
		*environment = rows_uuid(rows, 0, 0);
		return SCIM_OK;
	}
	random_bytes(key, sizeof(key));
	*environment = uuid_v7(time_precise());
	insert[0] = param_uuid(cx, environment);
	insert[1] = name;
	insert[2] = param_bytes(cx, key, sizeof(key));
	insert[3] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_ENVIRONMENT_INSERT, insert);
	return db_run(cx, db);
}

enum scim_err environment_add_key(struct ctx *cx, struct db *db, const struct uuid *environment,
	unsigned scopes, const char **key)
{
	struct uuid id = uuid_v7(time_precise());
	unsigned char digest[SHA256_BYTES];
	const char *insert[5];

	*key = secret_make(cx->arena, SECRET_API_KEY, environment);
	sha256(*key, strlen(*key), digest);
	insert[0] = param_uuid(cx, &id);
	insert[1] = param_uuid(cx, environment);
	insert[2] = param_bytes(cx, digest, sizeof(digest));
	insert[3] = scopes_param(cx, scopes);
	insert[4] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_KEY_INSERT, insert);
	return db_run(cx, db);
}

enum scim_err schema_check(struct ctx *cx, struct db *db)
{
	db_queue(cx, db, STMT_PING, NULL);
	return db_run(cx, db); /* connecting checks the version */
}
