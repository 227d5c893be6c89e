/* SPDX-License-Identifier: MIT */
/*
 * The search from every page: an id leads straight to its page; any other text is looked for in
 * organizations, in the users of some directories, and in the requests there that failed.
 */
#include "base/text.h"
#include "web/console_find.h"
#include "web/console_record.h"
#include "web/handlers.h"

#define WEEK_US (INT64_C(7) * 24 * 3600 * 1000000)

enum {
	ORGANIZATIONS_MAX = 40,
	DIRECTORIES_MAX = 28,
	OF_TRIP = 9, /* directories; three statements each */
	USERS_MAX = 10, /* of a directory */
	REQUESTS_MAX = 5,
	ORGANIZATIONS_SHOWN = 10,
	TAGGED_MAX = 8 /* directories that an id may belong to */
};

/* Of one directory. */
struct found {
	struct console_visit visit;
	struct rows *users, *requests;
};

struct search {
	const char *q;
	struct rows *organizations; /* whose directories are searched */
	struct console_fleet fleet;
	struct found *found;
	int users, requests; /* altogether */
	bool all; /* no organization has the text: those of all are searched */
};

static enum scim_err go(struct call *call, const char *path)
{
	return page_redirect(call, path);
}

static struct rows *queue_one(
	struct call *call, const struct uuid *directory, enum id_kind kind, const struct uuid *id)
{
	directory_visit(call->cx, call->db, &call->holder.environment, directory);
	if (kind == ID_REQUEST)
		return log_get(call->cx, call->db, directory, id);
	return reading_get(
		call->cx, call->db, directory, kind == ID_USER ? KIND_USER : KIND_GROUP, id);
}

/* Users, groups and requests: their id ends as that of their directory, which others may do too. */
static enum scim_err go_below(
	struct call *call, enum id_kind kind, const char *pages, const struct uuid *id)
{
	const char *text = id_print(call->cx->arena, kind, id);
	struct rows *candidates, *rows[TAGGED_MAX];
	struct uuid directory;
	enum scim_err e;
	int i, n;

	candidates = directory_of_id(call->cx, call->db, &call->holder.environment, id, TAGGED_MAX);
	if ((e = db_run(call->cx, call->db)))
		return e;
	router_enter(call);
	for (i = 0, n = rows_count(candidates); i < n; i++) {
		directory = rows_uuid(candidates, i, 0);
		rows[i] = queue_one(call, &directory, kind, id);
	}
	if ((e = db_run(call->cx, call->db)))
		return e;
	for (i = 0; i < n; i++) {
		if (!rows_count(rows[i]))
			continue;
		directory = rows_uuid(candidates, i, 0);
		return go(call,
			console_text(call, "/console/directories/%s/%s/%s",
				id_print(call->cx->arena, ID_DIRECTORY, &directory), pages, text));
	}
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "no directory has '%s'", text);
}

/* SCIM 1.1 does not tell whose id it is: a user's, a group's, or the organization's, as account id. */
static enum scim_err go_by_uuid(struct call *call, const struct uuid *id)
{
	enum scim_err e = go_below(call, ID_USER, "users", id);

	if (e != SCIM_NOT_FOUND)
		return e;
	ctx_clear(call->cx);
	if ((e = go_below(call, ID_GROUP, "groups", id)) != SCIM_NOT_FOUND)
		return e;
	ctx_clear(call->cx);
	return go(call, console_text(call, "/console/organizations/%s",
				id_print(call->cx->arena, ID_ORGANIZATION, id)));
}

/* Is the text an id? Then *e is how it went. */
static bool is_id(struct call *call, const char *q, enum scim_err *e)
{
	size_t len = strlen(q);
	struct uuid id;

	if (id_parse(ID_ORGANIZATION, q, len, &id))
		*e = go(call, console_text(call, "/console/organizations/%s", q));
	else if (id_parse(ID_DIRECTORY, q, len, &id))
		*e = go(call,
			console_may(call, SCOPE_MANAGE)
				? console_text(call, "/console/directories/%s", q)
				: console_text(call, "/console/directories/%s/%s", q,
					  console_may(call, SCOPE_READ) ? "users" : "requests"));
	else if (id_parse(ID_USER, q, len, &id))
		*e = go_below(call, ID_USER, "users", &id);
	else if (id_parse(ID_GROUP, q, len, &id))
		*e = go_below(call, ID_GROUP, "groups", &id);
	else if (id_parse(ID_REQUEST, q, len, &id))
		*e = go_below(call, ID_REQUEST, "requests", &id);
	else if (uuid_parse(q, len, &id))
		*e = go_by_uuid(call, &id);
	else
		return false;
	return true;
}

