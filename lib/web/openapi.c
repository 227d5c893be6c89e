/* SPDX-License-Identifier: MIT */
/*
 * Paths from the route table, what they take and answer from usages[], schemas from the shapes that
 * were referred to on the way.
 */
#include "web/openapi.h"

#include "base/text.h"
#include "web/shapes.h"
#include "web/usage.h"

enum {
	USED_MAX = 256
};

/* The document at work. */
struct document {
	struct buf *out;
	struct {
		const struct shape *shape;
		enum shape_part part;
	} used[USED_MAX]; /* by the paths, and by those before */
	size_t used_count;
	bool fails[FACE__MAX][SCIM__MAX]; /* the errors that were referred to */
};

/* An operation at work. */
struct operation_at {
	const struct mount *mount;
	const struct route *route;
	const struct usage *usage;
};

#define ACCOUNT "[{\"account\":[]},{\"bearerToken\":[]}]"

static const struct {
	const char *name; /* in those of its errors */
	const char *credentials; /* Security Requirement Objects; NULL: an API key */
	const char *again; /* behind operationIds, where a face has another mount for the same */
} faces[FACE__MAX] = {
	[FACE_SCIM] = { .name = "SCIM",
		.credentials = "[{\"bearerToken\":[]},{\"oauth\":[\"scim\"]}]",
		.again = "ByToken" },
	[FACE_SCIM1] = { .name = "SCIM1-", .credentials = ACCOUNT },
	[FACE_PINGONE] = { .name = "PingOne", .credentials = ACCOUNT, .again = "ByLocation" },
	[FACE_OAUTH] = { .name = "OAuth", .credentials = "[{\"client\":[]},{}]" },
	[FACE_MANAGEMENT] = { .name = "API" },
};

