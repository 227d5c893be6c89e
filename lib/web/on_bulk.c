/* SPDX-License-Identifier: MIT */
/*
 * Bulk: RFC 7644 section 3.7. All operations run in one transaction, each component of them (see
 * scim/bulk.h) under a savepoint: what fails leaves nothing, what succeeds stays, and a request that
 * is lost half-way has done nothing at all.
 */
#include "scim/bulk.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "store/param.h"
#include "web/handlers.h"
#include "web/operation.h"

static const enum http_method methods[BULK__MAX] = {
	[BULK_POST] = HTTP_POST,
	[BULK_PUT] = HTTP_PUT,
	[BULK_PATCH] = HTTP_PATCH,
	[BULK_DELETE] = HTTP_DELETE,
};

static const int statuses[BULK__MAX] = {
	[BULK_POST] = HTTP_CREATED,
	[BULK_PUT] = HTTP_OK,
	[BULK_PATCH] = HTTP_OK,
	[BULK_DELETE] = HTTP_NO_CONTENT,
};

/* A Bulk request at work. All arrays are indexed as bulk.ops. */
struct run {
	struct call *call;
	struct bulk bulk;
	const char **ids; /* of what each operation creates; NULL: it failed */
	struct operation *operations;
	struct bulk_result *results;
	bool *done;
	int64_t errors;
	bool unreleased; /* the RELEASE of the component before is queued, and no more */
};

/* Is the request itself at an end, and not only one operation of it? */
static bool ends_all(enum scim_err e)
{
	return e == SCIM_RETRY || e == SCIM_UNAVAILABLE || e == SCIM_INTERNAL;
}

/* The data of an operation, as if it had come alone. */
static enum scim_err read_data(struct call *call, const struct bulk_op *op, struct operation *to)
{
	struct json_slice text;
	struct buf buf;

	if (!op->data)
		return SCIM_OK;
	buf_init(&buf, call->cx->arena, 1024);
	json_print(&buf, op->data);
	text = (struct json_slice){ buf.data, buf.len };
	to->body = arena_alloc(call->cx->arena, sizeof(*to->body));
	return call_lift(call, to->rt, to->method, &text, to->body);
}

/* One operation up to its change; the members of a component's groups come when all exist. */
static enum scim_err run_operation(struct run *run, size_t i, bool alone)
{
	struct call *call = run->call;
	const struct bulk_op *op = &run->bulk.ops[i];
	struct operation *to = &run->operations[i];
	enum scim_err e;

	if ((e = bulk_resolve(call->cx, &run->bulk, i, run->ids)))
		return e;
	*to = (struct operation){ .method = methods[op->method],
		.rt = &call->tenant.types[op->type],
		.named = op->id,
		.id = call->bulk_ids[i],
		.if_match = op->version,
		.members_later = !alone };
	operation_lock(call, to);
	if (to->locks && (e = db_run(call->cx, call->db)))
		return e;
	e = operation_check(call, to);
	if (!e && to->record.done) /* then all of it has committed, and begin() will find it */
		e = ctx_fail(call->cx, SCIM_RETRY, "an attempt before this one has committed");
	if (e || (e = read_data(call, op, to)) || (e = operation_change(call, to)) ||
		(e = db_run(call->cx, call->db)))
		return e;
	return operation_end(call, to);
}

static void free_scratch(void *scratch)
{
	arena_free(scratch);
}

/* The memberships of a component, whose resources exist now. */
static enum scim_err run_members(struct run *run, const size_t *order, size_t count, size_t *failed)
{
	struct call *call = run->call;
	enum scim_err e;
	size_t i;

	for (i = 0; i < count; i++) {
		struct operation *op = &run->operations[order[i]];

		*failed = order[i];
		if ((e = operation_members(call, op)) || (e = db_run(call->cx, call->db)) ||
			(e = operation_end(call, op)))
			return e;
	}
	return SCIM_OK;
}

