/* SPDX-License-Identifier: MIT */
/* Webhook endpoints: where events are sent, and what became of it. */
#include "base/text.h"
#include "base/time.h"
#include "store/organization.h"
#include "store/param.h"
#include "store/webhook.h"
#include "web/event.h"
#include "web/handlers.h"
#include "web/manage.h"

enum {
	OVERLAP_MAX_SECONDS = 30 * 24 * 3600,
	TYPES_MAX = 100,
	POSITION_DIGITS = 18
};

static void put_time(struct buf *body, const char *name, int64_t us)
{
	char text[TIME_TEXT] = "";

	if (us)
		time_print(us, text);
	manage_put(body, name, text);
}

static void put_webhook(struct call *call, const struct webhook *webhook)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;

	buf_printf(body, "{\"id\":\"%s\"", id_print(arena, ID_WEBHOOK_ENDPOINT, &webhook->id));
	manage_put(body, "url", webhook->url);
	manage_put(body, "description", webhook->description);
	buf_printf(body, ",\"types\":%s", webhook->types);
	manage_put(body, "organizationId",
		webhook->has_organization ? id_print(arena, ID_ORGANIZATION, &webhook->organization)
					  : "");
	manage_put_bool(body, "enabled", webhook->enabled);
	manage_put(body, "disabledReason", webhook->disabled_reason);
	buf_printf(body, ",\"position\":\"%lld\"", (long long)webhook->position);
	put_time(body, "failingSince", webhook->failing_since);
	put_time(body, "nextAttemptAt", webhook->next_at);
	put_time(body, "createdAt", webhook->created);
	put_time(body, "updatedAt", webhook->modified);
	buf_putc(body, '}');
}

static enum scim_err no_webhook(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "webhook endpoint not found");
}

static enum scim_err no_organization(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
}

static enum scim_err answer_webhook(
	struct call *call, const struct rows *rows, const struct mac_key *secret)
{
	struct webhook webhook;
	struct buf *body = &call->rs->body;

	if (!rows_count(rows))
		return no_webhook(call);
	webhook_read(call->cx, rows, 0, &webhook);
	buf_puts(body, "{\"webhookEndpoint\":");
	put_webhook(call, &webhook);
	if (secret)
		buf_printf(body, ",\"secret\":\"whsec_%s\"",
			base64_encode(call->cx->arena, secret->byte, sizeof(secret->byte)));
	buf_putc(body, '}');
	return SCIM_OK;
}

static struct uuid webhook_id(const struct call *call)
{
	return id_named(ID_WEBHOOK_ENDPOINT, call->capture);
}

/* --- what a body says --- */

static enum scim_err read_url(
	struct call *call, struct json_object *body, struct webhook_change *change)
{
	enum scim_err e;
	bool has;

	if ((e = manage_string(call, body, "url", &has, &change->url)) || !has)
		return e;
	return http_check_url(call->cx, &call->app->http, "url", change->url);
}

static enum scim_err read_types(
	struct call *call, struct json_object *body, struct webhook_change *change)
{
	const char *names[TYPES_MAX];
	struct json_object *array, *item;
	enum scim_err e;
	size_t i, n;

	if ((e = manage_array(call, body, "types", &array)) || !array)
		return e;
	n = json_object_array_length(array);
	if (n > TYPES_MAX)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "more than %d types", TYPES_MAX);
	for (i = 0; i < n; i++) {
		item = json_object_array_get_idx(array, i);
		if (!json_object_is_type(item, json_type_string))
			return ctx_fail(call->cx, SCIM_INVALID_VALUE,
				"'types' must be an array of strings");
		names[i] = json_object_get_string(item);
		if (!event_is_type(names[i]))
			return ctx_fail(call->cx, SCIM_INVALID_VALUE,
				"there is no type '%s' of events", names[i]);
	}
	change->types = param_array(call->cx, names, n);
	return SCIM_OK;
}

/* "" is all of them. */
static enum scim_err read_organization(struct call *call, struct json_object *body,
	struct webhook_change *change, struct uuid *organization)
{
	const char *text;
	enum scim_err e;

	if ((e = manage_string(call, body, "organizationId", &change->has_organization, &text)) ||
		!change->has_organization || !*text)
		return e;
	if (!id_parse(ID_ORGANIZATION, text, strlen(text), organization))
		return no_organization(call);
	change->organization = organization;
	return SCIM_OK;
}

