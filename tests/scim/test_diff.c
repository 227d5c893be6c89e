/* SPDX-License-Identifier: MIT */
#include "scim/diff.h"

#include "base/json.h"
#include "base/text.h"
#include "custom.h"
#include "support.h"
#include "vector.h"

static const struct resource_type *type_of(struct ctx *cx, const char *name)
{
	if (strcmp(name, "CustomUser") == 0)
		return custom_types(cx)[KIND_USER];
	return strcmp(name, "Group") == 0 ? &group_type : &user_type;
}

static void told(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct resource_type *rt = type_of(cx, inputs[0]);
	struct json_object *before, *after;
	const char *text;

	before = json_parse_stored(cx->arena, inputs[1], strlen(inputs[1]));
	if (strcmp(inputs[2], "-") == 0) {
		text = resource_told(cx->arena, rt, before);
		buf_puts(got, text ? text : "-");
		return;
	}
	after = json_parse_stored(cx->arena, inputs[2], strlen(inputs[2]));
	buf_puts(got, resource_changes(cx->arena, rt, before, after));
}

static void events_tell(void)
{
	vectors_run("diff.txt", 3, told);
}

CU_TestInfo diff_tests[] = {
	{ "events tell what changed, and nothing that is never returned", events_tell },
	CU_TEST_INFO_NULL,
};
