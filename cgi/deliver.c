/* SPDX-License-Identifier: MIT */
/*
 * One loop, no threads: endpoints are taken by a lease, each has one request under way, and what
 * came of it is written before the next event is read. A process that dies leaves leases that end.
 */
#include "deliver.h"

#include <signal.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "store/environment.h"
#include "store/webhook.h"
#include "web/event.h"

enum {
	TURN = 100, /* events in a row, then others have their turn */
	ENVIRONMENTS = 1000, /* ids that one query answers */
	ENDING_MS = 100, /* between two looks at the attempts in hand behind SIGTERM */
	PURGE_MS = 60000,
	PURGE_ROWS = 1000,
	DOUBLINGS = 32,
	SIGNATURES_BYTES = 256
};

#define SECOND_US INT64_C(1000000)
#define HOUR_US (INT64_C(3600) * SECOND_US)
#define DAY_US (24 * HOUR_US)
#define RETRY_MAX_US (6 * HOUR_US)

/* An endpoint that is ours for now. Its arena lives from the reading of an event to its end. */
struct turn {
	enum {
		TURN_FREE,
		TURN_SENDING,
		TURN_ENDED /* but not yet written */
	} state;
	struct arena *arena;
	struct webhook endpoint; /* as it was when the event was read */
	struct lease lease;
	struct feed_event event;
	struct delivery delivery;
	struct http_post post;
	int sent; /* events in a row */
};

struct deliverer {
	const struct settings *settings;
	struct db *db;
	struct http *http;
	struct turn *turns; /* settings->deliver.parallel of them */
	int64_t looked; /* when the database was last asked, monotonic */
	int64_t wake; /* when an attempt that failed may be repeated; 0: none */
	int64_t purged; /* when attempts were last purged, monotonic */
	bool full; /* there may be more endpoints that are due than there were turns */
	bool busy; /* ask again at once */
	bool reached; /* the database was */
};

static volatile sig_atomic_t ended;

static void on_term(int signal)
{
	(void)signal;
	ended = 1;
}

static void begin(struct deliverer *deliverer, struct arena *arena, struct ctx *cx)
{
	memset(cx, 0, sizeof(*cx));
	cx->arena = arena;
	cx->limits = &deliverer->settings->app.limits;
	cx->now = time_now();
	cx->request_id = uuid_v7(time_precise());
	db_start(cx, deliverer->db);
}

/* One trip or several have failed: what is wrong was logged there. */
static void fail(struct deliverer *deliverer, struct ctx *cx)
{
	log_line("warning", NULL, "deliver: %s", cx->detail);
	db_finish(cx, deliverer->db);
	deliverer->reached = false;
}

/* A request and the trip that writes what became of it fit in. */
static struct lease new_lease(const struct deliverer *deliverer, const struct ctx *cx)
{
	const struct settings *settings = deliverer->settings;
	struct lease lease = { .id = cx->request_id };

	lease.until = cx->now + (settings->app.http.total_ms + settings->db.budget_ms) * 1000;
	return lease;
}

/* --- the message --- */

/* Standard Webhooks: v1,base64(HMAC-SHA-256(secret, id.timestamp.body)). */
static const char *sign(struct arena *arena, const struct mac_key *secret, const struct buf *text)
{
	unsigned char mac[SHA256_BYTES];

	hmac_sha256(secret, text->data, text->len, mac);
	return arena_printf(arena, "v1,%s", base64_encode(arena, mac, sizeof(mac)));
}

static const char *const *make_headers(
	struct turn *turn, const struct buf *body, const struct webhook *endpoint)
{
	struct arena *arena = turn->arena;
	const char **headers = arena_alloc(arena, 6 * sizeof(*headers));
	const char *id = id_print(arena, ID_EVENT, &turn->event.id);
	long long seconds = (long long)(turn->delivery.at / SECOND_US);
	struct buf text, signatures;

