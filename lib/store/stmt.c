/* SPDX-License-Identifier: MIT */
/*
 * The statements. One clause a line, columns by name, every parameter with its type.
 *
 * $1 is the directory of a tenant statement and the environment of a management statement: both
 * are claimed by the credential, and the AUTH statement of the same transaction vouches for them.
 */
#include "store/stmt.h"

#include "base/text.h"

/* Does the transaction stand in directory $1, let in by AUTH? */
#define ENTERED "current_setting('rollcall.directory', true) = $1::uuid::text"

/* $1 directory, $2 SHA-256 of the token. A disabled directory is found but not entered. */
#define AUTH_DIRECTORY(more) \
	"SELECT (SELECT max(version) FROM schema_migrations), d.enabled, d.strict, d.mac_key," \
	" set_config('rollcall.directory', CASE WHEN d.enabled THEN d.id::text ELSE '' END, true)" more \
	"  FROM directories d" \
	"  JOIN bearer_tokens t ON t.directory_id = d.id" \
	" WHERE d.id = $1::uuid" \
	"   AND d.deleted_at IS NULL" \
	"   AND t.secret_sha256 = $2::bytea" \
	"   AND (t.expires_at IS NULL OR t.expires_at > now())"

/*
 * $2 request, $3 now, $4 method, $5 url, $6 request body, $7 status, $8 response body,
 * $9 detail, $10 quirks, $11 user, $12 address, $13 user agent. The answer above is the one
 * given when the user exists (and, with $14, was last written by this request), or there is
 * none; else the answer was $15 with body $16 and detail $17. $18 versions are answered $19.
 */
