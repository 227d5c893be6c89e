/* SPDX-License-Identifier: MIT */
/* A directory with custom schemas of every kind of attribute: those of vectors/custom.json. */
#ifndef TESTS_CUSTOM_H
#define TESTS_CUSTOM_H

#include "scim/schema_set.h"

/*
 * Its resource types, indexed by enum resource_kind, made the way of all schemas: parsed, put into a set,
 * stored as text, read for a request.
 */
const struct resource_type *const *custom_types(struct ctx *cx);

#endif
