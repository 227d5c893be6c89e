/* SPDX-License-Identifier: MIT */
/*
 * The common attributes (RFC 7643 section 3.1) and "schemas" (section 3): every resource type has
 * them and no schema lists them. meta.* is caseExact, as references and versions are.
 */
#include "base/text.h"
#include "scim/schema.h"

static const char *const uri_types[] = { "uri", NULL };

static const struct attr meta_subs[] = {
	{ .name = "resourceType",
		.case_exact = true,
		.mutability = M_READ_ONLY,
		.place = AS_TYPE_NAME,
		.doc = "The name of the resource's type." },
	{ .name = "created",
		.type = T_DATETIME,
		.mutability = M_READ_ONLY,
		.place = AS_CREATED,
		.doc = "When the resource was added to the service provider." },
	{ .name = "lastModified",
		.type = T_DATETIME,
		.mutability = M_READ_ONLY,
		.place = AS_MODIFIED,
		.doc = "When the resource was last changed at the service provider." },
	{ .name = "location",
		.type = T_REFERENCE,
		.case_exact = true,
		.mutability = M_READ_ONLY,
		.place = AS_LOCATION,
		.references = uri_types,
		.doc = "The URI of the resource, as in the Location header." },
	{ .name = "version",
		.case_exact = true,
		.mutability = M_READ_ONLY,
		.place = AS_VERSION,
		.doc = "The version of the resource, as in the ETag header." },
	{ 0 },
};

const struct attr common_attrs[] = {
	{ .name = "id",
		.case_exact = true,
		.mutability = M_READ_ONLY,
		.returned = R_ALWAYS,
		.uniqueness = U_SERVER,
		.place = AS_ID,
		.doc = "The resource's identifier, given by the service provider." },
	{ .name = "externalId",
		.case_exact = true,
		.place = AS_EXTERNAL_ID,
		.doc = "The resource's identifier, given by the provisioning client." },
	{ .name = "meta",
		.type = T_COMPLEX,
		.mutability = M_READ_ONLY,
		.subs = meta_subs,
		.doc = "Metadata of the resource." },
	{ .name = "schemas",
		.type = T_REFERENCE,
		.multi = true,
		.case_exact = true,
		.returned = R_ALWAYS,
		.references = uri_types,
		.doc = "The URIs of the schemas the resource has attributes of." },
	{ 0 },
};
