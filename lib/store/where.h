/* SPDX-License-Identifier: MIT */
/*
 * Filters and sort keys as SQL over rows r of users or groups; record_list.c puts them into whole
 * statements. It appends operators, column names, names of the schema tables and $n; values are
 * parameters, always. It needs no connection. What a filter means is said at enum filter_op in
 * filter.h; match.c says it in C.
 */
#ifndef STORE_WHERE_H
#define STORE_WHERE_H

#include "base/buf.h"
#include "scim/filter.h"

/* A statement being composed. Its $1 is the directory. */
struct query {
	struct ctx *cx;
	struct buf sql;
	const char **params;
	int count;
	int cap;
	int semijoins; /* terms so far that become one */
};

/* Begin with the directory as $1. */
void query_init(struct query *query, struct ctx *cx, const struct uuid *directory);

/* Append "$n::type" for a further parameter; value is borrowed. */
void query_param(struct query *query, const char *value, const char *type);

/* What of a resource is not in the row: for meta.location and meta.resourceType. */
struct where {
	const struct resource_type *rt;
	const char *base; /* SCIM base URL without a trailing slash */
};

/*
 * Append a condition that is true of the rows that satisfy the filter (elsewhere false or null).
 *
 * Fails: SCIM_INVALID_FILTER  an operator that a computed attribute cannot take (id co "x"); an
 *                             order among ids with what is no id (id gt "x")
 */
enum scim_err where_filter(
	struct query *query, const struct where *where, const struct filter *filter);

/*
 * Append a whole statement: the ids of the members of one group that satisfy the filter of
 * members[filter], in order. Fails as where_filter.
 */
enum scim_err where_members(struct query *query, const struct where *where,
	const struct uuid *group, const struct filter *filter);

/*
 * Append the expression that sortBy orders by; null where a resource has no such value. Of a text
 * in the document the first 256 characters decide.
 *   type  set to its SQL type
 *
 * Fails: SCIM_INVALID_VALUE  a complex attribute without a value sub-attribute
 */
enum scim_err where_sort_key(
	struct query *query, const struct where *where, const struct path *path, const char **type);

#endif
