/* SPDX-License-Identifier: MIT */
/*
 * From a resolved filter to SQL. Each leaf is an operand (a text of the row or of an element) and
 * an operator from a table. SQL's null is as good as false except under NOT: there, and only there,
 * leaves are wrapped, because coalesce would hide them from the indexes.
 */
#include "store/where.h"

#include "base/text.h"
#include "scim/resource.h"
#include "store/param.h"

/* How the operand of a place is written, and what it is compared as. */
enum operand_type {
	O_DOC = 0, /* inside keys: see put_doc */
	O_TEXT,
	O_BOOLEAN,
	O_TIME,
	O_ID,
	O_VERSION,
	O_LOCATION,
	O_TYPE_NAME,
	O_NEVER /* nothing to compare with */
};

static const struct place {
	enum operand_type type;
	const char *sql;
} places[PLACE__MAX] = {
	[IN_DOC] = { O_DOC, NULL },
	[IN_INDEX] = { O_DOC, NULL },
	[AS_ID] = { O_ID, "u.id" },
	[AS_EXTERNAL_ID] = { O_TEXT, "u.external_id" },
	[AS_USER_NAME] = { O_TEXT, "u.user_name_key" },
	[AS_ACTIVE] = { O_BOOLEAN, "u.active" },
	[AS_CREATED] = { O_TIME, "u.created_at" },
	[AS_MODIFIED] = { O_TIME, "u.modified_at" },
	[AS_VERSION] = { O_VERSION, "u.version" },
	[AS_LOCATION] = { O_LOCATION, "u.id" },
	[AS_TYPE_NAME] = { O_TYPE_NAME, NULL },
	[AS_MEMBERSHIP] = { O_NEVER, NULL },
	[AS_NOTHING] = { O_NEVER, NULL },
};

/* "%1" is the operand, "%2" the parameter. */
static const char *const text_ops[F__MAX] = {
	[F_EQ] = "%1 = %2",
	[F_NE] = "%1 IS DISTINCT FROM %2",
	[F_CO] = "strpos(%1, %2) > 0",
	[F_SW] = "starts_with(%1, %2)",
	[F_EW] = "right(%1, char_length(%2)) = %2",
	[F_GT] = "%1 COLLATE \"C\" > %2",
	[F_GE] = "%1 COLLATE \"C\" >= %2",
	[F_LT] = "%1 COLLATE \"C\" < %2",
	[F_LE] = "%1 COLLATE \"C\" <= %2",
};

static const char *const plain_ops[F__MAX] = {
	[F_EQ] = "%1 = %2",
	[F_NE] = "%1 IS DISTINCT FROM %2",
	[F_GT] = "%1 > %2",
	[F_GE] = "%1 >= %2",
	[F_LT] = "%1 < %2",
	[F_LE] = "%1 <= %2",
};

/* One composition: where the leaves are. */
struct scope {
	struct query *query;
	const struct where *where;
	const char *element; /* inside a value filter: the element's SQL; NULL: the row */
	bool simple; /* the elements are simple values: "value" is the element itself */
	bool negated; /* under NOT: no null may come out */
};

void query_init(struct query *query, struct ctx *cx, const struct uuid *directory,
	const struct filter *filter)
{
	query->cx = cx;
	query->cap = filter ? (int)cx->limits->filter_terms * 4 + 16 : 16;
	query->params = arena_alloc(cx->arena, (size_t)query->cap * sizeof(*query->params));
	query->params[0] = param_uuid(cx, directory);
	query->count = 1;
	buf_init(&query->sql, cx->arena, 1024);
}

static const char *new_param(struct query *query, const char *value, const char *type)
{
	if (query->count == query->cap)
		abort();
	query->params[query->count++] = value;
	return arena_printf(query->cx->arena, "$%d::%s", query->count, type);
}

void query_param(struct query *query, const char *value, const char *type)
{
	buf_puts(&query->sql, new_param(query, value, type));
}

/* Names come from the schema tables. Quoted all the same. */
static const char *quoted(struct ctx *cx, const char *name)
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

static void put_op(struct query *query, const char *op, const char *operand, const char *param)
{
	for (; *op; op++) {
		if (*op != '%') {
			buf_putc(&query->sql, *op);
			continue;
		}
		buf_puts(&query->sql, *++op == '1' ? operand : param);
	}
}

