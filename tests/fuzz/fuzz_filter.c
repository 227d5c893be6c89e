/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a filter of users and of groups. What parses prints, is no taller than the limits
 * allow, names only sub-attributes in brackets, and can be matched; what a strict directory takes
 * is the same tree and used no quirk. What one type takes, several take. As a filter of SCIM 1.1 it
 * prints, too, and has nothing that 1.1 has not.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/filter.h"
#include "scim/match.h"
#include "scim/v1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct limits limits = {
	.json_depth = 32,
	.json_nodes = 1000,
	.filter_bytes = 8192,
	.filter_depth = 32,
	.filter_terms = 50,
};

static const char user[] =
	"{\"schemas\":[\"" URN_USER "\"],\"id\":\"a\",\"userName\":\"Stra\xC3\x9F"
	"e\",\"active\":false,\"title\":\"\",\"name\":{\"familyName\":\"J\"},\"emails\":[{\"value\":"
	"\"b@x\",\"type\":\"work\",\"primary\":true},{\"value\":\"c@x\"},{}],\"meta\":{\"created\":"
	"\"2011-05-13T04:42:34Z\"},\"" URN_ENTERPRISE "\":{\"manager\":{\"value\":\"a\"}}}";

static int64_t check_tree(const struct filter *tree, bool in_has)
{
	int64_t left = 0;
	int64_t right = 0;
	assert(tree->op >= 0 && tree->op < F__MAX);
	assert(!tree->path.filter);
	if (in_has) {
		assert(tree->op != F_HAS);
		assert(!tree->path.extension && !tree->path.sub);
	}
	assert((tree->op >= F_HAS) == (tree->path.attr != NULL));
	if (tree->path.attr)
		assert(tree->path.attr->returned != R_NEVER);
	if (tree->left)
		left = check_tree(tree->left, in_has || tree->op == F_HAS);
	if (tree->right)
		right = check_tree(tree->right, in_has);
	return 1 + (left > right ? left : right);
}

/* The printed tree, or NULL when the text is refused. */
static const char *parse(
	struct ctx *cx, const struct resource_type *rt, const char *text, size_t len)
{
	const struct filter *tree = NULL;
	struct buf printed;
	enum scim_err e = filter_parse(cx, rt, text, len, &tree);
	assert(cx->err == e);
	assert(!e || (e == SCIM_INVALID_FILTER && cx->detail &&
			     utf8_valid(cx->detail, strlen(cx->detail))));
	if (e)
		return NULL;
	assert(check_tree(tree, false) <= limits.filter_terms + 2 * limits.filter_depth);
	(void)match_resource(cx, tree, json_parse_stored(cx->arena, user, sizeof(user) - 1));
	buf_init(&printed, cx->arena, 0);
	filter_print(&printed, tree);
	assert(utf8_valid(printed.data, printed.len));
	return printed.data;
}

/* Over both types at once. of_user, of_group: the trees when they stand alone, or NULL. */
static void parse_any(
	struct ctx *cx, const char *of_user, const char *of_group, const char *text, size_t len)
{
	static const struct resource_type *const types[] = { &user_type, &group_type, NULL };
	const char *const alone[] = { of_user, of_group };
	const struct filter *trees[2] = { NULL };
	enum scim_err e = filter_parse_any(cx, types, text, len, trees);
	assert(cx->err == e && (!e || (e == SCIM_INVALID_FILTER && !of_user && !of_group)));
	for (size_t i = 0; !e && i < 2; i++) {
		struct buf printed;
		buf_init(&printed, cx->arena, 0);
		filter_print(&printed, trees[i]);
		assert(!alone[i] || strcmp(printed.data, alone[i]) == 0);
		(void)check_tree(trees[i], false);
		(void)match_resource(
			cx, trees[i], json_parse_stored(cx->arena, user, sizeof(user) - 1));
	}
}

static void check_v1_tree(const struct filter *tree)
{
	assert(tree->op != F_NOT && tree->op != F_HAS && tree->op != F_NE && tree->op != F_EW);
	assert(tree->path.extension != &v1_pingone && tree->path.extension != &v1_enterprise);
	if (tree->left)
		check_v1_tree(tree->left);
	if (tree->right)
		check_v1_tree(tree->right);
}

static void parse_v1(
	struct ctx *cx, const struct resource_type *rt, const uint8_t *data, size_t size)
{
	static const struct origin origin = { .base = "https://x/v1" };
	const char *text = arena_strndup(cx->arena, (const char *)data, size);
	const struct filter *tree = NULL;
	struct buf printed;
	enum scim_err e = v1_filter(cx, rt, &origin, text, &tree);
	assert(cx->err == e && (!e || (e == SCIM_INVALID_FILTER && cx->detail)));
	assert(!cx->strict || cx->quirks == 0);
	if (e)
		return;
	(void)check_tree(tree, false);
	check_v1_tree(tree);
	(void)match_resource(cx, tree, json_parse_stored(cx->arena, user, sizeof(user) - 1));
	buf_init(&printed, cx->arena, 0);
	filter_print(&printed, tree);
	assert(utf8_valid(printed.data, printed.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = (const char *)data;
	struct ctx cx = { .arena = arena, .limits = &limits };
	struct ctx strict = { .arena = arena, .limits = &limits, .strict = true };
	const char *lenient_tree = parse(&cx, &user_type, text, size);
	const char *strict_tree = parse(&strict, &user_type, text, size);
	assert(strict.quirks == 0);
	assert(!strict_tree || strcmp(strict_tree, lenient_tree) == 0);
	assert(!lenient_tree || (strict_tree != NULL) == (cx.quirks == 0));
	cx = (struct ctx){ .arena = arena, .limits = &limits };
	const char *group_tree = parse(&cx, &group_type, text, size);
	cx = (struct ctx){ .arena = arena, .limits = &limits };
	parse_any(&cx, lenient_tree, group_tree, text, size);
	cx = (struct ctx){ .arena = arena, .limits = &limits };
	parse_v1(&cx, &user_type, data, size);
	cx = (struct ctx){ .arena = arena, .limits = &limits, .strict = true };
	parse_v1(&cx, &group_type, data, size);
	assert(arena_size(arena) < 1024 * 1024);
	arena_free(arena);
	return 0;
}