static void put_head(struct buf *out, const char *base_url)
{
	const struct tag *const *tag;

	buf_puts(out,
		"{\"openapi\":\"3.1.1\",\"info\":{\"title\":\"Rollcall\",\"version\":\"1\","
		"\"summary\":\"A SCIM directory server\",\"description\":\""
		"The vendor's backend calls the management API with an API key. Identity "
		"providers call SCIM 2.0 with the bearer token of a directory, or SCIM 1.1. "
		"Where GET is, HEAD is too.\",\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"}},"
		"\"servers\":[{\"url\":");
	buf_jsons(out, base_url);
	buf_puts(out, "}],\"tags\":[");
	for (tag = tags; *tag; tag++) {
		buf_puts(out, tag == tags ? "{\"name\":" : ",{\"name\":");
		buf_jsons(out, (*tag)->name);
		buf_puts(out, ",\"description\":");
		buf_jsons(out, (*tag)->doc);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

static void use(void *arg, const struct shape *shape, enum shape_part part)
{
	struct document *document = arg;
	size_t i;

	for (i = 0; i < document->used_count; i++)
		if (document->used[i].shape == shape && document->used[i].part == part)
			return;
	if (document->used_count == USED_MAX)
		abort();
	document->used[document->used_count].shape = shape;
	document->used[document->used_count++].part = part;
}

/* Of a media type without parameters. */
static int type_len(const char *media)
{
	return (int)strcspn(media, ";");
}

/* "content":{"application/json":{"schema":{"$ref":...},"example":...}} */
static void put_content(struct document *document, const char *media, const struct shape *shape,
	enum shape_part part)
{
	struct buf *out = document->out;

	use(document, shape, part);
	buf_printf(out, "\"content\":{\"%.*s\":{\"schema\":", type_len(media), media);
	shape_reference(out, shape, part);
	buf_puts(out, ",\"example\":");
	shape_example(out, shape, part);
	buf_puts(out, "}}");
}

static void put_security(struct buf *out, const struct route *route)
{
	const char *credentials = faces[route->face].credentials;

	if ((route->flags & ROUTE_PUBLIC) && route->face != FACE_OAUTH)
		buf_puts(out, ",\"security\":[]");
	else if (credentials)
		buf_printf(out, ",\"security\":%s", credentials);
	else
		buf_printf(out, ",\"security\":[{\"apiKey\":[\"%s\"]}]", scope_name(route->scope));
}

/* "7644 3.4.2"; of SCIM 1.1 the drafts have no anchors. */
static void put_reference(struct buf *out, const char *reference)
{
	int rfc = (int)strcspn(reference, " ");
	const char *section = reference + rfc + 1;

	if (!*reference)
		return;
	buf_puts(out, ",\"externalDocs\":{\"description\":\"");
	if (strncmp(reference, "1.1 core", 8) == 0)
		buf_printf(out,
			"draft-scim-core-schema-01 section %s\",\"url\":"
			"\"https://datatracker.ietf.org/doc/html/draft-scim-core-schema-01\"}",
			reference + 9);
	else if (strncmp(reference, "1.1 ", 4) == 0)
		buf_printf(out,
			"draft-scim-api-01 section %s\",\"url\":"
			"\"https://datatracker.ietf.org/doc/html/draft-scim-api-01\"}",
			section);
	else
		buf_printf(out,
			"RFC %.*s section %s\","
			"\"url\":\"https://www.rfc-editor.org/rfc/rfc%.*s#section-%s\"}",
			rfc, reference, section, rfc, reference, section);
}

static void put_parameter(
	struct buf *out, const char *place, const struct field *field, bool required)
{
	if (out->data[out->len - 1] != '[')
		buf_putc(out, ',');
	buf_puts(out, "{\"name\":");
	buf_jsons(out, field->name);
	buf_printf(out, ",\"in\":\"%s\"%s%s", place, required ? ",\"required\":true" : "",
		field->flags & FIELD_EITHER ? ",\"x-either\":true" : "");
	if (field->doc) {
		buf_puts(out, ",\"description\":");
		buf_jsons(out, field->doc);
	}
	buf_puts(out, ",\"schema\":");
	field_schema(out,
		&(struct field){ .type = field->type,
			.values = field->values,
			.min = field->min,
			.max = field->max },
		PART_ANSWER, NULL, NULL);
	if (field->example) {
		buf_puts(out, ",\"example\":");
		field_example(out, field, PART_ANSWER);
	}
	buf_putc(out, '}');
}

/* What stands in braces in the path. */
static void put_captures(struct buf *out, const char *path, const char *const *examples)
{
	const char *name, *end;

	for (name = strchr(path, '{'); name; name = strchr(end, '{')) {
		end = strchr(name, '}');
		put_parameter(out, "path",
			&(struct field){ .name = arena_strndup(
						 out->arena, name + 1, (size_t)(end - name) - 1),
				.example = *examples++ },
			true);
	}
}

static void put_parameters(struct buf *out, const struct operation_at *at)
{
	static const char *const directory[] = { EXAMPLE_DIRECTORY };
	static const struct field match = { MEMBER(
		"If-Match", STRING, 0, "*", "Only this version; else 412.") };
	static const struct field none_match = { MEMBER(
		"If-None-Match", STRING, 0, "W/\"0\"", "Not this version; else 304.") };
	const struct field *field;

	buf_puts(out, ",\"parameters\":[");
	put_captures(out, at->mount->path, directory);
	put_captures(out, at->route->path, at->usage->captures);
	for (field = at->usage->parameters; field && field->name; field++)
		put_parameter(out, "query", field, field->flags & FIELD_NEEDED);
	if (usage_succeeds(at->route, at->usage, HTTP_NOT_MODIFIED))
		put_parameter(out, "header", &none_match, false);
	if (at->usage->captures[0] && usage_fails(at->route, at->usage, SCIM_PRECONDITION_FAILED))
		put_parameter(out, "header", &match, false);
	buf_putc(out, ']');
}

static void put_body(struct document *document, const struct operation_at *at)
{
	const struct usage *usage = at->usage;
	const char *media = usage->flags & USAGE_FORM ? "application/x-www-form-urlencoded"
						      : face_rows[at->route->face].content_type;

	if (!usage->body)
		return;
	buf_puts(document->out, ",\"requestBody\":{\"required\":true,");
	put_content(document, media, usage->body, usage->part);
	buf_putc(document->out, '}');
}

static void put_success(
	struct document *document, const struct operation_at *at, enum http_status status)
{
	const struct shape *answer = at->usage->answer;

	if (!usage_succeeds(at->route, at->usage, status))
		return;
	buf_printf(document->out, "\"%d\":{\"description\":\"%s\"", status, status_reason(status));
	if (answer && (status == HTTP_OK || status == HTTP_CREATED)) {
		buf_putc(document->out, ',');
		put_content(document, face_rows[at->route->face].content_type, answer, PART_ANSWER);
	}
	buf_puts(document->out, "},");
}

static void put_responses(struct document *document, const struct operation_at *at)
{
	static const enum http_status successes[] = { HTTP_OK, HTTP_CREATED, HTTP_NO_CONTENT,
		HTTP_NOT_MODIFIED };
	struct buf *out = document->out;
	const char *face = faces[at->route->face].name;
	size_t i;
	int e;

	buf_puts(out, ",\"responses\":{");
	for (i = 0; i < sizeof(successes) / sizeof(*successes); i++)
		put_success(document, at, successes[i]);
	for (e = SCIM_OK + 1; e < SCIM__MAX; e++) {
		if (!usage_fails(at->route, at->usage, e))
			continue;
		document->fails[at->route->face][e] = true;
		buf_printf(out, "\"%d\":{\"$ref\":\"#/components/responses/%s%d\"},",
			err_row(e)->status, face, err_row(e)->status);
	}
	buf_cut(out, out->len - 1);
	buf_putc(out, '}');
}

/* Another mount of a face has the same operations; their ids must differ. */
static const char *id_suffix(const struct operation_at *at)
{
	const struct mount *mount;

	for (mount = mounts; mount != at->mount; mount++)
		if (mount->face == at->mount->face)
			return faces[mount->face].again;
	return "";
}

static void put_operation(struct document *document, const struct operation_at *at)
{
	const struct usage *usage = at->usage;
	struct buf *out = document->out;
	const char *method = http_method_names[at->route->method];

	if (out->data[out->len - 1] != '{')
		buf_putc(out, ',');
	buf_putc(out, '"');
	for (; *method; method++)
		buf_putc(out, (char)(*method + ('a' - 'A')));
	buf_printf(out, "\":{\"operationId\":\"%s%s\",\"tags\":[\"%s\"],\"summary\":", usage->id,
		id_suffix(at), usage->tag->name);
	buf_jsons(out, usage->summary);
	if (usage->doc) {
		buf_puts(out, ",\"description\":");
		buf_jsons(out, usage->doc);
	}
	put_reference(out, at->route->reference);
	put_security(out, at->route);
	put_parameters(out, at);
	put_body(document, at);
	put_responses(document, at);
	buf_putc(out, '}');
}

static bool same_path(const struct route *a, const struct route *b)
{
	return a->face == b->face && strcmp(a->path, b->path) == 0;
}

/* What never succeeds is not told. */
static bool is_told(const struct usage *usage)
{
	return usage && (usage->answer || usage->status);
}

/* All methods of a path, when the route is its first. */
static void put_path(
	struct document *document, const struct mount *mount, const struct route *first)
{
	struct operation_at at = { .mount = mount };
	const char *path = mount_route(document->out->arena, mount, first);
	size_t i;

	for (at.route = routes; at.route != first; at.route++)
		if (same_path(at.route, first))
			return;
	if (!path || !is_told(usage_of(first)))
		return;
	if (document->out->data[document->out->len - 1] != '{')
		buf_putc(document->out, ',');
	buf_jsons(document->out, path);
	buf_puts(document->out, ":{");
	for (i = 0; i < route_count; i++) {
		at.route = &routes[i];
		at.usage = usage_of(at.route);
		if (is_told(at.usage) && same_path(at.route, first))
			put_operation(document, &at);
	}
	buf_putc(document->out, '}');
}

static void put_paths(struct document *document)
{
	size_t i, j;

	buf_puts(document->out, ",\"paths\":{");
	for (i = mount_count; i-- > 0;)
		for (j = 0; j < route_count; j++)
			put_path(document, &mounts[i], &routes[j]);
	buf_putc(document->out, '}');
}

static void put_error(struct document *document, enum face face, enum scim_err e)
{
	struct buf *out = document->out;
	const struct shape *shape = face_errors[face];
	const char *media = face_rows[face].content_type;

	if (out->data[out->len - 1] != '{')
		buf_putc(out, ',');
	buf_printf(out, "\"%s%d\":{\"description\":", faces[face].name, err_row(e)->status);
	buf_jsons(out, err_row(e)->text);
	buf_printf(out, ",\"content\":{\"%.*s\":{\"schema\":", type_len(media), media);
	use(document, shape, PART_ANSWER);
	shape_reference(out, shape, PART_ANSWER);
	buf_puts(out, "}}}");
}

/* What the server calls itself: docs/webhooks.md. */
static void put_webhook(struct document *document)
{
	static const char *const headers[] = { "webhook-id", "webhook-timestamp",
		"webhook-signature" };
	struct buf *out = document->out;
	size_t i;

	buf_puts(out, ",\"webhooks\":{\"event\":{\"post\":{\"operationId\":\"receiveEvent\","
		      "\"tags\":[\"Webhooks\"],\"summary\":\"Take an event\","
		      "\"description\":\"What the URL of a webhook endpoint must answer with 2xx; "
		      "anything else is tried again.\",\"security\":[],\"parameters\":[");
	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		put_parameter(out, "header", &(struct field){ .name = headers[i] }, true);
	buf_puts(out, "],\"requestBody\":{\"required\":true,");
	put_content(document, "application/json", &event_shape, PART_ANSWER);
	buf_puts(out, "},\"responses\":{\"2XX\":{\"description\":\"It is taken\"},"
		      "\"default\":{\"description\":\"It is not\"}}}}}");
}

/* One for each status, of each face. */
static void put_errors(struct document *document)
{
	int face, e;

	buf_puts(document->out, ",\"components\":{\"responses\":{");
	for (face = 0; face < FACE__MAX; face++)
		for (e = SCIM_OK + 1; e < SCIM__MAX; e++)
			if (document->fails[face][e])
				put_error(document, face, e);
	buf_putc(document->out, '}');
}

/* Those that are used, and those that they use. */
static void put_schemas(struct document *document)
{
	struct buf *out = document->out;
	size_t i;

	buf_puts(out, ",\"schemas\":{");
	for (i = 0; i < document->used_count; i++) {
		buf_printf(out, "%s\"%s%s\":", i ? "," : "", document->used[i].shape->name,
			part_names[document->used[i].part]);
		shape_schema(out, document->used[i].shape, document->used[i].part, use, document);
	}
	buf_putc(out, '}');
}

static void put_credentials(struct buf *out, const char *base_url)
{
	buf_puts(out,
		",\"securitySchemes\":{\"apiKey\":{\"type\":\"http\",\"scheme\":\"bearer\","
		"\"description\":\"An API key, `rollcall_sk_…`. Operations name the scope "
		"that it must have.\"},\"bearerToken\":{\"type\":\"http\",\"scheme\":"
		"\"bearer\",\"description\":\"The bearer token of a directory, "
		"`rollcall_scim_…`.\"},\"account\":{\"type\":\"http\",\"scheme\":\"basic\","
		"\"description\":\"The account, which is the UUID of the organization, and the "
		"directory's bearer token.\"},\"client\":{\"type\":\"http\",\"scheme\":\"basic\","
		"\"description\":\"Id and secret of an OAuth client; they may also stand "
		"in the body.\"},\"oauth\":{\"type\":\"oauth2\",\"flows\":"
		"{\"clientCredentials\":{\"tokenUrl\":");
	buf_jsons(out, arena_printf(out->arena, "%s/v1/oauth/token", base_url));
	buf_puts(out, ",\"scopes\":{\"scim\":\"The SCIM server of the client's directory\"}}}}}}}");
}

void openapi_print(struct buf *buf, const char *base_url)
{
	struct document document = { .out = buf };

	put_head(buf, base_url);
	put_paths(&document);
	put_webhook(&document);
	put_errors(&document);
	put_schemas(&document);
	put_credentials(buf, base_url);
}
