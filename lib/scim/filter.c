/* SPDX-License-Identifier: MIT */
/*
 * The filter parser: recursive descent over RFC 7644 figure 1. It recurses only where the text
 * nests, which cx->limits->filter_depth bounds; and, or chains grow to the left in a loop. What
 * letters make a value is filter_lex.c's business, what a value means filter_value.c's.
 */
#include "scim/filter.h"

#include "base/text.h"
#include "scim/filter_lex.h"
#include "scim/filter_value.h"
#include "scim/quirk.h"

#define NAME_SHOWN 200

const char *const filter_op_names[F__MAX] = {
	[F_AND] = "and",
	[F_OR] = "or",
	[F_NOT] = "not",
	[F_FALSE] = "false",
	[F_TRUE] = "true",
	[F_HAS] = "has",
	[F_PR] = "pr",
	[F_EQ] = "eq",
	[F_NE] = "ne",
	[F_CO] = "co",
	[F_SW] = "sw",
	[F_EW] = "ew",
	[F_GT] = "gt",
	[F_GE] = "ge",
	[F_LT] = "lt",
	[F_LE] = "le",
};

/* One name in a filter over several types; the nth of one parse is the nth of every other. */
struct mention {
	const char *word;
	size_t len;
	bool stands; /* some type makes sense of its term */
	const char *detail; /* why one that has the attribute does not; NULL: none has it */
};

struct parser {
	struct lex lex;
	const struct resource_type *rt;
	path_resolver *resolve;
	const struct attr *names; /* inside attr[...]: what may be named there; NULL outside */
	struct mention *mentions; /* what makes no sense is tolerated, and noted; NULL: refused */
	struct mention *mention; /* of the last name */
	size_t mentioned;
	int64_t depth;
	int64_t terms;
};

static enum scim_err parse_or(struct parser *ps, const struct filter **out);

static const struct filter *node(
	struct parser *ps, enum filter_op op, const struct filter *left, const struct filter *right)
{
	struct filter *filter = arena_alloc(ps->lex.cx->arena, sizeof(*filter));
	filter->op = op;
	filter->left = left;
	filter->right = right;
	return filter;
}

static enum scim_err enter(struct parser *ps)
{
	struct ctx *cx = ps->lex.cx;
	if (++ps->depth > cx->limits->filter_depth)
		return ctx_fail(cx, SCIM_INVALID_FILTER, "filter is nested deeper than %lld",
			(long long)cx->limits->filter_depth);
	return SCIM_OK;
}

static enum scim_err count_term(struct parser *ps)
{
	struct ctx *cx = ps->lex.cx;
	if (++ps->terms > cx->limits->filter_terms)
		return ctx_fail(cx, SCIM_INVALID_FILTER, "filter has more than %lld comparisons",
			(long long)cx->limits->filter_terms);
	return SCIM_OK;
}

/* A filter up to its closing character; the opening one is taken already. */
static enum scim_err parse_nested(struct parser *ps, char close, const struct filter **out)
{
	enum scim_err e = enter(ps);
	if (e)
		return e;
	lex_spaces(&ps->lex);
	if ((e = parse_or(ps, out)))
		return e;
	lex_spaces(&ps->lex);
	if (!lex_char(&ps->lex, close))
		return lex_fail(&ps->lex, close == ']' ? "and, or or ']'" : "and, or or ')'");
	ps->depth--;
	return SCIM_OK;
}

/* A failure of the last name's term, which is none when another type may stand for it. */
static enum scim_err tolerate(struct parser *ps, struct mention *mention, enum scim_err e)
{
	struct ctx *cx = ps->lex.cx;
	if (!mention)
		return e;
	if (!mention->detail)
		mention->detail = cx->detail;
	ctx_clear(cx);
	return SCIM_OK;
}

/* The type makes sense of the term of this name. */
static void stand(struct mention *mention)
{
	if (mention)
		mention->stands = true;
}

static void mention_name(struct parser *ps, const char *word, size_t len)
{
	if (!ps->mentions)
		return;
	ps->mention = &ps->mentions[ps->mentioned++];
	ps->mention->word = word;
	ps->mention->len = len;
}

