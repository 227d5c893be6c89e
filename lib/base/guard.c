/* SPDX-License-Identifier: MIT */
/*
 * The JSON guard: one pass over the text, a stack of its own in place of recursion, and for each
 * open object the set of its keys. It makes no values and knows nothing of json-c.
 */
#include "base/guard.h"

#include "base/escape.h"
#include "base/text.h"

/*
 * Numbers written with a fraction or an exponent stay below 10^18, and exponents within 18:
 * PostgreSQL's jsonb writes 1e300 back as 301 digits, which json-c then cuts to 64 bits.
 */
#define NUMBER_EXPONENT 18

#define QUOTED 60 /* bytes of the client's text that a message repeats */

#define NO_KEY UINT32_MAX

/* A key of an open object. Keys are numbered as they come; closing an object drops the last ones. */
struct key {
	uint32_t at; /* offset of the byte behind its opening quote */
	uint32_t hash; /* of the decoded key in lower case */
	uint32_t next; /* the key before it with the same place in heads, NO_KEY at the end */
};

struct open {
	char close; /* the bracket that ends it */
	uint32_t first_key; /* number of its first key */
};

struct guard;

/* Read what may come next and set the step after it. White space has been skipped. */
typedef enum scim_err step_fn(struct guard *guard);

struct guard {
	struct ctx *cx;
	const char *text;
	size_t len;
	size_t at; /* bytes read */
	step_fn *step; /* NULL at the end */
	int64_t nodes; /* read so far */
	int64_t limit; /* of nodes */
	int64_t depth;
	struct open open[GUARD_DEPTH];
	struct key *keys;
	uint32_t *heads; /* hash table: number of the newest key there */
	uint32_t n_keys;
	uint32_t cap; /* of keys and of heads; a power of two */
	uint64_t seed;
};

/* The byte to read, -1 at the end. */
static int peek(const struct guard *guard)
{
	return guard->at < guard->len ? (unsigned char)guard->text[guard->at] : -1;
}

static bool take(struct guard *guard, char c)
{
	if (peek(guard) != c)
		return false;
	guard->at++;
	return true;
}

static enum scim_err refuse(struct guard *guard, const char *what)
{
	return ctx_fail(guard->cx, SCIM_INVALID_SYNTAX, "JSON: %s at byte %zu", what, guard->at);
}

static enum scim_err refuse_unexpected(struct guard *guard, const char *expected)
{
	return ctx_fail(guard->cx, SCIM_INVALID_SYNTAX, "JSON: %s expected at byte %zu%s", expected,
		guard->at, guard->at < guard->len ? "" : ", where the text ends");
}

/* RFC 8259 section 7: a character beyond U+FFFF is a pair of escapes; half of one is nothing. */
static enum scim_err read_unit(struct guard *guard)
{
	const char *s = guard->text + guard->at;
	size_t len = guard->len - guard->at;
	int32_t unit = escape_unit(s, len);

	if (unit < 0)
		return refuse(guard, "\\u without four hex digits");
	if (unit == 0)
		return ctx_fail(
			guard->cx, SCIM_INVALID_VALUE, "JSON: \\u0000 at byte %zu", guard->at);
	if (unit_is_low(unit) || (unit_is_high(unit) && !unit_is_low(escape_unit(s + 6, len - 6))))
		return refuse(guard, "half of a surrogate pair");
	guard->at += unit_is_high(unit) ? 12 : 6;
	return SCIM_OK;
}

static enum scim_err read_escape(struct guard *guard)
{
	char c = '\0';

	if (guard->at + 1 < guard->len)
		c = guard->text[guard->at + 1];
	if (c == 'u')
		return read_unit(guard);
	if (c == '\0' || !strchr("\"\\/bfnrt", c))
		return refuse(guard, "unknown escape");
	guard->at += 2;
	return SCIM_OK;
}

/* One character of a string that is neither an escape nor the quote. */
static enum scim_err read_character(struct guard *guard)
{
	int c = peek(guard);
	size_t n;

	if (c < 0)
		return refuse(guard, "string without an end");
	if (c < 0x20)
		return refuse(guard, "control character in a string");
	n = c < 0x80 ? 1 : utf8_len(guard->text + guard->at, guard->len - guard->at);
	if (n == 0)
		return refuse(guard, "invalid UTF-8");
	guard->at += n;
	return SCIM_OK;
}

static enum scim_err read_string(struct guard *guard)
{
	enum scim_err e = SCIM_OK;

	guard->at++;
	while (!e && !take(guard, '"'))
		e = peek(guard) == '\\' ? read_escape(guard) : read_character(guard);
	return e;
}

