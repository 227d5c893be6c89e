/* SPDX-License-Identifier: MIT */
/* The console's doors: signing in and out, the overview, and the search for anything. */
#include "base/text.h"
#include "store/setup.h"
#include "web/console_find.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/session.h"

enum {
	OVERVIEW_ORGANIZATIONS = 12,
	OVERVIEW_DIRECTORIES = 28
};

/*
 * Where to go after signing in: below the console, where no browser finds a way up ("..", "%2e."), and
 * nothing that a header could not hold.
 */
static const char *way_back(const char *to)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/";
	const char *s;

	if (!to || strncmp(to, "/console", 8) != 0 || !strchr("/?", to[8]) ||
		strncmp(to, "/console/sign-", 14) == 0 || strlen(to) > CONSOLE_WAY_MAX)
		return "/console";
	s = to + strspn(to, plain);
	if (*s && *s != '?')
		return "/console";
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return "/console";
	return to;
}

static void put_sign_in(struct call *call, const char *to, bool refused)
{
	const struct page_look look = {
		.title = "Sign in · Rollcall", .width = "narrow console", .more = "console"
	};
	struct buf *body = &call->rs->body;

	page_open(call, &look);
	buf_puts(body, "<div class=\"card\">\n<h1>Console</h1>\n");
	if (refused)
		buf_puts(body,
			"<p class=\"note bad\" role=\"alert\" id=\"refused\">This API key is not valid. "
			"It may have been revoked, or was not copied as a whole.</p>\n");
	html(body, "<form method=\"post\" action=\"{}/console/sign-in\">\n", call->app->base_path);
	html(body, "<input type=\"hidden\" name=\"to\" value=\"{}\">\n", way_back(to));
	buf_puts(body,
		"<div class=\"field\"><label for=\"key\">API key</label>\n"
		"<p class=\"hint\" id=\"key-hint\">It begins with <code>rollcall_sk_</code>. "
		"What it may do is what you may do here, for 12 hours.</p>\n"
		"<input id=\"key\" name=\"key\" type=\"password\" required autofocus"
		" autocomplete=\"current-password\" spellcheck=\"false\"");
	buf_puts(body, refused ? " aria-invalid=\"true\" aria-describedby=\"refused key-hint\">"
			       : " aria-describedby=\"key-hint\">");
	buf_puts(body, "</div>\n<button class=\"primary\">Sign in</button>\n</form>\n</div>\n");
	page_close(call);
}

enum scim_err on_console_sign_in_form(struct call *call)
{
	const char *to;
	enum scim_err e;

	if ((e = console_parameter(call, "to", &to)))
		return e;
	put_sign_in(call, to, false);
	return SCIM_OK;
}

static enum scim_err refuse(struct call *call)
{
	ctx_clear(call->cx);
	put_sign_in(call, form_value(call, "to"), true);
	call->rs->status = err_row(SCIM_UNAUTHORIZED)->status;
	return SCIM_OK;
}

/* What was pasted, without blanks around it. */
static const char *trimmed(struct call *call, const char *s)
{
	size_t len;

	s += strspn(s, " \t\r\n");
	for (len = strlen(s); len > 0 && strchr(" \t\r\n", s[len - 1]); len--)
		;
	return arena_strndup(call->cx->arena, s, len);
}

enum scim_err on_console_sign_in(struct call *call)
{
	struct uuid *environment = &call->holder.environment;
	const char *key = form_value(call, "key");
	const char *secret;
	enum scim_err e;

	key = trimmed(call, key ? key : "");
	if (!secret_parse(SECRET_API_KEY, key, strlen(key), environment))
		return refuse(call);
	environment_enter(call->cx, call->db, key, true, SCOPE_NONE, &call->holder);
	if ((e = db_run(call->cx, call->db)) == SCIM_UNAUTHORIZED)
		return refuse(call);
	if (e)
		return e;
	secret = call_secret(call, SECRET_SESSION, environment);
	console_session_open(call->cx, call->db, environment, &call->holder.key, secret);
	page_redirect(call, way_back(form_value(call, "to")));
	if ((e = manage_commit(call)))
		return e;
	session_set(call, secret, CONSOLE_SESSION_SECONDS);
	return SCIM_OK;
}

enum scim_err on_console_sign_out(struct call *call)
{
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	session_end(call->cx, call->db, &call->holder.environment, call->session);
	page_redirect(call, "/console/sign-in");
	if ((e = manage_commit(call)))
		return e;
	session_set(call, "", 0);
	return SCIM_OK;
}

