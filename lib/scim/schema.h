/* SPDX-License-Identifier: MIT */
/*
 * Schemas as tables: one row per attribute with its RFC 7643 section 7 characteristics. One row
 * feeds /Schemas, validation, PATCH mutability, projection, filter typing and the SQL mapping;
 * there is no second list of attributes anywhere.
 */
#ifndef SCIM_SCHEMA_H
#define SCIM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/id.h"

#define URN_USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define URN_GROUP "urn:ietf:params:scim:schemas:core:2.0:Group"
#define URN_ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

/* Value 0 of each enum is the default of RFC 7643 section 2.2. */
enum attr_type {
	T_STRING = 0,
	T_BOOLEAN,
	T_DECIMAL,
	T_INTEGER,
	T_DATETIME,
	T_BINARY,
	T_REFERENCE,
	T_COMPLEX,
	T__MAX
};

enum attr_mutability {
	M_READ_WRITE = 0,
	M_READ_ONLY,
	M_IMMUTABLE,
	M_WRITE_ONLY,
	M__MAX
};

enum attr_returned {
	R_DEFAULT = 0,
	R_ALWAYS,
	R_NEVER,
	R_REQUEST,
	R__MAX
};

enum attr_uniqueness {
	U_NONE = 0,
	U_SERVER,
	U_GLOBAL,
	U__MAX
};

/* Where the store keeps an attribute's value; store/where.c maps each to SQL. */
enum attr_place {
	IN_DOC = 0, /* in the document alone */
	IN_INDEX, /* in the document, and in attribute_values for look-up by eq */
	AS_ID,
	AS_EXTERNAL_ID,
	AS_USER_NAME,
	AS_DISPLAY_NAME, /* of a group */
	AS_ACTIVE,
	AS_CREATED,
	AS_MODIFIED,
	AS_VERSION,
	AS_LOCATION, /* computed from the base URL and the id */
	AS_TYPE_NAME, /* the resource type's name */
	AS_MEMBERSHIP, /* rows of group_members */
	AS_MEMBERSHIP_VALUE, /* of such a row: whose it is, and so on */
	AS_MEMBERSHIP_REF,
	AS_MEMBERSHIP_TYPE,
	AS_MEMBERSHIP_DISPLAY,
	AS_NOTHING, /* accepted, never stored (password) */
	PLACE__MAX
};

struct attr {
	const char *name;
	enum attr_type type;
	bool multi;
	bool required;
	bool case_exact;
	enum attr_mutability mutability;
	enum attr_returned returned;
	enum attr_uniqueness uniqueness;
	enum attr_place place;
	const char *const *canonical; /* canonicalValues, NULL-terminated; NULL: none */
	const char *const *references; /* referenceTypes, NULL-terminated; NULL: none */
	const struct attr *subs; /* subAttributes; the row with name NULL ends them */
	const char *doc; /* description */
};

struct schema {
	const char *urn;
	const char *name;
	const char *doc;
	const struct attr *attrs; /* the row with name NULL ends them */
};

enum resource_kind {
	KIND_USER = 0,
	KIND_GROUP,
	KIND__MAX
};

struct resource_type {
	enum resource_kind kind;
	enum id_kind id; /* how ids of it are spelled */
	const char *name; /* "User": also ResourceType.id and meta.resourceType */
	const char *endpoint; /* "/Users" */
	const char *noun; /* "user": in sentences */
	const char *unique; /* the attribute that it is called by, unique in its directory */
	bool has_members; /* which are rows, and lifted out of bodies */
	const char *doc;
	const struct schema *core;
	const struct schema *const *extensions; /* NULL-terminated */
	const bool *required; /* by position in extensions: must a resource have it? NULL: none */
};

/* id, externalId, meta, schemas: RFC 7643 section 3.1. */
extern const struct attr common_attrs[];
extern const struct schema user_schema; /* section 4.1 */
extern const struct schema group_schema; /* section 4.2 */
extern const struct schema enterprise_schema; /* section 4.3 */
extern const struct resource_type user_type;
extern const struct resource_type group_type;

/* The built-in types by kind. */
extern const struct resource_type *const resource_types[KIND__MAX];

/* Spellings of RFC 7643 section 7, indexed by the enums; NULL-terminated. */
extern const char *const attr_type_names[T__MAX + 1];
extern const char *const attr_mutability_names[M__MAX + 1];
extern const char *const attr_returned_names[R__MAX + 1];
extern const char *const attr_uniqueness_names[U__MAX + 1];

/* The row named name[len] (ASCII case-insensitive) among attrs, or NULL. attrs may be NULL. */
const struct attr *attr_find(const struct attr *attrs, const char *name, size_t len);

/*
 * The row that a bare name means when the core has none of it: that of the first extension which
 * does, so that a schema added later changes the meaning of no request. NULL when none does.
 */
const struct attr *attr_find_unqualified(const struct resource_type *rt, const char *name,
	size_t len, const struct schema **extension);

/* The core schema or extension of rt with this URN (case-insensitive), or NULL. */
const struct schema *schema_find(const struct resource_type *rt, const char *urn, size_t len);

/*
 * As schema_find, and also the foreign and draft spellings that identity providers send for one of
 * rt's schemas (RFC 7643 has none of them): see quirk.h, QUIRK_FOREIGN_SCHEMA.
 */
const struct schema *schema_find_foreign(
	const struct resource_type *rt, const char *urn, size_t len);

#endif
