/* SPDX-License-Identifier: MIT */
/*
 * Custom schemas of a directory. A change reads the whole set under the lock, changes it here and
 * writes it back; what resources have values of may only grow.
 */
#include "base/json.h"
#include "base/text.h"
#include "scim/schema_json.h"
#include "store/custom_schema.h"
#include "store/directory.h"
#include "web/handlers.h"
#include "web/manage.h"

/* A change at work. */
struct schema_change {
	struct uuid directory;
	struct schema_set set;
	bool mine; /* done by an attempt before: see schemas_read */
};

static enum scim_err no_schema(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "schema not found");
}

/* First trip of a change: the key is verified, the organization locked, the set read. */
static enum scim_err begin_change(struct call *call, struct schema_change *change)
{
	struct rows *rows;
	enum scim_err e;

	change->directory = id_named(ID_DIRECTORY, call->capture);
	rows = schemas_lock(call->cx, call->db, &call->holder.environment, &change->directory);
	if ((e = db_run(call->cx, call->db)))
		return e;
	return schemas_read(call->cx, rows, &change->set, &change->mine);
}

static const char *custom_text(struct call *call, const struct custom *custom)
{
	struct buf buf;

	buf_init(&buf, call->cx->arena, 0);
	if (custom)
		custom_print(&buf, custom);
	return buf.data;
}

/* The event: the schema under its URN as it was and as it is; "" is none. */
static void note_change(struct call *call, const struct schema_change *change, const char *urn,
	const char *before, const char *after)
{
	struct buf data;

	if (strcmp(before, after) == 0)
		return;
	buf_init(&data, call->cx->arena, 0);
	buf_puts(&data, "{\"changes\":{");
	buf_jsons(&data, urn);
	buf_printf(&data, ":{%s%s%s%s%s}}}", *before ? "\"before\":" : "", before,
		*before && *after ? "," : "", *after ? "\"after\":" : "", after);
	directory_note(call->cx, call->db, &call->holder.environment, &change->directory,
		"directory.updated", data.data);
}

/* before and after are as custom_text prints them. */
static enum scim_err commit_change(struct call *call, const struct schema_change *change,
	const char *urn, const char *before, const char *after)
{
	schemas_update(
		call->cx, call->db, &call->holder.environment, &change->directory, &change->set);
	note_change(call, change, urn, before, after);
	return manage_commit(call);
}

static bool bad_body(struct call *call, const char *why)
{
	ctx_fail(call->cx, SCIM_INVALID_VALUE, "%s", why);
	return false;
}

/* {"resourceType":...,"required":...,"schema":{...}}; false: cx->err says why not. */
static bool read_custom(struct call *call, struct custom *custom)
{
	struct json_object *body;
	enum change required;
	const char *type;
	bool has;

	if (manage_body(call, &body) || manage_string(call, body, "resourceType", &has, &type) ||
		manage_bool(call, body, "required", &required))
		return false;
	if (!has || !kind_of(type, &custom->type))
		return bad_body(call, "resourceType must be User or Group");
	if (!json_get(body, "schema"))
		return bad_body(call, "schema is required");
	custom->required = required == CHANGE_TRUE;
	return schema_parse(call->cx, json_get(body, "schema"), &custom->schema) == SCIM_OK;
}

/* A schema cannot be required of resources that are there without it: no change would pass. */
static enum scim_err check_required(struct call *call, const struct schema_change *change,
	const struct custom *before, const struct custom *after)
{
	struct rows *rows;
	enum scim_err e;

	if (!after->required || (before && before->required && before->type == after->type))
		return SCIM_OK;
	rows = schema_use(call->cx, call->db, &change->directory, after->type, after->schema->urn);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!schema_use_read(rows).others)
		return SCIM_OK;
	return ctx_fail(call->cx, SCIM_CONFLICT, "it cannot be required: some %s has no %s",
		resource_types[after->type]->name, after->schema->urn);
}

