/* SPDX-License-Identifier: MIT */
/* The composers of the read API and of the request log, with another end: see composed.c. */
#define db_queue_text keep_reading
#define reading_list compose_reading_list
#define reading_get compose_reading_get
#define reading_read compose_reading_read
#define members_list compose_members_list
#define members_read compose_members_read
#define directory_visit compose_directory_visit
#define directory_types compose_directory_types
#define directory_primary compose_directory_primary
#define directory_of_id compose_directory_of_id
#include "store/reading_list.c" // NOLINT(bugprone-suspicious-include)
#define log_list compose_log_list
#define log_get compose_log_get
#define log_read compose_log_read
#define failures_list compose_failures_list
#define failures_read compose_failures_read
#include "store/log_list.c" // NOLINT(bugprone-suspicious-include)
#undef db_queue_text

#include "composed.h"

static struct composed kept;

struct rows *keep_reading(
	struct ctx *cx, struct db *db, const char *sql, int count, const char *const *params)
{
	(void)cx;
	(void)db;
	kept = (struct composed){ sql, count, params };
	return NULL;
}

void compose_reading(struct ctx *cx, const struct reading_query *query, struct composed *composed)
{
	reading_list(cx, NULL, query);
	*composed = kept;
}

void compose_log(struct ctx *cx, const struct log_query *query, struct composed *composed)
{
	log_list(cx, NULL, query);
	*composed = kept;
}
