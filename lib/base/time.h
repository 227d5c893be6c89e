/* SPDX-License-Identifier: MIT */
/*
 * RFC 3339 times (RFC 7643 section 2.3.5) as microseconds since 1970-01-01T00:00:00Z. Own code,
 * because strptime knows no offsets and PostgreSQL also takes "now" and "infinity".
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MS_US = 1000 /* microseconds of a millisecond */
};

#define TIME_TEXT 28 /* "2026-11-21T18:49:44.123456Z" and the NUL */

/* The wall clock, cut to whole milliseconds: what SCIM shows of a time. */
int64_t time_now(void);

/* The wall clock in microseconds: for ids. */
int64_t time_precise(void);

/* Microseconds of a clock that never jumps, for durations and deadlines. */
int64_t time_monotonic(void);

/*
 * Parse an xsd:dateTime as SCIM clients send it: date, 'T' or 't', time with seconds, an optional
 * fraction of any length (cut to microseconds), an optional 'Z', 'z' or +hh:mm offset (none means
 * UTC). Years 0001 to 9999; days must exist; second 60 counts as the next second. The whole of
 * text[len] must be one.
 */
bool time_parse(const char *text, size_t len, int64_t *us);

/* Write yyyy-mm-ddThh:mm:ss.mmmZ (milliseconds) into text[TIME_TEXT]. */
void time_print(int64_t us, char *text);

/* Write yyyy-mm-ddThh:mm:ss.uuuuuuZ (microseconds): fixed width, so text order is time order. */
void time_print_us(int64_t us, char *text);

/*
 * Parse what PostgreSQL prints for timestamptz with DateStyle ISO and TimeZone UTC:
 * "2026-11-21 18:49:44.123+00".
 */
bool time_parse_pg(const char *text, int64_t *us);

#endif
