/* SPDX-License-Identifier: MIT */
/* The frame of all pages. */
#include "web/page.h"

#include "base/text.h"
#include "base/time.h"
#include "web/session.h"

#define POLICY_HEAD \
	"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'"
#define POLICY_TAIL "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

#define MINUTE_US (INT64_C(60) * 1000000)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

/* Length of scheme, host and port of an https URL; 0 when it could be anything else in a policy. */
static size_t origin_len(const char *url)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:";
	size_t host;

	if (!url || !text_istarts(url, strlen(url), "https://"))
		return 0;
	host = strspn(url + 8, plain);
	return host && (!url[8 + host] || url[8 + host] == '/') ? 8 + host : 0;
}

static const char *policy(const struct call *call, size_t origin, const char *logo)
{
	if (!origin)
		return POLICY_HEAD POLICY_TAIL;
	return arena_printf(call->cx->arena, POLICY_HEAD " %.*s" POLICY_TAIL, (int)origin, logo);
}

static void open_head(struct buf *buf, const struct call *call, const struct page_look *look)
{
	html(buf,
		"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"robots\" content=\"noindex\">\n"
		"<title>{}</title>\n<link rel=\"icon\" href=\"{}/assets/icon.svg\">\n"
		"<link rel=\"stylesheet\" href=\"{}/assets/page.css\">\n"
		"<script src=\"{}/assets/page.js\" defer></script>\n",
		look->title, call->app->base_path, call->app->base_path, call->app->base_path);
	if (look->more)
		html(buf,
			"<link rel=\"stylesheet\" href=\"{}/assets/{}.css\">\n"
			"<script src=\"{}/assets/{}.js\" defer></script>\n",
			call->app->base_path, look->more, call->app->base_path, look->more);
	buf_puts(buf, "</head>\n");
}

static void put_brand(
	struct buf *buf, const struct call *call, const struct page_look *look, bool pictured)
{
	const char *name = look->brand ? look->brand : "Rollcall";
	const char *initial = arena_strndup(call->cx->arena, name, utf8_len(name, strlen(name)));

	if (look->home)
		html(buf, "<a class=\"brand\" href=\"{}{}\">", call->app->base_path, look->home);
	else
		buf_puts(buf, "<span class=\"brand\">");
	if (pictured)
		html(buf, "<img src=\"{}\" alt=\"\" height=\"36\">", look->logo);
	else
		html(buf, "<span class=\"mark\" aria-hidden=\"true\">{}</span>", initial);
	html(buf, "<span>{}</span>", name);
	buf_puts(buf, look->home ? "</a>\n" : "</span>\n");
}

static void put_links(struct buf *buf, const struct call *call, const struct page_look *look)
{
	const struct page_link *link;

	if (!look->links)
		return;
	buf_puts(buf, "<nav aria-label=\"Main\"><ul class=\"links\">\n");
	for (link = look->links; link->path; link++) {
		html(buf, "<li><a href=\"{}{}\"", call->app->base_path, link->path);
		if (look->current && strcmp(look->current, link->path) == 0)
			buf_puts(buf, " aria-current=\"page\"");
		html(buf, ">{}</a></li>\n", link->text);
	}
	buf_puts(buf, "</ul></nav>\n");
}

static void put_proof(struct buf *buf, const struct call *call)
{
	html(buf, "<input type=\"hidden\" name=\"csrf\" value=\"{}\">", session_proof(call));
}

static void open_frame(struct buf *buf, const struct call *call, const struct page_look *look)
{
	bool pictured = origin_len(look->logo) > 0;

	open_head(buf, call, look);
	html(buf,
		"<body class=\"{}\">\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
		"<header class=\"top\"><div>\n",
		look->width);
	put_brand(buf, call, look, pictured);
	put_links(buf, call, look);
	if (look->signed_in) {
		html(buf, "<form class=\"push\" method=\"post\" action=\"{}/{}/sign-out\">",
			call->app->base_path, session_kind(call->face));
		put_proof(buf, call);
		buf_puts(buf, "<button class=\"plain\">Sign out</button></form>\n");
	}
	buf_puts(buf, "</div></header>\n<main id=\"main\">\n");
}

