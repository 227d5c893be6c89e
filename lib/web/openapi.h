/* SPDX-License-Identifier: MIT */
/* The API's description, printed from the tables that it runs on. */
#ifndef WEB_OPENAPI_H
#define WEB_OPENAPI_H

#include "base/buf.h"

/*
 * Append the OpenAPI 3.1 document of routes[], usages[] and the shapes that they name.
 *   base_url  of the server, without a trailing slash
 */
void openapi_print(struct buf *buf, const char *base_url);

#endif
