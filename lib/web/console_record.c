/* SPDX-License-Identifier: MIT */
/* Parts of the pages of users and groups. */
#include "web/console_record.h"

#include "base/json.h"
#include "base/text.h"
#include "store/feed.h"
#include "web/explain.h"

enum {
	HISTORY_ROWS = 25,
	HOLDERS_MAX = 100
};

void console_user_badge(struct call *call, bool deleted, bool active)
{
	if (deleted)
		page_badge(&call->rs->body, "bad", "deleted");
	else
		page_badge(
			&call->rs->body, active ? "good" : "warn", active ? "active" : "inactive");
}

void console_record_times(struct call *call, const struct stored *stored, bool deleted)
{
	console_fact_open(call, "Created");
	console_time(call, stored->created);
	buf_puts(&call->rs->body, "</dd>\n");
	console_fact_open(call, deleted ? "Deleted" : "Last change");
	console_time(call, stored->modified);
	buf_puts(&call->rs->body, "</dd>\n");
	console_fact(call, "Version", console_text(call, "%lld", (long long)stored->version));
}

/* "type work, primary true": what stands beside the value of an element. */
static void put_element(struct call *call, struct json_object *element)
{
	struct buf *body = &call->rs->body;
	const char *sub = "";

	if (!json_object_is_type(element, json_type_object)) {
		html_text(body, json_object_get_string(element));
		return;
	}
	if (json_get(element, "value"))
		html_text(body, json_object_get_string(json_get(element, "value")));
	buf_puts(body, " <span class=\"soft\">");
	json_object_object_foreach(element, name, value)
	{
		if (strcmp(name, "value") == 0)
			continue;
		html(body, "{}{} {}", sub, name, json_object_get_string(value));
		sub = ", ";
	}
	buf_puts(body, "</span>");
}

static void put_value(struct call *call, struct json_object *value)
{
	struct buf *body = &call->rs->body;
	size_t i, n;

	if (!json_object_is_type(value, json_type_array)) {
		put_element(call, value);
		return;
	}
	n = json_object_array_length(value);
	buf_puts(body, "<ul class=\"values\">");
	for (i = 0; i < n; i++) {
		buf_puts(body, "<li>");
		put_element(call, json_object_array_get_idx(value, i));
		buf_puts(body, "</li>");
	}
	buf_puts(body, "</ul>");
}

static void put_row(
	struct call *call, const char *group, const char *name, struct json_object *value)
{
	html(&call->rs->body, "<tr><th scope=\"row\"><span class=\"soft\">{}</span>{}</th><td>",
		group, name);
	put_value(call, value);
	buf_puts(&call->rs->body, "</td></tr>\n");
}

/* An attribute; the sub-attributes of name, and those of an extension, have rows of their own. */
static void put_attribute(struct call *call, const char *name, struct json_object *value)
{
	bool extension = strncmp(name, "urn:", 4) == 0;

	if (!json_object_is_type(value, json_type_object)) {
		put_row(call, "", name, value);
		return;
	}
	if (extension)
		html(&call->rs->body,
			"<tr><th scope=\"rowgroup\" colspan=\"2\" class=\"urn\">{}</th></tr>\n",
			name);
	json_object_object_foreach(value, sub, inner)
	{
		put_row(call, extension ? "" : console_text(call, "%s.", name), sub, inner);
	}
}

