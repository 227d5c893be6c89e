/* SPDX-License-Identifier: MIT */
/* Rows of the audit log. What is in them was redacted by the caller. */
#include "store/audit.h"

#include "base/text.h"
#include "store/param.h"

static const char **row_of(
	struct ctx *cx, const struct uuid *environment, const struct audit *audit)
{
	const char **params = param_scope(cx, environment, &cx->request_id, 11);

	params[2] = param_time(cx, cx->now);
	params[3] = audit->actor;
	params[4] = audit->has_actor_id ? param_uuid(cx, &audit->actor_id) : NULL;
	params[5] = audit->method;
	params[6] = audit->path;
	params[7] = param_int(cx, audit->status);
	params[8] = audit->body;
	params[9] = audit->detail;
	params[10] = audit->remote_address;
	return params;
}

void audit_queue(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct audit *audit)
{
	db_queue(cx, db, STMT_AUDIT, row_of(cx, environment, audit));
}

void audit_command(
	struct ctx *cx, struct db *db, const struct uuid *environment, const char *command)
{
	const struct audit audit = {
		.actor = "command_line", .method = "COMMAND", .path = command
	};

	db_queue(cx, db, STMT_AUDIT_COMMAND, row_of(cx, environment, &audit));
}

struct rows *audit_find(struct ctx *cx, struct db *db, const struct uuid *environment)
{
	return db_queue(cx, db, STMT_AUDIT_FIND, param_scope(cx, environment, &cx->request_id, 2));
}

struct rows *audit_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct audit_query *query)
{
	const char **params = arena_alloc(cx->arena, 6 * sizeof(*params));

	params[0] = param_uuid(cx, environment);
	params[1] = query->before ? param_uuid(cx, query->before) : NULL;
	params[2] = query->since ? param_time(cx, query->since) : NULL;
	params[3] = query->until ? param_time(cx, query->until) : NULL;
	params[4] = query->actor_id ? param_uuid(cx, query->actor_id) : NULL;
	params[5] = param_int(cx, query->limit);
	return db_queue(cx, db, STMT_AUDIT_LIST, params);
}

void audit_read(const struct rows *rows, int i, struct audit *audit)
{
	audit->id = rows_uuid(rows, i, 0);
	audit->at = rows_time(rows, i, 1);
	audit->actor = rows_text(rows, i, 2);
	audit->has_actor_id = rows_find_uuid(rows, i, 3, &audit->actor_id);
	audit->method = rows_text(rows, i, 4);
	audit->path = rows_text(rows, i, 5);
	audit->status = (int)rows_int(rows, i, 6);
	audit->body = rows_text(rows, i, 7);
	audit->detail = rows_text(rows, i, 8);
	audit->remote_address = rows_text(rows, i, 9);
}
