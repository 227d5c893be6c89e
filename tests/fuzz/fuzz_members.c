/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a group, or as a PatchOp on one. Lists that were lifted can be put back; plans have the
 * shape that the store relies on; operations folded into one plan leave the same members as one
 * after the other.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/members.h"
#include "scim/quirk.h"
#include "scim/resource.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	MEMBERS = 60,
	NODES = 4000 /* of the whole text */
};

static const struct limits limits = {
	.json_depth = 32,
	.json_nodes = 2000,
	.string_bytes = 2048,
	.unique_bytes = 64,
	.filter_bytes = 1024,
	.filter_depth = 16,
	.filter_terms = 20,
	.patch_operations = 20,
	.values = 8,
	.members = MEMBERS,
};

static void check_lift(struct ctx *cx, const char *text, size_t len, const char *const *places)
{
	struct lifted lifted;
	struct buf back;
	lift(cx->arena, text, len, places, &lifted);
	assert(json_guard(cx, lifted.text, lifted.len) == SCIM_OK);
	buf_init(&back, cx->arena, len);
	const char *from = lifted.text;
	const char *original = text;
	for (size_t i = 0; i < lifted.count; i++) {
		size_t between = (size_t)(lifted.slices[i].text - original);
		buf_put(&back, from, between);
		buf_put(&back, lifted.slices[i].text, lifted.slices[i].len);
		from += between + strlen(arena_printf(cx->arena, "[%zu]", i));
		original = lifted.slices[i].text + lifted.slices[i].len;
	}
	buf_puts(&back, from);
	assert(back.len == len && memcmp(back.data, text, len) == 0);
}

/* By id, and of one id the user before the group. */
static int member_order(const struct member *a, const struct member *b)
{
	int sign = memcmp(a->id.byte, b->id.byte, 16);
	return sign ? sign : (int)a->kind - (int)b->kind;
}

static void check_sorted(const struct member *members, size_t n)
{
	for (size_t i = 1; i < n; i++)
		assert(member_order(&members[i - 1], &members[i]) < 0);
}

static void check_plan(const struct ctx *cx, const struct member_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct member_step *step = &plan->steps[i];
		if (step->filter) {
			assert(!step->all && step->add_count == 0 && step->drop_count == 0);
			continue;
		}
		assert(step->all || step->add_count > 0 || step->drop_count > 0);
		assert(!step->all || (step->drop_count == 0 && i == 0));
		assert(step->add_count + step->drop_count <= MEMBERS);
		check_sorted(step->add, step->add_count);
		check_sorted(step->drop, step->drop_count);
		for (size_t a = 0; a < step->add_count; a++)
			for (size_t d = 0; d < step->drop_count; d++)
				assert(member_order(&step->add[a], &step->drop[d]) != 0);
	}
	assert((plan->unknown > 0) == (cx->quirks >> QUIRK_UNKNOWN_MEMBER & 1));
	assert(utf8_valid(plan->unknown_text, strlen(plan->unknown_text)));
	assert(strlen(plan->unknown_text) <= 500);
}

/* The members of a group, in no order. */
struct group {
	struct member members[MEMBERS + 8];
	size_t count;
};

static bool has(const struct member *members, size_t n, const struct member *member)
{
	for (size_t i = 0; i < n; i++)
		if (member_order(&members[i], member) == 0)
			return true;
	return false;
}

static void keep(struct group *group, const struct member *members, size_t n, bool listed)
{
	size_t kept = 0;
	for (size_t i = 0; i < group->count; i++)
		if (has(members, n, &group->members[i]) == listed)
			group->members[kept++] = group->members[i];
	group->count = kept;
}

/* False when a filter would have to be asked. */
static bool apply(struct group *group, const struct member_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct member_step *step = &plan->steps[i];
		if (step->filter)
			return false;
		if (step->all)
			keep(group, step->add, step->add_count, true);
		keep(group, step->drop, step->drop_count, false);
		keep(group, step->add, step->add_count,
			false); /* to come again, as what they are */
		memcpy(group->members + group->count, step->add,
			step->add_count * sizeof(*step->add));
		group->count += step->add_count;
	}
	return true;
}