#define LOG \
	"INSERT INTO request_log (directory_id, id, at, method, url, request_body, status," \
	" response_body, detail, quirks, resource_id, remote_address, user_agent)" \
	" SELECT $1::uuid, $2::uuid, $3::timestamptz, $4::text, $5::text, $6::text," \
	" CASE WHEN NOT x.good THEN $15::smallint WHEN x.known THEN $19::smallint" \
	" ELSE $7::smallint END," \
	" CASE WHEN x.good THEN $8::text ELSE $16::text END," \
	" CASE WHEN x.good THEN $9::text ELSE $17::text END," \
	" $10::text[], $11::uuid, $12::text, $13::text" \
	"  FROM (SELECT $11::uuid IS NULL OR count(*) > 0 AS good," \
	" coalesce(bool_or(u.version = ANY ($18::bigint[])), false) AS known" \
	" FROM users u" \
	" WHERE u.directory_id = $1::uuid AND u.id = $11::uuid AND u.deleted_at IS NULL" \
	" AND ($14::uuid IS NULL OR u.last_write = $14::uuid)) x" \
	" WHERE " ENTERED

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

	/* $2 SHA-256 of the key */
	[STMT_AUTH_KEY] = { "auth_key", 2,
		"SELECT (SELECT max(version) FROM schema_migrations),"
		" k.has_management_api_access, e.mac_key"
		"  FROM api_keys k"
		"  JOIN environments e ON e.id = k.environment_id"
		" WHERE k.environment_id = $1::uuid"
		"   AND k.secret_sha256 = $2::bytea"
		"   AND k.revoked_at IS NULL" },
	[STMT_AUTH_DIRECTORY] = { "auth_directory", 2, AUTH_DIRECTORY("") },
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

	/* $2 id */
	[STMT_USER_BY_ID] = { "user_by_id", 2,
		"SELECT id, doc, version, created_at, modified_at"
		"  FROM users"
		" WHERE directory_id = $1::uuid"
		"   AND id = $2::uuid"
		"   AND deleted_at IS NULL" },
	/* tombstones too: a DELETE that runs again answers as the first time */
	[STMT_USER_FOR_UPDATE] = { "user_for_update", 2,
		"SELECT id, doc, version, created_at, modified_at, deleted_at IS NOT NULL"
		"  FROM users"
		" WHERE directory_id = $1::uuid"
		"   AND id = $2::uuid"
		"   FOR UPDATE" },
	/*
	 * $2 id, $3 userName, $4 its key, $5 externalId, $6 active, $7 doc, $8 keys, $9 now,
	 * $10 request, $11 attributes and $12 values of the index, $13 event. No row: the name is
	 * taken.
	 */
	[STMT_USER_INSERT] = { "user_insert", 13,
		"WITH made AS ("
		"INSERT INTO users (directory_id, id, user_name, user_name_key, external_id, active,"
		" doc, keys, version, created_at, modified_at, last_write)"
		" VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::boolean,"
		" $7::json, $8::jsonb, 1, $9::timestamptz, $9::timestamptz, $10::uuid)"
		" ON CONFLICT DO NOTHING RETURNING id),"
		" indexed AS ("
		"INSERT INTO attribute_values (directory_id, attribute, value_key, resource_id)"
		" SELECT $1::uuid, n.attribute, n.value_key, made.id"
		"  FROM made, unnest($11::text[], $12::text[]) n (attribute, value_key)),"
		" counted AS ("
		"INSERT INTO count_deltas (directory_id, kind, id, delta)"
		" SELECT $1::uuid, 'users', $13::uuid, 1 FROM made),"
		" noted AS ("
		"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)"
		" SELECT $1::uuid, $13::uuid, $9::timestamptz, 'user.created', made.id, 1, $10::uuid"
		"  FROM made)"
		" SELECT id FROM made" },
	/*
	 * $2 to $8 as above, $9 now, $10 request, $11 version expected, $12, $13 index rows to drop,
	 * $14, $15 to add, $16 event, $17 its type. No row: the version was another.
	 */
	[STMT_USER_UPDATE] = { "user_update", 17,
		"WITH changed AS ("
		"UPDATE users SET user_name = $3::text, user_name_key = $4::text,"
		" external_id = $5::text, active = $6::boolean, doc = $7::json, keys = $8::jsonb,"
		" version = version + 1, modified_at = $9::timestamptz, last_write = $10::uuid"
		" WHERE directory_id = $1::uuid AND id = $2::uuid"
		" AND version = $11::bigint AND deleted_at IS NULL RETURNING id, version),"
		" dropped AS ("
		"DELETE FROM attribute_values a"
		" USING changed, unnest($12::text[], $13::text[]) o (attribute, value_key)"
		" WHERE a.directory_id = $1::uuid AND a.attribute = o.attribute"
		" AND a.value_key = o.value_key AND a.resource_id = changed.id),"
		" indexed AS ("
		"INSERT INTO attribute_values (directory_id, attribute, value_key, resource_id)"
		" SELECT $1::uuid, n.attribute, n.value_key, changed.id"
		"  FROM changed, unnest($14::text[], $15::text[]) n (attribute, value_key)),"
		" noted AS ("
		"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)"
		" SELECT $1::uuid, $16::uuid, $9::timestamptz, $17::text, changed.id,"
		" changed.version, $10::uuid FROM changed)"
		" SELECT version FROM changed" },
	/* $3 now, $4 request, $5 version expected, $6, $7 index rows, $8 event */
	[STMT_USER_DELETE] = { "user_delete", 8,
		"WITH changed AS ("
		"UPDATE users SET deleted_at = $3::timestamptz, version = version + 1,"
		" modified_at = $3::timestamptz, last_write = $4::uuid"
		" WHERE directory_id = $1::uuid AND id = $2::uuid"
		" AND version = $5::bigint AND deleted_at IS NULL RETURNING id, version),"
		" dropped AS ("
		"DELETE FROM attribute_values a"
		" USING changed, unnest($6::text[], $7::text[]) o (attribute, value_key)"
		" WHERE a.directory_id = $1::uuid AND a.attribute = o.attribute"
		" AND a.value_key = o.value_key AND a.resource_id = changed.id),"
		" counted AS ("
		"INSERT INTO count_deltas (directory_id, kind, id, delta)"
		" SELECT $1::uuid, 'users', $8::uuid, -1 FROM changed),"
		" noted AS ("
		"INSERT INTO events (directory_id, id, at, type, resource_id, version, request_id)"
		" SELECT $1::uuid, $8::uuid, $3::timestamptz, 'user.deleted', changed.id,"
		" changed.version, $4::uuid FROM changed)"
		" SELECT version FROM changed" },
	/* $2 kind */
	[STMT_TOTAL] = { "total", 2,
		"SELECT coalesce(sum(delta), 0)"
		"  FROM count_deltas"
		" WHERE directory_id = $1::uuid"
		"   AND kind = $2::text" },
	[STMT_LOG] = { "log", 19, LOG },
	/* the same for a request that has a row already, of an attempt or a trip before */
	[STMT_LOG_AGAIN] = { "log_again", 19,
		LOG " ON CONFLICT (directory_id, id)"
		    " DO UPDATE SET status = excluded.status,"
		    " response_body = excluded.response_body, detail = excluded.detail,"
		    " quirks = excluded.quirks" },
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
	[STMT_TOMBSTONES_PURGE] = { "tombstones_purge", 3,
		"DELETE FROM users"
		" WHERE directory_id = $1::uuid AND id IN (SELECT u.id FROM users u"
		" WHERE u.directory_id = $1::uuid AND u.deleted_at < $2::timestamptz"
		" ORDER BY u.deleted_at LIMIT $3::bigint)" },
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
		" AND NOT EXISTS (SELECT FROM attribute_values a WHERE a.directory_id = $1::uuid)"
		" AND NOT EXISTS (SELECT FROM events v WHERE v.directory_id = $1::uuid)"
		" AND NOT EXISTS (SELECT FROM request_log l WHERE l.directory_id = $1::uuid)" },
};
