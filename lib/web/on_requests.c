/* SPDX-License-Identifier: MIT */
/* The request log for whoever has to find out why a user is missing. */
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "scim/quirk.h"
#include "store/log_list.h"
#include "web/curl.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/place.h"
#include "web/provider.h"
#include "web/visit.h"

enum {
	STATUS_CLASS = 100,
	CLASS_FIRST = 1,
	CLASS_LAST = 5,
	CLASS_FAILED = 4,
	FAILURES_MAX = 1000
};

/* What was searched for. */
struct search {
	struct visit visit;
	struct log_query query;
	struct page page;
	struct uuid from;
	struct uuid before;
	struct uuid resource;
	const char *status;
};

static enum scim_err bad_value(struct call *call, const char *name, const char *what)
{
	return ctx_fail(call->cx, SCIM_INVALID_VALUE, "%s is not %s", name, what);
}

/* 404, 4xx or error */
static enum scim_err read_status(struct call *call, struct search *search)
{
	struct log_query *query = &search->query;
	const char *text = search->status;
	long long number;

	if (!text)
		return SCIM_OK;
	query->status_before = (CLASS_LAST + 1) * STATUS_CLASS;
	if (text_ieq(text, "error")) {
		query->status_from = CLASS_FAILED * STATUS_CLASS;
		return SCIM_OK;
	}
	if (*text >= '0' + CLASS_FIRST && *text <= '0' + CLASS_LAST && text_ieq(text + 1, "xx")) {
		query->status_from = (*text - '0') * STATUS_CLASS;
		query->status_before = query->status_from + STATUS_CLASS;
		return SCIM_OK;
	}
	if (!text_int(text, strlen(text), &number) || number < STATUS_CLASS ||
		number >= query->status_before)
		return bad_value(call, "status", "an HTTP status, 2xx to 5xx, or error");
	query->status_from = (int)number;
	query->status_before = query->status_from + 1;
	return SCIM_OK;
}

static bool is_method(const char *name)
{
	int i;

	for (i = 0; i < HTTP_OTHER; i++)
		if (strcmp(name, http_method_names[i]) == 0)
			return true;
	return strcmp(name, "HEAD") == 0;
}

static bool is_quirk(const char *name)
{
	int i;

	for (i = 0; i < QUIRK__MAX; i++)
		if (strcmp(name, quirk_names[i]) == 0)
			return true;
	return false;
}

/* userId or groupId */
static enum scim_err read_resource(
	struct call *call, struct search *search, const char *name, enum id_kind kind)
{
	struct log_query *query = &search->query;
	const char *text;
	enum scim_err e;

	if ((e = manage_parameter(call, name, &text)) || !text || !*text)
		return e;
	if (query->resource)
		return ctx_fail(
			call->cx, SCIM_INVALID_VALUE, "userId and groupId exclude one another");
	if (!id_parse(kind, text, strlen(text), &search->resource))
		return bad_value(call, name, "an id");
	query->resource = &search->resource;
	query->resource_text = text;
	return SCIM_OK;
}

static enum scim_err read_times(struct call *call, struct search *search)
{
	const int64_t *since, *until;
	enum scim_err e;

	if ((e = manage_time(call, "since", &since)) || (e = manage_time(call, "until", &until)))
		return e;
	if (since) {
		search->from = uuid_floor(*since);
		search->query.from = &search->from;
	}
	if (until) {
		search->before = uuid_floor(*until);
		search->query.before = &search->before;
	}
	return SCIM_OK;
}

static enum scim_err read_search(struct call *call, struct search *search)
{
	struct log_query *query = &search->query;
	const struct {
		const char *name;
		const char **value;
	} texts[] = { { "status", &search->status }, { "method", &query->method },
		{ "provider", &query->provider }, { "quirk", &query->quirk },
		{ "text", &query->text } };
	enum scim_err e;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if ((e = manage_parameter(call, texts[i].name, texts[i].value)))
			return e;
		if (*texts[i].value && !**texts[i].value)
			*texts[i].value = NULL;
	}
	if (query->text)
		query->url_text = percent_encode(call->cx->arena, query->text);
	if ((e = read_status(call, search)))
		return e;
	if (query->method && !is_method(query->method))
		return bad_value(call, "method", "GET, HEAD, POST, PUT, PATCH or DELETE");
	if (query->provider && !provider_is_known(query->provider))
		return bad_value(call, "provider", "one that is recognised");
	if (query->quirk && !is_quirk(query->quirk))
		return bad_value(call, "quirk", "the name of a quirk");
	if ((e = read_resource(call, search, "userId", ID_USER)) ||
		(e = read_resource(call, search, "groupId", ID_GROUP)))
		return e;
	return read_times(call, search);
}

