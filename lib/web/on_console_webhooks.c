/* SPDX-License-Identifier: MIT */
/* Webhook endpoints in the console: how far each is, what it answered, and going on. */
#include "base/json.h"
#include "base/text.h"
#include "store/webhook.h"
#include "web/console.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/session.h"

static const struct page_link above[] = { { "/console/webhooks", "Webhooks" }, { NULL, NULL } };

static const char *endpoint_path(struct call *call, const struct uuid *id)
{
	return console_text(
		call, "/console/webhooks/%s", id_print(call->cx->arena, ID_WEBHOOK_ENDPOINT, id));
}

static void put_state(struct call *call, const struct webhook *endpoint)
{
	struct buf *body = &call->rs->body;

	if (!endpoint->enabled)
		page_badge(body, "bad", endpoint->disabled_reason ? "given up" : "disabled");
	else if (endpoint->failing_since)
		page_badge(body, "warn", "failing");
	else
		page_badge(body, "good", "working");
}

static void put_endpoint_row(struct call *call, const struct webhook *endpoint)
{
	struct buf *body = &call->rs->body;

	buf_puts(body, "<tr>");
	console_cell_link(call, endpoint_path(call, &endpoint->id), endpoint->url);
	console_cell(call, endpoint->description);
	buf_puts(body, "<td>");
	put_state(call, endpoint);
	buf_puts(body, "</td>");
	console_cell_number(call, endpoint->position);
	console_cell_number(call, endpoint->attempts);
	if (endpoint->enabled && endpoint->next_at)
		console_cell_time(call, endpoint->next_at);
	else
		console_cell(call, endpoint->enabled ? "at once" : "–");
	buf_puts(body, "</tr>\n");
}

enum scim_err on_console_webhooks(struct call *call)
{
	static const char *const heads[] = { "Endpoint", "Description", "State", "#Position",
		"#Failed attempts", "Next attempt", NULL };
	struct uuid after = { { 0 } };
	struct webhook endpoint;
	struct rows *rows;
	enum scim_err e;
	int i, n;
	bool has;

	if ((e = console_parameter_id(call, "after", ID_WEBHOOK_ENDPOINT, &has, &after)))
		return e;
	rows = webhook_list(
		call->cx, call->db, &call->holder.environment, &after, CONSOLE_ROWS + 1);
	if ((e = db_run(call->cx, call->db)))
		return e;
	n = console_rows(rows);
	console_open(call, "Webhooks", "/console/webhooks", NULL);
	buf_puts(&call->rs->body, "<h1>Webhooks</h1>\n");
	if (n)
		console_table(call, "Webhook endpoints", heads);
	else
		console_empty(call, "There is no endpoint. The application makes one by POST "
				    "/v1/webhook-endpoints.");
	for (i = 0; i < n; i++) {
		webhook_read(call->cx, rows, i, &endpoint);
		put_endpoint_row(call, &endpoint);
	}
	if (n)
		console_table_end(call);
	if (rows_count(rows) > n)
		console_next(call,
			console_text(call, "/console/webhooks?after=%s",
				id_print(call->cx->arena, ID_WEBHOOK_ENDPOINT, &endpoint.id)));
	page_close(call);
	return SCIM_OK;
}

static void put_types(struct call *call, const char *array)
{
	struct json_object *tree = json_parse_stored(call->cx->arena, array, strlen(array));
	size_t i, n = json_object_array_length(tree);

	console_fact_open(call, "Events");
	if (!n)
		buf_puts(&call->rs->body, "all");
	for (i = 0; i < n; i++)
		page_badge(&call->rs->body, "",
			json_object_get_string(json_object_array_get_idx(tree, i)));
	buf_puts(&call->rs->body, "</dd>\n");
}

static void put_facts(struct call *call, const struct webhook *endpoint)
{
	struct buf *body = &call->rs->body;

	buf_puts(body, "<dl class=\"facts card\">\n");
	console_fact_open(call, "Id");
	console_id(call, id_print(call->cx->arena, ID_WEBHOOK_ENDPOINT, &endpoint->id));
	buf_puts(body, "</dd>\n");
	console_fact(call, "Description", endpoint->description);
	console_fact_open(call, "State");
	put_state(call, endpoint);
	buf_puts(body, "</dd>\n");
	if (endpoint->disabled_reason)
		console_fact(call, "Why", endpoint->disabled_reason);
	if (endpoint->failing_since) {
		console_fact_open(call, "Failing since");
		console_time(call, endpoint->failing_since);
		buf_puts(body, "</dd>\n");
	}
	if (endpoint->enabled && endpoint->next_at) {
		console_fact_open(call, "Next attempt");
		console_time(call, endpoint->next_at);
		buf_puts(body, "</dd>\n");
	}
	console_fact(call, "Position", console_text(call, "%lld", (long long)endpoint->position));
	put_types(call, endpoint->types);
	if (endpoint->has_organization)
		console_fact(call, "Organization",
			id_print(call->cx->arena, ID_ORGANIZATION, &endpoint->organization));
	buf_puts(body, "</dl>\n");
}

