/* SPDX-License-Identifier: MIT */
/* Directories in bulk. Knows the state of a directory, not what is in it. */
#include "web/console_find.h"

#include "base/text.h"
#include "store/reading.h"
#include "web/chart.h"
#include "web/router.h"

enum {
	STATES_OF_TRIP = 14 /* two statements each */
};

const char *console_name(const char *name)
{
	return name && *name ? name : "(no name)";
}

enum scim_err console_fleet_of(
	struct call *call, const struct rows *organizations, struct console_fleet *fleet)
{
	int i, n = rows_count(organizations);
	struct uuid *ids = arena_alloc(call->cx->arena, ((size_t)n + 1) * sizeof(*ids));
	struct rows *rows;
	enum scim_err e;

	for (i = 0; i < n; i++)
		ids[i] = rows_uuid(organizations, i, 0);
	router_enter(call);
	rows = console_directories(
		call->cx, call->db, &call->holder.environment, ids, (size_t)n, fleet->max + 1);
	if ((e = db_run(call->cx, call->db)))
		return e;
	fleet->cut = rows_count(rows) > fleet->max;
	fleet->count = fleet->cut ? fleet->max : rows_count(rows);
	fleet->directories = arena_alloc(
		call->cx->arena, ((size_t)fleet->count + 1) * sizeof(*fleet->directories));
	for (i = 0; i < fleet->count; i++)
		directory_read(rows, i, &fleet->directories[i]);
	return SCIM_OK;
}

static enum scim_err read_states(struct call *call, struct console_fleet *fleet, int from)
{
	int i, n = fleet->count - from < STATES_OF_TRIP ? fleet->count - from : STATES_OF_TRIP;
	struct rows *rows[STATES_OF_TRIP];
	enum scim_err e;

	router_enter(call);
	for (i = 0; i < n; i++) {
		const struct uuid *id = &fleet->directories[from + i].id;

		directory_visit(call->cx, call->db, &call->holder.environment, id);
		rows[i] = console_state(call->cx, call->db, id);
	}
	if ((e = db_run(call->cx, call->db)))
		return e;
	for (i = 0; i < n; i++)
		console_state_read(rows[i], &fleet->states[from + i]);
	return SCIM_OK;
}

enum scim_err console_fleet_states(struct call *call, struct console_fleet *fleet)
{
	enum scim_err e;
	int from;

	fleet->states =
		arena_alloc(call->cx->arena, ((size_t)fleet->count + 1) * sizeof(*fleet->states));
	for (from = 0; from < fleet->count; from += STATES_OF_TRIP)
		if ((e = read_states(call, fleet, from)))
			return e;
	return SCIM_OK;
}

void console_cell_directory(struct call *call, const char *path, const struct uuid *id)
{
	buf_puts(&call->rs->body, "<td class=\"nowrap\">");
	console_link(call, path, console_directory_name(call, id));
	buf_puts(&call->rs->body, "</td>");
}

void console_directory_badges(
	struct call *call, const struct directory *directory, const struct console_state *state)
{
	struct buf *body = &call->rs->body;

	if (!directory->enabled)
		page_badge(body, "bad", "disabled");
	else if (!directory->has_token)
		page_badge(body, "warn", "no token");
	else if (!state->last_at)
		page_badge(body, "", "waiting");
	else if (state->errors || state->refused)
		page_badge(body, "warn", "errors");
	else
		page_badge(body, "good", "working");
	if (directory->primary)
		page_badge(body, "", "primary");
	if (directory->strict)
		page_badge(body, "", "strict");
}

/* At the bound the number is a lower one. */
static const char *bounded(struct call *call, int64_t n)
{
	const char *text = chart_number(call->cx->arena, n);

	return n >= CONSOLE_LOG_ROWS ? console_text(call, "%s+", text) : text;
}

void console_state_cells(struct call *call, const char *path, const struct console_state *state)
{
	struct buf *body = &call->rs->body;

	console_cell_time(call, state->last_at);
	console_cell_number(call, state->users);
	console_cell_number(call, state->groups);
	html(body, "<td class=\"number\">{}</td><td class=\"number\">",
		bounded(call, state->requests));
	if (state->errors)
		console_link_if(call, SCOPE_LOGS,
			console_text(call, "%s/requests?status=4xx", path),
			bounded(call, state->errors));
	else
		buf_putc(body, '0');
	buf_puts(body, "</td>");
	console_cell_number(call, state->refused);
}
