/* SPDX-License-Identifier: MIT */
/* The request log in the console: which requests there were, and why one ended as it did. */
#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "web/chart.h"
#include "web/console_record.h"
#include "web/curl.h"
#include "web/explain.h"
#include "web/handlers.h"
#include "web/place.h"

enum {
	STATUS_CLASS = 100,
	CLASS_FAILED = 4,
	CLASS_END = 6,
	CURL_ROWS = 6
};

#define HOUR_US (INT64_C(3600) * 1000000)

/* What is offered; the first is "any". */
static const char *const statuses[] = { "", "error", "2xx", "3xx", "4xx", "5xx", NULL };
static const char *const methods[] = { "", "GET", "POST", "PUT", "PATCH", "DELETE", NULL };
static const struct {
	const char *name;
	int hours;
} periods[] = { { "", 0 }, { "hour", 1 }, { "day", 24 }, { "week", 7 * 24 } };
static const char *const period_names[] = { "", "hour", "day", "week", NULL };

/* What was searched for; NULL: anything. */
struct search {
	const char *text, *status, *method, *period, *quirk, *user;
	struct uuid resource, from, after;
	bool has_after;
	struct log_query query;
};

static enum scim_err read_choice(
	struct call *call, const char *name, const char *const *choices, const char **value)
{
	enum scim_err e;

	if ((e = console_parameter(call, name, value)) || !*value)
		return e;
	for (; *choices; choices++)
		if (strcmp(*choices, *value) == 0)
			return SCIM_OK;
	return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'%s' is none of those offered", name);
}

static void set_status(struct search *search)
{
	struct log_query *query = &search->query;

	if (!search->status)
		return;
	query->status_before = CLASS_END * STATUS_CLASS;
	query->status_from = CLASS_FAILED * STATUS_CLASS;
	if (search->status[1] != 'x')
		return;
	query->status_from = (search->status[0] - '0') * STATUS_CLASS;
	query->status_before = query->status_from + STATUS_CLASS;
}

static void set_period(struct call *call, struct search *search)
{
	size_t i;

	for (i = 0; search->period && i < sizeof(periods) / sizeof(*periods); i++)
		if (strcmp(periods[i].name, search->period) == 0) {
			search->from = uuid_floor(call->cx->now - periods[i].hours * HOUR_US);
			search->query.from = &search->from;
		}
}

/* A user or a group, by its id in either version of SCIM. */
static enum scim_err read_resource(struct call *call, struct search *search)
{
	const char *text;
	size_t len;
	enum scim_err e;

	if ((e = console_parameter(call, "about", &text)) || !text)
		return e;
	len = strlen(text);
	if (!id_parse(ID_USER, text, len, &search->resource) &&
		!id_parse(ID_GROUP, text, len, &search->resource) &&
		!uuid_parse(text, len, &search->resource))
		return ctx_fail(
			call->cx, SCIM_INVALID_VALUE, "'about' is no id of a user or group");
	search->user = text;
	search->query.resource = &search->resource;
	/* whichever of the two it is, the digits behind the prefix are the same */
	search->query.resource_text =
		id_print(call->cx->arena, ID_USER, &search->resource) + strlen(id_prefix(ID_USER));
	return SCIM_OK;
}

static enum scim_err read_search(struct call *call, struct search *search)
{
	struct log_query *query = &search->query;
	enum scim_err e;

	memset(search, 0, sizeof(*search));
	if ((e = console_parameter(call, "text", &search->text)) ||
		(e = read_choice(call, "status", statuses, &search->status)) ||
		(e = read_choice(call, "method", methods, &search->method)) ||
		(e = read_choice(call, "period", period_names, &search->period)) ||
		(e = read_resource(call, search)) ||
		(e = console_parameter_id(
			 call, "after", ID_REQUEST, &search->has_after, &search->after)))
		return e;
	set_status(search);
	set_period(call, search);
	query->text = search->text;
	query->url_text = search->text ? percent_encode(call->cx->arena, search->text) : NULL;
	query->method = search->method;
	query->limit = CONSOLE_ROWS + 1;
	query->after = search->has_after ? &search->after : NULL;
	return SCIM_OK;
}

