/* SPDX-License-Identifier: MIT */
/* Reading a list of members from JSON text, element by element. Knows no operation. */
#include "base/text.h"
#include "scim/quirk.h"
#include "scim/roll.h"

enum {
	SAMPLES = 5, /* unknown members that are shown */
	SAMPLE_BYTES = 64 /* of each */
};

enum named {
	NOBODY,
	SOMEBODY,
	UNKNOWN /* its text is in roll->text */
};

/* What an element came to. */
struct element {
	enum named named;
	struct member who[NAMED_MAX];
	size_t count; /* of who */
	bool goes; /* it says so itself */
};

bool member_parse(const char *text, size_t len, struct member *member)
{
	if (id_parse(ID_USER, text, len, &member->id))
		member->kind = MEMBER_USER;
	else if (id_parse(ID_GROUP, text, len, &member->id))
		member->kind = MEMBER_GROUP;
	else
		return false;
	return true;
}

static size_t find_2(const char *id, size_t len, struct json_slice type, struct member *who)
{
	(void)type; /* the id says it */
	return member_parse(id, len, who) ? 1 : 0;
}

const struct naming naming_2 = { .find = find_2, .most = 1 };

/* Whom the id in roll->text means. */
static void look_up(struct roll *roll, struct json_slice type, struct element *element)
{
	element->count = roll->naming->find(roll->text.data, roll->text.len, type, element->who);
	element->named = element->count > 0 ? SOMEBODY : UNKNOWN;
}

/* The last segment of a URL, with nothing before it. */
static void cut_segment(struct buf *text)
{
	const char *slash = memrchr(text->data, '/', text->len);
	if (!slash)
		return;
	size_t len = text->len - (size_t)(slash + 1 - text->data);
	memmove(text->data, slash + 1, len);
	buf_cut(text, len);
}

/* An object's "value" and "$ref" to the text of an id in roll->text. */
static enum scim_err read_id(struct roll *roll, struct json_slice value, struct json_slice ref)
{
	buf_cut(&roll->text, 0);
	const char *first = value.len > 0 ? value.text : "null";
	if (*first == '{' || *first == '[')
		return ctx_fail(roll->cx, SCIM_INVALID_VALUE, "members.value must be a string");
	if (*first == '"')
		slice_decode(value, &roll->text);
	else if (*first != 'n')
		buf_put(&roll->text, value.text, value.len); /* a number is nobody's id */
	if (roll->text.len == 0 && ref.len > 0 && ref.text[0] == '"') {
		/* QUIRK(keycloak): {"$ref": "Users/id"} */
		slice_decode(ref, &roll->text);
		cut_segment(&roll->text);
	}
	return SCIM_OK;
}

/* What one wishes for himself; there is no other operation than to go. */
static enum scim_err read_operation(
	struct roll *roll, struct json_slice operation, struct element *element)
{
	if (!roll->naming->operations || operation.len == 0 || operation.text[0] == 'n')
		return SCIM_OK;
	if (operation.text[0] != '"' || !slice_is(operation, "delete", strlen("delete")))
		return ctx_fail(roll->cx, SCIM_INVALID_VALUE, "the only operation is \"delete\"");
	element->goes = true;
	return SCIM_OK;
}

static enum scim_err read_object(struct roll *roll, struct cursor *in, struct element *element)
{
	struct json_slice value = { 0 };
	struct json_slice ref = { 0 };
	struct json_slice type = { 0 };
	struct json_slice operation = { 0 };
	bool empty = true;
	cursor_enter(in);
	while (cursor_next(in)) {
		struct json_slice key = cursor_key(in);
		struct json_slice taken = cursor_take(in);
		empty = false;
		if (slice_is(key, "value", strlen("value")))
			value = taken;
		else if (slice_is(key, "$ref", strlen("$ref")))
			ref = taken;
		else if (slice_is(key, "type", strlen("type")))
			type = taken;
		else if (slice_is(key, "operation", strlen("operation")))
			operation = taken;
	}
	enum scim_err e = read_operation(roll, operation, element);
	if (!e)
		e = read_id(roll, value, ref);
	if (!e && !empty)
		look_up(roll, type, element);
	return e;
}

static enum scim_err read_element(struct roll *roll, struct cursor *in, struct element *element)
{
	char first = cursor_peek(in);
	*element = (struct element){ .named = NOBODY };
	if (first == '{')
		return read_object(roll, in, element);
	struct json_slice text = cursor_take(in);
	if (first == 'n')
		return SCIM_OK;
	/* QUIRK(old SCIM-SDK): ["id"] for [{"value": "id"}] */
	if (first != '"' ||
		(!roll->naming->strings && !quirk_allowed(roll->cx, QUIRK_SINGLE_VALUE)))
		return ctx_fail(
			roll->cx, SCIM_INVALID_VALUE, "members must be an array of objects");
	buf_cut(&roll->text, 0);
	slice_decode(text, &roll->text);
	if (roll->text.len > 0)
		look_up(roll, (struct json_slice){ 0 }, element);
	return SCIM_OK;
}

/* QUIRK(entra, okta): members that were deleted here, or that were never provisioned. */
static enum scim_err note_unknown(struct roll *roll)
{
	struct buf *text = &roll->text;
	if (text->len == 0)
		buf_puts(text, "(no value)");
	size_t len = text->len;
	if (len > SAMPLE_BYTES) {
		len = SAMPLE_BYTES;
		while (len > 0 && ((unsigned char)text->data[len] & 0xc0) == 0x80)
			len--;
	}
	if (!quirk_allowed(roll->cx, QUIRK_UNKNOWN_MEMBER))
		return ctx_fail(roll->cx, SCIM_INVALID_VALUE, "there is no member '%.*s'", (int)len,
			text->data);
	if (roll->unknown++ >= SAMPLES)
		return SCIM_OK;
	if (roll->unknown > 1)
		buf_puts(&roll->sample, ", ");
	buf_put(&roll->sample, text->data, len);
	return SCIM_OK;
}

static size_t count_elements(struct json_slice list)
{
	struct cursor in = cursor_of(list.text, list.len);
	size_t n = 0;
	cursor_enter(&in);
	for (; cursor_next(&in); n++)
		cursor_take(&in);
	return n;
}

static void put_element(struct roll *roll, const struct element *element, bool goes)
{
	if (element->goes && roll->all)
		return;
	for (size_t i = 0; i < element->count; i++)
		roll_put(roll, &element->who[i], goes || element->goes);
}

enum scim_err roll_list(struct roll *roll, struct json_slice list, bool goes)
{
	struct cursor in = cursor_of(list.text, list.len);
	enum scim_err e = roll_room(roll, count_elements(list));
	cursor_enter(&in);
	while (!e && cursor_next(&in)) {
		struct element element;
		e = read_element(roll, &in, &element);
		/* one who is nobody and goes has gone */
		if (!e && element.named == UNKNOWN && !element.goes)
			e = note_unknown(roll);
		else if (!e)
			put_element(roll, &element, goes);
	}
	return e;
}

enum scim_err roll_single(
	struct roll *roll, struct json_slice list, struct member *member, bool *found)
{
	struct cursor in = cursor_of(list.text, list.len);
	struct element element;
	*found = false;
	if (count_elements(list) != 1)
		return SCIM_OK;
	cursor_enter(&in);
	cursor_next(&in);
	enum scim_err e = read_element(roll, &in, &element);
	*found = element.named == SOMEBODY;
	*member = element.who[0];
	return e;
}
