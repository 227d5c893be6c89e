/* SPDX-License-Identifier: MIT */
/*
 * What identity providers send beyond the RFC and we accept. Each is a row, each use is recorded in
 * cx->quirks for the request log, and a directory in strict mode refuses it with the RFC's error.
 * The code that tolerates one is marked QUIRK(provider).
 */
#ifndef SCIM_QUIRK_H
#define SCIM_QUIRK_H

#include "base/ctx.h"

enum quirk {
	QUIRK_STRING_BOOLEAN, /* "True" for true */
	QUIRK_NO_SCHEMAS, /* a body without schemas */
	QUIRK_FOREIGN_SCHEMA, /* draft, 1.1 or vendor URNs in schemas or as an extension's key */
	QUIRK_READ_ONLY_VALUE, /* id, meta, schemas inside a pathless PATCH value */
	QUIRK_DOTTED_KEY, /* "name.givenName" or a URN path as a key of a pathless value */
	QUIRK_CREATE_TARGET, /* add or replace on emails[type eq "work"].value creates the value */
	QUIRK_REMOVE_VALUE, /* remove with a value removes only that value */
	QUIRK_MANAGER, /* manager as a string, an array of one, or without value */
	QUIRK_UNKNOWN_ATTRIBUTE, /* a name no schema has, ignored */
	QUIRK_SINGLE_VALUE, /* an object where an array belongs, or an array of one for a scalar */
	QUIRK_PATH_FILTER, /* filter emails[type eq "work"].value eq "x" */
	QUIRK_COMPLEX_COMPARE, /* filter manager eq "x" means manager.value eq "x" */
	QUIRK_UNQUALIFIED, /* an extension's attribute without its URN */
	QUIRK_SINGLE_QUOTES, /* 'x' for "x" inside a filter */
	QUIRK_STRING_NUMBER, /* a number or boolean where a string belongs, or "7" for 7 */
	QUIRK_UNKNOWN_MEMBER, /* a member that is no user or group of ours, passed over */
	QUIRK_NO_BULK_ID, /* a POST in a Bulk request without bulkId */
	QUIRK__MAX
};

/* Its name in the request log, such as "stringBoolean". */
extern const char *const quirk_names[QUIRK__MAX];

/* May this request use the quirk? Then its use is recorded. False in strict mode. */
bool quirk_allowed(struct ctx *cx, enum quirk quirk);

#endif
