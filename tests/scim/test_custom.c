/* SPDX-License-Identifier: MIT */
/*
 * Custom schemas at work: the types of a directory that has those of vectors/custom.json, in
 * everything that knows resource types.
 */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "custom.h"
#include "scim/match.h"
#include "scim/patch.h"
#include "scim/project.h"
#include "scim/resource.h"
#include "scim/schema_json.h"
#include "scim/schema_set.h"
#include "support.h"
#include "vector.h"

#define EXTENSION "urn:ex:ext:1.0:User"

static struct json_object *parsed(struct ctx *cx, const char *text)
{
	struct json_object *tree = NULL;
	CU_ASSERT_EQUAL_FATAL(json_parse(cx, text, strlen(text), &tree), SCIM_OK);
	return tree;
}

const struct resource_type *const *custom_types(struct ctx *cx)
{
	const char *json = test_read(cx->arena, test_path(cx->arena, "vectors/custom.json"), NULL);
	struct json_object *list = parsed(cx, json);
	struct schema_set set = { .count = 0 };
	const struct resource_type **types =
		arena_alloc(cx->arena, KIND__MAX * sizeof(const struct resource_type *));
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *in = json_object_array_get_idx(list, i);
		struct custom custom = { .required = json_get(in, "required") != NULL };
		CU_ASSERT_TRUE_FATAL(kind_of(json_get_string(in, "resourceType"), &custom.type));
		CU_ASSERT_EQUAL_FATAL(
			schema_parse(cx, json_get(in, "schema"), &custom.schema), SCIM_OK);
		CU_ASSERT_EQUAL_FATAL(schema_set_put(cx, &set, NULL, &custom), SCIM_OK);
	}
	const char *text = schema_set_text(cx->arena, &set);
	CU_ASSERT_EQUAL_FATAL(types_parse(cx, text, strlen(text), types), SCIM_OK);
	return types;
}

/* A body as it would be stored; NULL: the error is in cx. */
static struct json_object *created(struct ctx *cx, const struct resource_type *rt, const char *body)
{
	struct json_object *resource = NULL;
	resource_from_body(cx, rt, parsed(cx, body), &resource);
	return resource;
}

typedef enum scim_err verb_fn(
	struct ctx *cx, const struct resource_type *rt, char **in, struct buf *got);

static enum scim_err do_path(
	struct ctx *cx, const struct resource_type *rt, char **in, struct buf *got)
{
	struct path path;
	if (path_parse(cx, rt, in[0], strlen(in[0]), &path))
		return cx->err;
	buf_printf(got, "%s %s %s", path.extension ? path.extension->urn : "-",
		path.attr ? path.attr->name : "-", path.sub ? path.sub->name : "-");
	return SCIM_OK;
}

static enum scim_err do_create(
	struct ctx *cx, const struct resource_type *rt, char **in, struct buf *got)
{
	struct json_object *resource = created(cx, rt, in[0]);
	if (resource)
		json_print(got, resource);
	return cx->err;
}

static enum scim_err do_put(
	struct ctx *cx, const struct resource_type *rt, char **in, struct buf *got)
{
	struct json_object *before = created(cx, rt, in[0]);
	struct json_object *after = created(cx, rt, in[1]);
	if (cx->err || resource_keep_immutable(cx, rt, before, after))
		return cx->err;
	json_print(got, after);
	return SCIM_OK;
}

static enum scim_err do_patch(
	struct ctx *cx, const struct resource_type *rt, char **in, struct buf *got)
{
	struct json_object *resource = created(cx, rt, in[0]);
	struct patch patch;
	const char *body = arena_printf(cx->arena, "{\"Operations\":%s}", in[1]);
	if (cx->err || patch_parse(cx, rt, parsed(cx, body), &patch) ||
		patch_apply(cx, rt, &patch, resource))
		return cx->err;
	json_print(got, resource);
	return SCIM_OK;
}

static enum scim_err do_print(
	struct ctx *cx, const struct resource_type *rt, char **in, struct buf *got)
{
	struct json_object *resource = created(cx, rt, in[1]);
	struct stored stored = { .id = "i" };
	struct projection projection;
	struct buf buf;
	bool excluded = in[0][0] == '-';
	const char *names = in[0] + excluded;
	if (cx->err || projection_parse(cx, rt, excluded ? NULL : names,
			       excluded && *names ? names : NULL, &projection))
		return cx->err;
	stored.doc = resource_text(cx->arena, resource, &stored.doc_len);
	buf_init(&buf, cx->arena, 0);
	resource_print(&buf, rt, &projection, &(struct origin){ .base = "https://x" }, &stored);
	json_print(got, json_get(parsed(cx, buf.data), EXTENSION));
	return SCIM_OK;
}

static enum scim_err do_keys(
	struct ctx *cx, const struct resource_type *rt, char **in, struct buf *got)
{
	struct json_object *resource = created(cx, rt, in[0]);
	if (resource)
		json_print(got, json_get(parsed(cx, resource_keys(cx, rt, resource)), EXTENSION));
	return cx->err;
}

static const struct verb {
	const char *name;
	enum resource_kind type;
	verb_fn *fn;
} verbs[] = {
	{ "path", KIND_USER, do_path },
	{ "create", KIND_USER, do_create },
	{ "group", KIND_GROUP, do_create },
	{ "put", KIND_USER, do_put },
	{ "patch", KIND_USER, do_patch },
	{ "patchgroup", KIND_GROUP, do_patch },
	{ "print", KIND_USER, do_print },
	{ "keys", KIND_USER, do_keys },
};

static void run_verb(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct resource_type *const *types = custom_types(cx);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, inputs[0]) == 0 &&
			verbs[i].fn(cx, types[verbs[i].type], inputs + 1, got))
			vector_error(got, cx);
}

static void vectors_hold(void)
{
	vectors_run("custom.txt", 3, run_verb);
}

static void match(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct resource_type *rt = custom_types(cx)[KIND_USER];
	struct json_object *resource = created(cx, rt, inputs[1]);
	const struct filter *tree = NULL;
	if (cx->err || filter_parse(cx, rt, inputs[0], strlen(inputs[0]), &tree))
		vector_error(got, cx);
	else
		buf_puts(got, match_resource(cx, tree, resource) ? "yes" : "no");
}

static void filters_match(void)
{
	vectors_run("custom_match.txt", 2, match);
}

CU_TestInfo custom_tests[] = {
	{ "the vectors hold", vectors_hold },
	{ "filters match", filters_match },
	CU_TEST_INFO_NULL,
};
