/* SPDX-License-Identifier: MIT */
/*
 * Credentials. The text of one names its owner; the statement queued here, in the same transaction
 * as the work, vouches for it. Nothing is cached: a rotated token is dead at once.
 */
#ifndef STORE_CREDENTIAL_H
#define STORE_CREDENTIAL_H

#include "base/secret.h"
#include "scim/schema.h"
#include "store/db.h"
#include "store/scope.h"

/* Who calls the SCIM face; filled when the trip that verified it has run. */
struct tenant {
	struct uuid directory;
	bool entered; /* the token was good */
	struct uuid account; /* its organization, once verified; before: the claim of the caller */
	bool claims_account; /* he says whose the directory is, and must be right */
	const char *token_sha256; /* as a parameter; NULL until it is asked for */
	struct mac_key mac_key; /* of cursors */
	struct resource_type types[KIND__MAX]; /* as this directory has them, once verified */
	const char
		*schemas; /* the text that they were read from; NULL: they are the built-in ones */
	bool writes; /* nothing was parsed by them before the first trip */
	bool learned; /* that trip told of others: what was parsed must be parsed again */
};

/* Who calls the management API, or looks at a page. */
struct key_holder {
	struct uuid environment;
	const char *page; /* of a session: "console" or "setup" */
	unsigned scopes; /* set of enum key_scope */
	struct mac_key mac_key; /* of page tokens */
	bool has_key;
	struct uuid key; /* the API key, or the one the console was entered with */
	bool has_organization;
	struct uuid organization; /* of a session of the setup page: all it may see */
};

/*
 * Queue the verification of a bearer token and let everything behind it in this transaction see
 * the tenant's rows. write: BEGIN goes before it; else the trip is its own transaction.
 *
 * db_run then fails: SCIM_UNAUTHORIZED  no such token (expired, rotated, directory deleted)
 *                    SCIM_FORBIDDEN     the directory is disabled
 *                    SCIM_UNAVAILABLE   the schema is not the one we know
 *                    SCIM_RETRY         the directory is strict, or has schemas of its own, and the
 *                                       request has parsed something without knowing
 */
void directory_enter(
	struct ctx *cx, struct db *db, const char *token, bool write, struct tenant *tenant);

/*
 * The same for an API key; holder->environment is whom it claims to belong to.
 *   scope  what the key must have: SCIM_FORBIDDEN without
 */
void environment_enter(struct ctx *cx, struct db *db, const char *key, bool write,
	enum key_scope scope, struct key_holder *holder);

/*
 * The same for the cookie of holder->page.
 *   scope  what the API key that opened the console must have; a setup session has none
 */
void session_enter(struct ctx *cx, struct db *db, const char *secret, bool write,
	enum key_scope scope, struct key_holder *holder);

/* Part of a gate: is the version in the first column the one we know? Fails: SCIM_UNAVAILABLE. */
enum scim_err schema_gate(struct ctx *cx, const struct rows *rows);

/*
 * Queue a lock of the directory that a write has entered, until it ends. Who looks under it for what he then makes sees
 * what others have made under it; other writes do not wait.
 */
void directory_hold(struct ctx *cx, struct db *db, const struct uuid *directory);

/* Count a refused credential of this directory, in a trip of its own; failures are ignored. */
void directory_refused(struct ctx *cx, struct db *db, const struct uuid *directory);

#endif
