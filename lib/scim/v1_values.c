/* SPDX-License-Identifier: MIT */
/*
 * PATCH of SCIM 1.1 on the values of one multi-valued attribute (draft-scim-api-01 section 3.3.2). Knows
 * nothing of members, who are no part of a resource.
 */
#include "base/json.h"
#include "base/text.h"
#include "scim/match.h"
#include "scim/quirk.h"
#include "scim/resource.h"
#include "scim/v1_body.h"

enum {
	LOOK_BYTES = 4 /* what it costs to look, whatever is there */
};

/* A value, and what it is known by. */
struct entry {
	struct json_object *value; /* canonical */
	const char *key; /* "value" as it is compared; NULL: it has none */
	uint64_t hash;
	bool repeated; /* the body has this key more than once */
	bool goes;
};

/* The values of an attribute, or those of a body. */
struct pile {
	struct ctx *cx;
	const struct attr *attr;
	struct json_object *array; /* in which they stand, by position */
	struct entry *entries;
	size_t count;
};

/* The hash of all but "primary", which value_same_but_primary passes over. */
static uint64_t hash_rest(struct json_object *value)
{
	uint64_t hash = 0;
	json_object_object_foreach(value, name, member)
	{
		if (strcmp(name, "primary") != 0)
			hash += value_hash(member);
	}
	return hash;
}

/* The row by which values are known: their "value", or of what is not complex the attribute's; NULL: none. */
static const struct attr *key_attr(const struct attr *attr)
{
	if (attr->type != T_COMPLEX)
		return attr;
	const struct attr *sub = attr_find(attr->subs, "value", strlen("value"));
	return sub && sub->type != T_COMPLEX && !sub->multi ? sub : NULL;
}

static struct entry entry_of(struct ctx *cx, const struct attr *attr, struct json_object *value)
{
	const struct attr *by = key_attr(attr);
	struct json_object *named = by == attr ? value : json_get(value, "value");
	struct entry entry = { .value = value };
	size_t len = 0;
	if (!by || !named) {
		entry.hash = hash_rest(value);
		return entry;
	}
	const char *key = value_key(cx->arena, by, named, &len);
	entry.key = arena_strndup(cx->arena, key, len);
	for (size_t i = 0; i < len; i++)
		entry.hash = (entry.hash ^ (unsigned char)key[i]) * 0x100000001b3U;
	return entry;
}

static bool same_key(const struct entry *a, const struct entry *b)
{
	return a->key && b->key && a->hash == b->hash && strcmp(a->key, b->key) == 0;
}

/* --- what a body says --- */

enum scim_err v1_take_operation(struct ctx *cx, struct json_object *in, bool *goes)
{
	*goes = false;
	if (!json_object_is_type(in, json_type_object))
		return SCIM_OK;
	json_object_object_foreach(in, name, value)
	{
		if (!text_ieq(name, "operation"))
			continue;
		const char *text = json_object_get_string(value);
		*goes = json_object_is_type(value, json_type_string) && text_ieq(text, "delete");
		if (value && !*goes)
			return ctx_fail(cx, SCIM_INVALID_VALUE, "the only operation is \"delete\"");
		json_object_object_del(in, name);
	}
	return SCIM_OK;
}

/* One value of a body; what is empty is none, and must never mean all. */
static enum scim_err body_add(struct pile *body, struct json_object *in)
{
	size_t n = body->count;
	bool goes = false;
	bool found = false;
	enum scim_err e = v1_take_operation(body->cx, in, &goes);
	/* what is no complex value can only go in this form */
	if (body->attr->type != T_COMPLEX && json_object_is_type(in, json_type_object))
		in = json_iget(in, "value", &found);
	if (!e)
		e = element_canonical(body->cx, body->attr, in, body->array);
	if (e || json_object_array_length(body->array) == n)
		return e;
	struct entry entry =
		entry_of(body->cx, body->attr, json_object_array_get_idx(body->array, n));
	entry.goes = goes;
	for (size_t i = 0; i < n && !goes; i++) {
		if (body->entries[i].goes || !same_key(&body->entries[i], &entry))
			continue;
		body->entries[i].repeated = entry.repeated = true;
		break;
	}
	body->entries[body->count++] = entry;
	return SCIM_OK;
}

