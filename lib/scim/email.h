/* SPDX-License-Identifier: MIT */
/* The one e-mail address of a user, for who wants just one. */
#ifndef SCIM_EMAIL_H
#define SCIM_EMAIL_H

#include "base/arena.h"

/*
 * Of a stored user, JSON text: the primary of its emails, else the first, else the userName if it looks
 * like one, else "". In the arena.
 */
const char *user_email(struct arena *arena, const char *doc, size_t len);

#endif
