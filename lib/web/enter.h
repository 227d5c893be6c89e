/* SPDX-License-Identifier: MIT */
/* Who calls: what each face takes for a credential. The database vouches for it, see credential.h. */
#ifndef WEB_ENTER_H
#define WEB_ENTER_H

#include "web/call.h"

/*
 * Queue the verification of the caller; it travels with the handler's first trip.
 *   write  BEGIN goes before it
 *   scope  what an API key must have
 *
 * Fails: SCIM_UNAUTHORIZED  the request shows nothing that could be one
 */
typedef enum scim_err enter_fn(struct call *call, bool write, enum key_scope scope);

enter_fn enter_bearer; /* SCIM 2.0: a directory's token */
enter_fn enter_account; /* SCIM 1.1: the same, or as the password of the directory's account */
enter_fn enter_key; /* the management API */
enter_fn enter_page; /* a cookie */

/* Name and password of HTTP Basic (RFC 7617), in the arena. False: it is no such header. */
bool basic_read(struct call *call, const char **name, const char **password);

/* The directory that the path names; false when it cannot be one. */
bool named_directory(const struct call *call, struct uuid *id);

#endif