static enum scim_err body_read(struct pile *body, struct json_object *in)
{
	struct ctx *cx = body->cx;
	bool list = json_object_is_type(in, json_type_array);
	size_t n = list ? json_object_array_length(in) : 1;
	enum scim_err e = SCIM_OK;
	/* QUIRK(rippling, onelogin): one object */
	if (!list && (!json_object_is_type(in, json_type_object) ||
			     !quirk_allowed(cx, QUIRK_SINGLE_VALUE)))
		return ctx_fail(cx, SCIM_INVALID_VALUE, "%s must be an array", body->attr->name);
	if ((int64_t)n > cx->limits->values)
		return ctx_fail(cx, SCIM_INVALID_VALUE, "%s has too many values", body->attr->name);
	body->array = json_object_new_array();
	json_object_object_add(json_root_object(cx->arena), body->attr->name, body->array);
	body->entries = arena_alloc(cx->arena, n * sizeof(*body->entries));
	for (size_t i = 0; !e && i < n; i++)
		e = body_add(body, list ? json_object_array_get_idx(in, i) : in);
	return e;
}

/* --- what is there --- */

/* room: for so many more */
static void pile_open(struct pile *pile, struct json_object *object, size_t room)
{
	pile->array = json_get(object, pile->attr->name);
	if (!pile->array) {
		pile->array =
			json_object_new_array(); /* resource_settle drops it when it stays empty */
		json_object_object_add(object, pile->attr->name, pile->array);
	}
	pile->count = json_object_array_length(pile->array);
	pile->entries = arena_alloc(pile->cx->arena, (pile->count + room) * sizeof(*pile->entries));
	for (size_t i = 0; i < pile->count; i++)
		pile->entries[i] =
			entry_of(pile->cx, pile->attr, json_object_array_get_idx(pile->array, i));
}

static void pile_drop(struct pile *pile, size_t i)
{
	json_object_array_del_idx(pile->array, i, 1);
	pile->count--;
	memmove(&pile->entries[i], &pile->entries[i + 1],
		(pile->count - i) * sizeof(*pile->entries));
}

static size_t count_key(const struct pile *pile, const struct entry *entry)
{
	size_t n = 0;
	for (size_t i = 0; i < pile->count; i++)
		n += same_key(&pile->entries[i], entry);
	return n;
}

/* --- comparing --- */

static bool same_scalar(
	struct ctx *cx, const struct attr *attr, struct json_object *a, struct json_object *b)
{
	size_t a_len = 0;
	size_t b_len = 0;
	if (json_same(a, b))
		return true;
	if (!a || !b || !match_charge(cx, strlen(json_object_get_string(a))))
		return false;
	if (!match_charge(cx, strlen(json_object_get_string(b))))
		return false;
	const char *a_key = value_key(cx->arena, attr, a, &a_len);
	const char *b_key = value_key(cx->arena, attr, b, &b_len);
	return a_len == b_len && memcmp(a_key, b_key, a_len) == 0;
}

static bool same_sub(struct ctx *cx, const struct attr *attr, const char *name,
	struct json_object *a, struct json_object *b)
{
	const struct attr *sub = attr_find(attr->subs, name, strlen(name));
	struct json_object *in_a = json_get(a, name);
	struct json_object *in_b = json_get(b, name);
	if (!sub || sub->multi || sub->type == T_COMPLEX)
		return json_same(in_a, in_b);
	return same_scalar(cx, sub, in_a, in_b);
}

/* Has a value all that another one names? A missing "primary" is false. */
static bool covers(struct ctx *cx, const struct attr *attr, struct json_object *value,
	struct json_object *named)
{
	if (!match_charge(cx, LOOK_BYTES))
		return false;
	json_object_object_foreach(named, name, member)
	{
		bool primary = strcmp(name, "primary") == 0;
		if (primary && value_is_primary(value) != json_object_get_boolean(member))
			return false;
		if (!primary && !same_sub(cx, attr, name, value, named))
			return false;
	}
	return true;
}

/* --- merging --- */

