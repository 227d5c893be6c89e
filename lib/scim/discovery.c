/* SPDX-License-Identifier: MIT */
/*
 * The discovery documents (RFC 7644 section 4): ServiceProviderConfig, ResourceTypes, Schemas.
 * What they say comes from the tables and limits the code itself runs on.
 */
#include <inttypes.h>

#include "base/text.h"
#include "scim/message.h"

#define URN_CONFIG "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
#define URN_RESOURCE_TYPE "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
#define URN_SCHEMA "urn:ietf:params:scim:schemas:core:2.0:Schema"

static const char *const truth[] = { "false", "true" };

/* ,"name":"value" */
static void print_text(struct buf *buf, const char *name, const char *value)
{
	buf_putc(buf, ',');
	buf_jsons(buf, name);
	buf_putc(buf, ':');
	buf_jsons(buf, value);
}

/* ,"meta":{...}: base + endpoint, then / and id when there is one. */
static void print_meta(
	struct buf *buf, const char *type, const char *base, const char *endpoint, const char *id)
{
	buf_printf(buf, ",\"meta\":{\"resourceType\":\"%s\"", type);
	print_text(buf, "location",
		arena_printf(buf->arena, "%s%s%s%s", base, endpoint, id ? "/" : "", id ? id : ""));
	buf_putc(buf, '}');
}

static void open_list(struct buf *buf, size_t count)
{
	message_list_open(buf, &(struct list_frame){
				       .total = (int64_t)count,
				       .start_index = 1,
				       .items = (int64_t)count,
			       });
}

void message_config(struct buf *buf, struct ctx *cx, const struct capabilities *capabilities)
{
	const struct limits *limits = cx->limits;
	bool bulk = capabilities->bulk;
	buf_printf(buf, "{\"schemas\":[\"%s\"]", URN_CONFIG);
	if (capabilities->documentation)
		print_text(buf, "documentationUri", capabilities->documentation);
	buf_puts(buf, ",\"patch\":{\"supported\":true}");
	/* 7643 5: the numbers are required even when bulk is not supported */
	buf_printf(buf,
		",\"bulk\":{\"supported\":%s,\"maxOperations\":%" PRId64
		",\"maxPayloadSize\":%" PRId64 "}",
		truth[bulk], bulk ? capabilities->bulk_operations : 0,
		bulk ? capabilities->bulk_bytes : 0);
	buf_printf(
		buf, ",\"filter\":{\"supported\":true,\"maxResults\":%" PRId64 "}", limits->count);
	buf_puts(buf, ",\"changePassword\":{\"supported\":false},\"sort\":{\"supported\":true}"
		      ",\"etag\":{\"supported\":true}");
	/* RFC 9865 section 4; cursorTimeout in seconds */
	buf_printf(buf,
		",\"pagination\":{\"cursor\":true,\"index\":true"
		",\"defaultPaginationMethod\":\"index\",\"defaultPageSize\":%" PRId64
		",\"maxPageSize\":%" PRId64 ",\"cursorTimeout\":%" PRId64 "}",
		limits->default_count, limits->count, limits->cursor_seconds);
	buf_puts(buf, ",\"authenticationSchemes\":[{\"type\":\"oauthbearertoken\""
		      ",\"name\":\"OAuth Bearer Token\""
		      ",\"description\":\"A bearer token in the Authorization header\""
		      ",\"specUri\":\"https://www.rfc-editor.org/info/rfc6750\""
		      ",\"primary\":true}"
		      ",{\"type\":\"oauth2\",\"name\":\"OAuth 2.0 Client Credentials\""
		      ",\"description\":\"A short-lived bearer token from the token endpoint,"
		      " /v1/oauth/token\""
		      ",\"specUri\":\"https://www.rfc-editor.org/info/rfc6749\""
		      ",\"primary\":false}]");
	print_meta(
		buf, "ServiceProviderConfig", capabilities->base, "/ServiceProviderConfig", NULL);
	buf_putc(buf, '}');
}

/* 7643 6 */
static void print_resource_type(struct buf *buf, const struct resource_type *rt, const char *base)
{
	buf_printf(buf, "{\"schemas\":[\"%s\"]", URN_RESOURCE_TYPE);
	print_text(buf, "id", rt->name);
	print_text(buf, "name", rt->name);
	print_text(buf, "endpoint", rt->endpoint);
	print_text(buf, "description", rt->doc);
	print_text(buf, "schema", rt->core->urn);
	buf_puts(buf, ",\"schemaExtensions\":[");
	for (size_t i = 0; rt->extensions[i]; i++) {
		buf_puts(buf, i ? ",{\"schema\":" : "{\"schema\":");
		buf_jsons(buf, rt->extensions[i]->urn);
		buf_printf(buf, ",\"required\":%s}", truth[rt->required && rt->required[i]]);
	}
	buf_putc(buf, ']');
	print_meta(buf, "ResourceType", base, "/ResourceTypes", rt->name);
	buf_putc(buf, '}');
}

