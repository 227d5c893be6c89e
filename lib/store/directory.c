/* SPDX-License-Identifier: MIT */
/* Directories: parameters in, rows out. Who is primary is decided under the organization's lock. */
#include "store/directory.h"

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/feed.h"
#include "store/organization.h"
#include "store/param.h"

struct rows *directory_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const struct uuid *after, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 4 * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = organization ? param_uuid(cx, organization) : NULL;
	params[2] = param_uuid(cx, after);
	params[3] = param_int(cx, limit);
	return db_queue(cx, db, STMT_DIRECTORY_LIST, params);
}

struct rows *directory_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_DIRECTORY_BY_ID, param_scope(cx, environment, id, 2));
}

void directory_read(const struct rows *rows, int i, struct directory *directory)
{
	directory->id = rows_uuid(rows, i, 0);
	directory->organization = rows_uuid(rows, i, 1);
	directory->primary = rows_bool(rows, i, 2);
	directory->enabled = rows_bool(rows, i, 3);
	directory->strict = rows_bool(rows, i, 4);
	directory->has_token = rows_bool(rows, i, 5);
}

struct rows *directory_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_DIRECTORY_LOCK, param_scope(cx, environment, id, 2));
}

static const char *change_param(enum change change, const char *none)
{
	return change == CHANGE_NONE ? none : param_bool(change == CHANGE_TRUE);
}

void directory_note(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const char *type, const char *data)
{
	const char **params = param_scope(cx, environment, id, 7);

	params[2] = feed_event_id(cx);
	params[3] = param_time(cx, cx->now);
	params[4] = type;
	params[5] = param_uuid(cx, &cx->request_id);
	params[6] = data;
	db_queue(cx, db, STMT_DIRECTORY_NOTE, params);
}

static void put_change(struct buf *buf, const char *name, bool before, enum change change)
{
	if (change == CHANGE_NONE || before == (change == CHANGE_TRUE))
		return;
	buf_printf(buf, "%c\"%s\":{\"before\":%s,\"after\":%s}", buf->len ? ',' : '{', name,
		param_bool(before), param_bool(!before));
}

/* What becomes different, as an event; an attempt that runs again finds nothing that does. */
static void note_change(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory, const struct directory_change *change)
{
	struct buf buf;

	buf_init(&buf, cx->arena, 0);
	put_change(&buf, "primary", directory->primary, change->primary);
	put_change(&buf, "enabled", directory->enabled, change->enabled);
	put_change(&buf, "strict", directory->strict, change->strict);
	if (buf.len)
		directory_note(cx, db, environment, &directory->id, "directory.updated",
			arena_printf(cx->arena, "{\"changes\":%s}}", buf.data));
}

/* Before the other is promoted: at no time are there two. */
static void demote_others(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory)
{
	const char **params = param_scope(cx, environment, &directory->organization, 6);

	params[2] = param_uuid(cx, &directory->id);
	params[3] = param_time(cx, cx->now);
	params[4] = feed_event_id(cx);
	params[5] = param_uuid(cx, &cx->request_id);
	db_queue(cx, db, STMT_PRIMARY_DEMOTE, params);
}

struct rows *directory_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory, const struct directory_change *change)
{
	const char **params = param_scope(cx, environment, &directory->id, 8);
	const char **created = param_scope(cx, environment, &directory->id, 4);
	unsigned char key[SHA256_BYTES];

	organization_lock(cx, db, environment, &directory->organization);
	if (change->primary == CHANGE_TRUE)
		demote_others(cx, db, environment, directory);
	random_bytes(key, sizeof(key));
	params[2] = param_uuid(cx, &directory->organization);
	params[3] = change_param(change->primary, "false");
	params[4] = change_param(change->enabled, "true");
	params[5] = change_param(change->strict, "false");
	params[6] = param_bytes(cx, key, sizeof(key));
	params[7] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_DIRECTORY_INSERT, params);
	created[2] = feed_event_id(cx);
	created[3] = param_uuid(cx, &cx->request_id);
	db_queue(cx, db, STMT_DIRECTORY_CREATED, created);
	return directory_get(cx, db, environment, &directory->id);
}

struct rows *directory_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory, const struct directory_change *change)
{
	const char **params = param_scope(cx, environment, &directory->id, 6);

	if (change->primary == CHANGE_TRUE)
		demote_others(cx, db, environment, directory);
	params[2] = change_param(change->primary, NULL);
	params[3] = change_param(change->enabled, NULL);
	params[4] = change_param(change->strict, NULL);
	params[5] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_DIRECTORY_UPDATE, params);
	note_change(cx, db, environment, directory, change);
	return directory_get(cx, db, environment, &directory->id);
}

struct rows *directory_delete(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct directory *directory)
{
	const char **params = param_scope(cx, environment, &directory->id, 5);
	const char **promoted = param_scope(cx, environment, &directory->organization, 5);
	struct rows *deleted;

	params[2] = promoted[2] = param_time(cx, cx->now);
	params[3] = feed_event_id(cx);
	promoted[3] = feed_event_id(cx);
	params[4] = promoted[4] = param_uuid(cx, &cx->request_id);
	deleted = db_queue(cx, db, STMT_DIRECTORY_DELETE, params);
	db_queue(cx, db, STMT_TOKENS_DELETE, params);
	db_queue(cx, db, STMT_PRIMARY_PROMOTE, promoted);
	return deleted;
}

void directory_rotate(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const char *token, int64_t overlap_seconds)
{
	const char **ended = param_scope(cx, environment, id, 4);
	const char **added = param_scope(cx, environment, id, 7);

	ended[2] = added[2] = param_sha256(cx, token);
	ended[3] = param_time(cx, cx->now + overlap_seconds * 1000000);
	added[3] = param_time(cx, cx->now);
	added[4] = feed_event_id(cx);
	added[5] = param_uuid(cx, &cx->request_id);
	added[6] = arena_printf(cx->arena, "{\"overlapSeconds\":%lld}", (long long)overlap_seconds);
	db_queue(cx, db, overlap_seconds ? STMT_TOKENS_EXPIRE : STMT_TOKENS_END, ended);
	db_queue(cx, db, STMT_TOKEN_INSERT, added);
}
