/* SPDX-License-Identifier: MIT */
/* Webhook endpoints and attempts: parameters in, rows out. */
#include "store/webhook.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "store/param.h"

/* Of ENDPOINT_COLUMNS. */
enum {
	COLUMN_ENVIRONMENT,
	COLUMN_ID,
	COLUMN_ORGANIZATION,
	COLUMN_URL,
	COLUMN_DESCRIPTION,
	COLUMN_TYPES,
	COLUMN_SECRET,
	COLUMN_PREVIOUS,
	COLUMN_PREVIOUS_UNTIL,
	COLUMN_ENABLED,
	COLUMN_DISABLED_REASON,
	COLUMN_POSITION,
	COLUMN_ATTEMPTS,
	COLUMN_FAILING_SINCE,
	COLUMN_NEXT_AT,
	COLUMN_CREATED,
	COLUMN_MODIFIED
};

/* Of DELIVERIES. */
enum {
	COLUMN_DELIVERY_ID,
	COLUMN_AT,
	COLUMN_EVENT_POSITION,
	COLUMN_EVENT,
	COLUMN_TYPE,
	COLUMN_ATTEMPT,
	COLUMN_STATUS,
	COLUMN_ERROR,
	COLUMN_RESPONSE,
	COLUMN_DURATION
};

enum {
	STATUS_SUCCESS = 200, /* to 299 */
	STATUS_REDIRECT = 300
};

#define SECOND_US INT64_C(1000000)

struct rows *webhook_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *after, int64_t limit)
{
	const char **params = param_scope(cx, environment, after, 3);

	params[2] = param_int(cx, limit);
	return db_queue(cx, db, STMT_WEBHOOK_LIST, params);
}

struct rows *webhook_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_WEBHOOK_BY_ID, param_scope(cx, environment, id, 2));
}

static bool read_secret(
	struct ctx *cx, const struct rows *rows, int i, int column, struct mac_key *secret)
{
	const unsigned char *bytes;
	size_t len;

	if (!rows_text(rows, i, column))
		return false;
	bytes = rows_bytes(cx, rows, i, column, &len);
	if (!bytes || len != sizeof(secret->byte))
		return false;
	memcpy(secret->byte, bytes, len);
	return true;
}

void webhook_read(struct ctx *cx, const struct rows *rows, int i, struct webhook *webhook)
{
	memset(webhook, 0, sizeof(*webhook));
	webhook->environment = rows_uuid(rows, i, COLUMN_ENVIRONMENT);
	webhook->id = rows_uuid(rows, i, COLUMN_ID);
	webhook->has_organization =
		rows_find_uuid(rows, i, COLUMN_ORGANIZATION, &webhook->organization);
	webhook->url = rows_text(rows, i, COLUMN_URL);
	webhook->description = rows_text(rows, i, COLUMN_DESCRIPTION);
	webhook->types = rows_text(rows, i, COLUMN_TYPES);
	read_secret(cx, rows, i, COLUMN_SECRET, &webhook->secret);
	webhook->has_previous = read_secret(cx, rows, i, COLUMN_PREVIOUS, &webhook->previous) &&
				rows_time(rows, i, COLUMN_PREVIOUS_UNTIL) > cx->now;
	webhook->enabled = rows_bool(rows, i, COLUMN_ENABLED);
	webhook->disabled_reason = rows_text(rows, i, COLUMN_DISABLED_REASON);
	webhook->position = rows_int(rows, i, COLUMN_POSITION);
	webhook->attempts = rows_int(rows, i, COLUMN_ATTEMPTS);
	webhook->failing_since = rows_time(rows, i, COLUMN_FAILING_SINCE);
	webhook->next_at = rows_time(rows, i, COLUMN_NEXT_AT);
	webhook->created = rows_time(rows, i, COLUMN_CREATED);
	webhook->modified = rows_time(rows, i, COLUMN_MODIFIED);
}

static const char *secret_param(struct ctx *cx, const struct mac_key *secret)
{
	return param_bytes(cx, secret->byte, sizeof(secret->byte));
}

static const char *enabled_param(enum change enabled, const char *none)
{
	return enabled == CHANGE_NONE ? none : param_bool(enabled == CHANGE_TRUE);
}

