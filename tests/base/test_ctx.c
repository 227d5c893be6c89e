/* SPDX-License-Identifier: MIT */
#include "base/ctx.h"

#include "base/text.h"
#include "support.h"

static void the_first_failure_is_kept(void)
{
	struct ctx *cx = test_ctx();

	CU_ASSERT_EQUAL(cx->err, SCIM_OK);
	CU_ASSERT_EQUAL(
		ctx_fail(cx, SCIM_INVALID_PATH, "no attribute '%s'", "x"), SCIM_INVALID_PATH);
	CU_ASSERT_EQUAL(ctx_fail(cx, SCIM_INTERNAL, "later"), SCIM_INVALID_PATH);
	CU_ASSERT_EQUAL(cx->err, SCIM_INVALID_PATH);
	CU_ASSERT_STRING_EQUAL(cx->detail, "no attribute 'x'");
	test_ctx_free(cx);
}

static void a_cleared_context_may_fail_anew(void)
{
	struct ctx *cx = test_ctx();

	ctx_fail(cx, SCIM_RETRY, "serialization failure");
	ctx_clear(cx);
	CU_ASSERT_EQUAL(cx->err, SCIM_OK);
	CU_ASSERT_PTR_NULL(cx->detail);
	CU_ASSERT_EQUAL(ctx_fail(cx, SCIM_NOT_FOUND, "gone"), SCIM_NOT_FOUND);
	CU_ASSERT_STRING_EQUAL(cx->detail, "gone");
	test_ctx_free(cx);
}

/* What the client said, and what is repeated of it. */
static const struct {
	const char *said, *shown;
} quotes[] = {
	{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "a\r\nSet-Cookie: x", "a??Set-Cookie: x" },
	{ "\x1b[31m\x7f", "?[31m?" },
	{ "\xc2\x85next\xc2\xa0line", "??next\xc2\xa0line" },
	{ "\xff\xc0\xaf\xed\xa0\x80", "??????" },
	{ "cut \xe2\x82", "cut ??" },
};

static void details_are_clean_text(void)
{
	for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++) {
		struct ctx *cx = test_ctx();

		ctx_fail(cx, SCIM_INVALID_VALUE, "%s", quotes[i].said);
		CU_ASSERT_STRING_EQUAL(cx->detail, quotes[i].shown);
		test_ctx_free(cx);
	}
}

static void long_details_are_cut_between_characters(void)
{
	char text[1024];

	for (size_t shift = 0; shift < 4; shift++) {
		struct ctx *cx = test_ctx();

		memset(text, 'x', sizeof(text));
		for (size_t i = shift; i + 4 < sizeof(text); i += 4)
			memcpy(text + i, "\xf0\x9f\x98\x80", 4);
		text[sizeof(text) - 1] = '\0';
		ctx_fail(cx, SCIM_INVALID_VALUE, "%s", text);
		CU_ASSERT(strlen(cx->detail) <= 500);
		CU_ASSERT(strlen(cx->detail) > 496);
		CU_ASSERT(utf8_valid(cx->detail, strlen(cx->detail)));
		CU_ASSERT_EQUAL(strchr(cx->detail, '?'), NULL);
		test_ctx_free(cx);
	}
}

static void details_up_to_the_limit_are_whole(void)
{
	struct ctx *cx = test_ctx();

	ctx_fail(cx, SCIM_INVALID_VALUE, "%0500d", 0);
	CU_ASSERT_EQUAL(strlen(cx->detail), 500);
	ctx_clear(cx);
	ctx_fail(cx, SCIM_INVALID_VALUE, "%0501d", 0);
	CU_ASSERT_EQUAL(strlen(cx->detail), 500);
	test_ctx_free(cx);
}

CU_TestInfo ctx_tests[] = {
	{ "the first failure is kept", the_first_failure_is_kept },
	{ "a cleared context may fail anew", a_cleared_context_may_fail_anew },
	{ "details are clean text", details_are_clean_text },
	{ "long details are cut between characters", long_details_are_cut_between_characters },
	{ "details up to the limit are whole", details_up_to_the_limit_are_whole },
	CU_TEST_INFO_NULL,
};