static void put_choice(struct call *call, const char *name, const char *label,
	const char *const *choices, const char *value)
{
	struct buf *body = &call->rs->body;

	html(body, "<div><label for=\"{}\">{}</label><select id=\"{}\" name=\"{}\">", name, label,
		name, name);
	for (; *choices; choices++) {
		html(body, "<option value=\"{}\"", *choices);
		if (value && strcmp(value, *choices) == 0)
			buf_puts(body, " selected");
		html(body, ">{}</option>", **choices ? *choices : "any");
	}
	buf_puts(body, "</select></div>\n");
}

static void put_filters(
	struct call *call, const struct console_visit *visit, const struct search *search)
{
	struct buf *body = &call->rs->body;

	html(body,
		"<form class=\"filters\" method=\"get\" action=\"{}{}/requests\">\n"
		"<div class=\"more\"><label for=\"text\">Text in address, bodies or reason</label>"
		"<input id=\"text\" name=\"text\" type=\"search\" maxlength=\"256\" value=\"{}\"></div>\n"
		"<div class=\"more\"><label for=\"about\">User or group id</label>"
		"<input id=\"about\" name=\"about\" value=\"{}\" spellcheck=\"false\"></div>\n",
		call->app->base_path, visit->path, search->text, search->user);
	put_choice(call, "status", "Status", statuses, search->status);
	put_choice(call, "method", "Method", methods, search->method);
	put_choice(call, "period", "In the last", period_names, search->period);
	buf_puts(body, "<button>Search</button>\n</form>\n");
}

static const char *next_path(struct call *call, const struct console_visit *visit,
	const struct search *search, const struct uuid *last)
{
	const struct {
		const char *name, *value;
	} parts[] = { { "text", search->text }, { "about", search->user },
		{ "status", search->status }, { "method", search->method },
		{ "period", search->period } };
	struct buf path;
	size_t i;

	buf_init(&path, call->cx->arena, 256);
	buf_printf(&path, "%s/requests?after=%s", visit->path,
		id_print(call->cx->arena, ID_REQUEST, last));
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].value)
			buf_printf(&path, "&%s=%s", parts[i].name,
				percent_encode(call->cx->arena, parts[i].value));
	return path.data;
}

enum scim_err on_console_requests(struct call *call)
{
	struct console_visit visit;
	struct log_entry last;
	struct search search;
	struct rows *rows;
	enum scim_err e;
	int n;

	if ((e = read_search(call, &search)))
		return e;
	console_visit(call, &visit);
	search.query.directory = &visit.id;
	rows = log_list(call->cx, call->db, &search.query);
	if ((e = db_run(call->cx, call->db)) || (e = console_visit_check(call, &visit)))
		return e;
	n = console_rows(rows);
	console_open_directory(call, &visit, "Requests", "Requests");
	buf_puts(&call->rs->body, "<h1>Requests</h1>\n");
	put_filters(call, &visit, &search);
	if (n)
		console_requests_put(call, &visit, "Requests", rows, n);
	else
		console_empty(call,
			"No request is like this. Those with a wrong token are only counted: "
			"see the directory's chart.");
	if (rows_count(rows) > n) {
		log_read(rows, n - 1, &last);
		console_next(call, next_path(call, &visit, &search, &last.id));
	}
	page_close(call);
	return SCIM_OK;
}

