/* SPDX-License-Identifier: MIT */
/* Texts for statement parameters, in PostgreSQL's input formats, in the arena. */
#ifndef STORE_PARAM_H
#define STORE_PARAM_H

#include "base/ctx.h"

const char *param_int(struct ctx *cx, int64_t value);
const char *param_time(struct ctx *cx, int64_t us);
const char *param_uuid(struct ctx *cx, const struct uuid *id);
const char *param_bytes(struct ctx *cx, const unsigned char *data, size_t len);
/* bytea: SHA-256 of a secret, which is all that is kept of it. */
const char *param_sha256(struct ctx *cx, const char *secret);
const char *param_bool(bool value);
/* text[]; items may hold anything but NUL. */
const char *param_array(struct ctx *cx, const char *const *items, size_t count);

/* $1 and $2 of a statement with count parameters; the caller puts the others. */
const char **param_scope(
	struct ctx *cx, const struct uuid *environment, const struct uuid *id, size_t count);

#endif
