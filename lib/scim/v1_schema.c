/* SPDX-License-Identifier: MIT */
/* The schemas that SCIM 1.1 calls otherwise, or has alone; and how it spells ids. */
#include "base/text.h"
#include "scim/v1.h"

static const struct attr manager_subs[] = {
	{ .name = V1_MANAGER_ID, .doc = "The id of the user's manager." },
	{ .name = "displayName",
		.mutability = M_READ_ONLY,
		.doc = "The manager's name, for display." },
	{ 0 },
};

static const struct attr enterprise_attrs[] = {
	{ .name = "employeeNumber", .place = IN_INDEX, .doc = "Numeric or alphanumeric." },
	{ .name = "costCenter", .doc = "The name of a cost center." },
	{ .name = "organization", .doc = "The name of an organization." },
	{ .name = "division", .doc = "The name of a division." },
	{ .name = "department", .doc = "The name of a department." },
	{ .name = "manager",
		.type = T_COMPLEX,
		.subs = manager_subs,
		.doc = "The user's manager." },
	{ 0 },
};

const struct schema v1_enterprise = {
	.urn = URN_V1_ENTERPRISE,
	.name = "EnterpriseUser",
	.doc = "Enterprise User",
	.attrs = enterprise_attrs,
};

const struct schema *v1_schema_out(const struct schema *extension)
{
	return extension == &enterprise_schema ? &v1_enterprise : extension;
}

const struct schema *v1_schema_in(const struct schema *extension)
{
	return extension == &v1_enterprise ? &enterprise_schema : extension;
}

static const char *const states[] = { "ACTIVE", "DISABLED", NULL };

static const struct attr pingone_attrs[] = {
	{ .name = "createTimeStamp",
		.type = T_INTEGER,
		.mutability = M_READ_ONLY,
		.place = AS_CREATED,
		.doc = "When the resource was created, in milliseconds since 1970." },
	{ .name = "lastModifiedTimeStamp",
		.type = T_INTEGER,
		.mutability = M_READ_ONLY,
		.place = AS_MODIFIED,
		.doc = "When it was last changed, in milliseconds since 1970." },
	{ .name = "accountId",
		.case_exact = true,
		.mutability = M_READ_ONLY,
		.place = AS_NOTHING,
		.doc = "The account that the directory belongs to." },
	{ .name = "directoryId",
		.case_exact = true,
		.mutability = M_READ_ONLY,
		.place = AS_NOTHING,
		.doc = "The directory." },
	/* of a user alone, as those behind it: see v1_has */
	{ .name = "state",
		.place = AS_ACTIVE,
		.canonical = states,
		.doc = "ACTIVE or DISABLED, of a user: what active says." },
	{ .name = "lastLoginTime",
		.type = T_INTEGER,
		.mutability = M_READ_ONLY,
		.place = AS_NOTHING,
		.doc = "Never there: nobody logs in here." },
	{ .name = "passwordExpired",
		.type = T_BOOLEAN,
		.place = AS_NOTHING,
		.doc = "Taken and not kept: there are no passwords here." },
	{ 0 },
};

const struct schema v1_pingone = {
	.urn = URN_PINGONE,
	.name = "PingOne",
	.doc = "PingOne",
	.attrs = pingone_attrs,
};

static bool is_of_users(const struct attr *attr)
{
	const struct attr *row = attr_find(pingone_attrs, "state", strlen("state"));
	while (row->name && row != attr)
		row++;
	return row->name;
}

bool v1_has(const struct resource_type *rt, const struct attr *attr)
{
	if (attr->place == AS_TYPE_NAME || attr->place == AS_MEMBERSHIP_REF)
		return false;
	if (attr->place == AS_MEMBERSHIP_TYPE)
		return rt->has_members;
	return rt->kind == KIND_USER || !is_of_users(attr);
}

bool v1_parse_id(enum id_kind kind, const char *text, size_t len, struct uuid *id)
{
	(void)kind;
	return uuid_parse(text, len, id);
}

const char *v1_print_id(struct arena *arena, enum id_kind kind, const struct uuid *id)
{
	(void)kind;
	return uuid_text(arena, id);
}

const char *v1_id_in(struct arena *arena, enum id_kind kind, const char *text, size_t len)
{
	struct uuid id;
	return uuid_iparse(text, len, &id) ? id_print(arena, kind, &id) : NULL;
}

const char *v1_id_out(struct arena *arena, const char *text, size_t len)
{
	struct uuid id;
	if (!id_parse(ID_USER, text, len, &id) && !id_parse(ID_GROUP, text, len, &id))
		return NULL;
	return uuid_text(arena, &id);
}
