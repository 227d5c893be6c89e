/* SPDX-License-Identifier: MIT */
/*
 * The event feed of an environment. A change leaves its event in the outbox (table events), in its own
 * transaction; the sequencer moves what is committed there to the feed and numbers it 1, 2, 3, … So who
 * has seen a position has seen all below it. Readers read the feed only.
 *
 * All calls need the environment to be entered in their transaction: environment_enter and
 * session_enter do so for a caller, feed_enter for the program's own work.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "store/db.h"

enum {
	FEED_BATCH =
		200, /* events of a directory that one call sequences, of at most 50 directories */
	FEED_PAGE_MAX = 1000
};

/* One event; texts live in the request's arena. */
struct feed_event {
	int64_t position;
	struct uuid id;
	int64_t at; /* microseconds since 1970 */
	const char *type;
	struct uuid environment;
	bool has_organization;
	struct uuid organization;
	bool has_directory;
	struct uuid directory;
	bool has_resource;
	struct uuid resource; /* of what kind the type says */
	int64_t version; /* of the resource after the change; 0: it has none */
	bool has_request;
	struct uuid request;
	const char *data; /* JSON text of an object; NULL: none */
	size_t data_len;
};

/* Which events. */
struct feed_query {
	const struct uuid *environment;
	bool has_after;
	int64_t after; /* only behind this position; without: from the oldest that is kept */
	bool newest_first; /* only before `after`, without: from the newest; in descending order */
	int64_t limit; /* 1 to FEED_PAGE_MAX */
	const struct uuid *organization; /* NULL: all */
	const struct uuid *directory;
	const char *const *types; /* of these types */
	size_t type_count; /* 0: all */
};

struct feed_page {
	struct feed_event *events;
	int count; /* may be less than the limit, or 0, though there are more */
	int64_t next; /* `after` of the next page, also when this one is empty */
	bool more; /* that page has something to look at now */
	bool lost; /* what follows `after` is no longer kept, or the feed never came that far */
	int64_t oldest; /* position of the oldest event that is kept, head + 1 when there is none */
	int64_t head; /* of the newest; 0: there was none yet */
};

/* Let what is behind this in the transaction see the feed: for our own work, no credential is asked for. */
void feed_enter(struct ctx *cx, struct db *db, const struct uuid *environment);

/*
 * Queue the sequencing of what is committed, a bounded part of it. It locks the end of the feed until the
 * transaction ends, if there is something to do; else it writes nothing. Queue it in the trip of the feed_list
 * that is to see it, before that. What commits is durable before anybody sees it: no asynchronous commit here.
 */
struct rows *feed_sequence(struct ctx *cx, struct db *db, const struct uuid *environment);

/* After db_run: was that not all there is? */
bool feed_is_behind(const struct rows *rows);

/* Queue a page of the feed. */
struct rows *feed_list(struct ctx *cx, struct db *db, const struct feed_query *query);

/* After db_run. */
void feed_read(struct ctx *cx, const struct feed_query *query, const struct rows *rows,
	struct feed_page *page);

/*
 * A parameter: the id of an event of this request, behind those given before. Its last six hexadecimal digits
 * are 0: a statement that makes several events numbers them there.
 */
const char *feed_event_id(struct ctx *cx);

/* Queue the look-up of an organization, by its id or (NULL) its externalId; deleted ones are found by id. */
struct rows *feed_organization(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const char *external_id);

/* Queue whether a directory exists, or did: one boolean. */
struct rows *feed_directory(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

/* Queue an event that is no resource's: event->type, data, organization and directory are told. */
void feed_add(struct ctx *cx, struct db *db, const struct feed_event *event);

#endif
