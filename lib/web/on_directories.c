/* SPDX-License-Identifier: MIT */
/* SCIM directories and their bearer tokens. */
#include "base/secret.h"
#include "base/text.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/place.h"

enum {
	OVERLAP_MAX_SECONDS = 30 * 24 * 3600
};

static void put_directory(struct call *call, const struct directory *directory)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;

	buf_printf(body, "{\"id\":\"%s\"", id_print(arena, ID_DIRECTORY, &directory->id));
	manage_put(
		body, "organizationId", id_print(arena, ID_ORGANIZATION, &directory->organization));
	manage_put_bool(body, "primary", directory->primary);
	manage_put(body, "scimBaseUrl", place_base(call, FACE_SCIM, &directory->id));
	manage_put(body, "scim1BaseUrl", place_base(call, FACE_SCIM1, &directory->id));
	manage_put(body, "pingOneBaseUrl", place_base(call, FACE_PINGONE, &directory->id));
	manage_put(body, "accountId", uuid_text(arena, &directory->organization));
	manage_put_bool(body, "hasClientBearerToken", directory->has_token);
	manage_put_bool(body, "enabled", directory->enabled);
	manage_put_bool(body, "strict", directory->strict);
	buf_putc(body, '}');
}

static enum scim_err no_directory(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "SCIM directory not found");
}

static enum scim_err answer_directory(struct call *call, const struct rows *rows)
{
	struct directory directory;

	if (!rows_count(rows))
		return no_directory(call);
	directory_read(rows, 0, &directory);
	buf_puts(&call->rs->body, "{\"scimDirectory\":");
	put_directory(call, &directory);
	buf_putc(&call->rs->body, '}');
	return SCIM_OK;
}

static struct uuid directory_id(const struct call *call)
{
	return id_named(ID_DIRECTORY, call->capture);
}

static enum scim_err read_change(
	struct call *call, struct json_object *body, struct directory_change *change)
{
	enum scim_err e;

	if ((e = manage_bool(call, body, "primary", &change->primary)) ||
		(e = manage_bool(call, body, "enabled", &change->enabled)))
		return e;
	return manage_bool(call, body, "strict", &change->strict);
}

/* organizationId, in a query or a body. */
static enum scim_err parse_organization(struct call *call, const char *text, struct uuid *id)
{
	if (id_parse(ID_ORGANIZATION, text, strlen(text), id))
		return SCIM_OK;
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
}

enum scim_err on_directory_list(struct call *call)
{
	struct uuid organization, *of = NULL;
	struct directory directory;
	struct page page;
	struct rows *rows;
	const char *text;
	enum scim_err e;
	int i, n;

	if ((e = manage_parameter(call, "organizationId", &text)))
		return e;
	if (text && *text && (e = parse_organization(call, text, &organization)))
		return e;
	of = text && *text ? &organization : NULL;
	if ((e = manage_page(call, arena_printf(call->cx->arena, "directories\n%s", of ? text : ""),
		     &page)))
		return e;
	rows = directory_list(
		call->cx, call->db, &call->holder.environment, of, &page.after, page.size + 1);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &page, e)))
		return e;
	n = manage_page_open(call, &page, rows, "scimDirectories");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		directory_read(rows, i, &directory);
		put_directory(call, &directory);
	}
	manage_page_close(call, &page, &directory.id);
	return SCIM_OK;
}

enum scim_err on_directory_create(struct call *call)
{
	struct directory directory = { .id = call->new_id };
	struct directory_change change;
	struct json_object *body;
	const char *organization;
	struct rows *rows;
	bool has;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = manage_body(call, &body)) ||
		(e = manage_string(call, body, "organizationId", &has, &organization)) ||
		(e = read_change(call, body, &change)))
		return e;
	if (!has)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "organizationId is required");
	if ((e = parse_organization(call, organization, &directory.organization)))
		return e;
	rows = directory_create(call->cx, call->db, &call->holder.environment, &directory, &change);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
	return answer_directory(call, rows);
}

enum scim_err on_directory_get(struct call *call)
{
	struct uuid id = directory_id(call);
	struct rows *rows;
	enum scim_err e;

	rows = directory_get(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	return answer_directory(call, rows);
}

/* First trip of a change: the key is verified, the organization locked, the directory read. */
static enum scim_err begin_change(struct call *call, struct directory *directory)
{
	const struct uuid *environment = &call->holder.environment;
	struct uuid id = directory_id(call);
	struct rows *rows;
	enum scim_err e;

	directory_lock(call->cx, call->db, environment, &id);
	rows = directory_get(call->cx, call->db, environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return no_directory(call);
	directory_read(rows, 0, directory);
	return SCIM_OK;
}

enum scim_err on_directory_update(struct call *call)
{
	struct directory directory = { 0 };
	struct directory_change change;
	struct json_object *body;
	struct rows *rows;
	enum scim_err e;

	if ((e = begin_change(call, &directory)) || (e = manage_body(call, &body)) ||
		(e = read_change(call, body, &change)))
		return e;
	if (directory.primary && change.primary == CHANGE_FALSE)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"an organization keeps one primary directory: make another one primary");
	rows = directory_update(call->cx, call->db, &call->holder.environment, &directory, &change);
	if ((e = manage_commit(call)))
		return e;
	return answer_directory(call, rows);
}

enum scim_err on_directory_delete(struct call *call)
{
	struct directory directory = { 0 };
	struct rows *rows;
	enum scim_err e;

	directory.id = directory_id(call);
	rows = directory_lock(call->cx, call->db, &call->holder.environment, &directory.id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return no_directory(call);
	directory.organization = rows_uuid(rows, 0, 0);
	rows = directory_delete(call->cx, call->db, &call->holder.environment, &directory);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return no_directory(call);
	buf_puts(&call->rs->body, "{}");
	return SCIM_OK;
}

enum scim_err on_token_rotate(struct call *call)
{
	struct directory directory = { 0 };
	struct json_object *body;
	int64_t overlap = 0;
	const char *token;
	enum scim_err e;

	if ((e = begin_change(call, &directory)) || (e = manage_body(call, &body)) ||
		(e = manage_int(call, body, "overlapSeconds", &overlap)))
		return e;
	if (overlap < 0 || overlap > OVERLAP_MAX_SECONDS)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"overlapSeconds is not between 0 and %d", OVERLAP_MAX_SECONDS);
	token = call_secret(call, SECRET_BEARER, &directory.id);
	directory_rotate(
		call->cx, call->db, &call->holder.environment, &directory.id, token, overlap);
	if ((e = manage_commit(call)))
		return e;
	buf_printf(&call->rs->body, "{\"bearerToken\":\"%s\"}", token);
	return SCIM_OK;
}
