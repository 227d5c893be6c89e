/* SPDX-License-Identifier: MIT */
/* The enterprise extension of User: RFC 7643 sections 4.3 and 8.7.1. */
#include "base/text.h"
#include "scim/schema.h"

static const char *const user_types[] = { "User", NULL };

static const struct attr manager_subs[] = {
	/* erratum 8472: an id is caseExact. Not required, though: see QUIRK_MANAGER */
	{ .name = "value",
		.case_exact = true,
		.doc = "The id of the SCIM resource that represents the User's manager." },
	{ .name = "$ref",
		.type = T_REFERENCE,
		.case_exact = true,
		.references = user_types,
		.doc = "The URI of the SCIM resource that represents the User's manager." },
	{ .name = "displayName",
		.mutability = M_READ_ONLY,
		.doc = "The displayName of the User's manager." },
	{ 0 },
};

static const struct attr enterprise_attrs[] = {
	{ .name = "employeeNumber",
		.place = IN_INDEX,
		.doc = "An identifier, typically of digits, that an organization gives to a person." },
	{ .name = "costCenter", .doc = "The name of a cost center." },
	{ .name = "organization", .doc = "The name of an organization." },
	{ .name = "division", .doc = "The name of a division." },
	{ .name = "department", .doc = "The name of a department." },
	{ .name = "manager",
		.type = T_COMPLEX,
		.subs = manager_subs,
		.doc = "The User's manager, by reference to the id of another User." },
	{ 0 },
};

const struct schema enterprise_schema = {
	.urn = URN_ENTERPRISE,
	.name = "EnterpriseUser",
	.doc = "Enterprise User",
	.attrs = enterprise_attrs,
};
