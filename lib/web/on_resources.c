/* SPDX-License-Identifier: MIT */
/* Users and groups, one at a time: RFC 7644 sections 3.3, 3.4.1, 3.5 and 3.6. */
#include "base/text.h"
#include "store/record.h"
#include "web/handlers.h"
#include "web/operation.h"

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
	return projection_parse(call->cx, call->rt, wanted, excluded, projection);
}

static void answer_resource(
	struct call *call, const struct projection *projection, const struct stored *stored)
{
	struct response *rs = call->rs;

	buf_cut(&rs->body, 0);
	resource_print(&rs->body, call->rt, projection, call->base, stored);
	rs->etag = etag_print(call->cx->arena, stored->version);
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
	if (!id_parse(rt->id, call->capture, strlen(call->capture), &id))
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

/* What the row of the log keeps of the answer: a resource without its memberships. */
static const char *log_body(struct call *call, const struct operation *op)
{
	struct stored bare = op->record.stored;
	struct buf body;

	bare.memberships = NULL;
	buf_init(&body, call->cx->arena, bare.doc_len + 512);
	resource_print(&body, op->rt, &op->projection, call->base, &bare);
	return body.data;
}

/* Queue the row of the log and COMMIT behind the change, and run them. */
static enum scim_err commit(struct call *call, const struct operation *op)
{
	struct reqlog log = { .kind = op->rt->kind, .outcome.status = call->rs->status };

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

static void answer(struct call *call, const struct operation *op)
{
	const struct stored *stored = &op->record.stored;
	struct response *rs = call->rs;

	if (op->method == HTTP_POST)
		rs->location = arena_printf(
			call->cx->arena, "%s%s/%s", call->base, op->rt->endpoint, stored->id);
	if (op->answered)
		answer_resource(call, &op->projection, stored);
	else
		rs->content_type = NULL;
	if (op->method == HTTP_PATCH)
		rs->etag = etag_print(call->cx->arena, stored->version);
}

/* An earlier attempt has made the change. */
static enum scim_err answer_done(struct call *call, struct operation *op)
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
	answer(call, op);
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
	if (op->method == HTTP_PATCH && op->rt->has_members && !asked)
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
		call->rs->status = HTTP_CREATED;
	if (op.method == HTTP_DELETE)
		call->rs->status = HTTP_NO_CONTENT;
	operation_lock(call, &op);
	if ((e = db_run(call->cx, call->db)) || (e = operation_check(call, &op)) ||
		(e = read_wish(call, &op)))
		return e;
	if (op.record.done)
		return answer_done(call, &op);
	if ((e = read_body(call, &op)) || (e = operation_change(call, &op)) ||
		(e = commit(call, &op)) || (e = operation_end(call, &op)))
		return e;
	answer(call, &op);
	return SCIM_OK;
}
