/* SPDX-License-Identifier: MIT */
/*
 * The statements. One clause a line, columns by name, every parameter with its type.
 *
 * $1 is the directory of a tenant statement and the environment of a management statement: both
 * are claimed by the credential, and the AUTH statement of the same transaction vouches for them.
 */
#include "store/stmt.h"

#include "base/text.h"
#include "store/stmt_log.h"
#include "store/stmt_memberships.h"

/* Does the transaction stand in directory $1, let in by AUTH? */
#define ENTERED "current_setting('rollcall.directory', true) = $1::uuid::text"

/*
 * $1 directory, $2 SHA-256 of the token, $3 its organization, if the caller names one. A disabled directory
 * is found but not entered.
 */
#define AUTH_DIRECTORY(more) \
	"SELECT (SELECT max(version) FROM schema_migrations), d.enabled, d.strict, d.mac_key," \
	" d.schemas, d.organization_id," \
	" set_config('rollcall.directory', CASE WHEN d.enabled THEN d.id::text ELSE '' END, true)," \
	" set_config('rollcall.client', coalesce(t.client_id::text, ''), true)" more \
	"  FROM directories d" \
	"  JOIN bearer_tokens t ON t.directory_id = d.id" \
	" WHERE d.id = $1::uuid" \
	"   AND d.deleted_at IS NULL" \
	"   AND t.secret_sha256 = $2::bytea" \
	"   AND d.organization_id = coalesce($3::uuid, d.organization_id)" \
	"   AND (t.expires_at IS NULL OR t.expires_at > now())"

/*
 * $2 request, $3 now, $4 method, $5 url, $6 request body, $7 status, $8 response body,
 * $9 detail, $10 quirks, $11 resource, $12 address, $13 user agent. The answer above is the one
 * given when the resource exists (and, with $14, was last written by this request), or there is
 * none; else the answer was $15 with body $16 and detail $17. $18 versions are answered $19.
 * $20 microseconds had passed when the transaction began, $21 provider.
 */
#define NOTE "nullif(current_setting('rollcall.note', true), '')"
#define LOG(table) \
	"INSERT INTO request_log (directory_id, id, at, method, url, request_body, status," \
	" response_body, detail, quirks, resource_id, remote_address, user_agent," \
	" duration_us, provider, client_id)" \
	" SELECT $1::uuid, $2::uuid, $3::timestamptz, $4::text, $5::text, $6::text," \
	" CASE WHEN NOT x.good THEN $15::smallint WHEN x.known THEN $19::smallint" \
	" ELSE $7::smallint END," \
	" CASE WHEN x.good THEN $8::text ELSE $16::text END," \
	" CASE WHEN x.good THEN nullif(coalesce($9::text, " NOTE "), '') ELSE $17::text END," \
	" $10::text[] || CASE WHEN " NOTE " IS NULL OR $9::text = ''" \
	" OR 'unknownMember' = ANY ($10::text[])" \
	" THEN '{}'::text[] ELSE '{unknownMember}' END," \
	" $11::uuid, $12::text, $13::text," \
	" $20::bigint + greatest(0, extract(epoch FROM statement_timestamp()" \
	" - transaction_timestamp()) * 1000000)::bigint," \
	" $21::text, nullif(current_setting('rollcall.client', true), '')::uuid" \
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
	" quirks = excluded.quirks, duration_us = excluded.duration_us"

/* $2 id, $3 with memberships: a plan that knew would seem worth to be made each time */
#define WANTED "(SELECT $3::boolean)"
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
 * Arrays come as (SELECT $n): a plan that sees how many values there are seems cheaper, by their number alone, and would
 * be made anew by each request. That took two fifths of what a PUT cost the database.
 */
/* The data of an event that tells all of a resource. */
#define TOLD(doc) "('{\"attributes\":' || " doc "::text || '}')::json"

