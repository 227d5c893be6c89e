/* SPDX-License-Identifier: MIT */
/*
 * Does a value satisfy a filter? The meaning of filters on canonical JSON, for PATCH value paths;
 * store/where.c says the same in SQL.
 */
#ifndef SCIM_MATCH_H
#define SCIM_MATCH_H

#include <json-c/json.h>

#include "scim/filter.h"

/* Count bytes that are compared, for the limit of the request; false: it is passed, and cx->err is set. */
bool match_charge(struct ctx *cx, size_t len);

/*
 * A request that compares more than 4 MiB in all fails: cx->err is then SCIM_TOO_MANY, to be asked
 * for behind the last call.
 *
 * value: one value of the multi-valued attribute attr, canonical: an object, or a scalar, which
 * then counts as the sub-attribute "value". tree: from filter_parse_values with the same attr.
 */
bool match_value(struct ctx *cx, const struct filter *tree, const struct attr *attr,
	struct json_object *value);

/* A whole canonical resource (stored form, see resource.h) against a tree from filter_parse. */
bool match_resource(struct ctx *cx, const struct filter *tree, struct json_object *resource);

/* Does text[len] satisfy a comparison with a V_STRING value? Both are folded, or neither. */
bool match_text(enum filter_op op, const char *text, size_t len, const struct filter_value *value);

#endif
