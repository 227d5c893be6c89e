/* SPDX-License-Identifier: MIT */
/*
 * members of groups and groups of users in filters. Their elements are rows e: id and kind (User or
 * Group) of the other resource, a word (the sub-attribute type, folded) and display_key, its folded
 * name. A condition on elements is a semi-join: from an element to the rows if it names one by id.
 */
#include "base/text.h"
#include "store/param.h"
#include "store/where_scope.h"

/*
 * The members of all groups, with the group. PostgreSQL leaves out the joins when nothing looks at
 * display_key.
 */
#define MEMBERS \
	"(SELECT m.group_id AS holder, m.member_id AS id, m.type AS kind," \
	" CASE m.type WHEN 'User' THEN 'user' ELSE 'group' END AS word," \
	" CASE m.type WHEN 'User' THEN coalesce(u.keys ->> 'displayName', u.user_name_key)" \
	" ELSE g.display_name_key END AS display_key" \
	"  FROM group_members m" \
	"  LEFT JOIN users u ON u.directory_id = $1::uuid AND u.id = m.member_id" \
	"  LEFT JOIN groups g ON g.directory_id = $1::uuid AND g.id = m.member_id" \
	" WHERE m.directory_id = $1::uuid) e WHERE "

/* All groups, as elements whose word is not asked for. */
#define ANY_GROUP \
	"(SELECT g.id, 'Group'::text AS kind, g.display_name_key AS display_key FROM groups g" \
	" WHERE g.directory_id = $1::uuid AND g.deleted_at IS NULL) e WHERE "

/* The groups of user r; UNION ends where groups hold one another. */
#define GROUPS \
	"(WITH RECURSIVE up (id, direct) AS (" \
	"SELECT m.group_id, true FROM group_members m" \
	" WHERE m.directory_id = $1::uuid AND m.member_id = r.id" \
	" UNION SELECT m.group_id, false FROM up" \
	" JOIN group_members m ON m.directory_id = $1::uuid AND m.member_id = up.id" \
	" AND m.type = 'Group')" \
	" SELECT up.id, 'Group'::text AS kind," \
	" CASE WHEN bool_or(up.direct) THEN 'direct' ELSE 'indirect' END AS word," \
	" (SELECT g.display_name_key FROM groups g" \
	" WHERE g.directory_id = $1::uuid AND g.id = up.id) AS display_key" \
	"  FROM up GROUP BY up.id) e WHERE "

/* A group at all. */
#define HELD \
	"EXISTS (SELECT FROM group_members m" \
	" WHERE m.directory_id = $1::uuid AND m.member_id = r.id"

static const struct resource_type *const member_types[] = { &user_type, &group_type };

enum {
	MEMBER_TYPES = 2
};

/* The id of an element; as text a group's is less than a user's, and so is the kind. */
static const char *id_param(struct query *query, const struct filter *filter, const char *base)
{
	const struct filter_value *value = &filter->value;
	struct arena *arena = query->cx->arena;
	struct uuid id;
	size_t i, len;

	for (i = 0; i < MEMBER_TYPES; i++) {
		const struct resource_type *rt = member_types[i];
		const char *prefix = base ? arena_printf(arena, "%s%s/", base, rt->endpoint) : "";

		len = strlen(prefix);
		if (value->len < len || memcmp(value->text, prefix, len) != 0 ||
			!id_parse(rt->id, value->text + len, value->len - len, &id))
			continue;
		return arena_printf(arena, "('%s', %s)", rt->name,
			where_param(query, uuid_text(arena, &id), "uuid"));
	}
	return NULL;
}

enum scim_err where_membership_leaf(struct scope *scope, const struct filter *filter)
{
	struct query *query = scope->query;
	enum attr_place place = where_leaf(&filter->path)->place;
	const char *base = place == AS_MEMBERSHIP_REF ? scope->where->base : NULL;

	if (place == AS_MEMBERSHIP_VALUE || place == AS_MEMBERSHIP_REF)
		return where_id(scope, filter, "(e.kind, e.id)", id_param(query, filter, base));
	where_op(query, where_text_ops[filter->op],
		place == AS_MEMBERSHIP_TYPE ? "e.word" : "e.display_key",
		where_param(query, filter->value.text, "text"));
	return SCIM_OK;
}

