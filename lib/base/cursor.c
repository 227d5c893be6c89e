/* SPDX-License-Identifier: MIT */
/* Walking over JSON that is known to be well-formed. Knows no tree and no error. */
#include "base/cursor.h"

#include "base/escape.h"
#include "base/text.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct cursor *cursor)
{
	while (cursor->at < cursor->end && is_space(*cursor->at))
		cursor->at++;
}

struct cursor cursor_of(const char *text, size_t len)
{
	struct cursor cursor = { .at = text, .end = text + len };

	skip_space(&cursor);
	return cursor;
}

char cursor_peek(const struct cursor *cursor)
{
	return *cursor->at;
}

void cursor_enter(struct cursor *cursor)
{
	cursor->at++;
}

bool cursor_next(struct cursor *cursor)
{
	skip_space(cursor);
	if (*cursor->at == ']' || *cursor->at == '}') {
		cursor->at++;
		return false;
	}
	if (*cursor->at == ',') {
		cursor->at++;
		skip_space(cursor);
	}
	return true;
}

/* The byte behind the string that begins at s. */
static const char *string_end(const char *s, const char *end)
{
	const char *quote = s;
	size_t escapes = 1;

	while (escapes % 2) {
		quote = memchr(quote + 1, '"', (size_t)(end - quote - 1));
		for (escapes = 0; quote[-1 - (ptrdiff_t)escapes] == '\\';)
			escapes++;
	}
	return quote + 1;
}

/* The byte behind the array or object that begins at s. */
static const char *container_end(const char *s, const char *end)
{
	size_t depth = 0;

	do {
		if (*s == '"') {
			s = string_end(s, end);
			continue;
		}
		if (*s == '{' || *s == '[')
			depth++;
		else if (*s == '}' || *s == ']')
			depth--;
		s++;
	} while (depth > 0);
	return s;
}

/* The byte behind the number or literal that begins at s. */
static const char *word_end(const char *s, const char *end)
{
	while (s < end && !is_space(*s) && *s != ',' && *s != ']' && *s != '}')
		s++;
	return s;
}

struct json_slice cursor_take(struct cursor *cursor)
{
	const char *start = cursor->at;

	if (*start == '"')
		cursor->at = string_end(start, cursor->end);
	else if (*start == '{' || *start == '[')
		cursor->at = container_end(start, cursor->end);
	else
		cursor->at = word_end(start, cursor->end);
	return (struct json_slice){ .text = start, .len = (size_t)(cursor->at - start) };
}

struct json_slice cursor_key(struct cursor *cursor)
{
	struct json_slice key = cursor_take(cursor);

	skip_space(cursor);
	cursor->at++; /* the colon */
	skip_space(cursor);
	return key;
}

static int32_t lower(int32_t c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool slice_is(struct json_slice string, const char *name, size_t len)
{
	const char *s = string.text + 1, *end = string.text + string.len - 1;

	for (size_t i = 0; i < len; i++) {
		int32_t c;

		if (s == end)
			return false;
		c = *s == '\\' ? escape_decode(&s) : *s++;
		if (lower(c) != lower(name[i]))
			return false;
	}
	return s == end;
}

static void put_character(struct buf *out, int32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_putc(out, (char)(0xe0 | c >> 12));
		} else {
			buf_putc(out, (char)(0xf0 | c >> 18));
			buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

void slice_decode(struct json_slice string, struct buf *out)
{
	const char *s = string.text + 1, *end = string.text + string.len - 1;

	while (s < end) {
		const char *plain = memchr(s, '\\', (size_t)(end - s));

		if (!plain)
			plain = end;
		buf_put(out, s, (size_t)(plain - s));
		s = plain;
		if (s < end)
			put_character(out, escape_decode(&s));
	}
}