struct rows *webhook_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct webhook_change *change, const struct mac_key *secret)
{
	const char **params = param_scope(cx, environment, id, 10);

	params[2] = change->organization ? param_uuid(cx, change->organization) : NULL;
	params[3] = change->url;
	params[4] = change->description;
	params[5] = change->types ? change->types : "{}";
	params[6] = secret_param(cx, secret);
	params[7] = change->has_after ? param_int(cx, change->after) : NULL;
	params[8] = enabled_param(change->enabled, "true");
	params[9] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_WEBHOOK_INSERT, params);
	return webhook_get(cx, db, environment, id);
}

struct rows *webhook_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct webhook_change *change)
{
	const char **params = param_scope(cx, environment, id, 10);

	params[2] = param_bool(change->has_organization);
	params[3] = change->organization ? param_uuid(cx, change->organization) : NULL;
	params[4] = change->url;
	params[5] = param_bool(change->has_description);
	params[6] = change->description;
	params[7] = change->types;
	params[8] = enabled_param(change->enabled, NULL);
	params[9] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_WEBHOOK_UPDATE, params);
	return webhook_get(cx, db, environment, id);
}

struct rows *webhook_delete(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_WEBHOOK_DELETE, param_scope(cx, environment, id, 2));
}

struct rows *webhook_rotate(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct mac_key *secret, int64_t overlap_seconds)
{
	const char **params = param_scope(cx, &endpoint->environment, &endpoint->id, 5);

	params[2] = secret_param(cx, secret);
	params[3] = overlap_seconds ? param_time(cx, cx->now + overlap_seconds * SECOND_US) : NULL;
	params[4] = param_time(cx, cx->now);
	return db_queue(cx, db, STMT_WEBHOOK_ROTATE, params);
}

struct rows *webhook_replay(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, int64_t after)
{
	const char **params = param_scope(cx, environment, id, 3);

	params[2] = param_int(cx, after);
	return db_queue(cx, db, STMT_WEBHOOK_REPLAY, params);
}

struct rows *delivery_list(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	enum delivery_filter filter, const struct uuid *before, int64_t limit)
{
	static const enum stmt_id lists[] = {
		[DELIVERY_ANY] = STMT_DELIVERY_LIST,
		[DELIVERY_FAILED] = STMT_DELIVERY_LIST_FAILED,
		[DELIVERY_SUCCEEDED] = STMT_DELIVERY_LIST_SUCCEEDED,
	};
	static const struct uuid none;
	const char **params = param_scope(cx, &endpoint->environment, &endpoint->id, 4);

	params[2] = uuid_equal(before, &none) ? NULL : param_uuid(cx, before);
	params[3] = param_int(cx, limit);
	return db_queue(cx, db, lists[filter], params);
}

void delivery_read(const struct rows *rows, int i, struct delivery *delivery)
{
	delivery->id = rows_uuid(rows, i, COLUMN_DELIVERY_ID);
	delivery->at = rows_time(rows, i, COLUMN_AT);
	delivery->position = rows_int(rows, i, COLUMN_EVENT_POSITION);
	delivery->event = rows_uuid(rows, i, COLUMN_EVENT);
	delivery->type = rows_text(rows, i, COLUMN_TYPE);
	delivery->attempt = rows_int(rows, i, COLUMN_ATTEMPT);
	delivery->status = rows_int(rows, i, COLUMN_STATUS);
	delivery->error = rows_text(rows, i, COLUMN_ERROR);
	delivery->response = rows_text(rows, i, COLUMN_RESPONSE);
	delivery->duration_us = rows_int(rows, i, COLUMN_DURATION);
}

bool delivery_succeeded(const struct delivery *delivery)
{
	return delivery->status >= STATUS_SUCCESS && delivery->status < STATUS_REDIRECT;
}

struct rows *webhook_claim(struct ctx *cx, struct db *db, const struct lease *lease, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 4 * sizeof(*params));

	params[0] = param_uuid(cx, &lease->id);
	params[1] = param_time(cx, cx->now);
	params[2] = param_time(cx, lease->until);
	params[3] = param_int(cx, limit);
	return db_queue(cx, db, STMT_WEBHOOK_CLAIM, params);
}

/* $1 to $3 of what is bound to the lease. */
static const char **leased(
	struct ctx *cx, const struct webhook *endpoint, const struct lease *lease, size_t count)
{
	const char **params = param_scope(cx, &endpoint->environment, &endpoint->id, count);

