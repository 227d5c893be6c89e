/* SPDX-License-Identifier: MIT */
/* What a comparison's value means for the type of its attribute; private to filter*.c. */
#ifndef SCIM_FILTER_VALUE_H
#define SCIM_FILTER_VALUE_H

#include "scim/filter.h"
#include "scim/filter_lex.h"

/*
 * Give literal the type of attr: folded, normalised, as struct filter_value says.
 *
 * Fails: SCIM_INVALID_FILTER  op does not apply to the type, or the value does not fit it
 */
enum scim_err filter_value_of(struct ctx *cx, enum filter_op op, const struct attr *attr,
	const struct literal *literal, struct filter_value *value);

#endif
