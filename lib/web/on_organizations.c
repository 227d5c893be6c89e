/* SPDX-License-Identifier: MIT */
/* Organizations: the vendor's customers. */
#include "base/json.h"
#include "base/text.h"
#include "store/organization.h"
#include "web/handlers.h"
#include "web/manage.h"

enum {
	DOMAINS_MAX = 1000,
	DOMAIN_BYTES = 253 /* RFC 1035 section 2.3.4, without the root's dot */
};

static void put_organization(struct call *call, const struct organization *organization)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;

	buf_printf(body, "{\"id\":\"%s\"", id_print(arena, ID_ORGANIZATION, &organization->id));
	manage_put(
		body, "environmentId", id_print(arena, ID_ENVIRONMENT, &call->holder.environment));
	manage_put(body, "displayName", organization->display_name);
	manage_put(body, "externalId", organization->external_id);
	buf_printf(body, ",\"domains\":%s}", organization->domains);
}

static enum scim_err answer_organization(struct call *call, const struct rows *rows)
{
	struct organization organization;

	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
	organization_read(rows, 0, &organization);
	buf_puts(&call->rs->body, "{\"organization\":");
	put_organization(call, &organization);
	buf_putc(&call->rs->body, '}');
	return SCIM_OK;
}

static enum scim_err organization_id(struct call *call, struct uuid *id)
{
	if (id_parse(ID_ORGANIZATION, call->capture, strlen(call->capture), id))
		return SCIM_OK;
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
}

/* Mail domains compare without case: kept folded, so that Example.com matches. */
static enum scim_err read_domain(struct call *call, struct json_object *value, const char **domain)
{
	const char *text = json_object_get_string(value);
	size_t len;

	if (!json_object_is_type(value, json_type_string) || !*text || strpbrk(text, " \t\r\n@/"))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'domains' holds what is no domain");
	*domain = text_fold(call->cx->arena, text, strlen(text), &len);
	if (len > DOMAIN_BYTES)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "a domain is longer than %d bytes",
			DOMAIN_BYTES);
	return SCIM_OK;
}

static enum scim_err read_domains(
	struct call *call, struct json_object *body, struct organization_change *change)
{
	struct json_object *array;
	const char **domains;
	enum scim_err e;
	size_t i, n;

	if ((e = manage_array(call, body, "domains", &array)) || !array)
		return e;
	n = json_object_array_length(array);
	if (n > DOMAINS_MAX)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "more than %d domains", DOMAINS_MAX);
	domains = arena_alloc(call->cx->arena, (n + 1) * sizeof(*domains));
	for (i = 0; i < n; i++)
		if ((e = read_domain(call, json_object_array_get_idx(array, i), &domains[i])))
			return e;
	change->has_domains = true;
	change->domains = domains;
	change->domain_count = n;
	return SCIM_OK;
}

/* "" clears: an externalId of nothing is none, and none is never in use. */
static enum scim_err read_change(struct call *call, struct organization_change *change)
{
	struct json_object *body;
	enum scim_err e;

	memset(change, 0, sizeof(*change));
	if ((e = manage_body(call, &body)) ||
		(e = manage_string(call, body, "displayName", &change->has_display_name,
			 &change->display_name)) ||
		(e = manage_string(
			 call, body, "externalId", &change->has_external_id, &change->external_id)))
		return e;
	if (change->external_id && !*change->external_id)
		change->external_id = NULL;
	return read_domains(call, body, change);
}

enum scim_err on_organization_list(struct call *call)
{
	struct organization organization;
	struct page page;
	struct rows *rows;
	enum scim_err e;
	int i, n;

	if ((e = manage_page(call, "organizations", &page)))
		return e;
	rows = organization_list(
		call->cx, call->db, &call->holder.environment, &page.after, page.size + 1);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &page, e)))
		return e;
	n = manage_page_open(call, &page, rows, "organizations");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		organization_read(rows, i, &organization);
		put_organization(call, &organization);
	}
	manage_page_close(call, &page, &organization.id);
	return SCIM_OK;
}

enum scim_err on_organization_create(struct call *call)
{
	struct organization_change change;
	struct rows *rows;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = read_change(call, &change)))
		return e;
	rows = organization_create(
		call->cx, call->db, &call->holder.environment, &call->new_id, &change);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_UNIQUENESS, "externalId '%s' is already in use",
			change.external_id ? change.external_id : "");
	return answer_organization(call, rows);
}

enum scim_err on_organization_get(struct call *call)
{
	struct uuid id = id_named(ID_ORGANIZATION, call->capture);
	struct rows *rows;
	enum scim_err e;

	rows = organization_get(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	return answer_organization(call, rows);
}

enum scim_err on_organization_update(struct call *call)
{
	struct organization_change change;
	struct rows *rows;
	struct uuid id;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = organization_id(call, &id)) ||
		(e = read_change(call, &change)))
		return e;
	rows = organization_update(call->cx, call->db, &call->holder.environment, &id, &change);
	if ((e = manage_commit(call)))
		return e;
	return answer_organization(call, rows);
}

enum scim_err on_organization_delete(struct call *call)
{
	struct rows *rows;
	struct uuid id;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = organization_id(call, &id)))
		return e;
	rows = organization_delete(call->cx, call->db, &call->holder.environment, &id);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
	buf_puts(&call->rs->body, "{}");
	return SCIM_OK;
}
