/* SPDX-License-Identifier: MIT */
/* What handlers share: the body, the parameters, errors in the face's format, the log row. */
#include "web/call.h"

#include "base/json.h"
#include "base/text.h"
#include "scim/members.h"
#include "scim/quirk.h"
#include "store/audit.h"
#include "web/console.h"
#include "web/enter.h"
#include "web/page.h"
#include "web/provider.h"
#include "web/redact.h"
#include "web/router.h"
#include "web/session.h"

enum {
	CHUNK = 16384,
	AUDIT_BYTES = 16384, /* of a body that is kept */
	AUDIT_PATH_BYTES = 1024
};

static enum scim_err read_body(struct call *call, int64_t max)
{
	const struct request *rq = call->rq;
	char chunk[CHUNK];
	struct buf buf;
	int n;

	if (rq->content_length > max)
		return ctx_fail(call->cx, SCIM_TOO_LARGE, "the body is larger than %lld bytes",
			(long long)max);
	buf_init(&buf, call->cx->arena,
		rq->content_length > 0 ? (size_t)rq->content_length + 1 : CHUNK);
	while ((n = rq->read(rq->read_arg, chunk, sizeof(chunk))) > 0) {
		if ((int64_t)buf.len + n > max)
			return ctx_fail(call->cx, SCIM_TOO_LARGE,
				"the body is larger than %lld bytes", (long long)max);
		buf_put(&buf, chunk, (size_t)n);
	}
	if (n < 0 || (rq->content_length >= 0 && (int64_t)buf.len != rq->content_length))
		return ctx_fail(call->cx, SCIM_INVALID_SYNTAX, "the body was cut short");
	call->body_text = buf.data;
	call->body_len = buf.len;
	return SCIM_OK;
}

void call_receive(struct call *call, int64_t max)
{
	call->received = true;
	call->body_err = read_body(call, max);
	call->body_detail = call->cx->detail;
	ctx_clear(call->cx);
}

enum scim_err call_received(struct call *call)
{
	if (!call->body_err)
		return SCIM_OK;
	return ctx_fail(call->cx, call->body_err, "%s", call->body_detail);
}

/* RFC 7644 section 3.1: scim+json; plain JSON is what many send. Parameters do not matter. */
static bool is_json_type(const char *type)
{
	size_t len;

	if (!type || !*type)
		return true;
	len = strcspn(type, "; \t");
	return text_ieqn(type, len, "application/scim+json", 21) ||
	       text_ieqn(type, len, "application/json", 16);
}

static enum scim_err check_body(struct call *call)
{
	if (!is_json_type(call->rq->content_type))
		return ctx_fail(call->cx, SCIM_UNSUPPORTED_MEDIA_TYPE, NULL);
	return call_received(call);
}

enum scim_err call_json(struct call *call, struct json_object **body)
{
	enum scim_err e;

	if ((e = check_body(call)))
		return e;
	if ((e = json_parse_object(call->cx, call->body_text, call->body_len, body)))
		return e;
	call->body_tree = *body;
	return SCIM_OK;
}

/* Values that a member may be: the object, value, $ref, type, display, and one more. */
enum {
	MEMBER_NODES = 6
};

enum scim_err call_lift(struct call *call, const struct resource_type *rt, enum http_method method,
	const struct json_slice *text, struct lifted *body)
{
	const struct limits *limits = call->cx->limits;

	if (rt->has_members)
		return json_parse_lifted(call->cx, text,
			limits->json_nodes + limits->members * MEMBER_NODES,
			method == HTTP_PATCH ? call->dialect->patch_places : members_body_places,
			body);
	memset(body, 0, sizeof(*body));
	return json_parse_object(call->cx, text->text, text->len, &body->tree);
}

enum scim_err call_json_lifted(struct call *call, struct lifted *body)
{
	struct json_slice text = { call->body_text, call->body_len };
	enum scim_err e;

	if ((e = check_body(call)) || (e = call_lift(call, call->rt, call->method, &text, body)))
		return e;
	call->body_tree = body->tree;
	return SCIM_OK;
}

