/* SPDX-License-Identifier: MIT */
/* The frame and the small parts of the console. Knows no noun but the directory. */
#include "web/console.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "store/reading.h"
#include "web/chart.h"

enum {
	SHORT_ID = 6, /* characters of an id that people remember */
	DATE_LENGTH = 10,
	TIME_SECONDS = 19, /* length of yyyy-mm-ddThh:mm:ss */
	CLASS_LAST = 5 /* hundreds of the statuses */
};

bool console_may(const struct call *call, enum key_scope scope)
{
	return (scope & ~call->holder.scopes) == 0;
}

/* The navigation, and which scope each of its pages needs. */
static const struct {
	struct page_link link;
	enum key_scope scope;
} places[] = {
	{ { "/console", "Overview" }, SCOPE_NONE },
	{ { "/console/organizations", "Organizations" }, SCOPE_MANAGE },
	{ { "/console/events", "Events" }, SCOPE_EVENTS },
	{ { "/console/webhooks", "Webhooks" }, SCOPE_MANAGE },
	{ { "/console/keys", "API keys" }, SCOPE_MANAGE },
	{ { "/console/audit", "Audit log" }, SCOPE_MANAGE },
};

enum {
	PLACES = sizeof(places) / sizeof(*places)
};

static void put_way(struct call *call, const struct page_link *way, const char *title)
{
	struct buf *body = &call->rs->body;

	if (!way)
		return;
	buf_puts(body, "<nav aria-label=\"Breadcrumb\"><ol class=\"crumbs\">\n");
	for (; way->path; way++) {
		buf_puts(body, "<li>");
		console_link(call, way->path, way->text);
		buf_puts(body, "</li>\n");
	}
	html(body, "<li aria-current=\"page\">{}</li>\n</ol></nav>\n", title);
}

/* From every page: an id, an address, a name. */
static void put_finder(struct call *call)
{
	html(&call->rs->body,
		"<form class=\"finder\" role=\"search\" method=\"get\" action=\"{}/console/search\">"
		"<label for=\"find\" class=\"unseen\">Find anything</label>"
		"<input id=\"find\" name=\"q\" type=\"search\" maxlength=\"256\" autocomplete=\"off\""
		" placeholder=\"E-mail address, user name, id, organization or domain\">"
		"<kbd aria-hidden=\"true\">/</kbd><button>Find</button></form>\n",
		call->app->base_path);
}

void console_open(
	struct call *call, const char *title, const char *current, const struct page_link *way)
{
	struct page_link links[PLACES + 1] = { { NULL, NULL } };
	const struct page_look look = { .title = console_text(call, "%s · Rollcall", title),
		.home = "/console",
		.links = links,
		.current = current,
		.width = "wide console",
		.more = "console",
		.signed_in = true };
	int i, n = 0;

	for (i = 0; i < PLACES; i++)
		if (console_may(call, places[i].scope))
			links[n++] = places[i].link;
	page_open(call, &look);
	put_finder(call);
	put_way(call, way, title);
}

int console_rows(const struct rows *rows)
{
	return rows_count(rows) > CONSOLE_ROWS ? CONSOLE_ROWS : rows_count(rows);
}

void console_link(struct call *call, const char *path, const char *text)
{
	html(&call->rs->body, "<a href=\"{}{}\">{}</a>", call->app->base_path, path, text);
}

void console_link_if(struct call *call, enum key_scope scope, const char *path, const char *text)
{
	if (console_may(call, scope))
		console_link(call, path, text);
	else
		html_text(&call->rs->body, text);
}

void console_form(struct call *call, const char *path)
{
	html(&call->rs->body, "<form method=\"post\" action=\"{}{}\">", call->app->base_path, path);
	page_proof(call);
}

void console_button(struct call *call, const char *path, const char *kind, const char *text)
{
	console_form(call, path);
	html(&call->rs->body, "<button class=\"{}\">{}</button></form>\n", kind, text);
}

