/* SPDX-License-Identifier: MIT */
/* The setup page: three steps on the left, what arrives on the right. */
#include "web/setup_view.h"

#include "base/text.h"
#include "web/page.h"
#include "web/place.h"

static const char *id_of(struct call *call, const struct setup_directory *directory)
{
	return id_print(call->cx->arena, ID_DIRECTORY, &directory->id);
}

static const char *address_of(struct call *call, const struct setup_directory *directory)
{
	return arena_printf(call->cx->arena, "%s/setup/directories/%s", call->app->base_path,
		id_of(call, directory));
}

static void open_page(struct call *call, const struct setup_brand *brand, const char *title)
{
	const struct page_look look = {
		.title = arena_printf(call->cx->arena, "%s \xC2\xB7 %s", title, brand->application),
		.brand = brand->application,
		.home = "/setup/directory",
		.logo = brand->logo_url,
		.signed_in = true,
	};

	page_open(call, &look);
}

static bool leads_somewhere(const char *url)
{
	return url && (text_istarts(url, strlen(url), "https://") ||
			      text_istarts(url, strlen(url), "http://"));
}

static void close_page(struct call *call, const struct setup_brand *brand)
{
	if (leads_somewhere(brand->return_url))
		html(&call->rs->body,
			"<p><a class=\"button\" href=\"{}\" rel=\"noreferrer\">Back to {}</a></p>\n",
			brand->return_url, brand->application);
	page_close(call);
}

void setup_view_link(struct call *call, bool signed_in)
{
	const struct page_look look = { .title = "Set up user provisioning", .width = "narrow" };
	struct buf *buf = &call->rs->body;

	page_open(call, &look);
	buf_puts(buf,
		"<div class=\"card\">\n<h1>Set up user provisioning</h1>\n"
		"<p>Connect your identity provider, so that the right people have an account, and"
		" lose it when they leave.</p>\n");
	html(buf, "<form method=\"post\" action=\"{}/setup\">\n", call->app->base_path);
	buf_puts(buf,
		"<div class=\"field\" data-without-fragment>\n"
		"<label for=\"token\">Your setup link</label>\n"
		"<p class=\"hint\" id=\"hint\">Paste the whole link that you were sent, or the code at its"
		" end.</p>\n"
		"<input id=\"token\" name=\"token\" aria-describedby=\"hint\" autocomplete=\"off\""
		" spellcheck=\"false\" required data-fragment=\"token\">\n</div>\n"
		"<p data-with-fragment hidden>Your link is ready. It works once and opens the page for"
		" 24 hours, in this browser.</p>\n"
		"<button class=\"primary\">Continue</button>\n</form>\n");
	if (signed_in)
		html(buf, "<p><a href=\"{}/setup/directory\">Go on where you were</a></p>\n",
			call->app->base_path);
	buf_puts(buf, "</div>\n");
	page_close(call);
}

static void put_organization(struct buf *buf, const struct setup_brand *brand)
{
	if (*brand->organization)
		html(buf, "<p class=\"lead\">For {}</p>\n", brand->organization);
}

static void put_choice(struct call *call, const struct rows *rows, int i)
{
	struct buf *buf = &call->rs->body;
	struct setup_directory directory;

	setup_directory_read(rows, i, &directory);
	html(buf, "<li class=\"card\"><h2><a href=\"{}\">Directory {}</a></h2>\n<p class=\"row\">",
		address_of(call, &directory), arena_printf(call->cx->arena, "%d", i + 1));
	if (directory.primary)
		page_badge(buf, "good", "primary");
	if (!directory.enabled)
		page_badge(buf, "warn", "switched off");
	page_badge(buf, "", directory.has_token ? "has a token" : "no token yet");
	html(buf, "</p><p class=\"small soft mono\">{}</p></li>\n", id_of(call, &directory));
}

void setup_view_choice(
	struct call *call, const struct setup_brand *brand, const struct rows *directories)
{
	struct buf *buf = &call->rs->body;
	int i, n = rows_count(directories);

	open_page(call, brand, "Set up user provisioning");
	buf_puts(buf, "<h1>Set up user provisioning</h1>\n");
	put_organization(buf, brand);
	if (n == 0) {
		html(buf,
			"<div class=\"card\">\n<h2>Begin</h2>\n<p>People and groups of your identity"
			" provider are kept in a directory. You have none yet.</p>\n"
			"<form method=\"post\" action=\"{}/setup/directories\">",
			call->app->base_path);
		page_proof(call);
		buf_puts(buf,
			"<button class=\"primary\">Create the directory</button></form>\n</div>\n");
	} else {
		buf_puts(buf,
			"<p>Which directory do you want to set up?</p>\n<ul class=\"cards\">\n");
		for (i = 0; i < n; i++)
			put_choice(call, directories, i);
		buf_puts(buf, "</ul>\n");
	}
	close_page(call, brand);
}

