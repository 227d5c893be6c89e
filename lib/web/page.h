/* SPDX-License-Identifier: MIT */
/*
 * What all pages share: the frame around them, their security headers, and the small parts that
 * they are made of. A page works without JavaScript; its style and scripts are files of our own
 * (asset.h), nothing is inline.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "web/call.h"
#include "web/html.h"

/* A link of the frame's navigation. */
struct page_link {
	const char *path; /* below the base path */
	const char *text;
};

/* What differs between frames. */
struct page_look {
	const char *title; /* of the document */
	const char *brand; /* the name on top; NULL: Rollcall */
	const char *home; /* where the brand leads, below the base path; NULL: nowhere */
	const char
		*logo; /* https URL of its picture, the only foreign thing a page loads; or NULL */
	const struct page_link *links; /* navigation, the last has path NULL; NULL: none */
	const char *current; /* path of the link that the page belongs to */
	const char *width; /* "wide", "narrow", or NULL */
	const char *more; /* a style and a script besides page's, by their name; NULL: none */
	bool signed_in; /* offers to sign out: POST /setup/sign-out or /console/sign-out */
};

/* Begin a page in the response's body: head, frame and <main>. */
void page_open(struct call *call, const struct page_look *look);

/* End it. */
void page_close(struct call *call);

/* Part of a page, for a script of ours: its security headers only. */
void page_part(struct call *call);

/* A whole page that says what went wrong. */
void page_error(struct buf *buf, const struct call *call, enum scim_err e, const char *detail);

/* Answer a POST: the browser goes on to this path, below the base path (RFC 9110 section 15.4.4). */
enum scim_err page_redirect(struct call *call, const char *path);

/* Append the hidden field that every form of a session carries. */
void page_proof(struct call *call);

/*
 * Append a labelled value with a button that copies it. Without JavaScript there is no button.
 *   id  of the field, unique on the page
 */
void page_copy(struct call *call, const char *id, const char *label, const char *value);

/* Append <time>: "3 min ago", with the moment in UTC as its title; us since 1970. */
void page_time(struct call *call, int64_t us);

/* Append a badge; kind is "good", "warn", "bad" or "". */
void page_badge(struct buf *buf, const char *kind, const char *text);

#endif