/* All that was asked for but the page. */
static const char *search_context(struct call *call)
{
	struct buf context;
	int i;

	buf_init(&context, call->cx->arena, 256);
	buf_puts(&context, "scim-requests");
	for (i = 0; i < call->parameter_count; i++) {
		const struct parameter *parameter = &call->parameters[i];

		if (text_istarts(parameter->name, strlen(parameter->name), "page"))
			continue;
		buf_printf(&context, "\n%s=%s", parameter->name,
			parameter->value ? parameter->value : "");
	}
	return context.data;
}

static bool is_object(struct call *call, const char *text)
{
	bool whole = text && *text == '{' && !json_guard(call->cx, text, strlen(text));

	ctx_clear(call->cx);
	return whole;
}

/* ,"name":{...} or null; what is no JSON object (cut, or left out) stands as text beside it. */
static void put_body(struct call *call, const char *name, const char *text)
{
	struct buf *body = &call->rs->body;
	bool object = is_object(call, text);

	buf_printf(body, ",\"%s\":%s", name, object ? text : "null");
	manage_put(body, arena_printf(call->cx->arena, "%sText", name), object ? NULL : text);
}

/* A command that repeats the request, if all of it was kept; else "". */
static const char *curl_of(struct call *call, const struct log_entry *entry)
{
	struct buf curl;

	buf_init(&curl, call->cx->arena, 256);
	if (!strstr(entry->url, "[redacted]") &&
		(!entry->request_body || is_object(call, entry->request_body)))
		curl_print(&curl,
			&(struct curl_request){ entry->method,
				arena_printf(
					call->cx->arena, "%s%s", call->app->base_url, entry->url),
				entry->request_body, place_of(entry->url).face != FACE_SCIM });
	return curl.data;
}

static void put_quirks(struct buf *body, const char *names)
{
	const char *end;

	buf_puts(body, ",\"quirks\":[");
	for (; *names; names = *end ? end + 1 : end) {
		end = strchrnul(names, ' ');
		buf_json(body, names, (size_t)(end - names));
		if (*end)
			buf_putc(body, ',');
	}
	buf_putc(body, ']');
}

/* Whose id it is, the URL says: the log has no column for that. */
static const char *resource_id(struct call *call, const struct log_entry *entry)
{
	if (!entry->has_resource)
		return "";
	return id_print(call->cx->arena, place_of(entry->url).kind, &entry->resource);
}

/* The members that the model has. */
static void put_model(
	struct call *call, const struct uuid *directory, const struct log_entry *entry, bool whole)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;
	char time[TIME_TEXT];

	time_print(entry->at, time);
	buf_printf(body, "{\"id\":\"%s\",\"scimDirectoryId\":\"%s\",\"timestamp\":\"%s\"",
		id_print(arena, ID_REQUEST, &entry->id), id_print(arena, ID_DIRECTORY, directory),
		time);
	manage_put(body, "httpRequestUrl", entry->url);
	manage_put(body, "httpRequestMethod",
		arena_printf(arena, "SCIM_REQUEST_HTTP_METHOD_%s", entry->method));
	buf_printf(body, ",\"httpResponseStatus\":\"SCIM_REQUEST_HTTP_STATUS_%d\"", entry->status);
	if (whole) {
		put_body(call, "httpRequestBody", entry->request_body);
		put_body(call, "httpResponseBody", entry->response_body);
	}
	if (entry->status < CLASS_FAILED * STATUS_CLASS) {
		buf_puts(body, ",\"error\":null");
		return;
	}
	buf_puts(body, ",\"error\":{\"message\":");
	buf_jsons(body, entry->detail ? entry->detail : "");
	buf_putc(body, '}');
}

