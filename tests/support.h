/* SPDX-License-Identifier: MIT */
/* What tests of every floor need: a context to call our functions with. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <CUnit/CUnit.h>

#include "base/ctx.h"

/* The limits that a server has when nobody sets others. */
extern const struct limits test_limits;

/*
 * A context as the router would make it, with an arena of its own and test_limits; its clock stands
 * at 2026-11-21T18:49:44.123Z. End it with test_ctx_free, which also ends whatever its arena holds.
 */
struct ctx *test_ctx(void);
void test_ctx_free(struct ctx *cx);

/* The path of a file below the folder of the tests: $TESTS_DIR, or else "tests". */
char *test_path(struct arena *arena, const char *file);

/* The bytes of a file, NUL-terminated; NULL when there is none. *len may be NULL. */
char *test_read(struct arena *arena, const char *path, size_t *len);

#endif
