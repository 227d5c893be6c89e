/* SPDX-License-Identifier: MIT */
/*
 * Verification of credentials: by their SHA-256, which the database finds in a B-tree. What an
 * attacker could learn from timing there is a prefix of a digest, which is no step towards a token.
 */
#include "store/credential.h"

#include "base/log.h"
#include "base/text.h"
#include "scim/schema_set.h"
#include "store/param.h"

#define HOUR_US (INT64_C(3600) * 1000000)
#define USED_US (INT64_C(300) * 1000000) /* last_used_at is that coarse */

/* Of AUTH_DIRECTORY; the schema version comes first there too. */
enum {
	COLUMN_ENABLED = 1,
	COLUMN_STRICT,
	COLUMN_MAC_KEY,
	COLUMN_SCHEMAS,
	COLUMN_ACCOUNT
};

/* Of AUTH_KEY and AUTH_SESSION. */
enum {
	COLUMN_SCOPES = 1,
	COLUMN_KEY_MAC,
	COLUMN_KEY,
	COLUMN_ORGANIZATION
};

enum scim_err schema_gate(struct ctx *cx, const struct rows *rows)
{
	int version = (int)rows_int(rows, 0, 0);

	if (version == SCHEMA_VERSION)
		return SCIM_OK;
	log_line("error", &cx->request_id,
		"the database has schema version %d, this program knows %d", version,
		SCHEMA_VERSION);
	return ctx_fail(cx, SCIM_UNAVAILABLE, "the database is being migrated");
}

static struct mac_key read_key(struct ctx *cx, const struct rows *rows, int column)
{
	struct mac_key key;
	size_t len;
	const unsigned char *bytes = rows_bytes(cx, rows, 0, column, &len);

	if (len != sizeof(key.byte))
		abort();
	memcpy(key.byte, bytes, len);
	return key;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Read the directory's own schemas, if they are others than those that are known. */
static enum scim_err learn_types(struct ctx *cx, struct tenant *tenant, const struct rows *rows)
{
	const char *text = rows_text(rows, 0, COLUMN_SCHEMAS);
	const struct resource_type *types[KIND__MAX];
	enum scim_err e;
	int i;

	if (same_text(text, tenant->schemas))
		return SCIM_OK;
	if ((e = types_parse(cx, text, text ? strlen(text) : 0, types)))
		return e;
	for (i = 0; i < KIND__MAX; i++)
		tenant->types[i] = *types[i];
	tenant->schemas = text;
	tenant->learned = !tenant->writes;
	return SCIM_OK;
}

/* Whose the directory is. False: it was taken for somebody else's, and that was of use. */
static bool learn_account(const struct ctx *cx, struct tenant *tenant, const struct rows *rows)
{
	struct uuid account = rows_uuid(rows, 0, COLUMN_ACCOUNT);
	bool known = uuid_equal(&tenant->account, &account);

	tenant->account = account;
	return known || !cx->account_used;
}

/*
 * What a request parsed before its first trip it parsed leniently, by the schemas that all
 * directories have, and for the account that the caller claims. If that was wrong it runs again, now knowing.
 */
static enum scim_err check_guesses(struct ctx *cx, struct tenant *tenant, const struct rows *rows)
{
	bool strict = rows_bool(rows, 0, COLUMN_STRICT);
	bool late = strict && !cx->strict && cx->quirks;
	enum scim_err e;

	cx->strict = strict;
	if ((e = learn_types(cx, tenant, rows)))
		return e;
	if (!learn_account(cx, tenant, rows))
		return ctx_fail(cx, SCIM_RETRY, "the caller did not say whose the directory is");
	if (late)
		return ctx_fail(cx, SCIM_RETRY, "the directory is strict");
	return tenant->learned ? ctx_fail(cx, SCIM_RETRY, "the directory has its own schemas")
			       : SCIM_OK;
}

static enum scim_err gate_directory(struct ctx *cx, const struct rows *rows, void *arg)
{
	struct tenant *tenant = arg;
	enum scim_err e;