enum scim_err call_parameter(
	struct call *call, const char *name, enum scim_err e, const char **value)
{
	int i, seen = 0;

	*value = NULL;
	for (i = 0; i < call->parameter_count; i++) {
		if (!text_ieq(call->parameters[i].name, name))
			continue;
		if (seen++ || !call->parameters[i].value)
			return ctx_fail(call->cx, e, "parameter '%s' %s", name,
				seen > 1 ? "is given twice" : "is not percent-encoded UTF-8");
		*value = call->parameters[i].value;
	}
	return SCIM_OK;
}

enum scim_err call_parameter_int(struct call *call, const char *name, int64_t *value)
{
	const char *text;
	long long number;
	enum scim_err e;

	if ((e = call_parameter(call, name, SCIM_INVALID_VALUE, &text)) || !text)
		return e;
	if (!text_int(text, strlen(text), &number))
		return ctx_fail(
			call->cx, SCIM_INVALID_VALUE, "parameter '%s' is not an integer", name);
	*value = number;
	return SCIM_OK;
}

const char *call_secret(struct call *call, enum secret_kind kind, const struct uuid *owner)
{
	if (!call->secret)
		call->secret = secret_make(call->cx->arena, kind, owner);
	return call->secret;
}

static void put_scim_error(
	struct buf *buf, const struct call *call, enum scim_err e, const char *detail)
{
	call->dialect->error(buf, e, detail);
}

/* google.rpc.Status, the model's envelope. */
static void put_management_error(
	struct buf *buf, const struct call *call, enum scim_err e, const char *detail)
{
	(void)call;
	buf_printf(buf, "{\"code\":%d,\"message\":", err_row(e)->rpc_code);
	buf_jsons(buf, detail ? detail : err_row(e)->text);
	buf_puts(buf, ",\"details\":[]}");
}

/* RFC 6749 section 5.2, and two words of 4.1.2.1 for what only a server can be blamed for. */
static const char *oauth_code(enum scim_err e)
{
	switch (e) {
	case SCIM_UNAUTHORIZED:
		return "invalid_client";
	case OAUTH_UNSUPPORTED_GRANT_TYPE:
		return "unsupported_grant_type";
	case OAUTH_UNAUTHORIZED_CLIENT:
		return "unauthorized_client";
	case OAUTH_INVALID_SCOPE:
		return "invalid_scope";
	case SCIM_UNAVAILABLE:
		return "temporarily_unavailable";
	case SCIM_INTERNAL:
		return "server_error";
	default:
		return "invalid_request";
	}
}

static void put_oauth_error(
	struct buf *buf, const struct call *call, enum scim_err e, const char *detail)
{
	(void)call;
	buf_printf(buf, "{\"error\":\"%s\",\"error_description\":", oauth_code(e));
	buf_jsons(buf, detail ? detail : err_row(e)->text);
	buf_putc(buf, '}');
}

#define BEARER "Bearer realm=\"rollcall\""
#define BASIC "Basic realm=\"rollcall\""

const struct face_row face_rows[FACE__MAX] = {
	[FACE_SCIM] = { .content_type = "application/scim+json",
		.put_error = put_scim_error,
		.enter = enter_bearer,
		.challenge = BEARER,
		.dialect = &scim_2,
		.created = HTTP_CREATED,
		.deleted = HTTP_NO_CONTENT },
	[FACE_SCIM1] = { .content_type = "application/json",
		.put_error = put_scim_error,
		.enter = enter_account,
		.challenge = BASIC,
		.dialect = &scim_1,
		.scim_1 = true,
		.created = HTTP_CREATED,
		.deleted = HTTP_OK },
	/* to the letter: there are clients that compare it */
	[FACE_PINGONE] = { .content_type = "application/json;charset=UTF-8",
		.put_error = put_scim_error,
		.enter = enter_account,
		.challenge = BASIC,
		.dialect = &pingone,
		.scim_1 = true,
		.tells = true,
		.created = HTTP_OK,
		.deleted = HTTP_OK },
	[FACE_MANAGEMENT] = { .content_type = "application/json",
		.put_error = put_management_error,
		.enter = enter_key,
		.challenge = BEARER },
	[FACE_OAUTH] = { .content_type = "application/json",
		.put_error = put_oauth_error,
		.enter = enter_key,
		.challenge = BASIC,
		.forms = true },
	[FACE_SETUP] = { .content_type = "text/html",
		.put_error = page_error,
		.enter = enter_page,
		.page = "setup",
		.forms = true },
	[FACE_CONSOLE] = { .content_type = "text/html",
		.put_error = page_error,
		.enter = enter_page,
		.page = "console",
		.forms = true },
};