/* What goes: those of the key; where it is no key, or not unique, those that have all that is said. */
static void drop(struct pile *pile, const struct entry *entry)
{
	bool unique = entry->key && count_key(pile, entry) < 2;
	for (size_t i = pile->count; i-- > 0;) {
		const struct entry *there = &pile->entries[i];
		if (entry->key && !same_key(there, entry))
			continue;
		if (unique || pile->attr->type != T_COMPLEX ||
			covers(pile->cx, pile->attr, there->value, entry->value))
			pile_drop(pile, i);
	}
}

enum likeness {
	UNLIKE,
	OF_KEY, /* the same "value" */
	OF_TYPE, /* and "type" */
	BUT_PRIMARY, /* everything but "primary" */
	EQUAL
};

static enum likeness compare(
	const struct pile *pile, const struct entry *there, const struct entry *entry)
{
	bool keyed = same_key(there, entry);
	if (!keyed && (entry->key || there->key || there->hash != entry->hash))
		return UNLIKE;
	if (pile->attr->type != T_COMPLEX)
		return EQUAL;
	if (match_charge(pile->cx, LOOK_BYTES) &&
		value_same_but_primary(there->value, entry->value))
		return value_is_primary(there->value) == value_is_primary(entry->value)
			       ? EQUAL
			       : BUT_PRIMARY;
	if (!keyed)
		return UNLIKE;
	return json_get(entry->value, "type") &&
			       same_sub(pile->cx, pile->attr, "type", there->value, entry->value)
		       ? OF_TYPE
		       : OF_KEY;
}

/*
 * The position of the value that a body means, or behind the last. Of several with the same "value", one of
 * another type is not meant.
 */
static size_t find(const struct pile *pile, const struct entry *entry)
{
	enum likeness best = UNLIKE;
	size_t at = pile->count;
	size_t alike = 0;
	for (size_t i = 0; i < pile->count && best != EQUAL; i++) {
		enum likeness likeness = compare(pile, &pile->entries[i], entry);
		alike += likeness != UNLIKE;
		if (likeness <= best)
			continue;
		best = likeness;
		at = i;
	}
	if (best == OF_KEY && (alike > 1 || entry->repeated) && json_get(entry->value, "type"))
		return pile->count;
	return at;
}

/* What is immutable is kept. */
static void merge(const struct attr *attr, struct json_object *value, struct json_object *from)
{
	json_object_object_foreach(from, name, member)
	{
		const struct attr *sub = attr_find(attr->subs, name, strlen(name));
		if (!json_get(value, name) || sub->mutability != M_IMMUTABLE)
			json_object_object_add(value, name, json_copy(member));
	}
}

static enum scim_err add(struct pile *pile, const struct entry *entry)
{
	size_t i = find(pile, entry);
	if (pile->cx->err)
		return pile->cx->err;
	if (i == pile->count) {
		if ((int64_t)i >= pile->cx->limits->values)
			return ctx_fail(pile->cx, SCIM_INVALID_VALUE, "%s has too many values",
				pile->attr->name);
		json_object_array_add(pile->array, json_copy(entry->value));
		pile->entries[i] = *entry;
		pile->entries[i].value = json_object_array_get_idx(pile->array, i);
		pile->count++;
	} else if (pile->attr->type == T_COMPLEX) {
		merge(pile->attr, pile->entries[i].value, entry->value);
	}
	/* the others are no more */
	if (value_is_primary(entry->value))
		resource_set_primary(pile->array, i);
	return SCIM_OK;
}

enum scim_err v1_merge_values(struct ctx *cx, const struct attr *attr, struct json_object *in,
	bool emptied, struct json_object *object)
{
	struct pile body = { .cx = cx, .attr = attr };
	struct pile pile = { .cx = cx, .attr = attr };
	enum scim_err e = SCIM_OK;
	if (value_unassigned(in) && !json_object_is_type(in, json_type_string))
		return SCIM_OK;
	if ((e = body_read(&body, in)))
		return e;
	pile_open(&pile, object, body.count);
	for (size_t i = 0; !e && i < body.count; i++) {
		const struct entry *entry = &body.entries[i];
		if (!entry->goes)
			e = add(&pile, entry);
		else if (!emptied)
			drop(&pile, entry);
		if (!e)
			e = cx->err;
	}
	return e;
}
