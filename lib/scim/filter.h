/* SPDX-License-Identifier: MIT */
/*
 * Filters (RFC 7644 section 3.4.2.2): text to a tree whose names are resolved and whose values are
 * typed and folded, so that match.c and store/where.c only compare.
 */
#ifndef SCIM_FILTER_H
#define SCIM_FILTER_H

#include "base/buf.h"
#include "base/ctx.h"
#include "scim/path.h"

enum filter_op {
	F_AND,
	F_OR,
	F_NOT,
	F_HAS, /* attr[left]: some value of attr satisfies left */
	F_PR,
	F_EQ,
	F_NE,
	F_CO,
	F_SW,
	F_EW,
	F_GT,
	F_GE,
	F_LT,
	F_LE,
	F__MAX
};

enum filter_value_type {
	V_NONE = 0, /* F_AND, F_OR, F_NOT, F_HAS, F_PR */
	V_NULL, /* attr eq null: not present */
	V_STRING, /* folded unless the attribute is caseExact; times as time_print_us writes them */
	V_NUMBER, /* text is the literal, a JSON number */
	V_BOOLEAN
};

struct filter_value {
	enum filter_value_type type;
	const char *text; /* V_STRING, V_NUMBER; NUL-terminated, holds no NUL */
	size_t len;
	bool boolean; /* V_BOOLEAN */
};

struct filter {
	enum filter_op op;
	struct path path; /* F_HAS, F_PR and comparisons. Inside F_HAS: attr is a row of the
			     sub-attributes, extension and sub are NULL. path.filter is NULL */
	struct filter_value value; /* comparisons */
	const struct filter *left; /* F_AND, F_OR, F_NOT, F_HAS */
	const struct filter *right; /* F_AND, F_OR */
};

/*
 * Parse a filter over resources of type rt; the whole of text[len] must be one.
 *
 * A comparison with a complex attribute means its value sub-attribute (emails co "x"), which is
 * what path then says. attr[f].sub op v becomes attr[f and sub op v] (QUIRK_PATH_FILTER).
 *
 * Fails: SCIM_INVALID_FILTER  not a filter; longer, deeper or with more terms than cx->limits; no
 *                             such attribute; an attribute whose value is never returned; a value
 *                             that does not fit the attribute's type; gt, ge, lt, le on boolean
 *                             or binary; co, sw, ew on boolean or number
 */
enum scim_err filter_parse(struct ctx *cx, const struct resource_type *rt, const char *text,
	size_t len, const struct filter **tree);

/* The same for the filter inside attr[...]: names are those of subs. */
enum scim_err filter_parse_values(struct ctx *cx, const struct attr *attr, const char *text,
	size_t len, const struct filter **tree);

/* Print a tree as an S-expression, (and (eq userName "bjensen") (pr title)): for tests. */
void filter_print(struct buf *buf, const struct filter *tree);

/* "eq", "and" ... indexed by op; F_HAS is "has". */
extern const char *const filter_op_names[F__MAX];

#endif
