/* SPDX-License-Identifier: MIT */
/*
 * What all pages share: the frame around them, and their security headers. A page works without
 * JavaScript; its style and scripts are files of our own (asset.h), nothing is inline.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "web/call.h"
#include "web/html.h"

/* Begin a page in the response's body: head and <main>. */
void page_open(struct call *call, const char *title);

/* End it. */
void page_close(struct call *call);

/* A whole page that says what went wrong. */
void page_error(struct buf *buf, const struct call *call, enum scim_err e, const char *detail);

/* Answer a POST: the browser goes on to this path, below the base path (RFC 9110 section 15.4.4). */
enum scim_err page_redirect(struct call *call, const char *path);

#endif