void console_table(struct call *call, const char *label, const char *const *heads)
{
	struct buf *body = &call->rs->body;

	html(body,
		"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n"
		"<table>\n<thead><tr>",
		label);
	for (; *heads; heads++)
		if (**heads == '#')
			html(body, "<th scope=\"col\" class=\"number\">{}</th>", *heads + 1);
		else
			html(body, "<th scope=\"col\">{}</th>", *heads);
	buf_puts(body, "</tr></thead>\n<tbody>\n");
}

void console_table_end(struct call *call)
{
	buf_puts(&call->rs->body, "</tbody>\n</table>\n</div>\n");
}

void console_cell(struct call *call, const char *text)
{
	html(&call->rs->body, "<td>{}</td>", text);
}

void console_cell_number(struct call *call, int64_t value)
{
	html(&call->rs->body, "<td class=\"number\">{}</td>", chart_number(call->cx->arena, value));
}

void console_cell_time(struct call *call, int64_t us)
{
	buf_puts(&call->rs->body, "<td>");
	if (us)
		console_time(call, us);
	else
		buf_puts(&call->rs->body, "<span class=\"soft\">never</span>");
	buf_puts(&call->rs->body, "</td>");
}

void console_cell_link(struct call *call, const char *path, const char *text)
{
	buf_puts(&call->rs->body, "<td>");
	console_link(call, path, text);
	buf_puts(&call->rs->body, "</td>");
}

void console_time(struct call *call, int64_t us)
{
	char text[TIME_TEXT];

	time_print(us, text);
	text[DATE_LENGTH] = ' ';
	html(&call->rs->body, "<span class=\"moment\">{}</span>",
		console_text(call, "%.*sZ", TIME_SECONDS, text));
	if (us > call->cx->now)
		return;
	buf_puts(&call->rs->body, " <span class=\"soft ago\">");
	page_time(call, us);
	buf_puts(&call->rs->body, "</span>");
}

void console_id(struct call *call, const char *text)
{
	html(&call->rs->body,
		"<span class=\"id\"><code>{}</code><button type=\"button\" class=\"plain small\""
		" data-copy-text=\"{}\" aria-label=\"Copy {}\" hidden>Copy</button></span>",
		text, text, text);
}

void console_status(struct call *call, int status)
{
	static const char *const kinds[] = { "", "", "good", "", "warn", "bad" };
	int class = status / 100;

	page_badge(&call->rs->body, class > 0 && class <= CLASS_LAST ? kinds[class] : "",
		console_text(call, "%d", status));
}

void console_fact_open(struct call *call, const char *name)
{
	html(&call->rs->body, "<dt>{}</dt><dd>", name);
}

void console_fact(struct call *call, const char *name, const char *value)
{
	console_fact_open(call, name);
	html_text(&call->rs->body, value && *value ? value : "–");
	buf_puts(&call->rs->body, "</dd>\n");
}

void console_search(struct call *call, const char *path, const char *label, const char *hint)
{
	const char *q = NULL;

	call_parameter(call, "q", SCIM_INVALID_VALUE, &q);
	html(&call->rs->body,
		"<form class=\"filters\" method=\"get\" action=\"{}{}\"><div>"
		"<label for=\"q\">{}</label><input id=\"q\" name=\"q\" type=\"search\""
		" maxlength=\"256\" autocomplete=\"off\" value=\"{}\" placeholder=\"{}\"></div>"
		"<button>Search</button></form>\n",
		call->app->base_path, path, label, q, hint);
}

void console_empty(struct call *call, const char *text)
{
	html(&call->rs->body, "<p class=\"empty\">{}</p>\n", text);
}

void console_next(struct call *call, const char *path)
{
	html(&call->rs->body,
		"<p><a class=\"button\" rel=\"next\" href=\"{}{}\">Next page</a></p>\n",
		call->app->base_path, path);
}

void console_json(struct call *call, const char *label, const char *text)
{
	struct json_object *tree;
	size_t len = text ? strlen(text) : 0;

	if (text && json_parse(call->cx, text, len, &tree) == SCIM_OK && tree)
		text = json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PRETTY |
								    JSON_C_TO_STRING_SPACED |
								    JSON_C_TO_STRING_NOSLASHESCAPE);
	ctx_clear(call->cx);
	html(&call->rs->body,
		"<pre class=\"json\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{}</pre>\n",
		label, text);
}

