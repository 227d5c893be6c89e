/* SPDX-License-Identifier: MIT */
/*
 * Webhook endpoints of an environment, and the attempts to deliver to them. An endpoint gets the
 * events of the feed one by one: its position is that of the last one it is done with. Who sends holds
 * a lease, so that nobody else does at the same time; all that it writes then is bound to the lease.
 */
#ifndef STORE_WEBHOOK_H
#define STORE_WEBHOOK_H

#include "base/secret.h"
#include "store/directory.h"
#include "store/feed.h"

/* Texts live in the request's arena. */
struct webhook {
	struct uuid environment;
	struct uuid id;
	bool has_organization;
	struct uuid organization; /* only its events */
	const char *url;
	const char *description; /* NULL: none */
	const char *types; /* a JSON array of strings; []: all */
	struct mac_key secret;
	bool has_previous; /* the secret before signs too */
	struct mac_key previous;
	bool enabled;
	const char *disabled_reason; /* NULL: nobody but the vendor disabled it */
	int64_t position;
	int64_t attempts; /* in vain, of the next event */
	int64_t failing_since; /* microseconds since 1970, as all times; 0: it is not */
	int64_t next_at; /* 0: at once */
	int64_t created;
	int64_t modified;
};

/* What a vendor may set; NULL and CHANGE_NONE leave it, on creation the default. */
struct webhook_change {
	const char *url;
	bool has_description;
	const char *description;
	bool has_organization;
	const struct uuid *organization; /* NULL: all */
	const char *types; /* text[], see param_array */
	enum change enabled;
	bool has_after;
	int64_t after; /* of creation only: the position to begin behind; without: the end */
};

/* Queue a page behind the id after. */
struct rows *webhook_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *after, int64_t limit);
struct rows *webhook_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);
void webhook_read(struct ctx *cx, const struct rows *rows, int i, struct webhook *webhook);

/*
 * Queue a change and the reading back of its result. A creation makes none when the environment has no
 * such organization or its feed has not come as far as after; neither does a change without such an
 * organization.
 */
struct rows *webhook_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct webhook_change *change, const struct mac_key *secret);
struct rows *webhook_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct webhook_change *change);

/* Queue the deletion: one row when it was there. */
struct rows *webhook_delete(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

/* Queue another secret: one row when the endpoint is there. The one before signs too for overlap_seconds. */
struct rows *webhook_rotate(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct mac_key *secret, int64_t overlap_seconds);

/* Queue another position: one row when the endpoint is there and its feed has come that far. */
struct rows *webhook_replay(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, int64_t after);

/* --- attempts --- */

struct delivery {
	struct uuid id; /* UUIDv7 */
	int64_t at;
	int64_t position; /* of the event in the feed */
	struct uuid event;
	const char *type;
	int64_t attempt; /* from 1 */
	int64_t status; /* of the answer; 0: there was none */
	const char *error; /* NULL: there was one */
	const char *response; /* begin of its body */
	int64_t duration_us;
};

enum delivery_filter {
	DELIVERY_ANY,
	DELIVERY_FAILED,
	DELIVERY_SUCCEEDED
};

/* Queue a page, the newest first: those before the id before; a zero one: from the newest. */
struct rows *delivery_list(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	enum delivery_filter filter, const struct uuid *before, int64_t limit);
void delivery_read(const struct rows *rows, int i, struct delivery *delivery);

bool delivery_succeeded(const struct delivery *delivery);

/* --- for who sends; no credential is asked for --- */

/* A hold on endpoints: nobody else gets them before its end. */
struct lease {
	struct uuid id;
	int64_t until;
};

/*
 * Queue the taking of at most limit endpoints, of any environment, that are enabled, have something to be
 * sent and may be tried now. Their rows are for webhook_read.
 */
struct rows *webhook_claim(struct ctx *cx, struct db *db, const struct lease *lease, int64_t limit);

/*
 * Queue the end of an attempt and its row. It is what the endpoint was when the event was read.
 *   succeeded  goes on behind the event, keeps the lease until its new end; the rows, for webhook_read, are
 *              the endpoint as it is now, none when the lease was lost
 *   failed     gives the lease back; next_at is when it may be tried again. One row, whether it is still
 *              enabled, none when the lease was lost
 */
struct rows *webhook_succeeded(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct lease *lease, const struct delivery *delivery);
struct rows *webhook_failed(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct lease *lease, const struct delivery *delivery, int64_t next_at);

/* Queue the disabling, and the event that tells of it: feed_enter goes before. */
void webhook_disable(
	struct ctx *cx, struct db *db, const struct webhook *endpoint, const char *reason);

/* Queue the giving back of a lease; what is not wanted, up to done, is done with. */
void webhook_release(struct ctx *cx, struct db *db, const struct webhook *endpoint,
	const struct lease *lease, int64_t done);

/* The events that the endpoint is to get next; in the arena. */
const struct feed_query *webhook_query(struct ctx *cx, const struct webhook *endpoint);

/* Queue the deletion of at most limit attempts from before a moment, of all environments. */
void delivery_purge(struct ctx *cx, struct db *db, int64_t before, int64_t limit);

#endif
