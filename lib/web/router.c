/* SPDX-License-Identifier: MIT */
/*
 * The steps of every request. 404, 405, 401 and 403 come from the tables; retries, the rows of the
 * request log for failures, and the end of the transaction are decided here and nowhere else.
 */
#include "web/router.h"

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "web/enter.h"
#include "web/manage.h"
#include "web/redact.h"
#include "web/session.h"
#include "web/target.h"
#include "web/usage.h"

enum {
	ATTEMPTS = 3,
	CAPTURES_MAX = 2,
	SMALL_BYTES =
		65536 /* of a SearchRequest or a form, parsed before the credential is verified */
};

static bool segment_matches(const char *pattern, size_t len, const char *segment)
{
	if (*pattern == '{')
		return true;
	return strlen(segment) == len && strncmp(pattern, segment, len) == 0;
}

/* Match a pattern against segments from the given one; how many it takes, or -1. */
static int match_pattern(
	const char *pattern, const struct call *call, int from, const char **captures)
{
	int taken = 0;
	const char *end;

	while (*pattern == '/') {
		end = strchrnul(++pattern, '/');
		if (from + taken == call->segments)
			return -1;
		if (!segment_matches(pattern, (size_t)(end - pattern), call->segment[from + taken]))
			return -1;
		if (*pattern == '{')
			*captures++ = call->segment[from + taken];
		taken++;
		pattern = end;
	}
	return taken;
}

/* /v1/scim/users and /v1/scim/groups are the management face's own. */
static bool is_directory(const char *text, size_t len)
{
	return !(len == 5 && strncmp(text, "users", len) == 0) &&
	       !(len == 6 && strncmp(text, "groups", len) == 0);
}

static void call_face(struct call *call, enum face face)
{
	call->face = face;
	call->dialect = face_rows[face].dialect;
}

/* The last segments of the mount's path that are the face's own: "/user" */
static const char *own_path(const struct mount *mount)
{
	const char *s = mount->path + strlen(mount->path);
	int n;

	for (n = 0; n < mount->kept; n++)
		while (*--s != '/')
			;
	return s;
}

const char *mount_route(struct arena *arena, const struct mount *mount, const struct route *route)
{
	const char *own = own_path(mount);
	size_t len = strlen(own);

	if (route->face != mount->face || strncmp(route->path, own, len) != 0 ||
		(len && route->path[len] && route->path[len] != '/'))
		return NULL;
	return arena_printf(arena, "%s%s", mount->path, route->path + len);
}

/* How much of an undecoded path is the mount's own; -1: it does not lead there. */
static int match_mount(const char *path, const char *pattern)
{
	size_t before = strcspn(pattern, "{"), len;

	if (!before)
		return 0;
	if (strncmp(path, pattern, before) != 0)
		return -1;
	len = strcspn(path + before, "/?");
	if (pattern[before] ? !is_directory(path + before, len) : len != 0)
		return -1;
	return (int)(before + len);
}

const struct mount *mount_of(const char *path, const char **below)
{
	size_t i = 0;
	int taken;

	while ((taken = match_mount(path, mounts[i].path)) < 0)
		i++;
	*below = path + taken;
	return &mounts[i];
}

enum face path_face(const char *path)
{
	const char *below;

	return mount_of(path, &below)->face;
}

/* Which face is asked, and where its own path begins. */
static int find_mount(struct call *call)
{
	size_t i;
	int taken;

	for (i = 0; i < mount_count; i++) {
		const char *capture[CAPTURES_MAX] = { NULL, NULL };

		taken = match_pattern(mounts[i].path, call, 0, capture);
		if (taken < 0 || (capture[0] && !is_directory(capture[0], strlen(capture[0]))))
			continue;
		call_face(call, mounts[i].face);
		call->path_directory = capture[0];
		call->origin.base = arena_printf(call->cx->arena, "%s%s%s%s", call->app->base_url,
			mounts[i].base, capture[0] ? "/" : "", capture[0] ? capture[0] : "");
		return taken - mounts[i].kept;
	}
	return 0;
}

static enum http_method method_of(const char *name, bool *head)
{
	int i;

	*head = strcmp(name, "HEAD") == 0;
	if (*head)
		return HTTP_GET;
	for (i = 0; i < HTTP_OTHER; i++)
		if (strcmp(name, http_method_names[i]) == 0)
			return i;
	return HTTP_OTHER;
}

