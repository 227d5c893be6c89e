/* SPDX-License-Identifier: MIT */
/* Commands for pasting: what an attacker sent must stay a word. A shell itself is asked. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "web/curl.h"

/* What is sent, and what the shell makes of it: the same, but for what a terminal obeys. */
static const struct word_row {
	const char *text;
	const char *want; /* NULL: the same */
} words[] = {
	{ "", NULL },
	{ "plain", NULL },
	{ "o'brien", NULL },
	{ "'", NULL },
	{ "''", NULL },
	{ "'; touch /tmp/owned; '", NULL },
	{ "$(id) `id` ${HOME} \\ \" * ? ~ ! # & | < > ; ( )", NULL },
	{ "-n", NULL },
	{ "@/etc/passwd", NULL },
	{ "a\nb\n", NULL },
	{ "\\", NULL },
	{ "\\'", NULL },
	{ "\xc3\xa9\xe2\x80\x98", NULL },
	{ "a\x1b[201~b\x07\x7f\rc\t", "a[201~bc" },
};

static void a_shell_takes_the_word_as_it_is(void)
{
	struct arena *arena = arena_new();
	char got[512];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const char *want = words[i].want ? words[i].want : words[i].text;
		struct buf command;
		FILE *shell;

		buf_init(&command, arena, 0);
		buf_puts(&command, "printf %s ");
		shell_quote(&command, words[i].text);
		shell = popen(command.data, "r"); // NOLINT(cert-env33-c)
		CU_ASSERT_PTR_NOT_NULL_FATAL(shell);
		memset(got, 0, sizeof(got));
		CU_ASSERT_EQUAL(fread(got, 1, sizeof(got) - 1, shell), strlen(want));
		CU_ASSERT_EQUAL(pclose(shell), 0);
		CU_ASSERT_STRING_EQUAL(got, want);
	}
	arena_free(arena);
}

static void a_request_is_a_command(void)
{
	struct arena *arena = arena_new();
	struct buf buf;

	buf_init(&buf, arena, 0);
	curl_print(
		&buf, &(struct curl_request){ "GET", "https://x/Users?filter=a[b]", NULL, false });
	CU_ASSERT_STRING_EQUAL(buf.data, "curl -sS -g -X 'GET' 'https://x/Users?filter=a[b]'"
					 " -H \"Authorization: Bearer $TOKEN\"");
	buf_cut(&buf, 0);
	curl_print(&buf, &(struct curl_request){ "HEAD", "https://x/Users", NULL, false });
	CU_ASSERT_STRING_EQUAL(buf.data, "curl -sS -g -I 'https://x/Users'"
					 " -H \"Authorization: Bearer $TOKEN\"");
	buf_cut(&buf, 0);
	curl_print(&buf, &(struct curl_request){
				 "POST", "https://x/Users", "{\"userName\":\"o'brien\"}", false });
	CU_ASSERT_STRING_EQUAL(buf.data,
		"curl -sS -g -X 'POST' 'https://x/Users' -H \"Authorization: Bearer $TOKEN\""
		" -H 'Content-Type: application/scim+json' --data-raw"
		" '{\"userName\":\"o'\\''brien\"}'");
	buf_cut(&buf, 0);
	curl_print(&buf, &(struct curl_request){ "PATCH", "https://x/v1/group/y", "{}", true });
	CU_ASSERT_STRING_EQUAL(buf.data,
		"curl -sS -g -X 'PATCH' 'https://x/v1/group/y' -u \"$ACCOUNT:$TOKEN\""
		" -H 'Content-Type: application/json' --data-raw '{}'");
	arena_free(arena);
}

CU_TestInfo curl_tests[] = {
	{ "a shell takes the word as it is", a_shell_takes_the_word_as_it_is },
	{ "a request is a command", a_request_is_a_command },
	CU_TEST_INFO_NULL,
};