	params[2] = param_uuid(cx, &lease->id);
	return params;
}

static void insert_delivery(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct delivery *delivery)
{
	const char **params = param_scope(cx, &endpoint->environment, &endpoint->id, 12);

	params[2] = param_uuid(cx, &delivery->id);
	params[3] = param_time(cx, delivery->at);
	params[4] = param_int(cx, delivery->position);
	params[5] = param_uuid(cx, &delivery->event);
	params[6] = delivery->type;
	params[7] = param_int(cx, delivery->attempt);
	params[8] = delivery->status ? param_int(cx, delivery->status) : NULL;
	params[9] = delivery->error;
	params[10] = delivery->response;
	params[11] = param_int(cx, delivery->duration_us);
	db_queue(cx, db, STMT_DELIVERY_INSERT, params);
}

struct rows *webhook_succeeded(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct lease *lease, const struct delivery *delivery)
{
	const char **params = leased(cx, endpoint, lease, 7);

	insert_delivery(cx, db, endpoint, delivery);
	params[3] = param_int(cx, endpoint->position);
	params[4] = param_int(cx, delivery->position);
	params[5] = param_time(cx, lease->until);
	params[6] = param_time(cx, cx->now);
	return db_queue(cx, db, STMT_WEBHOOK_SUCCEEDED, params);
}

struct rows *webhook_failed(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct lease *lease, const struct delivery *delivery, int64_t next_at)
{
	const char **params = leased(cx, endpoint, lease, 6);

	insert_delivery(cx, db, endpoint, delivery);
	params[3] = param_int(cx, delivery->attempt);
	params[4] = param_time(cx, next_at);
	params[5] = param_time(cx, cx->now);
	return db_queue(cx, db, STMT_WEBHOOK_FAILED, params);
}

void webhook_disable(
	struct ctx *cx, struct db *db, const struct webhook *endpoint, const char *reason)
{
	const char **params = param_scope(cx, &endpoint->environment, &endpoint->id, 3);
	struct feed_event event = { .type = "webhook_endpoint.disabled",
		.environment = endpoint->environment,
		.has_organization = endpoint->has_organization,
		.organization = endpoint->organization,
		.has_resource = true,
		.resource = endpoint->id };
	struct buf data;

	params[2] = reason;
	db_queue(cx, db, STMT_WEBHOOK_DISABLE, params);
	buf_init(&data, cx->arena, 0);
	buf_puts(&data, "{\"reason\":");
	buf_jsons(&data, reason);
	buf_puts(&data, ",\"description\":");
	buf_jsons(&data, endpoint->description ? endpoint->description : "");
	buf_putc(&data, '}');
	event.data = data.data;
	event.data_len = data.len;
	feed_add(cx, db, &event);
}

void webhook_release(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct lease *lease, int64_t done)
{
	const char **params = leased(cx, endpoint, lease, 6);

	params[3] = param_int(cx, endpoint->position);
	params[4] = param_int(cx, done);
	params[5] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_WEBHOOK_RELEASE, params);
}

const struct feed_query *webhook_query(struct ctx *cx, const struct webhook *endpoint)
{
	struct json_object *types =
		json_parse_stored(cx->arena, endpoint->types, strlen(endpoint->types));
	struct feed_query *query = arena_alloc(cx->arena, sizeof(*query));
	const char **names;
	size_t i;

	query->environment = &endpoint->environment;
	query->has_after = true;
	query->after = endpoint->position;
	query->limit = 1;
	query->organization = endpoint->has_organization ? &endpoint->organization : NULL;
	query->type_count = json_object_array_length(types);
	names = arena_alloc(cx->arena, (query->type_count + 1) * sizeof(*names));
	for (i = 0; i < query->type_count; i++)
		names[i] = json_object_get_string(json_object_array_get_idx(types, i));
	query->types = names;
	return query;
}

void delivery_purge(struct ctx *cx, struct db *db, int64_t before, int64_t limit)
{
	const char **params = arena_alloc(cx->arena, 2 * sizeof(*params));

	params[0] = param_time(cx, before);
	params[1] = param_int(cx, limit);
	db_queue(cx, db, STMT_DELIVERY_PURGE, params);
}
