/* SPDX-License-Identifier: MIT */
/* Lists of members in SCIM 1.1: ids are UUIDs, which do not tell a user from a group. */
#include "base/text.h"
#include "scim/roll.h"
#include "scim/v1_body.h"

static bool is_type(struct json_slice type, enum member_kind kind)
{
	const char *name = resource_types[kind == MEMBER_GROUP ? KIND_GROUP : KIND_USER]->name;
	return type.len > 0 && type.text[0] == '"' && slice_is(type, name, strlen(name));
}

/*
 * One without a type, or with one that says nothing, is put as both: one at most is there. An id as 2.0 spells it
 * counts too: it may come back from there, and who is not known goes.
 */
static size_t find_1(const char *id, size_t len, struct json_slice type, struct member *who)
{
	static const enum member_kind kinds[] = { MEMBER_USER, MEMBER_GROUP };
	struct member member;
	size_t n = 0;
	if (!uuid_iparse(id, len, &member.id))
		return naming_2.find(id, len, type, who);
	for (size_t i = 0; i < NAMED_MAX; i++) {
		if (is_type(type, kinds[1 - i])) /* it says that it is the other */
			continue;
		member.kind = kinds[i];
		who[n++] = member;
	}
	return n;
}

static const struct naming naming_1 = {
	.find = find_1,
	.most = NAMED_MAX,
	.strings = true, /* draft-scim-core-schema-01 section 3.2 */
	.operations = true,
};

enum scim_err v1_members(struct ctx *cx, struct lifted *body, bool all, struct member_plan *plan)
{
	struct roll roll;
	roll_init(&roll, cx, &naming_1);
	if (all)
		roll_clear(&roll);
	enum scim_err e = roll_body(&roll, body);
	if (!e)
		roll_finish(&roll, plan);
	return e;
}
