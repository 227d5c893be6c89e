/* SPDX-License-Identifier: MIT */
#include "scim/members.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/quirk.h"
#include "support.h"
#include "vector.h"

/* <u1> to scim_user_0000000000000000000000001, <g1> likewise. */
static const char *expand(struct ctx *cx, const char *text)
{
	struct buf out;
	buf_init(&out, cx->arena, 0);
	for (; *text; text++) {
		if (*text != '<') {
			buf_putc(&out, *text);
			continue;
		}
		struct uuid id = { .byte[15] = (unsigned char)(text[2] - '0') };
		buf_puts(&out, id_print(cx->arena, text[1] == 'u' ? ID_USER : ID_GROUP, &id));
		text += 3;
	}
	return out.data;
}

static struct json_object *names(const struct member *members, size_t n)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < n; i++) {
		char name[8];
		snprintf(name, sizeof(name), "%c%u", members[i].kind == MEMBER_USER ? 'u' : 'g',
			(unsigned)members[i].id.byte[15]);
		json_object_array_add(list, json_object_new_string(name));
	}
	return list;
}

static struct json_object *step_json(struct ctx *cx, const struct member_step *step)
{
	struct json_object *out = json_object_new_object();
	struct buf filter;
	buf_init(&filter, cx->arena, 0);
	if (step->all)
		json_object_object_add(out, "all", json_object_new_boolean(true));
	if (step->add_count > 0)
		json_object_object_add(out, "add", names(step->add, step->add_count));
	if (step->drop_count > 0)
		json_object_object_add(out, "drop", names(step->drop, step->drop_count));
	if (step->filter) {
		filter_print(&filter, step->filter);
		json_object_object_add(out, "filter", json_object_new_string(filter.data));
	}
	return out;
}

static void put_notes(
	const struct ctx *cx, const struct member_plan *plan, struct json_object *result)
{
	struct json_object *quirks = json_object_new_array();
	if (plan->unknown > 0) {
		json_object_object_add(
			result, "unknown", json_object_new_int64((int64_t)plan->unknown));
		json_object_object_add(result, "note", json_object_new_string(plan->unknown_text));
	}
	json_object_object_add(result, "quirks", quirks);
	for (size_t i = 0; i < QUIRK__MAX; i++)
		if (cx->quirks >> i & 1)
			json_object_array_add(quirks, json_object_new_string(quirk_names[i]));
	if (json_object_array_length(quirks) == 0)
		json_object_object_del(result, "quirks");
}

static void print_plan(
	struct ctx *cx, const struct member_plan *plan, struct json_object *rest, struct buf *got)
{
	struct json_object *result = json_root_object(cx->arena);
	struct json_object *steps = json_object_new_array();
	json_object_object_add(result, "steps", steps);
	for (size_t i = 0; i < plan->count; i++)
		json_object_array_add(steps, step_json(cx, &plan->steps[i]));
	if (plan->count == 0)
		json_object_object_del(result, "steps");
	if (rest)
		json_object_object_add(result, "rest", json_object_get(rest));
	put_notes(cx, plan, result);
	json_print(got, result);
}

static enum scim_err lifted_of(struct ctx *cx, const char *text, bool patch, struct lifted *lifted)
{
	struct json_slice slice = { text, strlen(text) };
	return json_parse_lifted(
		cx, &slice, 10000000, patch ? members_patch_places : members_body_places, lifted);
}

static enum scim_err patch_plan(struct ctx *cx, const struct resource_type *rt, const char *text,
	struct patch *patch, struct member_plan *plan)
{
	struct lifted lifted;
	enum scim_err e = lifted_of(cx, text, true, &lifted);
	if (!e)
		e = patch_parse(cx, rt, lifted.tree, patch);
	return e ? e : members_of_patch(cx, rt, &lifted, patch, plan);
}

static bool take_word(const char **text, const char *word)
{
	if (!text_istarts(*text, strlen(*text), word))
		return false;
	*text += strlen(word);
	return true;
}

