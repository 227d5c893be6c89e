/* SPDX-License-Identifier: MIT */
/*
 * Why a call failed, and what each face says of it. No other file holds a 4xx or 5xx number.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Names are the scimType keywords of RFC 7644 table 9 and RFC 9865 where one exists. */
enum scim_err {
	SCIM_OK = 0,
	SCIM_INVALID_FILTER,
	SCIM_TOO_MANY,
	SCIM_UNIQUENESS,
	SCIM_MUTABILITY,
	SCIM_INVALID_SYNTAX,
	SCIM_INVALID_PATH,
	SCIM_NO_TARGET,
	SCIM_INVALID_VALUE,
	SCIM_INVALID_VERS,
	SCIM_SENSITIVE,
	SCIM_INVALID_CURSOR,
	SCIM_EXPIRED_CURSOR,
	SCIM_INVALID_COUNT,
	SCIM_BAD_REQUEST, /* 400 that no keyword names */
	SCIM_UNAUTHORIZED,
	SCIM_FORBIDDEN,
	SCIM_NOT_FOUND,
	SCIM_METHOD_NOT_ALLOWED,
	SCIM_CONFLICT,
	SCIM_GONE,
	SCIM_PRECONDITION_FAILED,
	SCIM_TOO_LARGE,
	SCIM_UNSUPPORTED_MEDIA_TYPE,
	OAUTH_UNSUPPORTED_GRANT_TYPE, /* RFC 6749 section 5.2, here and below */
	OAUTH_UNAUTHORIZED_CLIENT,
	OAUTH_INVALID_SCOPE,
	SCIM_NOT_IMPLEMENTED,
	SCIM_UNAVAILABLE, /* try again later; answered with Retry-After */
	SCIM_RETRY, /* the transaction did not happen and may be run again; never answered */
	SCIM_INTERNAL, /* a bug of ours; its text goes to the log only */
	SCIM__MAX
};

struct err_row {
	int status; /* HTTP status */
	const char *scim_type; /* RFC 7644 table 9, RFC 9865 section 2.3; NULL when there is none */
	const char *text; /* what is said when the caller gave no detail */
	int rpc_code; /* google.rpc.Code of the management face */
};

/* The row of e; SCIM_OK has status 200. Lives for ever. */
const struct err_row *err_row(enum scim_err e);

/* RFC 9110's words for a status that we answer with, for the web server's first line. */
const char *status_reason(int status);

/* The error of a PostgreSQL SQLSTATE (5 characters); NULL means the connection was lost. */
enum scim_err err_of_sqlstate(const char *sqlstate);

#endif
