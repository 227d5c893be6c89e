/* SPDX-License-Identifier: MIT */
/* Cookies, forms, the proof of a form, and where it may come from. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "support.h"
#include "web/page.h"
#include "web/session.h"

static struct {
	struct ctx *cx;
	struct app app;
	struct request rq;
	struct response rs;
	struct call call;
} world;

static struct call *begin(enum face face)
{
	memset(&world, 0, sizeof(world));
	world.cx = test_ctx();
	world.app.base_url = "https://rollcall.test";
	world.app.base_path = "";
	world.call = (struct call){
		.cx = world.cx,
		.app = &world.app,
		.rq = &world.rq,
		.rs = &world.rs,
		.face = face,
		.received = true,
	};
	buf_init(&world.rs.body, world.cx->arena, 0);
	return &world.call;
}

static void end(void)
{
	test_ctx_free(world.cx);
}

static const struct {
	const char *cookie, *value; /* NULL: no session */
} cookies[] = {
	{ NULL, NULL },
	{ "", NULL },
	{ "rollcall_setup=x", "x" },
	{ "a=b; rollcall_setup=x", "x" },
	{ "a=b;rollcall_setup=x;c=d", "x" },
	{ "rollcall_setup=x=y", "x=y" },
	{ "rollcall_setup=", "" },
	{ "rollcall_setup", NULL },
	{ "rollcall_setups=x", NULL },
	{ "xrollcall_setup=x", NULL },
	{ "rollcall_console=x", NULL },
	{ "ROLLCALL_SETUP=x", NULL },
	{ "rollcall_setup=x; rollcall_setup=x", NULL }, /* somebody else set one of them */
	{ ";;; ;rollcall_setup=x;", "x" },
	{ "a=\"; rollcall_setup=x", "x" },
};

static void the_one_cookie_is_found(void)
{
	struct call *call;
	size_t i;

	for (i = 0; i < sizeof(cookies) / sizeof(*cookies); i++) {
		call = begin(FACE_SETUP);
		world.rq.cookie = cookies[i].cookie;
		CU_ASSERT_EQUAL(session_find(call), cookies[i].value != NULL);
		if (cookies[i].value)
			CU_ASSERT_STRING_EQUAL(call->session, cookies[i].value);
		end();
	}
}

static void the_cookie_is_fenced(void)
{
	struct call *call = begin(FACE_CONSOLE);

	session_set(call, "secret", 60);
	CU_ASSERT_STRING_EQUAL(world.rs.cookie,
		"rollcall_console=secret; Path=/console; Max-Age=60;"
		" HttpOnly; SameSite=Lax; Secure");
	world.app.base_url = "http://127.0.0.1:8080/x";
	world.app.base_path = "/x";
	session_set(call, "", 0);
	CU_ASSERT_STRING_EQUAL(world.rs.cookie,
		"rollcall_console=; Path=/x/console; Max-Age=0; HttpOnly; SameSite=Lax");
	end();
}

static const struct {
	const char *base_url, *base_path, *origin, *site;
	bool good;
} origins[] = {
	{ "https://rollcall.test", "", NULL, NULL, true },
	{ "https://rollcall.test", "", "https://rollcall.test", NULL, true },
	{ "https://rollcall.test", "", "https://ROLLCALL.test", "same-origin", true },
	{ "https://rollcall.test/scim", "/scim", "https://rollcall.test", NULL, true },
	{ "https://rollcall.test:443", "", "https://rollcall.test", NULL, true },
	{ "http://rollcall.test:80/x", "/x", "http://rollcall.test", NULL, true },
	{ "http://rollcall.test:8080", "", "http://rollcall.test:8080", NULL, true },
	{ "https://rollcall.test", "", "null", NULL,
		true }, /* our own forms, by our Referrer-Policy */
	{ "https://rollcall.test", "", "null", "same-origin", true },
	{ "https://rollcall.test", "", "null", "none", true },
	{ "https://rollcall.test", "", "null", "cross-site", false },
	{ "https://rollcall.test", "", NULL, "same-site", false },
	{ "https://rollcall.test", "", "https://rollcall.test", "cross-site", false },
	{ "https://rollcall.test", "", "", NULL, false },
	{ "https://rollcall.test", "", "http://rollcall.test", NULL, false },
	{ "https://rollcall.test", "", "https://rollcall.test.evil", NULL, false },
	{ "https://rollcall.test", "", "https://rollcall.test/", NULL, false },
	{ "https://rollcall.test", "", "https://rollcall.tes", NULL, false },
	{ "https://rollcall.test", "", "https://evil.test", "same-origin", false },
	{ "https://rollcall.test:80", "", "https://rollcall.test", NULL, false },
};

