/* SPDX-License-Identifier: MIT */
/* One directory in the console: how it is, its charts, its settings, its token. */
#include "base/text.h"
#include "base/time.h"
#include "store/log_list.h"
#include "web/chart.h"
#include "web/console_find.h"
#include "web/handlers.h"
#include "web/manage.h"
#include "web/place.h"
#include "web/session.h"

#define SECOND_US INT64_C(1000000)
#define HOUR (INT64_C(3600))
#define DAY (24 * HOUR)

enum {
	HOURS_DAY = 24,
	HOURS_WEEK = 7 * 24,
	DAYS_GROWTH = 30,
	CLASS_REFUSED = 4, /* hundreds of the statuses */
	OVERLAP_SECONDS = 24 * 3600,
	LABEL_HOUR = 16, /* length of yyyy-mm-dd hh:mm */
	LABEL_DAY = 10,
	LABEL_MONTH = 5, /* where mm-dd begins */
	TICK_HOURS = 6,
	TICK_DAYS = 7
};

/* What the page asks the database. */
struct numbers {
	bool week;
	struct console_span traffic, growth;
	int hours;
	struct rows *state, *requests, *failures, *users;
};

static void queue_numbers(struct call *call, const struct uuid *id, struct numbers *n)
{
	int64_t now = call->cx->now;

	n->hours = n->week ? HOURS_WEEK : HOURS_DAY;
	n->traffic.seconds = HOUR;
	n->traffic.begin = now - now % (HOUR * SECOND_US) - (n->hours - 1) * HOUR * SECOND_US;
	n->growth.seconds = DAY;
	n->growth.begin = now - now % (DAY * SECOND_US) - (DAYS_GROWTH - 1) * DAY * SECOND_US;
	n->state = console_state(call->cx, call->db, id);
	n->requests = console_traffic(call->cx, call->db, id, &n->traffic);
	n->failures = failures_list(call->cx, call->db, id, n->traffic.begin, HOURS_WEEK);
	n->users = console_growth(call->cx, call->db, id, &n->growth);
}

/* The begin of each slot as text, len of its characters; each so many have a tick. */
static void label_slots(
	struct call *call, const struct console_span *span, struct chart *chart, int every, int len)
{
	const char **label = arena_alloc(call->cx->arena, (size_t)chart->points * sizeof(*label));
	const char **tick = arena_alloc(call->cx->arena, (size_t)chart->points * sizeof(*tick));
	bool hours = every * span->seconds < DAY;
	char text[TIME_TEXT];
	int64_t at;
	int i;

	for (i = 0; i < chart->points; i++) {
		at = span->begin + i * span->seconds * SECOND_US;
		time_print(at, text);
		text[LABEL_DAY] = ' ';
		label[i] = console_text(call, "%.*s", len, text);
		tick[i] = at / SECOND_US / span->seconds % every ? NULL
			  : hours ? console_text(call, "%.5s", text + LABEL_DAY + 1)
				  : console_text(call, "%.5s", text + LABEL_MONTH);
	}
	chart->label = label;
	chart->tick = tick;
}

enum {
	GOOD,
	REFUSED,
	FAILED,
	STRANGERS,
	TRAFFIC_SERIES
};

static void add(struct chart *chart, int64_t *value, int64_t slot, int series, int64_t n)
{
	if (slot >= 0 && slot < chart->points)
		value[slot * chart->series_count + series] += n;
}

