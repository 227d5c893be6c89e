/* SPDX-License-Identifier: MIT */
/*
 * Transcripts: requests and their answers as data, tests/http/<name>.http. Each file has customers of its
 * own. A line that begins with "# " is a comment. A request:
 *
 *	> POST /scim/v2/Users?filter={userName eq "a"}
 *	If-Match: W/"1"
 *
 *	{"userName":"a"}
 *
 *	< 201
 *	Location: https://rollcall.test/scim/v2/Users/${id}
 *
 *	{"id":"${id}","userName":"a","title":null}
 *
 * What stands in braces in a target is percent-encoded. The credential is ${token} or ${key}, whichever
 * the path needs, in SCIM 1.1 "Basic {${account}:${token}}", unless an Authorization line says another ("Authorization:" alone: none; "Basic {a:b}":
 * encoded). OAuth gets none but by such a line.
 *
 * Of the answer only what is written is compared: members of objects, null for one that must not
 * be there; arrays as a whole. A header without a value must not be there. A text is compared as it
 * is, "~..." as a regular expression; the first ${name} takes what it finds, later ones must be equal.
 * A body "~..." is a regular expression over all of it: for pages, which get a credential by a Cookie line only.
 * In any case the body must be JSON (or a page with its security headers), and an error in its face's format;
 * status and members must be those that usage.h says of the route.
 *
 * "? SQL" asks the database, as the superuser; the line behind it, "= text", is its first value.
 * "@ 60" lets the clock go on by 60 seconds.
 *
 * Names that are there: token key readkey org account (the UUID of org) dir, token2 org2 dir2 of another customer in the same
 * environment, token3 key3 org3 dir3 in another one, env, long, a text of 5,000 characters,
 * and big, one longer than a body may be.
 */
#ifndef TESTS_WEB_TRANSCRIPT_H
#define TESTS_WEB_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* Run one file; a difference is printed with its line, and fails the running test. */
void transcript_run(const char *path);

/* Was this row of routes[] ever answered with success (or 501)? */
bool transcript_has_route(size_t route);

#endif
