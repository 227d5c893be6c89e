/* SPDX-License-Identifier: MIT */
/* The small parent of `rollcall serve`: one listening socket, workers that are replaced. */
#ifndef CGI_SERVE_H
#define CGI_SERVE_H

#include "settings.h"

/* Run until SIGTERM or SIGINT, then end the workers gracefully. The exit status. */
int serve(const struct settings *settings, const char *socket_path, int workers);

#endif