static enum scim_err no_attribute(struct ctx *cx, const char *word, size_t len)
{
	return ctx_fail(cx, SCIM_INVALID_FILTER, "no attribute '%.*s'",
		(int)(len < NAME_SHOWN ? len : NAME_SHOWN), word);
}

/* Resolve a name where the parser stands. path->attr is NULL when what is wrong is tolerated. */
static enum scim_err parse_name(struct parser *ps, const char *word, size_t len, struct path *path)
{
	struct ctx *cx = ps->lex.cx;
	if (len == 0)
		return lex_fail(&ps->lex, "an attribute");
	mention_name(ps, word, len);
	*path = (struct path){ 0 };
	if (ps->names)
		path->attr = attr_find(ps->names, word, len);
	else if (!ps->resolve(cx, ps->rt, word, len, path))
		*path = (struct path){ 0 };
	if (!path->attr) {
		*path = (struct path){ 0 };
		return ps->mentions ? SCIM_OK : no_attribute(cx, word, len);
	}
	/* 7643 7: what is never returned cannot be guessed at by comparing, either */
	if (path->attr->returned == R_NEVER || (path->sub && path->sub->returned == R_NEVER)) {
		enum scim_err e = ctx_fail(
			cx, SCIM_INVALID_FILTER, "'%s' cannot be filtered by", path->attr->name);
		*path = (struct path){ 0 };
		return tolerate(ps, ps->mention, e);
	}
	return SCIM_OK;
}

static enum scim_err parse_op(struct parser *ps, enum filter_op *op)
{
	size_t start = ps->lex.pos;
	const char *word;
	size_t len = lex_word(&ps->lex, &word);
	for (*op = F_PR; *op < F__MAX; (*op)++)
		if (text_ieqn(filter_op_names[*op], 2, word, len))
			return SCIM_OK;
	ps->lex.pos = start;
	return lex_fail(&ps->lex, "an operator");
}

/*
 * 7644 3.4.2.2 and 3.5.2: emails co "x" compares emails.value. null compares the attribute as a
 * whole: it has no value at all.
 */
static enum scim_err default_sub(struct ctx *cx, const struct literal *literal, struct path *path)
{
	const struct attr *attr = path->attr;
	if (attr->type != T_COMPLEX || path->sub || literal->type == LIT_NULL)
		return SCIM_OK;
	path->sub = attr_find(attr->subs, "value", 5);
	/* QUIRK(entra): manager eq "x" */
	if (!path->sub || (!attr->multi && !quirk_allowed(cx, QUIRK_COMPLEX_COMPARE)))
		return ctx_fail(cx, SCIM_INVALID_FILTER,
			"'%s' is complex: name a sub-attribute of it", attr->name);
	return SCIM_OK;
}

/* Give a comparison its type. One that is tolerated becomes what it means of no value. */
static enum scim_err type_comparison(
	struct parser *ps, const struct literal *literal, struct filter *filter)
{
	struct ctx *cx = ps->lex.cx;
	struct path *path = &filter->path;
	enum scim_err e = SCIM_OK;
	if (path->attr && filter->op != F_PR && !(e = default_sub(cx, literal, path)))
		e = filter_value_of(cx, filter->op, path->sub ? path->sub : path->attr, literal,
			&filter->value);
	if (path->attr && !e) {
		stand(ps->mention);
		return SCIM_OK;
	}
	bool null = literal->type == LIT_NULL;
	bool truth = filter->op == F_NE ? !null : filter->op == F_EQ && null;
	*filter = (struct filter){ .op = truth ? F_TRUE : F_FALSE };
	return e ? tolerate(ps, ps->mention, e) : SCIM_OK;
}

/* What follows a name: an operator and its value. */
static enum scim_err parse_comparison(
	struct parser *ps, const struct path *path, const struct filter **out)
{
	struct filter *filter = arena_alloc(ps->lex.cx->arena, sizeof(*filter));
	struct literal literal = { 0 };
	enum scim_err e = count_term(ps);
	if (e)
		return e;
	filter->path = *path;
	if (!lex_spaces(&ps->lex))
		return lex_fail(&ps->lex, "a space and an operator");
	if ((e = parse_op(ps, &filter->op)))
		return e;
	if (filter->op != F_PR) {
		if (!lex_spaces(&ps->lex))
			return lex_fail(&ps->lex, "a space and a value");
		if ((e = lex_literal(&ps->lex, ps->names, &literal)))
			return e;
	}
	*out = filter;
	return type_comparison(ps, &literal, filter);
}

