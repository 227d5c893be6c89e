/* SPDX-License-Identifier: MIT */
/* The work behind json_guard, which see; json_parse needs the count as well. */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include "base/ctx.h"

/* json_guard's cap on cx->limits->json_depth. */
#define GUARD_DEPTH 128

/*
 * As json_guard, with a limit of its own for the values. *nodes comes with those that count towards it
 * already, and goes with those of text added, containers included.
 */
enum scim_err guard_text(
	struct ctx *cx, const char *text, size_t len, int64_t limit, int64_t *nodes);

#endif
