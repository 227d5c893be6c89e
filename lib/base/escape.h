/* SPDX-License-Identifier: MIT */
/* The escapes of a JSON string (RFC 8259 section 7), for those that check and those that decode. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The UTF-16 unit of a \u escape at s[len], -1 when there is none. */
int32_t escape_unit(const char *s, size_t len);

/* The halves of a character beyond U+FFFF, which come as a pair of such escapes. */
bool unit_is_high(int32_t unit);
bool unit_is_low(int32_t unit);

/* Decode the escape at *s, which the guard has passed, and go behind it; a code point. */
int32_t escape_decode(const char **s);

#endif
