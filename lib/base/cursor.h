/* SPDX-License-Identifier: MIT */
/*
 * A walk over JSON text without a tree. The text has passed the guard, so nothing can fail here, and
 * nothing is read twice:
 *
 *   cursor_enter(&cursor);
 *   while (cursor_next(&cursor)) {
 *           key = cursor_key(&cursor);      in an object
 *           value = cursor_take(&cursor);   or cursor_enter and a loop of its own
 *   }
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* JSON text of one value, without white space around it; borrowed. */
struct json_slice {
	const char *text;
	size_t len; /* bytes */
};

struct cursor {
	const char *at;
	const char *end;
};

/* Stand before the value that is the whole of text[len]. */
struct cursor cursor_of(const char *text, size_t len);

/* Its first byte, which tells what it is: { [ " t f n - or a digit. */
char cursor_peek(const struct cursor *cursor);

/* Step into the array or object. */
void cursor_enter(struct cursor *cursor);

/* Go to the next element, or to the next key; behind the last, out of the container, and false. */
bool cursor_next(struct cursor *cursor);

/* Take the key, and stand before its value. A slice with its quotes. */
struct json_slice cursor_key(struct cursor *cursor);

/* Take the value, whatever it holds. */
struct json_slice cursor_take(struct cursor *cursor);

/* Is the string (with its quotes) this name of ASCII, but for the case of its letters? */
bool slice_is(struct json_slice string, const char *name, size_t len);

/* Append what the string (with its quotes) says. */
void slice_decode(struct json_slice string, struct buf *out);

#endif
