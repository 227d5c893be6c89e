/* SPDX-License-Identifier: MIT */
/* Is an answer what the tables of usage.h and shape.h say? */
#ifndef TESTS_WEB_CONFORM_H
#define TESTS_WEB_CONFORM_H

#include <json-c/json.h>

#include "web/usage.h"

/*
 * NULL when the route answers so; else what is wrong, in the arena. body: NULL for none. Members of SCIM
 * resources are not looked at: a directory may have schemas of its own.
 */
const char *conform(
	struct arena *arena, const struct route *route, int status, struct json_object *body);

#endif
