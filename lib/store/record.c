/* SPDX-License-Identifier: MIT */
/* Resources: one row each way. Lists are composed in record_list.c. */
#include "store/record.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/diff.h"
#include "scim/membership.h"
#include "scim/schema.h"
#include "store/feed.h"
#include "store/param.h"
#include "store/table.h"

enum {
	COLUMN_MEMBERSHIPS = 5,
	COLUMN_DELETED
};

const struct table tables[KIND__MAX] = {
	[KIND_USER] = { "users", STMT_USER_BY_ID, STMT_USER_LOCK, STMT_USER_LOCK_DELETE,
		STMT_USER_INSERT, STMT_USER_UPDATE, STMT_USER_DELETE, STMT_USER_LOG,
		STMT_USER_LOG_AGAIN },
	[KIND_GROUP] = { "groups", STMT_GROUP_BY_ID, STMT_GROUP_LOCK, STMT_GROUP_LOCK_DELETE,
		STMT_GROUP_INSERT, STMT_GROUP_UPDATE, STMT_GROUP_DELETE, STMT_GROUP_LOG,
		STMT_GROUP_LOG_AGAIN },
};

void record_row(struct ctx *cx, const struct resource_type *rt, const struct rows *rows, int i,
	struct record *record)
{
	struct stored *stored = &record->stored;

	record->found = true;
	record->id = rows_uuid(rows, i, 0);
	stored->id = id_print(cx->arena, rt->id, &record->id);
	stored->doc = rows_text(rows, i, 1);
	stored->doc_len = rows_len(rows, i, 1);
	stored->version = rows_int(rows, i, 2);
	stored->created = rows_time(rows, i, 3);
	stored->modified = rows_time(rows, i, 4);
	stored->memberships = rows_text(rows, i, COLUMN_MEMBERSHIPS);
	stored->memberships_len = rows_len(rows, i, COLUMN_MEMBERSHIPS);
	if (stored->memberships && rt->has_members)
		stored->memberships =
			memberships_sorted(cx->arena, stored->memberships, stored->memberships_len);
}

static const char **ref_params(struct ctx *cx, const struct record_ref *ref, size_t count)
{
	return param_scope(cx, ref->directory, ref->id, count);
}

struct rows *record_get(
	struct ctx *cx, struct db *db, const struct record_ref *ref, bool memberships)
{
	const char **params = ref_params(cx, ref, 3);

	params[2] = param_bool(memberships);
	return db_queue(cx, db, tables[ref->rt->kind].by_id, params);
}

void record_read(struct ctx *cx, const struct resource_type *rt, const struct rows *rows,
	struct record *record)
{
	memset(record, 0, sizeof(*record));
	if (rows_count(rows))
		record_row(cx, rt, rows, 0, record);
}

struct record_locked record_lock(struct ctx *cx, struct db *db, const struct record_ref *ref,
	enum record_lock lock, bool memberships)
{
	const struct table *table = &tables[ref->rt->kind];
	const char **params = ref_params(cx, ref, 3);
	const char **request = ref_params(cx, ref, 2);
	struct record_locked locked = { NULL, NULL };

	params[2] = param_bool(memberships);
	request[1] = param_uuid(cx, &cx->request_id);
	if (lock == LOCK_DELETE)
		db_queue(cx, db, STMT_HOLDERS_LOCK, params);
	locked.rows =
		db_queue(cx, db, lock == LOCK_DELETE ? table->lock_delete : table->lock, params);
	if (cx->attempt > 0)
		locked.done = db_queue(cx, db, STMT_LOG_FIND, request);
	return locked;
}

void record_locked_read(struct ctx *cx, const struct resource_type *rt,
	const struct record_locked *locked, struct record *record)
{
	record_read(cx, rt, locked->rows, record);
	if (!record->found)
		return;
	record->deleted = rows_bool(locked->rows, 0, COLUMN_DELETED);
	record->done = locked->done && rows_count(locked->done);
}

struct index {
	const struct index_row *rows;
	size_t count;
};

static struct index index_of(
	struct ctx *cx, const struct resource_type *rt, struct json_object *resource)
{
	struct index index = { NULL, 0 };

