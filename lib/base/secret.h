/* SPDX-License-Identifier: MIT */
/*
 * Secrets: random credentials that name their owner, and the hashes under which they are kept.
 *
 * A credential is its prefix, 32 hex digits of its owner's id (not secret: it is part of the base
 * URL too), and 32 hex digits of random (128 bits). The owner in it lets one round trip ask the
 * right tenant; only the database, which knows the hash, vouches for it.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/id.h"

#define SHA256_BYTES 32

/* A secret of ours, under which what we hand to clients is authenticated. */
struct mac_key {
	unsigned char byte[SHA256_BYTES];
};

enum secret_kind {
	SECRET_API_KEY, /* rollcall_sk_, owner: environment */
	SECRET_BEARER, /* rollcall_scim_, owner: directory */
	SECRET_SETUP, /* rollcall_setup_, owner: environment */
	SECRET_SESSION, /* rollcall_session_, owner: environment */
	SECRET_CLIENT, /* rollcall_client_, owner: directory */
	SECRET__MAX
};

/* A new credential. Aborts when the system has no random bytes: never a weak secret. */
char *secret_make(struct arena *arena, enum secret_kind kind, const struct uuid *owner);

/* Is text[len] shaped like one of this kind? Then *owner is whom it claims to belong to. */
bool secret_parse(enum secret_kind kind, const char *text, size_t len, struct uuid *owner);

/* len random bytes from OpenSSL's generator; aborts without. */
void random_bytes(unsigned char *out, size_t len);

void sha256(const char *data, size_t len, unsigned char out[SHA256_BYTES]);
void hmac_sha256(
	const struct mac_key *key, const char *data, size_t len, unsigned char out[SHA256_BYTES]);

/* Equality in time that depends on len only. */
bool secret_equal(const unsigned char *a, const unsigned char *b, size_t len);

#endif
