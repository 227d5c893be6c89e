/* SPDX-License-Identifier: MIT */
/* The transcripts of tests/http/, see transcript.h, and what they leave behind. */
#include <CUnit/CUnit.h>
#include <glob.h>

#include "base/text.h"
#include "database.h"
#include "support.h"
#include "transcript.h"
#include "web/router.h"

static void the_transcripts_hold(void)
{
	struct arena *arena = arena_new();
	glob_t files = { 0 };
	size_t i;

	CU_ASSERT_EQUAL_FATAL(glob(test_path(arena, "http/*.http"), 0, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc; i++)
		transcript_run(files.gl_pathv[i]);
	globfree(&files);
	arena_free(arena);
}

static void every_route_has_a_transcript(void)
{
	size_t i;

	for (i = 0; i < route_count; i++) {
		CU_ASSERT_TRUE(transcript_has_route(i));
		if (!transcript_has_route(i))
			printf("\nno transcript: %s %s", http_method_names[routes[i].method],
				routes[i].path);
	}
}

/* Whatever the transcripts sent: secrets they hold begin so, passwords contain s3cret. */
static void nothing_secret_is_kept(void)
{
	static const char *const tables[] = { "users", "attribute_values", "events", "request_log",
		"directories", "bearer_tokens", "api_keys", NULL };
	struct arena *arena = arena_new();
	const char *log = quiet_text(arena);
	int i;

	for (i = 0; tables[i]; i++)
		CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM %s t WHERE t::text ~* "
					"'s3cret|rollcall_(scim|sk|setup)_[0-9a-f]'",
					tables[i]),
			0);
	CU_ASSERT_TRUE(sql_int("SELECT count(*) FROM request_log") > 100);
	CU_ASSERT_TRUE(strlen(log) > 10000);
	CU_ASSERT_PTR_NULL(strstr(log, "s3cret"));
	CU_ASSERT_PTR_NULL(strstr(log, "rollcall_s"));
	CU_ASSERT_PTR_NULL(strstr(log, "\"level\":\"error\""));
	if (strstr(log, "\"level\":\"error\""))
		printf("\n%.400s", strstr(log, "\"level\":\"error\""));
	arena_free(arena);
}

/* The count that is kept is the number of users there are, in every directory. */
static void totals_are_exact(void)
{
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM (SELECT directory_id, sum(delta) AS kept"
				"  FROM count_deltas GROUP BY 1) c FULL JOIN"
				" (SELECT directory_id, count(*) AS there FROM users"
				" WHERE deleted_at IS NULL GROUP BY 1) u USING (directory_id)"
				" WHERE coalesce(kept, 0) <> coalesce(there, 0)"),
		0);
}

CU_TestInfo transcripts_tests[] = {
	{ "the transcripts hold", the_transcripts_hold },
	{ "every route has a transcript of success", every_route_has_a_transcript },
	{ "nothing secret is kept in tables or log", nothing_secret_is_kept },
	{ "kept totals are the number of users", totals_are_exact },
	CU_TEST_INFO_NULL,
};
