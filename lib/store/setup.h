/* SPDX-License-Identifier: MIT */
/*
 * One-time links for a customer's IT admin, the sessions they become, and what such a session may
 * see: one organization and its directories. Each statement is fenced by both of its environment
 * and its organization.
 */
#ifndef STORE_SETUP_H
#define STORE_SETUP_H

#include "store/db.h"

enum {
	SETUP_LINK_SECONDS = 24 * 3600, /* life of a link that nobody uses */
	SETUP_SESSION_SECONDS = 24 * 3600 /* life of the session behind it */
};

/*
 * Queue a link. No row: the environment has no such organization.
 */
struct rows *setup_link_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const char *token);

/*
 * Queue BEGIN and the redemption: the link is dead, the session there, or neither. One row when the
 * session is there, also by an attempt of this request whose answer was lost.
 *   secret  of the session: the same in each attempt
 */
struct rows *setup_redeem(struct ctx *cx, struct db *db, const struct uuid *environment,
	const char *token, const char *secret);

/* Queue the end of a session of either kind. */
void session_end(struct ctx *cx, struct db *db, const struct uuid *environment, const char *secret);

/* Whose page it is; texts may be NULL, but the names are not. */
struct setup_brand {
	const char *application;
	const char *logo_url;
	const char *return_url;
	const char *organization;
};

struct rows *setup_brand_get(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization);
void setup_brand_read(const struct rows *rows, struct setup_brand *brand);

struct setup_directory {
	struct uuid id;
	bool primary;
	bool enabled;
	bool has_token;
	int64_t token_at; /* when the newest was made */
};

/* Queue the directories of the organization, oldest first, or the one with this id. */
struct rows *setup_directory_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization);
struct rows *setup_directory_get(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const struct uuid *id);
void setup_directory_read(const struct rows *rows, int i, struct setup_directory *directory);

/* What has happened in a directory; each has its rows. */
struct setup_activity {
	struct rows *log; /* see setup_request_read */
	struct rows *users; /* how many, one number */
	struct rows *groups;
	struct rows *failures; /* see setup_failures_read */
};

/* Queue it; all is empty when the directory is not one of this organization. */
void setup_activity_get(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *organization, const struct uuid *id, struct setup_activity *activity);

struct setup_request {
	int64_t at;
	const char *method;
	const char *url;
	int status;
	const char *answer; /* body; NULL: not kept */
	const char *detail; /* why it failed, or NULL */
	const char *provider; /* whose request it looks like; or NULL */
};

/* The i-th of the last requests, newest first. */
void setup_request_read(const struct rows *rows, int i, struct setup_request *request);

/* How many credentials were refused in the last 24 hours, give or take one, and when the last. */
int64_t setup_failures_read(const struct rows *rows, int64_t *last_at);

#endif