static void put_forms(struct call *call, const struct webhook *endpoint)
{
	const char *path = endpoint_path(call, &endpoint->id);
	struct buf *body = &call->rs->body;

	buf_puts(body, "<div class=\"split\"><div class=\"card\"><h2>Deliver again</h2>\n");
	console_form(call, console_text(call, "%s/replay", path));
	html(body,
		"<div class=\"field\"><label for=\"position\">Behind position</label>\n"
		"<p class=\"hint\" id=\"position-hint\">What comes after it in the feed is sent "
		"again, in order.</p><input id=\"position\" name=\"position\" inputmode=\"numeric\" "
		"required aria-describedby=\"position-hint\" value=\"{}\"></div>\n<button>Replay</button></form></div>\n"
		"<div class=\"card\"><h2>Sending</h2>\n",
		console_text(call, "%lld", (long long)endpoint->position));
	if (endpoint->enabled && endpoint->failing_since)
		buf_puts(body,
			"<p class=\"hint\">Is the receiver mended? Disable and enable: the next "
			"attempt is then at once.</p>\n");
	console_button(call,
		console_text(call, "%s/%s", path, endpoint->enabled ? "disable" : "enable"),
		endpoint->enabled ? "danger" : "primary", endpoint->enabled ? "Disable" : "Enable");
	buf_puts(body, "</div></div>\n");
}

static void put_deliveries(
	struct call *call, const struct webhook *endpoint, const struct rows *rows)
{
	static const char *const heads[] = { "Time", "Answer", "Event", "#Position", "#Attempt",
		"#Duration, ms", "Details", NULL };
	int i, n = console_rows(rows);
	struct buf *body = &call->rs->body;
	struct delivery delivery;

	buf_puts(body, "<h2>Deliveries</h2>\n");
	if (!n) {
		console_empty(call, "Nothing was sent yet.");
		return;
	}
	console_table(call, "Deliveries", heads);
	for (i = 0; i < n; i++) {
		delivery_read(rows, i, &delivery);
		buf_puts(body, "<tr>");
		console_cell_time(call, delivery.at);
		buf_puts(body, "<td>");
		if (delivery.status)
			console_status(call, (int)delivery.status);
		else
			page_badge(body, "bad", "none");
		html(body, "</td><td><code>{}</code></td>", delivery.type);
		console_cell_number(call, delivery.position);
		console_cell_number(call, delivery.attempt);
		console_cell_number(call, delivery.duration_us / 1000);
		html(body, "<td>{} {}</td></tr>\n", delivery.error, delivery.response);
	}
	console_table_end(call);
	if (rows_count(rows) > n)
		console_next(call,
			console_text(call, "%s?before=%s", endpoint_path(call, &endpoint->id),
				id_print(call->cx->arena, ID_WEBHOOK_DELIVERY, &delivery.id)));
}

enum scim_err on_console_webhook(struct call *call)
{
	struct webhook endpoint = { .environment = call->holder.environment,
		.id = id_named(ID_WEBHOOK_ENDPOINT, call->capture) };
	struct rows *rows, *deliveries;
	struct uuid before = { { 0 } };
	enum scim_err e;
	bool has;

	if ((e = console_parameter_id(call, "before", ID_WEBHOOK_DELIVERY, &has, &before)))
		return e;
	rows = webhook_get(call->cx, call->db, &call->holder.environment, &endpoint.id);
	deliveries = delivery_list(
		call->cx, call->db, &endpoint, DELIVERY_ANY, &before, CONSOLE_ROWS + 1);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	webhook_read(call->cx, rows, 0, &endpoint);
	console_open(call, endpoint.url, "/console/webhooks", above);
	html(&call->rs->body, "<h1 class=\"break\">{}</h1>\n", endpoint.url);
	put_facts(call, &endpoint);
	put_deliveries(call, &endpoint, deliveries);
	put_forms(call, &endpoint);
	page_close(call);
	return SCIM_OK;
}

/* First trip of a change. */
static enum scim_err begin_change(struct call *call, struct uuid *id)
{
	struct rows *rows;
	enum scim_err e;

	*id = id_named(ID_WEBHOOK_ENDPOINT, call->capture);
	rows = webhook_get(call->cx, call->db, &call->holder.environment, id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	return rows_count(rows) ? SCIM_OK : ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
}

static enum scim_err turn(struct call *call, enum change enabled)
{
	const struct webhook_change change = { .enabled = enabled };
	struct uuid id;
	enum scim_err e;

	if ((e = begin_change(call, &id)))
		return e;
	webhook_update(call->cx, call->db, &call->holder.environment, &id, &change);
	page_redirect(call, endpoint_path(call, &id));
	return manage_commit(call);
}

enum scim_err on_console_webhook_enable(struct call *call)
{
	return turn(call, CHANGE_TRUE);
}

enum scim_err on_console_webhook_disable(struct call *call)
{
	return turn(call, CHANGE_FALSE);
}

enum scim_err on_console_webhook_replay(struct call *call)
{
	const char *text = form_value(call, "position");
	long long position;
	struct rows *rows;
	struct uuid id;
	enum scim_err e;

	if ((e = begin_change(call, &id)))
		return e;
	if (!text || !text_int(text, strlen(text), &position) || position < 0)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "the position is not a number");
	rows = webhook_replay(call->cx, call->db, &call->holder.environment, &id, position);
	page_redirect(call, endpoint_path(call, &id));
	if ((e = manage_commit(call)))
		return e;
	return rows_count(rows)
		       ? SCIM_OK
		       : ctx_fail(call->cx, SCIM_INVALID_VALUE, "the feed has not come that far");
}
