/* SPDX-License-Identifier: MIT */
/* Users, one at a time: RFC 7644 sections 3.3, 3.4.1, 3.5 and 3.6. */
#include "base/json.h"
#include "base/text.h"
#include "scim/patch.h"
#include "store/user.h"
#include "web/handlers.h"

enum {
	KNOWN_MAX = 16
};

static enum scim_err projection_of(struct call *call, struct projection *projection)
{
	const char *wanted, *excluded;
	enum scim_err e;

	if ((e = call_parameter(call, "attributes", SCIM_INVALID_VALUE, &wanted)) ||
		(e = call_parameter(call, "excludedAttributes", SCIM_INVALID_VALUE, &excluded)))
		return e;
	return projection_parse(call->cx, &user_type, wanted, excluded, projection);
}

static const char *no_user_text(const struct call *call)
{
	return ctx_detail(call->cx, "there is no user '%s'", call->capture);
}

static enum scim_err no_user(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "%s", no_user_text(call));
}

static bool user_id(const struct call *call, struct uuid *id)
{
	return id_parse(ID_USER, call->capture, strlen(call->capture), id);
}

static void answer_user(
	struct call *call, const struct projection *projection, const struct stored *stored)
{
	struct response *rs = call->rs;

	resource_print(&rs->body, &user_type, projection, call->base, stored);
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

enum scim_err on_user_get(struct call *call)
{
	int64_t known[KNOWN_MAX];
	struct projection projection;
	struct reqlog log = { .outcome.status = HTTP_OK, .known_status = HTTP_NOT_MODIFIED };
	struct user_row row;
	struct uuid id;
	enum scim_err e;

	if ((e = projection_of(call, &projection)))
		return e;
	if (!user_id(call, &id))
		return no_user(call);
	log.user = &id;
	log.otherwise = call_outcome(call, SCIM_NOT_FOUND, no_user_text(call));
	log.known = known;
	log.known_count = known_versions(call->rq->if_none_match, known);
	if (call->rq->if_none_match && etag_matches(call->rq->if_none_match, INT64_MAX))
		log.outcome.status = HTTP_NOT_MODIFIED; /* "*": whatever version there is */
	call_log(call, &log);
	if ((e = user_get(call->cx, call->db, &call->tenant.directory, &id, &row)))
		return e;
	if (!row.found)
		return no_user(call);
	answer_user(call, &projection, &row.stored);
	if (call->rq->if_none_match && etag_matches(call->rq->if_none_match, row.stored.version)) {
		call->rs->status = HTTP_NOT_MODIFIED;
		buf_cut(&call->rs->body, 0);
	}
	return SCIM_OK;
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
		call->cx, SCIM_TOO_LARGE, "the user is larger than %lld bytes", (long long)max);
}

/* The last trip of a write: the row of the log, and COMMIT. */
static enum scim_err commit(struct call *call, const struct reqlog *log)
{
	call_log(call, log);
	db_queue(call->cx, call->db, STMT_COMMIT, NULL);
	return db_run(call->cx, call->db);
}

enum scim_err on_user_create(struct call *call)
{
	struct ctx *cx = call->cx;
	struct projection projection;
	struct stored stored = { .version = 1, .created = cx->now, .modified = cx->now };
	struct user_write write = {
		.directory = &call->tenant.directory, .id = &call->new_id, .modified = cx->now
	};
	struct reqlog log = { .user = &call->new_id, .written = true };
	struct json_object *body;
	struct rows *made;
	const char *taken;
	enum scim_err e;

	if ((e = db_run(cx, call->db)) || (e = projection_of(call, &projection)) ||
		(e = call_json(call, &body)) ||
		(e = resource_from_body(cx, &user_type, body, &write.resource)))
		return e;
	if ((e = print_doc(call, write.resource, &stored)))
		return e;
	stored.id = id_print(cx->arena, ID_USER, &call->new_id);
	stored.computed = "";
	write.doc = stored.doc;
	answer_user(call, &projection, &stored);
	call->rs->status = HTTP_CREATED;
	call->rs->location =
		arena_printf(cx->arena, "%s%s/%s", call->base, user_type.endpoint, stored.id);
	taken = ctx_detail(
		cx, "userName '%s' is already in use", json_get_string(write.resource, "userName"));
	log.outcome.status = HTTP_CREATED;
	log.outcome.body = call->rs->body.data;
	log.otherwise = call_outcome(call, SCIM_UNIQUENESS, taken);
	made = user_insert(cx, call->db, &write);
	if ((e = commit(call, &log)))
		return e;
	return rows_count(made) ? SCIM_OK : ctx_fail(cx, SCIM_UNIQUENESS, "%s", taken);
}

/* RFC 9110 section 13: on a write, a version that is not the one expected fails with 412. */
static enum scim_err check_precondition(struct call *call, int64_t version)
{
	const struct request *rq = call->rq;

