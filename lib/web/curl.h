/* SPDX-License-Identifier: MIT */
/* A request as a command that can be pasted into a shell. What is in it may come from an attacker. */
#ifndef WEB_CURL_H
#define WEB_CURL_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Append a word that a POSIX shell takes for exactly this text, whatever is in it. A byte that a terminal could
 * take for a command (below blank but newline, DEL) is left out.
 */
void shell_quote(struct buf *buf, const char *text);

struct curl_request {
	const char *method;
	const char *url;
	const char *body; /* NULL: none */
	bool account; /* it is SCIM 1.1: HTTP Basic, and plain JSON */
};

/* Append the command. The credential is the shell's variable TOKEN, the user name of HTTP Basic ACCOUNT. */
void curl_print(struct buf *buf, const struct curl_request *request);

#endif
