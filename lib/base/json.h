/* SPDX-License-Identifier: MIT */
/*
 * JSON: a strict one-pass guard in front of json-c, which alone accepts invalid UTF-8, NaN,
 * duplicate keys and lone surrogates, cuts keys at NUL and clamps numbers. Only what passes the
 * guard is ever parsed. Only the root of a tree is owned, by the arena.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <json-c/json.h>

#include "base/buf.h"
#include "base/ctx.h"

/*
 * Check that text[len] is one JSON value (RFC 8259) and nothing else. No memory is spent beyond
 * the nesting and the keys of the objects that are open.
 *
 * Fails: SCIM_INVALID_SYNTAX  not JSON; invalid UTF-8; a raw control character; a lone surrogate;
 *                             duplicate keys (compared ASCII case-insensitively, escapes decoded);
 *                             an integer beyond int64; any other number of 10^18 or more, or
 *                             with an exponent beyond 18 (jsonb writes 1e300 back as 301 digits,
 *                             which json-c cuts to 64 bits); nested deeper than
 *                             cx->limits->json_depth, or than 128
 *        SCIM_INVALID_VALUE   \u0000 in a key or a value
 *        SCIM_TOO_LARGE       more than json_nodes values
 */
enum scim_err json_guard(struct ctx *cx, const char *text, size_t len);

/* Guard, then parse. *tree (NULL for JSON null) lives as long as the arena. */
enum scim_err json_parse(struct ctx *cx, const char *text, size_t len, struct json_object **tree);

/* The same for one of several texts that share the limit: *nodes is the count of their values. */
enum scim_err json_parse_counted(
	struct ctx *cx, const char *text, size_t len, int64_t *nodes, struct json_object **tree);

/* As json_parse, and the value must be an object: SCIM_INVALID_SYNTAX otherwise. */
enum scim_err json_parse_object(
	struct ctx *cx, const char *text, size_t len, struct json_object **tree);

/* A value must be an object: SCIM_INVALID_SYNTAX otherwise. */
enum scim_err json_check_object(struct ctx *cx, struct json_object *value);

/* Parse text that we stored ourselves: no guard; a failure is a broken invariant and aborts. */
struct json_object *json_parse_stored(struct arena *arena, const char *text, size_t len);

/* A new object or array owned by the arena, for building a root. */
struct json_object *json_root_object(struct arena *arena);

/* A deep copy owned by the arena. */
struct json_object *json_root_copy(struct arena *arena, struct json_object *value);

/* A deep copy without an owner: add it to a tree on the same line. NULL copies to NULL. */
struct json_object *json_copy(struct json_object *value);

/* Case-sensitive look-up; NULL for absent and for JSON null alike. */
struct json_object *json_get(struct json_object *object, const char *name);
/* The same, or NULL when the member is not a string. */
const char *json_get_string(struct json_object *object, const char *name);

/* ASCII case-insensitive look-up in what a client sent; *found tells null from absent. */
struct json_object *json_iget(struct json_object *object, const char *name, bool *found);

/* Append the compact text of a tree. NULL prints null. Slashes are not escaped. */
void json_print(struct buf *buf, struct json_object *value);

/* Same JSON value? Objects ignore the order of their members, arrays do not. */
bool json_same(struct json_object *a, struct json_object *b);

#endif