static void put_traffic(struct call *call, const struct numbers *n)
{
	static const struct chart_series series[TRAFFIC_SERIES] = {
		{ "succeeded (2xx, 3xx)", "s-good" },
		{ "refused (4xx)", "s-warn" },
		{ "failed (5xx)", "s-bad" },
		{ "with a wrong token", "s-stranger" },
	};
	size_t size = (size_t)n->hours * TRAFFIC_SERIES * sizeof(int64_t);
	int64_t *value = arena_alloc(call->cx->arena, size);
	struct chart chart = { .id = "traffic",
		.title = n->week ? "Requests per hour, 7 days, UTC"
				 : "Requests per hour, 24 hours, UTC",
		.unit = "requests",
		.point = "hour",
		.points = n->hours,
		.series_count = TRAFFIC_SERIES,
		.series = series,
		.value = value,
		.sparse = true };
	struct failures failures;
	int i, class;

	memset(value, 0, size);
	for (i = 0; i < rows_count(n->requests); i++) {
		class = (int)rows_int(n->requests, i, 1);
		add(&chart, value, rows_int(n->requests, i, 0),
			class < CLASS_REFUSED	? GOOD
			: class > CLASS_REFUSED ? FAILED
						: REFUSED,
			rows_int(n->requests, i, 2));
	}
	for (i = 0; i < rows_count(n->failures); i++) {
		failures_read(n->failures, i, &failures);
		add(&chart, value, (failures.hour - n->traffic.begin) / (HOUR * SECOND_US),
			STRANGERS, failures.count);
	}
	label_slots(call, &n->traffic, &chart, n->week ? HOURS_DAY : TICK_HOURS, LABEL_HOUR);
	chart_bars(&call->rs->body, &chart);
}

/* Backwards from the number there is now: what came is taken off, what went is put back. */
static void put_growth(struct call *call, const struct numbers *n, int64_t users)
{
	static const struct chart_series series[] = { { "users", "s-accent" } };
	int64_t grown[DAYS_GROWTH] = { 0 }, value[DAYS_GROWTH];
	struct chart chart = { .id = "growth",
		.title = "Users at the end of each day, 30 days",
		.unit = "users",
		.point = "day",
		.points = DAYS_GROWTH,
		.series_count = 1,
		.series = series,
		.value = value };
	int i;

	for (i = 0; i < rows_count(n->users); i++)
		add(&chart, grown, rows_int(n->users, i, 0), 0, rows_int(n->users, i, 1));
	for (i = DAYS_GROWTH - 1; i >= 0; i--) {
		value[i] = users > 0 ? users : 0;
		users -= grown[i];
	}
	label_slots(call, &n->growth, &chart, TICK_DAYS, LABEL_DAY);
	chart_lines(&call->rs->body, &chart);
}

static void put_stats(
	struct call *call, const struct console_visit *visit, const struct console_state *state)
{
	const struct {
		const char *name;
		int64_t value;
		const char *path;
		enum key_scope scope;
	} stats[] = {
		{ "Users", state->users, "/users", SCOPE_READ },
		{ "Groups", state->groups, "/groups", SCOPE_READ },
		{ "Requests, 24 h", state->requests, "/requests", SCOPE_LOGS },
		{ "Errors, 24 h", state->errors, "/requests?status=error", SCOPE_LOGS },
	};
	struct buf *body = &call->rs->body;
	size_t i;

	buf_puts(body, "<ul class=\"tiles\">\n");
	for (i = 0; i < sizeof(stats) / sizeof(*stats); i++) {
		html(body, "<li class=\"card\"><span class=\"stat\">{}</span> ",
			chart_number(call->cx->arena, stats[i].value));
		console_link_if(call, stats[i].scope,
			console_text(call, "%s%s", visit->path, stats[i].path), stats[i].name);
		buf_puts(body, "</li>\n");
	}
	html(body,
		"<li class=\"card\"><span class=\"stat\">{}</span> Refused tokens, 24 h</li>\n</ul>\n",
		chart_number(call->cx->arena, state->refused));
}

/* What the identity provider is given besides the token. */
static void put_addresses(
	struct call *call, const struct uuid *directory, const struct uuid *organization)
{
	page_copy(call, "base-url", "SCIM base URL", place_base(call, FACE_SCIM, directory));
	buf_puts(&call->rs->body,
		"<details><summary>For SCIM 1.1</summary>\n"
		"<p>HTTP Basic: the account id is the user name, the bearer token the password.</p>\n");
	page_copy(call, "base-url-1", "Base URL", place_base(call, FACE_SCIM1, directory));
	page_copy(call, "base-url-pingone", "Base URL of clients of PingOne for Enterprise",
		place_base(call, FACE_PINGONE, directory));
	page_copy(call, "account", "Account id", uuid_text(call->cx->arena, organization));
	buf_puts(&call->rs->body, "</details>\n");
}

