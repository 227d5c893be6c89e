/* SPDX-License-Identifier: MIT */
/* What the setup page looks like; on_setup.c decides what is shown. */
#ifndef WEB_SETUP_VIEW_H
#define WEB_SETUP_VIEW_H

#include "store/setup.h"
#include "web/call.h"
#include "web/guide.h"

/* The page of one directory. */
struct setup_view {
	struct setup_brand brand;
	struct setup_directory directory;
	const struct guide *guide; /* of the chosen provider; NULL: none is */
	const char *token; /* the one just made, shown this once; or NULL */
	struct setup_activity activity;
};

/* The page that asks for the link. signed_in: there is a session to go on with. */
void setup_view_link(struct call *call, bool signed_in);

/* Which directory? None: the page offers to create it. */
void setup_view_choice(
	struct call *call, const struct setup_brand *brand, const struct rows *directories);

void setup_view_directory(struct call *call, const struct setup_view *view);

/* The part of it that is loaded again and again: its body only. */
void setup_view_activity(struct call *call, const struct setup_activity *activity);

#endif
