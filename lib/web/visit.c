/* SPDX-License-Identifier: MIT */
/* From selectors and ids to directories of the caller's environment. */
#include "web/visit.h"

#include "base/text.h"
#include "web/manage.h"
#include "web/router.h"

static enum scim_err no_directory(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "SCIM directory not found");
}

static enum scim_err no_organization(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
}

/* Empty is as absent: protojson has no other way to say it. */
static enum scim_err parameter(struct call *call, const char *name, const char **value)
{
	enum scim_err e = manage_parameter(call, name, value);

	if (!e && *value && !**value)
		*value = NULL;
	return e;
}

static bool parse_directory(const struct visit *visit, struct uuid *id)
{
	return id_parse(ID_DIRECTORY, visit->directory_text, strlen(visit->directory_text), id);
}

enum scim_err visit_read(struct call *call, struct visit *visit)
{
	const char *const *texts[] = { &visit->directory_text, &visit->organization_text,
		&visit->external_id };
	struct buf context;
	enum scim_err e;
	size_t i;

	memset(visit, 0, sizeof(*visit));
	if ((e = parameter(call, "scimDirectoryId", &visit->directory_text)) ||
		(e = parameter(call, "organizationId", &visit->organization_text)) ||
		(e = parameter(call, "organizationExternalId", &visit->external_id)))
		return e;
	if (!visit->directory_text && !visit->organization_text && !visit->external_id)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"one of scim_directory_id, organization_id, or organization_external_id must"
			" be provided");
	buf_init(&context, call->cx->arena, 128);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		buf_printf(&context, "\n%s", *texts[i] ? *texts[i] : "");
	visit->context = context.data;
	return SCIM_OK;
}

static enum scim_err select_primary(struct call *call, struct visit *visit)
{
	const char *text = visit->organization_text;
	struct uuid organization;
	struct rows *rows;
	enum scim_err e;

	if (text && !id_parse(ID_ORGANIZATION, text, strlen(text), &organization))
		return no_organization(call);
	rows = directory_primary(call->cx, call->db, &call->holder.environment,
		text ? &organization : NULL, text ? NULL : visit->external_id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return no_organization(call);
	if (!rows_text(rows, 0, 0))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "the organization has no SCIM directory");
	visit->directories[0] = rows_uuid(rows, 0, 0);
	router_enter(call);
	return SCIM_OK;
}

enum scim_err visit_select(struct call *call, struct visit *visit)
{
	visit->count = 1;
	if (!visit->directory_text)
		return select_primary(call, visit);
	return parse_directory(visit, &visit->directories[0]) ? SCIM_OK : no_directory(call);
}

enum scim_err visit_by_id(struct call *call, const struct uuid *id, struct visit *visit)
{
	struct rows *rows;
	enum scim_err e;

	memset(visit, 0, sizeof(*visit));
	if ((e = parameter(call, "scimDirectoryId", &visit->directory_text)))
		return e;
	if (visit->directory_text) {
		visit->count = parse_directory(visit, &visit->directories[0]);
		return SCIM_OK;
	}
	rows = directory_of_id(call->cx, call->db, &call->holder.environment, id, VISITS_MAX);
	if ((e = db_run(call->cx, call->db)))
		return e;
	for (; visit->count < rows_count(rows); visit->count++)
		visit->directories[visit->count] = rows_uuid(rows, visit->count, 0);
	if (visit->count > 0)
		router_enter(call);
	return SCIM_OK;
}

const struct uuid *visit_enter(struct call *call, struct visit *visit, int i)
{
	visit->entered[i] = directory_visit(
		call->cx, call->db, &call->holder.environment, &visit->directories[i]);
	return &visit->directories[i];
}

enum scim_err visit_check(struct call *call, const struct visit *visit)
{
	return rows_count(visit->entered[0]) ? SCIM_OK : no_directory(call);
}
