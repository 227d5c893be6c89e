/* SPDX-License-Identifier: MIT */
/*
 * OAuth 2.0 client credentials (RFC 6749 section 4.4): the clients of a directory in the management API,
 * and the token endpoint. The secret names the directory, so one trip asks the right tenant.
 */
#include "base/text.h"
#include "store/audit.h"
#include "store/oauth.h"
#include "web/enter.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/session.h"

/* secret: NULL but when it was just made */
static void put_client(struct call *call, const struct oauth_client *client, const char *secret)
{
	struct arena *arena = call->cx->arena;
	struct buf *body = &call->rs->body;

	buf_printf(body, "{\"clientId\":\"%s\"", id_print(arena, ID_OAUTH_CLIENT, &client->id));
	manage_put(body, "scimDirectoryId", call->capture);
	manage_put(body, "displayName", client->display_name);
	manage_put(body, "clientSecret", secret);
	manage_put(body, "tokenUrl", arena_printf(arena, "%s/v1/oauth/token", call->app->base_url));
	manage_put_time(body, "createdAt", client->created);
	manage_put_time(body, "lastUsedAt", client->used);
	buf_putc(body, '}');
}

static enum scim_err no_directory(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "SCIM directory not found");
}

/* Environment and directory; what is no id is the id of none. */
static void read_scope(const struct call *call, struct uuid scope[2])
{
	scope[0] = call->holder.environment;
	scope[1] = id_named(ID_DIRECTORY, call->capture);
}

enum scim_err on_client_list(struct call *call)
{
	struct rows *rows, *directory;
	struct oauth_client client;
	struct uuid scope[2];
	struct page page;
	enum scim_err e;
	int i, n;

	if ((e = manage_page(
		     call, arena_printf(call->cx->arena, "clients\n%s", call->capture), &page)))
		return e;
	read_scope(call, scope);
	directory = directory_get(call->cx, call->db, &scope[0], &scope[1]);
	rows = oauth_client_list(call->cx, call->db, scope, &page.after, page.size + 1);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &page, e)))
		return e;
	if (!rows_count(directory))
		return no_directory(call);
	n = manage_page_open(call, &page, rows, "oauthClients");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		oauth_client_read(rows, i, &client);
		put_client(call, &client, NULL);
	}
	manage_page_close(call, &page, &client.id);
	return SCIM_OK;
}

enum scim_err on_client_create(struct call *call)
{
	struct oauth_client client = { .id = call->new_id };
	struct uuid scope[2];
	struct json_object *body;
	struct rows *rows;
	const char *secret;
	enum scim_err e;
	bool has;

	read_scope(call, scope);
	rows = directory_lock(call->cx, call->db, &scope[0], &scope[1]);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return no_directory(call);
	if ((e = manage_body(call, &body)) ||
		(e = manage_string(call, body, "displayName", &has, &client.display_name)))
		return e;
	secret = oauth_client_create(call->cx, call->db, scope, &client);
	rows = oauth_client_get(call->cx, call->db, scope, &client.id);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return no_directory(call);
	oauth_client_read(rows, 0, &client);
	buf_puts(&call->rs->body, "{\"oauthClient\":");
	put_client(call, &client, secret);
	buf_putc(&call->rs->body, '}');
	return SCIM_OK;
}

enum scim_err on_client_delete(struct call *call)
{
	struct uuid scope[2], id = id_named(ID_OAUTH_CLIENT, call->capture2);
	struct rows *rows, *done = NULL;
	enum scim_err e;

	read_scope(call, scope);
	rows = oauth_client_get(call->cx, call->db, scope, &id);
	if (call->cx->attempt > 0)
		done = audit_find(call->cx, call->db, &call->holder.environment);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows) && !(done && rows_count(done)))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "OAuth client not found");
	oauth_client_delete(call->cx, call->db, scope, &id);
	if ((e = manage_commit(call)))
		return e;
	buf_puts(&call->rs->body, "{}");
	return SCIM_OK;
}

/* What a client shows of itself. */
struct credentials {
	const char *id; /* "": none */
	const char *secret;
};

