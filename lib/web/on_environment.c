/* SPDX-License-Identifier: MIT */
/* The key's own environment. Others are the operator's to make: a key of one must not reach another. */
#include "base/text.h"
#include "store/environment.h"
#include "web/handlers.h"
#include "web/manage.h"

static enum scim_err answer_environment(struct call *call, const struct rows *rows)
{
	struct environment environment;
	struct buf *body = &call->rs->body;

	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, "environment not found");
	environment_read(rows, 0, &environment);
	buf_printf(body, "{\"environment\":{\"id\":\"%s\"",
		id_print(call->cx->arena, ID_ENVIRONMENT, &environment.id));
	manage_put(body, "displayName", environment.display_name);
	manage_put(body, "applicationName", environment.application_name);
	manage_put(body, "logoUrl", environment.logo_url);
	manage_put(body, "returnUrl", environment.return_url);
	manage_put_time(body, "createdAt", environment.created);
	buf_puts(body, "}}");
	return SCIM_OK;
}

enum scim_err on_environment_get(struct call *call)
{
	struct rows *rows = environment_get(call->cx, call->db, &call->holder.environment);
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	return answer_environment(call, rows);
}

/*
 * https, a host, perhaps a port, and characters that end neither an attribute of HTML nor a source of a
 * Content-Security-Policy. No user name: it would hide which host is meant.
 */
static bool is_https_url(const char *url)
{
	static const char unreserved[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-._~";
	size_t prefix = strlen("https://"), host, port;
	const char *s = url + prefix;

	if (!text_istarts(url, strlen(url), "https://"))
		return false;
	host = strspn(s, unreserved);
	if (!host)
		return false;
	s += host;
	if (*s == ':') {
		port = strspn(s + 1, "0123456789");
		if (port < 1 || port > 5)
			return false;
		s += 1 + port;
	}
	if (*s && !strchr("/?#", *s))
		return false;
	for (; *s; s++)
		if (!strchr(unreserved, *s) && !strchr("/?#[]@:!$&()*+=%", *s))
			return false;
	return true;
}

/* "" clears. */
static enum scim_err read_url(
	struct call *call, struct json_object *body, const char *name, bool *has, const char **url)
{
	enum scim_err e;

	if ((e = manage_string(call, body, name, has, url)) || !*has)
		return e;
	if (!**url)
		*url = NULL;
	else if (!is_https_url(*url))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'%s' is no https URL", name);
	return SCIM_OK;
}

static enum scim_err read_change(struct call *call, struct environment_change *change)
{
	struct json_object *body;
	enum scim_err e;
	bool has;

	memset(change, 0, sizeof(*change));
	if ((e = manage_body(call, &body)) ||
		(e = manage_string(call, body, "displayName", &has, &change->display_name)) ||
		(e = manage_string(call, body, "applicationName", &change->has_application_name,
			 &change->application_name)) ||
		(e = read_url(call, body, "logoUrl", &change->has_logo_url, &change->logo_url)) ||
		(e = read_url(
			 call, body, "returnUrl", &change->has_return_url, &change->return_url)))
		return e;
	if (change->display_name && !*change->display_name)
		return ctx_fail(call->cx, SCIM_INVALID_VALUE, "'displayName' must not be empty");
	if (change->application_name && !*change->application_name)
		change->application_name = NULL;
	return SCIM_OK;
}

enum scim_err on_environment_update(struct call *call)
{
	struct environment_change change;
	struct rows *rows;
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)) || (e = read_change(call, &change)))
		return e;
	rows = environment_update(call->cx, call->db, &call->holder.environment, &change);
	if ((e = manage_commit(call)))
		return e;
	return answer_environment(call, rows);
}
