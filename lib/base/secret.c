/* SPDX-License-Identifier: MIT */
/* Credentials and hashes over OpenSSL. Stores nothing and compares no credential itself. */
#include "base/secret.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/text.h"

#define RANDOM_BYTES 16

static const char *const prefixes[SECRET__MAX] = {
	[SECRET_API_KEY] = "rollcall_sk_",
	[SECRET_BEARER] = "rollcall_scim_",
	[SECRET_SETUP] = "rollcall_setup_",
	[SECRET_SESSION] = "rollcall_session_",
	[SECRET_CLIENT] = "rollcall_client_",
};

char *secret_make(struct arena *arena, enum secret_kind kind, const struct uuid *owner)
{
	unsigned char random[RANDOM_BYTES];

	random_bytes(random, sizeof(random));
	return arena_printf(arena, "%s%s%s", prefixes[kind],
		hex_encode(arena, owner->byte, sizeof(owner->byte)),
		hex_encode(arena, random, sizeof(random)));
}

bool secret_parse(enum secret_kind kind, const char *text, size_t len, struct uuid *owner)
{
	size_t prefix_len = strlen(prefixes[kind]);
	unsigned char part[sizeof(owner->byte) + RANDOM_BYTES];

	if (len < prefix_len || memcmp(text, prefixes[kind], prefix_len) != 0)
		return false;
	if (!hex_decode(text + prefix_len, len - prefix_len, part, sizeof(part)))
		return false;
	memcpy(owner->byte, part, sizeof(owner->byte));
	return true;
}

void random_bytes(unsigned char *out, size_t len)
{
	if (len > INT_MAX || RAND_bytes(out, (int)len) != 1)
		abort();
}

void sha256(const char *data, size_t len, unsigned char out[SHA256_BYTES])
{
	if (!EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL))
		abort();
}

void hmac_sha256(
	const struct mac_key *key, const char *data, size_t len, unsigned char out[SHA256_BYTES])
{
	if (!HMAC(EVP_sha256(), key->byte, sizeof(key->byte), (const unsigned char *)data, len, out,
		    NULL))
		abort();
}

bool secret_equal(const unsigned char *a, const unsigned char *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
