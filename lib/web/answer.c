/* SPDX-License-Identifier: MIT */
/* The ends of requests for one resource. */
#include "web/answer.h"

#include "base/text.h"

void answer_resource(
	struct call *call, const struct projection *projection, const struct stored *stored)
{
	struct response *rs = call->rs;

	buf_cut(&rs->body, 0);
	rs->body.gap = &rs->gap;
	call->dialect->print(&rs->body, call->rt, projection, call_origin(call), stored);
	rs->etag = etag_print(call->cx->arena, stored->version);
}

/* What the row of the log keeps of the answer: a resource without its memberships. */
static const char *log_body(struct call *call, const struct operation *op)
{
	struct stored bare = op->record.stored;
	struct buf body;

	bare.memberships = NULL;
	buf_init(&body, call->cx->arena, bare.doc_len + 512);
	call->dialect->print(&body, op->rt, &op->projection, call_origin(call), &bare);
	return body.data;
}

enum scim_err answer_commit(struct call *call, const struct operation *op)
{
	struct reqlog log = {
		.commits = true, .kind = op->rt->kind, .outcome.status = call->rs->status
	};

	if (op->method != HTTP_DELETE)
		log.resource = &op->id;
	if (op->written && log.resource) {
		log.written = true;
		log.otherwise = call_outcome(call, operation_conflict(op), op->conflict);
	}
	if (op->answered)
		log.outcome.body = log_body(call, op);
	call_log(call, &log);
	db_queue(call->cx, call->db, STMT_COMMIT, NULL);
	return db_run(call->cx, call->db);
}

void answer_operation(struct call *call, const struct operation *op)
{
	const struct stored *stored = &op->record.stored;
	struct response *rs = call->rs;

	/* Apache makes a redirection of 200 with a Location (RFC 3875 section 6.2) */
	if (op->method == HTTP_POST && face_rows[call->face].created == HTTP_CREATED)
		rs->location = call_location(call, op->rt->kind, &op->id);
	if (op->answered)
		answer_resource(call, &op->projection, stored);
	else
		rs->content_type = NULL;
	if (op->method == HTTP_PATCH)
		rs->etag = etag_print(call->cx->arena, stored->version);
}

enum scim_err answer_again(struct call *call, struct operation *op)
{
	struct record_ref ref = { &call->tenant.directory, op->rt, &op->id };
	struct rows *rows;
	enum scim_err e;

	if (op->answered && op->rt->has_members) {
		rows = record_get(call->cx, call->db, &ref, true);
		if ((e = db_run(call->cx, call->db)))
			return e;
		record_read(call->cx, op->rt, rows, &op->record);
		if (!op->record.found)
			return operation_missing(call, op->rt, op->named);
	}
	answer_operation(call, op);
	return SCIM_OK;
}
