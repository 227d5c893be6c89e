/* SPDX-License-Identifier: MIT */
/* The steps of a change. What differs between users and groups is asked of their memberships. */
#include "web/operation.h"

#include "base/json.h"
#include "base/text.h"

const char *operation_missing_text(
	struct call *call, const struct resource_type *rt, const char *named)
{
	return ctx_detail(call->cx, "there is no %s '%s'", rt->noun, named);
}

enum scim_err operation_missing(
	struct call *call, const struct resource_type *rt, const char *named)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "%s", operation_missing_text(call, rt, named));
}

static struct record_ref ref_of(struct call *call, const struct operation *op)
{
	struct record_ref ref = { &call->tenant.directory, op->rt, &op->id };

	return ref;
}

/* The groups of a user do not change by a change of the user: they are read with the lock. */
static bool locks_memberships(const struct operation *op)
{
	return op->answered && !op->rt->has_members;
}

void operation_lock(struct call *call, struct operation *op)
{
	struct record_ref ref = ref_of(call, op);

	if (op->method == HTTP_POST ? call->cx->attempt == 0
				    : !call->dialect->parse_id(
					      op->rt->id, op->named, strlen(op->named), &op->id))
		return;
	op->locks = true;
	op->locked = record_lock(call->cx, call->db, &ref,
		op->method == HTTP_DELETE ? LOCK_DELETE : LOCK_EDIT, locks_memberships(op));
}

/* RFC 9110 section 13: on a write, a version that is not the one expected fails with 412. */
static enum scim_err check_precondition(struct call *call, const struct operation *op)
{
	int64_t version = op->record.stored.version;

	if (op->if_match && !etag_matches(op->if_match, version))
		return ctx_fail(call->cx, SCIM_PRECONDITION_FAILED,
			"the %s has version %s, If-Match names another", op->rt->noun,
			etag_print(call->cx->arena, version));
	if (op->if_none_match && etag_matches(op->if_none_match, version))
		return ctx_fail(call->cx, SCIM_PRECONDITION_FAILED,
			"the %s has the version that If-None-Match rules out", op->rt->noun);
	return SCIM_OK;
}

enum scim_err operation_check(struct call *call, struct operation *op)
{
	if (op->locks)
		record_locked_read(call->cx, op->rt, &op->locked, &op->record);
	if (op->record.done)
		return SCIM_OK;
	if (op->method == HTTP_POST) {
		memset(&op->record, 0, sizeof(op->record));
		return SCIM_OK;
	}
	if (!op->record.found || op->record.deleted)
		return operation_missing(call, op->rt, op->named);
	return check_precondition(call, op);
}

/* The text of a resource as it is to be stored. Fails: SCIM_TOO_LARGE */
static enum scim_err print_doc(
	struct call *call, struct json_object *resource, struct stored *stored)
{
	int64_t max = call->cx->limits->resource_bytes;

	stored->doc = resource_text(call->cx->arena, resource, &stored->doc_len);
	if ((int64_t)stored->doc_len <= max)
		return SCIM_OK;
	return ctx_fail(
		call->cx, SCIM_TOO_LARGE, "the resource is larger than %lld bytes", (long long)max);
}

/* meta.lastModified does not run backwards, whatever the clocks of several hosts say. */
static int64_t time_of_change(const struct call *call, const struct operation *op)
{
	int64_t before = op->record.stored.modified;

	return call->cx->now > before ? call->cx->now : before;
}

static struct json_object *stored_tree(struct call *call, const struct operation *op)
{
	const struct stored *stored = &op->record.stored;

	return json_parse_stored(call->cx->arena, stored->doc, stored->doc_len);
}

static bool names_members(const struct member_plan *plan)
{
	return plan->count > 0 && (plan->steps[0].add_count > 0 || plan->unknown > 0);
}

/* What is to be stored, and what is to become of the members. */
static enum scim_err compute(struct call *call, struct operation *op, struct record_write *write)
{
	const struct dialect *dialect = call->dialect;
	struct wish wish = {
		.body = op->body, .before = write->before, .modified = op->record.stored.modified
	};
	bool patches = op->method == HTTP_PATCH;
	enum scim_err e;

	if (patches)
		wish.resource = json_root_copy(call->cx->arena, write->before);
	if ((e = (patches ? dialect->patch : dialect->read)(call->cx, op->rt, &wish)))
		return e;
	write->resource = wish.resource;
	op->plan = wish.plan;
	if (op->method == HTTP_POST && !names_members(&op->plan))
		op->plan.count = 0; /* and there is nobody to go */
	return write->before && !patches
		       ? resource_keep_immutable(call->cx, op->rt, write->before, write->resource)
		       : SCIM_OK;
}

static enum scim_err queue_row(struct call *call, struct operation *op, struct record_write *write)
{
	struct stored *stored = &op->record.stored;
	const char *name = op->rt->unique;
	enum scim_err e;

