/* SPDX-License-Identifier: MIT */
/*
 * Which identity provider a request comes from, by its User-Agent: a help for whoever reads the
 * request log, and no more. Nothing else is decided by it.
 */
#ifndef WEB_PROVIDER_H
#define WEB_PROVIDER_H

#include <stdbool.h>

/* A short name that lives for ever, "okta"; NULL: none that is known, or no User-Agent. */
const char *provider_of(const char *user_agent);

/* Is this one of the short names? */
bool provider_is_known(const char *name);

#endif
