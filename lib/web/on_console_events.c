/* SPDX-License-Identifier: MIT */
/* The event feed in the console, the newest first. */
#include "base/text.h"
#include "web/console.h"
#include "web/event.h"
#include "web/handlers.h"

enum {
	PAYLOAD_BYTES = 16384 /* of one event on the page */
};

/* What was asked for. */
struct search {
	const char *type, *organization_text, *directory_text;
	struct uuid organization, directory;
	int64_t before; /* position; 0: from the newest */
	struct feed_query query;
};

static enum scim_err read_search(struct call *call, struct search *search)
{
	struct feed_query *query = &search->query;
	bool organization, directory;
	enum scim_err e;

	memset(search, 0, sizeof(*search));
	if ((e = console_parameter(call, "type", &search->type)) ||
		(e = console_parameter_id(call, "organization", ID_ORGANIZATION, &organization,
			 &search->organization)) ||
		(e = console_parameter(call, "organization", &search->organization_text)) ||
		(e = console_parameter_id(
			 call, "directory", ID_DIRECTORY, &directory, &search->directory)) ||
		(e = console_parameter(call, "directory", &search->directory_text)) ||
		(e = call_parameter_int(call, "before", &search->before)))
		return e;
	if (search->type && !event_is_type(search->type))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'type' is no type of events");
	query->environment = &call->holder.environment;
	query->newest_first = true;
	query->has_after = search->before > 0;
	query->after = search->before;
	query->limit = CONSOLE_ROWS;
	query->organization = organization ? &search->organization : NULL;
	query->directory = directory ? &search->directory : NULL;
	query->types = &search->type;
	query->type_count = search->type ? 1 : 0;
	return SCIM_OK;
}

static void put_filters(struct call *call, const struct search *search)
{
	struct buf *body = &call->rs->body;
	const char *const *type;

	html(body,
		"<form class=\"filters\" method=\"get\" action=\"{}/console/events\">\n"
		"<div><label for=\"type\">Type</label><select id=\"type\" name=\"type\">"
		"<option value=\"\">any</option>",
		call->app->base_path);
	for (type = event_types; *type; type++) {
		html(body, "<option value=\"{}\"", *type);
		if (search->type && strcmp(search->type, *type) == 0)
			buf_puts(body, " selected");
		html(body, ">{}</option>", *type);
	}
	html(body,
		"</select></div>\n<div class=\"more\"><label for=\"directory\">Directory id</label>"
		"<input id=\"directory\" name=\"directory\" spellcheck=\"false\" value=\"{}\"></div>\n"
		"<div class=\"more\"><label for=\"organization\">Organization id</label>"
		"<input id=\"organization\" name=\"organization\" spellcheck=\"false\" value=\"{}\"></div>\n"
		"<button>Filter</button>\n</form>\n",
		search->directory_text, search->organization_text);
}

static bool begins(const struct feed_event *event, const char *prefix)
{
	return strncmp(event->type, prefix, strlen(prefix)) == 0;
}

/* A user or a group, and by a request of the request log: others are in the audit log. */
static bool is_of_scim(const struct feed_event *event)
{
	return event->has_directory && (begins(event, "user.") || begins(event, "group."));
}

/* The user or group, where there is a page about it. */
static void put_resource(struct call *call, const struct feed_event *event)
{
	bool user = begins(event, "user.");
	const char *id, *directory;

	if (!event->has_directory) {
		buf_puts(&call->rs->body, "–");
		return;
	}
	directory = id_print(call->cx->arena, ID_DIRECTORY, &event->directory);
	if (!event->has_resource || !is_of_scim(event)) {
		console_link_if(call, SCOPE_MANAGE,
			console_text(call, "/console/directories/%s", directory),
			console_directory_name(call, &event->directory));
		return;
	}
	id = id_print(call->cx->arena, user ? ID_USER : ID_GROUP, &event->resource);
	console_link_if(call, SCOPE_READ,
		console_text(call, "/console/directories/%s/%s/%s", directory,
			user ? "users" : "groups", id),
		id);
}

/* Fifty large ones would make a page of megabytes. */
static void put_payload(struct call *call, const struct feed_event *event)
{
	struct buf *body = &call->rs->body;

	buf_puts(body, "<details><summary>payload</summary>\n");
	if (event->data_len > PAYLOAD_BYTES)
		html(body,
			"<p>{} bytes. <code>GET /v1/events?after={}&amp;limit=1</code> has it.</p>",
			console_text(call, "%zu", event->data_len),
			console_text(call, "%lld", (long long)event->position - 1));
	else
		console_json(call,
			console_text(call, "Payload of event %lld", (long long)event->position),
			event->data);
	buf_puts(body, "</details>");
}

static void put_event(struct call *call, const struct feed_event *event)
{
	struct buf *body = &call->rs->body;

	html(body, "<tr><td class=\"number\">{}</td>",
		console_text(call, "%lld", (long long)event->position));
	console_cell_time(call, event->at);
	html(body, "<td><code>{}</code></td><td>", event->type);
	put_resource(call, event);
	buf_puts(body, "</td><td>");
	if (event->has_request && event->has_resource && is_of_scim(event)) {
		console_link_if(call, SCOPE_LOGS,
			console_text(call, "/console/directories/%s/requests/%s",
				id_print(call->cx->arena, ID_DIRECTORY, &event->directory),
				id_print(call->cx->arena, ID_REQUEST, &event->request)),
			"request");
	}
	buf_puts(body, "</td><td>");
	if (event->data)
		put_payload(call, event);
	buf_puts(body, "</td></tr>\n");
}

static void put_next(struct call *call, const struct search *search, int64_t before)
{
	const struct {
		const char *name, *value;
	} parts[] = { { "type", search->type }, { "directory", search->directory_text },
		{ "organization", search->organization_text } };
	struct buf path;
	size_t i;

	buf_init(&path, call->cx->arena, 256);
	buf_printf(&path, "/console/events?before=%lld", (long long)before);
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].value)
			buf_printf(&path, "&%s=%s", parts[i].name,
				percent_encode(call->cx->arena, parts[i].value));
	console_next(call, path.data);
}

enum scim_err on_console_events(struct call *call)
{
	static const char *const heads[] = { "#Position", "Time", "Type", "About", "By", "Payload",
		NULL };
	struct feed_page page;
	struct search search;
	struct rows *rows;
	enum scim_err e;
	int i;

	if ((e = read_search(call, &search)))
		return e;
	feed_sequence(call->cx, call->db, &call->holder.environment);
	rows = feed_list(call->cx, call->db, &search.query);
	if ((e = db_run(call->cx, call->db)))
		return e;
	feed_read(call->cx, &search.query, rows, &page);
	console_open(call, "Events", "/console/events", NULL);
	buf_puts(&call->rs->body, "<h1>Events</h1>\n");
	put_filters(call, &search);
	if (page.count) {
		console_table(call, "Events", heads);
		for (i = 0; i < page.count; i++)
			put_event(call, &page.events[i]);
		console_table_end(call);
	} else {
		console_empty(call, page.more ? "None of these; further pages may have some."
					      : "There is no such event.");
	}
	if (page.more)
		put_next(call, &search, page.next);
	page_close(call);
	return SCIM_OK;
}
