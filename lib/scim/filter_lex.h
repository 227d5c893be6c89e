/* SPDX-License-Identifier: MIT */
/*
 * The words and values of a filter's text (RFC 7644 section 3.4.2.2). Knows no attribute and no
 * operator; private to filter*.c and bulk_refs.c.
 */
#ifndef SCIM_FILTER_LEX_H
#define SCIM_FILTER_LEX_H

#include "base/ctx.h"

struct lex {
	struct ctx *cx;
	const char *text; /* valid UTF-8 */
	size_t len;
	size_t pos; /* of the next byte */
};

enum literal_type {
	LIT_STRING,
	LIT_NUMBER,
	LIT_BOOLEAN,
	LIT_NULL
};

struct literal {
	enum literal_type type;
	const char *text; /* LIT_STRING decoded, else as written; NUL-terminated, holds no NUL */
	size_t len;
	bool boolean; /* LIT_BOOLEAN */
};

/* Record "expected <what> at character <n> of the filter" and return SCIM_INVALID_FILTER. */
enum scim_err lex_fail(struct lex *lex, const char *what);

/* Take one or more spaces; false when there is none. */
bool lex_spaces(struct lex *lex);
/* Take this character; false when another is next. */
bool lex_char(struct lex *lex, char c);
/* Take the longest run of attribute path characters; its length, 0 when there is none. */
size_t lex_word(struct lex *lex, const char **word);

/*
 * Take a JSON string, number, true, false or null (these three in any case).
 *   quirks  'x' is a string, too (QUIRK_SINGLE_QUOTES)
 * Fails: SCIM_INVALID_FILTER
 */
enum scim_err lex_literal(struct lex *lex, bool quirks, struct literal *literal);

/* Length of the JSON number at the start of s[len], 0 when there is none. */
size_t lex_number(const char *s, size_t len);

#endif