void page_open(struct call *call, const struct page_look *look)
{
	call->rs->policy = policy(call, origin_len(look->logo), look->logo);
	open_frame(&call->rs->body, call, look);
}

void page_part(struct call *call)
{
	call->rs->policy = policy(call, 0, NULL);
}

void page_close(struct call *call)
{
	buf_puts(&call->rs->body, "</main>\n</body>\n</html>\n");
}

/* For people, over the reason. */
static const char *heading(enum scim_err e)
{
	switch (e) {
	case SCIM_UNAUTHORIZED:
		return "Please sign in";
	case SCIM_FORBIDDEN:
		return "Not accepted";
	case SCIM_NOT_FOUND:
		return "There is no such page";
	case SCIM_GONE:
		return "This link cannot be used any more";
	case SCIM_UNAVAILABLE:
		return "Not available at the moment";
	case SCIM_INTERNAL:
		return "Something went wrong on our side";
	default:
		return "That did not work";
	}
}

void page_error(struct buf *buf, const struct call *call, enum scim_err e, const char *detail)
{
	const struct page_look look = { .title = heading(e), .width = "narrow" };

	call->rs->policy = policy(call, 0, NULL);
	open_frame(buf, call, &look);
	html(buf, "<div class=\"card\">\n<h1>{}</h1>\n<p>{}</p>\n", heading(e),
		detail ? detail : err_row(e)->text);
	if (e == SCIM_UNAUTHORIZED && call->face == FACE_SETUP)
		buf_puts(buf,
			"<p>Open this page with a setup link. Each works once, for 24 hours; the"
			" people who sent you yours can send another.</p>\n");
	html(buf, "<p><a href=\"{}/{}\">Back to the start</a></p>\n", call->app->base_path,
		session_kind(call->face));
	buf_puts(buf, "</div>\n</main>\n</body>\n</html>\n");
}

enum scim_err page_redirect(struct call *call, const char *path)
{
	call->rs->status = HTTP_SEE_OTHER;
	call->rs->content_type = NULL;
	call->rs->location = arena_printf(call->cx->arena, "%s%s", call->app->base_url, path);
	return SCIM_OK;
}

void page_proof(struct call *call)
{
	put_proof(&call->rs->body, call);
}

void page_copy(struct call *call, const char *id, const char *label, const char *value)
{
	html(&call->rs->body,
		"<label for=\"{}\">{}</label>\n<div class=\"copy\"><input id=\"{}\" value=\"{}\" readonly"
		" autocomplete=\"off\" spellcheck=\"false\">"
		"<button type=\"button\" data-copy=\"{}\" aria-label=\"Copy {}\" hidden>Copy</button></div>\n",
		id, label, id, value, id, label);
}

static const char *ago(struct call *call, int64_t us)
{
	static const struct {
		int64_t below, unit;
		const char *name;
	} steps[] = {
		{ MINUTE_US, 1000000, "s" },
		{ HOUR_US, MINUTE_US, "min" },
		{ DAY_US, HOUR_US, "h" },
		{ INT64_MAX, DAY_US, "days" },
	};
	int64_t past = call->cx->now - us, n;
	size_t i = 0;

	if (past < 1000000)
		return "just now";
	while (past >= steps[i].below)
		i++;
	n = past / steps[i].unit;
	return arena_printf(call->cx->arena, "%lld %s ago", (long long)n,
		n == 1 && steps[i].unit == DAY_US ? "day" : steps[i].name);
}

void page_time(struct call *call, int64_t us)
{
	char text[TIME_TEXT];

	time_print(us, text);
	html(&call->rs->body, "<time datetime=\"{}\" title=\"{}\">{}</time>", text, text,
		ago(call, us));
}

void page_badge(struct buf *buf, const char *kind, const char *text)
{
	html(buf, "<span class=\"badge {}\">{}</span>", kind, text);
}
