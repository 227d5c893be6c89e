/* SPDX-License-Identifier: MIT */
/*
 * Messages of RFC 7644 and the discovery documents (section 4), printed from the tables that drive
 * the code. Nothing here knows a request.
 */
#ifndef SCIM_MESSAGE_H
#define SCIM_MESSAGE_H

#include <json-c/json.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "scim/schema.h"

#define URN_MESSAGE_LIST "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define URN_MESSAGE_ERROR "urn:ietf:params:scim:api:messages:2.0:Error"
#define URN_MESSAGE_PATCH "urn:ietf:params:scim:api:messages:2.0:PatchOp"
#define URN_MESSAGE_SEARCH "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
#define URN_MESSAGE_BULK "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
#define URN_MESSAGE_BULK_RESPONSE "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

/*
 * Does the schemas member of a request say that it is the message with this URN? Absent
 * (QUIRK_NO_SCHEMAS), another URN (QUIRK_FOREIGN_SCHEMA) and one string instead of an array
 * (QUIRK_SINGLE_VALUE) are passed over.
 *
 * Fails: SCIM_INVALID_SYNTAX  one of these in strict mode; not an array of strings
 */
enum scim_err message_check(struct ctx *cx, struct json_object *body, const char *urn);

/* RFC 7644 section 3.12. detail NULL: the row's text. */
void message_error(struct buf *buf, enum scim_err e, const char *detail);

/* Around the resources of a list (section 3.4.2, RFC 9865 section 2). */
struct list_frame {
	int64_t total; /* totalResults */
	int64_t start_index; /* from 1; 0: a cursor page, startIndex is not shown */
	int64_t items; /* resources on this page */
	const char *next_cursor; /* NULL: none */
	size_t open; /* where the resources begin in the text; set by those who have to know */
};

/* {"schemas":[...],"totalResults":...,"Resources":[ ; the caller puts the resources with commas. */
void message_list_open(struct buf *buf, struct list_frame *frame);
/* ]} */
void message_list_close(struct buf *buf, const struct list_frame *frame);

/* What ServiceProviderConfig says is switched on. */
struct capabilities {
	bool bulk;
	int64_t bulk_operations; /* maxOperations, 0 when !bulk */
	int64_t bulk_bytes; /* maxPayloadSize */
	const char *documentation; /* documentationUri; NULL: none */
	const char *base; /* SCIM base URL, for meta.location */
};

/* RFC 7643 section 5, with RFC 9865's pagination. Numbers come from cx->limits. */
void message_config(struct buf *buf, struct ctx *cx, const struct capabilities *capabilities);

/* RFC 7643 section 6. types: NULL-terminated. */
void message_resource_types(
	struct buf *buf, const struct resource_type *const *types, const char *base);
/* One by its name (case-sensitive), false when there is none. */
bool message_resource_type(struct buf *buf, const struct resource_type *const *types,
	const char *base, const char *name);

/* RFC 7643 section 7: every schema of the types, each once; common attributes are not listed. */
void message_schemas(struct buf *buf, const struct resource_type *const *types, const char *base);
/* Its text without "schemas" and meta, as a directory keeps it: see schema_json.h. */
void schema_print(struct buf *buf, const struct schema *schema);
/* One by its URN (case-insensitive), false when there is none. */
bool message_schema(struct buf *buf, const struct resource_type *const *types, const char *base,
	const char *urn);

#endif
