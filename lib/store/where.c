/* SPDX-License-Identifier: MIT */
/*
 * From a resolved filter to SQL. Each leaf is an operand (a text of the row or of an element) and
 * an operator from a table. SQL's null is as good as false except under NOT: there, and only there,
 * leaves are wrapped, because coalesce would hide them from the indexes.
 */
#include "base/text.h"
#include "scim/resource.h"
#include "store/param.h"
#include "store/where_scope.h"

enum {
	SEMIJOINS_MAX = 8
};

void query_init(struct query *query, struct ctx *cx, const struct uuid *directory)
{
	query->cx = cx;
	query->cap = 16;
	query->params = arena_alloc(cx->arena, (size_t)query->cap * sizeof(*query->params));
	query->params[0] = param_uuid(cx, directory);
	query->count = 1;
	query->semijoins = 0;
	buf_init(&query->sql, cx->arena, 1024);
}

static void grow(struct query *query)
{
	size_t size = (size_t)query->cap * sizeof(*query->params);
	const char **params = arena_alloc(query->cx->arena, 2 * size);

	memcpy(params, query->params, size);
	query->params = params;
	query->cap *= 2;
}

const char *where_param(struct query *query, const char *value, const char *type)
{
	if (query->count == query->cap)
		grow(query);
	query->params[query->count++] = value;
	return arena_printf(query->cx->arena, "$%d::%s", query->count, type);
}

void query_param(struct query *query, const char *value, const char *type)
{
	buf_puts(&query->sql, where_param(query, value, type));
}

/* Names come from the schema tables. Quoted all the same. */
const char *where_quoted(struct ctx *cx, const char *name)
{
	struct buf buf;

	buf_init(&buf, cx->arena, 64);
	buf_putc(&buf, '\'');
	for (; *name; name++) {
		if (*name == '\'')
			buf_putc(&buf, '\'');
		buf_putc(&buf, *name);
	}
	buf_putc(&buf, '\'');
	return buf.data;
}

void where_op(struct query *query, const char *op, const char *operand, const char *param)
{
	for (; *op; op++) {
		if (*op != '%') {
			buf_putc(&query->sql, *op);
			continue;
		}
		buf_puts(&query->sql, *++op == '1' ? operand : param);
	}
}

/* The jsonb of an attribute as a whole: r.keys -> 'urn' -> 'name'. */
static const char *attr_json(struct scope *scope, const struct path *path)
{
	struct ctx *cx = scope->query->cx;

	if (scope->element)
		return arena_printf(
			cx->arena, "%s -> %s", scope->element, where_quoted(cx, path->attr->name));
	if (path->extension)
		return arena_printf(cx->arena, "r.keys -> %s -> %s",
			where_quoted(cx, path->extension->urn), where_quoted(cx, path->attr->name));
	return arena_printf(cx->arena, "r.keys -> %s", where_quoted(cx, path->attr->name));
}

/* The row that says type and place: the sub-attribute if there is one. */
const struct attr *where_leaf(const struct path *path)
{
	return path->sub ? path->sub : path->attr;
}

static const char *leaf_json(struct scope *scope, const struct path *path)
{
	struct ctx *cx = scope->query->cx;
	const char *json;

	if (scope->simple)
		return scope->element;
	json = attr_json(scope, path);
	if (!path->sub)
		return json;
	return arena_printf(cx->arena, "%s -> %s", json, where_quoted(cx, path->sub->name));
}

static void put_doc_comparison(struct scope *scope, const struct filter *filter, const char *json)
{
	struct query *query = scope->query;
	struct ctx *cx = query->cx;
	const char *text = arena_printf(cx->arena, "(%s #>> '{}')", json);

	if (filter->value.type == V_BOOLEAN)
		where_op(query, where_plain_ops[filter->op], text,
			filter->value.boolean ? "'true'" : "'false'");
	else if (filter->value.type == V_NUMBER)
		where_op(query, where_plain_ops[filter->op], arena_printf(cx->arena, "(%s)", json),
			arena_printf(cx->arena, "to_jsonb(%s)",
				where_param(query, filter->value.text, "numeric")));
	else
		where_op(query, where_text_ops[filter->op], text,
			where_param(query, filter->value.text, "text"));
}

