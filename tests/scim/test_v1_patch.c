/* SPDX-License-Identifier: MIT */
#include "scim/v1.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/resource.h"
#include "support.h"
#include "v1_request.h"

static void patch_vector(struct ctx *cx, char **inputs, struct buf *got)
{
	bool changed;
	v1_request(cx, v1_patch, inputs, got, &changed);
}

static void bodies_are_merged(void)
{
	vectors_run("v1_patch.txt", 2, patch_vector);
}

static char user[] =
	"{\"schemas\":[\"" URN_USER "\",\"" URN_ENTERPRISE "\"],\"userName\":\"b\","
	"\"name\":{\"givenName\":\"G\"},\"nickName\":\"n\",\"active\":false,\"emails\":["
	"{\"value\":\"A@x\",\"type\":\"work\",\"primary\":true},"
	"{\"value\":\"h@x\",\"type\":\"home\"}],"
	"\"addresses\":[{\"locality\":\"L\",\"primary\":true}],"
	"\"" URN_ENTERPRISE "\":{\"division\":\"d\",\"manager\":{\"value\":\"<u1>\"}}}";

/* Bodies that leave the user above as it is. */
static const char *const idle[] = {
	"{}",
	"{\"id\":\"x\",\"meta\":{\"version\":\"1\",\"attributes\":[]},\"groups\":[{\"value\":\"x\"}]}",
	"{\"password\":\"p\"}",
	"{\"userName\":\"b\",\"active\":false}",
	"{\"active\":\"False\"}",
	"{\"" URN_PINGONE "\":{\"state\":\"DISABLED\"}}",
	"{\"emails\":[]}",
	"{\"emails\":null}",
	"{\"emails\":[null,{},{\"operation\":\"delete\"}]}",
	"{\"emails\":[{\"value\":\"h@x\"}]}",
	"{\"emails\":[{\"value\":\"A@x\",\"primary\":true}]}",
	"{\"emails\":[{\"value\":\"z@x\",\"operation\":\"delete\"}]}",
	"{\"roles\":[{\"value\":\"z\",\"operation\":\"delete\"}]}",
	"{\"addresses\":[{\"locality\":\"L\"}]}",
	"{\"addresses\":[{\"locality\":\"M\",\"operation\":\"delete\"}]}",
	"{\"addresses\":[{\"locality\":\"L\",\"country\":\"C\",\"operation\":\"delete\"}]}",
	"{\"addresses\":[{\"locality\":\"L\",\"primary\":false,\"operation\":\"delete\"}]}",
	"{\"name\":{}}",
	"{\"name\":{\"givenName\":\"G\",\"familyName\":null}}",
	"{\"" URN_V1_ENTERPRISE "\":{}}",
	"{\"" URN_V1_ENTERPRISE "\":{\"manager\":{\"managerId\":\"<1>\",\"displayName\":\"x\"}}}",
	"{\"meta\":{\"attributes\":[\"title\",\"name.formatted\",\"roles\"]}}",
	"{\"meta\":{\"attributes\":[\"nickName\"]},\"nickName\":\"n\"}",
	"{\"nosuch\":1}",
};

static void what_changes_nothing_leaves_the_same_document(void)
{
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
		struct ctx *cx = test_ctx();
		bool changed = true;
		char *inputs[] = { arena_strdup(cx->arena, idle[i]), user };
		struct buf got;
		buf_init(&got, cx->arena, 0);
		v1_request(cx, v1_patch, inputs, &got, &changed);
		CU_ASSERT_FALSE(changed);
		if (changed)
			printf("\n%s\n\t%s\n", idle[i], got.data);
		test_ctx_free(cx);
	}
}

/* What a client has read and sends back changes nothing. */
static void sent_back(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct origin origin = { .base = "https://x/v1" };
	const struct projection all = { .only = false };
	struct json_object *tree = NULL;
	bool changed = true;
	buf_puts(got, inputs[1]);
	if (inputs[1][0] != '{' || json_parse_object(cx, inputs[1], strlen(inputs[1]), &tree))
		return;
	bool group = strstr(inputs[1], URN_GROUP);
	json_object_object_del(tree, "members"); /* which are rows */
	struct stored stored = { .id = v1_expand(cx, group ? "<g1>" : "<u1>") };
	stored.doc = resource_text(cx->arena, tree, &stored.doc_len);
	for (int i = 0; i < 2; i++) {
		struct buf body;
		struct buf after;
		buf_init(&body, cx->arena, 0);
		buf_init(&after, cx->arena, 0);
		buf_puts(&body, group ? "Group " : "");
		(i ? v1_print_pingone : v1_print)(
			&body, group ? &group_type : &user_type, &all, &origin, &stored);
		char *again[] = { body.data, arena_strdup(cx->arena, stored.doc) };
		v1_request(cx, v1_patch, again, &after, &changed);
		CU_ASSERT_FALSE(changed);
	}
}

static void what_was_read_changes_nothing(void)
{
	vectors_run("resource.txt", 1, sent_back);
}

enum {
	MANY = 3000
};

/* A thousand values and more, among which none is the other. */
static const char *many(struct ctx *cx, const char *format)
{
	struct buf text;
	buf_init(&text, cx->arena, 0);
	for (int i = 0; i < MANY; i++) {
		if (i)
			buf_putc(&text, ',');
		for (const char *s = format; *s; s++) {
			if (*s == '#')
				buf_printf(&text, "%d", i);
			else
				buf_putc(&text, *s);
		}
	}
	return text.data;
}

static const struct {
	const char *there;
	const char *body;
	enum scim_err e;
} hostile[] = {
	{ "{\"value\":\"a#\"}", "{\"value\":\"b#\"}", SCIM_OK },
	{ "{\"value\":\"a#\"}", "{\"value\":\"A#\",\"operation\":\"delete\"}", SCIM_OK },
	{ "{\"value\":\"a\",\"type\":\"t#\"}", "{\"value\":\"a\",\"type\":\"s#\"}", SCIM_TOO_MANY },
	{ "{\"value\":\"a\",\"type\":\"t#\"}",
		"{\"value\":\"a\",\"type\":\"s#\",\"operation\":\"delete\"}", SCIM_TOO_MANY },
	{ "{\"display\":\"a#\"}", "{\"display\":\"b#\"}", SCIM_OK },
	{ "{\"display\":\"a#\"}", "{\"display\":\"b#\",\"operation\":\"delete\"}", SCIM_TOO_MANY },
};

static void hostile_lists_are_cut_short(void)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct ctx *cx = test_ctx();
		bool changed = false;
		char *inputs[] = {
			arena_printf(cx->arena, "{\"emails\":[%s]}", many(cx, hostile[i].body)),
			arena_printf(cx->arena,
				"{\"schemas\":[\"" URN_USER
				"\"],\"userName\":\"b\",\"active\":true,\"emails\":[%s]}",
				many(cx, hostile[i].there)),
		};
		struct buf got;
		buf_init(&got, cx->arena, 0);
		v1_request(cx, v1_patch, inputs, &got, &changed);
		CU_ASSERT_EQUAL(cx->err, hostile[i].e);
		test_ctx_free(cx);
	}
}

CU_TestInfo v1_patch_tests[] = {
	{ "bodies are merged", bodies_are_merged },
	{ "what changes nothing leaves the same document",
		what_changes_nothing_leaves_the_same_document },
	{ "what was read changes nothing", what_was_read_changes_nothing },
	{ "hostile lists are cut short", hostile_lists_are_cut_short },
	CU_TEST_INFO_NULL,
};
