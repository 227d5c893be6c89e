/* SPDX-License-Identifier: MIT */
/*
 * Opaque positions handed to clients: cursors (RFC 9865) and page tokens. They are readable but
 * authenticated, and bound to the query they came from. The key belongs to the tenant and comes
 * with its verification, so a seal is opened before the trip and checked after it: what it says is
 * only ever a position inside the tenant's own rows.
 */
#ifndef WEB_SEAL_H
#define WEB_SEAL_H

#include "base/secret.h"

/*
 * base64url of the data and its MAC.
 *   context  the query it is bound to: any text that both sides make alike
 */
const char *seal_make(struct arena *arena, const struct mac_key *key, const char *context,
	const char *data, size_t len);

/* The data of a seal, unchecked, NUL-terminated; NULL when it is none. */
const char *seal_open(struct arena *arena, const char *text, size_t *len);

/* Was it made with this key for this context? */
bool seal_check(
	struct arena *arena, const struct mac_key *key, const char *context, const char *text);

#endif
