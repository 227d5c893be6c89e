/* SPDX-License-Identifier: MIT */
/* A request as a command that can be pasted into a shell. What is in it may come from an attacker. */
#ifndef WEB_CURL_H
#define WEB_CURL_H

#include "base/buf.h"

/*
 * Append a word that a POSIX shell takes for exactly this text, whatever is in it. A byte that a terminal could
 * take for a command (below blank but newline, DEL) is left out.
 */
void shell_quote(struct buf *buf, const char *text);

/*
 * Append the command. The credential is the shell's variable TOKEN.
 *   body  NULL: none
 */
void curl_print(struct buf *buf, const char *method, const char *url, const char *body);

#endif