/*
 * What may be named inside attr[...]: its sub-attributes, or "value" for simple values; nothing
 * when attr is NULL.
 */
static const struct attr *names_of(struct ctx *cx, const struct attr *attr)
{
	static const struct attr none[] = { { 0 } };
	if (!attr)
		return none;
	if (attr->type == T_COMPLEX)
		return attr->subs ? attr->subs : none;
	struct attr *names = arena_alloc(cx->arena, 2 * sizeof(*names));
	names[0] = *attr;
	names[0].name = "value";
	names[0].multi = false;
	return names;
}

/*
 * QUIRK(entra): attr[left].sub op value is no filter of the RFC's. It means that one and the same
 * value satisfies both. "attr[left]." is taken already, and the names are still those of attr.
 */
static enum scim_err parse_has_sub(struct parser *ps, const struct filter **left)
{
	const char *word;
	size_t len = lex_word(&ps->lex, &word);
	struct path path = { 0 };
	const struct filter *right = NULL;
	enum scim_err e = parse_name(ps, word, len, &path);
	if (e)
		return e;
	ps->names = NULL;
	if (!quirk_allowed(ps->lex.cx, QUIRK_PATH_FILTER))
		return lex_fail(&ps->lex, "no sub-attribute behind ']'");
	if ((e = parse_comparison(ps, &path, &right)))
		return e;
	*left = node(ps, F_AND, *left, right);
	return SCIM_OK;
}

/* attr[filter], '[' being next. */
static enum scim_err parse_has(
	struct parser *ps, const struct path *path, const struct filter **out)
{
	struct filter *has = arena_alloc(ps->lex.cx->arena, sizeof(*has));
	struct mention *mention = ps->mention;
	const struct attr *attr = path->attr;
	enum scim_err e = SCIM_OK;
	if (ps->names)
		return lex_fail(&ps->lex, "no brackets inside brackets");
	if (attr && (path->sub || (!attr->multi && attr->type != T_COMPLEX))) {
		e = ctx_fail(ps->lex.cx, SCIM_INVALID_FILTER,
			"a filter in brackets does not apply to '%s' here", attr->name);
		if ((e = tolerate(ps, mention, e)))
			return e;
		attr = NULL;
	}
	lex_char(&ps->lex, '[');
	ps->names = names_of(ps->lex.cx, attr);
	e = parse_nested(ps, ']', &has->left);
	if (!e && lex_char(&ps->lex, '.'))
		e = parse_has_sub(ps, &has->left);
	ps->names = NULL;
	has->op = F_HAS;
	has->path = *path;
	if (attr)
		stand(mention);
	else
		*has = (struct filter){ .op = F_FALSE };
	*out = has;
	return e;
}

/* Take "not" with the parenthesis it demands. */
static bool take_not(struct lex *lex)
{
	size_t start = lex->pos;
	const char *word;
	size_t len = lex_word(lex, &word);
	if (text_ieqn("not", 3, word, len)) {
		lex_spaces(lex);
		if (lex_char(lex, '('))
			return true;
	}
	lex->pos = start;
	return false;
}

static enum scim_err parse_not(struct parser *ps, const struct filter **out)
{
	const struct filter *left = NULL;
	enum scim_err e = enter(ps);
	if (e || (e = parse_nested(ps, ')', &left)))
		return e;
	ps->depth--;
	*out = node(ps, F_NOT, left, NULL);
	return SCIM_OK;
}

static enum scim_err parse_term(struct parser *ps, const struct filter **out)
{
	struct path path = { 0 };
	const char *word;
	if (lex_char(&ps->lex, '('))
		return parse_nested(ps, ')', out);
	if (take_not(&ps->lex))
		return parse_not(ps, out);
	size_t len = lex_word(&ps->lex, &word);
	enum scim_err e = parse_name(ps, word, len, &path);
	if (e)
		return e;
	if (ps->lex.pos < ps->lex.len && ps->lex.text[ps->lex.pos] == '[')
		return parse_has(ps, &path, out);
	return parse_comparison(ps, &path, out);
}

