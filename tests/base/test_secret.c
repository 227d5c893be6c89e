/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include "base/text.h"
#include "support.h"

static const struct uuid owner = { { 0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3, 0x98, 0xc4,
	0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f } };

static void a_secret_names_its_owner(void)
{
	static const char *const prefixes[] = { "rollcall_sk_", "rollcall_scim_", "rollcall_setup_",
		"rollcall_session_", "rollcall_client_" };
	struct arena *arena = arena_new();

	for (int a = 0; a < SECRET__MAX; a++) {
		char *text = secret_make(arena, (enum secret_kind)a, &owner);
		size_t prefix_len = strlen(prefixes[a]);

		CU_ASSERT_EQUAL(strncmp(text, prefixes[a], prefix_len), 0);
		CU_ASSERT_EQUAL(
			strncmp(text + prefix_len, "017f22e279b07cc398c4dc0c0c07398f", 32), 0);
		CU_ASSERT_EQUAL(strlen(text), prefix_len + 64);
		for (int b = 0; b < SECRET__MAX; b++) {
			struct uuid id = { { 0 } };
			bool parsed = secret_parse((enum secret_kind)b, text, strlen(text), &id);

			CU_ASSERT_EQUAL(parsed, a == b);
			CU_ASSERT_EQUAL(uuid_equal(&id, &owner), a == b);
		}
	}
	arena_free(arena);
}

static void two_secrets_differ(void)
{
	struct arena *arena = arena_new();

	CU_ASSERT_STRING_NOT_EQUAL(secret_make(arena, SECRET_BEARER, &owner),
		secret_make(arena, SECRET_BEARER, &owner));
	arena_free(arena);
}

#define HEX64 "017f22e279b07cc398c4dc0c0c07398f000102030405060708090a0b0c0d0e0f"

static void what_is_not_shaped_like_a_secret_is_refused(void)
{
	static const char *const bad[] = {
		"",
		"rollcall_scim_",
		"rollcall_scim_" HEX64 "0",
		"rollcall_scim_" HEX64 "00",
		"rollcall_scim" HEX64,
		"rollcall_sk_" HEX64,
		"ROLLCALL_SCIM_" HEX64,
		" rollcall_scim_" HEX64,
		HEX64,
		"rollcall_scim_017F22e279b07cc398c4dc0c0c07398f000102030405060708090a0b0c0d0e0f",
		"rollcall_scim_017f22e279b07cc398c4dc0c0c07398f000102030405060708090a0b0c0d0e0",
		"rollcall_scim_017f22e279b07cc398c4dc0c0c07398f000102030405060708090a0b0c0d0e0 ",
	};
	struct uuid id = owner;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT(!secret_parse(SECRET_BEARER, bad[i], strlen(bad[i]), &id));
	CU_ASSERT(secret_parse(SECRET_BEARER, "rollcall_scim_" HEX64 "xx", 14 + 64, &id));
}

/* FIPS 180-2 appendix B.1 and RFC 4231 section 4.3 */
static void hashes_are_the_standards(void)
{
	/* RFC 4231 test case 2: a short key is one padded with zeros */
	static const struct mac_key key = { "Jefe" };
	struct arena *arena = arena_new();
	unsigned char hash[SHA256_BYTES];

	sha256("abc", 3, hash);
	CU_ASSERT_STRING_EQUAL(hex_encode(arena, hash, sizeof(hash)),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256("", 0, hash);
	CU_ASSERT_STRING_EQUAL(hex_encode(arena, hash, sizeof(hash)),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hmac_sha256(&key, "what do ya want for nothing?", 28, hash);
	CU_ASSERT_STRING_EQUAL(hex_encode(arena, hash, sizeof(hash)),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	arena_free(arena);
}

static void equality_looks_at_every_byte(void)
{
	unsigned char a[SHA256_BYTES], b[SHA256_BYTES];

	random_bytes(a, sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++) {
		memcpy(b, a, sizeof(a));
		CU_ASSERT(secret_equal(a, b, sizeof(a)));
		b[i] ^= 1;
		CU_ASSERT(!secret_equal(a, b, sizeof(a)));
	}
}

CU_TestInfo secret_tests[] = {
	{ "a secret names its owner", a_secret_names_its_owner },
	{ "two secrets differ", two_secrets_differ },
	{ "what is not shaped like a secret is refused",
		what_is_not_shaped_like_a_secret_is_refused },
	{ "hashes are the standards'", hashes_are_the_standards },
	{ "equality looks at every byte", equality_looks_at_every_byte },
	CU_TEST_INFO_NULL,
};