/* Who may not list organizations goes by ids. */
static void put_keyhole(struct call *call)
{
	struct buf *body = &call->rs->body;
	int i;

	buf_puts(body, "<div class=\"card\"><h2>What this key may see</h2>\n<p>");
	for (i = 0; i < SCOPES; i++)
		if (console_may(call, 1 << i))
			page_badge(body, "good", scope_names[i]);
	buf_puts(body,
		"</p>\n<p>It does not have the scope <code>manage</code>, so organizations are not listed. "
		"Paste the id of a directory, a user or a group into the search.</p>\n</div>\n");
}

static void put_directory_row(struct call *call, const struct organization *organization,
	const struct directory *directory, const struct console_state *state)
{
	const char *id = id_print(call->cx->arena, ID_DIRECTORY, &directory->id);
	const char *path = console_text(call, "/console/directories/%s", id);
	struct buf *body = &call->rs->body;

	buf_puts(body, "<tr>");
	console_cell_link(call,
		console_text(call, "/console/organizations/%s",
			id_print(call->cx->arena, ID_ORGANIZATION, &organization->id)),
		console_name(organization->display_name));
	console_cell_directory(call, path, &directory->id);
	buf_puts(body, "<td>");
	console_directory_badges(call, directory, state);
	buf_puts(body, "</td>");
	console_state_cells(call, path, state);
	buf_puts(body, "</tr>\n");
}

static void put_organization_rows(struct call *call, const struct organization *organization,
	const struct console_fleet *fleet)
{
	bool any = false;
	int i;

	for (i = 0; i < fleet->count; i++) {
		if (!uuid_equal(&fleet->directories[i].organization, &organization->id))
			continue;
		any = true;
		put_directory_row(call, organization, &fleet->directories[i], &fleet->states[i]);
	}
	if (any)
		return;
	buf_puts(&call->rs->body, "<tr>");
	console_cell_link(call,
		console_text(call, "/console/organizations/%s",
			id_print(call->cx->arena, ID_ORGANIZATION, &organization->id)),
		console_name(organization->display_name));
	buf_puts(&call->rs->body, "<td class=\"soft\" colspan=\"8\">no directory yet</td></tr>\n");
}

static void put_overview(
	struct call *call, const struct rows *rows, const struct console_fleet *fleet)
{
	static const char *const heads[] = { "Organization", "Directory", "State", "Last request",
		"#Users", "#Groups", "#Requests, 24 h", "#Errors, 24 h", "#Wrong tokens, 24 h",
		NULL };
	int i, n = rows_count(rows) > OVERVIEW_ORGANIZATIONS ? OVERVIEW_ORGANIZATIONS
							     : rows_count(rows);
	struct organization organization;

	if (!n) {
		console_empty(call, "There is no organization yet.");
		return;
	}
	console_table(call, "Organizations and their directories", heads);
	for (i = 0; i < n; i++) {
		organization_read(rows, i, &organization);
		put_organization_rows(call, &organization, fleet);
	}
	console_table_end(call);
	if (fleet->cut)
		buf_puts(&call->rs->body,
			"<p class=\"note\">These organizations have more directories than "
			"are shown here: each is on its organization's page.</p>\n");
	if (rows_count(rows) > n)
		console_next(call,
			console_text(call, "/console?after=%s",
				id_print(call->cx->arena, ID_ORGANIZATION, &organization.id)));
}

enum scim_err on_console(struct call *call)
{
	struct console_fleet fleet = { .max = OVERVIEW_DIRECTORIES };
	struct uuid after = { { 0 } };
	struct rows *rows;
	enum scim_err e;
	bool has;

	if ((e = console_parameter_id(call, "after", ID_ORGANIZATION, &has, &after)))
		return e;
	rows = console_organizations(call->cx, call->db, &call->holder.environment, NULL, &after,
		OVERVIEW_ORGANIZATIONS + 1);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (console_may(call, SCOPE_MANAGE) && ((e = console_fleet_of(call, rows, &fleet)) ||
						       (e = console_fleet_states(call, &fleet))))
		return e;
	console_open(call, "Overview", "/console", NULL);
	buf_puts(&call->rs->body, "<h1>Overview</h1>\n");
	if (console_may(call, SCOPE_MANAGE))
		put_overview(call, rows, &fleet);
	else
		put_keyhole(call);
	page_close(call);
	return SCIM_OK;
}