	buf_init(&text, arena, body->len + ID_TEXT);
	buf_printf(&text, "%s.%lld.", id, seconds);
	buf_put(&text, body->data, body->len);
	buf_init(&signatures, arena, SIGNATURES_BYTES);
	buf_printf(&signatures, "webhook-signature: %s", sign(arena, &endpoint->secret, &text));
	if (endpoint->has_previous)
		buf_printf(&signatures, " %s", sign(arena, &endpoint->previous, &text));
	headers[0] = "Content-Type: application/json";
	headers[1] = "User-Agent: Rollcall-Webhooks";
	headers[2] = arena_printf(arena, "webhook-id: %s", id);
	headers[3] = arena_printf(arena, "webhook-timestamp: %lld", seconds);
	headers[4] = signatures.data;
	return headers;
}

static void send_event(struct deliverer *deliverer, struct turn *turn)
{
	struct delivery *delivery = &turn->delivery;
	struct buf body;

	memset(delivery, 0, sizeof(*delivery));
	delivery->id = uuid_v7(time_precise());
	delivery->at = time_now();
	delivery->position = turn->event.position;
	delivery->event = turn->event.id;
	delivery->type = turn->event.type;
	delivery->attempt = turn->endpoint.attempts + 1;
	buf_init(&body, turn->arena, 0);
	event_print(&body, &turn->event);
	memset(&turn->post, 0, sizeof(turn->post));
	turn->post.url = turn->endpoint.url;
	turn->post.headers = make_headers(turn, &body, &turn->endpoint);
	turn->post.body = body.data;
	turn->post.body_len = body.len;
	turn->post.owner = turn;
	turn->state = TURN_SENDING;
	turn->sent++;
	http_begin(deliverer->http, turn->arena, &turn->post);
}

/* --- turns --- */

static struct turn *free_turn(struct deliverer *deliverer)
{
	int64_t i;

	for (i = 0; i < deliverer->settings->deliver.parallel; i++)
		if (deliverer->turns[i].state == TURN_FREE)
			return &deliverer->turns[i];
	return NULL;
}

static int64_t count_turns(const struct deliverer *deliverer, bool free)
{
	int64_t i, n = 0;

	for (i = 0; i < deliverer->settings->deliver.parallel; i++)
		n += (deliverer->turns[i].state == TURN_FREE) == free;
	return n;
}

static void end_turn(struct deliverer *deliverer, struct turn *turn)
{
	struct arena *arena = turn->arena;

	memset(turn, 0, sizeof(*turn));
	arena_free(arena);
	deliverer->busy = deliverer->busy || deliverer->full;
}

/* Give the endpoint back; what it does not want of the feed is behind it. */
static void release(struct deliverer *deliverer, struct turn *turn, int64_t done)
{
	struct ctx cx;

	begin(deliverer, turn->arena, &cx);
	webhook_release(&cx, deliverer->db, &turn->endpoint, &turn->lease, done);
	if (db_run(&cx, deliverer->db))
		fail(deliverer, &cx); /* the lease ends by itself */
	end_turn(deliverer, turn);
}

/* May a request begin, which then ends before the lease does? */
static bool may_send(const struct deliverer *deliverer, const struct turn *turn)
{
	return !ended && turn->endpoint.enabled && turn->sent < TURN &&
	       time_now() + deliverer->settings->app.http.total_ms * 1000 <= turn->lease.until;
}

/* What comes next for an endpoint that is ours: an event, or others have their turn. */
static void go_on(struct deliverer *deliverer, struct turn *turn, const struct feed_page *page)
{
	int64_t position = turn->endpoint.position;

	if (page->count && may_send(deliverer, turn)) {
		turn->event = page->events[0];
		send_event(deliverer, turn);
		return;
	}
	deliverer->busy = deliverer->busy || page->count || page->more;
	release(deliverer, turn, !page->count && page->next > position ? page->next : position);
}

