/* SPDX-License-Identifier: MIT */
/*
 * The order of a Bulk request: Tarjan's strongly connected components over the references. They come
 * out with what is referred to first. The search keeps its own stack: a chain may be as long as the
 * request.
 */
#include "base/text.h"
#include "scim/bulk_refs.h"

struct visit {
	size_t number; /* from 1, in the order of the search; 0: not met yet */
	size_t low; /* the lowest number that is open and can be reached */
	size_t next; /* which of its references is followed next */
	bool open; /* met, and in no component yet */
};

struct search {
	struct bulk *bulk;
	struct visit *visits; /* one for each operation */
	size_t *stack; /* from the root of the search to where it is */
	size_t depth;
	size_t *open; /* operations without a component, in the order they were met */
	size_t opened;
	size_t met;
	size_t placed; /* in bulk->order */
};

static int number_order(const void *left, const void *right)
{
	const size_t *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

static void enter(struct search *search, size_t op)
{
	struct visit *visit = &search->visits[op];
	visit->number = visit->low = ++search->met;
	visit->open = true;
	search->open[search->opened++] = op;
	search->stack[search->depth++] = op;
}

/* All that was opened since op, which it can reach and which can reach it. */
static void close_component(struct search *search, size_t op)
{
	struct bulk *bulk = search->bulk;
	size_t first = search->placed;
	size_t member;
	do {
		member = search->open[--search->opened];
		search->visits[member].open = false;
		bulk->ops[member].component = bulk->components;
		bulk->order[search->placed++] = member;
	} while (member != op);
	qsort(&bulk->order[first], search->placed - first, sizeof(*bulk->order), number_order);
	bulk->components++;
}

static void leave(struct search *search, size_t op)
{
	struct visit *visit = &search->visits[op];
	if (--search->depth > 0) {
		struct visit *above = &search->visits[search->stack[search->depth - 1]];
		if (visit->low < above->low)
			above->low = visit->low;
	}
	if (visit->low == visit->number)
		close_component(search, op);
}

static void search_from(struct search *search, size_t root)
{
	enter(search, root);
	while (search->depth > 0) {
		size_t at = search->stack[search->depth - 1];
		struct visit *visit = &search->visits[at];
		const struct bulk_op *op = &search->bulk->ops[at];
		if (visit->next == op->ref_count) {
			leave(search, at);
			continue;
		}
		size_t to = op->refs[visit->next++];
		const struct visit *other = &search->visits[to];
		if (!other->number)
			enter(search, to);
		else if (other->open && other->number < visit->low)
			visit->low = other->number;
	}
}

void bulk_find_order(struct ctx *cx, struct bulk *bulk)
{
	struct search search = { .bulk = bulk };
	size_t n = bulk->count;
	search.visits = arena_alloc(cx->arena, n * sizeof(*search.visits));
	search.stack = arena_alloc(cx->arena, n * sizeof(*search.stack));
	search.open = arena_alloc(cx->arena, n * sizeof(*search.open));
	bulk->order = arena_alloc(cx->arena, n * sizeof(*bulk->order));
	bulk->components = 0;
	for (size_t i = 0; i < n; i++)
		if (!search.visits[i].number)
			search_from(&search, i);
}