const char *call_content_type(const struct call *call)
{
	return face_rows[call->face].content_type;
}

const struct origin *call_origin(struct call *call)
{
	call->origin.account = call->tenant.account;
	call->origin.directory = call->tenant.directory;
	return &call->origin;
}

const char *call_location(struct call *call, enum resource_kind kind, const struct uuid *id)
{
	struct arena *arena = call->cx->arena;

	return arena_printf(arena, "%s%s/%s", call->origin.base, call->dialect->endpoints[kind],
		call->dialect->print_id(arena, call->tenant.types[kind].id, id));
}

const char *call_error_body(struct call *call, enum scim_err e, const char *detail)
{
	struct buf buf;

	buf_init(&buf, call->cx->arena, 256);
	face_rows[call->face].put_error(&buf, call, e, detail);
	return buf.data;
}

/* A page that was asked for; a form that was sent is not sent again. */
static bool goes_to_sign_in(const struct call *call, enum scim_err e)
{
	return call->face == FACE_CONSOLE && e == SCIM_UNAUTHORIZED && call->method == HTTP_GET;
}

void call_answer_error(struct call *call, enum scim_err e)
{
	struct response *rs = call->rs;
	const char *detail = e == SCIM_INTERNAL ? NULL : call->cx->detail;

	rs->status = err_row(e)->status;
	rs->content_type = call_content_type(call);
	rs->location = rs->etag = NULL;
	rs->lasting = false;
	rs->challenge = e == SCIM_UNAUTHORIZED ? face_rows[call->face].challenge : NULL;
	rs->retry_after = e == SCIM_UNAVAILABLE;
	buf_cut(&rs->body, 0);
	if (e == SCIM_UNAUTHORIZED && call->session)
		session_set(call, "", 0); /* it has ended: the browser need not keep it */
	if (goes_to_sign_in(call, e))
		console_sign_in_first(call);
	else
		buf_puts(&rs->body, call_error_body(call, e, detail));
}

struct outcome call_outcome(struct call *call, enum scim_err e, const char *detail)
{
	struct outcome outcome = {
		.status = err_row(e)->status,
		.body = call_error_body(call, e, detail),
		.detail = detail ? detail : err_row(e)->text,
	};

	return outcome;
}

static size_t quirks_used(struct ctx *cx, const char **names)
{
	size_t n = 0;
	int i;

	for (i = 0; i < QUIRK__MAX; i++)
		if (cx->quirks & (UINT64_C(1) << i))
			names[n++] = quirk_names[i];
	return n;
}

static void redact_outcome(const char *const *secrets, struct outcome *outcome)
{
	bool failed = outcome->detail != NULL;

	outcome->body = redact_answer(secrets, outcome->body, failed);
	outcome->detail = redact_answer(secrets, outcome->detail, failed);
}

/* Reading SCIM 1.1 has changed the tree: where one is needed the text is parsed again. */
static struct json_object *sent_tree(struct call *call, const char *const *secrets)
{
	struct json_slice text = { call->body_text, call->body_len };
	struct lifted body = { .tree = call->body_tree };

	if (!body.tree || !face_rows[call->face].scim_1 || redact_keeps(secrets, text.text))
		return body.tree;
	if (call_lift(call, call->rt, call->method, &text, &body))
		ctx_clear(call->cx);
	return body.tree;
}

