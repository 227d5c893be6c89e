/* SPDX-License-Identifier: MIT */
/*
 * What the pages of the console share: frame, way, lists, forms, and the small parts of tables. All
 * of it appends to the response's body, and comes after db_run: what a session may see is known
 * then.
 */
#ifndef WEB_CONSOLE_H
#define WEB_CONSOLE_H

#include "store/console.h"
#include "web/page.h"

enum {
	CONSOLE_ROWS = 50, /* of a list, on one page */
	CONSOLE_WAY_MAX = 1024 /* bytes of an address to come back to */
};

/* May this session see pages of the scope? */
bool console_may(const struct call *call, enum key_scope scope);

/*
 * Begin a page.
 *   current  path of the navigation's link it belongs to, or NULL
 *   way      where it is: path and text of the pages above it, up to a path of NULL
 */
void console_open(
	struct call *call, const char *title, const char *current, const struct page_link *way);

/* How many rows a list shows, of which one more was asked for. */
int console_rows(const struct rows *rows);

/* A text in the arena: paths of links are made with it. */
#define console_text(call, ...) arena_printf((call)->cx->arena, __VA_ARGS__)

/* Append <a>: path below the base path. */
void console_link(struct call *call, const char *path, const char *text);

/* Append a link to a page if the session may see it, else the text alone. */
void console_link_if(struct call *call, enum key_scope scope, const char *path, const char *text);

/* Append <form method=post> with its proof, open. path is below the base path. */
void console_form(struct call *call, const char *path);

/* Append a form that is one button. kind is a class of buttons, or "". */
void console_button(struct call *call, const char *path, const char *kind, const char *text);

/* Append a table's begin; heads are its columns, up to NULL; one that begins with # is of numbers. */
void console_table(struct call *call, const char *label, const char *const *heads);
void console_table_end(struct call *call);

/* Append cells. */
void console_cell(struct call *call, const char *text);
void console_cell_number(struct call *call, int64_t value);
void console_cell_time(struct call *call, int64_t us); /* 0: never */
void console_cell_link(struct call *call, const char *path, const char *text);

/* Append a moment: in UTC, and how long ago. */
void console_time(struct call *call, int64_t us);

/* Append a monospaced text with a button that copies it. */
void console_id(struct call *call, const char *text);

/* Append an HTTP status as a badge. */
void console_status(struct call *call, int status);

/* Append <dt> and <dd>; NULL prints a dash. console_fact_open leaves <dd> open for the caller. */
void console_fact(struct call *call, const char *name, const char *value);
void console_fact_open(struct call *call, const char *name);

/* Append a search form of one field q, as it was asked. path is below the base path. */
void console_search(struct call *call, const char *path, const char *label, const char *hint);

/* Append "nothing is there". */
void console_empty(struct call *call, const char *text);

/* Append the link to the next page. */
void console_next(struct call *call, const char *path);

/* A JSON text, indented, in a box that scrolls; what is no JSON as it is. */
void console_json(struct call *call, const char *label, const char *text);

/*
 * A query parameter; NULL when it is absent or empty.
 *
 * Fails: SCIM_INVALID_VALUE
 */
enum scim_err console_parameter(struct call *call, const char *name, const char **value);

/* The same as an id; *has says whether it is there. */
enum scim_err console_parameter_id(
	struct call *call, const char *name, enum id_kind kind, bool *has, struct uuid *id);

/*
 * Queue what a page about a directory begins with: who and whose it is, and the way into it.
 * capture is as in the path. After db_run console_enter_check says whether there is one.
 */
struct console_visit {
	struct uuid id;
	struct rows *place, *visit;
	struct console_place at;
	const char *path; /* "/console/directories/..." */
	const char *name; /* what it is called: it has no name of its own */
};

void console_visit(struct call *call, struct console_visit *visit);

/* Fails: SCIM_NOT_FOUND */
enum scim_err console_visit_check(struct call *call, struct console_visit *visit);

/* Begin a page of a directory: tab is the text of the tab it belongs to. */
void console_open_directory(
	struct call *call, const struct console_visit *visit, const char *title, const char *tab);

/* Answer a browser that nobody has signed in: it is sent to the sign-in page, and back later. */
void console_sign_in_first(struct call *call);

/* The end of a directory's id, by which people tell directories of one organization apart. */
const char *console_directory_name(struct call *call, const struct uuid *id);

#endif
