/* SPDX-License-Identifier: MIT */
/* Strings, numbers and keywords are JSON's (RFC 8259), whatever else a filter is. */
#include "scim/filter_lex.h"

#include <errno.h>
#include <math.h>

#include "base/text.h"
#include "scim/quirk.h"

enum scim_err lex_fail(struct lex *lex, const char *what)
{
	/* counted in characters, as the client sees them */
	size_t at = 1;
	for (size_t i = 0; i < lex->pos; i++)
		if (((unsigned char)lex->text[i] & 0xC0) != 0x80)
			at++;
	return ctx_fail(lex->cx, SCIM_INVALID_FILTER, "expected %s at character %zu of the filter",
		what, at);
}

/* The next byte, NUL at the end. A NUL in the text itself begins no token. */
static char peek(const struct lex *lex)
{
	if (lex->pos == lex->len)
		return '\0';
	return lex->text[lex->pos];
}

bool lex_spaces(struct lex *lex)
{
	size_t start = lex->pos;
	while (peek(lex) == ' ')
		lex->pos++;
	return lex->pos > start;
}

bool lex_char(struct lex *lex, char c)
{
	if (lex->pos == lex->len || lex->text[lex->pos] != c)
		return false;
	lex->pos++;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
	       (c && strchr("$_.:-", c));
}

size_t lex_word(struct lex *lex, const char **word)
{
	size_t start = lex->pos;
	while (is_word(peek(lex)))
		lex->pos++;
	*word = lex->text + start;
	return lex->pos - start;
}

static size_t digits(const char *s, size_t len)
{
	size_t n = 0;
	while (n < len && is_digit(s[n]))
		n++;
	return n;
}

static size_t exponent(const char *s, size_t len)
{
	size_t n = 1;
	if (len == 0 || (s[0] != 'e' && s[0] != 'E'))
		return 0;
	if (n < len && (s[n] == '+' || s[n] == '-'))
		n++;
	size_t run = digits(s + n, len - n);
	return run ? n + run : 0;
}

/* RFC 8259 section 6. */
size_t lex_number(const char *s, size_t len)
{
	size_t n = len && s[0] == '-' ? 1 : 0;
	size_t run = digits(s + n, len - n);
	if (run == 0)
		return 0;
	n += s[n] == '0' ? 1 : run;
	if (n < len && s[n] == '.') {
		run = digits(s + n + 1, len - n - 1);
		if (run == 0)
			return 0;
		n += 1 + run;
	}
	return n + exponent(s + n, len - n);
}

/* Is a JSON number an int64, or a finite double when it is not written as an integer? */
static bool number_fits(const char *text)
{
	errno = 0;
	if (strpbrk(text, ".eE"))
		return isfinite(strtod(text, NULL));
	(void)strtoll(text, NULL, 10);
	return errno != ERANGE;
}

/* A value ends where the text, a group or a value path ends, or at a space. */
static bool at_end_of_value(const struct lex *lex)
{
	return lex->pos == lex->len || (peek(lex) && strchr(" )]", peek(lex)));
}

static enum scim_err number_literal(struct lex *lex, struct literal *literal)
{
	const char *start = lex->text + lex->pos;
	size_t len = lex_number(start, lex->len - lex->pos);
	if (len == 0)
		return lex_fail(lex, "a number");
	*literal = (struct literal){
		.type = LIT_NUMBER,
		.text = arena_strndup(lex->cx->arena, start, len),
		.len = len,
	};
	if (!number_fits(literal->text))
		return lex_fail(lex, "a number within range");
	lex->pos += len;
	return SCIM_OK;
}

static const struct keyword {
	const char *name;
	enum literal_type type;
	bool boolean;
} keywords[] = {
	{ "true", LIT_BOOLEAN, true },
	{ "false", LIT_BOOLEAN, false },
	{ "null", LIT_NULL, false },
};

