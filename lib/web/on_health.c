/* SPDX-License-Identifier: MIT */
/* Is the process there, and can it serve? For web servers and load balancers. */
#include "base/text.h"
#include "web/handlers.h"

enum scim_err on_live(struct call *call)
{
	buf_puts(&call->rs->body, "{\"status\":\"live\"}");
	return SCIM_OK;
}

enum scim_err on_ready(struct call *call)
{
	struct rows *rows = db_queue(call->cx, call->db, STMT_PING, NULL);
	enum scim_err e;

	if ((e = db_run(call->cx, call->db)))
		return e;
	if (rows_int(rows, 0, 0) != SCHEMA_VERSION)
		return ctx_fail(call->cx, SCIM_UNAVAILABLE, "the database is being migrated");
	buf_puts(&call->rs->body, "{\"status\":\"ready\"}");
	return SCIM_OK;
}