	if (op->method == HTTP_DELETE) {
		op->written = record_delete(call->cx, call->db, write);
		return SCIM_OK;
	}
	/* what changes nothing writes nothing: same version, same lastModified */
	if (write->before && json_same(write->before, write->resource))
		return SCIM_OK;
	if ((e = print_doc(call, write->resource, stored)))
		return e;
	write->doc = stored->doc;
	if (op->method != HTTP_POST) {
		op->written = record_update(call->cx, call->db, write);
		stored->version++;
		stored->modified = write->modified;
		return SCIM_OK;
	}
	op->conflict = ctx_detail(call->cx, "%s '%s' is already in use", name,
		json_get_string(write->resource, name));
	op->written = record_insert(call->cx, call->db, write);
	stored->id = id_print(call->cx->arena, op->rt->id, &op->id);
	stored->version = 1;
	stored->created = stored->modified = write->modified;
	return SCIM_OK;
}

static enum scim_err queue_step(
	struct call *call, struct operation *op, const struct member_write *write, size_t i)
{
	struct member_step step = op->plan.steps[i];
	struct rows *found;
	enum scim_err e;

	if (step.filter) {
		if ((e = member_find(call->cx, call->db, &write->group, call->origin.base,
			     step.filter, &found)) ||
			(e = db_run(call->cx, call->db)))
			return e;
		step = member_found(call->cx, found);
	}
	op->steps[i] = member_change(call->cx, call->db, write, &step);
	return SCIM_OK;
}

/* RFC 7644 has no tolerance for a member that does not exist; a strict directory neither. */
static enum scim_err refuse_unknown(struct call *call, const struct operation *op)
{
	enum scim_err e;
	size_t i;

	if (!call->cx->strict || op->plan.count == 0)
		return SCIM_OK;
	if ((e = db_run(call->cx, call->db)))
		return e;
	for (i = 0; i < op->plan.count; i++)
		if (member_unknown(op->steps[i]) > 0)
			return ctx_fail(
				call->cx, SCIM_INVALID_VALUE, "a member is not in the directory");
	return SCIM_OK;
}

enum scim_err operation_members(struct call *call, struct operation *op)
{
	static struct member_step nobody;
	struct member_write write = { .group = ref_of(call, op),
		.modified = op->modified,
		.counted = op->written != NULL,
		.unknown = op->plan.unknown,
		.unknown_text = op->plan.unknown_text };
	enum scim_err e;
	size_t i;

	if (op->plan.count == 0 && op->plan.unknown > 0) {
		op->plan.steps = &nobody; /* for the note */
		op->plan.count = 1;
	}
	op->steps = arena_alloc(call->cx->arena, (op->plan.count + 1) * sizeof(struct rows *));
	for (i = 0; i < op->plan.count; i++) {
		if ((e = queue_step(call, op, &write, i)))
			return e;
		write.unknown = 0; /* is noted once */
		write.unknown_text = NULL;
	}
	return refuse_unknown(call, op);
}

/* The members that an answer shows are those there are behind the change. */
static void queue_after(struct call *call, struct operation *op)
{
	struct record_ref ref = ref_of(call, op);

	if (op->rt->has_members && op->answered && (op->method != HTTP_POST || op->plan.count > 0))
		op->after = record_get(call->cx, call->db, &ref,
			projection_wants_memberships(&op->projection, op->rt));
}

enum scim_err operation_change(struct call *call, struct operation *op)
{
	struct record_write write = { .ref = ref_of(call, op) };
	enum scim_err e;

	op->modified = write.modified = time_of_change(call, op);
	write.version = op->record.stored.version;
	if (op->method == HTTP_DELETE)
		write.resource = stored_tree(call, op);
	else if (op->method != HTTP_POST)
		write.before = stored_tree(call, op);
	if ((op->method != HTTP_DELETE && (e = compute(call, op, &write))) ||
		(e = queue_row(call, op, &write)) ||
		(!op->members_later && (e = operation_members(call, op))))
		return e;
	queue_after(call, op);
	return SCIM_OK;
}

enum scim_err operation_conflict(const struct operation *op)
{
	return op->method == HTTP_POST ? SCIM_UNIQUENESS : SCIM_PRECONDITION_FAILED;
}

static enum scim_err no_row(struct call *call, const struct operation *op)
{
	if (op->method == HTTP_DELETE)
		return operation_missing(call, op->rt, op->named);
	if (op->method == HTTP_POST)
		return ctx_fail(call->cx, SCIM_UNIQUENESS, "%s", op->conflict);
	return ctx_fail(call->cx, SCIM_PRECONDITION_FAILED, NULL);
}

enum scim_err operation_end(struct call *call, struct operation *op)
{
	struct stored *stored = &op->record.stored;
	int64_t version;
	size_t i;

	if (op->written && !rows_count(op->written))
		return no_row(call, op);
	for (i = 0; op->steps && i < op->plan.count; i++) {
		if ((version = member_version(op->steps[i])) == 0)
			continue;
		stored->version = version;
		stored->modified = op->modified;
	}
	if (op->after)
		record_read(call->cx, op->rt, op->after, &op->record);
	return SCIM_OK;
}
