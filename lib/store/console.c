/* SPDX-License-Identifier: MIT */
/* Questions of the console: parameters in, rows out. */
#include "store/console.h"

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/param.h"

#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)
#define BEHIND "\xf4\x8f\xbf\xbf" /* U+10FFFF: no text that begins so goes on with more */

/* The least id of a moment. */
static const char *id_since(struct ctx *cx, int64_t us)
{
	struct uuid id = uuid_floor(us);

	return param_uuid(cx, &id);
}

void console_session_open(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *key, const char *secret)
{
	const char **params = arena_alloc(cx->arena, 5 * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = param_sha256(cx, secret);
	params[2] = param_uuid(cx, key);
	params[3] = param_time(cx, cx->now);
	params[4] = param_time(cx, cx->now + CONSOLE_SESSION_SECONDS * SECOND_US);
	db_queue(cx, db, STMT_CONSOLE_SESSION, params);
}

struct rows *console_place(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *directory)
{
	return db_queue(cx, db, STMT_CONSOLE_PLACE, param_scope(cx, environment, directory, 2));
}

void console_place_read(const struct rows *rows, struct console_place *place)
{
	directory_read(rows, 0, &place->directory);
	place->organization = rows_text(rows, 0, 6);
}

/* "%text%", with what LIKE would take for a wildcard escaped. */
static const char *part_pattern(struct ctx *cx, const char *text)
{
	struct buf buf;

	buf_init(&buf, cx->arena, 0);
	buf_putc(&buf, '%');
	for (; *text; text++) {
		if (strchr("%_\\", *text))
			buf_putc(&buf, '\\');
		buf_putc(&buf, *text);
	}
	buf_putc(&buf, '%');
	return buf.data;
}

struct rows *console_organizations(struct ctx *cx, struct db *db, const struct uuid *environment,
	const char *text, const struct uuid *after, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 4 * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = text ? part_pattern(cx, text) : NULL;
	params[2] = param_uuid(cx, after);
	params[3] = param_int(cx, limit);
	return db_queue(cx, db, STMT_CONSOLE_ORGANIZATIONS, params);
}

struct rows *console_directories(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organizations, size_t count, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));
	const char **ids = arena_alloc(cx->arena, (count + 1) * sizeof(*ids));
	size_t i;

	for (i = 0; i < count; i++)
		ids[i] = param_uuid(cx, &organizations[i]);
	params[0] = param_uuid(cx, environment);
	params[1] = param_array(cx, ids, count);
	params[2] = param_int(cx, limit);
	return db_queue(cx, db, STMT_CONSOLE_DIRECTORIES, params);
}

struct rows *console_state(struct ctx *cx, struct db *db, const struct uuid *directory)
{
	int64_t since = cx->now - DAY_US;
	const char **params = arena_alloc(cx->arena, 4 * sizeof(*params));

	params[0] = param_uuid(cx, directory);
	params[1] = id_since(cx, since);
	params[2] = param_time(cx, since - since % HOUR_US);
	params[3] = param_int(cx, CONSOLE_LOG_ROWS);
	return db_queue(cx, db, STMT_CONSOLE_STATE, params);
}

void console_state_read(const struct rows *rows, struct console_state *state)
{
	memset(state, 0, sizeof(*state));
	if (!rows_count(rows))
		return;
	state->users = rows_int(rows, 0, 0);
	state->groups = rows_int(rows, 0, 1);
	state->requests = rows_int(rows, 0, 2);
	state->errors = rows_int(rows, 0, 3);
	state->refused = rows_int(rows, 0, 4);
	state->refused_at = rows_time(rows, 0, 5);
	state->last_at = rows_time(rows, 0, 6);
	state->last_status = state->last_at ? (int)rows_int(rows, 0, 7) : 0;
}

struct rows *console_traffic(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct console_span *span)
{
	const char **params = arena_alloc(cx->arena, 5 * sizeof(*params));

