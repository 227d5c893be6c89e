/* SPDX-License-Identifier: MIT */
/* Events and webhooks. */
#include "web/event.h"
#include "web/shapes.h"

#include "base/text.h"

/* clang-format off */
static const char *const member_types[] = { "User", "Group", NULL };

static const struct field event_member_fields[] = {
	{ MEMBER("value", STRING, 0, EXAMPLE_USER, "Its id.") },
	{ MEMBER("type", STRING, 0, "User", NULL), .values = member_types },
	{ MEMBER("display", STRING, 0, "Babs Jensen", NULL) },
	{ 0 },
};
static const struct shape event_member_shape = {
	OBJECT("EventMember", NULL, event_member_fields)
};

/* What has changed, by the type of the event. */
static const struct field event_data_fields[] = {
	{ MEMBER("attributes", OBJECT, FIELD_MAYBE, "{\"userName\":\"bjensen@example.com\",\"active\":true}",
		"What was created, or deleted.") },
	{ MEMBER("changes", OBJECT, FIELD_MAYBE, NULL,
		"By the attribute's name: {\"before\":…,\"after\":…}; a side without a value is absent.") },
	{ MEMBER("members", SHAPE, FIELD_MANY | FIELD_MAYBE, NULL, "Who came or went."),
		.shape = &event_member_shape },
	{ MEMBER("overlapSeconds", INTEGER, FIELD_MAYBE, NULL, "Of a token's rotation.") },
	{ MEMBER("reason", STRING, FIELD_MAYBE, NULL, "Why an endpoint was disabled.") },
	{ 0 },
};
static const struct shape event_data_shape = { OBJECT("EventData", NULL, event_data_fields) };

static const struct field event_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_EVENT, NULL) },
	{ MEMBER("position", STRING, 0, "1", "In the feed of the environment: 1, 2, 3, …") },
	{ MEMBER("type", STRING, 0, "user.created", NULL), .values = event_types },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("environmentId", STRING, 0, EXAMPLE_ENVIRONMENT, NULL) },
	{ MEMBER("organizationId", STRING, 0, EXAMPLE_ORGANIZATION, "\"\": of none.") },
	{ MEMBER("scimDirectoryId", STRING, 0, EXAMPLE_DIRECTORY, "\"\": of none.") },
	{ MEMBER("resourceId", STRING, 0, EXAMPLE_USER, "Of what has changed.") },
	{ MEMBER("version", INTEGER, 0, "1", "Of the resource, after the change.") },
	{ MEMBER("requestId", STRING, 0, "scim_request_03ha21o0a1s2d3f4g5h6j7k8l", "Of the request that made it; \"\": none.") },
	{ MEMBER("data", SHAPE, 0, NULL, "What has changed, by the type."), .shape = &event_data_shape },
	{ 0 },
};
const struct shape event_shape = {
	OBJECT("Event", "A change, in the feed and in a webhook.", event_fields)
};

static const struct field event_page_fields[] = {
	{ MEMBER("events", SHAPE, FIELD_MANY, NULL, NULL), .shape = &event_shape },
	{ MEMBER("nextAfter", STRING, 0, "1", "Pass it back as after.") },
	{ MEMBER("more", BOOLEAN, 0, "false", "Are there others already?") },
	{ 0 },
};
const struct shape event_page = { OBJECT("EventPage", NULL, event_page_fields) };
#define GIVEN (FIELD_CREATE | FIELD_UPDATE)