static int32_t lower(int32_t c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* The next character of a key that read_string has passed: decoded, ASCII in lower case; -1 at its closing quote. */
static int32_t key_character(const char **s)
{
	static const unsigned char lead[] = { 0x7f, 0x7f, 0x1f, 0x0f, 0x07 }; /* bits, by length */
	size_t n;
	int32_t c;

	if (**s == '"')
		return -1;
	if (**s == '\\')
		return lower(escape_decode(s));
	if ((unsigned char)**s < 0x80)
		return lower(*(*s)++);
	n = utf8_len(*s, 4);
	c = (unsigned char)**s & lead[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)(*s)[i] & 0x3f);
	*s += n;
	return c;
}

static uint32_t key_hash(uint64_t seed, const char *s)
{
	uint64_t hash = seed;
	int32_t c;

	while ((c = key_character(&s)) >= 0) {
		hash = (hash ^ (uint64_t)c) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

static bool key_same(const char *a, const char *b)
{
	int32_t c;

	do {
		c = key_character(&a);
		if (c != key_character(&b))
			return false;
	} while (c >= 0);
	return true;
}

static void key_link(struct guard *guard, uint32_t i)
{
	uint32_t *head = &guard->heads[guard->keys[i].hash & (guard->cap - 1)];

	guard->keys[i].next = *head;
	*head = i;
}

static void keys_grow(struct guard *guard)
{
	struct key *old = guard->keys;

	guard->cap = guard->cap ? guard->cap * 2 : 64;
	guard->keys = arena_alloc(guard->cx->arena, guard->cap * sizeof(*guard->keys));
	guard->heads = arena_alloc(guard->cx->arena, guard->cap * sizeof(*guard->heads));
	memset(guard->heads, 0xff, guard->cap * sizeof(*guard->heads)); /* NO_KEY */
	for (uint32_t i = 0; i < guard->n_keys; i++) {
		guard->keys[i] = old[i];
		key_link(guard, i);
	}
}

/* Forget all keys from number first on. Newest first, so each is the head of its list. */
static void keys_drop(struct guard *guard, uint32_t first)
{
	while (guard->n_keys > first) {
		const struct key *last = &guard->keys[--guard->n_keys];

		guard->heads[last->hash & (guard->cap - 1)] = last->next;
	}
}

/* Does the innermost object already have this key? Its keys are the newest of every list. */
static bool key_exists(const struct guard *guard, const struct key *key)
{
	uint32_t first = guard->open[guard->depth - 1].first_key;
	uint32_t i = guard->heads[key->hash & (guard->cap - 1)];

	while (i != NO_KEY && i >= first) {
		const struct key *other = &guard->keys[i];

		if (other->hash == key->hash &&
			key_same(guard->text + other->at, guard->text + key->at))
			return true;
		i = other->next;
	}
	return false;
}

static enum scim_err key_add(struct guard *guard, uint32_t at)
{
	struct key key = { .at = at, .hash = key_hash(guard->seed, guard->text + at) };
	int quoted = (int)(guard->at - 1 - at);

	if (guard->n_keys == guard->cap)
		keys_grow(guard);
	if (key_exists(guard, &key))
		return ctx_fail(guard->cx, SCIM_INVALID_SYNTAX,
			"JSON: duplicate key \"%.*s\" at byte %u",
			quoted < QUOTED ? quoted : QUOTED, guard->text + at, at - 1);
	guard->keys[guard->n_keys] = key;
	key_link(guard, guard->n_keys++);
	return SCIM_OK;
}

static step_fn on_value, on_first_value, on_key, on_first_key, on_next, on_end;

/* After a value. */
static enum scim_err value_done(struct guard *guard)
{
	guard->step = guard->depth > 0 ? on_next : on_end;
	return SCIM_OK;
}

static enum scim_err enter(struct guard *guard, char close, step_fn *step)
{
	int64_t limit = guard->cx->limits->json_depth;

	if (guard->depth >= GUARD_DEPTH || guard->depth >= limit)
		return refuse(guard, "nested too deep");
	guard->open[guard->depth++] = (struct open){ close, guard->n_keys };
	guard->at++;
	guard->step = step;
	return SCIM_OK;
}

static enum scim_err leave(struct guard *guard)
{
	guard->at++;
	guard->depth--;
	keys_drop(guard, guard->open[guard->depth].first_key);
	return value_done(guard);
}

/* Read digits and return how many. */
static size_t read_digits(struct guard *guard)
{
	size_t start = guard->at;

	while (peek(guard) >= '0' && peek(guard) <= '9')
		guard->at++;
	return guard->at - start;
}

static bool integer_fits(const char *digits, size_t n, bool negative)
{
	const char *largest = negative ? "9223372036854775808" : "9223372036854775807";

	return n < 19 || (n == 19 && memcmp(digits, largest, 19) <= 0);
}

/* whole: the digits before the point; exponent: how far it moves to the right. */
static bool real_fits(size_t whole, long long exponent)
{
	if (exponent < -NUMBER_EXPONENT || exponent > NUMBER_EXPONENT)
		return false;
	return (long long)whole + exponent <= NUMBER_EXPONENT;
}

/* An optional exponent. */
static enum scim_err read_exponent(struct guard *guard, bool *found, long long *exponent)
{
	size_t start;

	*found = take(guard, 'e') || take(guard, 'E');
	if (!*found)
		return SCIM_OK;
	start = guard->at;
	if (!take(guard, '-'))
		take(guard, '+');
	if (read_digits(guard) == 0)
		return refuse_unexpected(guard, "digit");
	text_int(guard->text + start, guard->at - start, exponent);
	return SCIM_OK;
}

/* RFC 8259 section 6 */
static enum scim_err read_number(struct guard *guard)
{
	size_t start = guard->at;
	bool negative = take(guard, '-');
	const char *digits = guard->text + guard->at;
	bool zero = take(guard, '0');
	size_t whole = zero ? 0 : read_digits(guard);
	bool point, scaled, fits;
	long long exponent = 0;
	enum scim_err e;

	if (!zero && whole == 0)
		return refuse_unexpected(guard, "digit");
	point = take(guard, '.');
	if (point && read_digits(guard) == 0)
		return refuse_unexpected(guard, "digit");
	if ((e = read_exponent(guard, &scaled, &exponent)))
		return e;
	if (point || scaled)
		fits = real_fits(whole, exponent);
	else
		fits = integer_fits(digits, whole, negative);
	if (!fits)
		return ctx_fail(guard->cx, SCIM_INVALID_SYNTAX,
			"JSON: number out of range at byte %zu", start);
	return SCIM_OK;
}

static enum scim_err read_literal(struct guard *guard)
{
	static const char *const literals[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		size_t n = strlen(literals[i]);

		if (guard->len - guard->at >= n &&
			memcmp(guard->text + guard->at, literals[i], n) == 0) {
			guard->at += n;
			return SCIM_OK;
		}
	}
	return refuse_unexpected(guard, "value");
}

static enum scim_err on_value(struct guard *guard)
{
	int c = peek(guard);
	enum scim_err e;

	if (++guard->nodes > guard->limit)
		return ctx_fail(guard->cx, SCIM_TOO_LARGE, "JSON: more than %lld values",
			(long long)guard->limit);
	if (c == '{')
		return enter(guard, '}', on_first_key);
	if (c == '[')
		return enter(guard, ']', on_first_value);
	if (c == '"')
		e = read_string(guard);
	else if (c == '-' || (c >= '0' && c <= '9'))
		e = read_number(guard);
	else
		e = read_literal(guard);
	return e ? e : value_done(guard);
}

static enum scim_err on_first_value(struct guard *guard)
{
	return peek(guard) == ']' ? leave(guard) : on_value(guard);
}

static void skip_space(struct guard *guard)
{
	int c = peek(guard);

	while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
		guard->at++;
		c = peek(guard);
	}
}

static enum scim_err on_key(struct guard *guard)
{
	uint32_t at = (uint32_t)guard->at + 1;
	enum scim_err e;

	if (peek(guard) != '"')
		return refuse_unexpected(guard, "key");
	if ((e = read_string(guard)) || (e = key_add(guard, at)))
		return e;
	skip_space(guard);
	if (!take(guard, ':'))
		return refuse_unexpected(guard, "':'");
	guard->step = on_value;
	return SCIM_OK;
}

static enum scim_err on_first_key(struct guard *guard)
{
	return peek(guard) == '}' ? leave(guard) : on_key(guard);
}

static enum scim_err on_next(struct guard *guard)
{
	char close = guard->open[guard->depth - 1].close;

	if (peek(guard) == close)
		return leave(guard);
	if (!take(guard, ','))
		return refuse_unexpected(guard, close == '}' ? "',' or '}'" : "',' or ']'");
	guard->step = close == '}' ? on_key : on_value;
	return SCIM_OK;
}

static enum scim_err on_end(struct guard *guard)
{
	if (guard->at < guard->len)
		return refuse_unexpected(guard, "end of the text");
	guard->step = NULL;
	return SCIM_OK;
}

enum scim_err guard_text(
	struct ctx *cx, const char *text, size_t len, int64_t limit, int64_t *nodes)
{
	struct guard guard = { .cx = cx, .text = text, .len = len, .step = on_value };
	enum scim_err e = SCIM_OK;

	if (len > INT32_MAX) /* json-c counts in int, and so does a key */
		return ctx_fail(cx, SCIM_TOO_LARGE, "JSON: %zu bytes", len);
	/* The random half of the request's id: no client can prepare keys that collide. */
	memcpy(&guard.seed, cx->request_id.byte + 8, sizeof(guard.seed));
	guard.nodes = *nodes;
	guard.limit = limit;
	while (!e && guard.step) {
		skip_space(&guard);
		e = guard.step(&guard);
	}
	*nodes = guard.nodes;
	return e;
}
