/* SPDX-License-Identifier: MIT */
/* API keys and the audit log in the console. */
#include "base/text.h"
#include "store/api_key.h"
#include "store/audit.h"
#include "web/console.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/session.h"

static const struct page_link above[] = { { "/console/keys", "API keys" }, { NULL, NULL } };

static const char *const scope_hints[SCOPES] = {
	"users and groups",
	"the event feed",
	"the request log",
	"organizations, directories, tokens, keys, webhooks",
};

static void put_form(struct call *call)
{
	struct buf *body = &call->rs->body;
	int i;

	buf_puts(body, "<div class=\"card\"><h2>Make a key</h2>\n");
	console_form(call, "/console/keys");
	buf_puts(body,
		"<div class=\"field\"><label for=\"name\">Name</label><input id=\"name\" name=\"name\" "
		"maxlength=\"100\" autocomplete=\"off\"></div>\n<fieldset class=\"field\">"
		"<legend>It may use</legend>\n");
	for (i = 0; i < SCOPES; i++) {
		html(body,
			"<label class=\"check\"><input type=\"checkbox\" name=\"{}\" value=\"yes\"",
			scope_names[i]);
		if (1U << i == SCOPE_READ)
			buf_puts(body, " checked");
		html(body, ">{} <span class=\"soft\">{}</span></label>\n", scope_names[i],
			scope_hints[i]);
	}
	buf_puts(body,
		"</fieldset>\n<button class=\"primary\">Make the key</button></form>\n</div>\n");
}

static void put_key(struct call *call, const struct api_key *key)
{
	const char *id = id_print(call->cx->arena, ID_API_KEY, &key->id);
	struct buf *body = &call->rs->body;
	int i;

	html(body, "<tr><td>{}</td><td>",
		key->display_name && *key->display_name ? key->display_name : "(no name)");
	console_id(call, id);
	buf_puts(body, "</td><td>");
	for (i = 0; i < SCOPES; i++)
		if (key->scopes & (1U << i))
			page_badge(body, "", scope_names[i]);
	buf_puts(body, "</td>");
	console_cell_time(call, key->created);
	console_cell_time(call, key->used);
	buf_puts(body, "<td>");
	if (uuid_equal(&key->id, &call->holder.key))
		buf_puts(body, "<span class=\"soft\">in use here</span>");
	else
		console_button(call, console_text(call, "/console/keys/%s/revoke", id), "danger",
			"Revoke");
	buf_puts(body, "</td></tr>\n");
}

enum scim_err on_console_keys(struct call *call)
{
	static const char *const heads[] = { "Name", "Id", "Scopes", "Made", "Last used", "Revoke",
		NULL };
	struct uuid after = { { 0 } };
	struct api_key key;
	struct rows *rows;
	enum scim_err e;
	int i, n;
	bool has;

	if ((e = console_parameter_id(call, "after", ID_API_KEY, &has, &after)))
		return e;
	rows = api_key_list(
		call->cx, call->db, &call->holder.environment, &after, CONSOLE_ROWS + 1);
	if ((e = db_run(call->cx, call->db)))
		return e;
	n = console_rows(rows);
	console_open(call, "API keys", "/console/keys", NULL);
	buf_puts(&call->rs->body, "<h1>API keys</h1>\n");
	console_table(call, "API keys", heads);
	for (i = 0; i < n; i++) {
		api_key_read(rows, i, &key);
		put_key(call, &key);
	}
	console_table_end(call);
	if (rows_count(rows) > n)
		console_next(call, console_text(call, "/console/keys?after=%s",
					   id_print(call->cx->arena, ID_API_KEY, &key.id)));
	put_form(call);
	page_close(call);
	return SCIM_OK;
}

enum scim_err on_console_key_create(struct call *call)
{
	struct api_key key = { .id = call->new_id };
	const char *secret;
	enum scim_err e;
	int i;

