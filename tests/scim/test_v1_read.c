/* SPDX-License-Identifier: MIT */
#include "scim/v1.h"
#include "scim/v1_body.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "support.h"
#include "v1_request.h"

static void read_vector(struct ctx *cx, char **inputs, struct buf *got)
{
	bool changed;
	v1_request(cx, v1_read, inputs, got, &changed);
}

static void bodies_are_read(void)
{
	vectors_run("v1_read.txt", 2, read_vector);
}

/* What is no quirk on this face, though it is one in SCIM 2.0, and what is. */
static const struct {
	const char *body;
	uint64_t quirks;
} noted[] = {
	{ "{\"userName\":\"b\"}", 0 },
	{ "{\"schemas\":[\"" URN_V1_CORE "\"],\"userName\":\"b\"}", 0 },
	{ "{\"schemas\":[\"" URN_PINGONE "\"],\"userName\":\"b\",\"" URN_PINGONE
	  "\":{\"state\":\"ACTIVE\"}}",
		0 },
	{ "{\"userName\":\"b\",\"" URN_V1_ENTERPRISE "\":{\"manager\":{\"managerId\":\"x\"}}}", 0 },
	{ "{\"userName\":\"b\",\"emails\":[\"a@x\"]}", 0 },
	{ "{\"userName\":\"b\",\"emails\":{\"value\":\"a@x\"}}", 1 << QUIRK_SINGLE_VALUE },
	{ "{\"schemas\":[\"urn:scim:schemas:core:2.0\"],\"userName\":\"b\"}",
		1 << QUIRK_FOREIGN_SCHEMA },
	{ "{\"userName\":\"b\",\"" URN_PINGONE "\":{\"shoe\":1}}", 1 << QUIRK_UNKNOWN_ATTRIBUTE },
};

static void own_ways_are_no_quirks(void)
{
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++) {
		struct ctx *cx = test_ctx();
		struct json_slice text = { noted[i].body, strlen(noted[i].body) };
		struct lifted body;
		struct wish wish = { .body = &body };
		CU_ASSERT_EQUAL_FATAL(
			json_parse_lifted(cx, &text, 1000, members_body_places, &body), SCIM_OK);
		CU_ASSERT_EQUAL(v1_read(cx, &user_type, &wish), SCIM_OK);
		CU_ASSERT_EQUAL(cx->quirks, noted[i].quirks);
		test_ctx_free(cx);
	}
}

/* Without types each is put twice; still no tree. */
static void long_lists_stay_text(void)
{
	const size_t n = 200000;
	struct ctx *cx = test_ctx();
	struct lifted body;
	struct member_plan plan;
	struct buf text;
	buf_init(&text, cx->arena, n * 64);
	buf_puts(&text, "{\"members\":[");
	for (size_t i = 0; i < n; i++) {
		struct uuid id = { { 0, (unsigned char)(i >> 16), (unsigned char)(i >> 8),
			(unsigned char)i } };
		buf_printf(&text, "%s{\"value\":\"%s\"}", i ? "," : "", uuid_text(cx->arena, &id));
	}
	buf_puts(&text, "]}");
	struct json_slice slice = { text.data, text.len };
	size_t before = arena_size(cx->arena);
	CU_ASSERT_EQUAL_FATAL(
		json_parse_lifted(cx, &slice, 10000000, members_body_places, &body), SCIM_OK);
	CU_ASSERT_EQUAL_FATAL(v1_members(cx, &body, true, &plan), SCIM_OK);
	CU_ASSERT_EQUAL(plan.count, 1);
	CU_ASSERT_EQUAL(plan.steps[0].add_count, 2 * n);
	CU_ASSERT(arena_size(cx->arena) - before < n * 96);
	test_ctx_free(cx);
}

/* The limit counts elements, not what they may mean. */
static void members_have_a_limit(void)
{
	static const char text[] = "{\"members\":[{\"value\":\"x\"},null,"
				   "{\"value\":\"00000000-0000-0000-0000-000000000001\"}]}";
	for (int64_t members = 2; members <= 3; members++) {
		struct ctx *cx = test_ctx();
		struct limits limits = test_limits;
		struct json_slice slice = { text, strlen(text) };
		struct lifted body;
		struct member_plan plan;
		limits.members = members;
		cx->limits = &limits;
		CU_ASSERT_EQUAL_FATAL(
			json_parse_lifted(cx, &slice, 1000, members_body_places, &body), SCIM_OK);
		CU_ASSERT_EQUAL(v1_members(cx, &body, false, &plan),
			members == 2 ? SCIM_TOO_LARGE : SCIM_OK);
		test_ctx_free(cx);
	}
}

/* Also of those that go: to take one out moves all behind it. */
static void values_have_a_limit(void)
{
	static const char *const bodies[] = {
		"{\"userName\":\"b\",\"emails\":[{\"operation\":\"delete\"},null%s]}",
		"{\"userName\":\"b\",\"schemas\":[\"" URN_PINGONE "\",\"" URN_V1_CORE "\"%s]}",
	};
	for (size_t i = 0; i < 2 * sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct ctx *cx = test_ctx();
		struct limits limits = test_limits;
		bool more = i % 2;
		const char *rest = !more ? "" : i / 2 ? ",\"" URN_PINGONE "\"" : ",null";
		struct json_slice text = { arena_printf(cx->arena, bodies[i / 2], rest), 0 };
		struct lifted body;
		struct wish wish = { .body = &body };
		text.len = strlen(text.text);
		limits.values = 2;
		cx->limits = &limits;
		CU_ASSERT_EQUAL_FATAL(
			json_parse_lifted(cx, &text, 1000, members_body_places, &body), SCIM_OK);
		CU_ASSERT_EQUAL(
			v1_read(cx, &user_type, &wish), more ? SCIM_INVALID_VALUE : SCIM_OK);
		test_ctx_free(cx);
	}
}

CU_TestInfo v1_read_tests[] = {
	{ "bodies are read", bodies_are_read },
	{ "own ways are no quirks", own_ways_are_no_quirks },
	{ "long lists stay text", long_lists_stay_text },
	{ "members have a limit", members_have_a_limit },
	{ "values have a limit", values_have_a_limit },
	CU_TEST_INFO_NULL,
};
