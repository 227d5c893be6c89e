/* SPDX-License-Identifier: MIT */
/*
 * What holds for the values of one multi-valued attribute together: none is empty, none comes
 * twice, at most one is primary (RFC 7643 section 2.4). Knows canonical JSON only, no schema.
 */
#include "base/json.h"
#include "base/text.h"
#include "scim/resource.h"

/* The values met so far: an open hash table of positions. */
struct seen {
	struct json_object *values;
	uint64_t *hashes; /* of each value, by position */
	size_t *slots; /* position + 1; 0: free */
	size_t mask;
};

static uint64_t hash_bytes(uint64_t hash, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)s[i]) * 0x100000001b3U;
	return hash;
}

static uint64_t hash_scalar(uint64_t hash, struct json_object *value)
{
	size_t len = 0;
	if (json_object_is_type(value, json_type_string))
		return hash_bytes(hash, json_object_get_string(value),
			(size_t)json_object_get_string_len(value));
	const char *text = json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN, &len);
	return hash_bytes(hash, text, len);
}

/* Members are summed, so that their order does not count: as in json_same. */
uint64_t value_hash(struct json_object *value)
{
	const uint64_t basis = 0xcbf29ce484222325U;
	if (!json_object_is_type(value, json_type_object))
		return hash_scalar(basis, value);
	uint64_t sum = 0;
	json_object_object_foreach(value, name, member)
	{
		sum += hash_scalar(hash_bytes(basis, name, strlen(name)), member);
	}
	return sum;
}

/* Add the value at position i; false when an equal one is there already. */
static bool seen_add(struct seen *seen, size_t i)
{
	struct json_object *value = json_object_array_get_idx(seen->values, i);
	seen->hashes[i] = value_hash(value);
	size_t slot = (size_t)seen->hashes[i] & seen->mask;
	while (seen->slots[slot]) {
		size_t other = seen->slots[slot] - 1;
		if (seen->hashes[other] == seen->hashes[i] &&
			json_same(json_object_array_get_idx(seen->values, other), value))
			return false;
		slot = (slot + 1) & seen->mask;
	}
	seen->slots[slot] = i + 1;
	return true;
}

/* Of equal values only the first stays. */
static void drop_repeated(struct arena *arena, struct json_object *values)
{
	size_t n = json_object_array_length(values);
	if (n < 2)
		return;
	size_t slots = 4;
	while (slots < 2 * n)
		slots *= 2;
	struct seen seen = {
		.values = values,
		.hashes = arena_alloc(arena, n * sizeof(uint64_t)),
		.slots = arena_alloc(arena, slots * sizeof(size_t)),
		.mask = slots - 1,
	};
	bool *repeated = arena_alloc(arena, n * sizeof(bool));
	for (size_t i = 0; i < n; i++)
		repeated[i] = !seen_add(&seen, i);
	for (size_t i = n; i-- > 0;)
		if (repeated[i])
			json_object_array_del_idx(values, i, 1);
}

static void drop_empty(struct json_object *values)
{
	for (size_t i = json_object_array_length(values); i-- > 0;)
		if (value_unassigned(json_object_array_get_idx(values, i)))
			json_object_array_del_idx(values, i, 1);
}

bool value_is_primary(struct json_object *value)
{
	struct json_object *primary = NULL;
	if (json_object_is_type(value, json_type_object))
		primary = json_get(value, "primary");
	return json_object_is_type(primary, json_type_boolean) && json_object_get_boolean(primary);
}

bool value_same_but_primary(struct json_object *a, struct json_object *b)
{
	int rest_a = json_object_object_length(a) - (json_get(a, "primary") ? 1 : 0);
	int rest_b = json_object_object_length(b) - (json_get(b, "primary") ? 1 : 0);
	if (rest_a != rest_b)
		return false;
	json_object_object_foreach(a, name, member)
	{
		if (strcmp(name, "primary") != 0 && !json_same(member, json_get(b, name)))
			return false;
	}
	return true;
}

void resource_set_primary(struct json_object *values, size_t index)
{
	for (size_t i = 0; i < json_object_array_length(values); i++) {
		struct json_object *value = json_object_array_get_idx(values, i);
		if (i == index || value_is_primary(value))
			json_object_object_add(
				value, "primary", json_object_new_boolean(i == index));
	}
}

/* True when there were several. */
static bool keep_last_primary(struct json_object *values)
{
	size_t last = 0;
	size_t found = 0;
	for (size_t i = 0; i < json_object_array_length(values); i++) {
		if (!value_is_primary(json_object_array_get_idx(values, i)))
			continue;
		last = i;
		found++;
	}
	if (found > 1)
		resource_set_primary(values, last);
	return found > 1;
}

void values_settle(struct arena *arena, struct json_object *values)
{
	drop_empty(values);
	drop_repeated(arena, values);
	/* those that lost "primary" may now equal others */
	if (keep_last_primary(values))
		drop_repeated(arena, values);
}