/* Read the endpoint's next event and go on with it. */
static void look_for_event(struct deliverer *deliverer, struct turn *turn)
{
	const struct feed_query *query;
	const struct webhook *endpoint = &turn->endpoint;
	int64_t position = endpoint->position;
	struct rows *listed, *found;
	struct feed_page page;
	struct ctx cx;

	begin(deliverer, turn->arena, &cx);
	query = webhook_query(&cx, endpoint);
	feed_enter(&cx, deliverer->db, &endpoint->environment);
	found = webhook_get(&cx, deliverer->db, &endpoint->environment, &endpoint->id);
	listed = feed_list(&cx, deliverer->db, query);
	if (db_run(&cx, deliverer->db))
		fail(deliverer, &cx);
	if (cx.err || !rows_count(found)) {
		end_turn(deliverer, turn);
		return;
	}
	feed_read(&cx, query, listed, &page);
	webhook_read(&cx, found, 0, &turn->endpoint);
	turn->endpoint.position = position; /* from which the event was read */
	go_on(deliverer, turn, &page);
}

/* --- what came of an attempt --- */

/* Doubling, with jitter: a half to the whole of it. */
static int64_t retry_us(const struct deliverer *deliverer, int64_t attempt)
{
	int64_t delay = deliverer->settings->deliver.retry_ms * 1000;
	int64_t i;
	uint32_t chance;

	for (i = 1; i < attempt && i < DOUBLINGS && delay < RETRY_MAX_US; i++)
		delay *= 2;
	if (delay > RETRY_MAX_US)
		delay = RETRY_MAX_US;
	random_bytes((unsigned char *)&chance, sizeof(chance));
	return delay / 2 + (int64_t)((uint64_t)delay / 2 * chance / UINT32_MAX);
}

/* Why the endpoint is to be disabled; NULL: it may go on. */
static const char *find_reason(
	const struct deliverer *deliverer, const struct turn *turn, const struct ctx *cx)
{
	int64_t hours = deliverer->settings->deliver.give_up_hours;
	int64_t since = turn->endpoint.failing_since;

	if (turn->delivery.status == HTTP_STATUS_GONE)
		return "it answered 410 Gone";
	if (since && cx->now - since >= hours * HOUR_US)
		return arena_printf(cx->arena, "it failed for %lld hours; the last time: %s",
			(long long)hours, turn->delivery.error);
	return NULL;
}

static enum scim_err write_failure(struct deliverer *deliverer, struct turn *turn, struct ctx *cx)
{
	const char *reason = find_reason(deliverer, turn, cx);
	int64_t next_at = cx->now + retry_us(deliverer, turn->delivery.attempt);
	struct db *db = deliverer->db;
	struct rows *rows;
	enum scim_err e;

	if (reason)
		db_queue(cx, db, STMT_BEGIN, NULL);
	rows = webhook_failed(cx, db, &turn->endpoint, &turn->lease, &turn->delivery, next_at);
	if (!deliverer->wake || next_at < deliverer->wake)
		deliverer->wake = next_at;
	if ((e = db_run(cx, db)) || !reason)
		return e;
	if (rows_count(rows) && rows_bool(rows, 0, 0)) {
		feed_enter(cx, db, &turn->endpoint.environment);
		webhook_disable(cx, db, &turn->endpoint, reason);
		log_line("warning", NULL, "%s is disabled: %s",
			id_print(cx->arena, ID_WEBHOOK_ENDPOINT, &turn->endpoint.id), reason);
	}
	db_queue(cx, db, STMT_COMMIT, NULL);
	return db_run(cx, db);
}

/*
 * Write that it arrived, and read the next event in the same trip. The new state is in an arena of
 * its own, so that nothing is lost when the trip has to be repeated.
 */
static enum scim_err write_success(struct deliverer *deliverer, struct turn *turn, struct ctx *cx)
{
	struct webhook after = turn->endpoint;
	struct lease lease = new_lease(deliverer, cx);
	const struct feed_query *query;
	struct rows *rows, *listed;
	struct feed_page page;
	struct arena *old;
	enum scim_err e;

