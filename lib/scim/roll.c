/* SPDX-License-Identifier: MIT */
/*
 * Folding changes of members into steps. Changes are logged as they come and settled by one sort, so
 * that ten thousand operations cost no more than one with ten thousand members. Knows no JSON.
 */
#include "scim/roll.h"

#include <assert.h>

#include "base/text.h"

void roll_init(struct roll *roll, struct ctx *cx, const struct naming *naming)
{
	*roll = (struct roll){ .cx = cx, .naming = naming };
	buf_init(&roll->sample, cx->arena, 0);
	buf_init(&roll->text, cx->arena, 0);
}

static void log_grow(struct roll *roll, size_t need)
{
	struct change *old = roll->log;
	roll->cap = need > 2 * roll->cap ? need : 2 * roll->cap;
	roll->log = arena_alloc(roll->cx->arena, roll->cap * sizeof(*old));
	if (roll->count > 0)
		memcpy(roll->log, old, roll->count * sizeof(*old));
}

enum scim_err roll_room(struct roll *roll, size_t n)
{
	int64_t limit = roll->cx->limits->members;
	assert(limit <= INT32_MAX / NAMED_MAX); /* order counts by two */
	if ((int64_t)n > limit - roll->named)
		return ctx_fail(
			roll->cx, SCIM_TOO_LARGE, "more than %lld members", (long long)limit);
	roll->named += (int64_t)n;
	if (roll->count + roll->naming->most * n > roll->cap)
		log_grow(roll, roll->count + roll->naming->most * n);
	return SCIM_OK;
}

void roll_clear(struct roll *roll)
{
	roll->step_count = 0;
	roll->count = 0;
	roll->all = true;
}

void roll_put(struct roll *roll, const struct member *member, bool goes)
{
	assert(roll->count < roll->cap);
	roll->log[roll->count] = (struct change){ *member, (uint32_t)(2 * roll->count + goes) };
	roll->count++;
}

static bool goes(const struct change *change)
{
	return change->order & 1;
}

static int change_order(const void *a, const void *b)
{
	const struct change *x = a;
	const struct change *y = b;
	int sign = memcmp(x->member.id.byte, y->member.id.byte, sizeof(x->member.id.byte));
	if (sign == 0)
		sign = (int)x->member.kind - (int)y->member.kind;
	return sign ? sign : (x->order > y->order) - (x->order < y->order);
}

/* An id spelled as a user's and as a group's names two, of whom one at most is there. */
static bool is_same(const struct member *a, const struct member *b)
{
	return a->kind == b->kind && uuid_equal(&a->id, &b->id);
}

/* Sort the log and keep the last change of each id. */
static void log_settle(struct roll *roll)
{
	size_t kept = 0;
	if (roll->count > 1)
		qsort(roll->log, roll->count, sizeof(*roll->log), change_order);
	for (size_t i = 0; i < roll->count; i++) {
		bool last = i + 1 == roll->count ||
			    !is_same(&roll->log[i].member, &roll->log[i + 1].member);
		if (last)
			roll->log[kept++] = roll->log[i];
	}
	roll->count = kept;
}

/* Those of the settled log who come, or those who go. */
static const struct member *log_pick(struct roll *roll, bool who_goes, size_t *count)
{
	size_t n = 0;
	for (size_t i = 0; i < roll->count; i++)
		n += goes(&roll->log[i]) == who_goes;
	struct member *members = arena_alloc(roll->cx->arena, n * sizeof(*members));
	*count = 0;
	for (size_t i = 0; i < roll->count; i++)
		if (goes(&roll->log[i]) == who_goes)
			members[(*count)++] = roll->log[i].member;
	return members;
}

static struct member_step *step_new(struct roll *roll)
{
	if (roll->step_count == roll->step_cap) {
		struct member_step *old = roll->steps;
		roll->step_cap = roll->step_cap ? 2 * roll->step_cap : 1;
		roll->steps = arena_alloc(roll->cx->arena, roll->step_cap * sizeof(*old));
		if (old)
			memcpy(roll->steps, old, roll->step_count * sizeof(*old));
	}
	roll->steps[roll->step_count] = (struct member_step){ 0 };
	return &roll->steps[roll->step_count++];
}

/* End the step in the making; one that cannot change anything is none. */
static void step_end(struct roll *roll)
{
	log_settle(roll);
	if (roll->all || roll->count > 0) {
		struct member_step *step = step_new(roll);
		step->all = roll->all;
		step->add = log_pick(roll, false, &step->add_count);
		if (!roll->all)
			step->drop = log_pick(roll, true, &step->drop_count);
	}
	roll->all = false;
	roll->count = 0;
}

void roll_filter(struct roll *roll, const struct filter *filter)
{
	step_end(roll);
	step_new(roll)->filter = filter;
}

void roll_finish(struct roll *roll, struct member_plan *plan)
{
	step_end(roll);
	*plan = (struct member_plan){
		.steps = roll->steps,
		.count = roll->step_count,
		.unknown = roll->unknown,
		.unknown_text = roll->unknown ? ctx_detail(roll->cx, "%s", roll->sample.data) : "",
	};
}
