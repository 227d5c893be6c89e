/* SPDX-License-Identifier: MIT */
/* The tables of what the API takes and answers are whole, and the document is one. */
#include "web/openapi.h"

#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "support.h"
#include "web/handlers.h"
#include "web/session.h"
#include "web/usage.h"

static void every_route_has_one_row(void)
{
	size_t i, j;

	for (i = 0; i < route_count; i++) {
		bool told = !session_kind(routes[i].face) && routes[i].handler != on_asset;

		CU_ASSERT_EQUAL(usage_of(&routes[i]) != NULL, told);
		if (told && !usage_of(&routes[i]))
			printf("\nnot in usage.c: %s %s", http_method_names[routes[i].method],
				routes[i].path);
	}
	for (i = 0; i < usage_count; i++) {
		for (j = 0; j < route_count && usage_of(&routes[j]) != &usages[i]; j++)
			;
		CU_ASSERT_TRUE(j < route_count);
		for (j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(usages[i].id, usages[j].id);
	}
}

static size_t count_captures(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '{';
	return n;
}

/* Paths have as many examples as braces, and a body is read where one is said. */
static void rows_fit_their_routes(void)
{
	const struct usage *usage;
	size_t i, n;

	for (i = 0; i < route_count; i++) {
		if (!(usage = usage_of(&routes[i])) || (usage->flags & USAGE_NEVER))
			continue;
		n = (usage->captures[0] != NULL) + (usage->captures[1] != NULL);
		CU_ASSERT_EQUAL(n, count_captures(routes[i].path));
		if (usage->body)
			CU_ASSERT_TRUE(routes[i].flags & (ROUTE_WRITES | ROUTE_BODY));
	}
}

static void check_references(struct json_object *document, struct json_object *value)
{
	const char *reference = json_get_string(value, "$ref");
	struct json_object *found;
	size_t i;

	if (json_object_is_type(value, json_type_array)) {
		for (i = 0; i < json_object_array_length(value); i++)
			check_references(document, json_object_array_get_idx(value, i));
	} else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, member)
		{
			if (strcmp(name, "example") != 0)
				check_references(document, member);
		}
	}
	if (!reference)
		return;
	CU_ASSERT_EQUAL(json_pointer_get(document, reference + 1, &found), 0);
}

/* No name twice (it would not print as it was), and nothing is referred to that is not there. */
static void the_document_is_whole(void)
{
	struct ctx *cx = test_ctx();
	struct json_object *document, *paths;
	struct buf buf, again;

	buf_init(&buf, cx->arena, 0);
	buf_init(&again, cx->arena, 0);
	openapi_print(&buf, "https://rollcall.test");
	document = json_parse_stored(cx->arena, buf.data, buf.len);
	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	json_print(&again, document);
	CU_ASSERT_EQUAL(buf.len, again.len);
	check_references(document, document);
	paths = json_get(document, "paths");
	CU_ASSERT_PTR_NOT_NULL(json_get(paths, "/v1/organizations/{id}"));
	CU_ASSERT_PTR_NOT_NULL(json_get(paths, "/scim/v2/Users"));
	CU_ASSERT_PTR_NOT_NULL(json_get(paths, "/v1/scim/{directory}/Users"));
	CU_ASSERT_PTR_NOT_NULL(json_get(paths, "/scim/v1/Users"));
	CU_ASSERT_PTR_NOT_NULL(json_get(paths, "/api/directory/user"));
	CU_ASSERT_PTR_NOT_NULL(json_get(paths, "/v1/user/{id}"));
	CU_ASSERT_PTR_NULL(json_get(paths, "/v1/user/Schemas"));
	CU_ASSERT_PTR_NULL(json_get(paths, "/api/oauth/token"));
	test_ctx_free(cx);
}

CU_TestInfo openapi_tests[] = {
	{ "every route has one row", every_route_has_one_row },
	{ "rows fit their routes", rows_fit_their_routes },
	{ "the document is whole", the_document_is_whole },
	CU_TEST_INFO_NULL,
};