	lease.id = turn->lease.id;
	after.position = turn->delivery.position;
	query = webhook_query(cx, &after);
	feed_enter(cx, deliverer->db, &after.environment);
	rows = webhook_succeeded(cx, deliverer->db, &turn->endpoint, &lease, &turn->delivery);
	listed = feed_list(cx, deliverer->db, query);
	if ((e = db_run(cx, deliverer->db)))
		return e;
	old = turn->arena;
	turn->arena = cx->arena;
	arena_free(old);
	if (!rows_count(rows)) {
		log_line("warning", NULL, "deliver: a lease was lost");
		end_turn(deliverer, turn);
		return SCIM_OK;
	}
	webhook_read(cx, rows, 0, &turn->endpoint);
	turn->lease = lease;
	feed_read(cx, query, listed, &page);
	if (turn->endpoint.position == turn->delivery.position)
		go_on(deliverer, turn, &page);
	else
		look_for_event(deliverer, turn); /* it was set meanwhile */
	return SCIM_OK;
}

/* What has not been written stays as it is, for the next round. */
static void settle(struct deliverer *deliverer, struct turn *turn)
{
	bool succeeded = delivery_succeeded(&turn->delivery);
	struct arena *arena = arena_new();
	struct ctx cx;

	begin(deliverer, arena, &cx);
	if (succeeded ? write_success(deliverer, turn, &cx) : write_failure(deliverer, turn, &cx)) {
		fail(deliverer, &cx);
		arena_free(arena);
		return;
	}
	if (succeeded) /* the arena is the turn's */
		return;
	arena_free(arena);
	end_turn(deliverer, turn);
}

/* A request has ended: what its row will say. */
static void take_answer(struct turn *turn)
{
	struct delivery *delivery = &turn->delivery;
	const struct http_post *post = &turn->post;

	turn->state = TURN_ENDED;
	delivery->status = post->status;
	delivery->error = post->error;
	delivery->response = post->response;
	delivery->duration_us = post->duration_us;
	if (!delivery->error && !delivery_succeeded(delivery))
		delivery->error = arena_printf(turn->arena, "answered %d%s", post->status,
			http_is_redirect(post->status) ? ", a redirect, which is not followed"
						       : "");
}

static void settle_all(struct deliverer *deliverer)
{
	struct http_post *post;
	int64_t i;

	while ((post = http_ended(deliverer->http)))
		take_answer(post->owner);
	for (i = 0; i < deliverer->settings->deliver.parallel; i++)
		if (deliverer->turns[i].state == TURN_ENDED)
			settle(deliverer, &deliverer->turns[i]);
}

/* --- looks at the database --- */

static void sequence_one(struct deliverer *deliverer, const struct uuid *environment)
{
	struct arena *arena = arena_new();
	struct rows *moved;
	struct ctx cx;

	begin(deliverer, arena, &cx);
	feed_enter(&cx, deliverer->db, environment);
	moved = feed_sequence(&cx, deliverer->db, environment);
	if (db_run(&cx, deliverer->db))
		fail(deliverer, &cx);
	else if (feed_is_behind(moved))
		deliverer->busy = true;
	arena_free(arena);
}

static void sequence(struct deliverer *deliverer)
{
	struct arena *arena = arena_new();
	struct uuid last = { { 0 } };
	struct rows *rows;
	struct ctx cx;
	int i;

	do {
		begin(deliverer, arena, &cx);
		rows = environment_ids(&cx, deliverer->db, &last, ENVIRONMENTS);
		if (db_run(&cx, deliverer->db)) {
			fail(deliverer, &cx);
			break;
		}
		for (i = 0; i < rows_count(rows) && deliverer->reached; i++) {
			last = rows_uuid(rows, i, 0);
			sequence_one(deliverer, &last);
		}
	} while (rows_count(rows) == ENVIRONMENTS && deliverer->reached);
	arena_free(arena);
}

