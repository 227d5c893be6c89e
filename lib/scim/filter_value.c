/* SPDX-License-Identifier: MIT */
/* The typing rules of RFC 7644 section 3.4.2.2 as two tables: operator by type, value by type. */
#include "scim/filter_value.h"

#include "base/text.h"
#include "base/time.h"
#include "scim/quirk.h"

enum op_class {
	EQUALITY = 1 << 0, /* eq ne */
	SUBSTRING = 1 << 1, /* co sw ew */
	ORDER = 1 << 2 /* gt ge lt le */
};

static const enum op_class op_classes[F__MAX] = {
	[F_EQ] = EQUALITY,
	[F_NE] = EQUALITY,
	[F_CO] = SUBSTRING,
	[F_SW] = SUBSTRING,
	[F_EW] = SUBSTRING,
	[F_GT] = ORDER,
	[F_GE] = ORDER,
	[F_LT] = ORDER,
	[F_LE] = ORDER,
};

typedef enum scim_err value_fn(struct ctx *cx, const struct attr *attr,
	const struct literal *literal, struct filter_value *value);

static enum scim_err misfit(struct ctx *cx, const struct attr *attr)
{
	return ctx_fail(cx, SCIM_INVALID_FILTER, "'%s' is compared with a value that is no %s",
		attr->name, attr_type_names[attr->type]);
}

static enum scim_err string_value(struct ctx *cx, const struct attr *attr,
	const struct literal *literal, struct filter_value *value)
{
	if (literal->type != LIT_STRING && !quirk_allowed(cx, QUIRK_STRING_NUMBER))
		return misfit(cx, attr);
	*value = (struct filter_value){ V_STRING, literal->text, literal->len, false };
	if (!attr->case_exact)
		value->text = text_fold(cx->arena, literal->text, literal->len, &value->len);
	return SCIM_OK;
}

static enum scim_err boolean_value(struct ctx *cx, const struct attr *attr,
	const struct literal *literal, struct filter_value *value)
{
	*value = (struct filter_value){ .type = V_BOOLEAN, .boolean = literal->boolean };
	if (literal->type == LIT_BOOLEAN)
		return SCIM_OK;
	/* QUIRK(entra): roles[primary eq "True"] */
	value->boolean = text_ieq(literal->text, "true");
	if (literal->type != LIT_STRING || (!value->boolean && !text_ieq(literal->text, "false")) ||
		!quirk_allowed(cx, QUIRK_STRING_BOOLEAN))
		return misfit(cx, attr);
	return SCIM_OK;
}

static enum scim_err number_value(struct ctx *cx, const struct attr *attr,
	const struct literal *literal, struct filter_value *value)
{
	struct lex lex = { .cx = cx, .text = literal->text, .len = literal->len };
	struct literal number = *literal;
	if (literal->type == LIT_STRING) {
		enum scim_err e = SCIM_OK;
		if (lex_number(literal->text, literal->len) != literal->len || literal->len == 0)
			return misfit(cx, attr);
		if ((e = lex_literal(&lex, false, &number)))
			return e;
		if (!quirk_allowed(cx, QUIRK_STRING_NUMBER))
			return misfit(cx, attr);
	}
	if (number.type != LIT_NUMBER)
		return misfit(cx, attr);
	if (attr->type == T_INTEGER && strpbrk(number.text, ".eE"))
		return misfit(cx, attr);
	*value = (struct filter_value){ V_NUMBER, number.text, number.len, false };
	return SCIM_OK;
}

static enum scim_err time_value(struct ctx *cx, const struct attr *attr,
	const struct literal *literal, struct filter_value *value)
{
	int64_t us;
	if (literal->type != LIT_STRING || !time_parse(literal->text, literal->len, &us))
		return misfit(cx, attr);
	char *text = arena_alloc(cx->arena, TIME_TEXT);
	time_print_us(us, text);
	*value = (struct filter_value){ V_STRING, text, strlen(text), false };
	return SCIM_OK;
}

/* 7644 3.4.2.2: boolean and binary have no order. */
static const struct type_row {
	unsigned classes;
	value_fn *value;
} types[T__MAX] = {
	[T_STRING] = { EQUALITY | SUBSTRING | ORDER, string_value },
	[T_BOOLEAN] = { EQUALITY, boolean_value },
	[T_DECIMAL] = { EQUALITY | ORDER, number_value },
	[T_INTEGER] = { EQUALITY | ORDER, number_value },
	[T_DATETIME] = { EQUALITY | ORDER, time_value },
	[T_BINARY] = { EQUALITY | SUBSTRING, string_value },
	[T_REFERENCE] = { EQUALITY | SUBSTRING | ORDER, string_value },
	[T_COMPLEX] = { 0, NULL },
};

enum scim_err filter_value_of(struct ctx *cx, enum filter_op op, const struct attr *attr,
	const struct literal *literal, struct filter_value *value)
{
	const struct type_row *type = &types[attr->type];
	if (literal->type == LIT_NULL && op_classes[op] == EQUALITY) {
		*value = (struct filter_value){ .type = V_NULL };
		return SCIM_OK;
	}
	if (!(type->classes & op_classes[op]) || literal->type == LIT_NULL)
		return ctx_fail(cx, SCIM_INVALID_FILTER, "'%s' cannot be compared with %s%s",
			attr->name, filter_op_names[op], literal->type == LIT_NULL ? " null" : "");
	return type->value(cx, attr, literal, value);
}
