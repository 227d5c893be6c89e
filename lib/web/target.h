/* SPDX-License-Identifier: MIT */
/*
 * The request target (REQUEST_URI): split, decoded and refused where web servers disagree on its
 * meaning. PATH_INFO is never looked at.
 */
#ifndef WEB_TARGET_H
#define WEB_TARGET_H

#include "web/call.h"

/*
 * Fill path, query, segments and parameters of the call.
 *
 * Fails: SCIM_NOT_FOUND  not below the base path; "//", "." or ".." segments; %2F, %00, control
 *                        characters, bad percent-encoding or bad UTF-8 in the path
 */
enum scim_err target_parse(struct call *call);

/* name=value&…, as in a query or a form (WHATWG URL section 5.1). Names that cannot be decoded are left out. */
const struct parameter *parameters_parse(struct arena *arena, const char *text, int *count);

#endif
