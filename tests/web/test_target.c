/* SPDX-License-Identifier: MIT */
/* Request targets: one meaning each, whatever web servers make of them. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "support.h"
#include "vector.h"
#include "web/target.h"

/* "/a|b" and its parameters "?x=1&y=2"; an undecodable value is printed as !. */
static void print_target(struct ctx *cx, const char *base_path, const char *target, struct buf *got)
{
	const struct app app = { .base_path = base_path };
	const struct request rq = { .target = target };
	struct call call = { .cx = cx, .app = &app, .rq = &rq };
	int i;

	if (target_parse(&call)) {
		vector_error(got, cx);
		return;
	}
	for (i = 0; i < call.segments; i++)
		buf_printf(got, "%s%s", i ? "|" : "/", call.segment[i]);
	for (i = 0; i < call.parameter_count; i++)
		buf_printf(got, "%c%s=%s", i ? '&' : '?', call.parameters[i].name,
			call.parameters[i].value ? call.parameters[i].value : "!");
}

/* reliability.md A12. NULL: 404. */
static const struct target_row {
	const char *base;
	const char *target;
	const char *expected;
} rows[] = {
	{ "", "/", "" },
	{ "", NULL, "" },
	{ "", "/scim/v2/Users", "/scim|v2|Users" },
	{ "", "/scim/v2/Users/", "/scim|v2|Users" },
	{ "", "/scim/v2/Users?", "/scim|v2|Users" },
	{ "", "/a%20b/c+d", "/a b|c+d" },
	{ "", "/%C3%BC", "/ü" },
	{ "", "/urn:ietf:params;x=1@", "/urn:ietf:params;x=1@" },
	{ "", "/a?x=1&y=a%26b+c&z", "/a?x=1&y=a&b c&z=" },
	{ "", "/a?x=%zz&y=1", "/a?x=!&y=1" },
	{ "", "/a?x=%00&y=%FF", "/a?x=!&y=!" },
	{ "", "/a?%FF=1&b=2", "/a?b=2" },
	{ "", "/a?&&x=1&", "/a?x=1" },
	{ "", "/a?x=1?y=2", "/a?x=1?y=2" },
	{ "", "/a?x==1", "/a?x==1" },
	{ "", "/a?p=..//%2F", "/a?p=..///" },
	{ "", "http://host/a/b?c", "/a|b?c=" },
	{ "", "HTTPS://user@host:1/a", "/a" },
	{ "", "http://host", "" },
	{ "/prefix", "/prefix/a", "/a" },
	{ "/prefix", "/prefix", "" },
	{ "/prefix", "http://host/prefix/a", "/a" },

	{ "", "", "" },
	{ "", "*", NULL },
	{ "", "a", NULL },
	{ "", "//", NULL },
	{ "", "//a", NULL },
	{ "", "/a//b", NULL },
	{ "", "/a//", NULL },
	{ "", "/.", NULL },
	{ "", "/a/./b", NULL },
	{ "", "/a/../b", NULL },
	{ "", "/a/..", NULL },
	{ "", "/a/%2e", NULL },
	{ "", "/a/%2e%2E/b", NULL },
	{ "", "/a/.%2e/b", NULL },
	{ "", "/a%2Fb", NULL },
	{ "", "/a%2fb", NULL },
	{ "", "/a%5Cb", NULL },
	{ "", "/a\\b", NULL },
	{ "", "/a%00", NULL },
	{ "", "/a%0ab", NULL },
	{ "", "/a\nb", NULL },
	{ "", "/a%7f", NULL },
	{ "", "/a%", NULL },
	{ "", "/a%4", NULL },
	{ "", "/a%zz", NULL },
	{ "", "/%FF", NULL },
	{ "", "/%C0%AF", NULL },
	{ "", "/%ED%A0%80", NULL },
	{ "", "/\xff", NULL },
	{ "", "/%252F", "/%2F" },
	{ "", "/1/2/3/4/5/6/7/8", "/1|2|3|4|5|6|7|8" },
	{ "", "/1/2/3/4/5/6/7/8/9", NULL },
	{ "/prefix", "/", NULL },
	{ "/prefix", "/Prefix/a", NULL },
	{ "/prefix", "/prefixed/a", NULL },
	{ "/prefix", "/prefix//a", NULL },
};

static void targets_are_split_or_refused(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *expected = rows[i].expected ? rows[i].expected : "! 404";
		struct ctx *cx = test_ctx();
		struct buf got;

		buf_init(&got, cx->arena, 0);
		print_target(cx, rows[i].base, rows[i].target, &got);
		CU_ASSERT_STRING_EQUAL(got.data, expected);
		if (strcmp(got.data, expected) != 0)
			printf("\n%s: expected %s, got %s", rows[i].target, expected, got.data);
		test_ctx_free(cx);
	}
}

CU_TestInfo target_tests[] = {
	{ "targets are split, or refused where readers could differ",
		targets_are_split_or_refused },
	CU_TEST_INFO_NULL,
};
