/* SPDX-License-Identifier: MIT */
/* The composer itself, with another end: what it queues is kept. */
#define db_queue_text keep_text
#define db_queue keep_statement
#define user_list_queue compose_user_list
#define user_list_read read_composed
#include "store/user_list.c" // NOLINT(bugprone-suspicious-include)
#undef db_queue_text

#include <CUnit/CUnit.h>

#include "composed.h"

static struct composed kept;

struct rows *keep_text(
	struct ctx *cx, struct db *db, const char *sql, int count, const char *const *params)
{
	(void)cx;
	(void)db;
	kept = (struct composed){ sql, count, params };
	return NULL;
}

struct rows *keep_statement(
	struct ctx *cx, struct db *db, enum stmt_id id, const char *const *params)
{
	(void)cx;
	(void)db;
	(void)id;
	(void)params;
	return NULL;
}

void compose_list(struct ctx *cx, const struct uuid *directory, const struct listing *listing,
	struct composed *composed)
{
	const struct where where = { &user_type, "https://rollcall.test/scim/v2", ID_USER };
	const char *filter = listing->filter, *sort = listing->sort;
	struct user_query query = { .where = &where,
		.directory = directory,
		.after = listing->after,
		.offset = listing->offset,
		.limit = 100 };
	struct rows *page, *total;
	struct path path;

	if (filter)
		CU_ASSERT_FALSE_FATAL(
			filter_parse(cx, &user_type, filter, strlen(filter), &query.filter));
	if (sort)
		CU_ASSERT_TRUE_FATAL(path_resolve(cx, &user_type, sort, strlen(sort), &path));
	query.sort = sort ? &path : NULL;
	CU_ASSERT_FALSE_FATAL(compose_user_list(cx, NULL, &query, &page, &total));
	*composed = kept;
}
