/* SPDX-License-Identifier: MIT */
/*
 * Reading the request log of one directory. All calls stand in a transaction that has entered the
 * directory: directory_visit (reading.h) does that for the management API and the pages.
 */
#ifndef STORE_LOG_LIST_H
#define STORE_LOG_LIST_H

#include "store/db.h"

/* What is looked for; zero and NULL: anything. */
struct log_query {
	const struct uuid *directory;
	bool oldest; /* the oldest first; else the newest */
	const struct uuid *after; /* the last id of the page before */
	int64_t limit; /* rows */
	const struct uuid *from; /* ids from this one on: uuid_floor of a time */
	const struct uuid *before; /* ids below it */
	int status_from; /* HTTP statuses from this one on */
	int status_before; /* and below this one */
	const char *method;
	const char *provider;
	const char *quirk;
	const char *text; /* somewhere in URL, bodies or detail; case matters */
	const char *url_text; /* the same as clients encode it in URLs; with text */
	const struct uuid *resource; /* about this user or group */
	const char *resource_text; /* as its id stands in URLs of SCIM 2.0; with resource */
};

/* One request. Texts live in the request's arena, NULL where there is none. */
struct log_entry {
	struct uuid id;
	int64_t at; /* microseconds since 1970 */
	const char *method;
	const char *url; /* below the base URL */
	int status; /* HTTP */
	const char *detail; /* why it failed, or what was passed over */
	const char *quirks; /* names with a blank between; "" for none */
	bool has_resource;
	struct uuid resource;
	const char *remote_address;
	const char *user_agent;
	const char *provider; /* a name of web/provider.h */
	bool has_client;
	struct uuid client; /* the OAuth client */
	int64_t duration_us; /* -1: not known */
	const char *request_body; /* log_get only; redacted, and cut when it was long */
	const char *response_body; /* the same */
};

/* Queue a page, without the bodies. */
struct rows *log_list(struct ctx *cx, struct db *db, const struct log_query *query);

/* Queue one row, with the bodies. */
struct rows *log_get(
	struct ctx *cx, struct db *db, const struct uuid *directory, const struct uuid *id);

/* Row i of either, after db_run. */
void log_read(const struct rows *rows, int i, struct log_entry *entry);

/* Refused credentials of one hour. */
struct failures {
	int64_t hour; /* its begin, microseconds since 1970 */
	int64_t count;
	int64_t last; /* when the last one was */
};

/* Queue the hours in which there were any, the newest first. since: microseconds since 1970. */
struct rows *failures_list(
	struct ctx *cx, struct db *db, const struct uuid *directory, int64_t since, int64_t limit);
void failures_read(const struct rows *rows, int i, struct failures *failures);

#endif
