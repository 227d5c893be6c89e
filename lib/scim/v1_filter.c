/* SPDX-License-Identifier: MIT */
/*
 * Filters of SCIM 1.1. They are parsed as those of 2.0, by other names; then what 1.1 does not have is
 * refused, and values are turned to what is stored. Recurses as deep as the parser did.
 */
#include <inttypes.h>

#include "base/text.h"
#include "base/time.h"
#include "scim/filter.h"
#include "scim/match.h"
#include "scim/v1.h"

/* The milliseconds of years 1 to 9999, which is what a dateTime can say. */
#define FIRST_MS INT64_C(-62135596800000)
#define LAST_MS INT64_C(253402300799999)

struct rewriter {
	struct ctx *cx;
	const struct resource_type *rt;
	const struct origin *origin;
};

static const struct filter *copy_of(struct rewriter *rw, const struct filter *filter)
{
	struct filter *copy = arena_alloc(rw->cx->arena, sizeof(*copy));
	*copy = *filter;
	return copy;
}

static const struct filter *constant(struct rewriter *rw, bool truth)
{
	return copy_of(rw, &(struct filter){ .op = truth ? F_TRUE : F_FALSE });
}

static const struct filter *with_text(
	struct rewriter *rw, const struct filter *term, const char *text)
{
	struct filter changed = *term;
	changed.value = (struct filter_value){ V_STRING, text, strlen(text), false };
	return copy_of(rw, &changed);
}

static const struct attr *leaf_of(const struct path *path)
{
	return path->sub ? path->sub : path->attr;
}

/* --- PingOne's extension --- */

/* A term on a UUID that all resources have; NULL: none. Like other ids it may come in capitals. */
static const struct filter *constant_term(
	struct rewriter *rw, const struct filter *term, const char *text)
{
	struct filter_value value = term->value;
	if (value.type == V_NULL)
		return constant(rw, !text);
	if (!text || term->op == F_PR)
		return constant(rw, text);
	value.text = text_fold(rw->cx->arena, value.text, value.len, &value.len);
	return constant(rw, match_text(term->op, text, strlen(text), &value));
}

static const char *origin_text(struct rewriter *rw, const struct attr *attr)
{
	if (strcmp(attr->name, "accountId") == 0) {
		rw->cx->account_used = true;
		return uuid_text(rw->cx->arena, &rw->origin->account);
	}
	if (strcmp(attr->name, "directoryId") == 0)
		return uuid_text(rw->cx->arena, &rw->origin->directory);
	return NULL;
}

/* The value is the text of an integer within int64. */
static const char *time_of(struct rewriter *rw, const struct filter_value *value)
{
	char *text = arena_alloc(rw->cx->arena, TIME_TEXT);
	int64_t ms = strtoll(value->text, NULL, 10);
	ms = ms < FIRST_MS ? FIRST_MS : ms > LAST_MS ? LAST_MS : ms;
	time_print_us(ms * MS_US, text);
	return text;
}

/* A term on state, in terms of active: either, one of the two, or neither satisfies it. */
static const struct filter *state_term(
	struct rewriter *rw, const struct filter *term, const struct filter *changed)
{
	bool on = match_text(term->op, "active", strlen("active"), &term->value);
	bool off = match_text(term->op, "disabled", strlen("disabled"), &term->value);
	struct filter active = *changed;
	if (on == off)
		return constant(rw, on);
	active.op = F_EQ;
	active.value = (struct filter_value){ .type = V_BOOLEAN, .boolean = on };
	return copy_of(rw, &active);
}

static const struct filter *pingone_term(struct rewriter *rw, const struct filter *term)
{
	struct filter changed = *term;
	if (!v1_meaning(rw->rt, &changed.path))
		return constant_term(rw, term, origin_text(rw, term->path.attr));
	if (term->value.type == V_NUMBER)
		return with_text(rw, &changed, time_of(rw, &term->value));
	if (term->value.type == V_STRING)
		return state_term(rw, term, &changed);
	return copy_of(rw, &changed);
}

/* --- ids and what holds them --- */

static enum scim_err refuse_op(struct rewriter *rw, const struct filter *term, const char *ops)
{
	return ctx_fail(rw->cx, SCIM_INVALID_FILTER, "'%s' can be compared by %s only",
		leaf_of(&term->path)->name, ops);
}

/* A term on ids. spelled: its value as 2.0 has it; NULL: it is no id, and nothing equals it. */
static enum scim_err id_term(struct rewriter *rw, const struct filter *term, const char *spelled,
	const struct filter **out)
{
	if (term->op == F_CO || term->op == F_SW)
		return refuse_op(rw, term, "eq, gt, ge, lt and le");
	if (!spelled && term->op != F_EQ)
		return ctx_fail(rw->cx, SCIM_INVALID_FILTER, "'%s' has an order among ids only",
			leaf_of(&term->path)->name);
	*out = spelled ? with_text(rw, term, spelled) : constant(rw, false);
	return SCIM_OK;
}

static const char *spell(struct rewriter *rw, enum id_kind kind, const struct filter_value *value)
{
	return v1_id_in(rw->cx->arena, kind, value->text, value->len);
}

static const struct filter *either(
	struct rewriter *rw, const struct filter *left, const struct filter *right)
{
	return copy_of(rw, &(struct filter){ .op = F_OR, .left = left, .right = right });
}