static const struct field webhook_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_WEBHOOK, NULL) },
	{ MEMBER("url", STRING, FIELD_NEEDED | FIELD_UPDATE, "https://hooks.initrode.example/rollcall",
		"Where events are sent by POST.") },
	{ MEMBER("description", STRING, GIVEN, "Sync of accounts", NULL) },
	{ MEMBER("types", STRING, FIELD_MANY | GIVEN, "user.created", "Of events; none: all."),
		.values = event_types },
	{ MEMBER("organizationId", STRING, GIVEN, EXAMPLE_ORGANIZATION, "Its events alone; \"\": all.") },
	{ MEMBER("enabled", BOOLEAN, GIVEN, "true", NULL) },
	{ MEMBER("disabledReason", STRING, 0, "", "Why the server has disabled it.") },
	{ MEMBER("after", STRING, FIELD_CREATE | FIELD_UNTOLD, "0",
		"It gets what is behind this position of the feed; absent: what happens from now on.") },
	{ MEMBER("position", STRING, 0, "1", "Of the last event that it is done with.") },
	{ MEMBER("failingSince", STRING, 0, "", "A time; \"\": it is well.") },
	{ MEMBER("nextAttemptAt", STRING, 0, "", "A time; \"\": as soon as there is an event.") },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ MEMBER("updatedAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ 0 },
};
const struct shape webhook_shape = {
	OBJECT("WebhookEndpoint", "Where events are sent.", webhook_fields)
};

static const struct field webhook_made_fields[] = {
	{ MEMBER("webhookEndpoint", SHAPE, 0, NULL, NULL), .shape = &webhook_shape },
	{ MEMBER("secret", STRING, 0, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Shown once.") },
	{ 0 },
};
const struct shape webhook_made = { OBJECT("WebhookEndpointCreated", NULL, webhook_made_fields) };

static const struct field webhook_answer_fields[] = {
	{ MEMBER("webhookEndpoint", SHAPE, 0, NULL, NULL), .shape = &webhook_shape },
	{ 0 },
};
const struct shape webhook_answer = { OBJECT("WebhookEndpointAnswer", NULL, webhook_answer_fields) };

static const struct field webhook_page_fields[] = {
	{ MEMBER("webhookEndpoints", SHAPE, FIELD_MANY, NULL, NULL), .shape = &webhook_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape webhook_page = { OBJECT("WebhookEndpointPage", NULL, webhook_page_fields) };

static const struct field secret_answer_fields[] = {
	{ MEMBER("secret", STRING, 0, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Shown once.") },
	{ 0 },
};
const struct shape secret_answer = { OBJECT("WebhookSecretAnswer", NULL, secret_answer_fields) };

static const struct field replay_fields[] = {
	{ MEMBER("after", STRING, FIELD_NEEDED, "0", "Send again what is behind this position.") },
	{ 0 },
};
const struct shape replay_shape = { OBJECT("WebhookReplay", NULL, replay_fields) };

static const char *const outcome_values[] = { "succeeded", "failed", NULL };

static const struct field delivery_fields[] = {
	{ MEMBER("id", STRING, 0, EXAMPLE_DELIVERY, NULL) },
	{ MEMBER("eventId", STRING, 0, EXAMPLE_EVENT, NULL) },
	{ MEMBER("type", STRING, 0, "user.created", "Of the event."), .values = event_types },
	{ MEMBER("position", STRING, 0, "1", "Of the event.") },
	{ MEMBER("attempt", INTEGER, 0, "1", "Of this event, from 1.") },
	{ MEMBER("status", STRING, 0, "succeeded", NULL), .values = outcome_values },
	{ MEMBER("httpStatus", INTEGER, 0, "200", "Of the answer; 0: there was none.") },
	{ MEMBER("error", STRING, 0, "", "Why there was none.") },
	{ MEMBER("responseBody", STRING, 0, "", "Its begin.") },
	{ MEMBER("durationMs", INTEGER, 0, "12", NULL) },
	{ MEMBER("createdAt", TIME, 0, EXAMPLE_TIME, NULL) },
	{ 0 },
};
static const struct shape delivery_shape = {
	OBJECT("WebhookDelivery", "An attempt to deliver an event.", delivery_fields)
};

static const struct field delivery_page_fields[] = {
	{ MEMBER("webhookDeliveries", SHAPE, FIELD_MANY, NULL, "The newest first."),
		.shape = &delivery_shape },
	NEXT_PAGE,
	{ 0 },
};
const struct shape delivery_page = { OBJECT("WebhookDeliveryPage", NULL, delivery_page_fields) };
/* clang-format on */
