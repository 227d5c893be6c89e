/* SPDX-License-Identifier: MIT */
/* Which e-mail address stands for a user; read from the stored text without a tree. */
#include "scim/email.h"

#include "base/cursor.h"
#include "base/text.h"

/* Does the member of this name come next? Its value is taken. */
static bool takes(
	struct json_slice key, const char *name, struct cursor *cursor, struct json_slice *value)
{
	if (!slice_is(key, name, strlen(name)))
		return false;
	*value = cursor_take(cursor);
	return true;
}

/* The value of the primary e-mail or else of the first; left alone when there is none. */
static void choose(struct json_slice emails, struct json_slice *chosen)
{
	struct cursor cursor = cursor_of(emails.text, emails.len);

	if (cursor_peek(&cursor) != '[')
		return;
	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		struct json_slice value = { NULL, 0 }, primary = { NULL, 0 };

		cursor_enter(&cursor);
		while (cursor_next(&cursor)) {
			struct json_slice key = cursor_key(&cursor);

			if (!takes(key, "value", &cursor, &value) &&
				!takes(key, "primary", &cursor, &primary))
				cursor_take(&cursor);
		}
		if (!value.text)
			continue;
		if (!chosen->text)
			*chosen = value;
		if (primary.text && *primary.text == 't') {
			*chosen = value;
			return;
		}
	}
}

/* Something, an at sign, something, without blanks. */
static bool looks_like_email(const char *text)
{
	const char *at = strchr(text, '@');

	return at && at > text && at[1] && !strchr(at + 1, '@') && !strpbrk(text, " \t\r\n");
}

static const char *decoded(struct arena *arena, struct json_slice string)
{
	struct buf buf;

	buf_init(&buf, arena, string.len + 1);
	slice_decode(string, &buf);
	return buf.data;
}

const char *user_email(struct arena *arena, const char *doc, size_t len)
{
	struct json_slice name = { NULL, 0 }, emails = { NULL, 0 }, chosen = { NULL, 0 };
	struct cursor cursor = cursor_of(doc, len);
	const char *text;

	cursor_enter(&cursor);
	while (cursor_next(&cursor)) {
		struct json_slice key = cursor_key(&cursor);

		if (!takes(key, "userName", &cursor, &name) &&
			!takes(key, "emails", &cursor, &emails))
			cursor_take(&cursor);
	}
	if (emails.text)
		choose(emails, &chosen);
	if (chosen.text)
		return decoded(arena, chosen);
	text = name.text ? decoded(arena, name) : "";
	return looks_like_email(text) ? text : "";
}