	if ((e = db_run(call->cx, call->db)))
		return e;
	key.display_name = form_value(call, "name");
	for (i = 0; i < SCOPES; i++)
		if (form_value(call, scope_names[i]))
			key.scopes |= 1U << i;
	if (!key.scopes)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "choose what the key may see");
	if (key.display_name && (int64_t)strlen(key.display_name) > call->cx->limits->unique_bytes)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "the name is too long");
	secret = api_key_create(call->cx, call->db, &call->holder.environment, &key);
	if ((e = manage_commit(call)))
		return e;
	console_open(call, "API key", "/console/keys", above);
	buf_puts(&call->rs->body,
		"<div class=\"card\">\n<h1>API key</h1>\n<p class=\"note warn\">It is shown "
		"only now.</p>\n");
	page_copy(call, "key", "API key", secret);
	buf_puts(&call->rs->body, "<p>");
	console_link(call, "/console/keys", "Back to the keys");
	buf_puts(&call->rs->body, "</p>\n</div>\n");
	page_close(call);
	return SCIM_OK;
}

enum scim_err on_console_key_revoke(struct call *call)
{
	struct uuid id = id_named(ID_API_KEY, call->capture);
	struct key_fate fate;
	struct rows *rows;
	enum scim_err e;

	rows = api_key_lock(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	api_key_fate(rows, &fate);
	if (!fate.there)
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	if (fate.last)
		return ctx_fail(call->cx, SCIM_CONFLICT,
			"this is the last key with the scope 'manage': make another one first");
	api_key_revoke(call->cx, call->db, &call->holder.environment, &id);
	page_redirect(call, "/console/keys");
	return manage_commit(call);
}

static void put_entry(struct call *call, const struct audit *audit)
{
	bool setup = strcmp(audit->actor, "setup") == 0;
	struct buf *body = &call->rs->body;
	const char *actor;

	buf_puts(body, "<tr>");
	console_cell_time(call, audit->at);
	html(body, "<td>{}", audit->actor);
	if (audit->has_actor_id) {
		actor = id_print(
			call->cx->arena, setup ? ID_ORGANIZATION : ID_API_KEY, &audit->actor_id);
		html(body, "<br><code class=\"small\">{}</code>", actor);
	}
	html(body, "</td><td><code>{} {}</code></td><td>", audit->method, audit->path);
	console_status(call, audit->status);
	html(body, "</td><td>{}", audit->detail);
	if (audit->body) {
		buf_puts(body, "<details><summary>body</summary>\n");
		console_json(call,
			console_text(call, "Body of %s",
				id_print(call->cx->arena, ID_REQUEST, &audit->id)),
			audit->body);
		buf_puts(body, "</details>");
	}
	html(body, "</td><td>{}</td></tr>\n", audit->remote_address);
}

enum scim_err on_console_audit(struct call *call)
{
	static const char *const heads[] = { "Time", "Who", "What", "Status", "Details", "From",
		NULL };
	struct audit_query query = { .limit = CONSOLE_ROWS + 1 };
	struct audit audit;
	struct uuid before;
	struct rows *rows;
	enum scim_err e;
	int i, n;
	bool has;

	if ((e = console_parameter_id(call, "before", ID_REQUEST, &has, &before)))
		return e;
	query.before = has ? &before : NULL;
	rows = audit_list(call->cx, call->db, &call->holder.environment, &query);
	if ((e = db_run(call->cx, call->db)))
		return e;
	n = console_rows(rows);
	console_open(call, "Audit log", "/console/audit", NULL);
	buf_puts(&call->rs->body, "<h1>Audit log</h1>\n");
	if (n)
		console_table(call, "Audit log", heads);
	else
		console_empty(call, "Nothing was changed yet.");
	for (i = 0; i < n; i++) {
		audit_read(rows, i, &audit);
		put_entry(call, &audit);
	}
	if (n)
		console_table_end(call);
	if (rows_count(rows) > n)
		console_next(call, console_text(call, "/console/audit?before=%s",
					   id_print(call->cx->arena, ID_REQUEST, &audit.id)));
	page_close(call);
	return SCIM_OK;
}
