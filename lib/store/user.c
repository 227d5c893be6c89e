/* SPDX-License-Identifier: MIT */
/* Users: one row each way. Lists are composed in user_list.c. */
#include "store/user.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "scim/schema.h"
#include "store/param.h"

void user_read(struct ctx *cx, const struct rows *rows, int i, struct user_row *row)
{
	row->found = true;
	row->id = rows_uuid(rows, i, 0);
	row->stored.id = id_print(cx->arena, ID_USER, &row->id);
	row->stored.doc = rows_text(rows, i, 1);
	row->stored.doc_len = rows_len(rows, i, 1);
	row->stored.computed = "";
	row->stored.version = rows_int(rows, i, 2);
	row->stored.created = rows_time(rows, i, 3);
	row->stored.modified = rows_time(rows, i, 4);
}

enum scim_err user_get(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *id, struct user_row *row)
{
	const char *params[] = { param_uuid(cx, directory), param_uuid(cx, id) };
	struct rows *rows = db_queue(cx, db, STMT_USER_BY_ID, params);
	enum scim_err e;

	memset(row, 0, sizeof(*row));
	if ((e = db_run(cx, db)))
		return e;
	if (rows_count(rows))
		user_read(cx, rows, 0, row);
	return SCIM_OK;
}

enum scim_err user_lock(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *id, struct user_row *row)
{
	const char *params[] = { param_uuid(cx, directory), param_uuid(cx, id) };
	const char *request[] = { params[0], param_uuid(cx, &cx->request_id) };
	struct rows *rows = db_queue(cx, db, STMT_USER_FOR_UPDATE, params);
	struct rows *done = cx->attempt > 0 ? db_queue(cx, db, STMT_LOG_FIND, request) : NULL;
	enum scim_err e;

	memset(row, 0, sizeof(*row));
	if ((e = db_run(cx, db)))
		return e;
	if (!rows_count(rows))
		return SCIM_OK;
	user_read(cx, rows, 0, row);
	row->deleted = rows_bool(rows, 0, 5);
	row->done = done && rows_count(done);
	return SCIM_OK;
}

struct index {
	const struct index_row *rows;
	size_t count;
};

static struct index index_of(struct ctx *cx, struct json_object *resource)
{
	struct index index = { NULL, 0 };

	if (resource)
		resource_index(cx, &user_type, resource, &index.rows, &index.count);
	return index;
}

/* The rows of a that are not in b, as the two arrays of a statement. */
static void put_difference(
	struct ctx *cx, const struct index *a, const struct index *b, const char **out)
{
	const char **names = arena_alloc(cx->arena, (a->count + 1) * sizeof(*names));
	const char **keys = arena_alloc(cx->arena, (a->count + 1) * sizeof(*keys));
	size_t i, j = 0, n = 0;

	for (i = 0; i < a->count; i++) {
		while (j < b->count && index_row_order(&a->rows[i], &b->rows[j]) > 0)
			j++;
		if (j < b->count && index_row_order(&a->rows[i], &b->rows[j]) == 0)
			continue;
		names[n] = a->rows[i].attribute;
		keys[n++] = a->rows[i].key;
	}
	out[0] = param_array(cx, names, n);
	out[1] = param_array(cx, keys, n);
}

static const struct index none;

static const char *new_event(struct ctx *cx)
{
	struct uuid id = uuid_v7(time_precise());

	return param_uuid(cx, &id);
}

/* $1 to $8 of insert and update. */
static void put_columns(struct ctx *cx, const struct user_write *write, const char **params)
{
	const char *name = json_get_string(write->resource, "userName");

	params[0] = param_uuid(cx, write->directory);
	params[1] = param_uuid(cx, write->id);
	params[2] = name;
	params[3] = text_fold(cx->arena, name, strlen(name), NULL);
	params[4] = json_get_string(write->resource, "externalId");
	params[5] = param_bool(json_object_get_boolean(json_get(write->resource, "active")));
	params[6] = write->doc;
	params[7] = resource_keys(cx, &user_type, write->resource);
	params[8] = param_time(cx, write->modified);
	params[9] = param_uuid(cx, &cx->request_id);
}

struct rows *user_insert(struct ctx *cx, struct db *db, const struct user_write *write)
{
	const char **params = arena_alloc(cx->arena, 13 * sizeof(*params));
	struct index after = index_of(cx, write->resource);
	struct rows *made;

	put_columns(cx, write, params);
	put_difference(cx, &after, &none, params + 10);
	params[12] = new_event(cx);
	made = db_queue(cx, db, STMT_USER_INSERT, params);
	/*
	 * Its snapshot may be older than the commit of an earlier attempt that it waited for; and
	 * somebody may have deleted the user since.
	 */
	return cx->attempt > 0 ? db_queue(cx, db, STMT_USER_FOR_UPDATE, params) : made;
}

static bool is_active(struct json_object *resource)
{
	return json_object_get_boolean(json_get(resource, "active"));
}

static const char *event_type(const struct user_write *write)
{
	bool before = is_active(write->before);
	bool after = is_active(write->resource);

	if (before == after)
		return "user.updated";
	return after ? "user.activated" : "user.deactivated";
}

struct rows *user_update(struct ctx *cx, struct db *db, const struct user_write *write)
{
	const char **params = arena_alloc(cx->arena, 17 * sizeof(*params));
	struct index before = index_of(cx, write->before);
	struct index after = index_of(cx, write->resource);

	put_columns(cx, write, params);
	params[10] = param_int(cx, write->version);
	put_difference(cx, &before, &after, params + 11);
	put_difference(cx, &after, &before, params + 13);
	params[15] = new_event(cx);
	params[16] = event_type(write);
	return db_queue(cx, db, STMT_USER_UPDATE, params);
}

struct rows *user_delete(struct ctx *cx, struct db *db, const struct user_write *write)
{
	const char **params = arena_alloc(cx->arena, 8 * sizeof(*params));
	struct index before = index_of(cx, write->resource);

	params[0] = param_uuid(cx, write->directory);
	params[1] = param_uuid(cx, write->id);
	params[2] = param_time(cx, write->modified);
	params[3] = param_uuid(cx, &cx->request_id);
	params[4] = param_int(cx, write->version);
	put_difference(cx, &before, &none, params + 5);
	params[7] = new_event(cx);
	return db_queue(cx, db, STMT_USER_DELETE, params);
}
