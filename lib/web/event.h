/* SPDX-License-Identifier: MIT */
/* One event of the feed as JSON: the same in GET /v1/events and in a webhook. */
#ifndef WEB_EVENT_H
#define WEB_EVENT_H

#include "base/buf.h"
#include "store/feed.h"

/*
 * Append {"id":"event_...","position":"12","type":"user.updated",...,"data":{...}}: every member is there, ""
 * where there is nothing to name (version "0", data {}). Memory besides comes from buf's arena.
 */
void event_print(struct buf *buf, const struct feed_event *event);

/* The types there are, NULL-terminated; "user.created" and so on. */
extern const char *const event_types[];

/* Is it one of event_types? */
bool event_is_type(const char *type);

#endif
