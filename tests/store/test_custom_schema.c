/* SPDX-License-Identifier: MIT */
/* Custom schemas in the database: their row, who uses them, and filters over them as SQL. */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "custom.h"
#include "database.h"
#include "scim/resource.h"
#include "scim/schema_json.h"
#include "store/custom_schema.h"
#include "store/where.h"
#include "support.h"
#include "vector.h"

static struct customer customer;

/* A user of the customer's directory with these keys. */
static void add_user(struct ctx *cx, const char *keys)
{
	const char *id;
	struct uuid uuid = uuid_v7(test_clock);

	id = uuid_text(cx->arena, &uuid);
	sql_run("INSERT INTO users (directory_id, id, user_name, user_name_key, label, active, doc, keys,"
		" version, created_at, modified_at, last_write)"
		" VALUES ('%s', '%s', '%s', '%s', '', true, '{}', '%s', 1, now(), now(), '%s')",
		uuid_text(cx->arena, &customer.directory), id, id, id, keys, id);
}

static void drop_users(void)
{
	sql_run("DELETE FROM users");
}

/* Does the one user satisfy the filter? NULL: cx says why nobody knows. */
static const char *find(struct ctx *cx, const struct resource_type *rt, const char *text)
{
	const struct where where = { rt, "https://rollcall.test/scim/v2" };
	const struct filter *filter;
	struct query query;
	struct rows *rows;

	if (filter_parse(cx, rt, text, strlen(text), &filter))
		return NULL;
	query_init(&query, cx, &customer.directory);
	buf_puts(&query.sql, "SELECT r.id FROM users r WHERE r.directory_id = $1::uuid AND ");
	if (where_filter(&query, &where, filter))
		return NULL;
	rows = db_queue_text(cx, test_db, query.sql.data, query.count, query.params);
	if (db_run(cx, test_db))
		return NULL;
	return rows_count(rows) ? "yes" : "no";
}

static void match(struct ctx *cx, char **inputs, struct buf *got)
{
	const struct resource_type *rt = custom_types(cx)[KIND_USER];
	struct json_object *body, *resource;
	const char *found = NULL;

	if (!json_parse_object(cx, inputs[1], strlen(inputs[1]), &body) &&
		!resource_from_body(cx, rt, body, &resource)) {
		add_user(cx, resource_keys(cx, rt, resource));
		CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
		found = find(cx, rt, inputs[0]);
		db_finish(cx, test_db);
		drop_users();
	}
	if (found)
		buf_puts(got, found);
	else
		vector_error(got, cx);
}

static void filters_match(void)
{
	struct arena *arena = arena_new();

	customer_new(arena, "custom filters", &customer);
	vectors_run("custom_match.txt", 2, match);
	arena_free(arena);
}

static struct custom schema_of(struct ctx *cx, const char *urn)
{
	const char *text =
		arena_printf(cx->arena, "{\"id\":\"%s\",\"attributes\":[{\"name\":\"x\"}]}", urn);
	struct custom custom = { .type = KIND_USER };
	struct json_object *body;

	CU_ASSERT_FALSE_FATAL(json_parse_object(cx, text, strlen(text), &body));
	CU_ASSERT_FALSE_FATAL(schema_parse(cx, body, &custom.schema));
	return custom;
}

/* The set as it is stored; *mine as an attempt of this number sees it. */
static void read_set(struct ctx *cx, int attempt, struct schema_set *set, bool *mine)
{
	struct rows *rows;

	cx->attempt = attempt;
	db_start(cx, test_db);
	rows = schemas_get(cx, test_db, &customer.environment, &customer.directory);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	CU_ASSERT_FALSE_FATAL(schemas_read(cx, rows, set, mine));
}

static void write_set(struct ctx *cx, const struct schema_set *set)
{
	db_start(cx, test_db);
	schemas_update(cx, test_db, &customer.environment, &customer.directory, set);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
}

static void sets_are_stored(void)
{
	struct ctx *cx = database_ctx(), *later;
	struct schema_set set;
	struct custom custom = schema_of(cx, "urn:ab:one");
	bool mine;

	customer_new(cx->arena, "custom sets", &customer);
	read_set(cx, 1, &set, &mine);
	CU_ASSERT_EQUAL(set.count, 0);
	CU_ASSERT_FALSE(mine);
	CU_ASSERT_FALSE_FATAL(schema_set_put(cx, &set, NULL, &custom));
	write_set(cx, &set);
	/* the same request, run again, knows that it was itself; a first attempt was not there */
	read_set(cx, 1, &set, &mine);
	CU_ASSERT_EQUAL(set.count, 1);
	CU_ASSERT_STRING_EQUAL(set.items[0].schema->urn, "urn:ab:one");
	CU_ASSERT_TRUE(mine);
	read_set(cx, 0, &set, &mine);
	CU_ASSERT_FALSE(mine);
	later = database_ctx();
	read_set(later, 1, &set, &mine);
	CU_ASSERT_FALSE(mine);
	schema_set_remove(&set, set.items);
	write_set(later, &set);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM directories WHERE schemas IS NOT NULL"), 0);
	test_ctx_free(later);
	test_ctx_free(cx);
}

static struct schema_use use_of(struct ctx *cx, const struct uuid *environment)
{
	struct schema_set set;
	struct rows *rows;
	bool mine;

	db_start(cx, test_db);
	db_queue(cx, test_db, STMT_BEGIN, NULL);
	rows = schemas_lock(cx, test_db, environment, &customer.directory);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	schemas_read(cx, rows, &set, &mine);
	rows = schema_use(cx, test_db, &customer.directory, KIND_USER, "urn:ab:one");
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	db_finish(cx, test_db);
	return schema_use_read(rows);
}

/* What is told of use, as two letters: s(ome) and o(thers), or -. */
static const char *told(struct ctx *cx, const struct uuid *environment)
{
	struct schema_use use = use_of(cx, environment);

	ctx_clear(cx);
	return arena_printf(cx->arena, "%c%c", use.some ? 's' : '-', use.others ? 'o' : '-');
}

static void use_is_told(void)
{
	struct ctx *cx = database_ctx();
	const struct uuid nobody = { { 0 } };

	customer_new(cx->arena, "custom use", &customer);
	CU_ASSERT_STRING_EQUAL(told(cx, &customer.environment), "--");
	add_user(cx, "{\"urn:ab:ONE\":{}}");
	CU_ASSERT_STRING_EQUAL(told(cx, &customer.environment), "-o");
	add_user(cx, "{\"urn:ab:one\":{\"x\":\"y\"}}");
	CU_ASSERT_STRING_EQUAL(told(cx, &customer.environment), "so");
	/* of a directory that the environment does not have there is nothing to see */
	CU_ASSERT_STRING_EQUAL(told(cx, &nobody), "--");
	sql_run("UPDATE users SET deleted_at = now() WHERE keys ? 'urn:ab:one'");
	CU_ASSERT_STRING_EQUAL(told(cx, &customer.environment), "-o");
	drop_users();
	test_ctx_free(cx);
}

CU_TestInfo custom_schema_tests[] = {
	{ "sets are stored, and a request knows its own", sets_are_stored },
	{ "use is told of live users of the directory", use_is_told },
	{ "filters match in SQL as in memory", filters_match },
	CU_TEST_INFO_NULL,
};