/* A position is a text, as wherever it is answered. */
static enum scim_err read_after(
	struct call *call, struct json_object *body, struct webhook_change *change)
{
	long long number;
	const char *text;
	enum scim_err e;

	if ((e = manage_string(call, body, "after", &change->has_after, &text)) ||
		!change->has_after)
		return e;
	if (!*text || strlen(text) > POSITION_DIGITS ||
		strspn(text, "0123456789") != strlen(text) ||
		!text_int(text, strlen(text), &number))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'after' is not a position");
	change->after = number;
	return SCIM_OK;
}

static enum scim_err beyond_the_end(struct call *call)
{
	return ctx_fail(
		call->cx, SCIM_INVALID_VALUE, "'after' is a position that the feed does not have");
}

static enum scim_err read_change(struct call *call, struct json_object *body,
	struct webhook_change *change, struct uuid *organization)
{
	enum scim_err e;

	memset(change, 0, sizeof(*change));
	if ((e = read_url(call, body, change)) ||
		(e = manage_string(call, body, "description", &change->has_description,
			 &change->description)) ||
		(e = read_types(call, body, change)) ||
		(e = manage_bool(call, body, "enabled", &change->enabled)))
		return e;
	return read_organization(call, body, change, organization);
}

/* --- handlers --- */

enum scim_err on_webhook_list(struct call *call)
{
	struct webhook webhook;
	struct page page;
	struct rows *rows;
	enum scim_err e;
	int i, n;

	if ((e = manage_page(call, "webhooks", &page)))
		return e;
	rows = webhook_list(
		call->cx, call->db, &call->holder.environment, &page.after, page.size + 1);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &page, e)))
		return e;
	n = manage_page_open(call, &page, rows, "webhookEndpoints");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		webhook_read(call->cx, rows, i, &webhook);
		put_webhook(call, &webhook);
	}
	manage_page_close(call, &page, &webhook.id);
	return SCIM_OK;
}

/* Queue the question whether the organization exists, if one is named. */
static struct rows *find_organization(struct call *call, const struct webhook_change *change)
{
	return change->organization ? organization_get(call->cx, call->db,
					      &call->holder.environment, change->organization)
				    : NULL;
}

enum scim_err on_webhook_create(struct call *call)
{
	const struct uuid *environment = &call->holder.environment;
	struct webhook_change change;
	struct json_object *body;
	struct uuid organization;
	struct mac_key secret;
	struct rows *rows, *organizations;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = manage_body(call, &body)) ||
		(e = read_change(call, body, &change, &organization)) ||
		(e = read_after(call, body, &change)))
		return e;
	if (!change.url)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "url is required");
	random_bytes(secret.byte, sizeof(secret.byte));
	/* what has happened before is not for it: the end is behind all that is committed */
	feed_sequence(call->cx, call->db, environment);
	organizations = find_organization(call, &change);
	rows = webhook_create(call->cx, call->db, environment, &call->new_id, &change, &secret);
	if ((e = manage_commit(call)))
		return e;
	if (organizations && !rows_count(organizations))
		return no_organization(call);
	if (!rows_count(rows))
		return beyond_the_end(call);
	return answer_webhook(call, rows, &secret);
}

enum scim_err on_webhook_get(struct call *call)
{
	struct uuid id = webhook_id(call);
	struct rows *rows = webhook_get(call->cx, call->db, &call->holder.environment, &id);
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	return answer_webhook(call, rows, NULL);
}

enum scim_err on_webhook_update(struct call *call)
{
	struct webhook_change change;
	struct json_object *body;
	struct rows *rows, *organizations;
	struct uuid organization, id = webhook_id(call);
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = manage_body(call, &body)) ||
		(e = read_change(call, body, &change, &organization)))
		return e;
	organizations = find_organization(call, &change);
	rows = webhook_update(call->cx, call->db, &call->holder.environment, &id, &change);
	if ((e = manage_commit(call)))
		return e;
	if (rows_count(rows) && organizations && !rows_count(organizations))
		return no_organization(call);
	return answer_webhook(call, rows, NULL);
}

enum scim_err on_webhook_delete(struct call *call)
{
	struct uuid id = webhook_id(call);
	struct rows *rows;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	rows = webhook_delete(call->cx, call->db, &call->holder.environment, &id);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return no_webhook(call);
	buf_puts(&call->rs->body, "{}");
	return SCIM_OK;
}

