/* SPDX-License-Identifier: MIT */
/*
 * Bulk (RFC 7644 section 3.7): the request as operations in an order in which they can be done,
 * references between them, and the text of the response. Nothing is done here.
 */
#ifndef SCIM_BULK_H
#define SCIM_BULK_H

#include <json-c/json.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "scim/schema.h"

enum bulk_method {
	BULK_POST,
	BULK_PUT,
	BULK_PATCH,
	BULK_DELETE,
	BULK__MAX
};

struct bulk_op {
	enum bulk_method method; /* BULK__MAX: none of these, and err is set */
	const char *method_text; /* for the response; NULL: none was sent */
	const char *bulk_id; /* NULL: none */
	const char *path; /* as sent; NULL: none */
	size_t type; /* index into the types of bulk_parse */
	const char *id; /* decoded, from the path; NULL: POST. "bulkId:x" before bulk_resolve */
	const char *version; /* an entity tag, for PUT, PATCH and DELETE; NULL: none */
	struct json_object *data; /* borrowed from the message; NULL: DELETE */
	const size_t *refs; /* POSTs whose ids this one needs: ascending, each once, never itself */
	size_t ref_count;
	size_t component; /* number of its component in the order of execution */
	enum scim_err err; /* it cannot be done, for this reason; then it refers to nothing */
	const char *detail; /* of err */
};

struct bulk_name {
	const char *text;
	size_t op;
};

struct bulk {
	struct bulk_op *ops; /* as in the request */
	size_t count;
	int64_t fail_on_errors; /* 0: not given */
	size_t *order; /* indexes of all operations in the order of execution */
	size_t components;
	const struct bulk_name *names; /* sorted; private to bulk*.c */
	size_t named;
};

/*
 * Read a BulkRequest: member names and methods in any case, paths with or without the leading
 * slash, percent-encoded.
 *
 *   types  by whose endpoints paths are found; NULL-terminated
 *   bulk   set on success
 *
 * What is wrong with one operation alone is in its err, and does not fail the message:
 *   SCIM_INVALID_SYNTAX  method, path or data is missing or not of its type; POST without bulkId in
 *                        strict mode (QUIRK_NO_BULK_ID)
 *   SCIM_NOT_FOUND       the path is below no endpoint of types
 *   SCIM_INVALID_VALUE   a path with an id for POST, without one for the others, or with a query;
 *                        a bulkId that is empty or is another operation's before it; a
 *                        reference to a bulkId that no POST has
 *
 * A reference is "bulkId:x", x being a POST's bulkId: as the id in a path, as a whole string
 * anywhere in data, there also behind the last slash of a URL, and as a string inside the path of
 * a PATCH operation (members[value eq "bulkId:x"]). It may refer to an operation behind it.
 *
 * Order: an operation stands where the request has it, and what it refers to before it, moved there
 * if need be; so only POSTs move, to an earlier place. A component is the operations that
 * refer to each other in a circle (POSTs all), or one operation; it is consecutive in the order,
 * by the request's order inside.
 *
 * Fails: SCIM_INVALID_SYNTAX  as message_check; Operations is not an array of one or more objects
 *        SCIM_INVALID_VALUE   failOnErrors is not a positive integer ("1" is QUIRK_STRING_NUMBER)
 *        SCIM_TOO_LARGE       more than cx->limits->bulk_operations
 */
enum scim_err bulk_parse(struct ctx *cx, const struct resource_type *const *types,
	struct json_object *body, struct bulk *bulk);

/*
 * Put ids where operation op has references: in its data, in place, and in its id. Behind it no
 * reference remains. On failure the content of data is undefined.
 *
 *   ids  the id of what each operation creates, by its index, as spelled in this face; NULL for
 *        one that failed. Of operations that nobody refers to it is not looked at
 *
 * Fails: the operation's own err, if it has one
 *        SCIM_INVALID_VALUE  what it refers to has no id
 */
enum scim_err bulk_resolve(
	struct ctx *cx, const struct bulk *bulk, size_t op, const char *const *ids);

/* How one operation ended. */
struct bulk_result {
	int status; /* of success, when !err */
	const char *location; /* NULL: none; of a POST that failed it is not shown */
	const char *version; /* the new entity tag; NULL: none */
	enum scim_err err;
	const char *detail; /* of err; NULL: the row's text */
};

/* {"schemas":[...],"Operations":[ ; then operations in any order, then ]} */
void bulk_print_open(struct buf *buf);
void bulk_print_op(struct buf *buf, const struct bulk_op *op, const struct bulk_result *result);
void bulk_print_close(struct buf *buf);

#endif