	if (!rows_count(rows))
		return ctx_fail(cx, SCIM_UNAUTHORIZED, NULL);
	if ((e = schema_gate(cx, rows)))
		return e;
	if (!rows_bool(rows, 0, COLUMN_ENABLED))
		return ctx_fail(cx, SCIM_FORBIDDEN, "this directory is disabled");
	tenant->entered = true;
	tenant->mac_key = read_key(cx, rows, COLUMN_MAC_KEY);
	return check_guesses(cx, tenant, rows);
}

void directory_enter(
	struct ctx *cx, struct db *db, const char *token, bool write, struct tenant *tenant)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));
	struct rows *rows;

	tenant->writes = write;
	tenant->learned = false;
	params[0] = param_uuid(cx, &tenant->directory);
	if (!tenant->token_sha256)
		tenant->token_sha256 = param_sha256(cx, token);
	params[1] = tenant->token_sha256;
	params[2] = tenant->claims_account ? param_uuid(cx, &tenant->account) : NULL;
	if (write)
		db_queue(cx, db, STMT_BEGIN, NULL);
	rows = db_queue(cx, db, write ? STMT_AUTH_DIRECTORY : STMT_AUTH_DIRECTORY_READ, params);
	db_gate(db, rows, gate_directory, tenant);
}

struct key_gate {
	struct key_holder *holder;
	enum key_scope scope;
};

static enum scim_err gate_environment(struct ctx *cx, const struct rows *rows, void *arg)
{
	struct key_gate *gate = arg;
	struct key_holder *holder = gate->holder;
	enum scim_err e;

	if (!rows_count(rows))
		return ctx_fail(cx, SCIM_UNAUTHORIZED, NULL);
	if ((e = schema_gate(cx, rows)))
		return e;
	holder->scopes = scopes_read(rows_text(rows, 0, COLUMN_SCOPES));
	holder->mac_key = read_key(cx, rows, COLUMN_KEY_MAC);
	holder->has_key = rows_find_uuid(rows, 0, COLUMN_KEY, &holder->key);
	holder->has_organization =
		rows_find_uuid(rows, 0, COLUMN_ORGANIZATION, &holder->organization);
	if (gate->scope & ~holder->scopes)
		return ctx_fail(cx, SCIM_FORBIDDEN, "this needs an API key with the scope '%s'",
			scope_name(gate->scope));
	return SCIM_OK;
}

static void gate_holder(struct ctx *cx, struct db *db, const struct rows *rows,
	enum key_scope scope, struct key_holder *holder)
{
	struct key_gate *gate = arena_alloc(cx->arena, sizeof(*gate));

	gate->holder = holder;
	gate->scope = scope;
	db_gate(db, rows, gate_environment, gate);
}

void environment_enter(struct ctx *cx, struct db *db, const char *key, bool write,
	enum key_scope scope, struct key_holder *holder)
{
	const char **params = arena_alloc(cx->arena, 4 * sizeof(*params));

	params[0] = param_uuid(cx, &holder->environment);
	params[1] = param_sha256(cx, key);
	params[2] = param_time(cx, cx->now);
	params[3] = param_time(cx, cx->now - USED_US);
	if (write)
		db_queue(cx, db, STMT_BEGIN, NULL);
	gate_holder(cx, db, db_queue(cx, db, STMT_AUTH_KEY, params), scope, holder);
	db_queue(cx, db, STMT_KEY_USED, params);
}

void session_enter(struct ctx *cx, struct db *db, const char *secret, bool write,
	enum key_scope scope, struct key_holder *holder)
{
	const char **params = arena_alloc(cx->arena, 3 * sizeof(*params));

	params[0] = param_uuid(cx, &holder->environment);
	params[1] = param_sha256(cx, secret);
	params[2] = holder->page;
	if (write)
		db_queue(cx, db, STMT_BEGIN, NULL);
	gate_holder(cx, db, db_queue(cx, db, STMT_AUTH_SESSION, params), scope, holder);
}

void directory_hold(struct ctx *cx, struct db *db, const struct uuid *directory)
{
	const char **params = arena_alloc(cx->arena, sizeof(*params));

	params[0] = param_uuid(cx, directory);
	db_queue(cx, db, STMT_HOLD_DIRECTORY, params);
}

void directory_refused(struct ctx *cx, struct db *db, const struct uuid *directory)
{
	const char *id = param_uuid(cx, directory);
	const char *enter[] = { id };
	const char *count[] = { id, param_time(cx, cx->now - cx->now % HOUR_US),
		param_time(cx, cx->now) };

	db_queue(cx, db, STMT_ENTER_DIRECTORY, enter);
	db_queue(cx, db, STMT_AUTH_FAILED, count);
	db_run(cx, db);
}
