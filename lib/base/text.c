/* SPDX-License-Identifier: MIT */
/*
 * UTF-8, folding, and the small encodings of the web. Folding and normalisation are utf8proc's;
 * the rest depends on no locale and on no library.
 */
#include "base/text.h"

#include <assert.h>
#include <limits.h>
#include <utf8proc.h>

/* RFC 3629 section 4: lead bytes, how many bytes follow, and the range of the first of them. */
static const struct lead {
	unsigned char first, last, tail, low, high;
} leads[] = {
	{ 0x00, 0x7f, 0, 0, 0 },
	{ 0xc2, 0xdf, 1, 0x80, 0xbf },
	{ 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf },
	{ 0xed, 0xed, 2, 0x80, 0x9f },
	{ 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf },
	{ 0xf1, 0xf3, 3, 0x80, 0xbf },
	{ 0xf4, 0xf4, 3, 0x80, 0x8f },
};

static const struct lead *lead_find(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	}
	return NULL;
}

size_t utf8_len(const char *s, size_t len)
{
	const unsigned char *byte = (const unsigned char *)s;
	const struct lead *lead = len > 0 ? lead_find(byte[0]) : NULL;

	if (!lead || lead->tail >= len)
		return 0;
	if (lead->tail > 0 && (byte[1] < lead->low || byte[1] > lead->high))
		return 0;
	for (size_t i = 2; i <= lead->tail; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	}
	return lead->tail + (size_t)1;
}

bool utf8_valid(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t n = (unsigned char)s[i] < 0x80 ? 1 : utf8_len(s + i, len - i);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

static char lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

static bool is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] >= 0x80)
			return false;
	}
	return true;
}

/* utf8proc_map, with the result in the arena. */
static char *map(struct arena *arena, const char *s, size_t *len, utf8proc_option_t options)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t n =
		utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)*len, &mapped, options);
	char *copy;

	/* Only invalid UTF-8 and exhausted memory get here, and neither may be stored. */
	if (n < 0)
		abort();
	copy = arena_strndup(arena, (const char *)mapped, (size_t)n);
	free(mapped);
	*len = (size_t)n;
	return copy;
}

char *text_fold(struct arena *arena, const char *s, size_t len, size_t *out_len)
{
	char *folded;

	if (is_ascii(s, len)) {
		folded = arena_strndup(arena, s, len);
		for (size_t i = 0; i < len; i++)
			folded[i] = lower(folded[i]);
	} else {
		/*
		 * Canonical caseless matching (Unicode 3.13, D145) decomposes before it folds:
		 * U+0345 becomes a letter, which no longer changes places with the marks beside it.
		 */
		folded = map(arena, s, &len, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE);
		folded = map(arena, folded, &len,
			UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STABLE);
	}
	if (out_len)
		*out_len = len;
	return folded;
}

bool text_ieq(const char *a, const char *b)
{
	return text_ieqn(a, strlen(a), b, strlen(b));
}

bool text_ieqn(const char *a, size_t alen, const char *b, size_t blen)
{
	if (alen != blen)
		return false;
	for (size_t i = 0; i < alen; i++) {
		if (lower(a[i]) != lower(b[i]))
			return false;
	}
	return true;
}

bool text_istarts(const char *s, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && text_ieqn(s, n, prefix, n);
}

static char upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static bool begins(const char *text, const char *word)
{
	for (; *word; text++, word++)
		if (lower(*text) != lower(*word))
			return false;
	return true;
}

char *text_ifind(const char *text, const char *word)
{
	const char first[] = { lower(*word), upper(*word), '\0' };

	/* strcspn looks at many bytes at a time */
	for (text += strcspn(text, first); *text; text += 1 + strcspn(text + 1, first))
		if (begins(text, word))
			return (char *)text;
	return NULL;
}

