/* SPDX-License-Identifier: MIT */
/*
 * What every call of one request shares: its arena, its one reading of the clock, its limits, and
 * the first error. Lower floors take it as cx and know nothing else of the request.
 */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"

/* Enforced before memory is spent; rows of the settings table, advertised where a protocol can. */
struct limits {
	int64_t body_bytes; /* request body */
	int64_t group_body_bytes; /* body of a write of a group */
	int64_t json_depth; /* nested arrays and objects */
	int64_t json_nodes; /* values in one document */
	int64_t string_bytes; /* one string value of a resource */
	int64_t resource_bytes; /* one stored resource */
	int64_t unique_bytes; /* a value that must be unique, such as userName */
	int64_t filter_bytes; /* text of one filter */
	int64_t filter_depth; /* nested parentheses, nots and brackets */
	int64_t filter_terms; /* comparisons in one filter */
	int64_t patch_operations; /* operations in one PATCH */
	int64_t bulk_operations; /* operations in one Bulk request (maxOperations) */
	int64_t values; /* values of one multi-valued attribute */
	int64_t members; /* members named in one request */
	int64_t count; /* resources on one page (maxResults, maxPageSize) */
	int64_t default_count; /* resources on one page when the client does not say */
	int64_t cursor_seconds; /* life of a cursor */
};

struct ctx {
	struct arena *arena;
	const struct limits *limits;
	struct uuid request_id; /* UUIDv7; stored as last_write, printed in the log */
	int64_t now; /* microseconds since 1970, whole milliseconds; read once */
	int64_t event_us; /* moment of the newest id of an event */
	int attempt; /* 0, then one more for each time the request is run again */
	bool strict; /* the directory refuses what only a quirk allows */
	bool account_used; /* the account's id was compared, as it was known then */
	int64_t compared; /* bytes that value filters have compared so far */
	uint64_t quirks; /* 1 << enum quirk, of those used so far */
	enum scim_err err; /* the first failure; SCIM_OK while there is none */
	const char *detail; /* its text, for the client (SCIM_INTERNAL: for the log) */
};

/*
 * Record why the request fails and return e. The first failure is kept; a later call changes
 * nothing and returns the first one. fmt NULL: the error's own text says it all.
 */
enum scim_err ctx_fail(struct ctx *cx, enum scim_err e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The text that ctx_fail would keep: valid UTF-8, no control characters, no credentials, at most
 * 500 bytes; in the arena.
 */
const char *ctx_detail(struct ctx *cx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forget the failure, so that a request that lost its transaction may run again. */
void ctx_clear(struct ctx *cx);

#endif
