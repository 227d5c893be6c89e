/* SPDX-License-Identifier: MIT */
/* Organizations in the console: finding one, its directories, a setup link for its IT admin. */
#include "base/json.h"
#include "base/text.h"
#include "store/setup.h"
#include "web/console_find.h"
#include "web/handlers.h"
#include "web/manage.h"

enum {
	DIRECTORIES_MAX = 28
};

static const struct page_link above[] = { { "/console/organizations", "Organizations" },
	{ NULL, NULL } };

static const char *organization_path(struct call *call, const struct uuid *id)
{
	return console_text(
		call, "/console/organizations/%s", id_print(call->cx->arena, ID_ORGANIZATION, id));
}

/* The domains with a comma between. */
static const char *domain_list(struct call *call, const char *array)
{
	struct json_object *tree = json_parse_stored(call->cx->arena, array, strlen(array));
	size_t i, n = json_object_array_length(tree);
	struct buf buf;

	buf_init(&buf, call->cx->arena, 64);
	for (i = 0; i < n; i++)
		buf_printf(&buf, "%s%s", i ? ", " : "",
			json_object_get_string(json_object_array_get_idx(tree, i)));
	return buf.data;
}

static void put_list(struct call *call, const struct rows *rows, const char *q)
{
	static const char *const heads[] = { "Organization", "External id", "Domains", "Id", NULL };
	int i, n = console_rows(rows);
	struct organization organization;

	if (!n) {
		console_empty(
			call, q ? "No organization has this in its name, external id or domains."
				: "There is no organization yet.");
		return;
	}
	console_table(call, "Organizations", heads);
	for (i = 0; i < n; i++) {
		organization_read(rows, i, &organization);
		buf_puts(&call->rs->body, "<tr>");
		console_cell_link(call, organization_path(call, &organization.id),
			console_name(organization.display_name));
		console_cell(call, organization.external_id);
		console_cell(call, domain_list(call, organization.domains));
		buf_puts(&call->rs->body, "<td>");
		console_id(call, id_print(call->cx->arena, ID_ORGANIZATION, &organization.id));
		buf_puts(&call->rs->body, "</td></tr>\n");
	}
	console_table_end(call);
	if (rows_count(rows) > n)
		console_next(call,
			console_text(call, "/console/organizations?q=%s&after=%s",
				percent_encode(call->cx->arena, q ? q : ""),
				id_print(call->cx->arena, ID_ORGANIZATION, &organization.id)));
}

enum scim_err on_console_organizations(struct call *call)
{
	struct uuid after = { { 0 } };
	struct rows *rows;
	const char *q;
	enum scim_err e;
	bool has;

	if ((e = console_parameter(call, "q", &q)) ||
		(e = console_parameter_id(call, "after", ID_ORGANIZATION, &has, &after)))
		return e;
	rows = console_organizations(
		call->cx, call->db, &call->holder.environment, q, &after, CONSOLE_ROWS + 1);
	if ((e = db_run(call->cx, call->db)))
		return e;
	console_open(call, "Organizations", "/console/organizations", NULL);
	buf_puts(&call->rs->body, "<h1>Organizations</h1>\n");
	console_search(call, "/console/organizations", "Search", "Name, external id or domain");
	put_list(call, rows, q);
	page_close(call);
	return SCIM_OK;
}

static void put_directories(struct call *call, const struct console_fleet *fleet)
{
	static const char *const heads[] = { "Directory", "State", "Last request", "#Users",
		"#Groups", "#Requests, 24 h", "#Errors, 24 h", "#Wrong tokens, 24 h", NULL };
	const char *path;
	int i;

	buf_puts(&call->rs->body, "<h2>Directories</h2>\n");
	if (!fleet->count) {
		console_empty(call,
			"It has no directory yet. Its IT admin makes one through a setup link.");
		return;
	}
	console_table(call, "Directories", heads);
	for (i = 0; i < fleet->count; i++) {
		path = console_text(call, "/console/directories/%s",
			id_print(call->cx->arena, ID_DIRECTORY, &fleet->directories[i].id));
		buf_puts(&call->rs->body, "<tr>");
		console_cell_directory(call, path, &fleet->directories[i].id);
		buf_puts(&call->rs->body, "<td>");
		console_directory_badges(call, &fleet->directories[i], &fleet->states[i]);
		buf_puts(&call->rs->body, "</td>");
		console_state_cells(call, path, &fleet->states[i]);
		buf_puts(&call->rs->body, "</tr>\n");
	}
	console_table_end(call);
	if (fleet->cut)
		buf_puts(&call->rs->body,
			"<p class=\"note\">There are more than are shown here.</p>\n");
}

