/* SPDX-License-Identifier: MIT */
/*
 * Setup links, and the page behind them. Everything but the link itself needs a session, which sees
 * one organization: what belongs to another one is not there.
 */
#include "base/secret.h"
#include "base/text.h"
#include "store/organization.h"
#include "store/setup.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/page.h"
#include "web/session.h"
#include "web/setup_view.h"

enum {
	OVERLAP_SECONDS = 24 * 3600 /* of the old token and the new one */
};

/* What the link is for: the model also has SAML, we have not. */
static enum scim_err check_purpose(struct call *call, struct json_object *body)
{
	enum change saml, scim;
	enum scim_err e;

	if ((e = manage_bool(call, body, "canManageSaml", &saml)) ||
		(e = manage_bool(call, body, "canManageScim", &scim)))
		return e;
	if (saml == CHANGE_TRUE)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"Rollcall manages no SAML connections: canManageSaml must be false or absent");
	if (scim == CHANGE_FALSE)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"a setup link is for SCIM: canManageScim must be true or absent");
	return SCIM_OK;
}

enum scim_err on_setup_url_create(struct call *call)
{
	const struct uuid *environment = &call->holder.environment;
	struct uuid organization;
	struct json_object *body;
	const char *text, *token;
	struct rows *rows;
	bool has;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = manage_body(call, &body)) ||
		(e = manage_string(call, body, "organizationId", &has, &text)) ||
		(e = check_purpose(call, body)))
		return e;
	if (!has)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "organizationId is required");
	if (!id_parse(ID_ORGANIZATION, text, strlen(text), &organization))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
	token = call_secret(call, SECRET_SETUP, environment);
	rows = setup_link_create(call->cx, call->db, environment, &organization, token);
	if ((e = manage_commit(call)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "organization not found");
	/* behind '#' no log and no Referer has it */
	buf_puts(&call->rs->body, "{\"url\":");
	buf_jsons(&call->rs->body,
		arena_printf(call->cx->arena, "%s/setup#token=%s", call->app->base_url, token));
	buf_putc(&call->rs->body, '}');
	return SCIM_OK;
}

enum scim_err on_setup_link(struct call *call)
{
	setup_view_link(call, session_find(call));
	return SCIM_OK;
}

/* The token in what was pasted: itself, or a link that ends in it. */
static const char *find_token(struct arena *arena, const char *text)
{
	static const char mark[] = "#token=";
	const char *begin = strstr(text, mark);

	begin = begin ? begin + strlen(mark) : text + strspn(text, " \t\r\n");
	return arena_strndup(arena, begin, strcspn(begin, " \t\r\n&"));
}

enum scim_err on_setup_redeem(struct call *call)
{
	const char *text = form_value(call, "token");
	const char *token = find_token(call->cx->arena, text ? text : "");
	const char *secret;
	struct uuid environment;
	struct rows *rows;
	enum scim_err e;

	if (!secret_parse(SECRET_SETUP, token, strlen(token), &environment))
		return ctx_fail(call->cx, SCIM_BAD_REQUEST,
			"This is no setup link. Paste the whole link that you were sent.");
	secret = call_secret(call, SECRET_SESSION, &environment);
	rows = setup_redeem(call->cx, call->db, &environment, token, secret);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_GONE,
			"A setup link works once, within 24 hours. Ask the people who sent you this one"
			" for a new one.");
	call->holder.environment = environment;
	call->holder.has_organization = true;
	call->holder.organization = rows_uuid(rows, 0, 0);
	page_redirect(call, "/setup/directory");
	if ((e = manage_commit(call)))
		return e;
	session_set(call, secret, SETUP_SESSION_SECONDS);
	return SCIM_OK;
}

enum scim_err on_setup_sign_out(struct call *call)
{
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	session_end(call->cx, call->db, &call->holder.environment, call->session);
	page_redirect(call, "/setup");
	if ((e = manage_commit(call)))
		return e;
	session_set(call, "", 0);
	return SCIM_OK;
}

static enum scim_err go_to_directory(struct call *call, const struct uuid *id)
{
	return page_redirect(call, arena_printf(call->cx->arena, "/setup/directories/%s",
					   id_print(call->cx->arena, ID_DIRECTORY, id)));
}

enum scim_err on_setup_choice(struct call *call)
{
	const struct key_holder *holder = &call->holder;
	struct setup_directory directory;
	struct setup_brand brand;
	struct rows *named, *rows;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	named = setup_brand_get(call->cx, call->db, &holder->environment, &holder->organization);
	rows = setup_directory_list(
		call->cx, call->db, &holder->environment, &holder->organization);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (rows_count(rows) == 1) {
		setup_directory_read(rows, 0, &directory);
		return go_to_directory(call, &directory.id);
	}
	setup_brand_read(named, &brand);
	setup_view_choice(call, &brand, rows);
	return SCIM_OK;
}

