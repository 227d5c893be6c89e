/* SPDX-License-Identifier: MIT */
/*
 * What the console shows of a user and of a group alike: attributes, the groups it is in, and its
 * history, which is the answer to "why is it so?".
 */
#ifndef WEB_CONSOLE_RECORD_H
#define WEB_CONSOLE_RECORD_H

#include <json-c/json.h>

#include "store/log_list.h"
#include "store/reading.h"
#include "web/console.h"

/* Append a badge. */
void console_user_badge(struct call *call, bool deleted, bool active);

/* Append the facts: made, last changed or deleted, version. */
void console_record_times(struct call *call, const struct stored *stored, bool deleted);

/* Append the attributes of a resource as a table, and its JSON. */
void console_attributes(struct call *call, struct json_object *resource);

/* Queue the groups that hold it, and append them. */
struct rows *console_holders_queue(
	struct call *call, const struct uuid *directory, const struct uuid *id);
void console_holders_put(
	struct call *call, const struct console_visit *visit, const struct rows *rows);

/* The requests and events about it. */
struct console_history {
	struct rows *requests, *events;
};

/* text: its id as it stands in URLs */
void console_history_queue(struct call *call, const struct uuid *directory, const struct uuid *id,
	const char *text, struct console_history *history);

/* Append what the session may see of it. */
void console_history_put(struct call *call, const struct console_visit *visit,
	const struct console_history *history);

/* Append a table of requests. label: what it is called, unique on the page */
void console_requests_put(struct call *call, const struct console_visit *visit, const char *label,
	const struct rows *rows, int count);

/* Append the way from a search that found nothing to the requests that mention the text. */
void console_missing(struct call *call, const struct console_visit *visit, const char *q);

/* Append the link to the next page, or for a search (q) that it must be narrower. */
void console_more(struct call *call, bool more, const char *q, const char *path);

#endif