/* Take what is due, and begin with it. */
static void claim(struct deliverer *deliverer, int64_t room)
{
	struct arena *arena = arena_new();
	struct lease lease;
	struct turn *turn;
	struct rows *rows;
	struct ctx cx;
	int i, n = 0;

	begin(deliverer, arena, &cx);
	lease = new_lease(deliverer, &cx);
	rows = webhook_claim(&cx, deliverer->db, &lease, room);
	if (db_run(&cx, deliverer->db))
		fail(deliverer, &cx);
	else
		n = rows_count(rows);
	deliverer->full = n == room;
	for (i = 0; i < n; i++) {
		turn = free_turn(deliverer);
		turn->arena = arena_new();
		turn->lease = lease;
		webhook_read(&cx, rows, i, &turn->endpoint);
		look_for_event(deliverer, turn);
	}
	arena_free(arena);
}

static void purge(struct deliverer *deliverer)
{
	int64_t before = time_now() - deliverer->settings->deliver.days * DAY_US;
	struct arena *arena = arena_new();
	struct ctx cx;

	begin(deliverer, arena, &cx);
	delivery_purge(&cx, deliverer->db, before, PURGE_ROWS);
	if (db_run(&cx, deliverer->db))
		fail(deliverer, &cx);
	arena_free(arena);
	deliverer->purged = time_monotonic();
}

static bool is_fresh(int64_t moment, int64_t ms)
{
	return moment && time_monotonic() - moment < ms * 1000;
}

static void look(struct deliverer *deliverer)
{
	int64_t room;

	deliverer->looked = time_monotonic();
	deliverer->busy = false;
	deliverer->reached = true;
	if (deliverer->wake <= time_now())
		deliverer->wake = 0;
	sequence(deliverer);
	room = count_turns(deliverer, true);
	if (deliverer->reached && room > 0)
		claim(deliverer, room);
	if (deliverer->reached && !is_fresh(deliverer->purged, PURGE_MS))
		purge(deliverer);
	if (!deliverer->reached)
		deliverer->busy = false;
}

/* --- the process --- */

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_term };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

/* Is there anything left to wait for? */
static bool goes_on(const struct deliverer *deliverer, bool once)
{
	if (count_turns(deliverer, false) > 0)
		return !ended || deliverer->reached;
	if (ended)
		return false;
	return !once || (deliverer->busy && deliverer->reached);
}

/* Milliseconds until the database is to be looked at again. */
static int rest(const struct deliverer *deliverer)
{
	int64_t looked = (time_monotonic() - deliverer->looked) / 1000;
	int64_t ms = deliverer->settings->deliver.poll_ms - looked,
		until = (deliverer->wake - time_now()) / 1000 + 1;

	if (deliverer->busy || !deliverer->looked || ms < 0)
		return 0;
	if (deliverer->wake && deliverer->reached && until < ms)
		ms = until > 0 ? until : 0;
	return (int)ms;
}

static void run(struct deliverer *deliverer, bool once)
{
	for (;;) {
		if (!ended && rest(deliverer) == 0)
			look(deliverer);
		if (!goes_on(deliverer, once))
			return;
		http_wait(deliverer->http, ended ? ENDING_MS : rest(deliverer));
		settle_all(deliverer);
	}
}

int deliver(const struct settings *settings, bool once)
{
	struct arena *process = arena_new();
	struct deliverer deliverer = { .settings = settings };
	size_t parallel = (size_t)settings->deliver.parallel, i;

	catch_signals();
	deliverer.http = http_new(process, &settings->app.http);
	if (!deliverer.http) {
		arena_free(process);
		return 1;
	}
	deliverer.db = db_new(process, &settings->db);
	deliverer.turns = arena_alloc(process, parallel * sizeof(*deliverer.turns));
	run(&deliverer, once);
	for (i = 0; i < parallel; i++)
		if (deliverer.turns[i].state != TURN_FREE)
			end_turn(&deliverer, &deliverer.turns[i]);
	db_close(deliverer.db);
	arena_free(process);
	return deliverer.reached || !once ? 0 : 1;
}