/* Of an address the domain: its organization's directories are searched. */
static const char *of_organizations(const char *q)
{
	const char *at = strrchr(q, '@');

	return at && at[1] ? at + 1 : q;
}

static enum scim_err find_organizations(struct call *call, struct search *search)
{
	static const struct uuid first;
	const struct uuid *environment = &call->holder.environment;
	enum scim_err e;

	router_enter(call);
	search->organizations = console_organizations(call->cx, call->db, environment,
		of_organizations(search->q), &first, ORGANIZATIONS_MAX);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (rows_count(search->organizations))
		return SCIM_OK;
	search->all = true;
	router_enter(call);
	search->organizations = console_organizations(
		call->cx, call->db, environment, NULL, &first, ORGANIZATIONS_MAX);
	return db_run(call->cx, call->db);
}

static void queue_directory(
	struct call *call, const struct search *search, struct found *found, const struct uuid *id)
{
	const struct uuid from = uuid_floor(call->cx->now - WEEK_US);
	const struct log_query query = { .directory = id,
		.from = &from,
		.limit = REQUESTS_MAX,
		.text = search->q,
		.url_text = percent_encode(call->cx->arena, search->q),
		.status_from = err_row(SCIM_BAD_REQUEST)->status };

	memset(found, 0, sizeof(*found));
	found->visit.id = *id;
	found->visit.path = console_text(
		call, "/console/directories/%s", id_print(call->cx->arena, ID_DIRECTORY, id));
	directory_visit(call->cx, call->db, &call->holder.environment, id);
	found->users = console_users(call->cx, call->db, id, search->q, NULL, USERS_MAX);
	found->requests = log_list(call->cx, call->db, &query);
}

static enum scim_err search_directories(struct call *call, struct search *search)
{
	int i, from, n;
	enum scim_err e;

	search->found = arena_alloc(
		call->cx->arena, ((size_t)search->fleet.count + 1) * sizeof(*search->found));
	for (from = 0; from < search->fleet.count; from += OF_TRIP) {
		n = search->fleet.count - from < OF_TRIP ? search->fleet.count - from : OF_TRIP;
		router_enter(call);
		for (i = from; i < from + n; i++)
			queue_directory(
				call, search, &search->found[i], &search->fleet.directories[i].id);
		if ((e = db_run(call->cx, call->db)))
			return e;
		for (i = from; i < from + n; i++) {
			search->users += rows_count(search->found[i].users);
			search->requests += rows_count(search->found[i].requests);
		}
	}
	return SCIM_OK;
}

/* The name of the organization of directory i. */
static const char *owner(const struct search *search, int i)
{
	struct organization organization;
	int k;

	for (k = 0; k < rows_count(search->organizations); k++) {
		organization_read(search->organizations, k, &organization);
		if (uuid_equal(&organization.id, &search->fleet.directories[i].organization))
			return console_name(organization.display_name);
	}
	return "";
}

static void put_organizations(struct call *call, const struct search *search)
{
	struct organization organization;
	int i, n = rows_count(search->organizations);

	if (search->all || !n)
		return;
	buf_puts(&call->rs->body, "<h2>Organizations</h2>\n<ul class=\"plain-list\">\n");
	for (i = 0; i < n && i < ORGANIZATIONS_SHOWN; i++) {
		organization_read(search->organizations, i, &organization);
		buf_puts(&call->rs->body, "<li>");
		console_link(call,
			console_text(call, "/console/organizations/%s",
				id_print(call->cx->arena, ID_ORGANIZATION, &organization.id)),
			console_name(organization.display_name));
		buf_puts(&call->rs->body, "</li>\n");
	}
	buf_puts(&call->rs->body, "</ul>\n");
	if (n > ORGANIZATIONS_SHOWN)
		buf_puts(&call->rs->body, "<p class=\"soft\">And more.</p>\n");
}