/* What was tolerated, in words. */
static const char *const quirk_texts[QUIRK__MAX] = {
	[QUIRK_STRING_BOOLEAN] = "A text such as \"True\" was taken for a boolean.",
	[QUIRK_NO_SCHEMAS] = "The body did not say which schemas it has.",
	[QUIRK_FOREIGN_SCHEMA] = "It named a schema of a draft, of SCIM 1.1 or of the vendor.",
	[QUIRK_READ_ONLY_VALUE] = "It tried to set what is read-only; that part was passed over.",
	[QUIRK_DOTTED_KEY] = "A key such as \"name.givenName\" was taken for a path.",
	[QUIRK_CREATE_TARGET] =
		"A path with a filter matched nothing: a value was made that it matches.",
	[QUIRK_REMOVE_VALUE] = "A remove operation came with a value: only that value was removed.",
	[QUIRK_MANAGER] = "manager had another form than the schema's.",
	[QUIRK_UNKNOWN_ATTRIBUTE] =
		"It named an attribute that no schema has; that was passed over.",
	[QUIRK_SINGLE_VALUE] = "One value stood where a list belongs, or the other way round.",
	[QUIRK_PATH_FILTER] = "The filter had the form of a PATCH path.",
	[QUIRK_COMPLEX_COMPARE] = "A complex attribute was compared: its value was meant.",
	[QUIRK_UNQUALIFIED] = "An attribute of an extension came without the extension's URN.",
	[QUIRK_SINGLE_QUOTES] = "The filter had single quotes.",
	[QUIRK_STRING_NUMBER] = "A number stood where a text belongs, or the other way round.",
	[QUIRK_UNKNOWN_MEMBER] =
		"It named members that this directory does not have; they were passed over.",
	[QUIRK_NO_BULK_ID] = "A POST in a Bulk request had no bulkId.",
};

static void put_quirk(struct call *call, const char *name, size_t len)
{
	const char *text = "";
	int i;

	for (i = 0; i < QUIRK__MAX; i++)
		if (strlen(quirk_names[i]) == len && strncmp(quirk_names[i], name, len) == 0)
			text = quirk_texts[i];
	html(&call->rs->body, "<li>{} <code>{}</code></li>\n", text,
		arena_strndup(call->cx->arena, name, len));
}

static void put_quirks(struct call *call, const char *names)
{
	const char *end;

	if (!*names)
		return;
	buf_puts(&call->rs->body, "<h2>Tolerated deviations</h2>\n<ul>\n");
	for (; *names; names = *end ? end + 1 : end) {
		end = strchrnul(names, ' ');
		put_quirk(call, names, (size_t)(end - names));
	}
	buf_puts(&call->rs->body, "</ul>\n");
}

static bool fails(const struct log_entry *entry)
{
	return entry->status >= CLASS_FAILED * STATUS_CLASS;
}

static void put_verdict(struct call *call, const struct log_entry *entry)
{
	const char *why = explain_failure(entry->status, entry->url, entry->response_body);
	struct buf *body = &call->rs->body;

	if (!why && !entry->detail)
		return;
	html(body, "<div class=\"note {}\">\n", fails(entry) ? "bad" : "warn");
	if (entry->detail)
		html(body, "<p><b>{}</b></p>\n", entry->detail);
	if (why)
		html(body, "<p>{}</p>\n", why);
	buf_puts(body, "</div>\n");
}

static const char *duration(struct call *call, int64_t us)
{
	return us < 0 ? NULL
		      : console_text(call, "%lld.%lld ms", (long long)us / 1000,
				(long long)us / 100 % 10);
}

/* The user or group that it was about. */
static void put_resource(
	struct call *call, const struct console_visit *visit, const struct log_entry *entry)
{
	const enum id_kind kind = place_of(entry->url).kind;
	const bool group = kind == ID_GROUP;
	const char *id;

	if (!entry->has_resource || (fails(entry) && strcmp(entry->method, "POST") == 0))
		return; /* what was to be made is not there */
	id = id_print(call->cx->arena, kind, &entry->resource);
	console_fact_open(call, group ? "Group" : "User");
	console_link_if(call, SCOPE_READ,
		console_text(call, "%s/%s/%s", visit->path, group ? "groups" : "users", id), id);
	buf_puts(&call->rs->body, "</dd>\n");
}

static void put_facts(
	struct call *call, const struct console_visit *visit, const struct log_entry *entry)
{
	struct buf *body = &call->rs->body;