void where_constant(struct scope *scope, bool value)
{
	buf_puts(&scope->query->sql, value ? "TRUE" : "FALSE");
}

/* The rows whose index holds the value: from the index to the row, not the other way. */
static void put_index(struct scope *scope, const struct path *path, const struct filter *leaf)
{
	struct query *query = scope->query;
	struct ctx *cx = query->cx;

	buf_puts(&query->sql, "r.id IN (SELECT a.resource_id FROM attribute_values a"
			      " WHERE a.directory_id = $1::uuid AND a.attribute = ");
	buf_puts(&query->sql,
		where_quoted(cx, index_name(cx->arena, path->extension, path->attr, path->sub)));
	buf_puts(&query->sql, " AND a.value_key = ");
	query_param(query, index_key(cx->arena, leaf->value.text, leaf->value.len), "text");
	buf_putc(&query->sql, ')');
}

static void put_elements(struct scope *scope, const struct path *path)
{
	buf_printf(&scope->query->sql,
		path->attr->multi
			? "EXISTS (SELECT FROM jsonb_array_elements(%s) v (e) WHERE "
			: "EXISTS (SELECT FROM (SELECT %s AS e) v WHERE v.e IS NOT NULL AND ",
		attr_json(scope, path));
}

/* attr.sub op v, or attr op v, where attr has several values. */
static void put_any(struct scope *scope, const struct filter *filter)
{
	struct query *query = scope->query;
	const struct path *path = &filter->path;
	const char *json = "v.e";

	if (path->sub)
		json = arena_printf(
			query->cx->arena, "v.e -> %s", where_quoted(query->cx, path->sub->name));
	if (filter->op == F_NE)
		buf_printf(&query->sql, "%s IS NULL OR ", attr_json(scope, path));
	put_elements(scope, path);
	put_doc_comparison(scope, filter, json);
	buf_putc(&query->sql, ')');
}

static enum scim_err put_comparison(struct scope *scope, const struct filter *filter)
{
	const struct path *path = &filter->path;
	const struct attr *attr = where_leaf(path);
	const struct place *place = &where_places[scope->element ? IN_DOC : attr->place];

	if (scope->membership)
		return where_membership_leaf(scope, filter);
	if (place->type == O_MEMBERSHIP)
		return where_membership_any(scope, filter);
	if (place->type != O_DOC)
		return where_column(scope, filter, place);
	if (!scope->element && attr->place == IN_INDEX && filter->op == F_EQ)
		put_index(scope, path, filter);
	else if (path->attr->multi)
		put_any(scope, filter);
	else
		put_doc_comparison(scope, filter, leaf_json(scope, path));
	return SCIM_OK;
}

/* meta: all of it is columns. */
static bool is_computed(const struct attr *attr)
{
	return attr->subs && where_places[attr->subs[0].place].type != O_DOC;
}

static void put_present(struct scope *scope, const struct path *path)
{
	struct query *query = scope->query;
	const struct attr *attr = where_leaf(path);
	const struct place *place = &where_places[IN_DOC];

	if (!attr) {
		buf_printf(&query->sql, "r.keys -> %s IS NOT NULL",
			where_quoted(query->cx, path->extension->urn));
		return;
	}
	if (!scope->element)
		place = &where_places[attr->place];
	if (scope->membership)
		where_constant(scope, true);
	else if (place->type == O_MEMBERSHIP)
		where_membership_present(scope);
	else if (place->type == O_TEXT)
		buf_printf(&query->sql, "%s IS NOT NULL", place->sql);
	else if (place->type != O_DOC || is_computed(attr))
		where_constant(scope, place->type != O_NEVER);
	else if (path->sub && path->attr->multi) {
		put_elements(scope, path);
		buf_printf(&query->sql, "v.e -> %s IS NOT NULL)",
			where_quoted(query->cx, path->sub->name));
	} else
		buf_printf(&query->sql, "%s IS NOT NULL", leaf_json(scope, path));
}