static void allow_method(struct call *call, enum http_method method)
{
	const char *name = method == HTTP_GET ? "GET, HEAD" : http_method_names[method];

	call->rs->allow = call->rs->allow
				  ? arena_printf(call->cx->arena, "%s, %s", call->rs->allow, name)
				  : name;
}

/* SCIM 1.1: POST may stand for what a proxy on the way would not let through. */
static enum scim_err read_method(struct call *call)
{
	const char *override = call->rq->method_override;
	bool head;

	call->method = method_of(call->rq->method, &call->rs->head);
	call->method_name = call->rq->method;
	if (!face_rows[call->face].scim_1 || call->method != HTTP_POST || !override)
		return SCIM_OK;
	call->method = method_of(override, &head);
	if (call->method == HTTP_GET || call->method == HTTP_OTHER)
		return ctx_fail(call->cx, SCIM_BAD_REQUEST,
			"X-HTTP-Method-Override is neither PUT, PATCH, DELETE nor POST");
	call->method_name = http_method_names[call->method];
	return SCIM_OK;
}

static const struct route *find_route(struct call *call, int from)
{
	const char *captures[CAPTURES_MAX];
	size_t i;

	if (read_method(call))
		return NULL;
	for (i = 0; i < route_count; i++) {
		memset(captures, 0, sizeof(captures));
		if (routes[i].face != call->face || match_pattern(routes[i].path, call, from,
							    captures) != call->segments - from)
			continue;
		if (routes[i].method == call->method) {
			call->capture = captures[0];
			call->capture2 = captures[1];
			if (routes[i].kind < KIND__MAX)
				call->rt = &call->tenant.types[routes[i].kind];
			call->rs->allow = NULL;
			return &routes[i];
		}
		allow_method(call, routes[i].method);
	}
	ctx_fail(call->cx, call->rs->allow ? SCIM_METHOD_NOT_ALLOWED : SCIM_NOT_FOUND, NULL);
	return NULL;
}

/* SCIM 1.1: a suffix of the path asks for the format (api section 3.7), and there is only this one. */
static void cut_suffix(struct call *call)
{
	static const char suffix[] = ".json";
	const char **last;
	size_t len;

	if (!face_rows[call->face].scim_1 || !call->segments)
		return;
	last = &call->segment[call->segments - 1];
	len = strlen(*last);
	if (len < sizeof(suffix) || strcmp(*last + len - (sizeof(suffix) - 1), suffix) != 0)
		return;
	*last = arena_strndup(call->cx->arena, *last, len - (sizeof(suffix) - 1));
}

/* NULL: cx says why. */
static const struct route *route_request(struct call *call)
{
	enum scim_err e = target_parse(call);

	call_face(call, path_face(call->path));
	if (call->rq->ambiguous) {
		ctx_clear(call->cx);
		ctx_fail(call->cx, SCIM_BAD_REQUEST, "a header is given twice");
	}
	if (call->rq->ambiguous || e)
		return NULL;
	cut_suffix(call);
	return find_route(call, find_mount(call));
}

static enum scim_err enter(struct call *call, bool write, enum key_scope scope)
{
	return face_rows[call->face].enter(call, write, scope);
}

void router_enter(struct call *call)
{
	enter(call, false, SCOPE_NONE);
}

/* Queue what verifies the caller; it travels with the handler's first trip. */
static enum scim_err authenticate(struct call *call, const struct route *route, bool write)
{
	struct uuid ignored;

	if (!(route->flags & ROUTE_PUBLIC))
		return enter(call, write, route->scope);
	if (call->path_directory && !named_directory(call, &ignored))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	return SCIM_OK;
}

static bool refuses_credential(enum scim_err e)
{
	return e == SCIM_UNAUTHORIZED || e == SCIM_FORBIDDEN;
}

/* Who shows a good token learns what his directory has besides; anybody else is nobody. */
static enum scim_err recognize(struct call *call)
{
	enum scim_err e;

	if (!(e = enter(call, false, SCOPE_NONE)))
		e = db_run(call->cx, call->db);
	if (!refuses_credential(e))
		return e;
	ctx_clear(call->cx);
	return SCIM_OK;
}

/* The management API knows all its parameters; SCIM ignores those it does not know. */
static enum scim_err check_parameters(struct call *call, const struct route *route)
{
	if (call->face != FACE_MANAGEMENT || (route->flags & ROUTE_PUBLIC))
		return SCIM_OK;
	return manage_parameters(call, usage_of(route)->parameters);
}

