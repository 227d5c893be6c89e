/* SPDX-License-Identifier: MIT */
/* `rollcall deliver`: webhooks, sent by one process or several. */
#ifndef CGI_DELIVER_H
#define CGI_DELIVER_H

#include "settings.h"

/*
 * Move events to the feeds and send them to the endpoints that want them, until SIGTERM or SIGINT;
 * the attempts in hand are finished. once: until nothing is due. The exit status: 1 when once could not ask the
 * database.
 */
int deliver(const struct settings *settings, bool once);

#endif
