/* SPDX-License-Identifier: MIT */
/* Organizations: parameters in, rows out. */
#include "store/organization.h"

#include "base/text.h"
#include "store/feed.h"
#include "store/param.h"

struct rows *organization_list(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *after, int64_t limit)
{
	const char **params = param_scope(cx, environment, after, 3);

	params[2] = param_int(cx, limit);
	return db_queue(cx, db, STMT_ORGANIZATION_LIST, params);
}

struct rows *organization_get(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	return db_queue(cx, db, STMT_ORGANIZATION_BY_ID, param_scope(cx, environment, id, 2));
}

void organization_read(const struct rows *rows, int i, struct organization *organization)
{
	organization->id = rows_uuid(rows, i, 0);
	organization->display_name = rows_text(rows, i, 1);
	organization->external_id = rows_text(rows, i, 2);
	organization->domains = rows_text(rows, i, 3);
}

static void insert_domains(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct organization_change *change)
{
	const char **params = param_scope(cx, environment, id, 3);

	params[2] = param_array(cx, change->domains, change->domain_count);
	db_queue(cx, db, STMT_DOMAINS_INSERT, params);
}

struct rows *organization_create(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct organization_change *change)
{
	const char **params = param_scope(cx, environment, id, 5);

	params[2] = change->display_name;
	params[3] = change->external_id;
	params[4] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_ORGANIZATION_INSERT, params);
	insert_domains(cx, db, environment, id, change);
	return organization_get(cx, db, environment, id);
}

struct rows *organization_update(struct ctx *cx, struct db *db, const struct uuid *environment,
	const struct uuid *id, const struct organization_change *change)
{
	const char **params = param_scope(cx, environment, id, 7);

	params[2] = param_bool(change->has_display_name);
	params[3] = change->display_name;
	params[4] = param_bool(change->has_external_id);
	params[5] = change->external_id;
	params[6] = param_time(cx, cx->now);
	db_queue(cx, db, STMT_ORGANIZATION_UPDATE, params);
	if (change->has_domains) {
		db_queue(cx, db, STMT_DOMAINS_DELETE, params);
		insert_domains(cx, db, environment, id, change);
	}
	return organization_get(cx, db, environment, id);
}

struct rows *organization_delete(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	const char **params = param_scope(cx, environment, id, 5);

	params[2] = param_time(cx, cx->now);
	params[3] = feed_event_id(cx);
	params[4] = param_uuid(cx, &cx->request_id);
	organization_lock(cx, db, environment, id); /* no directory is made meanwhile */
	db_queue(cx, db, STMT_DIRECTORIES_DELETE, params);
	return db_queue(cx, db, STMT_ORGANIZATION_DELETE, params);
}

void organization_lock(
	struct ctx *cx, struct db *db, const struct uuid *environment, const struct uuid *id)
{
	db_queue(cx, db, STMT_ORGANIZATION_LOCK, param_scope(cx, environment, id, 2));
}
