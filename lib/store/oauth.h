/* SPDX-License-Identifier: MIT */
/*
 * OAuth 2.0 clients of a directory: identity providers that fetch short-lived tokens with a secret
 * (RFC 6749 section 4.4). A token is a row like the directory's own, with an end.
 */
#ifndef STORE_OAUTH_H
#define STORE_OAUTH_H

#include "store/db.h"

struct oauth_client {
	struct uuid id;
	const char *display_name; /* NULL: none */
	int64_t created; /* microseconds since 1970 */
	int64_t used; /* when it last got a token; 0: never */
};

/* Queue a page behind the id after; no rows for a directory of another environment. */
struct rows *oauth_client_list(struct ctx *cx, struct db *db, const struct uuid scope[2],
	const struct uuid *after, int64_t limit);
/* scope: environment and directory, here and below. */
struct rows *oauth_client_get(
	struct ctx *cx, struct db *db, const struct uuid scope[2], const struct uuid *id);
void oauth_client_read(const struct rows *rows, int i, struct oauth_client *client);

/*
 * Queue the making of a client: its id and name are given. The secret, which is not kept; it is
 * another one each time.
 */
const char *oauth_client_create(struct ctx *cx, struct db *db, const struct uuid scope[2],
	const struct oauth_client *client);

/* Queue its deletion, with its tokens. */
void oauth_client_delete(
	struct ctx *cx, struct db *db, const struct uuid scope[2], const struct uuid *id);

/*
 * Queue the verification of a client's secret and the making of a token for it, all or nothing; of its
 * tokens the newest 50 stay.
 *   directory  whom the secret claims to belong to
 *   seconds    how long the token is good for
 *
 * The token. db_run then fails: SCIM_UNAUTHORIZED  no such client, or another secret
 *                               OAUTH_UNAUTHORIZED_CLIENT  the directory is disabled
 *                               SCIM_UNAVAILABLE   the schema is not the one we know
 */
const char *oauth_issue(struct ctx *cx, struct db *db, const struct uuid *directory,
	const struct uuid *client, const char *secret, int64_t seconds);

#endif