static void put_facts(
	struct call *call, const struct console_visit *visit, const struct console_state *state)
{
	struct buf *body = &call->rs->body;
	const char *id = id_print(call->cx->arena, ID_DIRECTORY, &visit->id);

	buf_puts(body, "<div class=\"card\"><dl class=\"facts\">\n");
	console_fact_open(call, "Id");
	console_id(call, id);
	buf_puts(body, "</dd>\n");
	console_fact_open(call, "State");
	console_directory_badges(call, &visit->at.directory, state);
	buf_puts(body, "</dd>\n");
	console_fact_open(call, "Last request");
	if (state->last_at) {
		console_time(call, state->last_at);
		buf_putc(body, ' ');
		console_status(call, state->last_status);
	} else {
		buf_puts(body, "none yet");
	}
	buf_puts(body, "</dd>\n");
	if (state->refused_at) {
		console_fact_open(call, "Last refused token");
		console_time(call, state->refused_at);
		buf_puts(body, "</dd>\n");
	}
	buf_puts(body, "</dl>\n");
	put_addresses(call, &visit->id, &visit->at.directory.organization);
	buf_puts(body, "</div>\n");
}

static void put_check(
	struct call *call, const char *name, const char *text, const char *hint, bool on)
{
	html(&call->rs->body,
		"<div class=\"field\"><label class=\"check\"><input type=\"checkbox\" name=\"{}\" value=\"yes\""
		" aria-describedby=\"{}-hint\"",
		name, name);
	buf_puts(&call->rs->body, on ? " checked>" : ">");
	html(&call->rs->body, "{}</label><p class=\"hint\" id=\"{}-hint\">{}</p></div>\n", text,
		name, hint);
}

static void put_settings(struct call *call, const struct console_visit *visit)
{
	const struct directory *directory = &visit->at.directory;
	struct buf *body = &call->rs->body;

	buf_puts(body, "<div class=\"split\">\n<div class=\"card\"><h2>Settings</h2>\n");
	console_form(call, console_text(call, "%s/settings", visit->path));
	put_check(call, "enabled", "Enabled",
		"Without, every request of the identity provider is refused.", directory->enabled);
	put_check(call, "strict", "Strict",
		"What deviates from the RFCs is refused instead of understood.", directory->strict);
	if (directory->primary)
		buf_puts(body,
			"<p class=\"hint\">It is the organization's primary directory: make another one "
			"primary to change that.</p>\n");
	else
		put_check(call, "primary", "Primary",
			"The one that the organization's name stands for.", false);
	buf_puts(body, "<button class=\"primary\">Save</button></form>\n</div>\n"
		       "<div class=\"card\"><h2>Bearer token</h2>\n<p>");
	buf_puts(body,
		directory->has_token
			? "A token is valid. A new one is shown once; the old one may stay valid for a day."
			: "There is none yet: the identity provider cannot sign in.");
	buf_puts(body, "</p>\n");
	console_form(call, console_text(call, "%s/rotate", visit->path));
	if (directory->has_token)
		put_check(call, "overlap", "Keep the old token valid for 24 hours",
			"So that the customer has time to change it.", true);
	html(body, "<button class=\"{}\">{}</button></form>\n</div>\n</div>\n",
		directory->has_token ? "danger" : "primary",
		directory->has_token ? "Rotate the token" : "Make a token");
}

static void put_range(struct call *call, const struct console_visit *visit, bool week)
{
	struct buf *body = &call->rs->body;

	html(body, "<nav aria-label=\"Period\"><ul class=\"tabs\"><li><a href=\"{}{}\"",
		call->app->base_path, visit->path);
	buf_puts(body, week ? "" : " aria-current=\"true\"");
	html(body, ">24 hours</a></li><li><a href=\"{}{}?period=week\"", call->app->base_path,
		visit->path);
	buf_puts(body, week ? " aria-current=\"true\"" : "");
	buf_puts(body, ">7 days</a></li></ul></nav>\n");
}