/* A field of the form, "" when it is absent; RFC 6749 section 3.2: twice is once too often. */
static enum scim_err read_field(struct call *call, const char *name, const char **value)
{
	int i, seen = 0;

	*value = "";
	for (i = 0; i < call->field_count; i++) {
		if (strcmp(call->fields[i].name, name) != 0)
			continue;
		if (seen++ || !call->fields[i].value)
			return ctx_fail(call->cx, SCIM_INVALID_VALUE,
				"%s is given twice, or is not UTF-8", name);
		*value = call->fields[i].value;
	}
	return SCIM_OK;
}

static enum scim_err no_client(struct call *call)
{
	return ctx_fail(call->cx, SCIM_UNAUTHORIZED, NULL);
}

/* RFC 6749 section 2.3.1: both halves are form-encoded inside. */
static enum scim_err read_header(struct call *call, struct credentials *shown)
{
	struct arena *arena = call->cx->arena;
	const char *name, *password, *id, *secret;

	if (!basic_read(call, &name, &password))
		return no_client(call);
	id = percent_decode(arena, name, strlen(name), true);
	secret = percent_decode(arena, password, strlen(password), true);
	if (id && secret)
		*shown = (struct credentials){ id, secret };
	return SCIM_OK;
}

/* In the header or in the body, not in both. */
static enum scim_err read_credentials(struct call *call, struct credentials *shown)
{
	struct credentials header = { "", "" };
	enum scim_err e;

	if ((e = read_field(call, "client_id", &shown->id)) ||
		(e = read_field(call, "client_secret", &shown->secret)))
		return e;
	if (call->rq->authorization && *call->rq->authorization) {
		if ((e = read_header(call, &header)))
			return e;
		if (*shown->secret || (*shown->id && strcmp(shown->id, header.id) != 0))
			return ctx_fail(call->cx, SCIM_INVALID_VALUE,
				"send the credentials in the header or in the body, not in both");
		*shown = header;
	}
	return *shown->id && *shown->secret ? SCIM_OK : no_client(call);
}

/* What the request asks for; RFC 6749 sections 4.4.2 and 3.3. */
static enum scim_err check_grant(struct call *call)
{
	const char *grant, *scope;
	enum scim_err e;

	if ((e = read_field(call, "grant_type", &grant)) || (e = read_field(call, "scope", &scope)))
		return e;
	if (!*grant)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "grant_type is missing");
	if (strcmp(grant, "client_credentials") != 0)
		return ctx_fail(call->cx, OAUTH_UNSUPPORTED_GRANT_TYPE, NULL);
	if (*scope && strcmp(scope, "scim") != 0)
		return ctx_fail(call->cx, OAUTH_INVALID_SCOPE, NULL);
	return SCIM_OK;
}

/* RFC 6749 section 5.2 knows no 415. */
static enum scim_err read_form(struct call *call)
{
	const char *detail;
	enum scim_err e = form_read(call);

	if (e != SCIM_UNSUPPORTED_MEDIA_TYPE)
		return e;
	detail = call->cx->detail;
	ctx_clear(call->cx);
	return ctx_fail(call->cx, SCIM_BAD_REQUEST, "%s", detail);
}

enum scim_err on_token(struct call *call)
{
	int64_t seconds = call->app->oauth_token_seconds;
	struct uuid *directory = &call->tenant.directory;
	struct credentials shown;
	const char *token;
	struct uuid client;
	enum scim_err e;

	call->rs->no_cache = true;
	if ((e = read_form(call)) || (e = read_credentials(call, &shown)) ||
		(e = check_grant(call)))
		return e;
	if (!id_parse(ID_OAUTH_CLIENT, shown.id, strlen(shown.id), &client) ||
		!secret_parse(SECRET_CLIENT, shown.secret, strlen(shown.secret), directory))
		return no_client(call);
	token = oauth_issue(call->cx, call->db, directory, &client, shown.secret, seconds);
	if ((e = db_run(call->cx, call->db)))
		return e;
	buf_printf(&call->rs->body,
		"{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%lld}", token,
		(long long)seconds);
	return SCIM_OK;
}