static enum scim_err put_pair(struct scope *scope, const struct filter *filter, const char *op)
{
	enum scim_err e;

	if ((e = where_put(scope, filter->left)))
		return e;
	buf_puts(&scope->query->sql, op);
	return where_put(scope, filter->right);
}

static enum scim_err put_not(struct scope *scope, const struct filter *inner)
{
	struct scope negated = *scope;

	negated.negated = true;
	buf_puts(&scope->query->sql, "NOT ");
	return where_put(&negated, inner);
}

/* In a chain of and, the comparison by eq that the index can answer. */
static const struct filter *indexed_term(const struct filter *filter)
{
	const struct filter *found;

	if (filter->op == F_EQ && filter->value.type == V_STRING &&
		filter->path.attr->place == IN_INDEX)
		return filter;
	if (filter->op != F_AND)
		return NULL;
	found = indexed_term(filter->left);
	return found ? found : indexed_term(filter->right);
}

/* attr[filter]. The index narrows; the elements decide. */
static enum scim_err put_has(struct scope *scope, const struct filter *filter)
{
	const struct filter *term = indexed_term(filter->left);
	struct path path = filter->path;
	struct scope inner = *scope;
	enum scim_err e;

	if (path.attr->place == AS_MEMBERSHIP)
		return where_membership_has(scope, filter);
	if (term) {
		path.sub = path.attr->subs ? term->path.attr : NULL;
		put_index(scope, &path, term);
		buf_puts(&scope->query->sql, " AND ");
		path.sub = NULL;
	}
	put_elements(scope, &path);
	inner.element = "v.e";
	inner.simple = !path.attr->subs;
	inner.negated = false; /* EXISTS makes no difference between null and false */
	if ((e = where_put(&inner, filter->left)))
		return e;
	buf_putc(&scope->query->sql, ')');
	return SCIM_OK;
}

/* Under NOT it needs a wrap, unless it is made of EXISTS, which PostgreSQL can then turn to a join. */
static bool may_be_null(const struct scope *scope, const struct filter *filter)
{
	const struct attr *attr = filter->path.attr;

	return scope->membership || !attr || attr->place != AS_MEMBERSHIP;
}

static enum scim_err put_leaf(struct scope *scope, const struct filter *filter)
{
	bool wrapped = scope->negated && may_be_null(scope, filter);
	enum scim_err e = SCIM_OK;

	if (wrapped)
		buf_puts(&scope->query->sql, "coalesce(");
	if (filter->op == F_PR || (filter->value.type == V_NULL && filter->op == F_NE))
		put_present(scope, &filter->path);
	else if (filter->value.type == V_NULL) {
		buf_puts(&scope->query->sql, "NOT (");
		put_present(scope, &filter->path);
		buf_putc(&scope->query->sql, ')');
	} else
		e = put_comparison(scope, filter);
	if (wrapped)
		buf_puts(&scope->query->sql, ", false)");
	return e;
}

static enum scim_err put_inner(struct scope *scope, const struct filter *filter)
{
	switch (filter->op) {
	case F_AND:
		return put_pair(scope, filter, " AND ");
	case F_OR:
		return put_pair(scope, filter, " OR ");
	case F_NOT:
		return put_not(scope, filter->left);
	case F_FALSE:
	case F_TRUE:
		where_constant(scope, filter->op == F_TRUE);
		return SCIM_OK;
	case F_HAS:
		return put_has(scope, filter);
	default:
		return put_leaf(scope, filter);
	}
}