/*
 * $2 id, $3 the unique name, $4 its key, $5 externalId, $6 doc, $7 keys, $8 now, $9 request, $10
 * attributes and $11 values of the index, $12 event, $13 its data, null: the doc; what more a table
 * has comes behind. No row: the name is taken.
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
	"  FROM made, unnest((SELECT $10::text[]), (SELECT $11::text[])) n (attribute, value_key))," \
	" counted AS (" \
	"INSERT INTO count_deltas (directory_id, kind, id, delta)" \
	" SELECT $1::uuid, '" table "', $12::uuid, 1 FROM made)," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id, data)" \
	" SELECT $1::uuid, $12::uuid, $8::timestamptz, '" type ".created', made.id, 1, $9::uuid," \
	" coalesce($13::json, " TOLD("$6::json") ") FROM made)" \
						 " SELECT id FROM made"

/*
 * $2 to $9 as above, $10 version expected, $11, $12 index rows to drop, $13, $14 to add, $15 event,
 * $16 its type, $17 its data; what more a table has comes behind. No row: the version was another.
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
	" USING changed, unnest((SELECT $11::text[]), (SELECT $12::text[])) o (attribute, value_key)" \
	" WHERE a.directory_id = $1::uuid AND a.attribute = o.attribute" \
	" AND a.value_key = o.value_key AND a.resource_id = changed.id)," \
	" indexed AS (" \
	"INSERT INTO attribute_values (directory_id, attribute, value_key, resource_id)" \
	" SELECT $1::uuid, n.attribute, n.value_key, changed.id" \
	"  FROM changed, unnest((SELECT $13::text[]), (SELECT $14::text[])) n (attribute, value_key))," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id, data)" \
	" SELECT $1::uuid, $15::uuid, $8::timestamptz, $16::text, changed.id," \
	" changed.version, $9::uuid, $17::json FROM changed)" \
	" SELECT version FROM changed"

/* $3 now, $4 request, $5 version expected, $6, $7 index rows, $8 event, $9 its data or null */
#define RECORD_DELETE(table, type) \
	"WITH changed AS (" \
	"UPDATE " table " SET deleted_at = $3::timestamptz, version = version + 1," \
	" modified_at = $3::timestamptz, last_write = $4::uuid" \
	" WHERE directory_id = $1::uuid AND id = $2::uuid" \
	" AND version = $5::bigint AND deleted_at IS NULL RETURNING id, version, doc)," \
	" dropped AS (" \
	"DELETE FROM attribute_values a" \
	" USING changed, unnest((SELECT $6::text[]), (SELECT $7::text[])) o (attribute, value_key)" \
	" WHERE a.directory_id = $1::uuid AND a.attribute = o.attribute" \
	" AND a.value_key = o.value_key AND a.resource_id = changed.id)," \
	" counted AS (" \
	"INSERT INTO count_deltas (directory_id, kind, id, delta)" \
	" SELECT $1::uuid, '" table "', $8::uuid, -1 FROM changed)," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id, data)" \
	" SELECT $1::uuid, $8::uuid, $3::timestamptz, '" type ".deleted', changed.id," \
	" changed.version, $4::uuid, coalesce($9::json, " TOLD( \
		"changed.doc") ") FROM changed)" \
			       " SELECT version FROM changed"

/* An id that ends in six zeros, with a number there. */
#define NUMBERED(id, number) \
	"(left(" id "::uuid::text, 30) || lpad(to_hex(" number "), 6, '0'))::uuid"

/* A member in the data of an event; the way out spells its id. */
#define MEMBER(row) \
	"json_build_object('value', " row ".id, 'type', " row ".type, 'display', " row ".display)"

/*
 * $2 group, $3 ids, $4 types and $5 spellings of who is to be in it, $6 now, $7 request, $8 event, $9
 * what the version counts on by, $10 how many were named whose id cannot be one, $11 some of them; $12 what
 * `gone` needs. The group is locked, or new: nobody else adds to it. Only
 * who is new is looked up, and locked against deletion until the end of the transaction;
 * only rows that change are written. Arrays, and not joins, where a
 * wrong guess of how many there are would make it quadratic. The row says the version, null when nothing changed, and
 * how many are no members because the directory does not have them: the log's row gets a note. An event
 * has up to 1000 members; $8 ends in zeros, where the events are numbered, from 800000 those of who goes.
 */
