/* SPDX-License-Identifier: MIT */
/*
 * Discovery: RFC 7644 section 4, draft-scim-core-schema-01 sections 9 and 10. Public; custom schemas for the
 * holder of the token alone.
 */
#include "base/text.h"
#include "scim/message.h"
#include "scim/v1.h"
#include "web/handlers.h"

/* The types that the caller may know of; NULL-terminated. */
static const struct resource_type *const *types_of(struct call *call)
{
	const struct resource_type **types = arena_alloc(
		call->cx->arena, (KIND__MAX + 1) * sizeof(const struct resource_type *));
	int i;

	for (i = 0; i < KIND__MAX; i++)
		types[i] = &call->tenant.types[i];
	return types;
}

/* RFC 7644 section 4: a filter here is forbidden, other parameters are ignored. */
static enum scim_err refuse_filter(struct call *call)
{
	const char *filter;

	if (call_parameter(call, "filter", SCIM_FORBIDDEN, &filter) || filter)
		return ctx_fail(call->cx, SCIM_FORBIDDEN, "discovery cannot be filtered");
	return SCIM_OK;
}

enum scim_err on_config(struct call *call)
{
	const struct limits *limits = call->cx->limits;
	struct capabilities capabilities = { .base = call->origin.base,
		.bulk = true,
		.bulk_operations = limits->bulk_operations,
		.bulk_bytes = limits->body_bytes };

	message_config(&call->rs->body, call->cx, &capabilities);
	return SCIM_OK;
}

enum scim_err on_resource_types(struct call *call)
{
	enum scim_err e;

	if ((e = refuse_filter(call)))
		return e;
	message_resource_types(&call->rs->body, types_of(call), call->origin.base);
	return SCIM_OK;
}

enum scim_err on_resource_type(struct call *call)
{
	if (message_resource_type(
		    &call->rs->body, types_of(call), call->origin.base, call->capture))
		return SCIM_OK;
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "there is no resource type '%s'", call->capture);
}

enum scim_err on_schemas(struct call *call)
{
	enum scim_err e;

	if ((e = refuse_filter(call)))
		return e;
	message_schemas(&call->rs->body, types_of(call), call->origin.base);
	return SCIM_OK;
}

enum scim_err on_schema(struct call *call)
{
	if (message_schema(&call->rs->body, types_of(call), call->origin.base, call->capture))
		return SCIM_OK;
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "there is no schema '%s'", call->capture);
}

/* RFC 7644 section 3.11: a bearer token stands for a directory, not for one of its users. */
enum scim_err on_me(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_IMPLEMENTED, "the token stands for no single user");
}

/* --- SCIM 1.1 --- */

enum scim_err on_v1_config(struct call *call)
{
	v1_config(&call->rs->body, call->cx);
	return SCIM_OK;
}

enum scim_err on_v1_schemas(struct call *call)
{
	const char *filter;
	enum scim_err e = call_parameter(call, "filter", SCIM_INVALID_FILTER, &filter);

	return e ? e
		 : v1_schemas(call->cx, &call->rs->body, types_of(call), call->dialect->endpoints,
			   filter);
}

enum scim_err on_v1_schema(struct call *call)
{
	if (v1_schema(&call->rs->body, types_of(call), call->dialect->endpoints, call->capture))
		return SCIM_OK;
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "there is no schema '%s'", call->capture);
}
