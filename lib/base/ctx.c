/* SPDX-License-Identifier: MIT */
/* Keeping the first failure of a request. Knows no error by name. */
#include "base/ctx.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>

#include "base/text.h"

#define DETAIL_MAX 500 /* bytes */

/*
 * Bytes of the character at s[len] that may stand in a text that is shown; 0 when it may not: not
 * UTF-8, or a control character (U+0000 to U+001F, U+007F to U+009F).
 */
static size_t visible(const char *s, size_t len)
{
	size_t n = utf8_len(s, len);
	unsigned char first = (unsigned char)s[0];

	if (n == 1 && (first < 0x20 || first == 0x7f))
		return 0;
	if (n == 2 && first == 0xc2 && (unsigned char)s[1] < 0xa0)
		return 0;
	return n;
}

/* What a client sent is quoted in here: it must not break the answer or forge a line of the log. */
static void sanitize(char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t n = visible(text + i, len - i);

		if (n == 0)
			text[i++] = '?';
		i += n;
	}
}

/* A credential of ours in the wrong place is quoted too: nobody may read it in the log. */
static void mask_secrets(char *text, const char *prefix)
{
	char *s = text;

	while ((s = text_ifind(s, prefix)))
		for (s += strlen(prefix); *s == '_' || isalnum((unsigned char)*s); s++)
			*s = '*';
}

/* The start of the character that a cut behind text[len] would split. */
static size_t boundary(const char *text, size_t len)
{
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static const char *print_detail(struct arena *arena, const char *fmt, va_list args)
{
	char text[DETAIL_MAX + 2];
	size_t len;

	vsnprintf(text, sizeof(text), fmt, args);
	len = strlen(text);
	if (len > DETAIL_MAX)
		len = boundary(text, DETAIL_MAX);
	sanitize(text, len);
	mask_secrets(text, "rollcall_s"); /* as they begin, see secret.c */
	mask_secrets(text, "rollcall_client_");
	return arena_strndup(arena, text, len);
}

const char *ctx_detail(struct ctx *cx, const char *fmt, ...)
{
	const char *detail;
	va_list args;

	va_start(args, fmt);
	detail = print_detail(cx->arena, fmt, args);
	va_end(args);
	return detail;
}

enum scim_err ctx_fail(struct ctx *cx, enum scim_err e, const char *fmt, ...)
{
	va_list args;

	assert(e != SCIM_OK);
	if (cx->err)
		return cx->err;
	va_start(args, fmt);
	cx->detail = fmt ? print_detail(cx->arena, fmt, args) : NULL;
	va_end(args);
	cx->err = e;
	return e;
}

void ctx_clear(struct ctx *cx)
{
	cx->err = SCIM_OK;
	cx->detail = NULL;
}