static void succeed(struct run *run, size_t i)
{
	struct call *call = run->call;
	const struct operation *op = &run->operations[i];
	const struct stored *stored = &op->record.stored;

	run->done[i] = true;
	run->results[i] = (struct bulk_result){
		.status = statuses[run->bulk.ops[i].method],
		.location = call_location(call, op->rt->kind, &op->id),
		.version = op->method == HTTP_DELETE ? NULL
						     : etag_print(call->cx->arena, stored->version),
	};
}

static void fail(struct run *run, size_t i, enum scim_err e, const char *detail)
{
	struct call *call = run->call;
	const struct bulk_op *op = &run->bulk.ops[i];
	bool placed = op->id && op->method != BULK__MAX && op->method != BULK_POST;

	run->done[i] = true;
	run->ids[i] = NULL;
	run->errors++;
	run->results[i] = (struct bulk_result){
		.err = e,
		.detail = detail,
		.location = placed ? arena_printf(call->cx->arena, "%s%s/%s", call->origin.base,
					     call->tenant.types[op->type].endpoint, op->id)
				   : NULL,
	};
}

/*
 * One operation of a component has failed: none of it stays, and each has to say so.
 *   begun  a trip of the component has run, and with it SAVEPOINT
 */
static enum scim_err undo(
	struct run *run, const size_t *order, size_t count, size_t failed, bool begun)
{
	struct ctx *cx = run->call->cx;
	enum scim_err e = cx->err;
	const char *detail = cx->detail ? arena_strdup(cx->arena, cx->detail) : NULL;
	size_t i;

	ctx_clear(cx);
	db_forget(run->call->db);
	if (begun)
		db_queue(cx, run->call->db, STMT_ROLLBACK_TO, NULL);
	if (begun || run->unreleased)
		db_queue(cx, run->call->db, STMT_RELEASE, NULL);
	for (i = 0; i < count; i++) {
		if (order[i] == failed)
			fail(run, order[i], e, detail);
		else
			fail(run, order[i], SCIM_CONFLICT,
				"an operation that this one and that refer to each other failed");
	}
	return begun ? db_run(cx, run->call->db) : SCIM_OK;
}

/* Operations that refer to each other, most often one alone; *failed: the one whose error it is. */
static enum scim_err try_component(
	struct run *run, const size_t *order, size_t count, size_t *failed)
{
	struct call *call = run->call;
	enum scim_err e;
	size_t i;

	db_queue(call->cx, call->db, STMT_SAVEPOINT, NULL);
	for (i = 0; i < count; i++) {
		*failed = order[i];
		if ((e = run_operation(run, order[i], count == 1)))
			return e;
	}
	return count > 1 ? run_members(run, order, count, failed) : SCIM_OK;
}

/* The same in memory of its own, of which the results alone stay: a thousand may be large. */
static enum scim_err run_component(struct run *run, const size_t *order, size_t count)
{
	struct ctx *cx = run->call->cx;
	struct arena *whole = cx->arena;
	struct arena *scratch = arena_new();
	int trips = db_trips(run->call->db);
	enum scim_err e;
	size_t i, failed;
	bool begun;

	cx->arena = scratch;
	e = try_component(run, order, count, &failed);
	cx->arena = whole;
	begun = db_trips(run->call->db) > trips;
	run->unreleased = run->unreleased && !begun;
	if (ends_all(e)) {
		arena_defer(whole, free_scratch, scratch);
		return e;
	}
	for (i = 0; !e && i < count; i++)
		succeed(run, order[i]);
	if (e) {
		e = undo(run, order, count, failed, begun);
	} else {
		db_queue(cx, run->call->db, STMT_RELEASE, NULL);
		run->unreleased = true;
	}
	arena_free(scratch);
	return e;
}

/* Components in their order, until failOnErrors is reached. */
static enum scim_err run_all(struct run *run)
{
	const struct bulk *bulk = &run->bulk;
	enum scim_err e;
	size_t i, n;

