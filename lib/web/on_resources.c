/* SPDX-License-Identifier: MIT */
/* Users and groups, one at a time: RFC 7644 sections 3.3, 3.4.1, 3.5 and 3.6. */
#include "base/text.h"
#include "store/record.h"
#include "web/answer.h"
#include "web/handlers.h"

enum {
	KNOWN_MAX = 16
};

/* *asked: the client named attributes, so it wants them back (RFC 7644 section 3.5.2). */
static enum scim_err projection_of(struct call *call, struct projection *projection, bool *asked)
{
	const char *wanted, *excluded;
	enum scim_err e;

	if ((e = call_parameter(call, "attributes", SCIM_INVALID_VALUE, &wanted)) ||
		(e = call_parameter(call, "excludedAttributes", SCIM_INVALID_VALUE, &excluded)))
		return e;
	*asked = wanted || excluded;
	return call->dialect->projection(call->cx, call->rt, wanted, excluded, projection);
}

/* The versions named in If-None-Match, for the row of the log that the same trip writes. */
static size_t known_versions(const char *list, int64_t *versions)
{
	const char *s = list ? list : "";
	size_t n = 0;
	char *end;

	while (n < KNOWN_MAX && (s = strchr(s, '"'))) {
		versions[n] = strtoll(s + 1, &end, 10);
		if (end > s + 1 && *end == '"' && etag_matches(list, versions[n]))
			n++;
		s = strchr(s + 1, '"');
		s = s ? s + 1 : "";
	}
	return n;
}

/* The row of the log depends on what the same trip finds. */
static void log_get(struct call *call, const struct uuid *id)
{
	int64_t known[KNOWN_MAX];
	struct reqlog log = { .kind = call->rt->kind,
		.resource = id,
		.outcome.status = HTTP_OK,
		.known = known,
		.known_status = HTTP_NOT_MODIFIED };

	log.otherwise = call_outcome(
		call, SCIM_NOT_FOUND, operation_missing_text(call, call->rt, call->capture));
	log.known_count = known_versions(call->rq->if_none_match, known);
	if (call->rq->if_none_match && etag_matches(call->rq->if_none_match, INT64_MAX))
		log.outcome.status = HTTP_NOT_MODIFIED; /* "*": whatever version there is */
	call_log(call, &log);
}

enum scim_err on_get(struct call *call)
{
	const struct resource_type *rt = call->rt;
	struct projection projection;
	struct record record;
	struct uuid id;
	struct record_ref ref = { &call->tenant.directory, rt, &id };
	struct rows *rows;
	bool asked;
	enum scim_err e;

	if ((e = projection_of(call, &projection, &asked)))
		return e;
	if (!call->dialect->parse_id(rt->id, call->capture, strlen(call->capture), &id))
		return operation_missing(call, rt, call->capture);
	rows = record_get(call->cx, call->db, &ref, projection_wants_memberships(&projection, rt));
	log_get(call, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	record_read(call->cx, rt, rows, &record);
	if (!record.found)
		return operation_missing(call, rt, call->capture);
	if (call->rq->if_none_match &&
		etag_matches(call->rq->if_none_match, record.stored.version)) {
		call->rs->status = HTTP_NOT_MODIFIED;
		call->rs->etag = etag_print(call->cx->arena, record.stored.version);
		return SCIM_OK;
	}
	answer_resource(call, &projection, &record.stored);
	return SCIM_OK;
}

static enum scim_err read_body(struct call *call, struct operation *op)
{
	if (op->method == HTTP_DELETE)
		return SCIM_OK;
	op->body = arena_alloc(call->cx->arena, sizeof(*op->body));
	return call_json_lifted(call, op->body);
}

/*
 * A PATCH of a group says only what it changed: its members may be a hundred thousand. That of a
 * user, which is small, is answered with the user.
 */
static enum scim_err read_wish(struct call *call, struct operation *op)
{
	bool asked;
	enum scim_err e;

	if (op->method == HTTP_DELETE)
		return SCIM_OK;
	if ((e = projection_of(call, &op->projection, &asked)))
		return e;
	if (op->method == HTTP_PATCH && op->rt->has_members && !asked &&
		!face_rows[call->face].tells)
		op->answered = false;
	if (!op->answered)
		call->rs->status = HTTP_NO_CONTENT;
	return SCIM_OK;
}

enum scim_err on_write(struct call *call)
{
	struct operation op = { .method = call->method,
		.rt = call->rt,
		.named = call->capture,
		.id = call->new_id,
		.if_match = call->rq->if_match,
		.if_none_match = call->rq->if_none_match,
		.answered = call->method != HTTP_DELETE };
	enum scim_err e;

	if (op.method == HTTP_POST) {
		op.if_match = op.if_none_match = NULL;
		uuid_join(&op.id, &call->tenant.directory);
	}
	if (op.method == HTTP_POST)
		call->rs->status = face_rows[call->face].created;
	if (op.method == HTTP_DELETE)
		call->rs->status = face_rows[call->face].deleted;
	operation_lock(call, &op);
	if ((e = db_run(call->cx, call->db)) || (e = operation_check(call, &op)) ||
		(e = read_wish(call, &op)))
		return e;
	if (op.record.done)
		return answer_again(call, &op);
	if ((e = read_body(call, &op)) || (e = operation_change(call, &op)) ||
		(e = answer_commit(call, &op)) || (e = operation_end(call, &op)))
		return e;
	answer_operation(call, &op);
	return SCIM_OK;
}