#define MEMBERS_CHANGE(named, stranger, gone) \
	"WITH wanted (id, type, text) AS (SELECT w.id, w.type, w.text" \
	"  FROM unnest(" named ") w (id, type, text)" \
	" WHERE EXISTS (SELECT FROM groups g WHERE g.directory_id = $1::uuid" \
	" AND g.id = $2::uuid AND g.deleted_at IS NULL))," \
	" fresh AS (SELECT w.id, w.type, w.text FROM wanted w" \
	" WHERE " stranger ")," \
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
	" RETURNING member_id, type, display)," \
	" dropped AS (" gone " RETURNING m.member_id, m.type, m.display)," \
	" delta (added, dropped) AS (" \
	"SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM dropped))," \
	" changed AS (UPDATE groups g SET member_count = g.member_count + d.added - d.dropped," \
	" version = g.version + $9::bigint, modified_at = $6::timestamptz, last_write = $7::uuid" \
	"  FROM delta d WHERE g.directory_id = $1::uuid AND g.id = $2::uuid" \
	" AND d.added + d.dropped > 0 RETURNING g.version)," \
	" moved (event, id, type, display, part) AS (" \
	"SELECT 'group.member_added', a.member_id, a.type, a.display," \
	" (row_number() OVER (ORDER BY a.member_id) - 1) / 1000 FROM added a" \
	" UNION ALL SELECT 'group.member_removed', d.member_id, d.type, d.display," \
	" (row_number() OVER (ORDER BY d.member_id) - 1) / 1000 + 8388608 FROM dropped d)," \
	" noted AS (" \
	"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id, data)" \
	" SELECT $1::uuid, " NUMBERED("$8", \
		"m.part") ", $6::timestamptz, m.event, $2::uuid," \
			  " c.version, $7::uuid, json_build_object('members', json_agg(" MEMBER( \
				  "m") "))" \
				       "  FROM changed c, moved m GROUP BY c.version, m.event, m.part)," \
				       " strangers (number, texts) AS (SELECT count(DISTINCT w.id) + $10::bigint," \
				       " string_agg(w.text, ', ') FROM fresh w" \
				       " WHERE w.id NOT IN (SELECT f.id FROM found f))" \
				       " SELECT (SELECT version FROM changed), s.number," \
				       " set_config('rollcall.note', left(concat_ws('; ', " NOTE \
				       ", CASE WHEN s.number > 0 THEN" \
				       " format('%s unknown members were passed over: %s', s.number," \
				       " left(concat_ws(', ', s.texts, nullif($11::text, '')), 300)) END), 1000), true)" \
				       " FROM strangers s"

/*
 * Who is named. Where the plan does not depend on how many they are, it must not know: a plan of its own for each
 * would seem to pay.
 */
#define NAMED "$3::uuid[], $4::text[], $5::text[]"
#define NAMED_UNSEEN "(SELECT $3::uuid[]), (SELECT $4::text[]), (SELECT $5::text[])"

/* Is w no member yet? One by one in the index, whatever the statistics say of the group; or by a join. */
#define STRANGER_BY_INDEX \
	"(SELECT m.member_id FROM group_members m WHERE m.directory_id = $1::uuid" \
	" AND m.group_id = $2::uuid AND m.member_id = w.id LIMIT 1) IS NULL"
#define STRANGER_BY_JOIN \
	"NOT EXISTS (SELECT FROM group_members m WHERE m.directory_id = $1::uuid" \
	" AND m.group_id = $2::uuid AND m.member_id = w.id)"

