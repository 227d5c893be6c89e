/* SPDX-License-Identifier: MIT */
/*
 * What an IT admin has to do in each identity provider: a table, in the provider's own words. Texts are HTML
 * literals.
 */
#ifndef WEB_GUIDE_H
#define WEB_GUIDE_H

#include "web/call.h"

enum guide_value {
	GUIDE_TEXT, /* what value says */
	GUIDE_URL, /* the directory's base URL, and value behind it if there is one */
	GUIDE_ACCOUNT, /* the user name, of SCIM 1.1 */
	GUIDE_TOKEN /* its bearer token, which is the password of SCIM 1.1 */
};

/* A field of the provider's form. */
struct guide_field {
	const char *label;
	enum guide_value kind;
	const char *value;
};

enum {
	GUIDE_STEPS = 6,
	GUIDE_FIELDS = 8,
	GUIDE_NOTES = 4
};

/* The lists end with NULL. */
struct guide {
	const char *slug; /* in addresses */
	const char *name;
	enum face face; /* what it speaks: FACE_SCIM, FACE_SCIM1 or FACE_PINGONE */
	const char *before[GUIDE_STEPS]; /* the way to the form */
	struct guide_field fields[GUIDE_FIELDS];
	const char *after[GUIDE_STEPS]; /* what to press then */
	const char *notes[GUIDE_NOTES]; /* what else is good to know */
};

extern const struct guide guides[];
extern const size_t guide_count;

/* NULL: there is none of that slug, or it is NULL. */
const struct guide *guide_find(const char *slug);

#endif
