/* SPDX-License-Identifier: MIT */
/* The core schema and resource type of Group: RFC 7643 sections 4.2 and 8.7.1. */
#include "base/text.h"
#include "scim/schema.h"

static const char *const member_types[] = { "User", "Group", NULL };

static const struct attr member_subs[] = {
	{ .name = "value",
		.mutability = M_IMMUTABLE,
		.place = AS_MEMBERSHIP_VALUE,
		.doc = "The id of the member of this Group." },
	{ .name = "$ref",
		.type = T_REFERENCE,
		.case_exact = true,
		.mutability = M_IMMUTABLE,
		.references = member_types,
		.place = AS_MEMBERSHIP_REF,
		.doc = "The URI of the SCIM resource that is a member of this Group." },
	{ .name = "type",
		.mutability = M_IMMUTABLE,
		.canonical = member_types,
		.place = AS_MEMBERSHIP_TYPE,
		.doc = "The type of the member: 'User' or 'Group'." },
	/* 7643 2.4 and the examples of 8.4; section 8.7.1 leaves it out */
	{ .name = "display",
		.mutability = M_READ_ONLY,
		.place = AS_MEMBERSHIP_DISPLAY,
		.doc = "A name of the member, for display." },
	{ 0 },
};

static const struct attr group_attrs[] = {
	/* required by 4.2 and erratum 5368; unique here, because Entra and authentik look for a 409 */
	{ .name = "displayName",
		.required = true,
		.uniqueness = U_SERVER,
		.place = AS_DISPLAY_NAME,
		.doc = "A human-readable name of the Group. REQUIRED." },
	{ .name = "members",
		.type = T_COMPLEX,
		.multi = true,
		.place = AS_MEMBERSHIP,
		.subs = member_subs,
		.doc = "A list of members of the Group." },
	{ 0 },
};

const struct schema group_schema = {
	.urn = URN_GROUP,
	.name = "Group",
	.doc = "Group",
	.attrs = group_attrs,
};

static const struct schema *const group_extensions[] = { NULL };

const struct resource_type group_type = {
	.kind = KIND_GROUP,
	.id = ID_GROUP,
	.name = "Group",
	.endpoint = "/Groups",
	.noun = "group",
	.unique = "displayName",
	.has_members = true,
	.doc = "Group",
	.core = &group_schema,
	.extensions = group_extensions,
};