/* The jsonb of an attribute as a whole: u.keys -> 'urn' -> 'name'. */
static const char *attr_json(struct scope *scope, const struct path *path)
{
	struct ctx *cx = scope->query->cx;

	if (scope->element)
		return arena_printf(
			cx->arena, "%s -> %s", scope->element, quoted(cx, path->attr->name));
	if (path->extension)
		return arena_printf(cx->arena, "u.keys -> %s -> %s",
			quoted(cx, path->extension->urn), quoted(cx, path->attr->name));
	return arena_printf(cx->arena, "u.keys -> %s", quoted(cx, path->attr->name));
}

/* The row that says type and place: the sub-attribute if there is one. */
static const struct attr *leaf_attr(const struct path *path)
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
	return arena_printf(cx->arena, "%s -> %s", json, quoted(cx, path->sub->name));
}

static void put_doc_comparison(struct scope *scope, const struct filter *filter, const char *json)
{
	struct query *query = scope->query;
	struct ctx *cx = query->cx;
	const char *text = arena_printf(cx->arena, "(%s #>> '{}')", json);

	if (filter->value.type == V_BOOLEAN)
		put_op(query, plain_ops[filter->op], text,
			filter->value.boolean ? "'true'" : "'false'");
	else if (filter->value.type == V_NUMBER)
		put_op(query, plain_ops[filter->op], arena_printf(cx->arena, "(%s)", json),
			arena_printf(cx->arena, "to_jsonb(%s)",
				new_param(query, filter->value.text, "numeric")));
	else
		put_op(query, text_ops[filter->op], text,
			new_param(query, filter->value.text, "text"));
}

static void put_constant(struct scope *scope, bool value)
{
	buf_puts(&scope->query->sql, value ? "TRUE" : "FALSE");
}

/* Ids compare by eq, ne and order: 25 fixed digits sort like the UUID behind them. */
static enum scim_err put_id(
	struct scope *scope, const struct filter *filter, const char *text, size_t len)
{
	struct query *query = scope->query;
	struct uuid id;

	if (!plain_ops[filter->op])
		return ctx_fail(query->cx, SCIM_INVALID_FILTER,
			"'%s' can be compared by eq, ne, gt, ge, lt and le only",
			leaf_attr(&filter->path)->name);
	if (!id_parse(scope->where->kind, text, len, &id)) {
		if (filter->op != F_EQ && filter->op != F_NE)
			return ctx_fail(query->cx, SCIM_INVALID_FILTER,
				"'%s' has an order among ids only", leaf_attr(&filter->path)->name);
		put_constant(scope, filter->op == F_NE);
		return SCIM_OK;
	}
	put_op(query, plain_ops[filter->op], "u.id",
		new_param(query, uuid_text(query->cx->arena, &id), "uuid"));
	return SCIM_OK;
}

static enum scim_err put_location(struct scope *scope, const struct filter *filter)
{
	const char *prefix = arena_printf(
		scope->query->cx->arena, "%s%s/", scope->where->base, scope->where->rt->endpoint);
	size_t len = strlen(prefix);

	if (filter->value.len < len || strncmp(filter->value.text, prefix, len) != 0)
		return put_id(scope, filter, "", 0);
	return put_id(scope, filter, filter->value.text + len, filter->value.len - len);
}

/* W/"7" or "7": compared by eq and ne. */
static enum scim_err put_version(struct scope *scope, const struct filter *filter)
{
	const char *text = filter->value.text;
	struct query *query = scope->query;
	char *end;
	long long version;

	if (filter->op != F_EQ && filter->op != F_NE)
		return ctx_fail(query->cx, SCIM_INVALID_FILTER,
			"'version' can be compared by eq and ne only");
	if (text[0] == 'W' && text[1] == '/')
		text += 2;
	version = *text == '"' ? strtoll(text + 1, &end, 10) : 0;
	if (version <= 0 || strcmp(end, "\"") != 0) {
		put_constant(scope, filter->op == F_NE);
		return SCIM_OK;
	}
	put_op(query, plain_ops[filter->op], "u.version",
		new_param(query, arena_printf(query->cx->arena, "%lld", version), "bigint"));
	return SCIM_OK;
}