enum scim_err on_console_directory(struct call *call)
{
	struct console_visit visit;
	struct console_state state;
	struct numbers numbers = { 0 };
	const char *period;
	enum scim_err e;

	if ((e = console_parameter(call, "period", &period)))
		return e;
	numbers.week = period && strcmp(period, "week") == 0;
	console_visit(call, &visit);
	queue_numbers(call, &visit.id, &numbers);
	if ((e = db_run(call->cx, call->db)) || (e = console_visit_check(call, &visit)))
		return e;
	console_state_read(numbers.state, &state);
	console_open_directory(call, &visit, visit.name, "Directory");
	html(&call->rs->body, "<h1>{}</h1>\n", visit.name);
	put_facts(call, &visit, &state);
	put_stats(call, &visit, &state);
	buf_puts(&call->rs->body, "<div class=\"halves\">\n<div class=\"card\">\n");
	put_range(call, &visit, numbers.week);
	put_traffic(call, &numbers);
	buf_puts(&call->rs->body, "</div>\n<div class=\"card\">\n");
	put_growth(call, &numbers, state.users);
	buf_puts(&call->rs->body, "</div>\n</div>\n");
	put_settings(call, &visit);
	page_close(call);
	return SCIM_OK;
}

/* First trip of a change: the session is verified, the organization locked, the directory read. */
static enum scim_err begin_change(struct call *call, struct directory *directory)
{
	const struct uuid *environment = &call->holder.environment;
	struct uuid id = id_named(ID_DIRECTORY, call->capture);
	struct rows *rows;
	enum scim_err e;

	directory_lock(call->cx, call->db, environment, &id);
	rows = directory_get(call->cx, call->db, environment, &id);
	if ((e = db_run(call->cx, call->db)))
		return e;
	if (!rows_count(rows))
		return ctx_fail(call->cx, SCIM_NOT_FOUND, NULL);
	directory_read(rows, 0, directory);
	return SCIM_OK;
}

static const char *directory_path(struct call *call, const struct uuid *id)
{
	return console_text(
		call, "/console/directories/%s", id_print(call->cx->arena, ID_DIRECTORY, id));
}

enum scim_err on_console_directory_settings(struct call *call)
{
	struct directory_change change = { 0 };
	struct directory directory;
	enum scim_err e;

	if ((e = begin_change(call, &directory)))
		return e;
	change.enabled = form_value(call, "enabled") ? CHANGE_TRUE : CHANGE_FALSE;
	change.strict = form_value(call, "strict") ? CHANGE_TRUE : CHANGE_FALSE;
	change.primary = form_value(call, "primary") ? CHANGE_TRUE : CHANGE_NONE;
	directory_update(call->cx, call->db, &call->holder.environment, &directory, &change);
	page_redirect(call, directory_path(call, &directory.id));
	return manage_commit(call);
}

enum scim_err on_console_directory_rotate(struct call *call)
{
	struct directory directory;
	const char *token, *path;
	enum scim_err e;

	if ((e = begin_change(call, &directory)))
		return e;
	path = directory_path(call, &directory.id);
	token = call_secret(call, SECRET_BEARER, &directory.id);
	directory_rotate(call->cx, call->db, &call->holder.environment, &directory.id, token,
		form_value(call, "overlap") ? OVERLAP_SECONDS : 0);
	if ((e = manage_commit(call)))
		return e;
	console_open(call, "Bearer token", "/console/organizations",
		(const struct page_link[]){ { "/console/organizations", "Organizations" },
			{ path, console_directory_name(call, &directory.id) }, { NULL, NULL } });
	buf_puts(&call->rs->body,
		"<div class=\"card\">\n<h1>Bearer token</h1>\n<p class=\"note warn\">"
		"It is shown only now. Put it into the identity provider.</p>\n");
	page_copy(call, "token", "Bearer token", token);
	put_addresses(call, &directory.id, &directory.organization);
	buf_puts(&call->rs->body, "<p>");
	console_link(call, path, "Back to the directory");
	buf_puts(&call->rs->body, "</p>\n</div>\n");
	page_close(call);
	return SCIM_OK;
}
