/* SPDX-License-Identifier: MIT */
/*
 * The request log: one row for each authenticated SCIM request, queued into the trip that commits
 * it, so that it costs no trip of its own and cannot disagree with the change.
 */
#ifndef STORE_REQLOG_H
#define STORE_REQLOG_H

#include "scim/schema.h"
#include "store/db.h"

/* One way the request can end. */
struct outcome {
	int status; /* HTTP */
	const char *body; /* NULL: not kept */
	const char *detail; /* NULL: what statements before have noted; "": not even that */
};

struct reqlog {
	bool again; /* the request may have a row: it is put right */
	bool commits; /* behind it comes the COMMIT of a change, of which only this row can tell */
	const struct uuid *directory;
	const char *method;
	const char *url; /* redacted */
	const char *body; /* redacted, NULL for none */
	const char *remote_address;
	const char *user_agent;
	const char *provider; /* NULL: not known */
	int64_t started; /* when the request came: microseconds of time_monotonic */
	const char *const *quirks; /* names */
	size_t quirk_count;
	struct outcome outcome;
	/*
	 * Whether it ends so may depend on the row of a resource that the same trip reads or
	 * writes: then otherwise holds unless that exists (and was last written by this request).
	 */
	enum resource_kind kind;
	const struct uuid *resource; /* NULL: it does not depend */
	bool written;
	struct outcome otherwise;
	const int64_t *known; /* versions the client has: answered known_status */
	size_t known_count;
	int known_status;
};

/*
 * How long the request took is summed up from two clocks, each against itself: ours until its
 * transaction began, the database's from there to this row, which is why it comes behind the work.
 */
void reqlog_queue(struct ctx *cx, struct db *db, const struct reqlog *log);

#endif
