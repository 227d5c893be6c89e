/* SPDX-License-Identifier: MIT */
/* How bodies of SCIM 1.1 are read: between v1_read.c, v1_patch.c, v1_members.c and v1_values.c. */
#ifndef SCIM_V1_BODY_H
#define SCIM_V1_BODY_H

#include "scim/dialect.h"

/*
 * Take the members out of a lifted body; those that say "operation": "delete" go.
 *   all  first everybody goes
 *
 * Fails: as members_of_body
 */
enum scim_err v1_members(struct ctx *cx, struct lifted *body, bool all, struct member_plan *plan);

/* What PingOne's extension of a body says. */
struct v1_said {
	bool has_state;
	bool active; /* what state means, when it is there */
	int64_t modified; /* lastModifiedTimeStamp; 0: nothing */
};

/*
 * The body's names to those of 2.0, in place: schemas, extensions, managerId. PingOne's extension is taken
 * out.
 *
 * Fails: as v1_read
 */
enum scim_err v1_rename(struct ctx *cx, const struct resource_type *rt, struct json_object *body,
	struct v1_said *said);

/*
 * What active and state make of each other, in the body. Where they do not agree the user is to be inactive,
 * so that who sends the same again does not wake him up; but who has read one that is inactive, and sends
 * that back with one of them changed, means him to be active.
 *   said  from v1_rename
 *
 * Fails: as v1_read
 */
enum scim_err v1_settle_active(struct ctx *cx, const struct resource_type *rt,
	const struct wish *wish, const struct v1_said *said);

/*
 * The manager after a change: as long as he is the same his id is spelled as it was stored, another one's $ref is
 * forgotten, which 1.1 has not.
 *   before  as stored; NULL: there is none
 */
void v1_settle_manager(struct ctx *cx, struct json_object *before, struct json_object *resource);

/*
 * Merge values into those of a multi-valued attribute, one after the other. Where values have a "value", it
 * says which are the same; where it is there more than once, "type" says it too. Other values are the
 * same when equal.
 *
 *   in       the values that the body has; changed. null and [] change nothing
 *   emptied  meta.attributes names the attribute: nothing is deleted any more
 *   object   what has the attribute: a resource, or an extension of it; changed
 *
 * Fails: as value_canonical
 *        SCIM_INVALID_VALUE  an operation other than delete
 *        SCIM_TOO_MANY       more to compare than a request may
 */
enum scim_err v1_merge_values(struct ctx *cx, const struct attr *attr, struct json_object *in,
	bool emptied, struct json_object *object);

/*
 * Take "operation" out of a value that a client sent. *goes: it says "delete".
 *
 * Fails: SCIM_INVALID_VALUE  it says something else
 */
enum scim_err v1_take_operation(struct ctx *cx, struct json_object *in, bool *goes);

#endif
