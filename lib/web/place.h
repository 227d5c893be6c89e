/* SPDX-License-Identifier: MIT */
/* Where the SCIM faces are (see mounts in router.h): what is given away, and what a logged URL means. */
#ifndef WEB_PLACE_H
#define WEB_PLACE_H

#include "web/call.h"

/* The base URL of a SCIM face for a directory, in the arena. */
const char *place_base(struct call *call, enum face face, const struct uuid *directory);

/* A URL of the request log: path and query below the base path. */
struct place {
	enum face face;
	const char *below; /* what stands behind the base URL: "/Users?count=1"; "" for itself */
	enum id_kind kind; /* ID_GROUP: it is about groups or one of them; else ID_USER */
};

struct place place_of(const char *url);

#endif