void where_membership_present(struct scope *scope)
{
	buf_puts(&scope->query->sql,
		scope->where->rt->has_members ? "r.member_count > 0" : HELD ")");
}

static enum scim_err put_elements(
	struct scope *scope, const char *elements, const struct filter *filter)
{
	struct scope inner = *scope;

	inner.membership = true;
	inner.negated = false; /* EXISTS makes no difference between null and false */
	buf_puts(&scope->query->sql, elements);
	return where_put(&inner, filter);
}

static enum scim_err put_exists(
	struct scope *scope, const char *elements, const struct filter *filter)
{
	enum scim_err e;

	buf_puts(&scope->query->sql, "EXISTS (SELECT FROM ");
	if ((e = put_elements(scope, elements, filter)))
		return e;
	buf_putc(&scope->query->sql, ')');
	return SCIM_OK;
}

/* The users of the groups that satisfy the filter, and of the groups nested in those. */
static enum scim_err put_holders(struct scope *scope, const struct filter *filter)
{
	struct query *query = scope->query;
	enum scim_err e;

	buf_puts(&query->sql,
		HELD " AND m.group_id IN (WITH RECURSIVE down (id) AS (SELECT e.id FROM ");
	if ((e = put_elements(scope, ANY_GROUP, filter)))
		return e;
	buf_puts(&query->sql,
		" UNION SELECT m.member_id FROM down JOIN group_members m"
		" ON m.directory_id = $1::uuid AND m.group_id = down.id AND m.type = 'Group')"
		" SELECT down.id FROM down))");
	return SCIM_OK;
}

/* Does the filter ask how a user is in a group? */
static bool asks_type(const struct filter *filter)
{
	switch (filter->op) {
	case F_AND:
	case F_OR:
		return asks_type(filter->left) || asks_type(filter->right);
	case F_NOT:
		return asks_type(filter->left);
	case F_PR:
	case F_TRUE:
	case F_FALSE:
		return false;
	default:
		return filter->value.type != V_NULL &&
		       where_leaf(&filter->path)->place == AS_MEMBERSHIP_TYPE;
	}
}

/* In a chain of and, the comparison with an id by eq. */
static const struct filter *narrow_term(const struct filter *filter)
{
	const struct filter *found;

	if (filter->op == F_EQ && filter->value.type == V_STRING &&
		filter->path.attr->place == AS_MEMBERSHIP_VALUE)
		return filter;
	if (filter->op != F_AND)
		return NULL;
	found = narrow_term(filter->left);
	return found ? found : narrow_term(filter->right);
}

static enum scim_err put_any(struct scope *scope, const struct filter *filter)
{
	const struct filter *term;
	enum scim_err e;

	if (scope->where->rt->has_members)
		return put_exists(scope, MEMBERS "e.holder = r.id AND ", filter);
	if (!asks_type(filter))
		return put_holders(scope, filter);
	if ((term = narrow_term(filter))) {
		if ((e = put_holders(scope, term)))
			return e;
		buf_puts(&scope->query->sql, " AND ");
	}
	return put_exists(scope, GROUPS, filter);
}

enum scim_err where_membership_any(struct scope *scope, const struct filter *filter)
{
	struct filter leaf = *filter;

	leaf.path = (struct path){ .attr = filter->path.sub };
	if (filter->op == F_NE) {
		buf_puts(&scope->query->sql, "NOT ");
		where_membership_present(scope);
		buf_puts(&scope->query->sql, " OR ");
	}
	return put_any(scope, &leaf);
}

enum scim_err where_membership_has(struct scope *scope, const struct filter *filter)
{
	return put_any(scope, filter->left);
}

enum scim_err where_members(struct query *query, const struct where *where,
	const struct uuid *group, const struct filter *filter)
{
	struct scope scope = { .query = query, .where = where, .membership = true };
	enum scim_err e;

	buf_puts(&query->sql, "SELECT e.id, e.kind FROM " MEMBERS "e.holder = ");
	query_param(query, param_uuid(query->cx, group), "uuid");
	buf_puts(&query->sql, " AND ");
	if ((e = where_put(&scope, filter)))
		return e;
	buf_puts(&query->sql, " ORDER BY e.id");
	return SCIM_OK;
}