/* A string behind all that begin with s, in the order of UTF-8 bytes; NULL: none. */
static const char *successor(struct arena *arena, const char *s)
{
	unsigned char *copy = (unsigned char *)arena_strdup(arena, s);
	size_t len = strlen(s);

	while (len > 0 && (copy[len - 1] == 0xbf || copy[len - 1] >= 0x7f)) {
		/* a whole character ends here that cannot simply be raised: drop it */
		while (len > 0 && (copy[len - 1] & 0xc0) == 0x80)
			len--;
		if (len > 0)
			len--;
	}
	if (len == 0)
		return NULL;
	copy[len - 1]++;
	return arena_strndup(arena, (const char *)copy, len);
}

/*
 * sw on a column with a B-tree: a range, which keeps its index under row-level security. Where
 * the last character could not be raised the range is too wide, so starts_with decides.
 */
static void put_prefix(struct scope *scope, const char *operand, const char *value)
{
	struct query *query = scope->query;
	const char *end = successor(query->cx->arena, value);

	put_op(query, "%1 >= %2 AND starts_with(%1, %2)", operand, new_param(query, value, "text"));
	if (!end)
		return;
	buf_puts(&query->sql, " AND ");
	put_op(query, "%1 < %2", operand, new_param(query, end, "text"));
}

static enum scim_err put_column(
	struct scope *scope, const struct filter *filter, const struct place *place)
{
	const struct filter_value *value = &filter->value;
	struct query *query = scope->query;

	switch (place->type) {
	case O_TEXT:
		if (filter->op == F_SW)
			put_prefix(scope, place->sql, value->text);
		else
			put_op(query, text_ops[filter->op], place->sql,
				new_param(query, value->text, "text"));
		return SCIM_OK;
	case O_BOOLEAN:
		put_op(query, plain_ops[filter->op], place->sql, param_bool(value->boolean));
		return SCIM_OK;
	case O_TIME:
		put_op(query, plain_ops[filter->op], place->sql,
			new_param(query, value->text, "timestamptz"));
		return SCIM_OK;
	case O_ID:
		return put_id(scope, filter, value->text, value->len);
	case O_VERSION:
		return put_version(scope, filter);
	case O_LOCATION:
		return put_location(scope, filter);
	case O_TYPE_NAME:
		put_op(query, text_ops[filter->op],
			arena_printf(query->cx->arena, "%s::text",
				quoted(query->cx, scope->where->rt->name)),
			new_param(query, value->text, "text"));
		return SCIM_OK;
	case O_DOC:
	case O_NEVER:
		break;
	}
	put_constant(scope, filter->op == F_NE);
	return SCIM_OK;
}

/* The rows whose index holds the value: from the index to the row, not the other way. */
static void put_index(struct scope *scope, const struct path *path, const struct filter *leaf)
{
	struct query *query = scope->query;
	struct ctx *cx = query->cx;

	buf_puts(&query->sql, "u.id IN (SELECT a.resource_id FROM attribute_values a"
			      " WHERE a.directory_id = $1::uuid AND a.attribute = ");
	buf_puts(&query->sql,
		quoted(cx, index_name(cx->arena, path->extension, path->attr, path->sub)));
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
			query->cx->arena, "v.e -> %s", quoted(query->cx, path->sub->name));
	if (filter->op == F_NE)
		buf_printf(&query->sql, "%s IS NULL OR ", attr_json(scope, path));
	put_elements(scope, path);
	put_doc_comparison(scope, filter, json);
	buf_putc(&query->sql, ')');
}

static enum scim_err put_comparison(struct scope *scope, const struct filter *filter)
{
	const struct path *path = &filter->path;
	const struct attr *attr = leaf_attr(path);
	const struct place *place = &places[scope->element ? IN_DOC : attr->place];

	if (!scope->element && path->attr->place == AS_MEMBERSHIP)
		place = &places[AS_MEMBERSHIP];
	if (place->type != O_DOC)
		return put_column(scope, filter, place);
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
	return attr->subs && places[attr->subs[0].place].type != O_DOC;
}