static void plan_body(struct ctx *cx, const char *text, struct buf *got)
{
	struct lifted lifted;
	struct member_plan plan;
	CU_ASSERT_EQUAL_FATAL(lifted_of(cx, text, false, &lifted), SCIM_OK);
	if (members_of_body(cx, &lifted, &plan))
		vector_error(got, cx);
	else
		print_plan(cx, &plan, lifted.tree, got);
}

static void plan_vector(struct ctx *cx, char **inputs, struct buf *got)
{
	const char *text = expand(cx, inputs[0]);
	struct patch patch;
	struct member_plan plan;
	cx->strict = take_word(&text, "strict ");
	const struct resource_type *rt = take_word(&text, "User ") ? &user_type : &group_type;
	if (!strcasestr(text, "Operations")) {
		plan_body(cx, text, got);
		return;
	}
	if (patch_plan(cx, rt, text, &patch, &plan)) {
		vector_error(got, cx);
		return;
	}
	struct json_object *root = json_root_object(cx->arena);
	struct json_object *rest = json_object_new_array();
	json_object_object_add(root, "rest", rest);
	for (size_t i = 0; i < patch.count; i++)
		json_object_array_add(rest, json_object_get(patch.ops[i].value));
	print_plan(cx, &plan, patch.count > 0 ? rest : NULL, got);
}

static void requests_become_plans(void)
{
	vectors_run("members.txt", 1, plan_vector);
}