static void forms_come_from_our_origin(void)
{
	struct call *call;
	size_t i;

	for (i = 0; i < sizeof(origins) / sizeof(*origins); i++) {
		call = begin(FACE_SETUP);
		world.app.base_url = origins[i].base_url;
		world.app.base_path = origins[i].base_path;
		world.rq.origin = origins[i].origin;
		world.rq.fetch_site = origins[i].site;
		CU_ASSERT_EQUAL(form_check(call), origins[i].good ? SCIM_OK : SCIM_FORBIDDEN);
		end();
	}
}

static enum scim_err check_form(const char *session, const char *body)
{
	struct call *call = begin(FACE_SETUP);
	enum scim_err e;

	call->session = session;
	call->body_text = body;
	world.rq.content_type = "application/x-www-form-urlencoded; charset=utf-8";
	e = form_read(call);
	return e ? e : form_check(call);
}

static void forms_of_a_session_need_its_proof(void)
{
	const char *proof, *other;
	struct arena *arena = arena_new();

	begin(FACE_SETUP)->session = "one";
	proof = arena_strdup(arena, session_proof(&world.call));
	world.call.session = "two";
	other = arena_strdup(arena, session_proof(&world.call));
	end();
	CU_ASSERT_EQUAL(strlen(proof), 32);
	CU_ASSERT_STRING_NOT_EQUAL(proof, other);
	CU_ASSERT_EQUAL(check_form("one", arena_printf(arena, "csrf=%s", proof)), SCIM_OK);
	end();
	CU_ASSERT_EQUAL(check_form("one", arena_printf(arena, "a=b&csrf=%s", proof)), SCIM_OK);
	end();
	CU_ASSERT_EQUAL(check_form("one", arena_printf(arena, "csrf=%s", other)), SCIM_FORBIDDEN);
	end();
	CU_ASSERT_EQUAL(check_form("one", arena_printf(arena, "csrf=%s0", proof)), SCIM_FORBIDDEN);
	end();
	CU_ASSERT_EQUAL(check_form("one", arena_printf(arena, "csrf=x&csrf=%s", proof)),
		SCIM_FORBIDDEN); /* the first counts */
	end();
	CU_ASSERT_EQUAL(check_form("one", "csrf=one"), SCIM_FORBIDDEN);
	end();
	CU_ASSERT_EQUAL(check_form("one", "csrf"), SCIM_FORBIDDEN);
	end();
	CU_ASSERT_EQUAL(check_form("one", "csrf=%ff"), SCIM_FORBIDDEN);
	end();
	CU_ASSERT_EQUAL(check_form("one", NULL), SCIM_FORBIDDEN);
	end();
	arena_free(arena);
}