	for (i = 0; i < bulk->count; i += n) {
		size_t component = bulk->ops[bulk->order[i]].component;

		for (n = 1; i + n < bulk->count; n++)
			if (bulk->ops[bulk->order[i + n]].component != component)
				break;
		if ((e = run_component(run, bulk->order + i, n)))
			return e;
		if (bulk->fail_on_errors > 0 && run->errors >= bulk->fail_on_errors)
			break;
	}
	return SCIM_OK;
}

/* What the operations create has its id before the first of them runs, the same each time. */
static void give_ids(struct run *run)
{
	struct call *call = run->call;
	const struct bulk *bulk = &run->bulk;
	size_t i;

	if (!call->bulk_ids) {
		call->bulk_ids = arena_alloc(call->cx->arena, bulk->count * sizeof(struct uuid));
		for (i = 0; i < bulk->count; i++) {
			call->bulk_ids[i] = uuid_v7(time_precise());
			uuid_join(&call->bulk_ids[i], &call->tenant.directory);
		}
	}
	for (i = 0; i < bulk->count; i++)
		run->ids[i] = id_print(call->cx->arena, call->tenant.types[bulk->ops[i].type].id,
			&call->bulk_ids[i]);
}

static void run_init(struct run *run)
{
	struct arena *arena = run->call->cx->arena;
	size_t n = run->bulk.count;

	run->ids = arena_alloc(arena, n * sizeof(*run->ids));
	run->operations = arena_alloc(arena, n * sizeof(*run->operations));
	run->results = arena_alloc(arena, n * sizeof(*run->results));
	run->done = arena_alloc(arena, n * sizeof(*run->done));
	give_ids(run);
}

static void answer(const struct run *run)
{
	struct buf *body = &run->call->rs->body;
	size_t i;

	bulk_print_open(body);
	for (i = 0; i < run->bulk.count; i++)
		if (run->done[i])
			bulk_print_op(body, &run->bulk.ops[i], &run->results[i]);
	bulk_print_close(body);
}

/* For the log: how many failed, and why the first did; NULL when none did. */
static const char *failures(const struct run *run)
{
	const struct bulk_result *result;
	size_t i = 0;

	if (run->errors == 0)
		return NULL;
	while (!run->results[i].err)
		i++;
	result = &run->results[i];
	return ctx_detail(run->call->cx,
		"%" PRId64 " of %zu operations failed, first number %zu: %s", run->errors,
		run->bulk.count, i + 1,
		result->detail ? result->detail : err_row(result->err)->text);
}

/* First trip: the token; and whether an attempt before this one has committed. */
static enum scim_err begin(struct call *call, bool *done)
{
	const char *params[] = { param_uuid(call->cx, &call->tenant.directory),
		param_uuid(call->cx, &call->cx->request_id) };
	struct rows *rows = NULL;
	enum scim_err e;

	if (call->cx->attempt > 0)
		rows = db_queue(call->cx, call->db, STMT_LOG_FIND, params);
	e = db_run(call->cx, call->db);
	*done = !e && rows && rows_count(rows);
	return e;
}

enum scim_err on_bulk(struct call *call)
{
	const struct resource_type *types[KIND__MAX + 1] = { &call->tenant.types[KIND_USER],
		&call->tenant.types[KIND_GROUP] };
	struct reqlog log = { .commits = true, .outcome.status = HTTP_OK };
	struct run run = { .call = call };
	struct json_object *body;
	bool done;
	enum scim_err e;

	if ((e = begin(call, &done)))
		return e;
	if (done) {
		buf_puts(&call->rs->body, call->bulk_answer);
		return SCIM_OK;
	}
	if ((e = call_json(call, &body)) || (e = bulk_parse(call->cx, types, body, &run.bulk)))
		return e;
	run_init(&run);
	if ((e = run_all(&run)))
		return e;
	answer(&run);
	call->bulk_answer = arena_strdup(call->cx->arena, call->rs->body.data);
	log.outcome.body = call->bulk_answer;
	log.outcome.detail = failures(&run);
	call_log(call, &log);
	db_queue(call->cx, call->db, STMT_COMMIT, NULL);
	return db_run(call->cx, call->db);
}
