/* SPDX-License-Identifier: MIT */
/*
 * What a request does to the members of one group (RFC 7643 section 4.2), as a plan for the store. A
 * group may have hundreds of thousands of members: their lists are read as text and never become a
 * tree, and a plan names only those that the request names.
 */
#ifndef SCIM_MEMBERS_H
#define SCIM_MEMBERS_H

#include "base/ctx.h"
#include "base/lift.h"
#include "scim/filter.h"
#include "scim/patch.h"

enum member_kind {
	MEMBER_USER,
	MEMBER_GROUP
};

struct member {
	struct uuid id;
	enum member_kind kind; /* as the prefix of its id says */
};

/* Any number of operations at once: what all of them leave, whatever was there before. */
struct member_step {
	bool all; /* first every member goes that is not in add */
	const struct member *add; /* by id, in the order of its bytes, then by kind; distinct */
	size_t add_count;
	const struct member *drop; /* likewise; none is in add; without all only */
	size_t drop_count;
	const struct filter *filter; /* or, alone in its step: the members that match go */
};

struct member_plan {
	struct member_step *steps; /* in order; almost always one */
	size_t count; /* 0: nothing can change */
	size_t unknown; /* members that were named and are none of ours */
	const char *unknown_text; /* some of them, for the request log; "" when there are none */
};

/* Where lists of members stand in a group, and in a PatchOp: for json_parse_lifted. */
extern const char *const members_body_places[];
extern const char *const members_patch_places[];

/*
 * An element of a list is an object: its "value" is the id of a user or a group, or else the last
 * segment of its "$ref" is (QUIRK(keycloak)); null and {} are none. A bare string is an id
 * (QUIRK_SINGLE_VALUE). An id that is none of ours is passed over (QUIRK_UNKNOWN_MEMBER).
 *
 * Both functions below fail so:
 *        SCIM_INVALID_VALUE   a list, an element or a "value" of the wrong type; strict: an unknown
 *                             id, a string for an element, an object for a list
 *        SCIM_TOO_LARGE       more than cx->limits->members elements in all
 */

/*
 * POST and PUT: take the members out of body->tree, which was lifted at members_body_places; what
 * is left is for resource_from_body. The plan is one step with all. Members under their URN are
 * QUIRK_DOTTED_KEY.
 */
enum scim_err members_of_body(struct ctx *cx, struct lifted *body, struct member_plan *plan);

/*
 * PATCH (RFC 7644 section 3.5.2): take what concerns members out of the operations that patch_parse
 * made of body->tree, which was lifted at members_patch_places, and out of their values; what is
 * left is for patch_apply. Members and other attributes do not depend on each other, so the order
 * between them is of no matter. An attribute of members that is readOnly (groups of a User) stays.
 *
 * Fails: SCIM_MUTABILITY      changing a member in place (RFC 7643 section 8.7.1: immutable)
 *        SCIM_INVALID_SYNTAX  strict: remove with a value
 *        SCIM_TOO_LARGE       more than json_nodes values in lists of other attributes
 *        and as path_parse for a key of a value without path
 */
enum scim_err members_of_patch(struct ctx *cx, const struct resource_type *rt, struct lifted *body,
	struct patch *patch, struct member_plan *plan);

#endif
