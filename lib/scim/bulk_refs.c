/* SPDX-License-Identifier: MIT */
/*
 * References of Bulk (RFC 7644 section 3.7.2): where "bulkId:x" may stand in a text, which operation
 * it means, and the id in its place. Texts are read twice by the same code, first to find references
 * and later to replace them, so that what was found is what is replaced.
 */
#include "scim/bulk_refs.h"

#include <assert.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/filter_lex.h"

#define MARK "bulkId:"

enum {
	MARK_BYTES = sizeof(MARK) - 1,
	NOBODY = -1
};

/* A text that may hold references. */
struct text {
	const char *data;
	size_t len;
	bool path; /* of a PATCH operation: they are strings inside a filter */
};

struct reference {
	size_t start; /* what is replaced: all of a text, or a string of a filter with its quotes */
	size_t end;
	const char *kept; /* what stands before "bulkId:" */
	size_t kept_len;
	const char *name; /* and behind it */
};

/* bulkId:x, or ../Users/bulkId:x: the rest is the name. */
static bool find_mark(const char *text, struct reference *reference)
{
	const char *at = text;
	if (strncmp(at, MARK, MARK_BYTES) != 0) {
		at = strstr(at, "/" MARK);
		if (!at)
			return false;
		at++;
	}
	reference->kept = text;
	reference->kept_len = (size_t)(at - text);
	reference->name = at + MARK_BYTES;
	return true;
}

/* The next string of a filter that is a reference; the filter's own reader tells where it ends. */
static bool find_quoted(
	struct ctx *cx, const struct text *text, size_t from, struct reference *reference)
{
	struct ctx scratch = *cx;
	struct lex lex = { .cx = &scratch, .text = text->data, .len = text->len, .pos = from };
	struct literal literal;
	while (lex.pos < lex.len) {
		reference->start = lex.pos;
		if (!strchr("\"'", lex.text[lex.pos])) {
			lex.pos++;
			continue;
		}
		if (lex_literal(&lex, true, &literal))
			return false; /* no filter: path_parse refuses it */
		reference->end = lex.pos;
		if (find_mark(literal.text, reference)) {
			cx->quirks = scratch.quirks;
			return true;
		}
	}
	return false;
}

static bool find_next(
	struct ctx *cx, const struct text *text, size_t from, struct reference *reference)
{
	if (text->path)
		return find_quoted(cx, text, from, reference);
	reference->start = 0;
	reference->end = text->len;
	return from == 0 && find_mark(text->data, reference);
}

/* The same text with an id in the reference's place. */
static void put_id(
	struct buf *out, const struct text *text, const struct reference *reference, const char *id)
{
	const char *value =
		arena_printf(out->arena, "%.*s%s", (int)reference->kept_len, reference->kept, id);
	if (text->path)
		buf_jsons(out, value);
	else
		buf_puts(out, value);
}

/* Names: sorted, and of equal ones the first operation before the others. */

static int name_order(const void *left, const void *right)
{
	const struct bulk_name *a = left, *b = right;
	int order = strcmp(a->text, b->text);
	return order ? order : (a->op > b->op) - (a->op < b->op);
}

static void find_names(struct ctx *cx, struct bulk *bulk)
{
	struct bulk_name *names = arena_alloc(cx->arena, (bulk->count + 1) * sizeof(*names));
	size_t all = 0, n = 0;
	for (size_t i = 0; i < bulk->count; i++)
		if (bulk->ops[i].bulk_id)
			names[all++] = (struct bulk_name){ bulk->ops[i].bulk_id, i };
	qsort(names, all, sizeof(*names), name_order);
	for (size_t i = 0; i < all; i++) {
		if (n == 0 || strcmp(names[n - 1].text, names[i].text) != 0)
			names[n++] = names[i];
		else
			bulk_refuse(&bulk->ops[names[i].op], SCIM_INVALID_VALUE,
				ctx_detail(
					cx, "bulkId '%s' is another operation's", names[i].text));
	}
	bulk->names = names;
	bulk->named = n;
}

static int text_order(const void *text, const void *name)
{
	return strcmp(text, ((const struct bulk_name *)name)->text);
}

/* The POST with this bulkId, or NOBODY. */
static int64_t find_post(const struct bulk *bulk, const char *name)
{
	const struct bulk_name *found =
		bsearch(name, bulk->names, bulk->named, sizeof(*found), text_order);
	if (!found || bulk->ops[found->op].method != BULK_POST)
		return NOBODY;
	return (int64_t)found->op;
}

/* One pass over the texts of an operation: finds references, or replaces them. */
struct pass {
	struct ctx *cx;
	const struct bulk *bulk;
	struct bulk_op *op;
	const char *const *ids; /* replace: see bulk_resolve */
	size_t *found; /* find: the operations referred to */
	size_t count;
	size_t *last; /* find: of each operation, 1 + the last that referred to it; NULL: replace */
	enum scim_err err; /* replace */
};