static void put_providers(struct call *call, const struct setup_view *view)
{
	struct buf *buf = &call->rs->body;
	const char *address = address_of(call, &view->directory);
	size_t i;

	buf_puts(buf, "<section class=\"card\" aria-labelledby=\"step1\">\n"
		      "<h2 id=\"step1\"><span class=\"step\">1</span> Choose your identity"
		      " provider</h2>\n<ul class=\"choices\">\n");
	for (i = 0; i < guide_count; i++) {
		html(buf, "<li><a href=\"{}?provider={}#step2\"", address, guides[i].slug);
		if (view->guide == &guides[i])
			buf_puts(buf, " aria-current=\"true\"");
		html(buf, ">{}</a></li>\n", guides[i].name);
	}
	buf_puts(buf, "</ul>\n</section>\n");
}

/* What the chosen provider speaks. */
static enum face face_of(const struct setup_view *view)
{
	return view->guide ? view->guide->face : FACE_SCIM;
}

/* What it calls the token. */
static const char *token_name(const struct setup_view *view)
{
	return face_of(view) == FACE_SCIM ? "token" : "password";
}

static const char *token_label(const struct setup_view *view)
{
	return face_of(view) == FACE_SCIM ? "Token" : "Password";
}

/* The organization whose page it is. */
static const char *account_of(struct call *call)
{
	return uuid_text(call->cx->arena, &call->holder.organization);
}

/* The button that makes a token; the last one ends with it, or a day later. */
static void put_token_form(struct call *call, const struct setup_view *view)
{
	struct buf *buf = &call->rs->body;
	bool again = view->directory.has_token;

	html(buf, "<form method=\"post\" action=\"{}/token#step2\">",
		address_of(call, &view->directory));
	page_proof(call);
	if (view->guide)
		html(buf, "<input type=\"hidden\" name=\"provider\" value=\"{}\">",
			view->guide->slug);
	if (again)
		buf_puts(buf,
			"<p><label class=\"check\"><input type=\"checkbox\" name=\"overlap\""
			" value=\"yes\" checked>Keep the old one working for 24 hours</label></p>\n");
	html(buf, "<button class=\"{}\">Create {} {}</button></form>\n", again ? "" : "primary",
		again ? "a new" : "the", token_name(view));
}

static void put_token(struct call *call, const struct setup_view *view)
{
	struct buf *buf = &call->rs->body;

	if (view->token) {
		html(buf,
			"<div class=\"note good\" id=\"new\">\n<p><strong>Copy the {}"
			" now.</strong> It is shown this once and cannot be read again.</p>\n",
			token_name(view));
		page_copy(call, "token", token_label(view), view->token);
		buf_puts(buf, "</div>\n");
		return;
	}
	html(buf, "<h3>{}</h3>\n", token_label(view));
	if (!view->directory.has_token) {
		html(buf,
			"<p>With the {} your identity provider shows that it is yours. It is"
			" shown once, so have the settings of your provider open.</p>\n",
			token_name(view));
		put_token_form(call, view);
		return;
	}
	html(buf, "<p>There is a {}, created ", token_name(view));
	page_time(call, view->directory.token_at);
	buf_puts(buf, ". It cannot be shown again.</p>\n<details><summary>Lost it, or want another"
		      " one?</summary>\n");
	put_token_form(call, view);
	buf_puts(buf, "</details>\n");
}

/* For a provider that is none of those with a guide. */
static void put_older(struct call *call, const struct setup_view *view)
{
	buf_puts(&call->rs->body,
		"<details><summary>Your provider speaks SCIM 1.1?</summary>\n"
		"<p>It takes this address, with a user name; the password is the token.</p>\n");
	page_copy(call, "url1", "Base URL of SCIM 1.1",
		place_base(call, FACE_SCIM1, &view->directory.id));
	page_copy(call, "account", "User name", account_of(call));
	buf_puts(&call->rs->body, "</details>\n");
}

static void put_credentials(struct call *call, const struct setup_view *view)
{
	const enum face face = face_of(view);

	html(&call->rs->body,
		"<section class=\"card\" aria-labelledby=\"step2\">\n"
		"<h2 id=\"step2\"><span class=\"step\">2</span> Get the address and a"
		" {}</h2>\n",
		token_name(view));
	page_copy(call, "url", "Base URL", place_base(call, face, &view->directory.id));
	if (face != FACE_SCIM)
		page_copy(call, "account", "User name", account_of(call));
	put_token(call, view);
	if (face == FACE_SCIM && (!view->guide || strcmp(view->guide->slug, "other") == 0))
		put_older(call, view);
	buf_puts(&call->rs->body, "</section>\n");
}

