/* SPDX-License-Identifier: MIT */
/* The rows. */
#include "scim/dialect.h"

#include "base/text.h"
#include "scim/filter.h"
#include "scim/resource.h"
#include "scim/v1.h"

static const char *const endpoints[KIND__MAX] = {
	[KIND_USER] = "/Users",
	[KIND_GROUP] = "/Groups",
};

static const char *const pingone_endpoints[KIND__MAX] = {
	[KIND_USER] = "/user",
	[KIND_GROUP] = "/group",
};

static const char *print_id(struct arena *arena, enum id_kind kind, const struct uuid *id)
{
	return id_print(arena, kind, id);
}

static enum scim_err read_resource(
	struct ctx *cx, const struct resource_type *rt, struct wish *wish)
{
	enum scim_err e;
	if (rt->has_members && (e = members_of_body(cx, wish->body, &wish->plan)))
		return e;
	return resource_from_body(cx, rt, wish->body->tree, &wish->resource);
}

static enum scim_err patch_resource(
	struct ctx *cx, const struct resource_type *rt, struct wish *wish)
{
	struct patch patch;
	enum scim_err e = patch_parse(cx, rt, wish->body->tree, &patch);
	if (!e && rt->has_members)
		e = members_of_patch(cx, rt, wish->body, &patch, &wish->plan);
	return e ? e : patch_apply(cx, rt, &patch, wish->resource);
}

static enum scim_err parse_filter(struct ctx *cx, const struct resource_type *rt,
	const struct origin *origin, const char *text, const struct filter **tree)
{
	(void)origin;
	return filter_parse(cx, rt, text, strlen(text), tree);
}

const struct dialect scim_2 = {
	.endpoints = endpoints,
	.cursors = true,
	.patch_places = members_patch_places,
	.parse_id = id_parse,
	.print_id = print_id,
	.read = read_resource,
	.patch = patch_resource,
	.filter = parse_filter,
	.path = path_resolve,
	.projection = projection_parse,
	.print = resource_print,
	.list_open = message_list_open,
	.list_close = message_list_close,
	.error = message_error,
};

/* What PingOne's directory has as SCIM 1.1 says. */
#define SCIM_1 \
	.patch_places = members_body_places, .parse_id = v1_parse_id, .print_id = v1_print_id, \
	.read = v1_read, .patch = v1_patch, .filter = v1_filter, .path = v1_path, \
	.projection = v1_projection, .error = v1_error

const struct dialect scim_1 = {
	SCIM_1,
	.endpoints = endpoints,
	.print = v1_print,
	.list_open = v1_list_open,
	.list_close = v1_list_close,
};

const struct dialect pingone = {
	SCIM_1,
	.endpoints = pingone_endpoints,
	.print = v1_print_pingone,
	.list_open = v1_list_open_pingone,
	.list_close = v1_list_close_pingone,
};
