/* SPDX-License-Identifier: MIT */
/*
 * A growing byte string inside an arena. Growth doubles, so at most the final size is wasted.
 * data is always NUL-terminated; len does not count the NUL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>

#include "base/arena.h"

struct buf {
	struct arena *arena;
	char *data;
	size_t len; /* bytes */
	size_t cap;
	struct buf_gap *gap; /* NULL: all of it stands in data */
};

/* A long text that belongs into a buffer but is made when that is sent, a piece at a time. */
struct buf_gap {
	size_t at; /* where in data */
	size_t len; /* bytes */
	/* Append to a piece until it has BUF_PIECE bytes or more; false: the text is at its end. NULL: no gap */
	bool (*print)(void *arg, struct buf *piece);
	void *arg;
};

#define BUF_PIECE ((size_t)65536)

/* Where a buffer goes. */
struct buf_sink {
	void (*put)(void *arg, const char *data, size_t len);
	void *arg;
};

/* hint: expected final length in bytes, 0 if unknown. */
void buf_init(struct buf *buf, struct arena *arena, size_t hint);

/* Room for len more bytes, so that a long text is not copied while it grows. */
void buf_reserve(struct buf *buf, size_t len);

void buf_put(struct buf *buf, const char *s, size_t len);
void buf_puts(struct buf *buf, const char *s);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Append s as a JSON string with its quotes (RFC 8259 section 7); s is valid UTF-8. */
void buf_json(struct buf *buf, const char *s, size_t len);
void buf_jsons(struct buf *buf, const char *s);

/* Forget everything behind the first len bytes, a gap too. */
void buf_cut(struct buf *buf, size_t len);

/* The bytes that buf_send sends. */
size_t buf_size(const struct buf *buf);
/* Hand everything over, in order, in one piece or several. */
void buf_send(const struct buf *buf, const struct buf_sink *sink);

#endif