	params[0] = param_uuid(cx, directory);
	params[1] = id_since(cx, span->begin);
	params[2] = param_time(cx, span->begin);
	params[3] = param_int(cx, span->seconds);
	params[4] = param_int(cx, CONSOLE_LOG_ROWS);
	return db_queue(cx, db, STMT_CONSOLE_TRAFFIC, params);
}

struct rows *console_growth(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct console_span *span)
{
	const char **params = arena_alloc(cx->arena, 4 * sizeof(*params));

	params[0] = param_uuid(cx, directory);
	params[1] = id_since(cx, span->begin);
	params[2] = param_time(cx, span->begin);
	params[3] = param_int(cx, span->seconds);
	return db_queue(cx, db, STMT_CONSOLE_GROWTH, params);
}

static struct rows *queue_page(struct ctx *cx, struct db *db, enum stmt_id id,
	const struct uuid *directory, const struct uuid *before, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));
	struct uuid last;

	memset(&last, 0xff, sizeof(last));
	params[0] = param_uuid(cx, directory);
	params[1] = param_uuid(cx, before ? before : &last);
	params[2] = param_int(cx, limit);
	return db_queue(cx, db, id, params);
}

static struct rows *queue_search(struct ctx *cx, struct db *db, enum stmt_id id,
	const struct uuid *directory, const char *text, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 6 * sizeof(*params));

	params[0] = param_uuid(cx, directory);
	params[1] = text_fold(cx->arena, text, strlen(text), NULL);
	params[2] = arena_printf(cx->arena, "%s" BEHIND, params[1]);
	params[3] = text;
	params[4] = arena_printf(cx->arena, "%s" BEHIND, text);
	params[5] = param_int(cx, limit);
	return db_queue(cx, db, id, params);
}

struct rows *console_users(struct ctx *cx, struct db *db, const struct uuid *directory,
	const char *text, const struct uuid *before, int64_t limit)
{
	if (text)
		return queue_search(cx, db, STMT_CONSOLE_USER_SEARCH, directory, text, limit);
	return queue_page(cx, db, STMT_CONSOLE_USERS, directory, before, limit);
}

struct rows *console_groups(struct ctx *cx, struct db *db, const struct uuid *directory,
	const char *text, const struct uuid *before, int64_t limit)
{
	if (text)
		return queue_search(cx, db, STMT_CONSOLE_GROUP_SEARCH, directory, text, limit);
	return queue_page(cx, db, STMT_CONSOLE_GROUPS, directory, before, limit);
}

void console_user_read(const struct rows *rows, int i, struct console_user *user)
{
	user->id = rows_uuid(rows, i, 0);
	user->user_name = rows_text(rows, i, 1);
	user->label = rows_text(rows, i, 2);
	user->external_id = rows_text(rows, i, 3);
	user->active = rows_bool(rows, i, 4);
	user->modified = rows_time(rows, i, 5);
	user->deleted = rows_text(rows, i, 6) != NULL;
}

void console_group_read(const struct rows *rows, int i, struct console_group *group)
{
	group->id = rows_uuid(rows, i, 0);
	group->display_name = rows_text(rows, i, 1);
	group->external_id = rows_text(rows, i, 2);
	group->members = rows_int(rows, i, 3);
	group->modified = rows_time(rows, i, 4);
	group->deleted = rows_text(rows, i, 5) != NULL;
}

struct rows *console_story(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *directory, const struct uuid *resource, int64_t limit)
{
	const char **params = param_scope(cx, environment, directory, 5);

	params[2] = param_uuid(cx, resource);
	params[3] = param_int(cx, CONSOLE_LOG_ROWS);
	params[4] = param_int(cx, limit);
	return db_queue(cx, db, STMT_CONSOLE_STORY, params);
}

void console_event_read(const struct rows *rows, int i, struct console_event *event)
{
	event->position = rows_int(rows, i, 0);
	event->at = rows_time(rows, i, 1);
	event->type = rows_text(rows, i, 2);
	event->version = rows_int(rows, i, 3);
	event->has_request = rows_find_uuid(rows, i, 4, &event->request);
}