static void note(struct pass *pass, const struct reference *reference)
{
	int64_t to = find_post(pass->bulk, reference->name);
	size_t self = (size_t)(pass->op - pass->bulk->ops);
	if (to == NOBODY) {
		bulk_refuse(pass->op, SCIM_INVALID_VALUE, "a bulkId in it is that of no POST");
		return;
	}
	if ((size_t)to == self || pass->last[to] == self + 1)
		return;
	pass->last[to] = self + 1;
	pass->found[pass->count++] = (size_t)to;
}

/* The id that a reference means; NULL after a failure. */
static const char *id_of(struct pass *pass, const struct reference *reference)
{
	int64_t to = find_post(pass->bulk, reference->name);
	assert(to != NOBODY);
	if (!pass->ids[to])
		pass->err = ctx_fail(pass->cx, SCIM_INVALID_VALUE,
			"the operation with bulkId '%s' failed", reference->name);
	return pass->ids[to];
}

/* The text with its references handled; NULL when it stays as it is. */
static const char *pass_text(struct pass *pass, const struct text *text)
{
	struct reference reference;
	struct buf out;
	const char *id;
	size_t at = 0;
	if (!find_next(pass->cx, text, 0, &reference))
		return NULL;
	buf_init(&out, pass->cx->arena, 0);
	do {
		if (pass->last) {
			note(pass, &reference);
		} else {
			if (!(id = id_of(pass, &reference)))
				return NULL;
			buf_put(&out, text->data + at, reference.start - at);
			put_id(&out, text, &reference, id);
		}
		at = reference.end;
	} while (find_next(pass->cx, text, at, &reference));
	buf_put(&out, text->data + at, text->len - at);
	return pass->last ? NULL : out.data;
}

static void pass_string(struct pass *pass, struct json_object *value, bool path)
{
	struct text text = { json_object_get_string(value),
		(size_t)json_object_get_string_len(value), path };
	const char *out = pass_text(pass, &text);
	if (out && !json_object_set_string_len(value, out, (int)strlen(out)))
		abort();
}

/* A pathless PATCH may have paths as names; those are not replaced. */
static void pass_name(struct pass *pass, const char *name)
{
	struct text text = { name, strlen(name), true };
	struct reference reference;
	if (pass->last && find_next(pass->cx, &text, 0, &reference))
		bulk_refuse(pass->op, SCIM_INVALID_VALUE,
			"the name of a member must not hold a reference to a bulkId");
}

/* The path of a PATCH operation. What is a reference as a whole is none. */
static bool is_path(const char *name, struct json_object *member)
{
	return text_ieq(name, "path") && json_object_is_type(member, json_type_string) &&
	       strncmp(json_object_get_string(member), MARK, MARK_BYTES) != 0;
}

/* The recursion is as deep as the guard let it be. */
static void pass_value(struct pass *pass, struct json_object *value, bool path)
{
	bool patch = pass->op->method == BULK_PATCH;
	if (json_object_is_type(value, json_type_string)) {
		pass_string(pass, value, path);
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			pass_value(pass, json_object_array_get_idx(value, i), false);
	} else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, member)
		{
			if (patch)
				pass_name(pass, name);
			pass_value(pass, member, patch && is_path(name, member));
		}
	}
}

/* The id of a path: a reference as a whole or none. */
static void pass_id(struct pass *pass)
{
	const char *id = pass->op->id;
	if (!id)
		return;
	struct text text = { id, strlen(id), false };
	const char *out = pass_text(pass, &text);
	if (out)
		pass->op->id = out;
}

static int number_order(const void *left, const void *right)
{
	const size_t *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

static void find_refs(struct pass *pass)
{
	struct bulk_op *op = pass->op;
	pass->count = 0;
	if (!op->err) {
		pass_id(pass);
		pass_value(pass, op->data, false);
	}
	if (op->err || pass->count == 0)
		return;
	size_t *refs = arena_alloc(pass->cx->arena, pass->count * sizeof(*refs));
	memcpy(refs, pass->found, pass->count * sizeof(*refs));
	qsort(refs, pass->count, sizeof(*refs), number_order);
	op->refs = refs;
	op->ref_count = pass->count;
}

void bulk_find_refs(struct ctx *cx, struct bulk *bulk)
{
	struct pass pass = { .cx = cx, .bulk = bulk };
	pass.found = arena_alloc(cx->arena, bulk->count * sizeof(*pass.found));
	pass.last = arena_alloc(cx->arena, bulk->count * sizeof(*pass.last));
	find_names(cx, bulk);
	for (size_t i = 0; i < bulk->count; i++) {
		pass.op = &bulk->ops[i];
		find_refs(&pass);
	}
}

enum scim_err bulk_resolve(
	struct ctx *cx, const struct bulk *bulk, size_t op, const char *const *ids)
{
	struct pass pass = { .cx = cx, .bulk = bulk, .op = &bulk->ops[op], .ids = ids };
	if (pass.op->err)
		return ctx_fail(cx, pass.op->err, "%s", pass.op->detail);
	pass_id(&pass);
	pass_value(&pass, pass.op->data, false);
	return pass.err;
}