static void put_organization(struct call *call, const struct organization *organization)
{
	struct buf *body = &call->rs->body;

	html(body, "<h1>{}</h1>\n<dl class=\"facts card\">\n",
		console_name(organization->display_name));
	console_fact_open(call, "Id");
	console_id(call, id_print(call->cx->arena, ID_ORGANIZATION, &organization->id));
	buf_puts(body, "</dd>\n");
	console_fact(call, "External id", organization->external_id);
	console_fact(call, "Domains", domain_list(call, organization->domains));
	buf_puts(body, "</dl>\n");
}

static void put_setup(struct call *call, const struct organization *organization)
{
	buf_puts(&call->rs->body,
		"<div class=\"card\"><h2>Setup link</h2>\n<p>For the customer's IT admin: works once, within 24 "
		"hours, and shows this organization's directories only.</p>\n");
	console_button(call,
		console_text(call, "%s/setup-link", organization_path(call, &organization->id)), "",
		"Make a setup link");
	if (console_may(call, SCOPE_EVENTS)) {
		buf_puts(&call->rs->body, "<p>");
		console_link(call,
			console_text(call, "/console/events?organization=%s",
				id_print(call->cx->arena, ID_ORGANIZATION, &organization->id)),
			"Events of this organization");
		buf_puts(&call->rs->body, "</p>\n");
	}
	buf_puts(&call->rs->body, "</div>\n");
}

enum scim_err on_console_organization(struct call *call)
{
	struct uuid id = id_named(ID_ORGANIZATION, call->capture);
	struct console_fleet fleet = { .max = DIRECTORIES_MAX };
	struct organization organization;
	struct rows *rows;
	enum scim_err e;

	rows = organization_get(call->cx, call->db, &call->holder.environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	organization_read(rows, 0, &organization);
	if ((e = console_fleet_of(call, rows, &fleet)) || (e = console_fleet_states(call, &fleet)))
		return e;
	console_open(
		call, console_name(organization.display_name), "/console/organizations", above);
	put_organization(call, &organization);
	put_directories(call, &fleet);
	put_setup(call, &organization);
	page_close(call);
	return SCIM_OK;
}

enum scim_err on_console_setup_link(struct call *call)
{
	const struct uuid *environment = &call->holder.environment;
	struct organization organization;
	struct rows *rows, *made;
	const char *token;
	struct uuid id = id_named(ID_ORGANIZATION, call->capture);
	enum scim_err e;

	rows = organization_get(call->cx, call->db, environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	organization_read(rows, 0, &organization);
	token = call_secret(call, SECRET_SETUP, environment);
	made = setup_link_create(call->cx, call->db, environment, &id, token);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(made))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	console_open(call, "Setup link", "/console/organizations", above);
	html(&call->rs->body,
		"<div class=\"card\">\n<h1>Setup link for {}</h1>\n<p class=\"note warn\">It is shown only "
		"now. Send it to the customer's IT admin: it works once, within 24 hours.</p>\n",
		console_name(organization.display_name));
	page_copy(call, "link", "Setup link",
		console_text(call, "%s/setup#token=%s", call->app->base_url, token));
	buf_puts(&call->rs->body, "<p>");
	console_link(call, organization_path(call, &id), "Back to the organization");
	buf_puts(&call->rs->body, "</p>\n</div>\n");
	page_close(call);
	return SCIM_OK;
}
