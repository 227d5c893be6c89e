/* SPDX-License-Identifier: MIT */
/* The audit log, newest first. */
#include "base/text.h"
#include "store/audit.h"
#include "web/handlers.h"
#include "web/manage.h"

static const char *actor_id(struct call *call, const struct audit *audit)
{
	enum id_kind kind = strcmp(audit->actor, "setup") == 0 ? ID_ORGANIZATION : ID_API_KEY;

	return audit->has_actor_id ? id_print(call->cx->arena, kind, &audit->actor_id) : NULL;
}

static void put_audit(struct call *call, const struct audit *audit)
{
	struct buf *body = &call->rs->body;

	/* as in X-Request-Id */
	buf_printf(body, "{\"id\":\"%s\"", id_print(call->cx->arena, ID_REQUEST, &audit->id));
	manage_put_time(body, "at", audit->at);
	manage_put(body, "actor", audit->actor);
	manage_put(body, "actorId", actor_id(call, audit));
	manage_put(body, "method", audit->method);
	manage_put(body, "path", audit->path);
	buf_printf(body, ",\"status\":%d", audit->status);
	manage_put(body, "body", audit->body);
	manage_put(body, "detail", audit->detail);
	manage_put(body, "remoteAddress", audit->remote_address);
	buf_putc(body, '}');
}

static enum scim_err read_actor(
	struct call *call, const char **text, struct uuid *id, const struct uuid **actor)
{
	enum scim_err e;
	size_t len;

	if ((e = manage_parameter(call, "actorId", text)))
		return e;
	*text = *text ? *text : "";
	len = strlen(*text);
	if (!len)
		return SCIM_OK;
	if (!id_parse(ID_API_KEY, *text, len, id) && !id_parse(ID_ORGANIZATION, *text, len, id))
		return ctx_fail(call->cx, SCIM_INVALID_VALUE,
			"'actorId' is no id of an API key or an organization");
	*actor = id;
	return SCIM_OK;
}

static enum scim_err read_query(struct call *call, struct audit_query *query, struct page *page)
{
	struct uuid *actor = arena_alloc(call->cx->arena, sizeof(*actor));
	const int64_t *since, *until;
	const char *by;
	enum scim_err e;

	memset(query, 0, sizeof(*query));
	if ((e = manage_time(call, "since", &since)) || (e = manage_time(call, "until", &until)) ||
		(e = read_actor(call, &by, actor, &query->actor_id)))
		return e;
	query->since = since ? *since : 0;
	query->until = until ? *until : 0;
	if ((e = manage_page(call,
		     arena_printf(call->cx->arena, "audit\n%lld\n%lld\n%s", (long long)query->since,
			     (long long)query->until, by),
		     page)))
		return e;
	query->before = page->token ? &page->after : NULL;
	query->limit = page->size + 1;
	return SCIM_OK;
}

enum scim_err on_audit_list(struct call *call)
{
	struct audit_query query;
	struct audit audit;
	struct page page;
	struct rows *rows;
	enum scim_err e;
	int i, n;

	if ((e = read_query(call, &query, &page)))
		return e;
	rows = audit_list(call->cx, call->db, &call->holder.environment, &query);
	e = db_run(call->cx, call->db);
	if ((e = manage_page_check(call, &page, e)))
		return e;
	n = manage_page_open(call, &page, rows, "auditEntries");
	for (i = 0; i < n; i++) {
		if (i)
			buf_putc(&call->rs->body, ',');
		audit_read(rows, i, &audit);
		put_audit(call, &audit);
	}
	manage_page_close(call, &page, &audit.id);
	return SCIM_OK;
}
