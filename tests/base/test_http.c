/* SPDX-License-Identifier: MIT */
/* URLs that may be sent to. The requests themselves are tested end to end: tests/e2e/test_webhooks.py. */
#include <CUnit/CUnit.h>

#include "base/http.h"
#include "base/text.h"
#include "support.h"

/* What is wrong with it: by default; with http and private addresses allowed. NULL: nothing. */
static const struct row {
	const char *url;
	const char *strict;
	const char *lenient;
} rows[] = {
	{ "https://example.com", NULL, NULL },
	{ "HTTPS://example.com:8443/a/b?c=d", NULL, NULL },
	{ "https://xn--bcher-kva.example/", NULL, NULL },
	{ "https://8.8.8.8/", NULL, NULL },
	{ "https://[2606:4700::1]:444/", NULL, NULL },
	{ "https://localhost/", NULL, NULL }, /* a name: refused when it is connected to */
	{ "https://example.com/@user", NULL, NULL },
	{ "http://example.com/", "https", NULL },
	{ "http://127.0.0.1:8000/hook", "https", NULL },
	{ "https://127.0.0.1/", "public", NULL },
	{ "https://127.1/", "public", NULL },
	{ "https://2130706433/", "public", NULL },
	{ "https://0x7f000001/", "public", NULL },
	{ "https://0177.0.0.1/", "public", NULL },
	{ "https://0/", "public", NULL },
	{ "https://10.1.2.3:8443/", "public", NULL },
	{ "https://169.254.169.254/latest/meta-data", "public", NULL },
	{ "https://[::1]/", "public", NULL },
	{ "https://[::ffff:127.0.0.1]/", "public", NULL },
	{ "https://[::ffff:7f00:1]/", "public", NULL },
	{ "https://[fe80::1%25eth0]/", "public", NULL },
	{ "https://[fd00::1]/", "public", NULL },
	{ "", "https", "http" },
	{ "example.com", "https", "http" },
	{ "//example.com", "https", "http" },
	{ "ftp://example.com/", "https", "http" },
	{ "file:///etc/passwd", "https", "http" },
	{ "gopher://example.com/", "https", "http" },
	{ "javascript:alert(1)", "https", "http" },
	{ "https:example.com", "https", "http" },
	{ "https://", "%", "%" },
	{ "https:///path", "host", "host" },
	{ "https://user@example.com/", "user", "user" },
	{ "https://user:secret@example.com/", "user", "user" },
	{ "https://@example.com/", "user", "user" },
	{ "https://example.com/#top", "fragment", "fragment" },
	{ "https://example.com:0/", "port", "port" },
	{ "https://example.com:65536/", "URL", "URL" },
	{ "https://example.com:x/", "URL", "URL" },
	{ "https://exa mple.com/", "percent", "percent" },
	{ "https://example.com/\r\nX: y", "percent", "percent" },
	{ "https://example.com\\@127.0.0.1/", "percent", "percent" },
	{ "https://b\xc3\xbc"
	  "cher.example/",
		"punycode", "punycode" },
	{ "https://127.0.0.1%2f.example.com/", "%", "%" },
};

/* want "%": whatever is said. */
static bool is_as_wanted(const struct http_policy *policy, const char *url, const char *want)
{
	struct ctx *cx = test_ctx();
	enum scim_err e = http_check_url(cx, policy, "url", url);
	bool right =
		want ? e == SCIM_INVALID_VALUE && (*want == '%' || strstr(cx->detail, want) != NULL)
		     : e == SCIM_OK;

	if (!right)
		printf("\n%s: %s", url, e ? cx->detail : "good");
	test_ctx_free(cx);
	return right;
}

static void urls_are_checked(void)
{
	const struct http_policy strict = { 0 };
	const struct http_policy lenient = { .allow_http = true, .allow_private = true };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CU_ASSERT_TRUE(is_as_wanted(&strict, rows[i].url, rows[i].strict));
		CU_ASSERT_TRUE(is_as_wanted(&lenient, rows[i].url, rows[i].lenient));
	}
}

static void long_urls_are_refused(void)
{
	const struct http_policy policy = { 0 };
	char url[HTTP_URL_BYTES + 2];

	memset(url, 'a', sizeof(url) - 1);
	memcpy(url, "https://a/", strlen("https://a/"));
	url[sizeof(url) - 1] = '\0';
	CU_ASSERT_TRUE(is_as_wanted(&policy, url, "longer"));
	url[sizeof(url) - 2] = '\0';
	CU_ASSERT_TRUE(is_as_wanted(&policy, url, NULL));
}

CU_TestInfo http_tests[] = {
	{ "URLs are checked before they are kept", urls_are_checked },
	{ "long URLs are refused", long_urls_are_refused },
	CU_TEST_INFO_NULL,
};