void message_resource_types(
	struct buf *buf, const struct resource_type *const *types, const char *base)
{
	size_t count = 0;
	while (types[count])
		count++;
	open_list(buf, count);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_putc(buf, ',');
		print_resource_type(buf, types[i], base);
	}
	message_list_close(buf, NULL);
}

bool message_resource_type(struct buf *buf, const struct resource_type *const *types,
	const char *base, const char *name)
{
	for (; *types; types++) {
		if (strcmp((*types)->name, name) != 0)
			continue;
		print_resource_type(buf, *types, base);
		return true;
	}
	return false;
}

/* ,"name":["a","b"]; nothing for NULL */
static void print_texts(struct buf *buf, const char *name, const char *const *values)
{
	if (!values)
		return;
	buf_putc(buf, ',');
	buf_jsons(buf, name);
	buf_puts(buf, ":[");
	for (size_t i = 0; values[i]; i++) {
		if (i)
			buf_putc(buf, ',');
		buf_jsons(buf, values[i]);
	}
	buf_putc(buf, ']');
}

/*
 * 7643 7. Every characteristic is printed for every type, though caseExact and uniqueness mean
 * nothing to some: clients read them unconditionally.
 */
static void print_attrs(struct buf *buf, const char *name, const struct attr *attrs)
{
	buf_putc(buf, ',');
	buf_jsons(buf, name);
	buf_puts(buf, ":[");
	for (const struct attr *attr = attrs; attr->name; attr++) {
		buf_puts(buf, attr == attrs ? "{\"name\":" : ",{\"name\":");
		buf_jsons(buf, attr->name);
		print_text(buf, "type", attr_type_names[attr->type]);
		if (attr->subs)
			print_attrs(buf, "subAttributes", attr->subs);
		buf_printf(buf, ",\"multiValued\":%s", truth[attr->multi]);
		print_text(buf, "description", attr->doc ? attr->doc : attr->name);
		buf_printf(buf, ",\"required\":%s", truth[attr->required]);
		print_texts(buf, "canonicalValues", attr->canonical);
		buf_printf(buf, ",\"caseExact\":%s", truth[attr->case_exact]);
		print_text(buf, "mutability", attr_mutability_names[attr->mutability]);
		print_text(buf, "returned", attr_returned_names[attr->returned]);
		print_text(buf, "uniqueness", attr_uniqueness_names[attr->uniqueness]);
		print_texts(buf, "referenceTypes", attr->references);
		buf_putc(buf, '}');
	}
	buf_putc(buf, ']');
}

/* The members that the schema itself has. */
static void print_members(struct buf *buf, const struct schema *schema)
{
	buf_puts(buf, "\"id\":");
	buf_jsons(buf, schema->urn);
	print_text(buf, "name", schema->name);
	if (schema->doc)
		print_text(buf, "description", schema->doc);
	print_attrs(buf, "attributes", schema->attrs);
}

void schema_print(struct buf *buf, const struct schema *schema)
{
	buf_putc(buf, '{');
	print_members(buf, schema);
	buf_putc(buf, '}');
}

static void print_schema(struct buf *buf, const struct schema *schema, const char *base)
{
	buf_printf(buf, "{\"schemas\":[\"%s\"],", URN_SCHEMA);
	print_members(buf, schema);
	print_meta(buf, "Schema", base, "/Schemas", schema->urn);
	buf_putc(buf, '}');
}

/* The schemas of all types, each once, NULL-terminated, in the arena. */
static const struct schema **collect_schemas(
	struct arena *arena, const struct resource_type *const *types)
{
	size_t most = 1;
	for (size_t t = 0; types[t]; t++) {
		most++;
		for (size_t i = 0; types[t]->extensions[i]; i++)
			most++;
	}
	const struct schema **all = arena_alloc(arena, most * sizeof(const struct schema *));
	for (size_t t = 0; types[t]; t++) {
		const struct schema *schema = types[t]->core;
		for (size_t i = 0; schema; schema = types[t]->extensions[i++]) {
			size_t at = 0;
			while (all[at] && all[at] != schema)
				at++;
			all[at] = schema;
		}
	}
	return all;
}

void message_schemas(struct buf *buf, const struct resource_type *const *types, const char *base)
{
	const struct schema **all = collect_schemas(buf->arena, types);
	size_t count = 0;
	while (all[count])
		count++;
	open_list(buf, count);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_putc(buf, ',');
		print_schema(buf, all[i], base);
	}
	message_list_close(buf, NULL);
}

bool message_schema(struct buf *buf, const struct resource_type *const *types, const char *base,
	const char *urn)
{
	for (; *types; types++) {
		const struct schema *schema = schema_find(*types, urn, strlen(urn));
		if (!schema)
			continue;
		print_schema(buf, schema, base);
		return true;
	}
	return false;
}
