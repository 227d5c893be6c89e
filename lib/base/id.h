/* SPDX-License-Identifier: MIT */
/*
 * Identifiers: UUIDv7 made here (RFC 9562 section 5.7), so that order by id is order of creation,
 * and their spellings: canonical UUID text, and a prefix with 25 base-36 digits.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct uuid {
	unsigned char byte[16];
};

enum id_kind {
	ID_ENVIRONMENT,
	ID_API_KEY,
	ID_ORGANIZATION,
	ID_DIRECTORY,
	ID_USER,
	ID_GROUP,
	ID_REQUEST,
	ID_EVENT,
	ID_WEBHOOK_ENDPOINT,
	ID_WEBHOOK_DELIVERY,
	ID_OAUTH_CLIENT,
	ID__MAX
};

#define UUID_TEXT 37 /* 36 characters and the NUL */
#define ID_TEXT 64 /* the longest prefix, 25 digits and the NUL */

/*
 * A new id of a moment in microseconds since 1970: RFC 9562 section 6.2 method 3 keeps those of
 * one millisecond in order too. Aborts when the system has no random bytes.
 */
struct uuid uuid_v7(int64_t us);

/* The smallest UUIDv7 of a moment's millisecond: ids below it are older. Before 1970: of 1970. */
struct uuid uuid_floor(int64_t us);

/*
 * Give an id the tag of a directory, its last 24 bits: so an id alone leads to the few directories that
 * may have it. Order by id stays what it was: it is in the bits before. Twice is as once.
 */
void uuid_join(struct uuid *id, const struct uuid *directory);

#define TAG_TEXT 7 /* six hex digits and the NUL */

/* The tag of an id: the last six characters of its canonical form, into text[TAG_TEXT]. */
void uuid_tag(const struct uuid *id, char *text);

/* Write the canonical lower-case form into text[UUID_TEXT]. */
void uuid_print(const struct uuid *id, char *text);

/* The same, as a string in the arena. */
char *uuid_text(struct arena *arena, const struct uuid *id);

/* Parse the canonical lower-case form and nothing else; the whole of text[len] must be one. */
bool uuid_parse(const char *text, size_t len, struct uuid *id);

/* The same in any case: there are databases that hand back in capitals what they were given. */
bool uuid_iparse(const char *text, size_t len, struct uuid *id);

bool uuid_equal(const struct uuid *a, const struct uuid *b);

/* "scim_user_" and so on. Lives for ever. */
const char *id_prefix(enum id_kind kind);

/* prefix + 25 base-36 digits of the UUID as a 128-bit big-endian number, zero-padded. */
char *id_print(struct arena *arena, enum id_kind kind, const struct uuid *id);

/* The same into text[ID_TEXT]; its length. */
size_t id_format(enum id_kind kind, const struct uuid *id, char *text);

/*
 * Parse exactly what id_print writes: the kind's prefix, 25 digits 0-9a-z (no upper case), a value
 * below 2^128. False for anything else; *id is then unchanged.
 */
bool id_parse(enum id_kind kind, const char *text, size_t len, struct uuid *id);

/* The id that a text names; what is no id of the kind is the id of none, all zeros. */
struct uuid id_named(enum id_kind kind, const char *text);

#endif
