/* SPDX-License-Identifier: MIT */
/* The composer itself, with another end: what it queues is kept. */
#define db_queue_text keep_text
#define db_queue keep_statement
#define record_list_queue compose_record_list
#define record_list_read read_composed
#include "store/record_list.c" // NOLINT(bugprone-suspicious-include)
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

static void prepare_source(struct ctx *cx, const struct listing *listing,
	const struct resource_type *rt, struct record_source *source)
{
	const char *filter = listing->filter, *sort = listing->sort;
	struct path *path = arena_alloc(cx->arena, sizeof(*path));

	*source = (struct record_source){ .rt = rt, .memberships = listing->memberships };
	if (filter)
		CU_ASSERT_FALSE_FATAL(
			filter_parse(cx, rt, filter, strlen(filter), &source->filter));
	if (!sort)
		return;
	CU_ASSERT_TRUE_FATAL(path_resolve(cx, rt, sort, strlen(sort), path));
	source->sort = path;
}

void compose_list(struct ctx *cx, const struct uuid *directory, const struct listing *listing,
	struct composed *composed)
{
	struct record_source sources[KIND__MAX];
	struct record_query query = { .directory = directory,
		.base = "https://rollcall.test/scim/v2",
		.sources = sources,
		.sorted = listing->sort,
		.after = listing->after,
		.offset = listing->offset,
		.limit = 100 };
	struct record_listed listed;

	if (!listing->groups || listing->both)
		prepare_source(cx, listing, &user_type, &sources[query.source_count++]);
	if (listing->groups || listing->both)
		prepare_source(cx, listing, &group_type, &sources[query.source_count++]);
	CU_ASSERT_FALSE_FATAL(compose_record_list(cx, NULL, &query, &listed));
	*composed = kept;
}
