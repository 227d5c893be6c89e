/* SPDX-License-Identifier: MIT */
/* Groups in the console, and who is in them. */
#include "base/json.h"
#include "base/text.h"
#include "web/chart.h"
#include "web/console_record.h"
#include "web/handlers.h"

static void put_group_row(
	struct call *call, const struct console_visit *visit, const struct console_group *group)
{
	const char *path = console_text(
		call, "%s/groups/%s", visit->path, id_print(call->cx->arena, ID_GROUP, &group->id));

	buf_puts(&call->rs->body, "<tr>");
	console_cell_link(call, path, group->display_name);
	console_cell_number(call, group->members);
	buf_puts(&call->rs->body, "<td>");
	if (group->deleted)
		page_badge(&call->rs->body, "bad", "deleted");
	buf_puts(&call->rs->body, "</td>");
	console_cell(call, group->external_id);
	console_cell_time(call, group->modified);
	buf_puts(&call->rs->body, "</tr>\n");
}

static void put_groups(struct call *call, const struct console_visit *visit,
	const struct rows *rows, const char *q)
{
	static const char *const heads[] = { "Name", "#Members", "State", "External id",
		"Last change", NULL };
	int i, n = console_rows(rows);
	struct console_group group;

	if (!n) {
		console_empty(call, q ? "No group begins so: neither its name nor its external id."
				      : "There is no group yet.");
		console_missing(call, visit, q);
		return;
	}
	console_table(call, "Groups", heads);
	for (i = 0; i < n; i++) {
		console_group_read(rows, i, &group);
		put_group_row(call, visit, &group);
	}
	console_table_end(call);
	console_more(call, rows_count(rows) > n, q,
		console_text(call, "%s/groups?before=%s", visit->path,
			id_print(call->cx->arena, ID_GROUP, &group.id)));
}

enum scim_err on_console_groups(struct call *call)
{
	struct console_visit visit;
	struct uuid before;
	struct rows *rows;
	const char *q;
	enum scim_err e;
	bool has;

	if ((e = console_parameter(call, "q", &q)) ||
		(e = console_parameter_id(call, "before", ID_GROUP, &has, &before)))
		return e;
	console_visit(call, &visit);
	rows = console_groups(
		call->cx, call->db, &visit.id, q, has ? &before : NULL, CONSOLE_ROWS + 1);
	if ((e = db_run(call->cx, call->db)) || (e = console_visit_check(call, &visit)))
		return e;
	console_open_directory(call, &visit, "Groups", "Groups");
	buf_puts(&call->rs->body, "<h1>Groups</h1>\n");
	console_search(
		call, console_text(call, "%s/groups", visit.path), "Search", "Name or external id");
	put_groups(call, &visit, rows, q);
	page_close(call);
	return SCIM_OK;
}

static void put_members(
	struct call *call, const struct console_visit *visit, const struct rows *rows)
{
	static const char *const heads[] = { "Member", "Type", "Id", NULL };
	int i, n = console_rows(rows);
	const struct resource_type *rt;
	struct reading_member member;
	const char *id;

	buf_puts(&call->rs->body, "<h2>Members</h2>\n");
	if (!n) {
		console_empty(call, "It has no members.");
		return;
	}
	console_table(call, "Members", heads);
	for (i = 0; i < n; i++) {
		members_read(rows, i, &member);
		rt = resource_types[member.kind];
		id = id_print(call->cx->arena, rt->id, &member.id);
		buf_puts(&call->rs->body, "<tr>");
		console_cell_link(call, console_text(call, "%s/%ss/%s", visit->path, rt->noun, id),
			member.display);
		console_cell(call, rt->noun);
		buf_puts(&call->rs->body, "<td>");
		console_id(call, id);
		buf_puts(&call->rs->body, "</td></tr>\n");
	}
	console_table_end(call);
	if (rows_count(rows) > n)
		console_next(call, console_text(call, "%s/groups/%s?after=%s", visit->path,
					   call->capture2, uuid_text(call->cx->arena, &member.id)));
}

static void put_facts(struct call *call, const struct reading *group)
{
	struct buf *body = &call->rs->body;

	buf_puts(body, "<dl class=\"facts card\">\n");
	console_fact_open(call, "Id");
	console_id(call, group->stored.id);
	buf_puts(body, "</dd>\n");
	if (group->deleted) {
		console_fact_open(call, "State");
		page_badge(body, "bad", "deleted");
		buf_puts(body, "</dd>\n");
	}
	console_fact(call, "Members", chart_number(call->cx->arena, group->members));
	console_record_times(call, &group->stored, group->deleted);
	buf_puts(body, "</dl>\n");
}

/* The last member of the page before: a user or a group, so as a plain UUID. */
static enum scim_err read_after(struct call *call, struct uuid *after)
{
	const char *text;
	enum scim_err e;

	memset(after, 0, sizeof(*after));
	if ((e = console_parameter(call, "after", &text)))
		return e;
	if (text && !uuid_parse(text, strlen(text), after))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'after' is not an id");
	return SCIM_OK;
}

enum scim_err on_console_group(struct call *call)
{
	struct uuid after, id = id_named(ID_GROUP, call->capture2);
	struct rows *rows, *members, *groups;
	struct console_history history;
	struct console_visit visit;
	struct reading group;
	enum scim_err e;

	if ((e = read_after(call, &after)))
		return e;
	console_visit(call, &visit);
	rows = reading_get(call->cx, call->db, &visit.id, KIND_GROUP, &id);
	members = members_list(call->cx, call->db, &visit.id, &id, &after, CONSOLE_ROWS + 1);
	groups = console_holders_queue(call, &visit.id, &id);
	console_history_queue(call, &visit.id, &id, call->capture2, &history);
	if ((e = db_run(call->cx, call->db)) || (e = console_visit_check(call, &visit)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	reading_read(call->cx, KIND_GROUP, rows, 0, &group);
	console_open_directory(call, &visit, group.display_name, "Groups");
	html(&call->rs->body, "<h1>{}</h1>\n", group.display_name);
	put_facts(call, &group);
	buf_puts(&call->rs->body, "<div class=\"split\">\n<div>\n");
	put_members(call, &visit, members);
	buf_puts(&call->rs->body, "</div>\n<div>\n");
	console_attributes(
		call, json_parse_stored(call->cx->arena, group.stored.doc, group.stored.doc_len));
	console_holders_put(call, &visit, groups);
	console_history_put(call, &visit, &history);
	buf_puts(&call->rs->body, "</div>\n</div>\n");
	page_close(call);
	return SCIM_OK;
}
