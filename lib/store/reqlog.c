/* SPDX-License-Identifier: MIT */
/* Rows of the request log. What is in them was redacted by the caller. */
#include "store/reqlog.h"

#include "base/text.h"
#include "store/param.h"
#include "store/table.h"

enum {
	BODY_BYTES = 65536,
	LINE_BYTES = 2048
};

/* Cut between characters, with a mark. */
static const char *cut(struct ctx *cx, const char *text, size_t max)
{
	size_t len;

	if (!text || (len = strlen(text)) <= max)
		return text;
	while (max > 0 && (text[max] & 0xc0) == 0x80)
		max--;
	return arena_printf(cx->arena, "%.*s… (%zu bytes)", (int)max, text, len);
}

static const char *versions(struct ctx *cx, const struct reqlog *log)
{
	const char **texts = arena_alloc(cx->arena, (log->known_count + 1) * sizeof(*texts));
	size_t i;

	for (i = 0; i < log->known_count; i++)
		texts[i] = param_int(cx, log->known[i]);
	return param_array(cx, texts, log->known_count);
}

void reqlog_queue(struct ctx *cx, struct db *db, const struct reqlog *log)
{
	const char **params = arena_alloc(cx->arena, 21 * sizeof(*params));

	params[0] = param_uuid(cx, log->directory);
	params[1] = param_uuid(cx, &cx->request_id);
	params[2] = param_time(cx, cx->now);
	params[3] = log->method;
	params[4] = cut(cx, log->url, LINE_BYTES);
	params[5] = cut(cx, log->body, BODY_BYTES);
	params[6] = param_int(cx, log->outcome.status);
	params[7] = cut(cx, log->outcome.body, BODY_BYTES);
	params[8] = log->outcome.detail;
	params[9] = param_array(cx, log->quirks, log->quirk_count);
	params[10] = log->resource ? param_uuid(cx, log->resource) : NULL;
	params[11] = cut(cx, log->remote_address, LINE_BYTES);
	params[12] = cut(cx, log->user_agent, LINE_BYTES);
	params[13] = log->written ? params[1] : NULL;
	params[14] = param_int(cx, log->otherwise.status);
	params[15] = cut(cx, log->otherwise.body, BODY_BYTES);
	params[16] = log->otherwise.detail;
	params[17] = versions(cx, log);
	params[18] = param_int(cx, log->known_status);
	params[19] = param_int(cx, db_began(db) - log->started);
	params[20] = log->provider;
	db_queue(cx, db, log->again ? tables[log->kind].log_again : tables[log->kind].log, params);
}
