/* SPDX-License-Identifier: MIT */
/*
 * Upkeep that shared hosting has no cron for: folding of counts, retention, purging of deleted
 * directories, sequencing of events that nobody reads. Bounded, after an answer was sent, now and then.
 */
#ifndef STORE_MAINTAIN_H
#define STORE_MAINTAIN_H

#include "store/db.h"

struct retention {
	int64_t log_days;
	int64_t tombstone_days;
	int64_t event_days;
	int64_t audit_days;
};

/*
 * One round for a directory that is in use, and one for a directory that was deleted, if any.
 * Failures are logged and ignored: the next round does what this one could not.
 */
void maintain_directory(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct retention *retention);

/*
 * One round for what belongs to an environment that is in use, and to none: old rows of its audit log,
 * sessions and setup links that have ended.
 */
void maintain_environment(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct retention *retention);

#endif
