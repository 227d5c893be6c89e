/* SPDX-License-Identifier: MIT */
/*
 * Users and groups for the application. Lists are walks of an index in the order of ids, which never
 * change: a walk of many pages tells every row that is there all the while, and none twice. Order
 * by time of change would tell a row again and again that changes meanwhile, and an index on that
 * time would make every change write all other indexes of the table too.
 */
#include "base/text.h"
#include "scim/resource.h"
#include "scim/schema_set.h"
#include "store/param.h"
#include "store/reading.h"
#include "store/table.h"
#include "store/where.h"

enum {
	COLUMN_DELETED = 6, /* behind what record_row reads */
	COLUMN_ACTIVE,
	COLUMN_NAME,
	COLUMN_MEMBERS
};

/* How a list of this kind is composed; r is the row, m its membership. */
static const struct shape {
	const char *more; /* columns behind those that all have */
	const char *table;
	const char *id; /* of the row, in its membership */
	const char *other; /* the other side of it */
	const char *type; /* what else the membership must say */
} shapes[KIND__MAX] = {
	[KIND_USER] = { "r.active, NULL::text, NULL::bigint", "users", "m.member_id", "m.group_id",
		" AND m.type = 'User'" },
	[KIND_GROUP] = { "true, r.display_name, r.member_count", "groups", "m.group_id",
		"m.member_id", "" },
};

/* The condition on memberships. */
static void put_membership(struct query *q, const struct shape *shape, const struct uuid *of)
{
	buf_printf(&q->sql, "m.directory_id = $1::uuid%s AND %s = ", shape->type, shape->other);
	query_param(q, param_uuid(q->cx, of), "uuid");
}

static const char *email_key(struct ctx *cx, const char *email)
{
	size_t len;
	const char *folded = text_fold(cx->arena, email, strlen(email), &len);

	return index_key(cx->arena, folded, len);
}

/*
 * FROM and the conditions that lead to rows: the e-mail, which few have, else the memberships, else
 * the table itself. What is put is the column to walk by.
 */
static const char *put_source(struct query *q, const struct reading_query *query)
{
	const struct shape *shape = &shapes[query->kind];
	const char *table = shape->table;

	if (query->email) {
		buf_printf(&q->sql,
			" FROM attribute_values a JOIN %s r ON r.directory_id = $1::uuid"
			" AND r.id = a.resource_id WHERE a.directory_id = $1::uuid"
			" AND a.attribute = 'emails.value' AND a.value_key = ",
			table);
		query_param(q, email_key(q->cx, query->email), "text");
		if (!query->of)
			return "a.resource_id";
		buf_printf(&q->sql, " AND EXISTS (SELECT FROM group_members m WHERE %s = r.id AND ",
			shape->id);
		put_membership(q, shape, query->of);
		buf_putc(&q->sql, ')');
		return "a.resource_id";
	}
	if (query->of) {
		buf_printf(&q->sql,
			" FROM group_members m JOIN %s r ON r.directory_id = $1::uuid"
			" AND r.id = %s WHERE ",
			table, shape->id);
		put_membership(q, shape, query->of);
		return shape->id;
	}
	buf_printf(&q->sql, " FROM %s r WHERE r.directory_id = $1::uuid", table);
	return "r.id";
}

struct rows *reading_list(struct ctx *cx, struct db *db, const struct reading_query *query)
{
	const char *walk;
	struct query q;

	query_init(&q, cx, query->directory);
	buf_printf(&q.sql,
		"SELECT r.id, r.doc, r.version, r.created_at, r.modified_at, NULL::text,"
		" r.deleted_at IS NOT NULL, %s",
		shapes[query->kind].more);
	walk = put_source(&q, query);
	if (query->after) {
		buf_printf(&q.sql, " AND %s > ", walk);
		query_param(&q, param_uuid(cx, query->after), "uuid");
	}
	if (query->since) {
		buf_puts(&q.sql, " AND r.modified_at >= ");
		query_param(&q, param_time(cx, *query->since), "timestamptz");
	}
	buf_printf(&q.sql, " ORDER BY %s LIMIT ", walk);
	query_param(&q, param_int(cx, query->limit), "bigint");
	return db_queue_text(cx, db, q.sql.data, q.count, q.params);
}

struct rows *reading_get(struct ctx *cx, struct db *db, const struct uuid *directory,
	enum resource_kind kind, const struct uuid *id)
{
	return db_queue(cx, db, kind == KIND_USER ? STMT_READ_USER : STMT_READ_GROUP,
		param_scope(cx, directory, id, 2));
}

void reading_read(struct ctx *cx, enum resource_kind kind, const struct rows *rows, int i,
	struct reading *reading)
{
	struct record record;

	record_row(cx, resource_types[kind], rows, i, &record);
	*reading = (struct reading){
		.id = record.id,
		.stored = record.stored,
		.deleted = rows_bool(rows, i, COLUMN_DELETED),
		.active = rows_bool(rows, i, COLUMN_ACTIVE),
		.display_name = rows_text(rows, i, COLUMN_NAME),
	};
	if (kind == KIND_GROUP)
		reading->members = rows_int(rows, i, COLUMN_MEMBERS);
}

struct rows *members_list(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *group, const struct uuid *after, int64_t limit)
{
	const char **params = param_scope(cx, directory, group, 4);

	params[2] = param_uuid(cx, after);
	params[3] = param_int(cx, limit);
	return db_queue(cx, db, STMT_MEMBERS_PAGE, params);
}

void members_read(const struct rows *rows, int i, struct reading_member *member)
{
	const char *type = rows_text(rows, i, 1);

	member->id = rows_uuid(rows, i, 0);
	member->kind = strcmp(type, "Group") == 0 ? KIND_GROUP : KIND_USER;
	member->display = rows_text(rows, i, 2);
}

struct rows *directory_visit(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *directory)
{
	return db_queue(cx, db, STMT_VISIT, param_scope(cx, environment, directory, 2));
}

enum scim_err directory_types(
	struct ctx *cx, const struct rows *rows, const struct resource_type *types[KIND__MAX])
{
	return types_parse(cx, rows_text(rows, 0, 0), rows_len(rows, 0, 0), types);
}

struct rows *directory_primary(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const char *external_id)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = organization ? param_uuid(cx, organization) : NULL;
	params[2] = external_id;
	return db_queue(cx, db, STMT_PRIMARY_OF, params);
}

struct rows *directory_of_id(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));
	char tag[TAG_TEXT];

	uuid_tag(id, tag);
	params[0] = param_uuid(cx, environment);
	params[1] = arena_strndup(cx->arena, tag, TAG_TEXT - 1);
	params[2] = param_int(cx, limit);
	return db_queue(cx, db, STMT_DIRECTORIES_BY_TAG, params);
}