static void forms_are_taken_apart(void)
{
	struct call *call = begin(FACE_SETUP);

	call->body_text = "a=1+%2b%0A&b=&a=2&c&%zz=x&d=%ff";
	world.rq.content_type = "APPLICATION/x-www-form-urlencoded";
	CU_ASSERT_EQUAL(form_read(call), SCIM_OK);
	CU_ASSERT_STRING_EQUAL(form_value(call, "a"), "1 +\n");
	CU_ASSERT_STRING_EQUAL(form_value(call, "b"), "");
	CU_ASSERT_STRING_EQUAL(form_value(call, "c"), "");
	CU_ASSERT_PTR_NULL(form_value(call, "d"));
	CU_ASSERT_PTR_NULL(form_value(call, "A"));
	world.rq.content_type = "multipart/form-data";
	CU_ASSERT_EQUAL(form_read(call), SCIM_UNSUPPORTED_MEDIA_TYPE);
	world.rq.content_type = NULL;
	CU_ASSERT_EQUAL(form_read(call), SCIM_UNSUPPORTED_MEDIA_TYPE);
	end();
}

#define BEFORE \
	"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'"
#define BEHIND "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

static const struct {
	const char *logo, *policy;
} logos[] = {
	{ NULL, BEFORE BEHIND },
	{ "https://cdn.example/a/logo.png", BEFORE " https://cdn.example" BEHIND },
	{ "https://cdn.example:8443", BEFORE " https://cdn.example:8443" BEHIND },
	{ "http://cdn.example/logo.png", BEFORE BEHIND },
	{ "https://", BEFORE BEHIND },
	{ "https://*/logo.png", BEFORE BEHIND },
	{ "https://x; script-src *", BEFORE BEHIND },
	{ "https://x\r\nSet-Cookie: a=b", BEFORE BEHIND },
	{ "https://user@cdn.example/", BEFORE BEHIND },
	{ "javascript:alert(1)", BEFORE BEHIND },
	{ "data:image/png;base64,", BEFORE BEHIND },
};

/* One foreign thing at most: the logo, from exactly its origin. */
static void the_policy_lets_in_the_logo(void)
{
	struct call *call;
	size_t i;

	for (i = 0; i < sizeof(logos) / sizeof(*logos); i++) {
		struct page_look look = { .title = "<x>", .logo = logos[i].logo };

		call = begin(FACE_SETUP);
		page_open(call, &look);
		page_close(call);
		CU_ASSERT_STRING_EQUAL(world.rs.policy, logos[i].policy);
		CU_ASSERT_EQUAL(strstr(world.rs.body.data, "<img") != NULL,
			strcmp(logos[i].policy, BEFORE BEHIND) != 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(world.rs.body.data, "<title>&lt;x&gt;</title>"));
		CU_ASSERT_PTR_NULL(strstr(world.rs.body.data, "style="));
		end();
	}
}

#define SECOND INT64_C(1000000)

static const struct {
	int64_t past;
	const char *text;
} times[] = {
	{ -SECOND, ">just now<" },
	{ SECOND - 1, ">just now<" },
	{ SECOND, ">1 s ago<" },
	{ 60 * SECOND - 1, ">59 s ago<" },
	{ 60 * SECOND, ">1 min ago<" },
	{ 3599 * SECOND, ">59 min ago<" },
	{ 3600 * SECOND, ">1 h ago<" },
	{ 24 * 3600 * SECOND, ">1 day ago<" },
	{ 49 * 3600 * SECOND, ">2 days ago<" },
};

static void times_are_told_from_now(void)
{
	struct call *call;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(*times); i++) {
		call = begin(FACE_SETUP);
		page_time(call, world.cx->now - times[i].past);
		CU_ASSERT_PTR_NOT_NULL(strstr(world.rs.body.data, times[i].text));
		end();
	}
}

CU_TestInfo session_tests[] = {
	{ "the one cookie is found", the_one_cookie_is_found },
	{ "the cookie is fenced", the_cookie_is_fenced },
	{ "forms come from our origin", forms_come_from_our_origin },
	{ "forms of a session need its proof", forms_of_a_session_need_its_proof },
	{ "forms are taken apart", forms_are_taken_apart },
	{ "the policy lets in the logo", the_policy_lets_in_the_logo },
	{ "times are told from now", times_are_told_from_now },
	CU_TEST_INFO_NULL,
};