enum scim_err on_webhook_rotate(struct call *call)
{
	struct webhook webhook = { .environment = call->holder.environment,
		.id = webhook_id(call) };
	struct json_object *body;
	struct mac_key secret;
	struct rows *rows;
	int64_t overlap = 0;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = manage_body(call, &body)) ||
		(e = manage_int(call, body, "overlapSeconds", &overlap)))
		return e;
	if (overlap < 0 || overlap > OVERLAP_MAX_SECONDS)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"overlapSeconds is not between 0 and %d", OVERLAP_MAX_SECONDS);
	random_bytes(secret.byte, sizeof(secret.byte));
	rows = webhook_rotate(call->cx, call->db, &webhook, &secret, overlap);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return no_webhook(call);
	buf_printf(&call->rs->body, "{\"secret\":\"whsec_%s\"}",
		base64_encode(call->cx->arena, secret.byte, sizeof(secret.byte)));
	return SCIM_OK;
}

enum scim_err on_webhook_replay(struct call *call)
{
	const struct uuid *environment = &call->holder.environment;
	struct webhook_change change = { 0 };
	struct json_object *body;
	struct uuid id = webhook_id(call);
	struct rows *moved, *rows;
	enum scim_err e;

	rows = webhook_get(call->cx, call->db, environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return answer_webhook(call, rows, NULL);
	if ((e = manage_body(call, &body)) || (e = read_after(call, body, &change)))
		return e;
	if (!change.has_after)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "after is required");
	moved = webhook_replay(call->cx, call->db, environment, &id, change.after);
	rows = webhook_get(call->cx, call->db, environment, &id);
	if ((e = manage_commit(call)))
		return e;
	if (rows_count(rows) && !rows_count(moved))
		return beyond_the_end(call);
	return answer_webhook(call, rows, NULL);
}

/* --- deliveries --- */

static void put_delivery(struct call *call, const struct delivery *delivery)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;

	buf_printf(body, "{\"id\":\"%s\"", id_print(arena, ID_WEBHOOK_DELIVERY, &delivery->id));
	manage_put(body, "eventId", id_print(arena, ID_EVENT, &delivery->event));
	manage_put(body, "type", delivery->type);
	buf_printf(body, ",\"position\":\"%lld\",\"attempt\":%lld", (long long)delivery->position,
		(long long)delivery->attempt);
	manage_put(body, "status", delivery_succeeded(delivery) ? "succeeded" : "failed");
	buf_printf(body, ",\"httpStatus\":%lld", (long long)delivery->status);
	manage_put(body, "error", delivery->error);
	manage_put(body, "responseBody", delivery->response);
	buf_printf(body, ",\"durationMs\":%lld", (long long)delivery->duration_us / 1000);
	put_time(body, "createdAt", delivery->at);
	buf_putc(body, '}');
}

static enum scim_err read_filter(
	struct call *call, enum delivery_filter *filter, const char **context)
{
	const char *text;
	enum scim_err e;

	*filter = DELIVERY_ANY;
	*context = "";
	if ((e = manage_parameter(call, "status", &text)))
		return e;
	if (text && strcmp(text, "failed") == 0)
		*filter = DELIVERY_FAILED;
	else if (text && strcmp(text, "succeeded") == 0)
		*filter = DELIVERY_SUCCEEDED;
	else if (text && *text)
		return ctx_fail(
			call->cx, SCIM_INVALID_VALUE, "status is failed or succeeded, or absent");
	*context = arena_printf(
		call->cx->arena, "deliveries\n%s\n%s", call->capture, text ? text : "");
	return SCIM_OK;
}

enum scim_err on_delivery_list(struct call *call)
{
	struct webhook webhook = { .environment = call->holder.environment,
		.id = webhook_id(call) };
	struct delivery delivery;
	enum delivery_filter filter;
	struct rows *rows, *found;
	const char *context;
	struct page page;
	enum scim_err e;
	int i, n;

	if ((e = read_filter(call, &filter, &context)) || (e = manage_page(call, context, &page)))
		return e;
	found = webhook_get(call->cx, call->db, &webhook.environment, &webhook.id);
	rows = delivery_list(call->cx, call->db, &webhook, filter, &page.after, page.size + 1);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &page, e)))
		return e;
	if (!rows_count(found))
		return no_webhook(call);
	n = manage_page_open(call, &page, rows, "webhookDeliveries");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		delivery_read(rows, i, &delivery);
		put_delivery(call, &delivery);
	}
	manage_page_close(call, &page, &delivery.id);
	return SCIM_OK;
}
