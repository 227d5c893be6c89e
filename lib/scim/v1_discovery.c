/* SPDX-License-Identifier: MIT */
/*
 * The discovery documents of SCIM 1.1. What they say comes from the tables and limits the code itself runs
 * on.
 */
#include <inttypes.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/filter.h"
#include "scim/match.h"
#include "scim/v1.h"

static const char *const truth[] = { "false", "true" };

/* ,"name":"value" */
static void print_text(struct buf *buf, const char *name, const char *value)
{
	buf_printf(buf, ",\"%s\":", name);
	buf_jsons(buf, value);
}

void v1_config(struct buf *buf, struct ctx *cx)
{
	buf_printf(buf,
		"{\"schemas\":[\"%s\"],\"patch\":{\"supported\":true}"
		",\"bulk\":{\"supported\":false,\"maxOperations\":0,\"maxPayloadSize\":0}"
		",\"filter\":{\"supported\":true,\"maxResults\":%" PRId64 "}",
		URN_V1_CORE, cx->limits->count);
	buf_puts(buf, ",\"changePassword\":{\"supported\":false},\"sort\":{\"supported\":true}"
		      ",\"etag\":{\"supported\":true},\"xmlDataFormat\":{\"supported\":false}");
	buf_puts(buf, ",\"authenticationSchemes\":[{\"type\":\"httpbasic\""
		      ",\"name\":\"HTTP Basic\""
		      ",\"description\":\"The id of the organization as the user name, the bearer"
		      " token of the directory as the password\""
		      ",\"specUrl\":\"https://www.rfc-editor.org/info/rfc7617\""
		      ",\"primary\":true}"
		      ",{\"type\":\"oauthbearertoken\",\"name\":\"OAuth Bearer Token\""
		      ",\"description\":\"The bearer token of the directory in the Authorization"
		      " header\""
		      ",\"specUrl\":\"https://www.rfc-editor.org/info/rfc6750\""
		      ",\"primary\":false}]}");
}

/* What 1.1 has besides the rows, for PATCH. */
static const struct attr removed_row = {
	.name = "attributes",
	.multi = true,
	.doc = "The names of attributes that a PATCH removes; never answered.",
};

static const char *const operations[] = { "delete", NULL };
static const struct attr operation_row = {
	.name = "operation",
	.canonical = operations,
	.doc = "In a PATCH, 'delete' removes the value; never answered.",
};

static const struct attr *extra_row(const struct attr *attr)
{
	if (text_ieq(attr->name, "meta"))
		return &removed_row;
	return attr->multi && attr->mutability != M_READ_ONLY ? &operation_row : NULL;
}

/* The name of one value's element in XML, which is required: "email" of "emails". */
static void print_child_name(struct buf *buf, const char *name)
{
	size_t len = strlen(name);
	if (len > 4 && text_ieq(name + len - 4, "sses"))
		len -= 2;
	else if (len > 1 && text_ieq(name + len - 1, "s"))
		len -= 1;
	buf_puts(buf, ",\"multiValuedAttributeChildName\":");
	buf_json(buf, name, len);
}

/* ,"canonicalValues":["a","b"]; nothing for NULL */
static void print_canonical(struct buf *buf, const char *const *values)
{
	if (!values)
		return;
	buf_puts(buf, ",\"canonicalValues\":[");
	for (size_t i = 0; values[i]; i++) {
		if (i)
			buf_putc(buf, ',');
		buf_jsons(buf, values[i]);
	}
	buf_putc(buf, ']');
}

/*
 * 1.1 knows no references. urn: the schema; NULL: it is a sub-attribute. Left open for those. Usual values are told
 * of sub-attributes alone (core section 10), and clients refuse what is not there.
 */
static void open_attr(struct buf *buf, const struct attr *attr, const char *urn)
{
	enum attr_type type = attr->type == T_REFERENCE ? T_STRING : attr->type;
	buf_puts(buf, "{\"name\":");
	buf_jsons(buf, attr->name);
	print_text(buf, "type", attr_type_names[type]);
	buf_printf(buf, ",\"multiValued\":%s", truth[attr->multi]);
	if (attr->multi)
		print_child_name(buf, attr->name);
	print_text(buf, "description", attr->doc ? attr->doc : attr->name);
	if (urn)
		print_text(buf, "schema", urn);
	buf_printf(buf, ",\"readOnly\":%s,\"required\":%s,\"caseExact\":%s",
		truth[attr->mutability == M_READ_ONLY], truth[attr->required],
		truth[attr->case_exact]);
	if (!urn)
		print_canonical(buf, attr->canonical);
}

