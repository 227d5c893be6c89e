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

/*
 * What a comparison means (RFC 7644 section 3.4.2.2), in match.c and in SQL alike. A value is an
 * element of a multi-valued attribute, or the value of a single-valued one.
 *
 *   attr op v      some value of attr satisfies "op v"
 *   attr.sub op v  the same as attr[sub op v]; ne, moreover, when attr has no value at all
 *   ne             also satisfied by what is absent: an attribute without values, a value without
 *                  the sub-attribute. For a single-valued attribute it is the complement of eq;
 *                  of a multi-valued one both may hold
 *   other ops      never satisfied by what is absent (active eq false: active must be there)
 *   eq null        the complement of pr, of the attribute or sub-attribute as a whole
 *   ne null        pr
 *   pr             some value is there, with sub if named; false is a value; null, "", [] and {}
 *                  are none; of a complex value some sub-attribute must be there
 *   not            the complement, resources without the attribute included
 */
enum filter_op {
	F_AND,
	F_OR,
	F_NOT,
	F_FALSE, /* for a type that lacks the attribute, see filter_parse_any */
	F_TRUE,
	F_HAS, /* attr[left]: some value of attr satisfies left */
	F_PR,
	F_EQ,
	F_NE, /* true of what is absent, see above */
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
	V_NONE = 0, /* what is no comparison, and F_PR */
	V_NULL, /* attr eq null: not present; F_EQ and F_NE only, path may be a whole complex one */
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
	/*
	 * F_HAS, F_PR and comparisons; path.filter is NULL. Inside F_HAS attr is a row of the
	 * sub-attributes, extension and sub are NULL; for an attribute of simple values attr is
	 * then a copy of its row with the name "value", which means the value itself.
	 */
	struct path path;
	struct filter_value value; /* comparisons */
	const struct filter *left; /* F_AND, F_OR, F_NOT, F_HAS */
	const struct filter *right; /* F_AND, F_OR */
};

/*
 * Parse a filter over resources of type rt; the whole of text[len] must be one.
 *
 * A comparison with a complex attribute means its value sub-attribute (emails co "x"), which is
 * what path then says; for a single-valued one this is QUIRK_COMPLEX_COMPARE. With null it means
 * the attribute itself. attr[f].sub op v becomes attr[f and sub op v] (QUIRK_PATH_FILTER).
 *
 * Fails: SCIM_INVALID_FILTER  not a filter; longer, deeper or with more terms than cx->limits; no
 *                             such attribute; an attribute whose value is never returned; a value
 *                             that does not fit the attribute's type; gt, ge, lt, le on boolean
 *                             or binary; co, sw, ew on boolean, number or dateTime; null with
 *                             other than eq and ne
 */
enum scim_err filter_parse(struct ctx *cx, const struct resource_type *rt, const char *text,
	size_t len, const struct filter **tree);

/* As filter_parse, by the names of a resolver; inside attr[...] they are those of its sub-attributes. */
enum scim_err filter_parse_by(struct ctx *cx, const struct resource_type *rt,
	path_resolver *resolve, const char *text, size_t len, const struct filter **tree);

/*
 * Parse a filter over resources of several types at once (RFC 7644 section 3.4.2.1). Each type gets
 * a tree of its own. What a type cannot make sense of, because it lacks the attribute or has it with
 * another type, is a comparison with no value there: F_TRUE for ne and for eq null, else F_FALSE,
 * attr[...] included.
 *
 *   types  NULL-terminated
 *   trees  one for each type; set on success
 *
 * Fails: SCIM_INVALID_FILTER  as filter_parse, where none of the types can make sense of a term
 */
enum scim_err filter_parse_any(struct ctx *cx, const struct resource_type *const *types,
	const char *text, size_t len, const struct filter **trees);

/*
 * As filter_parse, for the filter inside attr[...]: names are those of attr's sub-attributes, or "value"
 * when it has none. A string may be written 'x' there (QUIRK_SINGLE_QUOTES).
 */
enum scim_err filter_parse_values(struct ctx *cx, const struct attr *attr, const char *text,
	size_t len, const struct filter **tree);

/* Print a tree as an S-expression, (and (eq userName "bjensen") (pr title)): for tests. */
void filter_print(struct buf *buf, const struct filter *tree);

/* "eq", "and" ... indexed by op; F_HAS is "has". */
extern const char *const filter_op_names[F__MAX];

#endif
