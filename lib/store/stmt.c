/* SPDX-License-Identifier: MIT */
/*
 * The statements. One clause a line, columns by name, every parameter with its type.
 *
 * $1 is the directory of a tenant statement and the environment of a management statement: both
 * are claimed by the credential, and the AUTH statement of the same transaction vouches for them.
 */
#include "store/stmt.h"

#include "base/text.h"
#include "store/stmt_memberships.h"

/* Does the transaction stand in directory $1, let in by AUTH? */
#define ENTERED "current_setting('rollcall.directory', true) = $1::uuid::text"

/* $1 directory, $2 SHA-256 of the token. A disabled directory is found but not entered. */
#define AUTH_DIRECTORY(more) \
	"SELECT (SELECT max(version) FROM schema_migrations), d.enabled, d.strict, d.mac_key," \
	" d.schemas," \
	" set_config('rollcall.directory', CASE WHEN d.enabled THEN d.id::text ELSE '' END, true)" more \
	"  FROM directories d" \
	"  JOIN bearer_tokens t ON t.directory_id = d.id" \
	" WHERE d.id = $1::uuid" \
	"   AND d.deleted_at IS NULL" \
	"   AND t.secret_sha256 = $2::bytea" \
	"   AND (t.expires_at IS NULL OR t.expires_at > now())"

/*
 * $2 request, $3 now, $4 method, $5 url, $6 request body, $7 status, $8 response body,
 * $9 detail, $10 quirks, $11 resource, $12 address, $13 user agent. The answer above is the one
 * given when the resource exists (and, with $14, was last written by this request), or there is
 * none; else the answer was $15 with body $16 and detail $17. $18 versions are answered $19.
 */
#define NOTE "nullif(current_setting('rollcall.note', true), '')"
#define LOG(table) \
	"INSERT INTO request_log (directory_id, id, at, method, url, request_body, status," \
	" response_body, detail, quirks, resource_id, remote_address, user_agent)" \
	" SELECT $1::uuid, $2::uuid, $3::timestamptz, $4::text, $5::text, $6::text," \
	" CASE WHEN NOT x.good THEN $15::smallint WHEN x.known THEN $19::smallint" \
	" ELSE $7::smallint END," \
	" CASE WHEN x.good THEN $8::text ELSE $16::text END," \
	" CASE WHEN x.good THEN coalesce($9::text, " NOTE ") ELSE $17::text END," \
	" $10::text[] || CASE WHEN " NOTE " IS NULL OR 'unknownMember' = ANY ($10::text[])" \
	" THEN '{}'::text[] ELSE '{unknownMember}' END," \
	" $11::uuid, $12::text, $13::text" \
	"  FROM (SELECT $11::uuid IS NULL OR count(*) > 0 AS good," \
	" coalesce(bool_or(r.version = ANY ($18::bigint[])), false) AS known" \
	" FROM " table " r" \
	" WHERE r.directory_id = $1::uuid AND r.id = $11::uuid AND r.deleted_at IS NULL" \
	" AND ($14::uuid IS NULL OR r.last_write = $14::uuid)) x" \
	" WHERE " ENTERED

/* the same for a request that has a row already, of an attempt or a trip before */
#define LOG_AGAIN(table) \
	LOG(table) \
	" ON CONFLICT (directory_id, id)" \
	" DO UPDATE SET url = excluded.url, request_body = excluded.request_body," \
	" status = excluded.status," \
	" response_body = excluded.response_body, detail = excluded.detail," \
	" quirks = excluded.quirks"

/* $2 id, $3 with memberships */
#define RECORD_BY_ID(table, memberships) \
	"SELECT r.id, r.doc, r.version, r.created_at, r.modified_at, " memberships "  FROM " table \
	" r" \
	" WHERE r.directory_id = $1::uuid" \
	"   AND r.id = $2::uuid" \
	"   AND r.deleted_at IS NULL"

/* tombstones too: a DELETE that runs again answers as the first time */
#define RECORD_LOCK(table, memberships, strength) \
	"SELECT r.id, r.doc, r.version, r.created_at, r.modified_at, " memberships \
	", r.deleted_at IS NOT NULL" \
	"  FROM " table " r" \
	" WHERE r.directory_id = $1::uuid" \
	"   AND r.id = $2::uuid" \
	"   FOR " strength

/*
 * $2 id, $3 the unique name, $4 its key, $5 externalId, $6 doc, $7 keys, $8 now, $9 request, $10
 * attributes and $11 values of the index, $12 event; what more a table has comes behind. No row: the
 * name is taken.
 */
