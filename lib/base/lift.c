/* SPDX-License-Identifier: MIT */
/*
 * Lifting: one walk over the text, down only where a place may be; all else is skipped. What is
 * between the lists is copied. Knows no schema.
 */
#include "base/lift.h"

#include <assert.h>

#include "base/guard.h"
#include "base/json.h"
#include "base/text.h"

struct lifter {
	struct arena *arena;
	const char *const *places;
	struct cursor in;
	const char *copied; /* up to here */
	struct buf rest;
	struct json_slice *slices;
	size_t count;
	size_t cap;
};

/* The places, as bits, that the path from the root agrees with so far. */
typedef uint32_t live_set;

/* The segment of a place at a depth, "" behind the last. */
static struct json_slice segment(const char *place, unsigned depth)
{
	while (depth-- > 0) {
		place = strchrnul(place, ' ');
		place += *place == ' ';
	}
	return (struct json_slice){ place, (size_t)(strchrnul(place, ' ') - place) };
}

/* Does one of the places end here? */
static bool is_place(const struct lifter *lifter, live_set live, unsigned depth)
{
	for (unsigned i = 0; live >> i; i++)
		if ((live >> i & 1) && segment(lifter->places[i], depth).len == 0)
			return true;
	return false;
}

/* The places that agree with one step more: a key, or (key NULL) any element of an array. */
static live_set step(
	const struct lifter *lifter, live_set live, unsigned depth, const struct json_slice *key)
{
	live_set next = 0;

	for (unsigned i = 0; live >> i; i++) {
		struct json_slice name = segment(lifter->places[i], depth);
		bool any = name.len == 1 && *name.text == '*';

		if ((live >> i & 1) && name.len > 0 && any == !key &&
			(any || slice_is(*key, name.text, name.len)))
			next |= (live_set)1 << i;
	}
	return next;
}

static void take_out(struct lifter *lifter)
{
	struct json_slice slice = cursor_take(&lifter->in);

	if (lifter->count == lifter->cap) {
		struct json_slice *old = lifter->slices;

		lifter->cap = lifter->cap ? 2 * lifter->cap : 4;
		lifter->slices = arena_alloc(lifter->arena, lifter->cap * sizeof(*old));
		if (old)
			memcpy(lifter->slices, old, lifter->count * sizeof(*old));
	}
	buf_put(&lifter->rest, lifter->copied, (size_t)(slice.text - lifter->copied));
	buf_printf(&lifter->rest, "[%zu]", lifter->count);
	lifter->copied = lifter->in.at;
	lifter->slices[lifter->count++] = slice;
}

/* The recursion is as deep as the longest place. */
static void walk(struct lifter *lifter, live_set live, unsigned depth)
{
	char first = cursor_peek(&lifter->in);

	if (first == '[' && is_place(lifter, live, depth)) {
		take_out(lifter);
		return;
	}
	if (!live || (first != '{' && first != '[')) {
		cursor_take(&lifter->in);
		return;
	}
	cursor_enter(&lifter->in);
	while (cursor_next(&lifter->in)) {
		struct json_slice key;

		if (first == '{')
			key = cursor_key(&lifter->in);
		walk(lifter, step(lifter, live, depth, first == '{' ? &key : NULL), depth + 1);
	}
}

void lift(struct arena *arena, const char *text, size_t len, const char *const *places,
	struct lifted *out)
{
	struct lifter lifter = { .arena = arena, .places = places, .copied = text };
	live_set live = 0;

	for (unsigned i = 0; places[i]; i++) {
		assert(i < LIFT_PLACES);
		live |= (live_set)1 << i;
	}
	buf_init(&lifter.rest, arena, 0);
	lifter.in = cursor_of(text, len);
	walk(&lifter, live, 0);
	buf_put(&lifter.rest, lifter.copied, (size_t)(text + len - lifter.copied));
	*out = (struct lifted){
		.text = lifter.rest.data,
		.len = lifter.rest.len,
		.slices = lifter.slices,
		.count = lifter.count,
	};
}

enum scim_err json_parse_lifted(struct ctx *cx, const struct json_slice *text, int64_t nodes,
	const char *const *places, struct lifted *out)
{
	int64_t all = 0;
	enum scim_err e = guard_text(cx, text->text, text->len, nodes, &all);

	if (e)
		return e;
	lift(cx->arena, text->text, text->len, places, out);
	if ((e = json_parse_counted(cx, out->text, out->len, &out->nodes, &out->tree)))
		return e;
	return json_check_object(cx, out->tree);
}

struct json_slice lifted_slice(const struct lifted *lifted, struct json_object *placeholder)
{
	struct json_object *number = json_object_array_get_idx(placeholder, 0);
	int64_t n = json_object_get_int64(number);

	assert(json_object_array_length(placeholder) == 1);
	assert(json_object_is_type(number, json_type_int) && (size_t)n < lifted->count);
	return lifted->slices[n];
}

enum scim_err lifted_restore(struct ctx *cx, struct lifted *lifted, struct json_object *placeholder,
	struct json_object **tree)
{
	struct json_slice slice = lifted_slice(lifted, placeholder);

	lifted->nodes -= 2; /* the placeholder goes */
	return json_parse_counted(cx, slice.text, slice.len, &lifted->nodes, tree);
}