/* Literals of the table: HTML as it stands there. */
static void put_list(struct buf *buf, const char *const *items, size_t max, const char *tag)
{
	size_t i;

	if (!items[0])
		return;
	buf_printf(buf, "<%s>\n", tag);
	for (i = 0; i < max && items[i]; i++)
		buf_printf(buf, "<li>%s</li>\n", items[i]);
	buf_printf(buf, "</%s>\n", *tag == 'o' ? "ol" : "ul");
}

static void put_field(
	struct call *call, const struct setup_view *view, const struct guide_field *field)
{
	struct buf *buf = &call->rs->body;

	html(buf, "<tr><th scope=\"row\">{}</th><td>", field->label);
	if (field->kind == GUIDE_URL)
		html(buf, "<code>{}{}</code>", place_base(call, face_of(view), &view->directory.id),
			field->value);
	else if (field->kind == GUIDE_ACCOUNT)
		html(buf, "<code>{}</code>", account_of(call));
	else if (field->kind == GUIDE_TOKEN)
		html(buf, "the {} of step 2", token_name(view));
	else
		html(buf, "{}", field->value);
	buf_puts(buf, "</td></tr>\n");
}

static size_t count_steps(const char *const *steps)
{
	size_t n = 0;

	while (n < GUIDE_STEPS && steps[n])
		n++;
	return n;
}

static void put_guide(struct call *call, const struct setup_view *view)
{
	const struct guide *guide = view->guide;
	struct buf *buf = &call->rs->body;
	size_t i;

	buf_puts(buf, "<section class=\"card\" aria-labelledby=\"step3\">\n"
		      "<h2 id=\"step3\"><span class=\"step\">3</span> ");
	if (!guide) {
		buf_puts(buf,
			"Enter them in your provider</h2>\n<p class=\"soft\">Choose your provider"
			" above: here will be what to press there, field by field.</p>\n</section>\n");
		return;
	}
	html(buf, "Enter them in {}</h2>\n", guide->name);
	put_list(buf, guide->before, GUIDE_STEPS, "ol");
	buf_puts(buf, "<table class=\"stack\">\n<thead><tr><th scope=\"col\">Field</th>"
		      "<th scope=\"col\">What to enter</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < GUIDE_FIELDS && guide->fields[i].label; i++)
		put_field(call, view, &guide->fields[i]);
	buf_puts(buf, "</tbody></table>\n");
	put_list(buf, guide->after, GUIDE_STEPS,
		arena_printf(call->cx->arena, "ol start=\"%zu\"", count_steps(guide->before) + 1));
	if (guide->notes[0]) {
		buf_puts(buf, "<h3>Good to know</h3>\n");
		put_list(buf, guide->notes, GUIDE_NOTES, "ul");
	}
	buf_puts(buf, "</section>\n");
}

static void put_panel(struct call *call, const struct setup_view *view)
{
	struct buf *buf = &call->rs->body;

	html(buf,
		"<aside class=\"beside\" aria-labelledby=\"panel\">\n<div class=\"card\">\n"
		"<h2 id=\"panel\">What arrives</h2>\n"
		"<p id=\"said\" class=\"unseen\" role=\"status\"></p>\n"
		"<div data-refresh=\"{}/activity\" data-seconds=\"4\" data-announce=\"said\">\n",
		address_of(call, &view->directory));
	setup_view_activity(call, &view->activity);
	html(buf,
		"</div>\n<p class=\"small\" data-without-script><a href=\"{}{}{}#panel\">Look"
		" again</a></p>\n</div>\n</aside>\n",
		address_of(call, &view->directory), view->guide ? "?provider=" : "",
		view->guide ? view->guide->slug : "");
}

void setup_view_directory(struct call *call, const struct setup_view *view)
{
	struct buf *buf = &call->rs->body;

	open_page(call, &view->brand, "Connect your identity provider");
	html(buf, "<h1>Connect your identity provider to {}</h1>\n", view->brand.application);
	put_organization(buf, &view->brand);
	buf_puts(buf, "<p class=\"narrow-only\"><a href=\"#panel\">What arrives</a></p>\n");
	if (!view->directory.enabled)
		html(buf,
			"<div class=\"note warn\"><strong>This directory is switched off.</strong>"
			" Requests are refused until {} switches it on again.</div>\n",
			view->brand.application);
	buf_puts(buf, "<div class=\"split\">\n<div>\n");
	put_providers(call, view);
	put_credentials(call, view);
	put_guide(call, view);
	buf_puts(buf, "</div>\n");
	put_panel(call, view);
	buf_puts(buf, "</div>\n");
	close_page(call, &view->brand);
}
