/* SPDX-License-Identifier: MIT */
/* The text and parameters that record_list_queue composes, for tests that look at statements. */
#ifndef TESTS_STORE_COMPOSED_H
#define TESTS_STORE_COMPOSED_H

#include "store/log_list.h"
#include "store/reading.h"
#include "store/record.h"

struct composed {
	const char *sql;
	int count;
	const char *const *params;
};

/* What of a list is asked for; all may be zero: then all users. */
struct listing {
	const char *filter;
	const char *sort;
	const struct position *after;
	int64_t offset;
	bool groups; /* of groups; or with users too */
	bool both;
	bool memberships;
};

/* Fails the running test when the filter or sortBy is none. */
void compose_list(struct ctx *cx, const struct uuid *directory, const struct listing *listing,
	struct composed *composed);

/* The same for a list of the read API and of the request log. */
void compose_reading(struct ctx *cx, const struct reading_query *query, struct composed *composed);
void compose_log(struct ctx *cx, const struct log_query *query, struct composed *composed);

#endif
