/* SPDX-License-Identifier: MIT */
/*
 * One change of one resource (RFC 7644 sections 3.3, 3.5 and 3.6), whether it is the request or one
 * operation of a Bulk request. It neither begins nor commits, and it answers nobody: the caller runs
 * the trips between its steps.
 *
 *   operation_lock, db_run, operation_check, operation_change, db_run, operation_end
 */
#ifndef WEB_OPERATION_H
#define WEB_OPERATION_H

#include "scim/members.h"
#include "store/member.h"
#include "web/call.h"

struct operation {
	/* what is asked for */
	enum http_method method; /* POST, PUT, PATCH or DELETE */
	const struct resource_type *rt;
	const char *named; /* id as the client spells it; unused for POST */
	struct uuid id; /* of what POST creates; else set by operation_lock */
	const char *if_match; /* NULL: none */
	const char *if_none_match;
	struct lifted *body; /* of POST, PUT and PATCH; set before operation_change */
	bool members_later; /* operation_change leaves them to operation_members */
	bool answered; /* the resource goes back as projection says */
	struct projection projection;

	/* what came of it */
	struct record record; /* as it is after operation_end; as it was before */
	bool changed; /* its row was, or will be */

	/* between the steps */
	bool locks;
	struct record_locked locked;
	struct rows *written; /* NULL: the row stays as it is */
	const char *conflict; /* when no row was written */
	struct member_plan plan;
	struct rows **steps; /* of the plan, as they were queued */
	int64_t modified;
	struct rows *after; /* the resource read back, when its members are answered */
};

/* Queue what has to be known before anything is changed; nothing for a POST's first attempt. */
void operation_lock(struct call *call, struct operation *op);

/*
 * After that trip. When op->record.done an earlier attempt of the request has made the change, and
 * the record says what it led to.
 *
 * Fails: SCIM_NOT_FOUND            there is no such resource
 *        SCIM_PRECONDITION_FAILED  it has another version (RFC 9110 section 13)
 */
enum scim_err operation_check(struct call *call, struct operation *op);

/*
 * Queue the change. May run trips of its own. In strict mode an unknown member fails here.
 *
 * Fails: as resource_from_body, patch_parse, patch_apply and members_of_patch
 *        SCIM_TOO_LARGE  the resource is larger than cx->limits->resource_bytes
 */
enum scim_err operation_change(struct call *call, struct operation *op);

/*
 * Queue what operation_change left: who is in the group. Fails as that does; operation_end comes
 * behind it again.
 */
enum scim_err operation_members(struct call *call, struct operation *op);

/*
 * After the change has run: the record as it is now.
 *
 * Fails: SCIM_UNIQUENESS           the name is taken
 *        SCIM_PRECONDITION_FAILED  somebody was faster
 */
enum scim_err operation_end(struct call *call, struct operation *op);

/* The error that operation_end fails with if no row was written, for the row of the log. */
enum scim_err operation_conflict(const struct operation *op);

/* SCIM_NOT_FOUND, in words. */
enum scim_err operation_missing(
	struct call *call, const struct resource_type *rt, const char *named);
const char *operation_missing_text(
	struct call *call, const struct resource_type *rt, const char *named);

#endif