static enum scim_err keyword_literal(struct lex *lex, struct literal *literal)
{
	size_t start = lex->pos;
	const char *word;
	size_t len = lex_word(lex, &word);
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		const struct keyword *row = &keywords[i];
		if (!text_ieqn(row->name, strlen(row->name), word, len))
			continue;
		*literal = (struct literal){ row->type, row->name, len, row->boolean };
		return SCIM_OK;
	}
	lex->pos = start;
	return lex_fail(lex, "a value: \"string\", number, true, false or null");
}

static bool read_hex4(struct lex *lex, unsigned *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, lex->pos++) {
		char c = peek(lex);
		if (is_digit(c))
			*unit = *unit * 16 + (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			*unit = *unit * 16 + (unsigned)((c | 0x20) - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* What follows \u: a character, or the first of a surrogate pair with its second. Never NUL. */
static bool read_unicode(struct lex *lex, unsigned *c)
{
	unsigned low;
	if (!read_hex4(lex, c) || *c == 0 || (*c >= 0xDC00 && *c <= 0xDFFF))
		return false;
	if (*c < 0xD800 || *c > 0xDBFF)
		return true;
	if (!lex_char(lex, '\\') || !lex_char(lex, 'u') || !read_hex4(lex, &low))
		return false;
	*c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
	return low >= 0xDC00 && low <= 0xDFFF;
}

static size_t put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/* RFC 8259 section 7: the letter at an index of the first stands for the byte in the second. */
static const char escape_letters[] = "\"\\/bfnrt";
static const char escape_bytes[] = "\"\\/\b\f\n\r\t";

/* What follows a backslash, written to out; 0 when it is no escape. */
static size_t read_escape(struct lex *lex, char *out)
{
	char c = peek(lex);
	const char *letter = c ? strchr(escape_letters, c) : NULL;
	unsigned unicode;
	if (letter) {
		lex->pos++;
		*out = escape_bytes[letter - escape_letters];
		return 1;
	}
	if (!lex_char(lex, 'u') || !read_unicode(lex, &unicode))
		return 0;
	return put_utf8(out, unicode);
}

/* The bytes up to the closing quote: no decoded string is longer than it is written. */
static size_t written_length(const struct lex *lex, char quote)
{
	size_t i = lex->pos;
	while (i < lex->len && lex->text[i] != quote)
		i += lex->text[i] == '\\' ? 2 : 1;
	return (i < lex->len ? i : lex->len) - lex->pos;
}

/* The opening quote is taken already. */
static enum scim_err string_literal(struct lex *lex, char quote, struct literal *literal)
{
	char *out = arena_alloc(lex->cx->arena, written_length(lex, quote) + 1);
	size_t n = 0;
	while (!lex_char(lex, quote)) {
		if ((unsigned char)peek(lex) < ' ')
			return lex_fail(lex, "the end of the string");
		if (!lex_char(lex, '\\')) {
			out[n++] = lex->text[lex->pos++];
			continue;
		}
		size_t escaped = read_escape(lex, out + n);
		if (escaped == 0)
			return lex_fail(lex, "a JSON escape");
		n += escaped;
	}
	*literal = (struct literal){ .type = LIT_STRING, .text = out, .len = n };
	return SCIM_OK;
}

static enum scim_err any_literal(struct lex *lex, bool quirks, struct literal *literal)
{
	if (lex_char(lex, '"'))
		return string_literal(lex, '"', literal);
	/* QUIRK(pingone): members[value eq 'id'] */
	if (quirks && peek(lex) == '\'' && quirk_allowed(lex->cx, QUIRK_SINGLE_QUOTES)) {
		lex->pos++;
		return string_literal(lex, '\'', literal);
	}
	if (peek(lex) == '-' || is_digit(peek(lex)))
		return number_literal(lex, literal);
	return keyword_literal(lex, literal);
}

enum scim_err lex_literal(struct lex *lex, bool quirks, struct literal *literal)
{
	enum scim_err e = any_literal(lex, quirks, literal);
	if (!e && !at_end_of_value(lex))
		return lex_fail(lex, "a space");
	return e;
}
