/* SPDX-License-Identifier: MIT */
/* Members of a group: lists of ids as array parameters, and what came of a change. */
#include "store/member.h"

#include "base/text.h"
#include "store/feed.h"
#include "store/param.h"

enum {
	COLUMN_VERSION = 0,
	COLUMN_UNKNOWN,
	TEXTS_MAX = 200, /* spellings that travel for the note in the log */
	PLANNED = 100 /* longer lists are worth a plan of their own */
};

static const struct resource_type *type_of(const struct member *member)
{
	return resource_types[member->kind == MEMBER_GROUP ? KIND_GROUP : KIND_USER];
}

static void put_id(struct buf *buf, const struct member *member)
{
	char text[UUID_TEXT];

	uuid_print(&member->id, text);
	buf_put(buf, text, UUID_TEXT - 1);
}

static void put_type(struct buf *buf, const struct member *member)
{
	buf_puts(buf, type_of(member)->name);
}

static void put_text(struct buf *buf, const struct member *member)
{
	char text[ID_TEXT];

	buf_put(buf, text, id_format(type_of(member)->id, &member->id, text));
}

/* Somebody of whom only the id is known is put twice, as a user and as a group. */
static bool is_twin(const struct member *members, size_t count, size_t i)
{
	return i < count && uuid_equal(&members[i].id, &members[i - 1].id);
}

/*
 * How the first count members are spelled, for the note in the log: with the prefix of what they are; one who
 * was put twice as a UUID, once.
 */
static const char *texts_of(struct ctx *cx, const struct member *members, size_t count)
{
	struct buf buf;
	size_t i;

	buf_init(&buf, cx->arena, count * UUID_TEXT + 2);
	buf_putc(&buf, '{');
	for (i = 0; i < count; i++) {
		if (i)
			buf_putc(&buf, ',');
		if (i && is_twin(members, count, i))
			buf_puts(&buf, "NULL");
		else if (is_twin(members, count, i + 1))
			put_id(&buf, &members[i]);
		else
			put_text(&buf, &members[i]);
	}
	buf_putc(&buf, '}');
	return buf.data;
}

/* {a,b,...}: nothing in it needs quotes. */
static const char *array_of(struct ctx *cx, const struct member *members, size_t count,
	void (*put)(struct buf *, const struct member *))
{
	struct buf buf;
	size_t i;

	buf_init(&buf, cx->arena, count * UUID_TEXT + 2);
	buf_putc(&buf, '{');
	for (i = 0; i < count; i++) {
		if (i)
			buf_putc(&buf, ',');
		put(&buf, &members[i]);
	}
	buf_putc(&buf, '}');
	return buf.data;
}

struct rows *member_change(struct ctx *cx, struct db *db, const struct member_write *write,
	const struct member_step *step)
{
	const char **params = param_scope(cx, write->group.directory, write->group.id, 13);
	bool many = step->add_count + step->drop_count > PLANNED;
	size_t texts = step->add_count < TEXTS_MAX ? step->add_count : TEXTS_MAX;

	params[2] = array_of(cx, step->add, step->add_count, put_id);
	params[3] = array_of(cx, step->add, step->add_count, put_type);
	params[4] = texts_of(cx, step->add, texts);
	params[5] = param_time(cx, write->modified);
	params[6] = param_uuid(cx, &cx->request_id);
	params[7] = feed_event_id(cx);
	params[8] = write->counted ? "0" : "1";
	params[9] = param_int(cx, (int64_t)write->unknown);
	params[10] = write->unknown_text;
	params[11] = array_of(cx, step->drop, step->drop_count, put_id);
	params[12] = array_of(cx, step->drop, step->drop_count, put_type);
	if (step->all)
		return db_queue_planned(cx, db, STMT_MEMBERS_REPLACE, params);
	if (many)
		return db_queue_planned(cx, db, STMT_MEMBERS_CHANGE_MANY, params);
	return db_queue(cx, db, STMT_MEMBERS_CHANGE, params);
}

int64_t member_version(const struct rows *rows)
{
	return rows_int(rows, 0, COLUMN_VERSION);
}

int64_t member_unknown(const struct rows *rows)
{
	return rows_int(rows, 0, COLUMN_UNKNOWN);
}

struct rows *member_users(struct ctx *cx, struct db *db, const struct record_ref *group)
{
	return db_queue(cx, db, STMT_MEMBER_USERS, param_scope(cx, group->directory, group->id, 2));
}

enum scim_err member_find(struct ctx *cx, struct db *db, const struct record_ref *group,
	const char *base, const struct filter *filter, struct rows **rows)
{
	const struct where where = { group->rt, base };
	struct query query;
	enum scim_err e;

	query_init(&query, cx, group->directory);
	if ((e = where_members(&query, &where, group->id, filter)))
		return e;
	*rows = db_queue_text(cx, db, query.sql.data, query.count, query.params);
	return SCIM_OK;
}

struct member_step member_found(struct ctx *cx, const struct rows *rows)
{
	size_t i, n = (size_t)rows_count(rows);
	struct member *drop = arena_alloc(cx->arena, (n + 1) * sizeof(*drop));
	struct member_step step = { .drop = drop, .drop_count = n };

	for (i = 0; i < n; i++) {
		drop[i].id = rows_uuid(rows, (int)i, 0);
		drop[i].kind = strcmp(rows_text(rows, (int)i, 1), group_type.name) == 0
				       ? MEMBER_GROUP
				       : MEMBER_USER;
	}
	return step;
}
