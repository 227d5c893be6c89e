/* SPDX-License-Identifier: MIT */
/*
 * `rollcall key` and `rollcall environment`: what the operator does without an API key. Results are
 * printed on standard output, one line each; the exit status is returned.
 */
#ifndef CGI_KEY_H
#define CGI_KEY_H

#include "settings.h"

/*
 * Make an API key in the environment of that name, which is made when there is none. The key is
 * printed alone on standard output, and kept nowhere.
 *   name    its displayName, NULL: none
 *   scopes  names, separated by commas
 */
int key_create(const struct settings *settings, const char *environment, const char *name,
	const char *scopes);

/* The keys of the environment of that name: id, scopes, when made, when last used, name. */
int key_list(const struct settings *settings, const char *environment);

/* Revoke the key of that id, even the last one. */
int key_revoke(const struct settings *settings, const char *id);

/* All environments: id and name. */
int environments_print(const struct settings *settings);

#endif
