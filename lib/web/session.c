/* SPDX-License-Identifier: MIT */
/* Cookies and forms. Which session a cookie belongs to is for the store to say. */
#include "web/session.h"

#include "base/secret.h"
#include "base/text.h"
#include "web/target.h"

enum {
	PROOF_BYTES = 16
};

const char *session_kind(enum face face)
{
	return face_rows[face].page;
}

static const char *cookie_name(const struct call *call)
{
	return arena_printf(call->cx->arena, "rollcall_%s", session_kind(call->face));
}

bool session_find(struct call *call)
{
	const char *name = cookie_name(call);
	const char *s = call->rq->cookie ? call->rq->cookie : "";
	size_t len, name_len = strlen(name);
	int seen = 0;

	for (; *s; s += len + strspn(s + len, "; ")) {
		len = strcspn(s, ";");
		if (len <= name_len || strncmp(s, name, name_len) != 0 || s[name_len] != '=')
			continue;
		call->session =
			arena_strndup(call->cx->arena, s + name_len + 1, len - name_len - 1);
		seen++;
	}
	if (seen != 1)
		call->session = NULL;
	return call->session != NULL;
}

void session_set(struct call *call, const char *secret, int64_t seconds)
{
	bool tls = text_istarts(call->app->base_url, strlen(call->app->base_url), "https://");

	call->rs->cookie = arena_printf(call->cx->arena,
		"%s=%s; Path=%s/%s; Max-Age=%lld; HttpOnly; SameSite=Lax%s", cookie_name(call),
		secret, call->app->base_path, session_kind(call->face), (long long)seconds,
		tls ? "; Secure" : "");
}

const char *session_proof(const struct call *call)
{
	unsigned char digest[SHA256_BYTES];
	const char *text = arena_printf(call->cx->arena, "csrf %s", call->session);

	sha256(text, strlen(text), digest);
	return hex_encode(call->cx->arena, digest, PROOF_BYTES);
}

enum scim_err form_read(struct call *call)
{
	const char *type = call->rq->content_type ? call->rq->content_type : "";
	enum scim_err e;

	if (!text_ieqn(type, strcspn(type, "; \t"), "application/x-www-form-urlencoded", 33))
		return ctx_fail(call->cx, SCIM_UNSUPPORTED_MEDIA_TYPE,
			"send Content-Type application/x-www-form-urlencoded");
	if ((e = call_received(call)))
		return e;
	call->fields = parameters_parse(
		call->cx->arena, call->body_text ? call->body_text : "", &call->field_count);
	return SCIM_OK;
}

const char *form_value(const struct call *call, const char *name)
{
	int i;

	for (i = 0; i < call->field_count; i++)
		if (strcmp(call->fields[i].name, name) == 0)
			return call->fields[i].value;
	return NULL;
}

/* Length of scheme, host and port of the base URL; browsers leave the scheme's own port out. */
static size_t origin_len(const char *url, size_t len)
{
	const char *port = text_istarts(url, len, "https://") ? ":443" : ":80";
	size_t port_len = strlen(port);

	return len > port_len && strncmp(url + len - port_len, port, port_len) == 0 ? len - port_len
										    : len;
}

/*
 * Because of our Referrer-Policy browsers send "null" with our own forms; who was before that is
 * what they say in Sec-Fetch-Site, which no page can forge.
 */
static bool is_foreign(const struct call *call)
{
	const char *origin = call->rq->origin, *site = call->rq->fetch_site;
	const char *url = call->app->base_url;
	size_t len = origin_len(url, strlen(url) - strlen(call->app->base_path));

	if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return true;
	return origin && strcmp(origin, "null") != 0 &&
	       !text_ieqn(origin, strlen(origin), url, len);
}

enum scim_err form_check(struct call *call)
{
	const char *proof = form_value(call, "csrf");
	const char *own;

	if (is_foreign(call))
		return ctx_fail(call->cx, SCIM_FORBIDDEN, "This form comes from another site.");
	if (!call->session)
		return SCIM_OK;
	own = session_proof(call);
	if (proof && strlen(proof) == strlen(own) &&
		secret_equal((const unsigned char *)proof, (const unsigned char *)own, strlen(own)))
		return SCIM_OK;
	return ctx_fail(
		call->cx, SCIM_FORBIDDEN, "This form is too old. Go back and load the page again.");
}