#define RECORD_INSERT(table, type, columns, values) \
	"WITH made AS (" \
	"INSERT INTO " table " (directory_id, id, " columns ", external_id," \
	" doc, keys, version, created_at, modified_at, last_write)" \
	" VALUES ($1::uuid, $2::uuid, " values ", $5::text," \
	" $6::json, $7::jsonb, 1, $8::timestamptz, $8::timestamptz, $9::uuid)" \
	" ON CONFLICT DO NOTHING RETURNING id)," \
	" indexed AS (" \
	"INSERT INTO attribute_values (directory_id, attribute, value_key, resource_id)" \
	" SELECT $1::uuid, n.attribute, n.value_key, made.id" \
	"  FROM made, unnest($10::text[], $11::text[]) n (attribute, value_key))," \
	" counted AS (" \
	"INSERT INTO count_deltas (directory_id, kind, id, delta)" \
	" SELECT $1::uuid, '" table "', $12::uuid, 1 FROM made)," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)" \
	" SELECT $1::uuid, $12::uuid, $8::timestamptz, '" type ".created', made.id, 1, $9::uuid" \
	"  FROM made)" \
	" SELECT id FROM made"

/*
 * $2 to $9 as above, $10 version expected, $11, $12 index rows to drop, $13, $14 to add, $15 event,
 * $16 its type; what more a table has comes behind. No row: the version was another.
 */
#define RECORD_UPDATE(table, columns) \
	"WITH changed AS (" \
	"UPDATE " table " SET " columns ", external_id = $5::text, doc = $6::json," \
	" keys = $7::jsonb, version = version + 1, modified_at = $8::timestamptz," \
	" last_write = $9::uuid" \
	" WHERE directory_id = $1::uuid AND id = $2::uuid" \
	" AND version = $10::bigint AND deleted_at IS NULL RETURNING id, version)," \
	" dropped AS (" \
	"DELETE FROM attribute_values a" \
	" USING changed, unnest($11::text[], $12::text[]) o (attribute, value_key)" \
	" WHERE a.directory_id = $1::uuid AND a.attribute = o.attribute" \
	" AND a.value_key = o.value_key AND a.resource_id = changed.id)," \
	" indexed AS (" \
	"INSERT INTO attribute_values (directory_id, attribute, value_key, resource_id)" \
	" SELECT $1::uuid, n.attribute, n.value_key, changed.id" \
	"  FROM changed, unnest($13::text[], $14::text[]) n (attribute, value_key))," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)" \
	" SELECT $1::uuid, $15::uuid, $8::timestamptz, $16::text, changed.id," \
	" changed.version, $9::uuid FROM changed)" \
	" SELECT version FROM changed"

/* $3 now, $4 request, $5 version expected, $6, $7 index rows, $8 event */
#define RECORD_DELETE(table, type) \
	"WITH changed AS (" \
	"UPDATE " table " SET deleted_at = $3::timestamptz, version = version + 1," \
	" modified_at = $3::timestamptz, last_write = $4::uuid" \
	" WHERE directory_id = $1::uuid AND id = $2::uuid" \
	" AND version = $5::bigint AND deleted_at IS NULL RETURNING id, version)," \
	" dropped AS (" \
	"DELETE FROM attribute_values a" \
	" USING changed, unnest($6::text[], $7::text[]) o (attribute, value_key)" \
	" WHERE a.directory_id = $1::uuid AND a.attribute = o.attribute" \
	" AND a.value_key = o.value_key AND a.resource_id = changed.id)," \
	" counted AS (" \
	"INSERT INTO count_deltas (directory_id, kind, id, delta)" \
	" SELECT $1::uuid, '" table "', $8::uuid, -1 FROM changed)," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)" \
	" SELECT $1::uuid, $8::uuid, $3::timestamptz, '" type ".deleted', changed.id," \
	" changed.version, $4::uuid FROM changed)" \
	" SELECT version FROM changed"

/*
 * $2 group, $3 ids, $4 types and $5 spellings of who is to be in it, $6 now, $7 request, $8 event, $9
 * what the version counts on by, $10 how many were named whose id cannot be one, $11 some of them; $12 what
 * `gone` needs. The group is locked, or new: nobody else adds to it. Only
 * who is new is looked up, and locked against deletion until the end of the transaction;
 * only rows that change are written. Arrays, and not joins, where a
 * wrong guess of how many there are would make it quadratic. The row says the version, null when nothing changed, and
 * how many are no members because the directory does not have them: the log's row gets a note.
 */
