/* SPDX-License-Identifier: MIT */
#include "client.h"

#include "base/text.h"
#include "support.h"

enum {
	BODY_BYTES = 65536
};

/* With the limits of all tests, but for one that a transcript can reach. */
static const struct app *test_app(void)
{
	static struct app app = {
		.base_url = "https://rollcall.test",
		.base_path = "",
		.request_log = true,
		.retention = { .log_days = 30,
			.tombstone_days = 30,
			.event_days = 30,
			.audit_days = 30 },
		.oauth_token_seconds = 3600,
	};

	app.limits = test_limits;
	app.limits.body_bytes = BODY_BYTES;
	return &app;
}

/* In small pieces, so that reading goes round its loop. */
static int read_body(void *arg, char *data, int len)
{
	const char **rest = arg;
	size_t n = strnlen(*rest, len < 1000 ? (size_t)len : 1000);

	memcpy(data, *rest, n);
	*rest += n;
	return (int)n;
}

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

static void take_answer(struct arena *arena, const struct response *rs, struct answer *answer)
{
	*answer = (struct answer){
		.status = rs->status,
		.content_type = copy(arena, rs->content_type),
		.body = rs->head ? "" : arena_strndup(arena, rs->body.data, rs->body.len),
		.location = copy(arena, rs->location),
		.etag = copy(arena, rs->etag),
		.allow = copy(arena, rs->allow),
		.challenge = rs->challenge != NULL,
		.cookie = copy(arena, rs->cookie),
		.policy = copy(arena, rs->policy),
		.retry_after = rs->retry_after,
		.entered = rs->entered,
		.request_id = rs->request_id,
		.trips = db_trips(test_db),
	};
}

void client_send(struct arena *arena, const struct outgoing *out, struct answer *answer)
{
	struct ctx *cx = database_ctx();
	const char *rest = out->body ? out->body : "";
	struct request rq = {
		.method = out->method,
		.target = out->target,
		.content_type = out->content_type,
		.authorization = out->authorization,
		.if_match = out->if_match,
		.if_none_match = out->if_none_match,
		.user_agent = out->user_agent,
		.cookie = out->cookie,
		.origin = out->origin,
		.fetch_site = out->fetch_site,
		.method_override = out->method_override,
		.remote_address = "192.0.2.7",
		.content_length = (int64_t)strlen(rest) + out->cut_short,
		.ambiguous = out->ambiguous,
		.read = read_body,
		.read_arg = &rest,
	};
	struct response rs = { 0 };

	cx->limits = &test_app()->limits;
	if (out->secret && !out->authorization)
		rq.authorization = arena_printf(arena, "Bearer %s", out->secret);
	quiet_begin();
	router_handle(cx, test_app(), test_db, &rq, &rs);
	quiet_end();
	CU_ASSERT_EQUAL(db_state(test_db), DB_IDLE);
	take_answer(arena, &rs, answer);
	answer->body_read = out->body && rest != out->body;
	test_ctx_free(cx);
}