/* What the client has sent, and what it was answered. */
static void tell_all(
	struct call *call, const char *const *secrets, const char **names, struct reqlog *row)
{
	struct arena *arena = call->cx->arena;

	redact_outcome(secrets, &row->outcome);
	redact_outcome(secrets, &row->otherwise);
	row->body = call->searches ? redact_search(secrets, call->body_text)
				   : redact_body_names(arena, secrets, call->body_text,
					     sent_tree(call, secrets));
	row->remote_address = call->rq->remote_address;
	row->user_agent = redact_header(arena, call->rq->user_agent);
	row->provider = provider_of(call->rq->user_agent);
	row->quirks = names;
	row->quirk_count = quirks_used(call->cx, names);
}

static void tell_little(struct reqlog *row)
{
	row->outcome.body = NULL;
	row->outcome.detail = ""; /* nor what is noted of members */
	row->otherwise.body = row->otherwise.detail = NULL;
}

void call_log(struct call *call, const struct reqlog *log)
{
	const char *const *secrets = redact_names(call->cx->arena, call->tenant.types);
	bool full = call->app->request_log;
	struct reqlog row = *log;
	const char *names[QUIRK__MAX];

	call->logged = true;
	if (!full && !log->commits)
		return;
	row.directory = &call->tenant.directory;
	row.method = call->method_name;
	row.url = redact_url_names(call->cx->arena, secrets, call->path, full ? call->query : "");
	row.started = call->started;
	row.again = call->log_tried;
	if (full)
		tell_all(call, secrets, names, &row);
	else
		tell_little(&row);
	reqlog_queue(call->cx, call->db, &row);
	call->log_tried = true;
}

/* The fields of a form as an object, without the proof that it is ours. The first counts here too. */
static struct json_object *form_tree(struct call *call)
{
	struct json_object *tree = json_root_object(call->cx->arena);
	int i;

	for (i = 0; i < call->field_count; i++)
		if (strcmp(call->fields[i].name, "csrf") != 0 &&
			!json_get(tree, call->fields[i].name))
			json_object_object_add(tree, call->fields[i].name,
				json_object_new_string(
					call->fields[i].value ? call->fields[i].value : ""));
	return tree;
}

static const char *audit_body(struct call *call)
{
	static const char *const secrets[] = { "secret", "token", "key", "signingSecret", NULL };
	struct arena *arena = call->cx->arena;
	struct json_object *tree = call->body_tree;
	struct buf text;

	if (call->body_len > AUDIT_BYTES)
		return arena_printf(arena, "[not kept: %zu bytes]", call->body_len);
	if (!session_kind(call->face)) {
		/* a write that was refused has not looked at it */
		if (!tree && call->body_len &&
			json_parse_object(call->cx, call->body_text, call->body_len, &tree))
			ctx_clear(call->cx);
		return redact_body_names(arena, secrets, call->body_text, tree);
	}
	if (!call->field_count)
		return NULL;
	tree = form_tree(call);
	buf_init(&text, arena, call->body_len);
	json_print(&text, tree);
	return redact_body_names(arena, secrets, text.data, tree);
}

void call_audit(struct call *call, int status, const char *detail)
{
	struct arena *arena = call->cx->arena;
	const struct key_holder *holder = &call->holder;
	const char *page = session_kind(call->face);
	const char *path = redact_url(arena, redact_header(arena, call->path), "");
	const struct audit audit = {
		.actor = page ? page : "api_key",
		.has_actor_id = holder->has_key || holder->has_organization,
		.actor_id = holder->has_organization ? holder->organization : holder->key,
		.method = http_method_names[call->method],
		.path = arena_strndup(arena, path, strnlen(path, AUDIT_PATH_BYTES)),
		.status = status,
		.body = audit_body(call),
		.detail = redact_answer(NULL, detail, true),
		.remote_address = redact_header(arena, call->rq->remote_address),
	};

	audit_queue(call->cx, call->db, &holder->environment, &audit);
}
