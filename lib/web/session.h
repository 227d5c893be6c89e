/* SPDX-License-Identifier: MIT */
/*
 * Browsers: the cookie of a session, forms, and the proof that a form is ours. A form carries a value
 * that only the holder of the cookie can make, and no other origin may send it.
 */
#ifndef WEB_SESSION_H
#define WEB_SESSION_H

#include "web/call.h"

/* "setup" or "console": the session's kind, and where its cookie is sent. NULL: no face of pages. */
const char *session_kind(enum face face);

/* Read the cookie of the call's face into call->session; false when there is none, or two. */
bool session_find(struct call *call);

/* Have the browser keep it (Set-Cookie), for so many seconds; 0: forget it. */
void session_set(struct call *call, const char *secret, int64_t seconds);

/* What a form of this session must carry as "csrf"; hexadecimal. */
const char *session_proof(const struct call *call);

/*
 * Take the received body apart as application/x-www-form-urlencoded.
 *
 * Fails: SCIM_UNSUPPORTED_MEDIA_TYPE, and as call_received
 */
enum scim_err form_read(struct call *call);

/* A field of the form; NULL when it is absent or not UTF-8. The first counts. */
const char *form_value(const struct call *call, const char *name);

/*
 * May this browser send this form? From another origin nobody may (Origin, Sec-Fetch-Site); in a
 * session its proof must be right.
 *
 * Fails: SCIM_FORBIDDEN
 */
enum scim_err form_check(struct call *call);

#endif