/* $2 URN. Is there a resource with values of it, and one without? */
#define SCHEMA_USE(table) \
	"SELECT EXISTS (SELECT FROM " table " WHERE directory_id = $1::uuid" \
	" AND deleted_at IS NULL AND keys ? $2::text)," \
	" EXISTS (SELECT FROM " table " WHERE directory_id = $1::uuid" \
	" AND deleted_at IS NULL AND NOT keys ? $2::text)"

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

	/* $2 SHA-256 of the key. The environment's rows of the feed become visible */
	[STMT_AUTH_KEY] = { "auth_key", 2,
		"SELECT (SELECT max(version) FROM schema_migrations),"
		" k.scopes, e.mac_key, k.id, NULL::uuid,"
		" set_config('rollcall.environment', e.id::text, true)"
		"  FROM api_keys k"
		"  JOIN environments e ON e.id = k.environment_id"
		" WHERE k.environment_id = $1::uuid"
		"   AND k.secret_sha256 = $2::bytea"
		"   AND k.revoked_at IS NULL" },
	/* $2 SHA-256 of the cookie, $3 console or setup. What a session may is what its key may */
	[STMT_AUTH_SESSION] = { "auth_session", 3,
		"SELECT (SELECT max(version) FROM schema_migrations),"
		" coalesce(k.scopes, '{}'), e.mac_key, k.id, o.id,"
		" set_config('rollcall.environment', e.id::text, true)"
		"  FROM sessions s"
		"  JOIN environments e ON e.id = s.environment_id"
		"  LEFT JOIN api_keys k ON k.environment_id = s.environment_id"
		" AND k.id = s.api_key_id AND k.revoked_at IS NULL"
		"  LEFT JOIN organizations o ON o.environment_id = s.environment_id"
		" AND o.id = s.organization_id AND o.deleted_at IS NULL"
		" WHERE s.environment_id = $1::uuid"
		"   AND s.secret_sha256 = $2::bytea"
		"   AND s.kind = $3::text"
		"   AND s.expires_at > now()"
		"   AND (k.id IS NOT NULL OR o.id IS NOT NULL)" },
	/* $2 SHA-256 of the key, $3 now, $4 what is recent enough */
	[STMT_KEY_USED] = { "key_used", 4,
		"UPDATE api_keys SET last_used_at = $3::timestamptz"
		" WHERE id = (SELECT k.id FROM api_keys k"
		" WHERE k.environment_id = $1::uuid AND k.secret_sha256 = $2::bytea"
		" AND k.revoked_at IS NULL"
		" AND (k.last_used_at IS NULL OR k.last_used_at < $4::timestamptz)"
		" FOR UPDATE SKIP LOCKED)" },
	/* a write holds the directory's schemas as they are until it ends: see schemas_lock */
	[STMT_AUTH_DIRECTORY] = { "auth_directory", 3, AUTH_DIRECTORY("") " FOR KEY SHARE OF d" },
	/* a read commits nothing but its log row, which need not be durable */
	[STMT_AUTH_DIRECTORY_READ] = { "auth_directory_read", 3,
		AUTH_DIRECTORY(", set_config('synchronous_commit', 'off', true)") },
	/* $2 begin of the hour, $3 now */
	[STMT_AUTH_FAILED] = { "auth_failed", 3,
		"INSERT INTO authentication_failures (directory_id, hour, failures, last_at)"
		" SELECT $1::uuid, $2::timestamptz, 1, $3::timestamptz"
		" WHERE " ENTERED " ON CONFLICT (directory_id, hour)"
		" DO UPDATE SET failures = authentication_failures.failures + 1,"
		" last_at = excluded.last_at" },
	/* waits for others who hold it, not for their writes */
	[STMT_HOLD_DIRECTORY] = { "hold_directory", 1,
		"SELECT FROM directories d WHERE d.id = $1::uuid AND " ENTERED
		" FOR NO KEY UPDATE" },
	/* for our own upkeep only: no credential is asked for */
	[STMT_ENTER_DIRECTORY] = { "enter_directory", 1,
		"SELECT set_config('rollcall.directory', d.id::text, true),"
		" set_config('synchronous_commit', 'off', true)"
		"  FROM directories d"
		" WHERE d.id = $1::uuid"
		"   AND d.deleted_at IS NULL" },

	[STMT_USER_BY_ID] = { "user_by_id", 3, RECORD_BY_ID("users", GROUPS_OF_USER(WANTED)) },
	[STMT_USER_LOCK] = { "user_lock", 3,
		RECORD_LOCK("users", GROUPS_OF_USER(WANTED), "NO KEY UPDATE") },
	[STMT_USER_LOCK_DELETE] = { "user_lock_delete", 3,
		RECORD_LOCK("users", GROUPS_OF_USER(WANTED), "UPDATE") },
	/* $14 active, $15 label */
	[STMT_USER_INSERT] = { "user_insert", 15,
		RECORD_INSERT("users", "user", "user_name, user_name_key, active, label",
			"$3::text, $4::text, $14::boolean, $15::text") },
	/* $18 active, $19 label */
	[STMT_USER_UPDATE] = { "user_update", 19,
		RECORD_UPDATE("users", "user_name = $3::text, user_name_key = $4::text,"
				       " active = $18::boolean, label = $19::text") },
	[STMT_USER_DELETE] = { "user_delete", 9, RECORD_DELETE("users", "user") },
	[STMT_USER_LOG] = { "user_log", 21, LOG("users") },
	[STMT_USER_LOG_AGAIN] = { "user_log_again", 21, LOG_AGAIN("users") },

	[STMT_GROUP_BY_ID] = { "group_by_id", 3, RECORD_BY_ID("groups", MEMBERS_OF_GROUP(WANTED)) },
	[STMT_GROUP_LOCK] = { "group_lock", 3,
		RECORD_LOCK("groups", MEMBERS_OF_GROUP(WANTED), "NO KEY UPDATE") },
	[STMT_GROUP_LOCK_DELETE] = { "group_lock_delete", 3,
		RECORD_LOCK("groups", MEMBERS_OF_GROUP(WANTED), "UPDATE") },
	[STMT_GROUP_INSERT] = { "group_insert", 13,
		RECORD_INSERT("groups", "group", "display_name, display_name_key",
			"$3::text, $4::text") },
	[STMT_GROUP_UPDATE] = { "group_update", 17,
		RECORD_UPDATE("groups", "display_name = $3::text, display_name_key = $4::text") },
	[STMT_GROUP_DELETE] = { "group_delete", 9, RECORD_DELETE("groups", "group") },
	[STMT_GROUP_LOG] = { "group_log", 21, LOG("groups") },
	[STMT_GROUP_LOG_AGAIN] = { "group_log_again", 21, LOG_AGAIN("groups") },

	/* $12 who is to be in it no more, $13 their types: few, and many, for which a plan is made each time */
	[STMT_MEMBERS_CHANGE] = { "members_change", 13,
		MEMBERS_CHANGE(NAMED_UNSEEN, STRANGER_BY_INDEX,
			"DELETE FROM group_members m"
			" WHERE m.directory_id = $1::uuid AND m.group_id = $2::uuid"
			" AND m.member_id = ANY ((SELECT $12::uuid[])::uuid[])"
			" AND EXISTS (SELECT FROM unnest((SELECT $12::uuid[]), (SELECT $13::text[])) d (id, type)"
			" WHERE d.id = m.member_id AND d.type = m.type)") },
	[STMT_MEMBERS_CHANGE_MANY] = { "members_change_many", 13,
		MEMBERS_CHANGE(NAMED, STRANGER_BY_JOIN,
			"DELETE FROM group_members m"
			" USING unnest($12::uuid[], $13::text[]) d (id, type)"
			" WHERE m.directory_id = $1::uuid AND m.group_id = $2::uuid"
			" AND m.member_id = d.id AND m.type = d.type") },
	/* who is not wanted goes */
	[STMT_MEMBERS_REPLACE] = { "members_replace", 11,
		MEMBERS_CHANGE(NAMED, STRANGER_BY_JOIN,
			"DELETE FROM group_members m"
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
	[STMT_MEMBER_USERS] = { "member_users", 2,
		"SELECT (SELECT count(*) FROM group_members m WHERE m.directory_id = $1::uuid"
		" AND m.group_id = g.id AND m.type = 'User')"
		"  FROM groups g"
		" WHERE g.directory_id = $1::uuid"
		"   AND g.id = $2::uuid"
		"   AND g.deleted_at IS NULL" },
	/*
	 * $2 who was deleted, $3 now, $4 request, $5 event: its memberships, and as a group its members. Those
	 * have no event of their own
	 */
	[STMT_MEMBERSHIPS_DELETE] = { "memberships_delete", 5,
		"WITH gone AS (DELETE FROM group_members m WHERE m.directory_id = $1::uuid"
		" AND (m.member_id = $2::uuid OR m.group_id = $2::uuid)"
		" RETURNING m.group_id, m.member_id AS id, m.type, m.display),"
		" held AS (UPDATE groups g"
		" SET member_count = g.member_count - 1, version = g.version + 1,"
		" modified_at = greatest(g.modified_at, $3::timestamptz), last_write = $4::uuid"
		" WHERE g.directory_id = $1::uuid AND g.id <> $2::uuid"
		" AND g.id IN (SELECT group_id FROM gone) RETURNING g.id, g.version, g.modified_at)"
		" INSERT INTO events"
		" (directory_id, id, at, type, resource_id, version, request_id, data)"
		" SELECT $1::uuid, " NUMBERED("$5",
			"row_number() OVER (ORDER BY h.id)") ", h.modified_at, 'group.member_removed', h.id, h.version, $4::uuid,"
							     " json_build_object('members', json_build_array(" MEMBER(
								     "g") "))"
									  "  FROM held h JOIN gone g ON g.group_id = h.id" },
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

#include "store/stmt_access.inc"
#include "store/stmt_feed.inc"
#include "store/stmt_manage.inc"
/* behind the one whose macros it uses */
#include "store/stmt_console.inc"
#include "store/stmt_reading.inc"
#include "store/stmt_setup.inc"
#include "store/stmt_upkeep.inc"
#include "store/stmt_webhook.inc"
};
