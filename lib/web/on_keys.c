/* SPDX-License-Identifier: MIT */
/* API keys. The operator's command line makes the first one, and those that are needed when none is left. */
#include "base/text.h"
#include "store/api_key.h"
#include "web/handlers.h"
#include "web/manage.h"

/* secret: NULL but when it was just made */
static void put_key(struct call *call, const struct api_key *key, const char *secret)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;
	const char *comma = "";
	int i;

	buf_printf(body, "{\"id\":\"%s\"", id_print(arena, ID_API_KEY, &key->id));
	manage_put(
		body, "environmentId", id_print(arena, ID_ENVIRONMENT, &call->holder.environment));
	manage_put(body, "displayName", key->display_name);
	manage_put(body, "secretToken", secret);
	manage_put_bool(body, "hasManagementApiAccess", key->scopes & SCOPE_MANAGE);
	buf_puts(body, ",\"scopes\":[");
	for (i = 0; i < SCOPES; i++) {
		if (!(key->scopes & (1U << i)))
			continue;
		buf_printf(body, "%s\"%s\"", comma, scope_names[i]);
		comma = ",";
	}
	buf_putc(body, ']');
	manage_put_time(body, "createdAt", key->created);
	manage_put_time(body, "lastUsedAt", key->used);
	buf_putc(body, '}');
}

static enum scim_err no_key(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "API key not found");
}

static enum scim_err answer_key(struct call *call, const struct rows *rows, const char *secret)
{
	struct api_key key;

	if (!rows_count(rows))
		return no_key(call);
	api_key_read(rows, 0, &key);
	buf_puts(&call->rs->body, "{\"apiKey\":");
	put_key(call, &key, secret);
	buf_putc(&call->rs->body, '}');
	return SCIM_OK;
}

static struct uuid key_id(const struct call *call)
{
	return id_named(ID_API_KEY, call->capture);
}

enum scim_err on_key_list(struct call *call)
{
	struct api_key key;
	struct page page;
	struct rows *rows;
	enum scim_err e;
	int i, n;

	if ((e = manage_page(call, "keys", &page)))
		return e;
	rows = api_key_list(
		call->cx, call->db, &call->holder.environment, &page.after, page.size + 1);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &page, e)))
		return e;
	n = manage_page_open(call, &page, rows, "apiKeys");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		api_key_read(rows, i, &key);
		put_key(call, &key, NULL);
	}
	manage_page_close(call, &page, &key.id);
	return SCIM_OK;
}

static enum scim_err read_scopes(struct call *call, struct json_object *array, unsigned *scopes)
{
	struct json_object *item;
	const char *name;
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++) {
		enum key_scope scope = SCOPE_NONE;

		item = json_object_array_get_idx(array, i);
		name = json_object_get_string(item);
		if (json_object_is_type(item, json_type_string))
			scope = scope_of(name, strlen(name));
		if (scope == SCOPE_NONE)
			return ctx_fail(call->cx, SCIM_INVALID_VALUE,
				"'scopes' holds read, events, logs and manage only");
		*scopes |= scope;
	}
	if (*scopes == SCOPE_NONE)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'scopes' holds none");
	return SCIM_OK;
}

/* scopes, or the model's hasManagementApiAccess: all or read. */
static enum scim_err read_access(struct call *call, struct json_object *body, unsigned *scopes)
{
	struct json_object *array;
	enum change manages;
	enum scim_err e;

	*scopes = SCOPE_NONE;
	if ((e = manage_bool(call, body, "hasManagementApiAccess", &manages)) ||
		(e = manage_array(call, body, "scopes", &array)))
		return e;
	if (!array) {
		*scopes = manages == CHANGE_TRUE ? SCOPE_ALL : SCOPE_READ;
		return SCIM_OK;
	}
	if ((e = read_scopes(call, array, scopes)))
		return e;
	if (manages != CHANGE_NONE && (manages == CHANGE_TRUE) != !!(*scopes & SCOPE_MANAGE))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"'scopes' and 'hasManagementApiAccess' contradict one another");
	return SCIM_OK;
}

enum scim_err on_key_create(struct call *call)
{
	struct api_key key = { .id = call->new_id };
	const struct uuid *environment = &call->holder.environment;
	struct json_object *body;
	struct rows *rows;
	const char *secret;
	enum scim_err e;
	bool has;

	if ((e = db_run(call->cx, call->db)) || (e = manage_body(call, &body)) ||
		(e = manage_string(call, body, "displayName", &has, &key.display_name)) ||
		(e = read_access(call, body, &key.scopes)))
		return e;
	secret = api_key_create(call->cx, call->db, environment, &key);
	rows = api_key_get(call->cx, call->db, environment, &key.id);
	if ((e = manage_commit(call)))
		return e;
	return answer_key(call, rows, secret);
}

enum scim_err on_key_get(struct call *call)
{
	struct uuid id = key_id(call);
	struct rows *rows;
	enum scim_err e;

	rows = api_key_get(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	return answer_key(call, rows, NULL);
}

enum scim_err on_key_delete(struct call *call)
{
	struct uuid id = key_id(call);
	struct key_fate fate;
	struct rows *rows;
	enum scim_err e;

	rows = api_key_lock(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	api_key_fate(rows, &fate);
	if (!fate.there)
		return no_key(call);
	if (fate.last)
		return ctx_fail(call->cx, SCIM_CONFLICT,
			"this is the last key with the scope 'manage': make another one first, or "
			"use the command 'rollcall key revoke'");
	api_key_revoke(call->cx, call->db, &call->holder.environment, &id);
	if ((e = manage_commit(call)))
		return e;
	buf_puts(&call->rs->body, "{}");
	return SCIM_OK;
}