void console_attributes(struct call *call, struct json_object *resource)
{
	static const char *const heads[] = { "Attribute", "Value", NULL };

	buf_puts(&call->rs->body, "<h2>Attributes</h2>\n");
	console_table(call, "Attributes", heads);
	json_object_object_foreach(resource, name, value)
	{
		if (strcmp(name, "schemas") != 0)
			put_attribute(call, name, value);
	}
	console_table_end(call);
	buf_puts(&call->rs->body, "<details><summary>JSON as it is stored</summary>\n");
	console_json(call, "JSON",
		json_object_to_json_string_ext(
			resource, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	buf_puts(&call->rs->body, "</details>\n");
}

struct rows *console_holders_queue(
	struct call *call, const struct uuid *directory, const struct uuid *id)
{
	const struct reading_query query = {
		.directory = directory, .kind = KIND_GROUP, .of = id, .limit = HOLDERS_MAX + 1
	};

	return reading_list(call->cx, call->db, &query);
}

void console_holders_put(
	struct call *call, const struct console_visit *visit, const struct rows *rows)
{
	int i, n = rows_count(rows) > HOLDERS_MAX ? HOLDERS_MAX : rows_count(rows);
	struct buf *body = &call->rs->body;
	struct reading group;

	buf_puts(body, "<h2>Groups</h2>\n");
	if (!n) {
		console_empty(call, "Member of no group.");
		return;
	}
	buf_puts(body, "<ul class=\"plain-list\">\n");
	for (i = 0; i < n; i++) {
		reading_read(call->cx, KIND_GROUP, rows, i, &group);
		buf_puts(body, "<li>");
		console_link(call, console_text(call, "%s/groups/%s", visit->path, group.stored.id),
			group.display_name);
		buf_puts(body, "</li>\n");
	}
	buf_puts(body, "</ul>\n");
	if (rows_count(rows) > n)
		buf_puts(body, "<p class=\"soft\">And more.</p>\n");
}

void console_history_queue(struct call *call, const struct uuid *directory, const struct uuid *id,
	const char *text, struct console_history *history)
{
	const struct log_query query = {
		.directory = directory, .limit = HISTORY_ROWS, .resource = id, .resource_text = text
	};

	feed_sequence(call->cx, call->db, &call->holder.environment);
	history->requests = log_list(call->cx, call->db, &query);
	history->events = console_story(
		call->cx, call->db, &call->holder.environment, directory, id, HISTORY_ROWS);
}

void console_requests_put(struct call *call, const struct console_visit *visit, const char *label,
	const struct rows *rows, int count)
{
	static const char *const heads[] = { "Time", "Status", "Request", "Reason", NULL };
	struct buf *body = &call->rs->body;
	struct log_entry entry;
	const char *what;
	int i;

	console_table(call, label, heads);
	for (i = 0; i < count; i++) {
		log_read(rows, i, &entry);
		what = explain_request(entry.method, entry.url);
		buf_puts(body, "<tr>");
		console_cell_time(call, entry.at);
		buf_puts(body, "<td>");
		console_status(call, entry.status);
		buf_puts(body, "</td><td>");
		console_link(call,
			console_text(call, "%s/requests/%s", visit->path,
				id_print(call->cx->arena, ID_REQUEST, &entry.id)),
			what ? what : entry.method);
		html(body, "<br><span class=\"soft mono url\">{} {}</span></td><td>{}",
			entry.method, explain_url(entry.url), entry.detail);
		if (*entry.quirks)
			html(body, " <span class=\"soft\">tolerated: {}</span>", entry.quirks);
		buf_puts(body, "</td></tr>\n");
	}
	console_table_end(call);
}

static void put_events(struct call *call, const struct rows *rows)
{
	static const char *const heads[] = { "Time", "Event", "#Version", NULL };
	struct console_event event;
	int i;

	console_table(call, "Events", heads);
	for (i = 0; i < rows_count(rows); i++) {
		console_event_read(rows, i, &event);
		buf_puts(&call->rs->body, "<tr>");
		console_cell_time(call, event.at);
		console_cell_link(call,
			console_text(
				call, "/console/events?before=%lld", (long long)event.position + 1),
			event.type);
		console_cell_number(call, event.version);
		buf_puts(&call->rs->body, "</tr>\n");
	}
	console_table_end(call);
}

void console_history_put(
	struct call *call, const struct console_visit *visit, const struct console_history *history)
{
	struct buf *body = &call->rs->body;

	if (console_may(call, SCOPE_LOGS)) {
		buf_puts(body, "<h2>Requests</h2>\n");
		if (rows_count(history->requests))
			console_requests_put(call, visit, "Requests", history->requests,
				rows_count(history->requests));
		else
			console_empty(call, "The request log has none.");
	}
	if (console_may(call, SCOPE_EVENTS)) {
		buf_puts(body, "<h2>Events</h2>\n");
		if (rows_count(history->events))
			put_events(call, history->events);
		else
			console_empty(call, "The feed has none.");
	}
}

void console_missing(struct call *call, const struct console_visit *visit, const char *q)
{
	if (!q || !console_may(call, SCOPE_LOGS))
		return;
	buf_puts(&call->rs->body, "<p>Is somebody missing? ");
	console_link(call,
		console_text(call, "%s/requests?text=%s", visit->path,
			percent_encode(call->cx->arena, q)),
		console_text(call, "Requests that mention “%s”", q));
	buf_puts(&call->rs->body, "</p>\n");
}

void console_more(struct call *call, bool more, const char *q, const char *path)
{
	if (more && q)
		buf_puts(&call->rs->body,
			"<p class=\"note\">There are more: type more of it.</p>\n");
	else if (more)
		console_next(call, path);
}
