/* SPDX-License-Identifier: MIT */
/* The text and parameters that user_list_queue composes, for tests that look at statements. */
#ifndef TESTS_STORE_COMPOSED_H
#define TESTS_STORE_COMPOSED_H

#include "store/user.h"

struct composed {
	const char *sql;
	int count;
	const char *const *params;
};

/* What of a list is asked for; all may be zero. */
struct listing {
	const char *filter;
	const char *sort;
	const struct position *after;
	int64_t offset;
};

/* Fails the running test when the filter or sortBy is none. */
void compose_list(struct ctx *cx, const struct uuid *directory, const struct listing *listing,
	struct composed *composed);

#endif
