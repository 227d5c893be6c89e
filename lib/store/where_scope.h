/* SPDX-License-Identifier: MIT */
/* What the files of where.h share: one composition, its operators and its leaves. */
#ifndef STORE_WHERE_SCOPE_H
#define STORE_WHERE_SCOPE_H

#include "store/where.h"

/* Where the leaves are. */
struct scope {
	struct query *query;
	const struct where *where;
	const char *element; /* inside a value filter: the element's SQL; NULL: the row */
	bool simple; /* the elements are simple values: "value" is the element itself */
	bool membership; /* the elements are rows e of where_membership.c */
	bool negated; /* under NOT: no null may come out */
};

/* Operators of SQL by enum filter_op: "%1" is the operand, "%2" the parameter; NULL: it has none. */
extern const char *const where_text_ops[F__MAX];
extern const char *const where_plain_ops[F__MAX];

/* How the operand of a place is written, and what it is compared as. */
enum operand_type {
	O_DOC = 0, /* inside keys: see put_doc_comparison */
	O_TEXT,
	O_BOOLEAN,
	O_TIME,
	O_ID,
	O_VERSION,
	O_LOCATION,
	O_TYPE_NAME,
	O_MEMBERSHIP, /* see where_membership.c */
	O_NEVER, /* nothing to compare with */
	OPERAND__MAX
};

struct place {
	enum operand_type type;
	const char *sql;
};

extern const struct place where_places[PLACE__MAX];

/* "$n::type" for a further parameter. */
const char *where_param(struct query *query, const char *value, const char *type);

/* A text of ours as an SQL literal. */
const char *where_quoted(struct ctx *cx, const char *text);

void where_op(struct query *query, const char *op, const char *operand, const char *param);
void where_constant(struct scope *scope, bool value);

/* The row that says type and place: the sub-attribute if there is one. */
const struct attr *where_leaf(const struct path *path);

/*
 * Ids compare by eq, ne and order: 25 fixed digits sort like the UUID behind them.
 *   param  NULL: what is compared with is no id
 */
enum scim_err where_id(
	struct scope *scope, const struct filter *filter, const char *operand, const char *param);

/* A comparison with a column, or with what is computed from columns. */
enum scim_err where_column(
	struct scope *scope, const struct filter *filter, const struct place *place);

/* A filter in parentheses. */
enum scim_err where_put(struct scope *scope, const struct filter *filter);

/* members and groups, of the row: pr; a comparison; attr[filter->left]. */
void where_membership_present(struct scope *scope);
enum scim_err where_membership_any(struct scope *scope, const struct filter *filter);
enum scim_err where_membership_has(struct scope *scope, const struct filter *filter);
/* The same inside attr[...]: a comparison with one element. */
enum scim_err where_membership_leaf(struct scope *scope, const struct filter *filter);

#endif
