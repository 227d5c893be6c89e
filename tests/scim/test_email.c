/* SPDX-License-Identifier: MIT */
/* Which e-mail address stands for a user. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "scim/email.h"

static const struct email_row {
	const char *doc;
	const char *email;
} rows[] = {
	{ "{\"userName\":\"ann\"}", "" },
	{ "{\"userName\":\"ann@x.example\"}", "ann@x.example" },
	{ "{\"userName\":\"@x\"}", "" },
	{ "{\"userName\":\"ann@\"}", "" },
	{ "{\"userName\":\"a@b@c\"}", "" },
	{ "{\"userName\":\"an n@x\"}", "" },
	{ "{\"emails\":[{\"value\":\"a@x\"},{\"value\":\"b@x\"}],\"userName\":\"u@x\"}", "a@x" },
	{ "{\"emails\":[{\"value\":\"a@x\"},{\"primary\":true,\"value\":\"b@x\"}]}", "b@x" },
	{ "{\"emails\":[{\"value\":\"a@x\",\"primary\":false},{\"value\":\"b@x\"}]}", "a@x" },
	{ "{\"emails\":[{\"type\":\"work\"},{\"value\":\"b@x\"}]}", "b@x" },
	{ "{\"emails\":[{\"type\":\"work\",\"primary\":true}],\"userName\":\"u@x\"}", "u@x" },
	{ "{\"emails\":[{\"value\":\"\\u00e9\\\"@x\"}]}", "\xc3\xa9\"@x" },
	{ "{ \"userName\" : \"u@x\" , \"x\" : { \"emails\" : [ ] } }", "u@x" },
	{ "{}", "" },
};

static void one_stands_for_the_user(void)
{
	struct arena *arena = arena_new();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		CU_ASSERT_STRING_EQUAL(
			user_email(arena, rows[i].doc, strlen(rows[i].doc)), rows[i].email);
	arena_free(arena);
}

CU_TestInfo email_tests[] = {
	{ "one stands for the user", one_stands_for_the_user },
	CU_TEST_INFO_NULL,
};