static void put_users_of(struct call *call, const struct search *search, int i)
{
	const struct found *found = &search->found[i];
	struct console_user user;
	int k;

	for (k = 0; k < rows_count(found->users); k++) {
		console_user_read(found->users, k, &user);
		buf_puts(&call->rs->body, "<tr>");
		console_cell_link(call,
			console_text(call, "%s/users/%s", found->visit.path,
				id_print(call->cx->arena, ID_USER, &user.id)),
			user.user_name);
		console_cell(call, user.label);
		buf_puts(&call->rs->body, "<td>");
		console_user_badge(call, user.deleted, user.active);
		buf_puts(&call->rs->body, "</td>");
		console_cell_link(call,
			console_text(call, "/console/organizations/%s",
				id_print(call->cx->arena, ID_ORGANIZATION,
					&search->fleet.directories[i].organization)),
			owner(search, i));
		console_cell_time(call, user.modified);
		buf_puts(&call->rs->body, "</tr>\n");
	}
}

static void put_users(struct call *call, const struct search *search)
{
	static const char *const heads[] = { "User name", "Display name", "State", "Organization",
		"Last change", NULL };
	int i;

	buf_puts(&call->rs->body, "<h2>Users</h2>\n");
	if (!search->users) {
		console_empty(call,
			"No user name, e-mail address, display name or external id begins so.");
		return;
	}
	console_table(call, "Users", heads);
	for (i = 0; i < search->fleet.count; i++)
		put_users_of(call, search, i);
	console_table_end(call);
}

static void put_requests(struct call *call, const struct search *search)
{
	const char *label;
	int i;

	buf_puts(&call->rs->body,
		"<h2>Requests of the last 7 days that failed and mention it</h2>\n");
	if (!search->requests)
		console_empty(call, "None.");
	for (i = 0; i < search->fleet.count; i++) {
		const struct found *found = &search->found[i];

		if (!rows_count(found->requests))
			continue;
		label = console_text(call, "%s, %s", owner(search, i),
			console_directory_name(call, &found->visit.id));
		html(&call->rs->body, "<h3>{}</h3>\n", label);
		console_requests_put(
			call, &found->visit, label, found->requests, rows_count(found->requests));
		buf_puts(&call->rs->body, "<p>");
		console_link(call,
			console_text(call, "%s/requests?text=%s", found->visit.path,
				percent_encode(call->cx->arena, search->q)),
			"All requests there that mention it");
		buf_puts(&call->rs->body, "</p>\n");
	}
}

static void put_results(struct call *call, const struct search *search)
{
	html(&call->rs->body, "<h1>“{}”</h1>\n", search->q);
	if (!console_may(call, SCOPE_MANAGE)) {
		console_empty(call,
			"This key may not list organizations: paste the id of a directory, a "
			"user, a group or a request.");
		return;
	}
	put_organizations(call, search);
	if (console_may(call, SCOPE_READ))
		put_users(call, search);
	if (console_may(call, SCOPE_LOGS))
		put_requests(call, search);
	if (search->fleet.cut || rows_count(search->organizations) == ORGANIZATIONS_MAX)
		buf_puts(&call->rs->body,
			"<p class=\"note\">Not all directories were searched: open the "
			"organization's and search there.</p>\n");
}

enum scim_err on_console_search(struct call *call)
{
	struct search search = { .fleet = { .max = DIRECTORIES_MAX } };
	enum scim_err e;

	if ((e = console_parameter(call, "q", &search.q)) || (e = db_run(call->cx, call->db)))
		return e;
	if (!search.q)
		return go(call, "/console");
	if (is_id(call, search.q, &e))
		return e;
	if (console_may(call, SCOPE_MANAGE) &&
		((e = find_organizations(call, &search)) ||
			(e = console_fleet_of(call, search.organizations, &search.fleet)) ||
			(e = search_directories(call, &search))))
		return e;
	console_open(call, "Search", NULL, NULL);
	put_results(call, &search);
	page_close(call);
	return SCIM_OK;
}