#define MEMBERS_CHANGE(gone) \
	"WITH wanted (id, type, text) AS (SELECT w.id, w.type, w.text" \
	"  FROM unnest($3::uuid[], $4::text[], $5::text[]) w (id, type, text)" \
	" WHERE EXISTS (SELECT FROM groups g WHERE g.directory_id = $1::uuid" \
	" AND g.id = $2::uuid AND g.deleted_at IS NULL))," \
	" fresh AS (SELECT w.id, w.type, w.text FROM wanted w" \
	" WHERE NOT EXISTS (SELECT FROM group_members m WHERE m.directory_id = $1::uuid" \
	" AND m.group_id = $2::uuid AND m.member_id = w.id))," \
	" users_found AS (SELECT u.id, u.label FROM users u" \
	" WHERE u.directory_id = $1::uuid AND u.deleted_at IS NULL" \
	" AND u.id = ANY (ARRAY(SELECT w.id FROM fresh w WHERE w.type = 'User'))" \
	" ORDER BY u.id FOR KEY SHARE)," \
	" groups_found AS (SELECT g.id, g.display_name FROM groups g" \
	" WHERE g.directory_id = $1::uuid AND g.deleted_at IS NULL" \
	" AND g.id = ANY (ARRAY(SELECT w.id FROM fresh w WHERE w.type = 'Group'))" \
	" ORDER BY g.id FOR KEY SHARE)," \
	" found (id, type, display) AS (SELECT id, 'User', label FROM users_found" \
	" UNION ALL SELECT id, 'Group', display_name FROM groups_found)," \
	" added AS (INSERT INTO group_members (directory_id, group_id, member_id, type, display)" \
	" SELECT $1::uuid, $2::uuid, f.id, f.type, f.display FROM found f" \
	" RETURNING member_id)," \
	" dropped AS (" gone " RETURNING m.member_id)," \
	" delta (added, dropped) AS (" \
	"SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM dropped))," \
	" changed AS (UPDATE groups g SET member_count = g.member_count + d.added - d.dropped," \
	" version = g.version + $9::bigint, modified_at = $6::timestamptz, last_write = $7::uuid" \
	"  FROM delta d WHERE g.directory_id = $1::uuid AND g.id = $2::uuid" \
	" AND d.added + d.dropped > 0 RETURNING g.version)," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id, data)" \
	" SELECT $1::uuid, $8::uuid, $6::timestamptz, 'group.updated', $2::uuid, c.version," \
	" $7::uuid, json_build_object('added', d.added, 'removed', d.dropped)" \
	"  FROM changed c, delta d)," \
	" strangers (number, texts) AS (SELECT count(*) + $10::bigint," \
	" string_agg(w.text, ', ') FROM fresh w" \
	" WHERE w.id NOT IN (SELECT f.id FROM found f))" \
	" SELECT (SELECT version FROM changed), s.number," \
	" set_config('rollcall.note', left(concat_ws('; ', " NOTE ", CASE WHEN s.number > 0 THEN" \
	" format('%s unknown members were passed over: %s', s.number," \
	" left(concat_ws(', ', s.texts, nullif($11::text, '')), 300)) END), 1000), true)" \
	" FROM strangers s"

#define ORGANIZATION \
	"SELECT o.id, o.display_name, o.external_id," \
	" array_to_json(ARRAY(SELECT m.domain FROM organization_domains m" \
	" WHERE m.organization_id = o.id ORDER BY m.domain))" \
	"  FROM organizations o" \
	" WHERE o.environment_id = $1::uuid" \
	"   AND o.deleted_at IS NULL"

#define DIRECTORY \
	"SELECT d.id, d.organization_id, d.is_primary, d.enabled, d.strict," \
	" EXISTS (SELECT FROM bearer_tokens t WHERE t.directory_id = d.id" \
	" AND (t.expires_at IS NULL OR t.expires_at > now()))" \
	"  FROM directories d" \
	" WHERE d.environment_id = $1::uuid" \
	"   AND d.deleted_at IS NULL"

/* $2 deleted before, $3 at most */
#define TOMBSTONES_PURGE(table) \
	"DELETE FROM " table " WHERE directory_id = $1::uuid AND id IN (SELECT r.id FROM " table \
	" r" \
	" WHERE r.directory_id = $1::uuid AND r.deleted_at < $2::timestamptz" \
	" ORDER BY r.deleted_at LIMIT $3::bigint)"

/* $2 URN. Is there a resource with values of it, and one without? */
#define SCHEMA_USE(table) \
	"SELECT EXISTS (SELECT FROM " table " WHERE directory_id = $1::uuid" \
	" AND deleted_at IS NULL AND keys ? $2::text)," \
	" EXISTS (SELECT FROM " table " WHERE directory_id = $1::uuid" \
	" AND deleted_at IS NULL AND NOT keys ? $2::text)"

#define SCHEMAS(more) \
	"SELECT d.schemas, d.modified_at" more "  FROM directories d" \
	" WHERE d.environment_id = $1::uuid" \
	"   AND d.id = $2::uuid" \
	"   AND d.deleted_at IS NULL"