static void put_request(
	struct call *call, const struct uuid *directory, const struct log_entry *entry, bool whole)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;

	put_model(call, directory, entry, whole);
	buf_printf(body, ",\"status\":%d", entry->status);
	manage_put(body, "method", entry->method);
	if (entry->duration_us < 0)
		buf_puts(body, ",\"durationMs\":null");
	else
		buf_printf(body, ",\"durationMs\":%.3f", (double)entry->duration_us / 1000);
	manage_put(body, "provider", entry->provider);
	put_quirks(body, entry->quirks);
	manage_put(body, "detail", entry->detail);
	manage_put(body, "resourceId", resource_id(call, entry));
	manage_put(body, "remoteAddress", entry->remote_address);
	manage_put(body, "userAgent", entry->user_agent);
	manage_put(body, "clientId",
		entry->has_client ? id_print(arena, ID_OAUTH_CLIENT, &entry->client) : NULL);
	if (whole)
		manage_put(body, "curl", curl_of(call, entry));
	buf_putc(body, '}');
}

enum scim_err on_request_list(struct call *call)
{
	struct search search = { .query.limit = 0 };
	struct log_entry entry = { .id = { { 0 } } };
	struct rows *rows;
	enum scim_err e;
	int i, n;

	if ((e = visit_read(call, &search.visit)) || (e = read_search(call, &search)) ||
		(e = manage_page(call, search_context(call), &search.page)) ||
		(e = visit_select(call, &search.visit)))
		return e;
	search.query.directory = visit_enter(call, &search.visit, 0);
	search.query.after = search.page.token ? &search.page.after : NULL;
	search.query.limit = search.page.size + 1;
	rows = log_list(call->cx, call->db, &search.query);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &search.page, e)) ||
		(e = visit_check(call, &search.visit)))
		return e;
	n = manage_page_open(call, &search.page, rows, "scimRequests");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		log_read(rows, i, &entry);
		put_request(call, search.query.directory, &entry, false);
	}
	manage_page_close(call, &search.page, &entry.id);
	return SCIM_OK;
}

static enum scim_err no_request(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "SCIM request not found");
}

enum scim_err on_request_get(struct call *call)
{
	struct rows *rows[VISITS_MAX];
	struct log_entry entry;
	struct visit visit;
	struct uuid id;
	enum scim_err e;
	int i;

	if (!id_parse(ID_REQUEST, call->capture, strlen(call->capture), &id))
		return no_request(call);
	if ((e = visit_by_id(call, &id, &visit)))
		return e;
	for (i = 0; i < visit.count; i++)
		rows[i] = log_get(call->cx, call->db, visit_enter(call, &visit, i), &id);
	if (visit.count > 0 && (e = db_run(call->cx, call->db)))
		return e;
	for (i = 0; i < visit.count && !rows_count(rows[i]);)
		i++;
	if (i >= visit.count)
		return no_request(call);
	log_read(rows[i], 0, &entry);
	buf_puts(&call->rs->body, "{\"scimRequest\":");
	put_request(call, &visit.directories[i], &entry, true);
	buf_putc(&call->rs->body, '}');
	return SCIM_OK;
}

enum scim_err on_failures(struct call *call)
{
	struct buf *body = &call->rs->body;
	struct visit visit = { .count = 1,
		.directories = { id_named(ID_DIRECTORY, call->capture) } };
	char hour[TIME_TEXT], last[TIME_TEXT];
	struct failures failures;
	struct rows *rows;
	enum scim_err e;
	int i;

	rows = failures_list(call->cx, call->db, visit_enter(call, &visit, 0), 0, FAILURES_MAX);
	if ((e = db_run(call->cx, call->db)) || (e = visit_check(call, &visit)))
		return e;
	buf_puts(body, "{\"authenticationFailures\":[");
	for (i = 0; i < rows_count(rows); i++) {
		failures_read(rows, i, &failures);
		time_print(failures.hour, hour);
		time_print(failures.last, last);
		buf_printf(body, "%s{\"hour\":\"%s\",\"count\":%lld,\"lastAt\":\"%s\"}",
			i ? "," : "", hour, (long long)failures.count, last);
	}
	buf_puts(body, "]}");
	return SCIM_OK;
}
