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
	static const char *const tables[] = { "users", "groups", "group_members",
		"attribute_values", "events", "request_log", "directories", "bearer_tokens",
		"api_keys", "sessions", "setup_links", "oauth_clients", "audit_log", "feed", NULL };
	struct arena *arena = arena_new();
	const char *log = quiet_text(arena);
	int i;

	for (i = 0; tables[i]; i++)
		CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM %s t WHERE t::text ~* "
					"'s3cret|rollcall_(scim|sk|setup|client)_[0-9a-f]'",
					tables[i]),
			0);
	CU_ASSERT_TRUE(sql_int("SELECT count(*) FROM request_log") > 100);
	CU_ASSERT_TRUE(strlen(log) > 10000);
	CU_ASSERT_PTR_NULL(strstr(log, "s3cret"));
	CU_ASSERT_PTR_NULL(strstr(log, "rollcall_s"));
	CU_ASSERT_PTR_NULL(strstr(log, "rollcall_client_"));
	CU_ASSERT_PTR_NULL(strstr(log, "\"level\":\"error\""));
	if (strstr(log, "\"level\":\"error\""))
		printf("\n%.400s", strstr(log, "\"level\":\"error\""));
	arena_free(arena);
}

/* The count that is kept is the number of resources there are, in every directory. */
static void totals_are_exact(void)
{
	static const char *const kinds[] = { "users", "groups", NULL };
	int i;

	for (i = 0; kinds[i]; i++)
		CU_ASSERT_EQUAL(
			sql_int("SELECT count(*) FROM (SELECT directory_id, sum(delta) AS kept"
				"  FROM count_deltas WHERE kind = '%s' GROUP BY 1) c FULL JOIN"
				" (SELECT directory_id, count(*) AS there FROM %s"
				" WHERE deleted_at IS NULL GROUP BY 1) u USING (directory_id)"
				" WHERE coalesce(kept, 0) <> coalesce(there, 0)",
				kinds[i], kinds[i]),
			0);
}

/* Every membership is of a live group and a live member of its type, and is counted. */
static void memberships_are_whole(void)
{
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM group_members m"
				" WHERE NOT EXISTS (SELECT FROM groups g WHERE g.id = m.group_id"
				" AND g.directory_id = m.directory_id AND g.deleted_at IS NULL)"
				" OR NOT EXISTS (SELECT FROM users u WHERE u.id = m.member_id"
				" AND u.directory_id = m.directory_id AND u.deleted_at IS NULL"
				" AND m.type = 'User' AND u.label = m.display"
				" UNION ALL SELECT FROM groups g WHERE g.id = m.member_id"
				" AND g.directory_id = m.directory_id AND g.deleted_at IS NULL"
				" AND m.type = 'Group' AND g.display_name = m.display)"),
		0);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM groups g WHERE deleted_at IS NULL"
				" AND member_count <> (SELECT count(*) FROM group_members m"
				" WHERE m.directory_id = g.directory_id AND m.group_id = g.id)"),
		0);
}

CU_TestInfo transcripts_tests[] = {
	{ "the transcripts hold", the_transcripts_hold },
	{ "every route has a transcript of success", every_route_has_a_transcript },
	{ "nothing secret is kept in tables or log", nothing_secret_is_kept },
	{ "kept totals are the number of resources", totals_are_exact },
	{ "memberships are whole", memberships_are_whole },
	CU_TEST_INFO_NULL,
};