/* Four users to begin with: those whose ids end in 1 to 4. */
static struct group group_new(void)
{
	struct group group = { .count = 4 };
	for (unsigned char i = 0; i < 4; i++)
		group.members[i].id.byte[15] = i + 1;
	return group;
}

static enum scim_err read_patch(
	struct ctx *cx, const struct json_slice *text, struct lifted *lifted, struct patch *patch)
{
	enum scim_err e = json_parse_lifted(cx, text, NODES, members_patch_places, lifted);
	return e ? e : patch_parse(cx, &group_type, lifted->tree, patch);
}

/* The operations one after the other, each with a plan of its own. */
static bool apply_each(struct ctx *cx, const struct json_slice *text, struct group *group)
{
	bool known = true;
	size_t count = 1;
	for (size_t i = 0; i < count && known; i++) {
		struct lifted lifted;
		struct patch patch;
		struct member_plan plan;
		enum scim_err e = read_patch(cx, text, &lifted, &patch);
		assert(!e);
		count = patch.count;
		patch.ops += i;
		patch.count = 1;
		e = members_of_patch(cx, &group_type, &lifted, &patch, &plan);
		assert(!e);
		known = apply(group, &plan);
	}
	return known;
}

static void check_folded(
	struct ctx *cx, const struct json_slice *text, const struct member_plan *plan)
{
	struct group folded = group_new();
	struct group stepwise = group_new();
	if (!apply(&folded, plan) || !apply_each(cx, text, &stepwise))
		return;
	assert(folded.count == stepwise.count);
	for (size_t i = 0; i < folded.count; i++)
		assert(has(stepwise.members, stepwise.count, &folded.members[i]));
}

static void check_error(const struct ctx *cx, enum scim_err e)
{
	assert(cx->err == e && err_row(e)->status >= 400 && err_row(e)->status < 500);
	assert(utf8_valid(cx->detail, strlen(cx->detail)));
}

static void check_patch(struct ctx *cx, const struct resource_type *rt, struct json_slice text)
{
	static const char stored[] = "{\"schemas\":[\"" URN_GROUP "\"],\"displayName\":\"x\"}";
	struct lifted lifted;
	struct patch patch;
	struct member_plan plan;
	enum scim_err e = json_parse_lifted(cx, &text, NODES, members_patch_places, &lifted);
	if (!e)
		e = patch_parse(cx, rt, lifted.tree, &patch);
	if (!e)
		e = members_of_patch(cx, rt, &lifted, &patch, &plan);
	if (e) {
		check_error(cx, e);
		return;
	}
	assert(!cx->strict || cx->quirks == 0);
	check_plan(cx, &plan);
	if (rt == &group_type)
		check_folded(cx, &text, &plan);
	struct json_object *group = json_parse_stored(cx->arena, stored, strlen(stored));
	if (rt == &group_type && !patch_apply(cx, rt, &patch, group))
		assert(!json_get(group, "members"));
}

static void check_body(struct ctx *cx, struct json_slice text)
{
	struct lifted lifted;
	struct member_plan plan;
	struct json_object *resource = NULL;
	enum scim_err e = json_parse_lifted(cx, &text, NODES, members_body_places, &lifted);
	if (!e)
		e = members_of_body(cx, &lifted, &plan);
	if (e) {
		check_error(cx, e);
		return;
	}
	check_plan(cx, &plan);
	assert(plan.count == 1 && plan.steps[0].all);
	if (!resource_from_body(cx, &group_type, lifted.tree, &resource))
		assert(!json_get(resource, "members"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct json_slice text = { (const char *)data, size };
	struct ctx first = { .arena = arena, .limits = &limits };
	if (!json_guard(&first, text.text, text.len)) {
		check_lift(&first, text.text, text.len, members_body_places);
		check_lift(&first, text.text, text.len, members_patch_places);
	}
	for (int i = 0; i < 4; i++) {
		struct ctx cx = { .arena = arena, .limits = &limits, .strict = i & 1 };
		check_patch(&cx, i & 2 ? &group_type : &user_type, text);
		cx = (struct ctx){ .arena = arena, .limits = &limits, .strict = i & 1 };
		check_body(&cx, text);
	}
	arena_free(arena);
	return 0;
}