	if (rq->if_match && !etag_matches(rq->if_match, version))
		return ctx_fail(call->cx, SCIM_PRECONDITION_FAILED,
			"the user has version %s, If-Match names another",
			etag_print(call->cx->arena, version));
	if (rq->if_none_match && etag_matches(rq->if_none_match, version))
		return ctx_fail(call->cx, SCIM_PRECONDITION_FAILED,
			"the user has the version that If-None-Match rules out");
	return SCIM_OK;
}

/* A user on its way to being changed. */
struct user_change {
	struct uuid id;
	struct projection projection;
	struct user_row row;
};

/* First trip of PUT, PATCH and DELETE: the token is verified, and the row locked. */
static enum scim_err begin_change(struct call *call, struct user_change *change)
{
	struct ctx *cx = call->cx;
	enum scim_err e;

	memset(change, 0, sizeof(*change));
	if (!user_id(call, &change->id))
		return (e = db_run(cx, call->db)) ? e : no_user(call);
	if ((e = user_lock(cx, call->db, &call->tenant.directory, &change->id, &change->row)))
		return e;
	if (change->row.done)
		return SCIM_OK;
	if (!change->row.found || change->row.deleted)
		return no_user(call);
	return check_precondition(call, change->row.stored.version);
}

/* The same for what answers with the user. */
static enum scim_err begin_edit(struct call *call, struct user_change *change)
{
	enum scim_err e;

	if ((e = begin_change(call, change)))
		return e;
	return projection_of(call, &change->projection);
}

/* meta.lastModified does not run backwards, whatever the clocks of several hosts say. */
static int64_t time_of_change(const struct call *call, const struct stored *stored)
{
	return call->cx->now > stored->modified ? call->cx->now : stored->modified;
}

/*
 * Last trip of PUT and PATCH. What changes nothing writes nothing but its row of the log: same
 * version, same lastModified.
 */
static enum scim_err finish_change(
	struct call *call, struct user_change *change, struct user_write *write)
{
	struct stored *stored = &change->row.stored;
	struct reqlog log = { .user = &change->id, .outcome.status = HTTP_OK };
	struct rows *changed = NULL;
	enum scim_err e;

	write->directory = &call->tenant.directory;
	write->id = &change->id;
	write->version = stored->version;
	write->modified = time_of_change(call, stored);
	if (!json_same(write->before, write->resource)) {
		if ((e = print_doc(call, write->resource, stored)))
			return e;
		write->doc = stored->doc;
		changed = user_update(call->cx, call->db, write);
		stored->version++;
		stored->modified = write->modified;
		log.written = true;
		log.otherwise = call_outcome(call, SCIM_PRECONDITION_FAILED, NULL);
	}
	answer_user(call, &change->projection, stored);
	log.outcome.body = call->rs->body.data;
	if ((e = commit(call, &log)))
		return e;
	if (changed && !rows_count(changed))
		return ctx_fail(call->cx, SCIM_PRECONDITION_FAILED, NULL);
	return SCIM_OK;
}

static enum scim_err answer_done(struct call *call, struct user_change *change)
{
	answer_user(call, &change->projection, &change->row.stored);
	return SCIM_OK;
}

static struct json_object *stored_tree(struct call *call, const struct user_change *change)
{
	return json_parse_stored(
		call->cx->arena, change->row.stored.doc, change->row.stored.doc_len);
}

enum scim_err on_user_replace(struct call *call)
{
	struct user_write write = { 0 };
	struct user_change change;
	struct json_object *body;
	enum scim_err e;

	if ((e = begin_edit(call, &change)))
		return e;
	if (change.row.done)
		return answer_done(call, &change);
	if ((e = call_json(call, &body)) ||
		(e = resource_from_body(call->cx, &user_type, body, &write.resource)))
		return e;
	write.before = stored_tree(call, &change);
	return finish_change(call, &change, &write);
}

enum scim_err on_user_patch(struct call *call)
{
	struct user_write write = { 0 };
	struct user_change change;
	struct json_object *body;
	struct patch patch;
	enum scim_err e;

	if ((e = begin_edit(call, &change)))
		return e;
	if (change.row.done)
		return answer_done(call, &change);
	write.before = stored_tree(call, &change);
	write.resource = stored_tree(call, &change);
	if ((e = call_json(call, &body)) || (e = patch_parse(call->cx, &user_type, body, &patch)) ||
		(e = patch_apply(call->cx, &user_type, &patch, write.resource)))
		return e;
	return finish_change(call, &change, &write);
}

enum scim_err on_user_delete(struct call *call)
{
	struct user_write write = { .directory = &call->tenant.directory };
	struct reqlog log = { .outcome.status = HTTP_NO_CONTENT };
	struct user_change change;
	struct rows *deleted;
	enum scim_err e;

	if ((e = begin_change(call, &change)))
		return e;
	call->rs->status = HTTP_NO_CONTENT;
	call->rs->content_type = NULL;
	if (change.row.done)
		return SCIM_OK;
	write.id = &change.id;
	write.resource = stored_tree(call, &change);
	write.version = change.row.stored.version;
	write.modified = time_of_change(call, &change.row.stored);
	deleted = user_delete(call->cx, call->db, &write);
	if ((e = commit(call, &log)))
		return e;
	return rows_count(deleted) ? SCIM_OK : no_user(call);
}