static void put_present(struct scope *scope, const struct path *path)
{
	struct query *query = scope->query;
	const struct attr *attr = leaf_attr(path);
	const struct place *place = &places[IN_DOC];

	if (!attr) {
		buf_printf(&query->sql, "u.keys -> %s IS NOT NULL",
			quoted(query->cx, path->extension->urn));
		return;
	}
	if (!scope->element)
		place = &places[path->attr->place == AS_MEMBERSHIP ? AS_MEMBERSHIP : attr->place];
	if (place->type == O_TEXT)
		buf_printf(&query->sql, "%s IS NOT NULL", place->sql);
	else if (place->type != O_DOC || is_computed(attr))
		put_constant(scope, place->type != O_NEVER);
	else if (path->sub && path->attr->multi) {
		put_elements(scope, path);
		buf_printf(
			&query->sql, "v.e -> %s IS NOT NULL)", quoted(query->cx, path->sub->name));
	} else
		buf_printf(&query->sql, "%s IS NOT NULL", leaf_json(scope, path));
}

static enum scim_err put_filter(struct scope *scope, const struct filter *filter);

static enum scim_err put_pair(struct scope *scope, const struct filter *filter, const char *op)
{
	enum scim_err e;

	if ((e = put_filter(scope, filter->left)))
		return e;
	buf_puts(&scope->query->sql, op);
	return put_filter(scope, filter->right);
}

static enum scim_err put_not(struct scope *scope, const struct filter *inner)
{
	struct scope negated = *scope;

	negated.negated = true;
	buf_puts(&scope->query->sql, "NOT ");
	return put_filter(&negated, inner);
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

	if (path.attr->place == AS_MEMBERSHIP) {
		put_constant(scope, false);
		return SCIM_OK;
	}
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
	if ((e = put_filter(&inner, filter->left)))
		return e;
	buf_putc(&scope->query->sql, ')');
	return SCIM_OK;
}

static enum scim_err put_leaf(struct scope *scope, const struct filter *filter)
{
	enum scim_err e = SCIM_OK;

	if (scope->negated)
		buf_puts(&scope->query->sql, "coalesce(");
	if (filter->op == F_PR || (filter->value.type == V_NULL && filter->op == F_NE))
		put_present(scope, &filter->path);
	else if (filter->value.type == V_NULL) {
		buf_puts(&scope->query->sql, "NOT (");
		put_present(scope, &filter->path);
		buf_putc(&scope->query->sql, ')');
	} else
		e = put_comparison(scope, filter);
	if (scope->negated)
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
		put_constant(scope, filter->op == F_TRUE);
		return SCIM_OK;
	case F_HAS:
		return put_has(scope, filter);
	default:
		return put_leaf(scope, filter);
	}
}

static enum scim_err put_filter(struct scope *scope, const struct filter *filter)
{
	enum scim_err e;

	buf_putc(&scope->query->sql, '(');
	e = put_inner(scope, filter);
	buf_putc(&scope->query->sql, ')');
	return e;
}

enum scim_err where_filter(
	struct query *query, const struct where *where, const struct filter *filter)
{
	struct scope scope = { .query = query, .where = where };

	return put_filter(&scope, filter);
}

/* RFC 7644 section 3.4.2.3: a multi-valued attribute sorts by its primary value, else its first. */
static void put_first_value(struct scope *scope, const struct path *path, const char *sub)
{
	struct query *query = scope->query;

	buf_printf(&query->sql,
		"(SELECT v.e %s FROM jsonb_array_elements(%s) WITH ORDINALITY v (e, n)"
		" ORDER BY (v.e ->> 'primary' = 'true') DESC NULLS LAST, v.n LIMIT 1)",
		sub ? arena_printf(query->cx->arena, "->> %s", quoted(query->cx, sub)) : "#>> '{}'",
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
		buf_printf(
			&query->sql, "%s ->> %s", attr_json(scope, path), quoted(query->cx, sub));
	else
		buf_printf(&query->sql, "%s #>> '{}'", attr_json(scope, path));
	buf_puts(&query->sql, number ? ")::numeric" : "), 256) COLLATE \"C\"");
}

enum scim_err where_sort_key(
	struct query *query, const struct where *where, const struct path *path, const char **type)
{
	struct scope scope = { .query = query, .where = where };
	const struct attr *attr = path->attr ? leaf_attr(path) : NULL;
	const struct place *place;
	bool number;

	if (!attr || (attr->subs && !attr_find(attr->subs, "value", 5)))
		return ctx_fail(query->cx, SCIM_INVALID_VALUE,
			"sortBy needs an attribute with a value of its own");
	place = &places[path->attr->place == AS_MEMBERSHIP ? AS_MEMBERSHIP : attr->place];
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