/* members.value: a UUID does not tell whether it is a user's or a group's. */
static enum scim_err member_term(
	struct rewriter *rw, const struct filter *term, const struct filter **out)
{
	const char *user = spell(rw, ID_USER, &term->value);
	if (term->op != F_EQ)
		return refuse_op(rw, term, "eq");
	*out = !user ? constant(rw, false)
		     : either(rw, with_text(rw, term, user),
			       with_text(rw, term, spell(rw, ID_GROUP, &term->value)));
	return SCIM_OK;
}

/* manager.value: whatever was stored, also a UUID as it came by 2.0. */
static enum scim_err manager_term(
	struct rewriter *rw, const struct filter *term, const struct filter **out)
{
	const char *user = spell(rw, ID_USER, &term->value);
	if (term->op != F_EQ)
		return id_term(rw, term, user, out);
	if (user)
		*out = either(rw, with_text(rw, term, user), term);
	return SCIM_OK;
}

/* The location in 2.0 of a resource at one in 1.1, of either face; NULL: it is none. */
static const char *location_in(
	struct rewriter *rw, const struct resource_type *rt, const struct filter_value *value)
{
	static const struct dialect *const faces[] = { &scim_1, &pingone, NULL };
	struct arena *arena = rw->cx->arena;
	for (size_t i = 0; faces[i]; i++) {
		const char *prefix = arena_printf(
			arena, "%s%s/", rw->origin->base, faces[i]->endpoints[rt->kind]);
		size_t len = strlen(prefix);
		const char *id;
		if (value->len < len || memcmp(value->text, prefix, len) != 0)
			continue;
		id = v1_id_in(arena, rt->id, value->text + len, value->len - len);
		if (id)
			return arena_printf(arena, "%s%s/%s", rw->origin->base, rt->endpoint, id);
	}
	return NULL;
}

/* members.$ref and groups.$ref, which 1.1 has not; but 2.0 has them by the same names. */
static const char *reference_in(struct rewriter *rw, const struct filter_value *value)
{
	const char *found = NULL;
	for (size_t i = 0; !found && i < KIND__MAX; i++)
		found = location_in(rw, resource_types[i], value);
	return found;
}

/* --- schemas --- */

/* Every resource is of the core, and answered with PingOne's extension. */
static enum scim_err schemas_term(
	struct rewriter *rw, const struct filter *term, const struct filter **out)
{
	const char *urn = term->value.text;
	if (term->op != F_EQ)
		return refuse_op(rw, term, "eq");
	if (strcmp(urn, URN_V1_CORE) == 0 || strcmp(urn, URN_PINGONE) == 0)
		*out = constant(rw, true);
	else if (strcmp(urn, URN_V1_ENTERPRISE) == 0)
		*out = with_text(rw, term, URN_ENTERPRISE);
	return SCIM_OK;
}

/* --- all of it --- */

static bool is_manager(const struct path *path)
{
	return path->extension == &enterprise_schema && path->sub &&
	       strcmp(path->sub->name, "value") == 0;
}

static enum scim_err rewrite_comparison(
	struct rewriter *rw, const struct filter *term, const struct filter **out)
{
	const struct filter_value *value = &term->value;
	if (is_manager(&term->path))
		return manager_term(rw, term, out);
	switch (leaf_of(&term->path)->place) {
	case AS_ID:
		return id_term(rw, term, spell(rw, rw->rt->id, value), out);
	case AS_MEMBERSHIP_VALUE:
		if (rw->rt->has_members)
			return member_term(rw, term, out);
		return id_term(rw, term, spell(rw, ID_GROUP, value), out);
	case AS_LOCATION:
		return id_term(rw, term, location_in(rw, rw->rt, value), out);
	case AS_MEMBERSHIP_REF:
		return id_term(rw, term, reference_in(rw, value), out);
	default:
		break;
	}
	if (term->path.attr == attr_find(common_attrs, "schemas", strlen("schemas")))
		return schemas_term(rw, term, out);
	return SCIM_OK;
}

/* What 2.0 alone has, in words. */
static const char *const newer[F__MAX] = {
	[F_NOT] = "not",
	[F_HAS] = "[...]",
	[F_NE] = "ne",
	[F_EW] = "ew",
};

static enum scim_err rewrite(
	struct rewriter *rw, const struct filter *filter, const struct filter **out)
{
	struct filter pair = *filter;
	enum scim_err e;
	if (newer[filter->op])
		return ctx_fail(rw->cx, SCIM_INVALID_FILTER,
			"SCIM 1.1 has no '%s': a filter is made of eq, co, sw, pr, gt, ge, lt, le,"
			" and, or and parentheses",
			newer[filter->op]);
	*out = filter;
	if (filter->op == F_AND || filter->op == F_OR) {
		if ((e = rewrite(rw, filter->left, &pair.left)) ||
			(e = rewrite(rw, filter->right, &pair.right)))
			return e;
		*out = copy_of(rw, &pair);
	} else if (filter->path.extension == &v1_pingone) {
		*out = pingone_term(rw, filter);
	} else if (filter->op != F_PR && filter->value.type != V_NULL) {
		return rewrite_comparison(rw, filter, out);
	}
	return SCIM_OK;
}

enum scim_err v1_filter(struct ctx *cx, const struct resource_type *rt, const struct origin *origin,
	const char *text, const struct filter **tree)
{
	struct rewriter rw = { cx, rt, origin };
	const struct filter *parsed, *rewritten = NULL;
	enum scim_err e = filter_parse_by(cx, rt, v1_reference, text, strlen(text), &parsed);
	if (e || (e = rewrite(&rw, parsed, &rewritten)))
		return e;
	*tree = rewritten;
	return SCIM_OK;
}