	if (resource)
		resource_index(cx, rt, resource, &index.rows, &index.count);
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

/* What a resource is called: unique in its directory, required by its schema. */
static const char *unique_name(const struct resource_type *rt, struct json_object *resource)
{
	return json_get_string(resource, rt->unique);
}

/* What lists of members show of it. */
static const char *label(const struct resource_type *rt, struct json_object *resource)
{
	const char *name = json_get_string(resource, "displayName");

	return name ? name : unique_name(rt, resource);
}

static bool is_active(struct json_object *resource)
{
	return json_object_get_boolean(json_get(resource, "active"));
}

/* $1 to $9 of insert and update. */
static void put_columns(struct ctx *cx, const struct record_write *write, const char **params)
{
	const struct record_ref *ref = &write->ref;
	const char *name = unique_name(ref->rt, write->resource);

	params[0] = param_uuid(cx, ref->directory);
	params[1] = param_uuid(cx, ref->id);
	params[2] = name;
	params[3] = text_fold(cx->arena, name, strlen(name), NULL);
	params[4] = json_get_string(write->resource, "externalId");
	params[5] = write->doc;
	params[6] = resource_keys(cx, ref->rt, write->resource);
	params[7] = param_time(cx, write->modified);
	params[8] = param_uuid(cx, &cx->request_id);
}

/* The columns that only users have, behind those of all tables. */
static void put_more(const struct record_write *write, const char **params)
{
	params[0] = param_bool(is_active(write->resource));
	params[1] = label(write->ref.rt, write->resource);
}

struct rows *record_insert(struct ctx *cx, struct db *db, const struct record_write *write)
{
	const struct table *table = &tables[write->ref.rt->kind];
	const char **params = arena_alloc(cx->arena, 15 * sizeof(*params));
	struct index after = index_of(cx, write->ref.rt, write->resource);
	struct rows *made;

	put_columns(cx, write, params);
	put_difference(cx, &after, &none, params + 9);
	params[11] = feed_event_id(cx);
	params[12] = resource_told(cx->arena, write->ref.rt, write->resource);
	put_more(write, params + 13);
	made = db_queue(cx, db, table->insert, params);
	/*
	 * Its snapshot may be older than the commit of an earlier attempt that it waited for; and
	 * somebody may have deleted the resource since.
	 */
	if (cx->attempt > 0)
		made = record_lock(cx, db, &write->ref, LOCK_EDIT, false).rows;
	return made;
}

static const char *event_type(const struct record_write *write)
{
	bool before = is_active(write->before);
	bool after = is_active(write->resource);

	if (write->ref.rt->kind == KIND_GROUP)
		return "group.updated";
	if (before == after)
		return "user.updated";
	return after ? "user.reactivated" : "user.deactivated";
}

static bool is_renamed(const struct record_write *write)
{
	return strcmp(label(write->ref.rt, write->resource), label(write->ref.rt, write->before)) !=
	       0;
}

static void rename_memberships(struct ctx *cx, struct db *db, const struct record_write *write)
{
	const char **params = ref_params(cx, &write->ref, 5);

	params[2] = label(write->ref.rt, write->resource);
	params[3] = param_time(cx, write->modified);
	params[4] = param_uuid(cx, &cx->request_id);
	db_queue(cx, db, STMT_MEMBERSHIPS_RENAME, params);
}

struct rows *record_update(struct ctx *cx, struct db *db, const struct record_write *write)
{
	const char **params = arena_alloc(cx->arena, 19 * sizeof(*params));
	struct index before = index_of(cx, write->ref.rt, write->before);
	struct index after = index_of(cx, write->ref.rt, write->resource);
	struct rows *changed;

	put_columns(cx, write, params);
	params[9] = param_int(cx, write->version);
	put_difference(cx, &before, &after, params + 10);
	put_difference(cx, &after, &before, params + 12);
	params[14] = feed_event_id(cx);
	params[15] = event_type(write);
	params[16] = resource_changes(cx->arena, write->ref.rt, write->before, write->resource);
	put_more(write, params + 17);
	/* who is adding it to a group meanwhile has read the old name, or waits for the new one */
	if (is_renamed(write))
		record_lock(cx, db, &write->ref, LOCK_DELETE, false);
	changed = db_queue(cx, db, tables[write->ref.rt->kind].update, params);
	if (is_renamed(write))
		rename_memberships(cx, db, write);
	return changed;
}

struct rows *record_delete(struct ctx *cx, struct db *db, const struct record_write *write)
{
	const char **params = ref_params(cx, &write->ref, 9);
	const char **memberships = ref_params(cx, &write->ref, 5);
	struct index before = index_of(cx, write->ref.rt, write->resource);
	struct rows *deleted;

	params[2] = param_time(cx, write->modified);
	params[3] = param_uuid(cx, &cx->request_id);
	params[4] = param_int(cx, write->version);
	put_difference(cx, &before, &none, params + 5);
	params[7] = feed_event_id(cx);
	params[8] = resource_told(cx->arena, write->ref.rt, write->resource);
	memberships[2] = params[2];
	memberships[3] = params[3];
	memberships[4] = feed_event_id(cx);
	deleted = db_queue(cx, db, tables[write->ref.rt->kind].delete, params);
	db_queue(cx, db, STMT_MEMBERSHIPS_DELETE, memberships);
	return deleted;
}
