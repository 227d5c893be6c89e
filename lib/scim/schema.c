/* SPDX-License-Identifier: MIT */
/*
 * Look-ups in the schema tables, and the spellings of their enums. The tables themselves are in
 * schema_common.c, schema_user.c, schema_group.c and schema_enterprise.c.
 */
#include "scim/schema.h"

#include "base/text.h"

const struct resource_type *const resource_types[KIND__MAX] = {
	[KIND_USER] = &user_type,
	[KIND_GROUP] = &group_type,
};

const char *const attr_type_names[T__MAX + 1] = {
	[T_STRING] = "string",
	[T_BOOLEAN] = "boolean",
	[T_DECIMAL] = "decimal",
	[T_INTEGER] = "integer",
	[T_DATETIME] = "dateTime",
	[T_BINARY] = "binary",
	[T_REFERENCE] = "reference",
	[T_COMPLEX] = "complex",
};

const char *const attr_mutability_names[M__MAX + 1] = {
	[M_READ_WRITE] = "readWrite",
	[M_READ_ONLY] = "readOnly",
	[M_IMMUTABLE] = "immutable",
	[M_WRITE_ONLY] = "writeOnly",
};

const char *const attr_returned_names[R__MAX + 1] = {
	[R_DEFAULT] = "default",
	[R_ALWAYS] = "always",
	[R_NEVER] = "never",
	[R_REQUEST] = "request",
};

const char *const attr_uniqueness_names[U__MAX + 1] = {
	[U_NONE] = "none",
	[U_SERVER] = "server",
	[U_GLOBAL] = "global",
};

/*
 * QUIRK(entra, okta): URNs of SCIM 1.1, of the drafts and of vendors. urn is what it means, NULL
 * the core schema of whatever the type is; type, when not NULL, is the only type it is sent for.
 */
static const struct foreign_urn {
	const char *foreign;
	const char *type;
	const char *urn;
} foreign_urns[] = {
	{ "urn:scim:schemas:core:1.0", NULL, NULL },
	{ "urn:scim:schemas:core:2.0", NULL, NULL },
	{ "urn:scim:schemas:core:2.0:User", "User", NULL },
	{ "urn:scim:schemas:core:2.0:Group", "Group", NULL },
	{ "urn:ietf:params:scim:schemas:core:2.0", NULL, NULL },
	{ "urn:scim:schemas:extension:enterprise:1.0", "User", URN_ENTERPRISE },
	{ "urn:scim:schemas:extension:enterprise:2.0", "User", URN_ENTERPRISE },
	{ "urn:scim:schemas:extension:enterprise:2.0:User", "User", URN_ENTERPRISE },
	{ "urn:ietf:params:scim:schemas:extension:enterprise:2.0", "User", URN_ENTERPRISE },
	{ "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/User", "User", NULL },
	{ "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group", "Group",
		NULL },
};

const struct attr *attr_find(const struct attr *attrs, const char *name, size_t len)
{
	if (!attrs)
		return NULL;
	for (const struct attr *attr = attrs; attr->name; attr++)
		if (text_ieqn(attr->name, strlen(attr->name), name, len))
			return attr;
	return NULL;
}

const struct attr *attr_find_unqualified(const struct resource_type *rt, const char *name,
	size_t len, const struct schema **extension)
{
	for (size_t i = 0; rt->extensions[i]; i++) {
		const struct attr *attr = attr_find(rt->extensions[i]->attrs, name, len);
		if (!attr)
			continue;
		*extension = rt->extensions[i];
		return attr;
	}
	return NULL;
}

static bool urn_is(const char *urn, const char *text, size_t len)
{
	return text_ieqn(urn, strlen(urn), text, len);
}

const struct schema *schema_find(const struct resource_type *rt, const char *urn, size_t len)
{
	if (urn_is(rt->core->urn, urn, len))
		return rt->core;
	for (const struct schema *const *extension = rt->extensions; *extension; extension++)
		if (urn_is((*extension)->urn, urn, len))
			return *extension;
	return NULL;
}

const struct schema *schema_find_foreign(
	const struct resource_type *rt, const char *urn, size_t len)
{
	const struct schema *schema = schema_find(rt, urn, len);
	if (schema)
		return schema;
	for (size_t i = 0; i < sizeof(foreign_urns) / sizeof(foreign_urns[0]); i++) {
		const struct foreign_urn *row = &foreign_urns[i];
		if (!urn_is(row->foreign, urn, len))
			continue;
		if (row->type && !text_ieq(row->type, rt->name))
			return NULL;
		return row->urn ? schema_find(rt, row->urn, strlen(row->urn)) : rt->core;
	}
	return NULL;
}
