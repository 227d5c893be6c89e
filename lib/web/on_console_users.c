/* SPDX-License-Identifier: MIT */
/* Users in the console: finding one, and all that is known of it. */
#include "base/json.h"
#include "base/text.h"
#include "web/console_record.h"
#include "web/handlers.h"

static void put_user_row(
	struct call *call, const struct console_visit *visit, const struct console_user *user)
{
	const char *path = console_text(
		call, "%s/users/%s", visit->path, id_print(call->cx->arena, ID_USER, &user->id));

	buf_puts(&call->rs->body, "<tr>");
	console_cell_link(call, path, user->user_name);
	console_cell(call, strcmp(user->label, user->user_name) == 0 ? "" : user->label);
	buf_puts(&call->rs->body, "<td>");
	console_user_badge(call, user->deleted, user->active);
	buf_puts(&call->rs->body, "</td>");
	console_cell(call, user->external_id);
	console_cell_time(call, user->modified);
	buf_puts(&call->rs->body, "</tr>\n");
}

static void put_users(struct call *call, const struct console_visit *visit, const struct rows *rows,
	const char *q)
{
	static const char *const heads[] = { "User name", "Display name", "State", "External id",
		"Last change", NULL };
	int i, n = console_rows(rows);
	struct console_user user;

	if (!n) {
		console_empty(call,
			q ? "No user begins so: neither its user name, nor an e-mail address, its "
			    "display name or its external id."
			  : "There is no user yet.");
		console_missing(call, visit, q);
		return;
	}
	console_table(call, "Users", heads);
	for (i = 0; i < n; i++) {
		console_user_read(rows, i, &user);
		put_user_row(call, visit, &user);
	}
	console_table_end(call);
	if (q)
		console_missing(call, visit, q);
	console_more(call, rows_count(rows) > n, q,
		console_text(call, "%s/users?before=%s", visit->path,
			id_print(call->cx->arena, ID_USER, &user.id)));
}

enum scim_err on_console_users(struct call *call)
{
	struct console_visit visit;
	struct uuid before;
	struct rows *rows;
	const char *q;
	enum scim_err e;
	bool has;

	if ((e = console_parameter(call, "q", &q)) ||
		(e = console_parameter_id(call, "before", ID_USER, &has, &before)))
		return e;
	console_visit(call, &visit);
	rows = console_users(
		call->cx, call->db, &visit.id, q, has ? &before : NULL, CONSOLE_ROWS + 1);
	if ((e = db_run(call->cx, call->db)) || (e = console_visit_check(call, &visit)))
		return e;
	console_open_directory(call, &visit, "Users", "Users");
	buf_puts(&call->rs->body, "<h1>Users</h1>\n");
	console_search(call, console_text(call, "%s/users", visit.path), "Search",
		"User name, e-mail, display name or external id");
	put_users(call, &visit, rows, q);
	page_close(call);
	return SCIM_OK;
}

static void put_facts(struct call *call, const struct reading *user)
{
	struct buf *body = &call->rs->body;

	buf_puts(body, "<dl class=\"facts card\">\n");
	console_fact_open(call, "Id");
	console_id(call, user->stored.id);
	buf_puts(body, "</dd>\n");
	console_fact_open(call, "State");
	console_user_badge(call, user->deleted, user->active);
	buf_puts(body, "</dd>\n");
	console_record_times(call, &user->stored, user->deleted);
	buf_puts(body, "</dl>\n");
}

enum scim_err on_console_user(struct call *call)
{
	struct uuid id = id_named(ID_USER, call->capture2);
	struct console_visit visit;
	struct console_history history;
	struct json_object *tree;
	struct reading user;
	struct rows *rows, *groups;
	const char *name;
	enum scim_err e;

	console_visit(call, &visit);
	rows = reading_get(call->cx, call->db, &visit.id, KIND_USER, &id);
	groups = console_holders_queue(call, &visit.id, &id);
	console_history_queue(call, &visit.id, &id, call->capture2, &history);
	if ((e = db_run(call->cx, call->db)) || (e = console_visit_check(call, &visit)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	reading_read(call->cx, KIND_USER, rows, 0, &user);
	tree = json_parse_stored(call->cx->arena, user.stored.doc, user.stored.doc_len);
	name = json_get_string(tree, "userName");
	console_open_directory(call, &visit, name ? name : call->capture2, "Users");
	html(&call->rs->body, "<h1>{}</h1>\n", name);
	put_facts(call, &user);
	buf_puts(&call->rs->body, "<div class=\"split\">\n<div>\n");
	console_history_put(call, &visit, &history);
	buf_puts(&call->rs->body, "</div>\n<div>\n");
	console_attributes(call, tree);
	console_holders_put(call, &visit, groups);
	buf_puts(&call->rs->body, "</div>\n</div>\n");
	page_close(call);
	return SCIM_OK;
}
