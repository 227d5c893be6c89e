/* SPDX-License-Identifier: MIT */
/* UUIDs and their two spellings. Knows prefixes, but not what is stored under an id. */
#include "base/id.h"

#include "base/secret.h"
#include "base/text.h"

struct uuid uuid_v7(int64_t us)
{
	uint64_t ms = (uint64_t)us / 1000;
	unsigned fraction = (unsigned)((uint64_t)us % 1000 * 4096 / 1000);
	struct uuid id;

	random_bytes(id.byte, sizeof(id.byte));
	for (int i = 0; i < 6; i++)
		id.byte[i] = (unsigned char)(ms >> (40 - 8 * i));
	id.byte[6] = (unsigned char)(0x70 | fraction >> 8); /* version 7 */
	id.byte[7] = (unsigned char)fraction;
	id.byte[8] = (id.byte[8] & 0x3f) | 0x80; /* variant of RFC 9562 */
	return id;
}

struct uuid uuid_floor(int64_t us)
{
	int64_t ms = us > 0 ? us / 1000 : 0;
	struct uuid id = { { 0 } };

	for (int i = 5; i >= 0; i--, ms >>= 8)
		id.byte[i] = (unsigned char)(ms & 0xff);
	id.byte[6] = 0x70;
	return id;
}

#define TAG_BYTES 3

void uuid_join(struct uuid *id, const struct uuid *directory)
{
	size_t at = sizeof(id->byte) - TAG_BYTES;

	memcpy(id->byte + at, directory->byte + at, TAG_BYTES);
}

void uuid_tag(const struct uuid *id, char *text)
{
	char whole[UUID_TEXT];

	uuid_print(id, whole);
	memcpy(text, whole + UUID_TEXT - TAG_TEXT, TAG_TEXT);
}

/* RFC 9562 section 4: the bytes between hyphens. */
static const size_t fields[] = { 4, 2, 2, 2, 6 };

enum {
	FIELDS = sizeof(fields) / sizeof(fields[0])
};

void uuid_print(const struct uuid *id, char *text)
{
	const unsigned char *byte = id->byte;

	for (int i = 0; i < FIELDS; i++) {
		if (i)
			*text++ = '-';
		hex_print(byte, fields[i], text);
		byte += fields[i];
		text += 2 * fields[i];
	}
}

char *uuid_text(struct arena *arena, const struct uuid *id)
{
	char *text = arena_alloc(arena, UUID_TEXT);

	uuid_print(id, text);
	return text;
}

bool uuid_parse(const char *text, size_t len, struct uuid *id)
{
	struct uuid parsed;
	unsigned char *byte = parsed.byte;

	if (len != UUID_TEXT - 1)
		return false;
	for (int i = 0; i < FIELDS; i++) {
		if (i && *text++ != '-')
			return false;
		if (!hex_decode(text, 2 * fields[i], byte, fields[i]))
			return false;
		byte += fields[i];
		text += 2 * fields[i];
	}
	*id = parsed;
	return true;
}

bool uuid_iparse(const char *text, size_t len, struct uuid *id)
{
	char folded[UUID_TEXT];

	if (len >= sizeof(folded))
		return false;
	for (size_t i = 0; i < len; i++)
		folded[i] =
			(char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
	return uuid_parse(folded, len, id);
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->byte, b->byte, sizeof(a->byte)) == 0;
}

static const char *const prefixes[ID__MAX] = {
	[ID_ENVIRONMENT] = "env_",
	[ID_API_KEY] = "api_key_",
	[ID_ORGANIZATION] = "org_",
	[ID_DIRECTORY] = "scim_directory_",
	[ID_USER] = "scim_user_",
	[ID_GROUP] = "scim_group_",
	[ID_REQUEST] = "scim_request_",
	[ID_EVENT] = "event_",
	[ID_WEBHOOK_ENDPOINT] = "webhook_endpoint_",
	[ID_WEBHOOK_DELIVERY] = "webhook_delivery_",
	[ID_OAUTH_CLIENT] = "oauth_client_",
};

const char *id_prefix(enum id_kind kind)
{
	return prefixes[kind];
}

/*
 * 128 bits as four 32-bit words, the high one first; 25 digits as five groups of five, since 36^5
 * is the largest power of 36 in a word.
 */
#define WORDS 4
#define GROUPS 5
#define GROUP_DIGITS ((size_t)5)
#define GROUP_BASE 60466176 /* 36^5 */

static void words_of(const struct uuid *id, uint32_t word[WORDS])
{
	for (size_t i = 0; i < sizeof(id->byte); i++)
		word[i / 4] = word[i / 4] << 8 | id->byte[i];
}

/* Divide by GROUP_BASE and return the remainder. */
static uint32_t words_divide(uint32_t word[WORDS])
{
	uint64_t rest = 0;

	for (int i = 0; i < WORDS; i++) {
		rest = rest << 32 | word[i];
		word[i] = (uint32_t)(rest / GROUP_BASE);
		rest %= GROUP_BASE;
	}
	return (uint32_t)rest;
}

/* Multiply by GROUP_BASE and add; false when the sum needs more than 128 bits. */
static bool words_multiply(uint32_t word[WORDS], uint32_t add)
{
	uint64_t carry = add;

	for (int i = WORDS - 1; i >= 0; i--) {
		carry += (uint64_t)word[i] * GROUP_BASE;
		word[i] = (uint32_t)carry;
		carry >>= 32;
	}
	return carry == 0;
}

size_t id_format(enum id_kind kind, const struct uuid *id, char *text)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	size_t prefix_len = strlen(prefixes[kind]);
	size_t len = prefix_len + GROUPS * GROUP_DIGITS;
	char *at = text + len;
	uint32_t word[WORDS] = { 0 };

	memcpy(text, prefixes[kind], prefix_len);
	*at = '\0';
	words_of(id, word);
	for (int group = 0; group < GROUPS; group++) {
		uint32_t rest = words_divide(word);

		for (size_t i = 0; i < GROUP_DIGITS; i++) {
			*--at = digits[rest % 36];
			rest /= 36;
		}
	}
	return len;
}

char *id_print(struct arena *arena, enum id_kind kind, const struct uuid *id)
{
	char text[ID_TEXT];

	return arena_strndup(arena, text, id_format(kind, id, text));
}

/* The value of five base-36 digits, -1 when there is anything else among them. */
static int64_t group_value(const char *text)
{
	int64_t value = 0;

	for (size_t i = 0; i < GROUP_DIGITS; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			value = value * 36 + (text[i] - '0');
		else if (text[i] >= 'a' && text[i] <= 'z')
			value = value * 36 + (text[i] - 'a' + 10);
		else
			return -1;
	}
	return value;
}

bool id_parse(enum id_kind kind, const char *text, size_t len, struct uuid *id)
{
	size_t prefix_len = strlen(prefixes[kind]);
	uint32_t word[WORDS] = { 0 };

	if (len != prefix_len + GROUPS * GROUP_DIGITS ||
		memcmp(text, prefixes[kind], prefix_len) != 0)
		return false;
	for (size_t group = 0; group < GROUPS; group++) {
		int64_t value = group_value(text + prefix_len + group * GROUP_DIGITS);

		if (value < 0 || !words_multiply(word, (uint32_t)value))
			return false;
	}
	for (size_t i = 0; i < sizeof(id->byte); i++)
		id->byte[i] = (unsigned char)(word[i / 4] >> (24 - 8 * (i % 4)));
	return true;
}

struct uuid id_named(enum id_kind kind, const char *text)
{
	struct uuid id = { { 0 } };

	id_parse(kind, text, strlen(text), &id);
	return id;
}
