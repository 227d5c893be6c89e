/* SPDX-License-Identifier: MIT */
/* The core schema and resource type of Group: RFC 7643 sections 4.2 and 8.7.1. */
#include "base/text.h"
#include "scim/schema.h"

static const char *const member_types[] = { "User", "Group", NULL };

static const struct attr member_subs[] = {
	{ .name = "value",
		.mutability = M_IMMUTABLE,
		.doc = "The id of the member of this Group." },
	{ .name = "$ref",
		.type = T_REFERENCE,
		.case_exact = true,
		.mutability = M_IMMUTABLE,
		.references = member_types,
		.doc = "The URI of the SCIM resource that is a member of this Group." },
	{ .name = "type",
		.mutability = M_IMMUTABLE,
		.canonical = member_types,
		.doc = "The type of the member: 'User' or 'Group'." },
	/* 7643 2.4 and the examples of 8.4; section 8.7.1 leaves it out */
	{ .name = "display",
		.mutability = M_READ_ONLY,
		.doc = "A name of the member, for display." },
	{ 0 },
};

static const struct attr group_attrs[] = {
	/* required by 4.2 and erratum 5368 */
	{ .name = "displayName",
		.required = true,
		.place = IN_INDEX,
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
	.name = "Group",
	.endpoint = "/Groups",
	.doc = "Group",
	.core = &group_schema,
	.extensions = group_extensions,
};
