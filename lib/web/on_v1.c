/* SPDX-License-Identifier: MIT */
/* Discovery in SCIM 1.1. Public; custom schemas for the holder of the credential alone. */
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

enum scim_err on_v1_config(struct call *call)
{
	v1_config(&call->rs->body, call->cx);
	return SCIM_OK;
}

enum scim_err on_v1_schemas(struct call *call)
{
	v1_schemas(&call->rs->body, types_of(call), call->dialect->endpoints);
	return SCIM_OK;
}

enum scim_err on_v1_schema(struct call *call)
{
	if (v1_schema(&call->rs->body, types_of(call), call->dialect->endpoints, call->capture))
		return SCIM_OK;
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "there is no schema '%s'", call->capture);
}
