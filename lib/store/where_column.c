/* SPDX-License-Identifier: MIT */
/* Comparisons with columns, and with what is computed from them. */
#include "base/text.h"
#include "store/param.h"
#include "store/where_scope.h"

const struct place where_places[PLACE__MAX] = {
	[IN_DOC] = { O_DOC, NULL },
	[IN_INDEX] = { O_DOC, NULL },
	[AS_ID] = { O_ID, "r.id" },
	[AS_EXTERNAL_ID] = { O_TEXT, "r.external_id" },
	[AS_USER_NAME] = { O_TEXT, "r.user_name_key" },
	[AS_DISPLAY_NAME] = { O_TEXT, "r.display_name_key" },
	[AS_ACTIVE] = { O_BOOLEAN, "r.active" },
	[AS_CREATED] = { O_TIME, "r.created_at" },
	[AS_MODIFIED] = { O_TIME, "r.modified_at" },
	[AS_VERSION] = { O_VERSION, "r.version" },
	[AS_LOCATION] = { O_LOCATION, "r.id" },
	[AS_TYPE_NAME] = { O_TYPE_NAME, NULL },
	[AS_MEMBERSHIP] = { O_MEMBERSHIP, NULL },
	[AS_MEMBERSHIP_VALUE] = { O_MEMBERSHIP, NULL },
	[AS_MEMBERSHIP_REF] = { O_MEMBERSHIP, NULL },
	[AS_MEMBERSHIP_TYPE] = { O_MEMBERSHIP, NULL },
	[AS_MEMBERSHIP_DISPLAY] = { O_MEMBERSHIP, NULL },
	[AS_NOTHING] = { O_NEVER, NULL },
};

const char *const where_text_ops[F__MAX] = {
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

const char *const where_plain_ops[F__MAX] = {
	[F_EQ] = "%1 = %2",
	[F_NE] = "%1 IS DISTINCT FROM %2",
	[F_GT] = "%1 > %2",
	[F_GE] = "%1 >= %2",
	[F_LT] = "%1 < %2",
	[F_LE] = "%1 <= %2",
};

enum scim_err where_id(
	struct scope *scope, const struct filter *filter, const char *operand, const char *param)
{
	struct query *query = scope->query;

	if (!where_plain_ops[filter->op])
		return ctx_fail(query->cx, SCIM_INVALID_FILTER,
			"'%s' can be compared by eq, ne, gt, ge, lt and le only",
			where_leaf(&filter->path)->name);
	if (param) {
		where_op(query, where_plain_ops[filter->op], operand, param);
		return SCIM_OK;
	}
	if (filter->op != F_EQ && filter->op != F_NE)
		return ctx_fail(query->cx, SCIM_INVALID_FILTER, "'%s' has an order among ids only",
			where_leaf(&filter->path)->name);
	where_constant(scope, filter->op == F_NE);
	return SCIM_OK;
}

static enum scim_err put_id(
	struct scope *scope, const struct filter *filter, const char *text, size_t len)
{
	struct query *query = scope->query;
	const char *param = NULL;
	struct uuid id;

	if (id_parse(scope->where->rt->id, text, len, &id))
		param = where_param(query, uuid_text(query->cx->arena, &id), "uuid");
	return where_id(scope, filter, "r.id", param);
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
		where_constant(scope, filter->op == F_NE);
		return SCIM_OK;
	}
	where_op(query, where_plain_ops[filter->op], "r.version",
		where_param(query, arena_printf(query->cx->arena, "%lld", version), "bigint"));
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

	where_op(query, "%1 >= %2 AND starts_with(%1, %2)", operand,
		where_param(query, value, "text"));
	if (!end)
		return;
	buf_puts(&query->sql, " AND ");
	where_op(query, "%1 < %2", operand, where_param(query, end, "text"));
}

enum scim_err where_column(
	struct scope *scope, const struct filter *filter, const struct place *place)
{
	const struct filter_value *value = &filter->value;
	struct query *query = scope->query;

	switch (place->type) {
	case O_TEXT:
		if (filter->op == F_SW)
			put_prefix(scope, place->sql, value->text);
		else
			where_op(query, where_text_ops[filter->op], place->sql,
				where_param(query, value->text, "text"));
		return SCIM_OK;
	case O_BOOLEAN:
		where_op(
			query, where_plain_ops[filter->op], place->sql, param_bool(value->boolean));
		return SCIM_OK;
	case O_TIME:
		where_op(query, where_plain_ops[filter->op], place->sql,
			where_param(query, value->text, "timestamptz"));
		return SCIM_OK;
	case O_ID:
		return put_id(scope, filter, value->text, value->len);
	case O_VERSION:
		return put_version(scope, filter);
	case O_LOCATION:
		return put_location(scope, filter);
	case O_TYPE_NAME:
		where_op(query, where_text_ops[filter->op],
			arena_printf(query->cx->arena, "%s::text",
				where_quoted(query->cx, scope->where->rt->name)),
			where_param(query, value->text, "text"));
		return SCIM_OK;
	default:
		break;
	}
	where_constant(scope, filter->op == F_NE);
	return SCIM_OK;
}