static enum scim_err attempt(struct call *call, const struct route *route)
{
	enum scim_err e;

	db_start(call->cx, call->db);
	call->logged = false;
	call->cx->quirks = 0;
	call->cx->account_used = false;
	call->cx->compared = 0;
	call->rs->status = HTTP_OK;
	call->rs->content_type = call_content_type(call);
	buf_cut(&call->rs->body, 0);
	if ((e = authenticate(call, route, route->flags & ROUTE_WRITES)) ||
		((route->flags & ROUTE_KNOWN) && (e = recognize(call))) ||
		(e = check_parameters(call, route)))
		return e;
	if (session_kind(call->face) && (route->flags & ROUTE_WRITES) &&
		((e = form_read(call)) || (e = form_check(call))))
		return e;
	return route->handler(call);
}

/* Nobody's body is read who does not even show what looks like a credential. */
static enum scim_err receive(struct call *call, const struct route *route)
{
	const struct limits *limits = call->cx->limits;
	enum scim_err e;

	if (!(route->flags & (ROUTE_WRITES | ROUTE_BODY)) || call->received)
		return SCIM_OK;
	if ((e = authenticate(call, route, true)))
		return e;
	if ((route->flags & ROUTE_BODY) || face_rows[call->face].forms)
		call_receive(call, SMALL_BYTES);
	else if (call->rt && call->rt->has_members && call->method != HTTP_DELETE)
		call_receive(call, limits->group_body_bytes);
	else
		call_receive(call, limits->body_bytes);
	return SCIM_OK;
}

/*
 * After a lost connection or a deadlock handlers run again: they ask the request log whether they
 * have committed.
 */
static enum scim_err run_handler(struct call *call, const struct route *route)
{
	enum scim_err e;

	if ((e = receive(call, route)))
		return e;
	for (call->cx->attempt = 0;; call->cx->attempt++) {
		e = attempt(call, route);
		if (e != SCIM_RETRY)
			return e;
		db_finish(call->cx, call->db);
		if (call->cx->attempt + 1 == ATTEMPTS)
			break;
		ctx_clear(call->cx);
	}
	ctx_clear(call->cx);
	return ctx_fail(call->cx, SCIM_UNAVAILABLE, NULL);
}

/*
 * A failed SCIM request is logged too, if its token is good. When nothing has run yet the token is
 * verified in the same trip, and its error goes before the one found so far. SCIM_RETRY: run again.
 */
static enum scim_err log_failure(struct call *call, enum scim_err e)
{
	struct ctx *cx = call->cx;
	const char *detail = cx->detail;
	struct reqlog log = { .outcome =
				      call_outcome(call, e, e == SCIM_INTERNAL ? NULL : detail) };
	enum scim_err logged;

	db_forget(call->db);
	if (db_state(call->db) != DB_IDLE)
		db_queue(cx, call->db, STMT_ROLLBACK, NULL); /* part of the change may have run */
	enter(call, false, SCOPE_NONE);
	ctx_clear(cx);
	call_log(call, &log);
	logged = db_run(cx, call->db);
	if (refuses_credential(logged))
		return logged;
	ctx_clear(cx);
	if (call->tenant.learned)
		return SCIM_RETRY; /* it may be none, by the directory's own schemas */
	return detail ? ctx_fail(cx, e, "%s", detail) : ctx_fail(cx, e, NULL);
}

/* What a handler found before its first trip is told to the holder of a good key only. */
static enum scim_err verify_key(struct call *call, const struct route *route, enum scim_err e)
{
	struct ctx *cx = call->cx;
	const char *detail = cx->detail;
	enum scim_err refused;

	db_forget(call->db);
	ctx_clear(cx);
	enter(call, false, route->scope);
	refused = db_run(cx, call->db);
	if (refuses_credential(refused))
		return refused;
	ctx_clear(cx);
	return detail ? ctx_fail(cx, e, "%s", detail) : ctx_fail(cx, e, NULL);
}

