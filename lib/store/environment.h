/* SPDX-License-Identifier: MIT */
/* Environments and their API keys: made by the operator, not over HTTP. */
#ifndef STORE_ENVIRONMENT_H
#define STORE_ENVIRONMENT_H

#include "store/db.h"
#include "store/scope.h"

/* Find the oldest environment of that name, or make it. *made says which. */
enum scim_err environment_ensure(
	struct ctx *cx, struct db *db, const char *name, struct uuid *environment, bool *made);

/* Make an API key with a set of scopes; *key is its secret, which is not kept. */
enum scim_err environment_add_key(struct ctx *cx, struct db *db, const struct uuid *environment,
	unsigned scopes, const char **key);

/* Does the database have the schema that this program knows? */
enum scim_err schema_check(struct ctx *cx, struct db *db);

#endif
