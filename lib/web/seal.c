/* SPDX-License-Identifier: MIT */
/* Seals: data, then the first half of HMAC-SHA-256 over the context and the data. */
#include "web/seal.h"

#include "base/buf.h"
#include "base/text.h"

enum {
	MAC_BYTES = 16,
	SEAL_MAX = 4096
};

static void mac(struct arena *arena, const struct mac_key *key, const char *context,
	const char *data, size_t len, unsigned char out[SHA256_BYTES])
{
	struct buf buf;

	buf_init(&buf, arena, strlen(context) + len + 1);
	buf_put(&buf, context, strlen(context) + 1); /* its NUL keeps the two apart */
	buf_put(&buf, data, len);
	hmac_sha256(key, buf.data, buf.len, out);
}

const char *seal_make(struct arena *arena, const struct mac_key *key, const char *context,
	const char *data, size_t len)
{
	unsigned char digest[SHA256_BYTES];
	struct buf buf;

	mac(arena, key, context, data, len, digest);
	buf_init(&buf, arena, len + MAC_BYTES);
	buf_put(&buf, data, len);
	buf_put(&buf, (const char *)digest, MAC_BYTES);
	return base64url_encode(arena, (const unsigned char *)buf.data, buf.len);
}

const char *seal_open(struct arena *arena, const char *text, size_t *len)
{
	size_t text_len = strlen(text);
	unsigned char *data;

	if (text_len > SEAL_MAX || !(data = base64url_decode(arena, text, text_len, len)) ||
		*len < MAC_BYTES)
		return NULL;
	*len -= MAC_BYTES;
	return arena_strndup(arena, (const char *)data, *len);
}

bool seal_check(
	struct arena *arena, const struct mac_key *key, const char *context, const char *text)
{
	unsigned char digest[SHA256_BYTES], *data;
	size_t len;

	data = base64url_decode(arena, text, strlen(text), &len);
	if (!data || len < MAC_BYTES)
		return false;
	mac(arena, key, context, (const char *)data, len - MAC_BYTES, digest);
	return secret_equal(digest, data + len - MAC_BYTES, MAC_BYTES);
}
