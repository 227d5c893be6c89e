/* SPDX-License-Identifier: MIT */
/* Requests in plain language, for people who do not know SCIM: what was asked, and why it failed. */
#ifndef WEB_EXPLAIN_H
#define WEB_EXPLAIN_H

/* "Create a user": what a request is about, by its method and the path and query it was logged with. */
const char *explain_request(const char *method, const char *url);

/*
 * What went wrong and what to do about it; NULL when nothing did.
 *   answer  body of the answer, whose scimType tells more; may be NULL or cut off
 */
const char *explain_failure(int status, const char *url, const char *answer);

/* What a logged URL says behind the base URL of its directory. */
const char *explain_url(const char *url);

#endif
