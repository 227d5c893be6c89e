/* SPDX-License-Identifier: MIT */
/* API keys of one environment. A revoked one is gone, for everybody and at once. */
#ifndef STORE_API_KEY_H
#define STORE_API_KEY_H

#include "store/db.h"
#include "store/scope.h"

struct api_key {
	struct uuid id;
	const char *display_name; /* NULL: none */
	unsigned scopes; /* set of enum key_scope */
	int64_t created; /* microseconds since 1970 */
	int64_t used; /* give or take some minutes; 0: never */
};

/* Queue a page behind the id after. */
struct rows *api_key_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *after, int64_t limit);
struct rows *api_key_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);
void api_key_read(const struct rows *rows, int i, struct api_key *key);

/*
 * Queue the making of a key: its id, name and scopes are given. The secret, which is not kept; it
 * is another one each time.
 */
const char *api_key_create(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct api_key *key);

/* What a revocation would leave. */
struct key_fate {
	bool there; /* or revoked by an earlier attempt of this request */
	bool last; /* the only one with the scope manage */
};

/* Queue the question, under a lock that holds until the end of the transaction; then its answer. */
struct rows *api_key_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);
void api_key_fate(const struct rows *rows, struct key_fate *fate);

/* Queue the revocation: one row when it was valid. */
struct rows *api_key_revoke(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id);

/* The same for the operator: the row holds the environment. */
struct rows *api_key_revoke_any(struct ctx *cx, struct db *db, const struct uuid *id);

#endif
