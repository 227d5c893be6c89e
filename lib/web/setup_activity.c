/* SPDX-License-Identifier: MIT */
/* The live panel: a lamp, numbers, and the last requests in plain language. */
#include "base/text.h"
#include "web/explain.h"
#include "web/page.h"
#include "web/setup_view.h"

/* Grey until a request with the right token came: nothing else is in the log. */
static void put_lamp(struct call *call, const struct setup_activity *activity)
{
	struct buf *buf = &call->rs->body;
	const struct guide *guide;
	struct setup_request last;

	if (!rows_count(activity->log)) {
		buf_puts(buf,
			"<p class=\"signal\" data-signal=\"Waiting for the first request\">"
			"<span class=\"lamp\" aria-hidden=\"true\"></span>"
			"<span><strong>Waiting for the first request</strong><br>"
			"<span class=\"soft\">It shows here within seconds.</span></span></p>\n");
		return;
	}
	setup_request_read(activity->log, 0, &last);
	buf_puts(buf, "<p class=\"signal good\" data-signal=\"Connected\">"
		      "<span class=\"lamp\" aria-hidden=\"true\"></span>"
		      "<span><strong>Connected</strong><br>Last request ");
	page_time(call, last.at);
	guide = guide_find(last.provider);
	if (guide)
		html(buf, ", it looks like {}", guide->name);
	buf_puts(buf, "</span></p>\n");
}

static void put_failures(struct call *call, const struct rows *rows)
{
	struct buf *buf = &call->rs->body;
	int64_t last_at, n = setup_failures_read(rows, &last_at);

	if (!n)
		return;
	html(buf,
		"<div class=\"note warn\"><p><strong>A wrong token was shown {} in the last 24"
		" hours</strong>, last ",
		n == 1 ? "once" : arena_printf(call->cx->arena, "%lld times", (long long)n));
	page_time(call, last_at);
	buf_puts(buf,
		". If that was your identity provider, it has an old or incomplete token:"
		" create a new one and enter it there. With SCIM 1.1 it may be the user name.</p>"
		"</div>\n");
}

static void put_number(
	struct call *call, const struct rows *rows, const char *one, const char *many)
{
	int64_t n = rows_int(rows, 0, 0);

	html(&call->rs->body, "<div><dd class=\"stat\">{}</dd><dt class=\"soft\">{}</dt></div>\n",
		arena_printf(call->cx->arena, "%lld", (long long)n), n == 1 ? one : many);
}

static void put_request(struct call *call, const struct rows *rows, int i)
{
	struct buf *buf = &call->rs->body;
	struct setup_request request;
	const char *failure;

	setup_request_read(rows, i, &request);
	failure = explain_failure(request.status, request.url, request.answer);
	buf_puts(buf, "<li>\n<p class=\"row\">");
	page_badge(
		buf, failure ? "bad" : "good", arena_printf(call->cx->arena, "%d", request.status));
	html(buf, "<strong>{}</strong> <span class=\"small soft push\">",
		explain_request(request.method, request.url));
	page_time(call, request.at);
	html(buf, "</span></p>\n<p class=\"small soft mono\">{} {}</p>\n", request.method,
		explain_url(request.url));
	if (failure)
		html(buf, "<p class=\"small\">{}</p>\n", failure);
	if (failure && request.detail)
		html(buf, "<p class=\"small soft\">Reason: {}</p>\n", request.detail);
	buf_puts(buf, "</li>\n");
}

void setup_view_activity(struct call *call, const struct setup_activity *activity)
{
	struct buf *buf = &call->rs->body;
	int i, n = rows_count(activity->log);

	put_lamp(call, activity);
	put_failures(call, activity->failures);
	buf_puts(buf, "<dl class=\"stats\">\n");
	put_number(call, activity->users, "user", "users");
	put_number(call, activity->groups, "group", "groups");
	buf_puts(buf, "</dl>\n");
	if (!n)
		return;
	buf_puts(buf, "<h3>Last requests</h3>\n<ol class=\"requests\">\n");
	for (i = 0; i < n; i++)
		put_request(call, activity->log, i);
	buf_puts(buf, "</ol>\n");
}
