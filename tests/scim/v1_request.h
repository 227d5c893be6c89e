/* SPDX-License-Identifier: MIT */
/* Requests of SCIM 1.1 as vectors: what a body, and what was there before, come to. */
#ifndef TESTS_SCIM_V1_REQUEST_H
#define TESTS_SCIM_V1_REQUEST_H

#include "scim/dialect.h"
#include "vector.h"

typedef enum scim_err v1_fn(struct ctx *cx, const struct resource_type *rt, struct wish *wish);

/*
 * inputs[0]: "strict ", "Custom " (see custom.h) and "Group ", as they fit, and the body; inputs[1]: the resource as stored, or "-"; it was last
 * changed at 1429123454227 ms.
 * <1> is a UUID, <u1> and <g1> that of a user and a group as SCIM 2.0 spells it. The result is the
 * resource; with members "plan", "unknown" and "note" beside it, see vectors/v1_read.txt. *changed: it is
 * not what was before.
 */
void v1_request(struct ctx *cx, v1_fn *fn, char **inputs, struct buf *got, bool *changed);

/* <1>, <u1> and <g1> to ids. */
const char *v1_expand(struct ctx *cx, const char *text);

#endif
