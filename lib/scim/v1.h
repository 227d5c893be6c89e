/* SPDX-License-Identifier: MIT */
/*
 * SCIM 1.1 (draft-scim-core-schema-01, draft-scim-api-01), and what PingOne's directory makes of it, as a
 * mapping to and from SCIM 2.0. The store knows 2.0 alone.
 *
 *   1.1                                              2.0
 *   urn:scim:schemas:core:1.0                        the core schema of the resource type
 *   urn:scim:schemas:extension:enterprise:1.0        URN_ENTERPRISE
 *   manager.managerId in it                          manager.value
 *   urn:scim:schemas:com_pingone:1.0                 computed, see v1_pingone
 *   an id: a UUID                                    scim_user_... or scim_group_...
 *   PATCH: a resource in part, meta.attributes       operations
 */
#ifndef SCIM_V1_H
#define SCIM_V1_H

#include "scim/dialect.h"

#define URN_V1_CORE "urn:scim:schemas:core:1.0"
#define URN_V1_ENTERPRISE "urn:scim:schemas:extension:enterprise:1.0"
#define URN_PINGONE "urn:scim:schemas:com_pingone:1.0"
#define V1_MANAGER_ID "managerId" /* "value" in 2.0 */

/*
 * The attributes of PingOne's extension. None is stored:
 *   createTimeStamp, lastModifiedTimeStamp  meta.created, meta.lastModified in milliseconds since 1970
 *   accountId, directoryId                  of the origin
 *   state                                   ACTIVE or DISABLED: active, of a user
 *   passwordExpired, lastLoginTime          there are no passwords and no logins here: taken and not kept
 */
extern const struct schema v1_pingone;
/* The enterprise extension by the names of 1.1. */
extern const struct schema v1_enterprise;

/* An extension as 1.1 has it, and back; most are the same in both. */
const struct schema *v1_schema_out(const struct schema *extension);
const struct schema *v1_schema_in(const struct schema *extension);

/*
 * Does 1.1 know the attribute, or sub-attribute, of a resource of this type? Not meta.resourceType, nor $ref
 * of memberships, nor type of a user's; of a group not what PingOne's extension says of users.
 */
bool v1_has(const struct resource_type *rt, const struct attr *attr);

/* --- ids --- */

/* As a dialect has them: a UUID, whatever the kind. */
bool v1_parse_id(enum id_kind kind, const char *text, size_t len, struct uuid *id);
const char *v1_print_id(struct arena *arena, enum id_kind kind, const struct uuid *id);

/*
 * The id of a user or a group in one spelling, in the other; NULL: the text is none. The UUID does not tell
 * which of the two: kind does, for v1_id_in.
 */
const char *v1_id_in(struct arena *arena, enum id_kind kind, const char *text, size_t len);
const char *v1_id_out(struct arena *arena, const char *text, size_t len);

/* --- what comes in --- */

/*
 * POST and PUT: the body by the names of 2.0, then as for 2.0. active and state say the same; where they do
 * not, see v1_settle_active in v1_body.h.
 *
 * Fails: as members_of_body and resource_from_body
 *        SCIM_INVALID_VALUE  a value of PingOne's extension of the wrong type, or a state unknown
 */
enum scim_err v1_read(struct ctx *cx, const struct resource_type *rt, struct wish *wish);

/*
 * PATCH (draft-scim-api-01 section 3.3.2): first the attributes go that meta.attributes names, then the
 * rest of the body is merged. A value of a multi-valued attribute is added, or merged into the one
 * with the same "value"; with "operation": "delete" it goes. One that becomes primary demotes the other.
 *
 * Fails: as v1_read
 *        SCIM_INVALID_PATH   meta.attributes names an attribute that there is not
 *        SCIM_MUTABILITY     it names one that is read-only or required
 *        SCIM_INVALID_VALUE  an operation other than delete
 */
enum scim_err v1_patch(struct ctx *cx, const struct resource_type *rt, struct wish *wish);

/* --- names in queries --- */

/*
 * Resolve a reference by the names of 1.1; the path may lead into v1_pingone or v1_enterprise. False when
 * there is no such attribute.
 */
bool v1_resolve(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path);

/*
 * The same, but of the enterprise extension by the rows of 2.0, which has its attributes under other
 * names; paths into v1_pingone stay.
 */
bool v1_reference(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path);

/* Turn a path into v1_pingone to its meaning in 2.0. False, and unchanged: rt has none there. */
bool v1_meaning(const struct resource_type *rt, struct path *path);

/* The same by its meaning in 2.0: createTimeStamp is meta.created. False also where it has none there. */
bool v1_path(struct ctx *cx, const struct resource_type *rt, const char *text, size_t len,
	struct path *path);

/*
 * A filter of 1.1: eq co sw pr gt ge lt le, and, or, parentheses. Values too are brought to what the store
 * has: milliseconds to dateTimes, UUIDs to ids.
 *
 * Fails: SCIM_INVALID_FILTER  as filter_parse; ne, ew, not and [ are no part of 1.1
 */
enum scim_err v1_filter(struct ctx *cx, const struct resource_type *rt, const struct origin *origin,
	const char *text, const struct filter **tree);

/* attributes by the names of 1.1, which knows no excludedAttributes: they are ignored. */
enum scim_err v1_projection(struct ctx *cx, const struct resource_type *rt, const char *attributes,
	const char *excluded, struct projection *projection);

/* --- what goes out --- */

/* For scim_1: locations are base + /Users/ + id, and meta has a version. */
void v1_print(struct buf *buf, const struct resource_type *rt, const struct projection *projection,
	const struct origin *origin, const struct stored *stored);
/* For pingone: locations are base + /user/ + id. */
void v1_print_pingone(struct buf *buf, const struct resource_type *rt,
	const struct projection *projection, const struct origin *origin,
	const struct stored *stored);

void v1_list_open(struct buf *buf, struct list_frame *frame);
void v1_list_close(struct buf *buf, const struct list_frame *frame);
/* As PingOne's clients read it: "count" besides, and the resources once more as "resources". */
void v1_list_open_pingone(struct buf *buf, struct list_frame *frame);
void v1_list_close_pingone(struct buf *buf, const struct list_frame *frame);

/* {"Errors":[{"description":...,"code":"404"}]} */
void v1_error(struct buf *buf, enum scim_err e, const char *detail);

/* ServiceProviderConfigs (draft-scim-core-schema-01 section 9). Numbers come from cx->limits. */
void v1_config(struct buf *buf, struct ctx *cx);

/*
 * Schemas (section 10), of User and of Group; extensions are attributes of their own URN in it.
 *   types   NULL-terminated
 *   filter  by id, name, description, schema or endpoint, with or without its slash; NULL: all
 *
 * Fails: SCIM_INVALID_FILTER  as filter_parse
 */
enum scim_err v1_schemas(struct ctx *cx, struct buf *buf, const struct resource_type *const *types,
	const char *const *endpoints, const char *filter);
/* One of them, by its id or the name of its type. False: there is none. */
bool v1_schema(struct buf *buf, const struct resource_type *const *types,
	const char *const *endpoints, const char *id);

#endif
