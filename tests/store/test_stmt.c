/* SPDX-License-Identifier: MIT */
/* The statement table against the migrated database. */
#include <CUnit/CUnit.h>
#include <regex.h>

#include "base/text.h"
#include "database.h"
#include "support.h"

static void every_statement_is_prepared(void)
{
	PGconn *conn = database_connect();
	int i;

	for (i = 0; i < STMT__MAX; i++) {
		const struct stmt *stmt = &stmts[i];
		PGresult *prepared = PQprepare(conn, stmt->name, stmt->sql, 0, NULL);
		PGresult *described = PQdescribePrepared(conn, stmt->name);
		bool right = PQresultStatus(prepared) == PGRES_COMMAND_OK &&
			     PQnparams(described) == stmt->params;

		CU_ASSERT_TRUE(right);
		if (!right)
			printf("\n%s: %d parameters, %d in the row %s", stmt->name,
				PQnparams(described), stmt->params, PQresultErrorMessage(prepared));
		PQclear(prepared);
		PQclear(described);
	}
	PQfinish(conn);
}

static void names_are_unique(void)
{
	int i, j;

	for (i = 0; i < STMT__MAX; i++) {
		CU_ASSERT_TRUE_FATAL(stmts[i].name && *stmts[i].name);
		for (j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(stmts[i].name, stmts[j].name);
	}
}

static int count_matches(const char *text, const char *pattern)
{
	regmatch_t match;
	regex_t regex;
	int n = 0;

	CU_ASSERT_EQUAL_FATAL(regcomp(&regex, pattern, REG_EXTENDED), 0);
	for (; regexec(&regex, text, 1, &match, 0) == 0; text += match.rm_eo)
		n++;
	regfree(&regex);
	return n;
}

#define TENANT_TABLES \
	"(users|groups|group_members|attribute_values|count_deltas|events|request_log|authentication_failures)"
#define GLOBAL_TABLES \
	"(organizations|organization_domains|directories|bearer_tokens|api_keys|oauth_clients|audit_log" \
	"|webhook_endpoints|webhook_deliveries)"

/* The outbox across the directories of one environment: row-level security has a policy for that. */
static const enum stmt_id crossing[] = { STMT_FEED_LOCK, STMT_FEED_MOVE, STMT_DIRECTORY_CREATED,
	STMT_DIRECTORY_NOTE, STMT_DIRECTORY_DELETE, STMT_DIRECTORIES_DELETE, STMT_PRIMARY_DEMOTE,
	STMT_PRIMARY_PROMOTE, STMT_TOKEN_INSERT };

static bool crosses_directories(int id)
{
	size_t i;

	for (i = 0; i < sizeof(crossing) / sizeof(*crossing); i++)
		if (crossing[i] == (enum stmt_id)id)
			return true;
	return false;
}

/* Each mention of a tenant table is fenced: a predicate for what is read or changed, $1 for what
 * is inserted. */
static void tenant_statements_name_the_directory(void)
{
	int i, named = 0;

	for (i = 0; i < STMT__MAX; i++) {
		const char *sql = stmts[i].sql;
		int inserted =
			count_matches(sql, "INSERT INTO " TENANT_TABLES " \\(directory_id, ");
		int values = count_matches(sql, "(VALUES \\(|SELECT )\\$1::uuid, ");
		int used = count_matches(sql, "(FROM|JOIN|UPDATE|USING) " TENANT_TABLES "[ )]");
		int fenced = count_matches(sql, "directory_id = \\$1::uuid[^:]");

		/* the fence may end the text */
		fenced += count_matches(sql, "directory_id = \\$1::uuid$");
		named += inserted + used;
		CU_ASSERT_EQUAL(count_matches(sql, "INSERT INTO " TENANT_TABLES), inserted);
		if (crosses_directories(i)) {
			CU_ASSERT_PTR_NOT_NULL(strstr(sql, "environment_id = $1::uuid"));
			continue;
		}
		CU_ASSERT_TRUE(values >= inserted);
		CU_ASSERT_TRUE(fenced >= used);
		if (values < inserted || fenced < used)
			printf("\n%s: %d tables used, %d fences", stmts[i].name, used, fenced);
	}
	CU_ASSERT_TRUE(named > 20);
}

/* What touches the global tables without the environment of the key, and why it may. */
static const struct exception {
	enum stmt_id id;
	const char *reason;
} exceptions[] = {
	{ STMT_AUTH_DIRECTORY, "finds the tenant by the hash of its token" },
	{ STMT_AUTH_DIRECTORY_READ, "the same" },
	{ STMT_ENTER_DIRECTORY, "upkeep, no caller" },
	{ STMT_HOLD_DIRECTORY, "the directory that AUTH has entered" },
	{ STMT_FEED_OWNER, "upkeep, no caller" },
	{ STMT_KEY_REVOKE_ANY, "the operator's command line" },
	{ STMT_AUTH_CLIENT, "finds the tenant by the hash of its client's secret" },
	{ STMT_TOKENS_TRIM, "the directory that STMT_AUTH_CLIENT has entered" },
	{ STMT_TOKEN_ISSUE, "the same" },
	{ STMT_TOKENS_PURGE, "upkeep, no caller" },
	{ STMT_DELETED_DIRECTORY, "upkeep, no caller" },
	{ STMT_ENTER_DELETED, "upkeep, no caller" },
	{ STMT_PURGE_DIRECTORY, "upkeep, no caller" },
	{ STMT_WEBHOOK_CLAIM, "the sending of webhooks, no caller" },
	{ STMT_ENVIRONMENTS, "the same" },
	{ STMT_DELIVERY_PURGE, "upkeep, no caller" },
};

static bool is_exception(int id)
{
	size_t i;

	for (i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++)
		if (exceptions[i].id == (enum stmt_id)id)
			return true;
	return false;
}

static void management_statements_name_the_environment(void)
{
	int i;

	for (i = 0; i < STMT__MAX; i++) {
		const char *sql = stmts[i].sql;
		bool global = count_matches(sql, "(FROM|JOIN|UPDATE|INTO) " GLOBAL_TABLES "[ )]");
		bool fenced = strstr(sql, "environment_id = $1::uuid") ||
			      strstr(sql, "INTO organizations (environment_id, id") ||
			      strstr(sql, "INTO audit_log (environment_id, id");
		bool right = !global || fenced != is_exception(i);

		CU_ASSERT_TRUE(right);
		if (!right)
			printf("\n%s: %s", stmts[i].name, sql);
	}
}

CU_TestInfo stmt_tests[] = {
	{ "every statement is prepared and has the parameters of its row",
		every_statement_is_prepared },
	{ "names are unique", names_are_unique },
	{ "every use of a tenant table is fenced by the directory",
		tenant_statements_name_the_directory },
	{ "every use of a global table is fenced by the environment, with few exceptions",
		management_statements_name_the_environment },
	CU_TEST_INFO_NULL,
};
