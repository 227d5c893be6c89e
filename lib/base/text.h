/* SPDX-License-Identifier: MIT */
/*
 * Text: UTF-8, case, percent encoding, base64. Comparison of what is not caseExact always goes
 * through text_fold, here and in what is stored, so that SQL never needs lower().
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(const char *s, size_t len);

/* Bytes of the character that s[len] begins with: 1 to 4; 0 when it is not well-formed. */
size_t utf8_len(const char *s, size_t len);

/*
 * The folded form of valid UTF-8: full Unicode case folding, then NFC. "Straße" and "STRASSE" fold
 * alike, composed and decomposed accents fold alike, full-width letters stay themselves.
 * NUL-terminated; *out_len may be NULL.
 */
char *text_fold(struct arena *arena, const char *s, size_t len, size_t *out_len);

/* ASCII case-insensitive equality: names of attributes, operators, URNs, header tokens. */
bool text_ieq(const char *a, const char *b);
bool text_ieqn(const char *a, size_t alen, const char *b, size_t blen);

/* Does s[len] begin with prefix, ASCII case-insensitively? */
bool text_istarts(const char *s, size_t len, const char *prefix);

/* Where word, which is not empty, first stands in text, ASCII case-insensitively; NULL: nowhere. */
char *text_ifind(const char *text, const char *word);

/*
 * Percent-decode s[len] into the arena. plus: '+' means a space, as in a query string.
 * NULL when a '%' is not followed by two hex digits, or the result holds a NUL or is not UTF-8.
 */
char *percent_decode(struct arena *arena, const char *s, size_t len, bool plus);

/* Percent-encode all but the unreserved characters of RFC 3986; upper-case digits. */
char *percent_encode(struct arena *arena, const char *s);

/* Append-free encoders; results in the arena. base64url has no padding (RFC 4648 section 5). */
char *base64url_encode(struct arena *arena, const unsigned char *data, size_t len);
/* NULL when not canonical base64url without padding. */
unsigned char *base64url_decode(struct arena *arena, const char *s, size_t len, size_t *out_len);
/* Standard base64 with padding (HTTP Basic, Standard Webhooks). */
char *base64_encode(struct arena *arena, const unsigned char *data, size_t len);
/* The same read; NULL when malformed. NUL-terminated. */
unsigned char *base64_decode(struct arena *arena, const char *s, size_t len, size_t *out_len);

/* Write 2 * len digits and a NUL. */
void hex_print(const unsigned char *data, size_t len, char *text);
char *hex_encode(struct arena *arena, const unsigned char *data, size_t len);
/* Lower-case hex only; false when s[len] is not exactly 2 * out_len such digits. */
bool hex_decode(const char *s, size_t len, unsigned char *out, size_t out_len);

/* A whole decimal integer with optional sign, saturated to int64; false when it is not one. */
bool text_int(const char *s, size_t len, long long *out);

#if defined(__GNUC__)
/* Every .c file of ours includes this header, directly or through another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets atoi atol gmtime localtime
#endif

#endif
