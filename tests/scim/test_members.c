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

static void print_plan(struct ctx *cx, const struct member_plan *plan, struct json_object *rest,
	struct buf *got)
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
	return json_parse_lifted(cx, &slice, 10000000,
		patch ? members_patch_places : members_body_places, lifted);
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
	if (!strstr(text, "Operations")) {
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

CU_TestInfo members_tests[] = {
	{ "requests become plans", requests_become_plans },
	CU_TEST_INFO_NULL,
};