/* The value of a hex digit, -1 for anything else. */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* RFC 3986 section 2.1: the byte behind the '%' of s[len], -1 when there is none. */
static int percent_byte(const char *s, size_t len)
{
	int high = len > 2 ? hex_value(lower(s[1])) : -1;
	int low = len > 2 ? hex_value(lower(s[2])) : -1;

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

char *percent_decode(struct arena *arena, const char *s, size_t len, bool plus)
{
	char *text = arena_alloc(arena, len + 1);
	size_t n = 0;
	size_t i = 0;

	while (i < len) {
		int c = plus && s[i] == '+' ? ' ' : (unsigned char)s[i];

		if (s[i] == '%')
			c = percent_byte(s + i, len - i);
		if (c <= 0)
			return NULL;
		i += s[i] == '%' ? 3 : 1;
		text[n++] = (char)c;
	}
	return utf8_valid(text, n) ? text : NULL;
}

/* RFC 4648 sections 4 and 5: 62 and 63 are all that differs. */
static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *percent_encode(struct arena *arena, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(arena, 3 * strlen(s) + 1), *to = out;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			strchr("-._~", c)) {
			*to++ = *s;
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	*to = '\0';
	return out;
}

/* Without padding, and with room for it. */
static char *encode(struct arena *arena, const unsigned char *data, size_t len, const char *digits)
{
	char *text = arena_alloc(arena, len / 3 * 4 + 5);
	unsigned bits = 0;
	int held = 0; /* low bits of bits not yet written */
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | data[i];
		for (held += 8; held >= 6; held -= 6)
			text[n++] = digits[bits >> (held - 6) & 63];
	}
	if (held > 0)
		text[n] = digits[bits << (6 - held) & 63];
	return text;
}

char *base64url_encode(struct arena *arena, const unsigned char *data, size_t len)
{
	return encode(arena, data, len, base64url_digits);
}

char *base64_encode(struct arena *arena, const unsigned char *data, size_t len)
{
	char *text = encode(arena, data, len, base64_digits);
	size_t n = strlen(text);

	while (n % 4 != 0)
		text[n++] = '=';
	return text;
}

/* No padding, and no bits set behind the last byte: each value has one spelling. */
static unsigned char *decode(
	struct arena *arena, const char *s, size_t len, const char *digits, size_t *out_len)
{
	unsigned char *data = arena_alloc(arena, len / 4 * 3 + 3);
	unsigned bits = 0;
	int held = 0;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *digit = s[i] ? strchr(digits, s[i]) : NULL;

		if (!digit)
			return NULL;
		bits = bits << 6 | (unsigned)(digit - digits);
		held += 6;
		if (held >= 8) {
			held -= 8;
			data[n++] = (unsigned char)(bits >> held);
		}
	}
	if (len % 4 == 1 || (bits & ((1U << held) - 1)) != 0)
		return NULL;
	*out_len = n;
	return data;
}

unsigned char *base64url_decode(struct arena *arena, const char *s, size_t len, size_t *out_len)
{
	return decode(arena, s, len, base64url_digits, out_len);
}

unsigned char *base64_decode(struct arena *arena, const char *s, size_t len, size_t *out_len)
{
	size_t padding = 0;

	if (len % 4 != 0)
		return NULL;
	while (padding < 2 && padding < len && s[len - 1 - padding] == '=')
		padding++;
	return decode(arena, s, len - padding, base64_digits, out_len);
}

void hex_print(const unsigned char *data, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	text[2 * len] = '\0';
}

char *hex_encode(struct arena *arena, const unsigned char *data, size_t len)
{
	char *text = arena_alloc(arena, 2 * len + 1);

	hex_print(data, len, text);
	return text;
}

bool hex_decode(const char *s, size_t len, unsigned char *out, size_t out_len)
{
	if (len != 2 * out_len)
		return false;
	for (size_t i = 0; i < out_len; i++) {
		int high = hex_value(s[2 * i]);
		int low = hex_value(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool text_int(const char *s, size_t len, long long *out)
{
	bool negative = len > 0 && s[0] == '-';
	size_t i = len > 0 && (s[0] == '-' || s[0] == '+') ? 1 : 0;
	long long value = 0;

	if (i == len)
		return false;
	/* Counted downwards, since the least number has no positive counterpart. */
	for (; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		if (value < (LLONG_MIN + (s[i] - '0')) / 10)
			value = LLONG_MIN;
		else
			value = value * 10 - (s[i] - '0');
	}
	if (negative)
		*out = value;
	else
		*out = value == LLONG_MIN ? LLONG_MAX : -value;
	return true;
}
