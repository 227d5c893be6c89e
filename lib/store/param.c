/* SPDX-License-Identifier: MIT */
/* Texts for statement parameters. Knows PostgreSQL's input formats and nothing of connections. */
#include "store/param.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"

const char *param_int(struct ctx *cx, int64_t value)
{
	return arena_printf(cx->arena, "%" PRId64, value);
}

const char *param_time(struct ctx *cx, int64_t us)
{
	char *text = arena_alloc(cx->arena, TIME_TEXT);

	time_print_us(us, text);
	return text;
}

const char *param_uuid(struct ctx *cx, const struct uuid *id)
{
	return uuid_text(cx->arena, id);
}

const char *param_bytes(struct ctx *cx, const unsigned char *data, size_t len)
{
	return arena_printf(cx->arena, "\\x%s", hex_encode(cx->arena, data, len));
}

const char *param_sha256(struct ctx *cx, const char *secret)
{
	unsigned char digest[SHA256_BYTES];

	sha256(secret, strlen(secret), digest);
	return param_bytes(cx, digest, sizeof(digest));
}

const char *param_bool(bool value)
{
	return value ? "true" : "false";
}

const char *param_array(struct ctx *cx, const char *const *items, size_t count)
{
	struct buf buf;
	const char *s;
	size_t i;

	buf_init(&buf, cx->arena, 64);
	buf_putc(&buf, '{');
	for (i = 0; i < count; i++) {
		buf_puts(&buf, i ? ",\"" : "\"");
		for (s = items[i]; *s; s++) {
			if (*s == '"' || *s == '\\')
				buf_putc(&buf, '\\');
			buf_putc(&buf, *s);
		}
		buf_putc(&buf, '"');
	}
	buf_putc(&buf, '}');
	return buf.data;
}

const char **param_scope(
	struct ctx *cx, const struct uuid *environment, const struct uuid *id, size_t count)
{
	const char **params = arena_alloc(cx->arena, count * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = param_uuid(cx, id);
	return params;
}
