/* SPDX-License-Identifier: MIT */
/* Appending to a byte string. Knows the escapes of a JSON string and no other format. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>

#include "base/text.h"

#define BUF_FIRST 64

void buf_init(struct buf *buf, struct arena *arena, size_t hint)
{
	size_t cap = hint < BUF_FIRST ? BUF_FIRST : hint + 1;

	*buf = (struct buf){ .arena = arena, .data = arena_alloc(arena, cap), .cap = cap };
}

static void resize(struct buf *buf, size_t cap)
{
	char *data = arena_alloc(buf->arena, cap);

	memcpy(data, buf->data, buf->len);
	buf->data = data;
	buf->cap = cap;
}

/* Room for len more bytes and the NUL. */
static void grow(struct buf *buf, size_t len)
{
	size_t cap = buf->cap;

	if (len < cap - buf->len)
		return;
	if (len > SIZE_MAX / 4 - buf->len)
		abort();
	while (cap - buf->len <= len)
		cap *= 2;
	resize(buf, cap);
}

void buf_reserve(struct buf *buf, size_t len)
{
	if (len > SIZE_MAX / 4 - buf->len)
		abort();
	size_t cap = buf->len + len + 1;

	/* never less than doubled: many small reservations must not copy all each time */
	if (cap > buf->cap)
		resize(buf, cap > 2 * buf->cap ? cap : 2 * buf->cap);
}

void buf_put(struct buf *buf, const char *s, size_t len)
{
	grow(buf, len);
	if (len > 0)
		memcpy(buf->data + buf->len, s, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_puts(struct buf *buf, const char *s)
{
	buf_put(buf, s, strlen(s));
}

void buf_putc(struct buf *buf, char c)
{
	grow(buf, 1);
	buf->data[buf->len++] = c;
	buf->data[buf->len] = '\0';
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	size_t room = buf->cap - buf->len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf->data + buf->len, room, fmt, args);
	va_end(args);
	if (len < 0)
		abort();
	if ((size_t)len >= room) {
		grow(buf, (size_t)len);
		va_start(args, fmt);
		vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, args);
		va_end(args);
	}
	buf->len += (size_t)len;
}

/* RFC 8259 section 7: the escapes that have a letter. */
static const char letter[256] = {
	['\b'] = 'b',
	['\t'] = 't',
	['\n'] = 'n',
	['\f'] = 'f',
	['\r'] = 'r',
	['"'] = '"',
	['\\'] = '\\',
};

void buf_json(struct buf *buf, const char *s, size_t len)
{
	size_t done = 0;

	buf_putc(buf, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && !letter[c])
			continue;
		buf_put(buf, s + done, i - done);
		done = i + 1;
		if (letter[c])
			buf_put(buf, (char[]){ '\\', letter[c] }, 2);
		else
			buf_printf(buf, "\\u%04x", c);
	}
	buf_put(buf, s + done, len - done);
	buf_putc(buf, '"');
}

void buf_jsons(struct buf *buf, const char *s)
{
	buf_json(buf, s, strlen(s));
}

void buf_cut(struct buf *buf, size_t len)
{
	buf->len = len;
	buf->data[len] = '\0';
	if (buf->gap && buf->gap->at > len)
		buf->gap->print = NULL;
}

static bool has_gap(const struct buf *buf)
{
	return buf->gap && buf->gap->print;
}

size_t buf_size(const struct buf *buf)
{
	return buf->len + (has_gap(buf) ? buf->gap->len : 0);
}

static void send_gap(const struct buf_gap *gap, const struct buf_sink *sink)
{
	struct arena *arena = arena_new();
	struct buf piece;
	bool more = true;

	buf_init(&piece, arena, 2 * BUF_PIECE);
	while (more) {
		buf_cut(&piece, 0);
		more = gap->print(gap->arg, &piece);
		sink->put(sink->arg, piece.data, piece.len);
	}
	arena_free(arena);
}

void buf_send(const struct buf *buf, const struct buf_sink *sink)
{
	size_t done = 0;

	if (has_gap(buf)) {
		done = buf->gap->at;
		sink->put(sink->arg, buf->data, done);
		send_gap(buf->gap, sink);
	}
	sink->put(sink->arg, buf->data + done, buf->len - done);
}
