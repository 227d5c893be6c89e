/* SPDX-License-Identifier: MIT */
/* Setup links and their sessions: parameters in, rows out. */
#include "store/setup.h"

#include "base/text.h"
#include "store/param.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (SECOND_US * 24 * 3600)

struct rows *setup_link_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const char *token)
{
	const char **params = param_scope(cx, environment, organization, 5);

	params[2] = param_sha256(cx, token);
	params[3] = param_time(cx, cx->now);
	params[4] = param_time(cx, cx->now + SETUP_LINK_SECONDS * SECOND_US);
	return db_queue(cx, db, STMT_SETUP_LINK_INSERT, params);
}

struct rows *setup_redeem(struct ctx *cx, struct db *db, const struct uuid *environment,
	const char *token, const char *secret)
{
	const char **params = arena_alloc(cx->arena, 5 * sizeof(*params));
	const char **session = arena_alloc(cx->arena, 2 * sizeof(*session));

	session[0] = params[0] = param_uuid(cx, environment);
	params[1] = param_sha256(cx, token);
	session[1] = params[2] = param_sha256(cx, secret);
	params[3] = param_time(cx, cx->now);
	params[4] = param_time(cx, cx->now + SETUP_SESSION_SECONDS * SECOND_US);
	db_queue(cx, db, STMT_BEGIN, NULL);
	db_queue(cx, db, STMT_SETUP_REDEEM, params);
	return db_queue(cx, db, STMT_SESSION_FIND, session);
}

void session_end(struct ctx *cx, struct db *db, const struct uuid *environment, const char *secret)
{
	const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = param_sha256(cx, secret);
	db_queue(cx, db, STMT_SESSION_DELETE, params);
}

struct rows *setup_brand_get(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization)
{
	return db_queue(cx, db, STMT_SETUP_BRAND, param_scope(cx, environment, organization, 2));
}

void setup_brand_read(const struct rows *rows, struct setup_brand *brand)
{
	brand->application = rows_text(rows, 0, 0);
	brand->logo_url = rows_text(rows, 0, 1);
	brand->return_url = rows_text(rows, 0, 2);
	brand->organization = rows_text(rows, 0, 3);
}

struct rows *setup_directory_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization)
{
	return db_queue(
		cx, db, STMT_SETUP_DIRECTORIES, param_scope(cx, environment, organization, 2));
}

static const char **directory_params(struct ctx *cx, const struct uuid *environment,
	const struct uuid *organization, const struct uuid *id)
{
	const char **params = param_scope(cx, environment, organization, 3);

	params[2] = param_uuid(cx, id);
	return params;
}

struct rows *setup_directory_get(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const struct uuid *id)
{
	return db_queue(
		cx, db, STMT_SETUP_DIRECTORY, directory_params(cx, environment, organization, id));
}

void setup_directory_read(const struct rows *rows, int i, struct setup_directory *directory)
{
	directory->id = rows_uuid(rows, i, 0);
	directory->primary = rows_bool(rows, i, 1);
	directory->enabled = rows_bool(rows, i, 2);
	directory->token_at = rows_time(rows, i, 3);
	directory->has_token = directory->token_at != 0;
}

static struct rows *queue_total(
	struct ctx *cx, struct db *db, const struct uuid *id, const char *kind)
{
	const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));

	params[0] = param_uuid(cx, id);
	params[1] = kind;
	return db_queue(cx, db, STMT_TOTAL, params);
}

void setup_activity_get(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const struct uuid *id, struct setup_activity *activity)
{
	const char **log = arena_alloc(cx->arena, sizeof(*log));
	const char **failures = arena_alloc(cx->arena, 2 * sizeof(*failures));

	db_queue(cx, db, STMT_SETUP_ENTER, directory_params(cx, environment, organization, id));
	log[0] = failures[0] = param_uuid(cx, id);
	failures[1] = param_time(cx, cx->now - DAY_US);
	activity->log = db_queue(cx, db, STMT_SETUP_LOG, log);
	activity->users = queue_total(cx, db, id, "users");
	activity->groups = queue_total(cx, db, id, "groups");
	activity->failures = db_queue(cx, db, STMT_SETUP_FAILURES, failures);
}

void setup_request_read(const struct rows *rows, int i, struct setup_request *request)
{
	request->at = rows_time(rows, i, 0);
	request->method = rows_text(rows, i, 1);
	request->url = rows_text(rows, i, 2);
	request->status = (int)rows_int(rows, i, 3);
	request->answer = rows_text(rows, i, 4);
	request->detail = rows_text(rows, i, 5);
	request->provider = rows_text(rows, i, 6);
}

int64_t setup_failures_read(const struct rows *rows, int64_t *last_at)
{
	*last_at = rows_time(rows, 0, 1);
	return rows_int(rows, 0, 0);
}