static void print_subs(struct buf *buf, const struct resource_type *rt, const struct attr *attr)
{
	const struct attr *extra = extra_row(attr);
	const char *separator = ",\"subAttributes\":[";
	for (const struct attr *sub = attr->subs; sub->name; sub++) {
		if (!v1_has(rt, sub))
			continue;
		buf_puts(buf, separator);
		open_attr(buf, sub, NULL);
		buf_putc(buf, '}');
		separator = ",";
	}
	if (extra) {
		buf_puts(buf, separator);
		open_attr(buf, extra, NULL);
		buf_putc(buf, '}');
	}
	buf_putc(buf, ']');
}

/* {...},{...}, with a comma before each but the first of all. */
static void print_attrs(
	struct buf *buf, const struct resource_type *rt, const struct attr *attrs, const char *urn)
{
	for (const struct attr *attr = attrs; attr->name; attr++) {
		if (!v1_has(rt, attr))
			continue;
		if (buf->data[buf->len - 1] == '}')
			buf_putc(buf, ',');
		open_attr(buf, attr, urn);
		if (attr->subs)
			print_subs(buf, rt, attr);
		buf_putc(buf, '}');
	}
}

static void print_schema(
	struct buf *buf, const struct resource_type *rt, const char *const *endpoints)
{
	buf_printf(buf, "{\"id\":\"%s:%s\"", URN_V1_CORE, rt->name);
	print_text(buf, "name", rt->name);
	print_text(buf, "description", rt->doc);
	print_text(buf, "schema", URN_V1_CORE);
	print_text(buf, "endpoint", endpoints[rt->kind]);
	buf_puts(buf, ",\"attributes\":[");
	print_attrs(buf, rt, common_attrs, URN_V1_CORE);
	print_attrs(buf, rt, rt->core->attrs, URN_V1_CORE);
	for (size_t i = 0; rt->extensions[i]; i++) {
		const struct schema *schema = v1_schema_out(rt->extensions[i]);
		print_attrs(buf, rt, schema->attrs, schema->urn);
	}
	print_attrs(buf, rt, v1_pingone.attrs, v1_pingone.urn);
	buf_puts(buf, "]}");
}

/* What schemas are filtered by. */
static const struct attr schema_attrs[] = { { .name = "name" }, { .name = "description" },
	{ .name = "schema" }, { .name = "endpoint" }, { 0 } };
static const struct schema schema_core = {
	.urn = URN_V1_CORE ":Schema", .name = "Schema", .doc = "Schema", .attrs = schema_attrs
};
static const struct schema *const schema_extensions[] = { NULL };
static const struct resource_type schema_type = { .kind = KIND__MAX,
	.name = "Schema",
	.noun = "schema",
	.unique = "name",
	.doc = "Schema",
	.core = &schema_core,
	.extensions = schema_extensions };

/* The SDK of UnboundID asks for the endpoint "Users". */
static struct json_object *schema_row(
	struct ctx *cx, const struct resource_type *rt, const char *endpoint)
{
	const char *id = arena_printf(cx->arena, "%s:%s", URN_V1_CORE, rt->name);
	struct json_object *row = json_root_object(cx->arena);
	struct json_object *endpoints = json_object_new_array();
	json_object_array_add(endpoints, json_object_new_string(endpoint));
	json_object_array_add(endpoints, json_object_new_string(endpoint + 1));
	json_object_object_add(row, "endpoint", endpoints);
	json_object_object_add(row, "id", json_object_new_string(id));
	json_object_object_add(row, "name", json_object_new_string(rt->name));
	json_object_object_add(row, "description", json_object_new_string(rt->doc));
	json_object_object_add(row, "schema", json_object_new_string(URN_V1_CORE));
	return row;
}

enum scim_err v1_schemas(struct ctx *cx, struct buf *buf, const struct resource_type *const *types,
	const char *const *endpoints, const char *filter)
{
	const struct resource_type *found[KIND__MAX] = { NULL };
	const struct filter *tree = NULL;
	struct list_frame frame = { .start_index = 1 };
	size_t count = 0;
	enum scim_err e = SCIM_OK;
	if (filter)
		e = filter_parse(cx, &schema_type, filter, strlen(filter), &tree);
	for (; !e && *types; types++)
		if (!tree ||
			match_resource(cx, tree, schema_row(cx, *types, endpoints[(*types)->kind])))
			found[count++] = *types;
	if (e)
		return e;
	frame.total = frame.items = (int64_t)count;
	v1_list_open(buf, &frame);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_putc(buf, ',');
		print_schema(buf, found[i], endpoints);
	}
	v1_list_close(buf, &frame);
	return SCIM_OK;
}

bool v1_schema(struct buf *buf, const struct resource_type *const *types,
	const char *const *endpoints, const char *id)
{
	size_t prefix = text_istarts(id, strlen(id), URN_V1_CORE ":") ? strlen(URN_V1_CORE ":") : 0;
	for (; *types; types++) {
		if (!text_ieq((*types)->name, id + prefix))
			continue;
		print_schema(buf, *types, endpoints);
		return true;
	}
	return false;
}