static const char *user_id(struct ctx *cx, int64_t n)
{
	struct uuid id = { 0 };
	for (int i = 0; i < 8; i++)
		id.byte[8 + i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
	return id_print(cx->arena, ID_USER, &id);
}

/* {"members":[...]} of n users, the last first, as a provider writes them. */
static const char *many(struct ctx *cx, int64_t n)
{
	struct buf text;
	buf_init(&text, cx->arena, (size_t)n * 200 + 64);
	buf_puts(&text, "{\"members\":[");
	for (int64_t i = n; i-- > 0;) {
		const char *id = user_id(cx, i);
		buf_printf(&text,
			"%s{\"value\":\"%s\",\"$ref\":\"https://scim.example.com/v1/scim/x/Users/%s\","
			"\"type\":\"User\",\"display\":\"Somebody %08lld\"}",
			i + 1 < n ? "," : "", id, id, (long long)i);
	}
	buf_puts(&text, "]}");
	return text.data;
}

static void long_lists_cost_little(void)
{
	struct ctx *cx = test_ctx();
	struct lifted lifted;
	struct member_plan plan;
	const int64_t n = 200000;
	const char *text = many(cx, n);
	size_t before = arena_size(cx->arena);
	CU_ASSERT_EQUAL_FATAL(lifted_of(cx, text, false, &lifted), SCIM_OK);
	CU_ASSERT_EQUAL_FATAL(members_of_body(cx, &lifted, &plan), SCIM_OK);
	CU_ASSERT_EQUAL(plan.count, 1);
	CU_ASSERT_EQUAL_FATAL(plan.steps[0].add_count, (size_t)n);
	for (int64_t i = 0; i < n; i += 997)
		CU_ASSERT_STRING_EQUAL(
			id_print(cx->arena, ID_USER, &plan.steps[0].add[i].id), user_id(cx, i));
	CU_ASSERT(arena_size(cx->arena) - before < (size_t)n * 48);
	test_ctx_free(cx);
}

/* One member an operation: half of them are added and removed again, one in three twice. */
static void many_operations_are_one_step(void)
{
	struct ctx *cx = test_ctx();
	struct limits limits = test_limits;
	struct patch patch;
	struct member_plan plan;
	struct buf text;
	const int64_t n = 10000;
	limits.patch_operations = 2 * n;
	limits.json_nodes = 20 * n;
	cx->limits = &limits;
	buf_init(&text, cx->arena, 0);
	buf_puts(&text, "{\"Operations\":[");
	for (int64_t i = 0; i < n; i++)
		buf_printf(&text,
			"{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"%s\"}]},",
			user_id(cx, i % (2 * n / 3)));
	for (int64_t i = 0; i < n / 2; i++)
		buf_printf(&text, "{\"op\":\"remove\",\"path\":\"members[value eq \\\"%s\\\"]\"},",
			user_id(cx, i));
	buf_cut(&text, text.len - 1);
	buf_puts(&text, "]}");
	clock_t start = clock();
	CU_ASSERT_EQUAL_FATAL(patch_plan(cx, &group_type, text.data, &patch, &plan), SCIM_OK);
	CU_ASSERT(clock() - start < CLOCKS_PER_SEC);
	CU_ASSERT_EQUAL(patch.count, 0);
	CU_ASSERT_EQUAL_FATAL(plan.count, 1);
	CU_ASSERT_FALSE(plan.steps[0].all);
	CU_ASSERT_EQUAL(plan.steps[0].add_count, (size_t)(2 * n / 3 - n / 2));
	CU_ASSERT_EQUAL(plan.steps[0].drop_count, (size_t)(n / 2));
	test_ctx_free(cx);
}

static const struct {
	const char *text;
	int64_t members;
} counted[] = {
	{ "{\"members\":[{\"value\":\"x\"},null,{}]}", 3 },
	{ "{\"members\":{\"value\":\"x\"}}", 1 },
	{ "{\"Operations\":[{\"op\":\"add\",\"path\":\"members\",\"value\":[{},{}]},"
	  "{\"op\":\"remove\",\"path\":\"members\"},"
	  "{\"op\":\"add\",\"value\":{\"members\":[{}]}}]}",
		3 },
	{ "{\"Operations\":[{\"op\":\"remove\",\"path\":"
	  "\"members[value eq \\\"<u1>\\\" or value eq \\\"x\\\" or value eq \\\"<u1>\\\"]\"}]}",
		2 },
};

static void members_of_a_request_have_a_limit(void)
{
	for (size_t i = 0; i < 2 * sizeof(counted) / sizeof(counted[0]); i++) {
		struct ctx *cx = test_ctx();
		struct limits limits = test_limits;
		struct lifted lifted;
		struct patch patch;
		struct member_plan plan;
		const char *text = expand(cx, counted[i / 2].text);
		limits.members = counted[i / 2].members - (int64_t)(i & 1);
		cx->limits = &limits;
		enum scim_err e = SCIM_OK;
		if (strstr(text, "Operations"))
			e = patch_plan(cx, &group_type, text, &patch, &plan);
		else if (!lifted_of(cx, text, false, &lifted))
			e = members_of_body(cx, &lifted, &plan);
		CU_ASSERT_EQUAL(e, i & 1 ? SCIM_TOO_LARGE : SCIM_OK);
		if (i & 1)
			CU_ASSERT_STRING_EQUAL(
				cx->detail, arena_printf(cx->arena, "more than %lld members",
						    (long long)limits.members));
		test_ctx_free(cx);
	}
}

/* Lists of other attributes share one limit, as if they had not been lifted. */
static void lists_that_come_back_are_counted(void)
{
	static const char text[] =
		"{\"Operations\":[{\"op\":\"add\",\"path\":\"displayName\",\"value\":[1,2,3]},"
		"{\"op\":\"add\",\"path\":\"displayName\",\"value\":[1,2,3]}]}";
	for (int64_t nodes = 14; nodes <= 17; nodes++) {
		struct ctx *cx = test_ctx();
		struct limits limits = test_limits;
		struct patch patch;
		struct member_plan plan;
		limits.json_nodes = nodes;
		cx->limits = &limits;
		CU_ASSERT_EQUAL(patch_plan(cx, &group_type, text, &patch, &plan),
			nodes < 16 ? SCIM_TOO_LARGE : SCIM_OK);
		test_ctx_free(cx);
	}
}

CU_TestInfo members_tests[] = {
	{ "requests become plans", requests_become_plans },
	{ "long lists cost little", long_lists_cost_little },
	{ "many operations are one step", many_operations_are_one_step },
	{ "members of a request have a limit", members_of_a_request_have_a_limit },
	{ "lists that come back are counted", lists_that_come_back_are_counted },
	CU_TEST_INFO_NULL,
};
