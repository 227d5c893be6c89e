/* SPDX-License-Identifier: MIT */
/* Reading credentials. None is believed here. */
#include "web/enter.h"

#include "base/secret.h"
#include "base/text.h"
#include "web/session.h"

/* What stands behind the scheme (in any case) and its blanks; NULL: it is another, or none. */
static const char *behind(const struct request *rq, const char *scheme)
{
	const char *s = rq->authorization;

	if (!s || !text_istarts(s, strlen(s), scheme))
		return NULL;
	s += strlen(scheme);
	return s + strspn(s, " ");
}

/* RFC 6750 section 2.1. */
static const char *bearer(const struct request *rq)
{
	return behind(rq, "bearer ");
}

bool basic_read(struct call *call, const char **name, const char **password)
{
	const char *s = behind(call->rq, "basic ");
	char *text, *colon;
	size_t len;

	if (!s || !(text = (char *)base64_decode(call->cx->arena, s, strlen(s), &len)))
		return false;
	if (strlen(text) != len || !utf8_valid(text, len) || !(colon = strchr(text, ':')))
		return false;
	*colon = '\0';
	*name = text;
	*password = colon + 1;
	return true;
}

bool named_directory(const struct call *call, struct uuid *id)
{
	return id_parse(ID_DIRECTORY, call->path_directory, strlen(call->path_directory), id);
}

static enum scim_err nobody(struct call *call)
{
	return ctx_fail(call->cx, SCIM_UNAUTHORIZED, NULL);
}

/* The tenant is the token's; a directory in the path must be the same one. */
static enum scim_err enter_directory(struct call *call, const char *token, bool write)
{
	struct uuid *owner = &call->tenant.directory;
	struct uuid named;

	if (!token || !secret_parse(SECRET_BEARER, token, strlen(token), owner))
		return nobody(call);
	if (call->path_directory && (!named_directory(call, &named) || !uuid_equal(&named, owner)))
		return nobody(call);
	uuid_join(&call->cx->request_id, owner); /* so that its row of the log is found by it */
	call->rs->request_id = call->cx->request_id;
	directory_enter(call->cx, call->db, token, write, &call->tenant);
	return SCIM_OK;
}

enum scim_err enter_bearer(struct call *call, bool write, enum key_scope scope)
{
	(void)scope;
	return enter_directory(call, bearer(call->rq), write);
}

enum scim_err enter_account(struct call *call, bool write, enum key_scope scope)
{
	const char *name, *password;

	if (!basic_read(call, &name, &password))
		return enter_bearer(call, write, scope);
	/* what is no account's id is another account: counted, so that the setup page tells of it */
	if (!uuid_iparse(name, strlen(name), &call->tenant.account))
		call->tenant.account = (struct uuid){ { 0 } };
	call->tenant.claims_account = true;
	return enter_directory(call, password, write);
}

enum scim_err enter_key(struct call *call, bool write, enum key_scope scope)
{
	const char *key = bearer(call->rq);

	if (!key || !secret_parse(SECRET_API_KEY, key, strlen(key), &call->holder.environment))
		return nobody(call);
	environment_enter(call->cx, call->db, key, write, scope, &call->holder);
	return SCIM_OK;
}

enum scim_err enter_page(struct call *call, bool write, enum key_scope scope)
{
	if (!session_find(call) || !secret_parse(SECRET_SESSION, call->session,
					   strlen(call->session), &call->holder.environment))
		return ctx_fail(
			call->cx, SCIM_UNAUTHORIZED, "You are not signed in, or no longer.");
	call->holder.page = session_kind(call->face);
	session_enter(call->cx, call->db, call->session, write, scope, &call->holder);
	return SCIM_OK;
}