/* Is the term a question to other rows, or to the values in this one? */
static bool is_semijoin(const struct scope *scope, const struct filter *filter)
{
	if (filter->op < F_HAS || !filter->path.attr || scope->element || scope->membership)
		return false;
	return filter->path.attr->multi || where_leaf(&filter->path)->place == IN_INDEX;
}

/*
 * PostgreSQL plans semi-joins in time that grows with the cube of their number. Some are enough to
 * find the rows by; of more it is kept from making any.
 */
enum scim_err where_put(struct scope *scope, const struct filter *filter)
{
	bool many = is_semijoin(scope, filter) && ++scope->query->semijoins > SEMIJOINS_MAX;
	enum scim_err e;

	buf_putc(&scope->query->sql, '(');
	e = put_inner(scope, filter);
	buf_puts(&scope->query->sql, many ? ") IS TRUE" : ")");
	return e;
}

enum scim_err where_filter(
	struct query *query, const struct where *where, const struct filter *filter)
{
	struct scope scope = { .query = query, .where = where };

	return where_put(&scope, filter);
}

/* RFC 7644 section 3.4.2.3: a multi-valued attribute sorts by its primary value, else its first. */
static void put_first_value(struct scope *scope, const struct path *path, const char *sub)
{
	struct query *query = scope->query;

	buf_printf(&query->sql,
		"(SELECT v.e %s FROM jsonb_array_elements(%s) WITH ORDINALITY v (e, n)"
		" ORDER BY (v.e ->> 'primary' = 'true') DESC NULLS LAST, v.n LIMIT 1)",
		sub ? arena_printf(query->cx->arena, "->> %s", where_quoted(query->cx, sub))
		    : "#>> '{}'",
		attr_json(scope, path));
}

static const char *default_sub(const struct path *path)
{
	if (path->sub)
		return path->sub->name;
	return path->attr->subs ? "value" : NULL;
}

/* What a sort key is compared as; indexed by enum operand_type. */
static const char *const sort_types[] = {
	[O_TEXT] = "text",
	[O_BOOLEAN] = "boolean",
	[O_TIME] = "timestamptz",
	[O_ID] = "uuid",
	[O_VERSION] = "bigint",
	[O_LOCATION] = "uuid",
};

static void put_doc_key(struct scope *scope, const struct path *path, bool number)
{
	struct query *query = scope->query;
	const char *sub = default_sub(path);

	/* by its beginning, which fits a cursor in a URL */
	buf_puts(&query->sql, number ? "(" : "left((");
	if (path->attr->multi)
		put_first_value(scope, path, sub);
	else if (sub)
		buf_printf(&query->sql, "%s ->> %s", attr_json(scope, path),
			where_quoted(query->cx, sub));
	else
		buf_printf(&query->sql, "%s #>> '{}'", attr_json(scope, path));
	buf_puts(&query->sql, number ? ")::numeric" : "), 256) COLLATE \"C\"");
}

enum scim_err where_sort_key(
	struct query *query, const struct where *where, const struct path *path, const char **type)
{
	struct scope scope = { .query = query, .where = where };
	const struct attr *attr = path->attr ? where_leaf(path) : NULL;
	const struct place *place;
	bool number;

	if (!attr || attr->returned == R_NEVER ||
		(attr->subs && !attr_find(attr->subs, "value", 5)))
		return ctx_fail(query->cx, SCIM_INVALID_VALUE,
			"sortBy needs an attribute with a value of its own");
	place = &where_places[attr->place];
	number = attr->type == T_INTEGER || attr->type == T_DECIMAL;
	*type = number ? "numeric" : "text";
	if (place->type == O_DOC) {
		put_doc_key(&scope, path, number);
	} else if (place->sql) {
		buf_puts(&query->sql, place->sql);
		*type = sort_types[place->type];
	} else {
		buf_puts(&query->sql, "NULL::text"); /* the same for all */
	}
	return SCIM_OK;
}
