/* SPDX-License-Identifier: MIT */
/* Events as JSON: ids are spelled as everywhere outside, the delta is as the store keeps it. */
#include "web/event.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

/* What the resource of a type is: what stands before the dot. */
static const struct {
	const char *noun;
	enum id_kind kind;
} nouns[] = {
	{ "user.", ID_USER },
	{ "group.", ID_GROUP },
	{ "directory.", ID_DIRECTORY },
	{ "webhook_endpoint.", ID_WEBHOOK_ENDPOINT },
};

const char *const event_types[] = {
	"user.created",
	"user.updated",
	"user.deactivated",
	"user.reactivated",
	"user.deleted",
	"group.created",
	"group.updated",
	"group.deleted",
	"group.member_added",
	"group.member_removed",
	"directory.created",
	"directory.updated",
	"directory.deleted",
	"directory.token_rotated",
	"webhook_endpoint.disabled",
	NULL,
};

bool event_is_type(const char *type)
{
	size_t i;

	for (i = 0; event_types[i]; i++)
		if (strcmp(event_types[i], type) == 0)
			return true;
	return false;
}

static void put_id(
	struct buf *buf, const char *name, bool has, enum id_kind kind, const struct uuid *id)
{
	char text[ID_TEXT] = "";

	if (has)
		id_format(kind, id, text);
	buf_printf(buf, ",\"%s\":\"%s\"", name, text);
}

static void put_resource(struct buf *buf, const struct feed_event *event)
{
	size_t i, n = sizeof(nouns) / sizeof(*nouns);

	for (i = 0; i < n && strncmp(event->type, nouns[i].noun, strlen(nouns[i].noun)) != 0; i++)
		continue;
	put_id(buf, "resourceId", event->has_resource && i < n, nouns[i < n ? i : 0].kind,
		&event->resource);
}

/* The store keeps members as UUIDs. */
static void put_member(struct buf *buf, struct json_object *member)
{
	const char *value = json_get_string(member, "value");
	const char *type = json_get_string(member, "type");
	enum id_kind kind = strcmp(type, "Group") == 0 ? ID_GROUP : ID_USER;
	char text[ID_TEXT] = "";
	struct uuid id;

	if (uuid_parse(value, strlen(value), &id))
		id_format(kind, &id, text);
	buf_printf(buf, "{\"value\":\"%s\",\"type\":\"%s\",\"display\":", text, type);
	buf_jsons(buf, json_get_string(member, "display"));
	buf_putc(buf, '}');
}

static void put_members(struct buf *buf, const struct feed_event *event)
{
	struct json_object *data = json_parse_stored(buf->arena, event->data, event->data_len);
	struct json_object *members = json_get(data, "members");
	size_t i;

	buf_puts(buf, "{\"members\":[");
	for (i = 0; i < json_object_array_length(members); i++) {
		if (i)
			buf_putc(buf, ',');
		put_member(buf, json_object_array_get_idx(members, i));
	}
	buf_puts(buf, "]}");
}

static bool is_of_members(const struct feed_event *event)
{
	return strncmp(event->type, "group.member_", strlen("group.member_")) == 0;
}

void event_print(struct buf *buf, const struct feed_event *event)
{
	char text[ID_TEXT], at[TIME_TEXT];

	id_format(ID_EVENT, &event->id, text);
	time_print(event->at, at);
	buf_printf(buf, "{\"id\":\"%s\",\"position\":\"%lld\",\"type\":\"%s\",\"createdAt\":\"%s\"",
		text, (long long)event->position, event->type, at);
	put_id(buf, "environmentId", true, ID_ENVIRONMENT, &event->environment);
	put_id(buf, "organizationId", event->has_organization, ID_ORGANIZATION,
		&event->organization);
	put_id(buf, "scimDirectoryId", event->has_directory, ID_DIRECTORY, &event->directory);
	put_resource(buf, event);
	buf_printf(buf, ",\"version\":%lld", (long long)event->version);
	put_id(buf, "requestId", event->has_request, ID_REQUEST, &event->request);
	buf_puts(buf, ",\"data\":");
	if (!event->data)
		buf_puts(buf, "{}");
	else if (is_of_members(event))
		put_members(buf, event);
	else
		buf_put(buf, event->data, event->data_len);
	buf_putc(buf, '}');
}