/* Only the first one: by a second click, or in a second window, no other is made. */
enum scim_err on_setup_directory_create(struct call *call)
{
	const struct key_holder *holder = &call->holder;
	const struct directory_change change = { CHANGE_NONE, CHANGE_NONE, CHANGE_NONE };
	struct directory directory = { .id = call->new_id };
	struct rows *rows;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	directory.organization = holder->organization;
	organization_lock(call->cx, call->db, &holder->environment, &holder->organization);
	rows = setup_directory_list(
		call->cx, call->db, &holder->environment, &holder->organization);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		directory_create(call->cx, call->db, &holder->environment, &directory, &change);
	page_redirect(call, "/setup/directory");
	return manage_commit(call);
}

/* Where the page's parts come from. */
struct parts {
	struct uuid id;
	struct rows *brand;
	struct rows *directory;
	struct setup_activity activity;
};

/* Queue what a page of the directory in the path shows. */
static void queue_parts(struct call *call, struct parts *parts)
{
	const struct uuid *environment = &call->holder.environment;
	const struct uuid *organization = &call->holder.organization;

	parts->brand = setup_brand_get(call->cx, call->db, environment, organization);
	parts->directory =
		setup_directory_get(call->cx, call->db, environment, organization, &parts->id);
	setup_activity_get(
		call->cx, call->db, environment, organization, &parts->id, &parts->activity);
}

static void read_id(const struct call *call, struct parts *parts)
{
	memset(parts, 0, sizeof(*parts));
	parts->id = id_named(ID_DIRECTORY, call->capture);
}

static enum scim_err no_directory(struct call *call)
{
	return ctx_fail(call->cx, SCIM_NOT_FOUND, "You have no such directory.");
}

/* The one that was chosen; else the one that the last requests look like; NULL: neither. */
static const struct guide *choose_guide(const char *provider, const struct rows *log)
{
	const struct guide *guide = guide_find(provider);
	struct setup_request request;
	int i;

	for (i = 0; !guide && i < rows_count(log); i++) {
		setup_request_read(log, i, &request);
		guide = guide_find(request.provider);
	}
	return guide;
}

static void show(
	struct call *call, const struct parts *parts, const char *provider, const char *token)
{
	struct setup_view view = {
		.guide = choose_guide(provider, parts->activity.log),
		.token = token,
		.activity = parts->activity,
	};

	setup_brand_read(parts->brand, &view.brand);
	setup_directory_read(parts->directory, 0, &view.directory);
	setup_view_directory(call, &view);
}

/* First trip: the session; second: what it may see. */
static enum scim_err read_parts(struct call *call, struct parts *parts)
{
	enum scim_err e;

	read_id(call, parts);
	if ((e = db_run(call->cx, call->db)))
		return e;
	queue_parts(call, parts);
	if ((e = db_run(call->cx, call->db)))
		return e;
	return rows_count(parts->directory) ? SCIM_OK : no_directory(call);
}

enum scim_err on_setup_directory(struct call *call)
{
	struct parts parts;
	const char *provider;
	enum scim_err e;

	if ((e = call_parameter(call, "provider", SCIM_INVALID_VALUE, &provider)) ||
		(e = read_parts(call, &parts)))
		return e;
	show(call, &parts, provider, NULL);
	return SCIM_OK;
}

enum scim_err on_setup_activity(struct call *call)
{
	struct parts parts;
	enum scim_err e;

	if ((e = read_parts(call, &parts)))
		return e;
	page_part(call);
	setup_view_activity(call, &parts.activity);
	return SCIM_OK;
}

enum scim_err on_setup_token(struct call *call)
{
	const struct uuid *environment = &call->holder.environment;
	struct parts parts;
	struct rows *found;
	const char *token;
	enum scim_err e;

	read_id(call, &parts);
	if ((e = db_run(call->cx, call->db)))
		return e;
	directory_lock(call->cx, call->db, environment, &parts.id);
	found = setup_directory_get(
		call->cx, call->db, environment, &call->holder.organization, &parts.id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(found))
		return no_directory(call);
	token = call_secret(call, SECRET_BEARER, &parts.id);
	directory_rotate(call->cx, call->db, environment, &parts.id, token,
		form_value(call, "overlap") ? OVERLAP_SECONDS : 0);
	queue_parts(call, &parts);
	if ((e = manage_commit(call)))
		return e;
	show(call, &parts, form_value(call, "provider"), token);
	return SCIM_OK;
}
