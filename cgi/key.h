/* SPDX-License-Identifier: MIT */
/* `rollcall key create`: a first environment and its API key. */
#ifndef CGI_KEY_H
#define CGI_KEY_H

#include "settings.h"

/*
 * Make an API key in the environment of that name, which is made when there is none. The key is
 * printed alone on standard output, and kept nowhere. The exit status.
 */
int key_create(const struct settings *settings, const char *environment, bool management);

#endif