/* Take " and " or " or ". */
static bool take_keyword(struct lex *lex, const char *keyword)
{
	size_t start = lex->pos;
	const char *word = NULL;
	bool spaces = lex_spaces(lex);
	size_t len = lex_word(lex, &word);
	if (spaces && text_ieqn(keyword, strlen(keyword), word, len) && lex_spaces(lex))
		return true;
	lex->pos = start;
	return false;
}

static enum scim_err parse_and(struct parser *ps, const struct filter **out)
{
	const struct filter *right = NULL;
	enum scim_err e = parse_term(ps, out);
	while (!e && take_keyword(&ps->lex, "and"))
		if (!(e = parse_term(ps, &right)))
			*out = node(ps, F_AND, *out, right);
	return e;
}

static enum scim_err parse_or(struct parser *ps, const struct filter **out)
{
	const struct filter *right = NULL;
	enum scim_err e = parse_and(ps, out);
	while (!e && take_keyword(&ps->lex, "or"))
		if (!(e = parse_and(ps, &right)))
			*out = node(ps, F_OR, *out, right);
	return e;
}

static enum scim_err parse_whole(struct parser *ps, const struct filter **tree)
{
	struct ctx *cx = ps->lex.cx;
	const struct filter *found = NULL;
	if (ps->lex.len > (size_t)cx->limits->filter_bytes)
		return ctx_fail(cx, SCIM_INVALID_FILTER, "filter is longer than %lld bytes",
			(long long)cx->limits->filter_bytes);
	if (!utf8_valid(ps->lex.text, ps->lex.len))
		return ctx_fail(cx, SCIM_INVALID_FILTER, "filter is not UTF-8");
	lex_spaces(&ps->lex);
	enum scim_err e = parse_or(ps, &found);
	if (e)
		return e;
	lex_spaces(&ps->lex);
	if (ps->lex.pos < ps->lex.len)
		return lex_fail(&ps->lex, "and, or or the end");
	*tree = found;
	return SCIM_OK;
}

enum scim_err filter_parse_by(struct ctx *cx, const struct resource_type *rt,
	path_resolver *resolve, const char *text, size_t len, const struct filter **tree)
{
	struct parser ps = {
		.lex = { .cx = cx, .text = text, .len = len }, .rt = rt, .resolve = resolve
	};
	return parse_whole(&ps, tree);
}

enum scim_err filter_parse(struct ctx *cx, const struct resource_type *rt, const char *text,
	size_t len, const struct filter **tree)
{
	return filter_parse_by(cx, rt, path_resolve, text, len, tree);
}

/* What no type makes sense of. */
static enum scim_err check_mentions(struct ctx *cx, const struct mention *mentions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct mention *mention = &mentions[i];
		if (mention->stands)
			continue;
		if (!mention->detail)
			return no_attribute(cx, mention->word, mention->len);
		return ctx_fail(cx, SCIM_INVALID_FILTER, "%s", mention->detail);
	}
	return SCIM_OK;
}

enum scim_err filter_parse_any(struct ctx *cx, const struct resource_type *const *types,
	const char *text, size_t len, const struct filter **trees)
{
	/* one for each comparison, one for brackets around it, and one before the limit shows */
	size_t most = 2 * (size_t)cx->limits->filter_terms + 2;
	struct mention *mentions = arena_alloc(cx->arena, most * sizeof(*mentions));
	size_t count = 0;
	for (size_t i = 0; types[i]; i++) {
		struct parser ps = { .lex = { .cx = cx, .text = text, .len = len },
			.rt = types[i],
			.resolve = path_resolve,
			.mentions = mentions };
		enum scim_err e = parse_whole(&ps, &trees[i]);
		if (e)
			return e;
		count = ps.mentioned;
	}
	return check_mentions(cx, mentions, count);
}

enum scim_err filter_parse_values(struct ctx *cx, const struct attr *attr, const char *text,
	size_t len, const struct filter **tree)
{
	struct parser ps = { .lex = { .cx = cx, .text = text, .len = len },
		.names = names_of(cx, attr) };
	return parse_whole(&ps, tree);
}
