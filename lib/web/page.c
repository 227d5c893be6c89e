/* SPDX-License-Identifier: MIT */
/* The frame of all pages. */
#include "web/page.h"

#define POLICY \
	"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';" \
	" img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

static void open_frame(struct buf *buf, const struct call *call, const char *title)
{
	html(buf,
		"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<title>{}</title>\n<link rel=\"stylesheet\" href=\"{}/assets/page.css\">\n"
		"</head>\n<body>\n<main>\n",
		title, call->app->base_path);
}

void page_open(struct call *call, const char *title)
{
	call->rs->policy = POLICY;
	open_frame(&call->rs->body, call, title);
}

void page_close(struct call *call)
{
	buf_puts(&call->rs->body, "</main>\n</body>\n</html>\n");
}

void page_error(struct buf *buf, const struct call *call, enum scim_err e, const char *detail)
{
	call->rs->policy = POLICY;
	open_frame(buf, call, err_row(e)->text);
	html(buf, "<h1>{}</h1>\n<p>{}</p>\n</main>\n</body>\n</html>\n", err_row(e)->text, detail);
}

enum scim_err page_redirect(struct call *call, const char *path)
{
	call->rs->status = HTTP_SEE_OTHER;
	call->rs->content_type = NULL;
	call->rs->location = arena_printf(call->cx->arena, "%s%s", call->app->base_url, path);
	return SCIM_OK;
}