/* May the schema become this (NULL: go)? Anything it may, while nobody has values of it. */
static enum scim_err check_use(struct call *call, const struct schema_change *change,
	const struct custom *before, const struct custom *after)
{
	struct ctx *cx = call->cx;
	const char *why = "is for another resourceType";
	struct rows *rows;
	enum scim_err e;

	if (after && after->type == before->type &&
		schema_is_compatible(cx->arena, before->schema, after->schema, &why))
		return SCIM_OK;
	rows = schema_use(cx, call->db, &change->directory, before->type, before->schema->urn);
	if ((e = db_run(cx, call->db)))
		return e;
	if (!schema_use_read(rows).some)
		return SCIM_OK;
	return ctx_fail(cx, SCIM_CONFLICT, "schema is in use by some %s%s%s",
		resource_types[before->type]->name, after ? ": " : "", after ? why : "");
}

enum scim_err on_schema_list(struct call *call)
{
	struct buf *body = &call->rs->body;
	struct schema_set set;
	struct rows *rows;
	struct uuid id;
	bool mine;
	enum scim_err e;
	size_t i;

	id = id_named(ID_DIRECTORY, call->capture);
	rows = schemas_get(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)) || (e = schemas_read(call->cx, rows, &set, &mine)))
		return e;
	buf_puts(body, "{\"schemas\":[");
	for (i = 0; i < set.count; i++) {
		if (i)
			buf_putc(body, ',');
		custom_print(body, &set.items[i]);
	}
	buf_puts(body, "]}");
	return SCIM_OK;
}

enum scim_err on_schema_get(struct call *call)
{
	const struct custom *custom;
	struct schema_set set;
	struct rows *rows;
	struct uuid id;
	bool mine;
	enum scim_err e;

	id = id_named(ID_DIRECTORY, call->capture);
	rows = schemas_get(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)) || (e = schemas_read(call->cx, rows, &set, &mine)))
		return e;
	custom = schema_set_find(&set, call->capture2);
	if (!custom)
		return no_schema(call);
	custom_print(&call->rs->body, custom);
	return SCIM_OK;
}

enum scim_err on_schema_create(struct call *call)
{
	struct custom *there;
	struct schema_change change;
	struct custom custom;
	enum scim_err e;

	if ((e = begin_change(call, &change)))
		return e;
	if (!read_custom(call, &custom))
		return call->cx->err;
	there = schema_set_find(&change.set, custom.schema->urn);
	if (there && change.mine) {
		custom_print(&call->rs->body, there);
		return SCIM_OK;
	}
	if ((e = schema_set_put(call->cx, &change.set, NULL, &custom)) ||
		(e = check_required(call, &change, NULL, &custom)) ||
		(e = commit_change(
			 call, &change, custom.schema->urn, "", custom_text(call, &custom))))
		return e;
	custom_print(&call->rs->body, &custom);
	return SCIM_OK;
}

enum scim_err on_schema_replace(struct call *call)
{
	struct schema_change change;
	struct custom custom;
	struct custom *at;
	const char *before;
	enum scim_err e;

	if ((e = begin_change(call, &change)))
		return e;
	at = schema_set_find(&change.set, call->capture2);
	if (!at)
		return no_schema(call);
	before = custom_text(call, at);
	if (!read_custom(call, &custom))
		return call->cx->err;
	if (strcmp(custom.schema->urn, at->schema->urn) != 0)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "the id of the schema is %s",
			at->schema->urn);
	if ((e = check_use(call, &change, at, &custom)) ||
		(e = check_required(call, &change, at, &custom)) ||
		(e = schema_set_put(call->cx, &change.set, at, &custom)) ||
		(e = commit_change(
			 call, &change, custom.schema->urn, before, custom_text(call, &custom))))
		return e;
	custom_print(&call->rs->body, &custom);
	return SCIM_OK;
}

enum scim_err on_schema_delete(struct call *call)
{
	struct schema_change change;
	const char *urn, *before;
	struct custom *at;
	enum scim_err e;

	if ((e = begin_change(call, &change)))
		return e;
	at = schema_set_find(&change.set, call->capture2);
	if (!at && !change.mine)
		return no_schema(call);
	if (at) {
		if ((e = check_use(call, &change, at, NULL)))
			return e;
		urn = at->schema->urn;
		before = custom_text(call, at);
		schema_set_remove(&change.set, at);
		if ((e = commit_change(call, &change, urn, before, "")))
			return e;
	}
	buf_puts(&call->rs->body, "{}");
	return SCIM_OK;
}