/* A write that failed or was refused is in the audit log too, if its key or its session is good. */
static void audit_failure(struct call *call, enum scim_err e)
{
	struct ctx *cx = call->cx;
	const char *detail = cx->detail;

	db_forget(call->db);
	if (db_state(call->db) != DB_IDLE)
		db_queue(cx, call->db, STMT_ROLLBACK, NULL); /* part of the change may have run */
	ctx_clear(cx);
	enter(call, false, SCOPE_NONE);
	call_audit(
		call, err_row(e)->status, detail && e != SCIM_INTERNAL ? detail : err_row(e)->text);
	db_run(cx, call->db);
	ctx_clear(cx);
	if (detail)
		ctx_fail(cx, e, "%s", detail);
	else
		ctx_fail(cx, e, NULL);
}

static bool is_verified(const struct call *call)
{
	return call->holder.has_key || call->holder.has_organization;
}

/* Was the row that the handler queued committed? */
static bool is_logged(const struct call *call)
{
	return call->logged && db_succeeded(call->db) && db_state(call->db) == DB_IDLE;
}

/* Does the credential, whether it is good or not? */
static bool names_directory(const struct call *call)
{
	static const struct uuid nobody;

	return !uuid_equal(&call->tenant.directory, &nobody);
}

static enum scim_err settle(struct call *call, const struct route *route, enum scim_err e)
{
	bool guarded = route && !(route->flags & ROUTE_PUBLIC);
	bool tenant = guarded && call->dialect;
	bool told = e && guarded && !refuses_credential(e) && e != SCIM_UNAVAILABLE;
	bool refused = e == SCIM_FORBIDDEN && guarded && !tenant;

	if (told && tenant && !is_logged(call))
		e = log_failure(call, e);
	if ((told || refused) && !tenant && db_trips(call->db) == 0)
		e = verify_key(call, route, e);
	if ((told || refused) && !tenant && (route->flags & ROUTE_WRITES) && is_verified(call))
		audit_failure(call, e);
	db_finish(call->cx, call->db);
	call->rs->entered = call->tenant.entered;
	call->rs->writes = route && (route->flags & ROUTE_WRITES);
	call->rs->directory = call->tenant.directory;
	call->rs->managed = is_verified(call);
	call->rs->environment = call->holder.environment;
	if (e == SCIM_UNAUTHORIZED && names_directory(call) && db_trips(call->db) > 0)
		directory_refused(call->cx, call->db, &call->tenant.directory);
	return e;
}

/* One line a request, without the query and what is wrong with it: both hold names. */
static void log_request(const struct call *call, enum scim_err e)
{
	const struct ctx *cx = call->cx;
	struct buf line;

	log_open(&line, cx->arena, e == SCIM_INTERNAL ? "error" : "info", &cx->request_id);
	buf_puts(&line, ",\"method\":");
	buf_jsons(&line, redact_header(cx->arena, call->rq->method));
	buf_puts(&line, ",\"path\":");
	buf_jsons(&line, redact_url(cx->arena, redact_header(cx->arena, call->path), ""));
	buf_printf(&line, ",\"status\":%d,\"bytes\":%zu,\"trips\":%d,\"us\":%lld", call->rs->status,
		buf_size(&call->rs->body), db_trips(call->db),
		(long long)(time_monotonic() - call->started));
	if (e && err_row(e)->scim_type)
		buf_printf(&line, ",\"error\":\"%s\"", err_row(e)->scim_type);
	if ((e == SCIM_INTERNAL || e == SCIM_UNAVAILABLE) && cx->detail) {
		buf_puts(&line, ",\"detail\":");
		buf_jsons(&line, cx->detail);
	}
	log_close(&line);
}

void router_handle(struct ctx *cx, const struct app *app, struct db *db, const struct request *rq,
	struct response *rs)
{
	struct call call = { .cx = cx,
		.db = db,
		.app = app,
		.rq = rq,
		.rs = rs,
		.path = "",
		.started = time_monotonic() };
	const struct route *route;
	enum scim_err e;
	int i;

	for (i = 0; i < KIND__MAX; i++)
		call.tenant.types[i] = *resource_types[i];
	db_start(cx, db);
	buf_init(&rs->body, cx->arena, 4096);
	rs->request_id = cx->request_id;
	route = route_request(&call);
	if (route && (route->flags & ROUTE_WRITES))
		call.new_id = uuid_v7(time_precise());
	e = route ? run_handler(&call, route) : cx->err;
	e = settle(&call, route, e);
	if (e == SCIM_RETRY)
		e = settle(&call, route, run_handler(&call, route));
	if (e)
		call_answer_error(&call, e);
	log_request(&call, e);
}