	buf_puts(body, "<dl class=\"facts card\">\n");
	console_fact_open(call, "Time");
	console_time(call, entry->at);
	buf_puts(body, "</dd>\n");
	console_fact_open(call, "Status");
	console_status(call, entry->status);
	buf_puts(body, "</dd>\n");
	console_fact_open(call, "Request");
	html(body, "<code>{} {}</code></dd>\n", entry->method, entry->url);
	put_resource(call, visit, entry);
	console_fact(call, "Duration", duration(call, entry->duration_us));
	console_fact(call, "Provider", entry->provider);
	console_fact(call, "User-Agent", entry->user_agent);
	console_fact(call, "From", entry->remote_address);
	console_fact(call, "Credential",
		entry->has_client ? id_print(call->cx->arena, ID_OAUTH_CLIENT, &entry->client)
				  : "the directory's bearer token");
	console_fact_open(call, "Request id");
	console_id(call, id_print(call->cx->arena, ID_REQUEST, &entry->id));
	buf_puts(body, "</dd>\n</dl>\n");
}

/* Only what was kept as a whole can be sent again. */
static bool is_whole(struct call *call, const char *body)
{
	bool whole = !body || !json_guard(call->cx, body, strlen(body));

	ctx_clear(call->cx);
	return whole;
}

static void put_curl(struct call *call, const struct log_entry *entry)
{
	const struct curl_request request = { entry->method,
		console_text(call, "%s%s", call->app->base_url, entry->url), entry->request_body,
		place_of(entry->url).face != FACE_SCIM };
	struct buf curl;

	buf_puts(&call->rs->body, "<h2>As curl</h2>\n");
	if (!is_whole(call, entry->request_body)) {
		console_empty(
			call, "Its body was not kept as it was sent, so there is no command.");
		return;
	}
	buf_init(&curl, call->cx->arena, 256);
	curl_print(&curl, &request);
	buf_puts(&call->rs->body,
		"<div class=\"card\"><label for=\"curl\">With a token of this directory in "
		"<code>$TOKEN</code>");
	if (request.account)
		buf_puts(&call->rs->body, ", its account id in <code>$ACCOUNT</code>");
	html(&call->rs->body,
		"</label>\n<textarea id=\"curl\" readonly rows=\"{}\" spellcheck=\"false\""
		" class=\"mono\">\n{}</textarea>\n<p><button type=\"button\" data-copy=\"curl\" hidden>Copy as curl"
		"</button></p></div>\n",
		console_text(call, "%d", CURL_ROWS), curl.data);
}

static void put_body(struct call *call, const char *heading, const char *text)
{
	html(&call->rs->body, "<div><h2>{}</h2>\n", heading);
	if (text && *text)
		console_json(call, heading, text);
	else
		console_empty(call, "None was kept.");
	buf_puts(&call->rs->body, "</div>\n");
}

enum scim_err on_console_request(struct call *call)
{
	struct uuid id = id_named(ID_REQUEST, call->capture2);
	struct console_visit visit;
	struct log_entry entry;
	struct rows *rows;
	const char *what;
	enum scim_err e;

	console_visit(call, &visit);
	rows = log_get(call->cx, call->db, &visit.id, &id);
	if ((e = db_run(call->cx, call->db)) || (e = console_visit_check(call, &visit)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	log_read(rows, 0, &entry);
	what = explain_request(entry.method, entry.url);
	console_open_directory(call, &visit, what ? what : entry.method, "Requests");
	html(&call->rs->body, "<h1>{}</h1>\n", what ? what : entry.method);
	put_verdict(call, &entry);
	put_facts(call, &visit, &entry);
	put_quirks(call, entry.quirks);
	buf_puts(&call->rs->body, "<div class=\"halves\">\n");
	put_body(call, "Request body", entry.request_body);
	put_body(call, "Answer", entry.response_body);
	buf_puts(&call->rs->body, "</div>\n");
	put_curl(call, &entry);
	page_close(call);
	return SCIM_OK;
}
