/* SPDX-License-Identifier: MIT */
/*
 * FastCGI and plain CGI: the only module that knows libfcgi, the environment of a request and the
 * bytes of an answer.
 */
#ifndef CGI_GATEWAY_H
#define CGI_GATEWAY_H

#include "settings.h"

/* Listen on a Unix socket, replacing what is left of one. The descriptor, or -1 (see errno). */
int gateway_listen(const char *path);

/* Was this process started by a web server to answer one plain CGI request? */
bool gateway_is_cgi(void);

/* Answer that one request. */
void gateway_cgi(const struct settings *settings);

/*
 * Answer FastCGI requests that arrive on the listening socket, until SIGTERM or the number of
 * requests of the settings. SIGTERM lets the request in hand be answered.
 */
void gateway_serve(const struct settings *settings, int listener);

#endif
