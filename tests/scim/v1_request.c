/* SPDX-License-Identifier: MIT */
#include "v1_request.h"

#include "base/json.h"
#include "base/text.h"
#include "custom.h"
#include "scim/resource.h"
#include "support.h"

/* of what was there before */
#define MODIFIED_US INT64_C(1429123454227000)

const char *v1_expand(struct ctx *cx, const char *text)
{
	struct buf out;
	buf_init(&out, cx->arena, 0);
	for (; *text; text++) {
		const char *end = *text == '<' ? strchr(text, '>') : NULL;
		if (!end) {
			buf_putc(&out, *text);
			continue;
		}
		struct uuid id = { .byte[15] = (unsigned char)(end[-1] - '0') };
		if (text[1] == 'u' || text[1] == 'g')
			buf_puts(&out,
				id_print(cx->arena, text[1] == 'u' ? ID_USER : ID_GROUP, &id));
		else
			buf_puts(&out, uuid_text(cx->arena, &id));
		text = end;
	}
	return out.data;
}

/* The same backwards: an id of 25 digits or 36 characters that ends in its number. */
static void fold(struct ctx *cx, struct buf *got)
{
	static const char *const names[] = { "<>", "<u>", "<g>" };
	const char *text = arena_strdup(cx->arena, got->data);
	buf_cut(got, 0);
	while (*text) {
		size_t len = 1;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && len == 1; i++) {
			const char *kind = names[i];
			int letters = (int)strlen(kind) - 1;
			const char *id = v1_expand(
				cx, arena_printf(cx->arena, "%.*s%c>", letters, kind, '1'));
			if (strncmp(text, id, strlen(id) - 1) != 0)
				continue;
			len = strlen(id);
			buf_printf(got, "%.*s%c>", letters, kind, text[len - 1]);
		}
		if (len == 1)
			buf_putc(got, *text);
		text += len;
	}
}

static void put_members(
	struct json_object *out, const char *name, const struct member *members, size_t n)
{
	struct json_object *list = json_object_new_array();
	json_object_object_add(out, name, list);
	for (size_t i = 0; i < n; i++) {
		char text[8];
		snprintf(text, sizeof(text), "%c%u", members[i].kind == MEMBER_USER ? 'u' : 'g',
			(unsigned)members[i].id.byte[15]);
		json_object_array_add(list, json_object_new_string(text));
	}
	if (n == 0)
		json_object_object_del(out, name);
}

static void print_plan(struct json_object *out, const struct member_plan *plan)
{
	struct json_object *steps = json_object_new_object();
	json_object_object_add(out, "plan", steps);
	CU_ASSERT(plan->count <= 1);
	for (size_t i = 0; i < plan->count; i++) {
		const struct member_step *step = &plan->steps[i];
		if (step->all)
			json_object_object_add(steps, "all", json_object_new_boolean(true));
		put_members(steps, "add", step->add, step->add_count);
		put_members(steps, "drop", step->drop, step->drop_count);
	}
	if (plan->unknown == 0)
		return;
	json_object_object_add(out, "unknown", json_object_new_int64((int64_t)plan->unknown));
	json_object_object_add(out, "note", json_object_new_string(plan->unknown_text));
}

static struct json_object *parsed(struct ctx *cx, const char *text)
{
	struct json_object *tree = NULL;
	CU_ASSERT_EQUAL_FATAL(json_parse_object(cx, text, strlen(text), &tree), SCIM_OK);
	return tree;
}

static bool take_word(const char **text, const char *word)
{
	if (!text_istarts(*text, strlen(*text), word))
		return false;
	*text += strlen(word);
	return true;
}

void v1_request(struct ctx *cx, v1_fn *fn, char **inputs, struct buf *got, bool *changed)
{
	const char *text = v1_expand(cx, inputs[0]);
	const char *before = v1_expand(cx, inputs[1]);
	struct json_object *again = NULL;
	struct lifted body;
	struct wish wish = { .body = &body, .modified = MODIFIED_US };
	bool strict = take_word(&text, "strict ");
	bool custom = take_word(&text, "Custom ");
	enum resource_kind kind = take_word(&text, "Group ") ? KIND_GROUP : KIND_USER;
	const struct resource_type *rt = (custom ? custom_types(cx) : resource_types)[kind];
	struct json_slice slice = { text, strlen(text) };
	CU_ASSERT_EQUAL_FATAL(
		json_parse_lifted(cx, &slice, 10000000, members_body_places, &body), SCIM_OK);
	if (strcmp(before, "-") != 0) {
		wish.before = parsed(cx, before);
		wish.resource = parsed(cx, before);
	}
	cx->strict = strict;
	if (fn(cx, rt, &wish)) {
		vector_error(got, cx);
		return;
	}
	*changed = !json_same(wish.before, wish.resource);
	CU_ASSERT(!strict || cx->quirks == 0);
	cx->strict = true;
	CU_ASSERT_EQUAL(resource_from_body(cx, rt, wish.resource, &again), SCIM_OK);
	CU_ASSERT(json_same(wish.resource, again));
	struct json_object *out = json_root_object(cx->arena);
	json_object_object_add(out, "resource", json_object_get(wish.resource));
	print_plan(out, &wish.plan);
	json_print(got, rt->has_members ? out : wish.resource);
	fold(cx, got);
}
