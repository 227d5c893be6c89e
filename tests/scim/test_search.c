/* SPDX-License-Identifier: MIT */
/* SearchRequest: the vectors, and what a strict directory says. */
#include "scim/search.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "support.h"
#include "vector.h"

/* "strict: " before the message is the mode. */
static void run_search(struct ctx *cx, char **inputs, struct buf *got)
{
	const char *text = inputs[0];
	const struct parameter *parameters = NULL;
	struct json_object *body = NULL;
	int count = 0;
	cx->strict = text_istarts(text, strlen(text), "strict: ");
	text += cx->strict ? strlen("strict: ") : 0;
	if (json_parse_object(cx, text, strlen(text), &body) ||
		search_parse(cx, body, &parameters, &count)) {
		vector_error(got, cx);
		return;
	}
	buf_putc(got, '?');
	for (int i = 0; i < count; i++)
		buf_printf(got, "%s%s=%s", i ? "&" : "", parameters[i].name, parameters[i].value);
	for (enum quirk quirk = 0; quirk < QUIRK__MAX; quirk++)
		if (cx->quirks & (uint64_t)1 << quirk)
			buf_printf(got, " + %s", quirk_names[quirk]);
}

static void vectors_hold(void)
{
	vectors_run("search.txt", 1, run_search);
}

static void errors_name_the_member(void)
{
	struct ctx *cx = test_ctx();
	static const char text[] = "{\"schemas\":[],\"COUNT\":1.5}";
	const struct parameter *parameters;
	struct json_object *body;
	int count;
	CU_ASSERT_EQUAL_FATAL(json_parse_object(cx, text, sizeof(text) - 1, &body), SCIM_OK);
	CU_ASSERT_EQUAL(search_parse(cx, body, &parameters, &count), SCIM_INVALID_VALUE);
	CU_ASSERT_STRING_EQUAL(cx->detail, "'count' must be an integer");
	test_ctx_free(cx);
}

CU_TestInfo search_tests[] = {
	{ "the vectors hold", vectors_hold },
	{ "errors name the member", errors_name_the_member },
	CU_TEST_INFO_NULL,
};