enum scim_err console_parameter(struct call *call, const char *name, const char **value)
{
	enum scim_err e = call_parameter(call, name, SCIM_INVALID_VALUE, value);

	if (*value && !**value)
		*value = NULL;
	if (!e && *value && (int64_t)strlen(*value) > call->cx->limits->unique_bytes)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'%s' is too long", name);
	return e;
}

enum scim_err console_parameter_id(
	struct call *call, const char *name, enum id_kind kind, bool *has, struct uuid *id)
{
	const char *text;
	enum scim_err e;

	if ((e = console_parameter(call, name, &text)))
		return e;
	*has = text != NULL;
	if (text && !id_parse(kind, text, strlen(text), id))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'%s' is not an id", name);
	return SCIM_OK;
}

const char *console_directory_name(struct call *call, const struct uuid *id)
{
	const char *text = id_print(call->cx->arena, ID_DIRECTORY, id);

	/* The no-break space and the word joiner keep it on one line. */
	return console_text(call, "Directory\u00a0…\u2060%s", text + strlen(text) - SHORT_ID);
}

void console_sign_in_first(struct call *call)
{
	const char *here =
		console_text(call, *call->query ? "%s?%s" : "%s%s", call->path, call->query);
	size_t len = strlen(here);

	page_redirect(
		call, console_text(call, "/console/sign-in?to=%s",
			      len > CONSOLE_WAY_MAX ? "" : percent_encode(call->cx->arena, here)));
}

void console_visit(struct call *call, struct console_visit *visit)
{
	visit->id = id_named(ID_DIRECTORY, call->capture);
	visit->place = console_place(call->cx, call->db, &call->holder.environment, &visit->id);
	visit->visit = directory_visit(call->cx, call->db, &call->holder.environment, &visit->id);
}

enum scim_err console_visit_check(struct call *call, struct console_visit *visit)
{
	if (!rows_count(visit->place))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	console_place_read(visit->place, &visit->at);
	visit->path = console_text(call, "/console/directories/%s",
		id_print(call->cx->arena, ID_DIRECTORY, &visit->id));
	visit->name = console_directory_name(call, &visit->id);
	return SCIM_OK;
}

/* What there is to see of a directory. */
static const struct {
	const char *path; /* below the directory's */
	const char *text;
	enum key_scope scope;
} tabs[] = {
	{ "", "Directory", SCOPE_MANAGE },
	{ "/users", "Users", SCOPE_READ },
	{ "/groups", "Groups", SCOPE_READ },
	{ "/requests", "Requests", SCOPE_LOGS },
};

static void put_tabs(struct call *call, const struct console_visit *visit, const char *tab)
{
	struct buf *body = &call->rs->body;
	size_t i;

	buf_puts(body, "<nav aria-label=\"Directory\"><ul class=\"tabs\">\n");
	for (i = 0; i < sizeof(tabs) / sizeof(*tabs); i++) {
		if (!console_may(call, tabs[i].scope))
			continue;
		html(body, "<li><a href=\"{}{}{}\"", call->app->base_path, visit->path,
			tabs[i].path);
		if (tab && strcmp(tab, tabs[i].text) == 0)
			buf_puts(body, " aria-current=\"true\"");
		html(body, ">{}</a></li>\n", tabs[i].text);
	}
	buf_puts(body, "</ul></nav>\n");
}

void console_open_directory(
	struct call *call, const struct console_visit *visit, const char *title, const char *tab)
{
	const char *organization = visit->at.organization;
	const struct page_link way[] = {
		{ "/console/organizations", "Organizations" },
		{ console_text(call, "/console/organizations/%s",
			  id_print(call->cx->arena, ID_ORGANIZATION,
				  &visit->at.directory.organization)),
			organization && *organization ? organization : "(no name)" },
		{ strcmp(title, visit->name) == 0 ? NULL : visit->path, visit->name },
		{ NULL, NULL },
	};

	console_open(call, title, "/console/organizations",
		console_may(call, SCOPE_MANAGE) ? way : NULL);
	put_tabs(call, visit, tab);
}
