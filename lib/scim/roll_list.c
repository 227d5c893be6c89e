/* SPDX-License-Identifier: MIT */
/* Reading a list of members from JSON text, element by element. Knows no operation. */
#include "base/text.h"
#include "scim/quirk.h"
#include "scim/roll.h"

enum {
	SAMPLES = 5, /* unknown members that are shown */
	SAMPLE_BYTES = 64 /* of each */
};

/* What an element came to. */
enum named {
	NOBODY,
	SOMEBODY,
	UNKNOWN /* its text is in roll->text */
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

static enum named look_up(const char *text, size_t len, struct member *member)
{
	return member_parse(text, len, member) ? SOMEBODY : UNKNOWN;
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

static enum scim_err read_object(
	struct roll *roll, struct cursor *in, struct member *member, enum named *named)
{
	struct json_slice value = { 0 };
	struct json_slice ref = { 0 };
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
	}
	enum scim_err e = read_id(roll, value, ref);
	if (e)
		return e;
	*named = empty ? NOBODY : look_up(roll->text.data, roll->text.len, member);
	return SCIM_OK;
}

static enum scim_err read_element(
	struct roll *roll, struct cursor *in, struct member *member, enum named *named)
{
	char first = cursor_peek(in);
	*named = NOBODY;
	if (first == '{')
		return read_object(roll, in, member, named);
	struct json_slice element = cursor_take(in);
	if (first == 'n')
		return SCIM_OK;
	/* QUIRK(old SCIM-SDK): ["id"] for [{"value": "id"}] */
	if (first != '"' || !quirk_allowed(roll->cx, QUIRK_SINGLE_VALUE))
		return ctx_fail(
			roll->cx, SCIM_INVALID_VALUE, "members must be an array of objects");
	buf_cut(&roll->text, 0);
	slice_decode(element, &roll->text);
	if (roll->text.len > 0)
		*named = look_up(roll->text.data, roll->text.len, member);
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

enum scim_err roll_list(struct roll *roll, struct json_slice list, bool goes)
{
	struct cursor in = cursor_of(list.text, list.len);
	enum scim_err e = roll_room(roll, count_elements(list));
	cursor_enter(&in);
	while (!e && cursor_next(&in)) {
		struct member member;
		enum named named;
		e = read_element(roll, &in, &member, &named);
		if (!e && named == UNKNOWN)
			e = note_unknown(roll);
		else if (!e && named == SOMEBODY)
			roll_put(roll, &member, goes);
	}
	return e;
}

enum scim_err roll_single(
	struct roll *roll, struct json_slice list, struct member *member, bool *found)
{
	struct cursor in = cursor_of(list.text, list.len);
	enum named named = NOBODY;
	*found = false;
	if (count_elements(list) != 1)
		return SCIM_OK;
	cursor_enter(&in);
	cursor_next(&in);
	enum scim_err e = read_element(roll, &in, member, &named);
	*found = named == SOMEBODY;
	return e;
}