const struct stmt stmts[STMT__MAX] = {
	[STMT_SERVER_CHECK] = { "server_check", 0,
		"SELECT (SELECT coalesce(max(version), 0) FROM schema_migrations),"
		" rolsuper OR rolbypassrls,"
		" current_setting('TimeZone') IN ('UTC', 'Etc/UTC')"
		" AND current_setting('DateStyle') LIKE 'ISO%'"
		" AND current_setting('bytea_output') = 'hex'"
		"  FROM pg_roles"
		" WHERE rolname = current_user" },
	[STMT_PING] = { "ping", 0, "SELECT max(version) FROM schema_migrations" },
	[STMT_BEGIN] = { "begin", 0, "BEGIN" },
	[STMT_COMMIT] = { "commit", 0, "COMMIT" },
	[STMT_ROLLBACK] = { "rollback", 0, "ROLLBACK" },
	[STMT_SAVEPOINT] = { "savepoint", 0, "SAVEPOINT operation" },
	[STMT_ROLLBACK_TO] = { "rollback_to", 0, "ROLLBACK TO SAVEPOINT operation" },
	[STMT_RELEASE] = { "release", 0, "RELEASE SAVEPOINT operation" },

	/* $2 SHA-256 of the key */
	[STMT_AUTH_KEY] = { "auth_key", 2,
		"SELECT (SELECT max(version) FROM schema_migrations),"
		" k.has_management_api_access, e.mac_key"
		"  FROM api_keys k"
		"  JOIN environments e ON e.id = k.environment_id"
		" WHERE k.environment_id = $1::uuid"
		"   AND k.secret_sha256 = $2::bytea"
		"   AND k.revoked_at IS NULL" },
	/* a write holds the directory's schemas as they are until it ends: see schemas_lock */
	[STMT_AUTH_DIRECTORY] = { "auth_directory", 2, AUTH_DIRECTORY("") " FOR KEY SHARE OF d" },
	/* a read commits nothing but its log row, which need not be durable */
	[STMT_AUTH_DIRECTORY_READ] = { "auth_directory_read", 2,
		AUTH_DIRECTORY(", set_config('synchronous_commit', 'off', true)") },
	/* $2 begin of the hour, $3 now */
	[STMT_AUTH_FAILED] = { "auth_failed", 3,
		"INSERT INTO authentication_failures (directory_id, hour, failures, last_at)"
		" SELECT $1::uuid, $2::timestamptz, 1, $3::timestamptz"
		" WHERE " ENTERED " ON CONFLICT (directory_id, hour)"
		" DO UPDATE SET failures = authentication_failures.failures + 1,"
		" last_at = excluded.last_at" },
	/* for our own upkeep only: no credential is asked for */
	[STMT_ENTER_DIRECTORY] = { "enter_directory", 1,
		"SELECT set_config('rollcall.directory', d.id::text, true),"
		" set_config('synchronous_commit', 'off', true)"
		"  FROM directories d"
		" WHERE d.id = $1::uuid"
		"   AND d.deleted_at IS NULL" },

	[STMT_USER_BY_ID] = { "user_by_id", 3,
		RECORD_BY_ID("users", GROUPS_OF_USER("$3::boolean")) },
	[STMT_USER_LOCK] = { "user_lock", 3,
		RECORD_LOCK("users", GROUPS_OF_USER("$3::boolean"), "NO KEY UPDATE") },
	[STMT_USER_LOCK_DELETE] = { "user_lock_delete", 3,
		RECORD_LOCK("users", GROUPS_OF_USER("$3::boolean"), "UPDATE") },
	/* $13 active, $14 label */
	[STMT_USER_INSERT] = { "user_insert", 14,
		RECORD_INSERT("users", "user", "user_name, user_name_key, active, label",
			"$3::text, $4::text, $13::boolean, $14::text") },
	/* $17 active, $18 label */
	[STMT_USER_UPDATE] = { "user_update", 18,
		RECORD_UPDATE("users", "user_name = $3::text, user_name_key = $4::text,"
				       " active = $17::boolean, label = $18::text") },
	[STMT_USER_DELETE] = { "user_delete", 8, RECORD_DELETE("users", "user") },
	[STMT_USER_LOG] = { "user_log", 19, LOG("users") },
	[STMT_USER_LOG_AGAIN] = { "user_log_again", 19, LOG_AGAIN("users") },

	[STMT_GROUP_BY_ID] = { "group_by_id", 3,
		RECORD_BY_ID("groups", MEMBERS_OF_GROUP("$3::boolean")) },
	[STMT_GROUP_LOCK] = { "group_lock", 3,
		RECORD_LOCK("groups", MEMBERS_OF_GROUP("$3::boolean"), "NO KEY UPDATE") },
	[STMT_GROUP_LOCK_DELETE] = { "group_lock_delete", 3,
		RECORD_LOCK("groups", MEMBERS_OF_GROUP("$3::boolean"), "UPDATE") },
	[STMT_GROUP_INSERT] = { "group_insert", 12,
		RECORD_INSERT("groups", "group", "display_name, display_name_key",
			"$3::text, $4::text") },
	[STMT_GROUP_UPDATE] = { "group_update", 16,
		RECORD_UPDATE("groups", "display_name = $3::text, display_name_key = $4::text") },
	[STMT_GROUP_DELETE] = { "group_delete", 8, RECORD_DELETE("groups", "group") },
	[STMT_GROUP_LOG] = { "group_log", 19, LOG("groups") },
	[STMT_GROUP_LOG_AGAIN] = { "group_log_again", 19, LOG_AGAIN("groups") },

	/* $12 who is to be in it no more, $13 their types */
	[STMT_MEMBERS_CHANGE] = { "members_change", 13,
		MEMBERS_CHANGE("DELETE FROM group_members m"
			       " USING unnest($12::uuid[], $13::text[]) d (id, type)"
			       " WHERE m.directory_id = $1::uuid AND m.group_id = $2::uuid"
			       " AND m.member_id = d.id AND m.type = d.type") },
	/* who is not wanted goes */
	[STMT_MEMBERS_REPLACE] = { "members_replace", 11,
		MEMBERS_CHANGE("DELETE FROM group_members m"
			       " WHERE m.directory_id = $1::uuid AND m.group_id = $2::uuid"
			       " AND m.member_id <> ALL ($3::uuid[])") },
	/*
	 * $2 who is to be deleted: the groups that hold it, before itself and in the order of ids,
	 * so that two deletions do not wait for one another
	 */
	[STMT_HOLDERS_LOCK] = { "holders_lock", 2,
		"SELECT g.id FROM groups g"
		" WHERE g.directory_id = $1::uuid AND g.id IN (SELECT m.group_id"
		" FROM group_members m WHERE m.directory_id = $1::uuid AND m.member_id = $2::uuid)"
		" ORDER BY g.id FOR NO KEY UPDATE" },
	/* $2 who was deleted, $3 now, $4 request: its memberships, and as a group its members */
	[STMT_MEMBERSHIPS_DELETE] = { "memberships_delete", 4,
		"WITH gone AS (DELETE FROM group_members m WHERE m.directory_id = $1::uuid"
		" AND (m.member_id = $2::uuid OR m.group_id = $2::uuid) RETURNING m.group_id)"
		" UPDATE groups g SET member_count = g.member_count - 1, version = g.version + 1,"
		" modified_at = greatest(g.modified_at, $3::timestamptz), last_write = $4::uuid"
		" WHERE g.directory_id = $1::uuid AND g.id <> $2::uuid"
		" AND g.id IN (SELECT group_id FROM gone)" },
	/* $2 whose name is another now, $3 it, $4 now, $5 request */
	[STMT_MEMBERSHIPS_RENAME] = { "memberships_rename", 5,
		"WITH held AS (SELECT g.id FROM groups g"
		" WHERE g.directory_id = $1::uuid AND g.id IN (SELECT m.group_id"
		" FROM group_members m WHERE m.directory_id = $1::uuid AND m.member_id = $2::uuid)"
		" ORDER BY g.id FOR NO KEY UPDATE),"
		" shown AS (UPDATE group_members m SET display = $3::text FROM held h"
		" WHERE m.directory_id = $1::uuid AND m.group_id = h.id"
		" AND m.member_id = $2::uuid)"
		" UPDATE groups g SET version = g.version + 1,"
		" modified_at = greatest(g.modified_at, $4::timestamptz), last_write = $5::uuid"
		"  FROM held h WHERE g.directory_id = $1::uuid AND g.id = h.id AND g.id <> $2::uuid" },

	/* $2 kind */
	[STMT_TOTAL] = { "total", 2,
		"SELECT coalesce(sum(delta), 0)"
		"  FROM count_deltas"
		" WHERE directory_id = $1::uuid"
		"   AND kind = $2::text" },
	/* Did request $2 commit a change? Its row of the log is in the same transaction. */
	[STMT_LOG_FIND] = { "log_find", 2,
		"SELECT id FROM request_log"
		" WHERE directory_id = $1::uuid AND id = $2::uuid AND status < 300" },

	/* $2 last id of the page before, $3 how many */
	[STMT_ORGANIZATION_LIST] = { "organization_list", 3,
		ORGANIZATION " AND o.id > $2::uuid ORDER BY o.id LIMIT $3::bigint" },
	[STMT_ORGANIZATION_BY_ID] = { "organization_by_id", 2,
		ORGANIZATION " AND o.id = $2::uuid" },
	[STMT_ORGANIZATION_LOCK] = { "organization_lock", 2,
		"SELECT id FROM organizations"
		" WHERE environment_id = $1::uuid AND id = $2::uuid"
		"   FOR UPDATE" },
	/* $3 displayName, $4 externalId, $5 now. An attempt that ran before left the row: no matter */
	[STMT_ORGANIZATION_INSERT] = { "organization_insert", 5,
		"INSERT INTO organizations (environment_id, id, display_name, external_id,"
		" created_at, modified_at)"
		" VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::timestamptz, $5::timestamptz)"
		" ON CONFLICT DO NOTHING" },
	/* $3 displayName is given, $4 it, $5 externalId is given, $6 it, $7 now */
	[STMT_ORGANIZATION_UPDATE] = { "organization_update", 7,
		"UPDATE organizations"
		"   SET display_name = CASE WHEN $3::boolean THEN $4::text ELSE display_name END,"
		"       external_id = CASE WHEN $5::boolean THEN $6::text ELSE external_id END,"
		"       modified_at = $7::timestamptz"
		" WHERE environment_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL" },
	/* $3 now: a row that an earlier attempt of the request has deleted counts too */
	[STMT_ORGANIZATION_DELETE] = { "organization_delete", 3,
		"UPDATE organizations SET deleted_at = $3::timestamptz"
		" WHERE environment_id = $1::uuid AND id = $2::uuid"
		" AND (deleted_at IS NULL OR deleted_at = $3::timestamptz)"
		" RETURNING id" },
	/* the organization must be one of the environment: $1 fences here too */
	[STMT_DOMAINS_DELETE] = { "domains_delete", 2,
		"DELETE FROM organization_domains"
		" WHERE organization_id IN (SELECT id FROM organizations"
		" WHERE environment_id = $1::uuid AND id = $2::uuid)" },
	[STMT_DOMAINS_INSERT] = { "domains_insert", 3,
		"INSERT INTO organization_domains (organization_id, domain)"
		" SELECT o.id, n.domain"
		"  FROM organizations o, unnest($3::text[]) n (domain)"
		" WHERE o.environment_id = $1::uuid AND o.id = $2::uuid AND o.deleted_at IS NULL"
		" ON CONFLICT DO NOTHING" },

	/* $2 organization or null for all, $3 last id of the page before, $4 how many */
	[STMT_DIRECTORY_LIST] = { "directory_list", 4,
		DIRECTORY " AND ($2::uuid IS NULL OR d.organization_id = $2::uuid)"
			  " AND d.id > $3::uuid ORDER BY d.id LIMIT $4::bigint" },
	[STMT_DIRECTORY_BY_ID] = { "directory_by_id", 2, DIRECTORY " AND d.id = $2::uuid" },
	/*
	 * Locks the organization of a directory: who is primary is decided by one at a time. The
	 * directory itself is read by the next statement, whose snapshot is younger than the lock.
	 */
	[STMT_DIRECTORY_LOCK] = { "directory_lock", 2,
		"SELECT o.id FROM organizations o"
		" WHERE o.environment_id = $1::uuid AND o.id = (SELECT d.organization_id"
		" FROM directories d WHERE d.environment_id = $1::uuid AND d.id = $2::uuid)"
		"   FOR UPDATE" },
	/* $3 organization, $4 primary asked for, $5 enabled, $6 strict, $7 key, $8 now */
	[STMT_DIRECTORY_INSERT] = { "directory_insert", 8,
		"INSERT INTO directories (environment_id, id, organization_id, is_primary, enabled,"
		" strict, mac_key, created_at, modified_at)"
		" SELECT $1::uuid, $2::uuid, o.id, $4::boolean OR NOT EXISTS ("
		"SELECT FROM directories p WHERE p.organization_id = o.id AND p.is_primary"
		" AND p.deleted_at IS NULL),"
		" $5::boolean, $6::boolean, $7::bytea, $8::timestamptz, $8::timestamptz"
		"  FROM organizations o"
		" WHERE o.environment_id = $1::uuid AND o.id = $3::uuid AND o.deleted_at IS NULL"
		" ON CONFLICT (id) DO NOTHING" },
	/* $3 primary, $4 enabled, $5 strict: null leaves it; $6 now */
	[STMT_DIRECTORY_UPDATE] = { "directory_update", 6,
		"UPDATE directories"
		"   SET is_primary = coalesce($3::boolean, is_primary),"
		"       enabled = coalesce($4::boolean, enabled),"
		"       strict = coalesce($5::boolean, strict),"
		"       modified_at = $6::timestamptz"
		" WHERE environment_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL" },
	[STMT_DIRECTORY_DELETE] = { "directory_delete", 3,
		"UPDATE directories SET deleted_at = $3::timestamptz, is_primary = false"
		" WHERE environment_id = $1::uuid AND id = $2::uuid"
		" AND (deleted_at IS NULL OR deleted_at = $3::timestamptz)"
		" RETURNING id" },
	/* all of organization $2 */
	[STMT_DIRECTORIES_DELETE] = { "directories_delete", 3,
		"WITH gone AS ("
		"UPDATE directories SET deleted_at = $3::timestamptz, is_primary = false"
		" WHERE environment_id = $1::uuid AND organization_id = $2::uuid"
		" AND deleted_at IS NULL RETURNING id)"
		" DELETE FROM bearer_tokens WHERE directory_id IN (SELECT id FROM gone)" },
	/* of organization $2, except directory $3 */
	[STMT_PRIMARY_DEMOTE] = { "primary_demote", 3,
		"UPDATE directories SET is_primary = false"
		" WHERE environment_id = $1::uuid AND organization_id = $2::uuid"
		" AND id <> $3::uuid AND is_primary" },
	/* the oldest of organization $2, when none is */
	[STMT_PRIMARY_PROMOTE] = { "primary_promote", 2,
		"UPDATE directories SET is_primary = true"
		" WHERE environment_id = $1::uuid AND id = (SELECT d.id FROM directories d"
		" WHERE d.organization_id = $2::uuid AND d.deleted_at IS NULL"
		" ORDER BY d.is_primary DESC, d.id LIMIT 1)"
		" AND NOT is_primary" },
	/* of directory $2 */
	[STMT_TOKENS_DELETE] = { "tokens_delete", 2,
		"DELETE FROM bearer_tokens WHERE directory_id = (SELECT id FROM directories"
		" WHERE environment_id = $1::uuid AND id = $2::uuid)" },
	/* $3 when the tokens there are end */
	[STMT_TOKENS_EXPIRE] = { "tokens_expire", 3,
		"UPDATE bearer_tokens SET expires_at = least(expires_at, $3::timestamptz)"
		" WHERE directory_id = (SELECT id FROM directories"
		" WHERE environment_id = $1::uuid AND id = $2::uuid)" },
	/* $3 hash, $4 now */
	[STMT_TOKEN_INSERT] = { "token_insert", 4,
		"INSERT INTO bearer_tokens (directory_id, secret_sha256, created_at)"
		" SELECT id, $3::bytea, $4::timestamptz FROM directories"
		" WHERE environment_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL" },

	[STMT_ENVIRONMENT_BY_NAME] = { "environment_by_name", 1,
		"SELECT id FROM environments WHERE display_name = $1::text ORDER BY id LIMIT 1" },
	[STMT_ENVIRONMENT_INSERT] = { "environment_insert", 4,
		"INSERT INTO environments (id, display_name, mac_key, created_at)"
		" VALUES ($1::uuid, $2::text, $3::bytea, $4::timestamptz)" },
	/* $2 environment, $3 hash, $4 management, $5 now */
	[STMT_KEY_INSERT] = { "key_insert", 5,
		"INSERT INTO api_keys (id, environment_id, secret_sha256,"
		" has_management_api_access, created_at)"
		" VALUES ($1::uuid, $2::uuid, $3::bytea, $4::boolean, $5::timestamptz)" },

	/* $2 kind, $3 id of the one row that stays. Two at once delete different rows: sums stay */
	[STMT_COUNTS_FOLD] = { "counts_fold", 3,
		"WITH gone AS ("
		"DELETE FROM count_deltas"
		" WHERE directory_id = $1::uuid AND kind = $2::text RETURNING delta)"
		" INSERT INTO count_deltas (directory_id, kind, id, delta)"
		" SELECT $1::uuid, $2::text, $3::uuid, sum(delta) FROM gone HAVING count(*) > 0" },
	/* $2 first id that stays, $3 at most */
	[STMT_LOG_PURGE] = { "log_purge", 3,
		"DELETE FROM request_log"
		" WHERE directory_id = $1::uuid AND id IN (SELECT l.id FROM request_log l"
		" WHERE l.directory_id = $1::uuid AND l.id < $2::uuid"
		" ORDER BY l.id LIMIT $3::bigint)" },
	[STMT_FAILURES_PURGE] = { "failures_purge", 2,
		"DELETE FROM authentication_failures"
		" WHERE directory_id = $1::uuid AND hour < $2::timestamptz" },
	[STMT_USER_TOMBSTONES] = { "user_tombstones", 3, TOMBSTONES_PURGE("users") },
	[STMT_GROUP_TOMBSTONES] = { "group_tombstones", 3, TOMBSTONES_PURGE("groups") },
	[STMT_DELETED_DIRECTORY] = { "deleted_directory", 1,
		"SELECT id FROM directories WHERE deleted_at < $1::timestamptz"
		" ORDER BY deleted_at LIMIT 1" },
	[STMT_ENTER_DELETED] = { "enter_deleted", 1,
		"SELECT set_config('rollcall.directory', d.id::text, true)"
		"  FROM directories d"
		" WHERE d.id = $1::uuid"
		"   AND d.deleted_at IS NOT NULL" },
	/* $2 at most */
	[STMT_PURGE_USERS] = { "purge_users", 2,
		"DELETE FROM users WHERE directory_id = $1::uuid AND id IN (SELECT u.id FROM users u"
		" WHERE u.directory_id = $1::uuid LIMIT $2::bigint)" },
	[STMT_PURGE_GROUPS] = { "purge_groups", 2,
		"DELETE FROM groups WHERE directory_id = $1::uuid AND id IN (SELECT g.id FROM groups g"
		" WHERE g.directory_id = $1::uuid LIMIT $2::bigint)" },
	[STMT_PURGE_MEMBERS] = { "purge_members", 2,
		"DELETE FROM group_members"
		" WHERE directory_id = $1::uuid AND (group_id, member_id) IN ("
		"SELECT m.group_id, m.member_id FROM group_members m"
		" WHERE m.directory_id = $1::uuid LIMIT $2::bigint)" },
	[STMT_PURGE_VALUES] = { "purge_values", 2,
		"DELETE FROM attribute_values"
		" WHERE directory_id = $1::uuid AND (attribute, value_key, resource_id) IN ("
		"SELECT a.attribute, a.value_key, a.resource_id FROM attribute_values a"
		" WHERE a.directory_id = $1::uuid LIMIT $2::bigint)" },
	[STMT_PURGE_EVENTS] = { "purge_events", 2,
		"DELETE FROM events WHERE directory_id = $1::uuid AND id IN (SELECT v.id FROM events v"
		" WHERE v.directory_id = $1::uuid LIMIT $2::bigint)" },
	[STMT_PURGE_LOG] = { "purge_log", 2,
		"DELETE FROM request_log"
		" WHERE directory_id = $1::uuid AND id IN (SELECT l.id FROM request_log l"
		" WHERE l.directory_id = $1::uuid LIMIT $2::bigint)" },
	[STMT_PURGE_REST] = { "purge_rest", 1,
		"WITH counts AS (DELETE FROM count_deltas WHERE directory_id = $1::uuid)"
		" DELETE FROM authentication_failures WHERE directory_id = $1::uuid" },
	[STMT_PURGE_DIRECTORY] = { "purge_directory", 1,
		"DELETE FROM directories d"
		" WHERE d.id = $1::uuid AND d.deleted_at IS NOT NULL"
		" AND NOT EXISTS (SELECT FROM users u WHERE u.directory_id = $1::uuid)"
		" AND NOT EXISTS (SELECT FROM groups g WHERE g.directory_id = $1::uuid)"
		" AND NOT EXISTS (SELECT FROM group_members m WHERE m.directory_id = $1::uuid)"
		" AND NOT EXISTS (SELECT FROM attribute_values a WHERE a.directory_id = $1::uuid)"
		" AND NOT EXISTS (SELECT FROM events v WHERE v.directory_id = $1::uuid)"
		" AND NOT EXISTS (SELECT FROM request_log l WHERE l.directory_id = $1::uuid)" },

	[STMT_SCHEMAS] = { "schemas", 2, SCHEMAS("") },
	/*
	 * Also stands in the directory, for the question who uses a schema; waits for the writes
	 * under way, and lets none begin.
	 */
	[STMT_SCHEMAS_ENTER] = { "schemas_enter", 2,
		SCHEMAS(", set_config('rollcall.directory', d.id::text, true)") " FOR UPDATE" },
	/* $3 all of them, null for none; $4 now */
	[STMT_SCHEMAS_UPDATE] = { "schemas_update", 4,
		"UPDATE directories SET schemas = $3::json, modified_at = $4::timestamptz"
		" WHERE environment_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL" },
	[STMT_SCHEMA_USE_USERS] = { "schema_use_users", 2, SCHEMA_USE("users") },
	[STMT_SCHEMA_USE_GROUPS] = { "schema_use_groups", 2, SCHEMA_USE("groups") },
};
