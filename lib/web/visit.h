/* SPDX-License-Identifier: MIT */
/*
 * Which directory a request of the vendor is about, and entering it: by the model's selectors, or by an
 * id that has the directory's tag (base/id.h). A trip comes before the reading only where the directory
 * has to be looked up.
 */
#ifndef WEB_VISIT_H
#define WEB_VISIT_H

#include "store/reading.h"
#include "web/call.h"

enum {
	VISITS_MAX = 8
};

struct visit {
	const char *directory_text; /* the selectors; NULL: not given */
	const char *organization_text;
	const char *external_id;
	const char *context; /* all of them, for a page token */
	struct uuid directories[VISITS_MAX]; /* that may be meant; of selectors one */
	struct rows *entered[VISITS_MAX];
	int count;
};

/* Read the selectors. Fails: SCIM_INVALID_VALUE when there is none. */
enum scim_err visit_read(struct call *call, struct visit *visit);

/* Find the one directory that they select. Fails: SCIM_NOT_FOUND. */
enum scim_err visit_select(struct call *call, struct visit *visit);

/*
 * Find the directories that a resource or request may be in: that of the parameter scimDirectoryId, or
 * else those whose tag the id has. There may be none.
 */
enum scim_err visit_by_id(struct call *call, const struct uuid *id, struct visit *visit);

/* Queue the entering of directory i, for what is queued behind it. */
const struct uuid *visit_enter(struct call *call, struct visit *visit, int i);

/* After db_run: was the directory that was selected there? SCIM_NOT_FOUND. */
enum scim_err visit_check(struct call *call, const struct visit *visit);

#endif
