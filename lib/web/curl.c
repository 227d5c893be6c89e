/* SPDX-License-Identifier: MIT */
/*
 * Single quotes: between them a shell knows one special character, which ends them. --data-raw, for
 * --data would read the file that a body beginning with @ names; -g, for curl expands brackets in URLs.
 */
#include "web/curl.h"

#include "base/text.h"

static bool is_printed(unsigned char c)
{
	return c == '\n' || (c >= ' ' && c != 0x7f);
}

void shell_quote(struct buf *buf, const char *text)
{
	buf_putc(buf, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_puts(buf, "'\\''");
		else if (is_printed((unsigned char)*text))
			buf_putc(buf, *text);
	}
	buf_putc(buf, '\'');
}

void curl_print(struct buf *buf, const struct curl_request *request)
{
	const char *method = request->method;

	buf_puts(buf, "curl -sS -g ");
	if (strcmp(method, "HEAD") == 0) { /* with -X it would wait for a body */
		buf_puts(buf, "-I ");
	} else {
		buf_puts(buf, "-X ");
		shell_quote(buf, method);
		buf_putc(buf, ' ');
	}
	shell_quote(buf, request->url);
	buf_puts(buf, request->account ? " -u \"$ACCOUNT:$TOKEN\""
				       : " -H \"Authorization: Bearer $TOKEN\"");
	if (!request->body)
		return;
	buf_printf(buf, " -H 'Content-Type: application/%sjson' --data-raw ",
		request->account ? "" : "scim+");
	shell_quote(buf, request->body);
}
