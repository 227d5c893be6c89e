/* SPDX-License-Identifier: MIT */
/* Members of groups: what a change writes, says and finds. */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "composed.h"
#include "database.h"
#include "store/member.h"
#include "store/param.h"
#include "support.h"

#define BASE "https://rollcall.test/scim/v2"

enum {
	USERS = 1000
};

static struct customer customer;
static struct arena *arena;
static struct member users[USERS]; /* in the order of ids */
static struct member group, other;

static const char *directory(void)
{
	return uuid_text(arena, &customer.directory);
}

static struct member insert_group(const char *name)
{
	struct member made = { uuid_v7(test_clock++), MEMBER_GROUP };

	sql_run("INSERT INTO groups (directory_id, id, display_name, display_name_key, doc, keys,"
		" version, created_at, modified_at, last_write)"
		" VALUES ('%1$s', '%2$s', '%3$s', lower('%3$s'), '{}', '{}', 1, now(), now(), '%2$s')",
		directory(), uuid_text(arena, &made.id), name);
	return made;
}

static void begin(const char *name)
{
	int i;

	arena = arena_new();
	customer_new(arena, name, &customer);
	group = insert_group("Group");
	other = insert_group("Other");
	for (i = 0; i < USERS; i++)
		users[i] =
			(struct member){ .id = { { 0x10, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0,
						 0, (unsigned char)(i >> 8), (unsigned char)i } },
				.kind = MEMBER_USER };
	sql_run("INSERT INTO users (directory_id, id, user_name, user_name_key, label, active, doc,"
		" keys, version, created_at, modified_at, last_write)"
		" SELECT '%1$s', ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,"
		" 'U' || i, 'u' || i, 'U' || i, true, '{}', '{}', 1, now(), now(), '%1$s'"
		"  FROM generate_series(0, %2$d) i",
		directory(), USERS - 1);
}

/* What a change said. */
struct said {
	int64_t version;
	int64_t unknown;
	const char *note;
};

static struct said change_with(const struct member_step *step, struct member_write write)
{
	struct ctx *cx = database_ctx();
	struct rows *rows, *note;
	struct said said;

	write.group = (struct record_ref){ &customer.directory, &group_type, &group.id };
	write.modified = cx->now;
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	rows = member_change(cx, test_db, &write, step);
	note = db_queue_text(cx, test_db, "SELECT current_setting('rollcall.note', true)", 0, NULL);
	db_queue(cx, test_db, STMT_COMMIT, NULL);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	said.version = member_version(rows);
	said.unknown = member_unknown(rows);
	said.note = arena_strdup(arena, rows_text(note, 0, 0));
	test_ctx_free(cx);
	return said;
}

static struct said change(const struct member_step *step)
{
	return change_with(step, (struct member_write){ 0 });
}

/* The group's row agrees with its members. */
static int64_t member_count(void)
{
	int64_t kept = sql_int(
		"SELECT member_count FROM groups WHERE id = '%s'", uuid_text(arena, &group.id));

	CU_ASSERT_EQUAL(kept, sql_int("SELECT count(*) FROM group_members WHERE group_id = '%s'",
				      uuid_text(arena, &group.id)));
	return kept;
}

static const char *shown(void)
{
	return sql_list(arena,
		"SELECT type || '=' || display FROM group_members WHERE group_id = '%s'"
		" ORDER BY member_id",
		uuid_text(arena, &group.id));
}

static const char *events(void)
{
	return sql_list(arena,
		"SELECT version || substr(type, 13) || ':' || (SELECT string_agg(m ->> 'display', ','"
		" ORDER BY m ->> 'value') FROM json_array_elements(data -> 'members') m) FROM events"
		" WHERE directory_id = '%s' AND version > 0 ORDER BY id",
		directory());
}

static void members_come_and_go(void)
{
	struct member both[2], drop[1];
	struct said said;

	begin("come");
	both[0] = users[1];
	both[1] = other;
	drop[0] = users[1];
	said = change(&(struct member_step){ .add = both, .add_count = 2 });
	CU_ASSERT_EQUAL(said.version, 2);
	CU_ASSERT_EQUAL(said.unknown, 0);
	CU_ASSERT_STRING_EQUAL(said.note, "");
	CU_ASSERT_STRING_EQUAL(shown(), "Group=Other User=U1");
	said = change(&(struct member_step){ .add = both, .add_count = 2 });
	CU_ASSERT_EQUAL(said.version, 0);
	said = change(&(struct member_step){
		.add = users + 2, .add_count = 2, .drop = drop, .drop_count = 1 });
	CU_ASSERT_EQUAL(said.version, 3);
	CU_ASSERT_STRING_EQUAL(shown(), "Group=Other User=U2 User=U3");
	said = change_with(&(struct member_step){ .all = true, .add = users + 3, .add_count = 1 },
		(struct member_write){ .counted = true });
	CU_ASSERT_EQUAL(said.version, 3);
	CU_ASSERT_STRING_EQUAL(shown(), "User=U3");
	said = change(&(struct member_step){ .all = true });
	CU_ASSERT_EQUAL(said.version, 4);
	CU_ASSERT_EQUAL(member_count(), 0);
	CU_ASSERT_STRING_EQUAL(events(),
		"2_added:Other,U1 3_added:U2,U3 3_removed:U1 3_removed:Other,U2 4_removed:U3");
	arena_free(arena);
}

/* As SCIM 1.1 names them, whose ids do not say what they are of. */
static void who_may_be_either_is_put_as_both(void)
{
	const struct uuid stranger = { { 0x0f } };
	struct member twins[6];
	struct said said;
	int i;

	begin("twins");
	for (i = 0; i < 6; i++)
		twins[i] = (struct member){ i < 2   ? stranger
					    : i < 4 ? users[3].id
						    : other.id,
			i % 2 ? MEMBER_GROUP : MEMBER_USER };
	said = change(&(struct member_step){ .add = twins, .add_count = 6 });
	CU_ASSERT_EQUAL(said.version, 2);
	CU_ASSERT_EQUAL(said.unknown, 1);
	CU_ASSERT_STRING_EQUAL(
		said.note, arena_printf(arena, "1 unknown members were passed over: %s",
				   uuid_text(arena, &stranger)));
	CU_ASSERT_STRING_EQUAL(shown(), "Group=Other User=U3");
	said = change(&(struct member_step){ .all = true, .add = twins, .add_count = 6 });
	CU_ASSERT_EQUAL(said.version, 0);
	CU_ASSERT_EQUAL(said.unknown, 1);
	said = change(&(struct member_step){ .drop = twins, .drop_count = 6 });
	CU_ASSERT_EQUAL(said.version, 3);
	CU_ASSERT_EQUAL(member_count(), 0);
	arena_free(arena);
}

static void who_is_unknown_is_passed_over(void)
{
	const struct member stranger = { { { 0x0f } }, MEMBER_USER };
	struct member add[2];
	struct said said;

	begin("unknown");
	add[0] = stranger;
	add[1] = users[0];
	said = change(&(struct member_step){ .add = add, .add_count = 2 });
	CU_ASSERT_EQUAL(said.version, 2);
	CU_ASSERT_EQUAL(said.unknown, 1);
	CU_ASSERT_STRING_EQUAL(
		said.note, arena_printf(arena, "1 unknown members were passed over: %s",
				   id_print(arena, ID_USER, &stranger.id)));
	said = change_with(&(struct member_step){ .all = true, .add = add, .add_count = 2 },
		(struct member_write){ .unknown = 3, .unknown_text = "a\"\\,{x}, NULL" });
	CU_ASSERT_EQUAL(said.version, 0);
	CU_ASSERT_EQUAL(said.unknown, 4);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.note, "4 unknown"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said.note, "a\"\\,{x}, NULL"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said.note, id_print(arena, ID_USER, &stranger.id)));
	said = change_with(&(struct member_step){ 0 },
		(struct member_write){ .unknown = 1, .unknown_text = "x" });
	CU_ASSERT_EQUAL(said.version, 0);
	CU_ASSERT_EQUAL(said.unknown, 1);
	CU_ASSERT_STRING_EQUAL(said.note, "1 unknown members were passed over: x");
	/* a user's id is not a group's */
	add[0] = (struct member){ users[5].id, MEMBER_GROUP };
	said = change(&(struct member_step){ .add = add, .add_count = 1 });
	CU_ASSERT_EQUAL(said.unknown, 1);
	CU_ASSERT_EQUAL(member_count(), 1);
	arena_free(arena);
}

static void many_are_one_statement(void)
{
	struct said said;

	begin("many");
	said = change_with(&(struct member_step){ .add = users, .add_count = USERS },
		(struct member_write){ .unknown = 1, .unknown_text = "x" });
	CU_ASSERT_EQUAL(said.version, 2);
	CU_ASSERT_EQUAL(said.unknown, 1);
	CU_ASSERT_EQUAL(member_count(), USERS);
	said = change(&(struct member_step){
		.all = true, .add = users + USERS / 2, .add_count = USERS / 2 });
	CU_ASSERT_EQUAL(said.version, 3);
	CU_ASSERT_EQUAL(member_count(), USERS / 2);
	said = change(&(struct member_step){ .drop = users, .drop_count = USERS - 1 });
	CU_ASSERT_EQUAL(said.version, 4);
	CU_ASSERT_STRING_EQUAL(shown(), arena_printf(arena, "User=U%d", USERS - 1));
	arena_free(arena);
}

/* The members that a filter selects, as their displays. */
static const struct {
	const char *filter;
	const char *displays;
} finds[] = {
	{ "type eq \"Group\"", "Other" },
	{ "type ne \"group\"", "U1 U2 U3" },
	{ "display eq \"u2\"", "U2" },
	{ "not (display sw \"U\") or display ew \"3\"", "Other U3" },
	{ "value pr and value ne \"x\"", "Other U1 U2 U3" },
	{ "$ref eq \"" BASE "/Users/scim_user_x\"", "" },
};

static void find(const char *text, const char *displays)
{
	const struct record_ref ref = { &customer.directory, &group_type, &group.id };
	const struct attr *attr = attr_find(group_schema.attrs, "members", 7);
	struct ctx *cx = database_ctx();
	const struct filter *filter;
	struct member_step step;
	struct rows *rows;
	struct buf found;
	size_t i;

	CU_ASSERT_FALSE_FATAL(filter_parse_values(cx, attr, text, strlen(text), &filter));
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	CU_ASSERT_FALSE_FATAL(member_find(cx, test_db, &ref, BASE, filter, &rows));
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	step = member_found(cx, rows);
	buf_init(&found, arena, 0);
	for (i = 0; i < step.drop_count; i++) {
		buf_printf(&found, "%s%s", i ? " " : "",
			sql_text(arena, "SELECT display FROM group_members WHERE member_id = '%s'",
				uuid_text(arena, &step.drop[i].id)));
	}
	CU_ASSERT_STRING_EQUAL(found.data, displays);
	db_finish(cx, test_db);
	test_ctx_free(cx);
}

static void a_filter_finds_members(void)
{
	struct member add[4];
	size_t i;

	begin("find");
	add[0] = other;
	memcpy(add + 1, users + 1, 3 * sizeof(*add));
	change(&(struct member_step){ .add = add, .add_count = 4 });
	for (i = 0; i < sizeof(finds) / sizeof(*finds); i++)
		find(finds[i].filter, finds[i].displays);
	find(arena_printf(arena, "value eq \"%s\"", id_print(arena, ID_USER, &users[2].id)), "U2");
	arena_free(arena);
}

/* The most rows of group_members that a node of a plan has given. */
static int64_t most_rows(struct json_object *node)
{
	const char *table = json_get_string(node, "Relation Name");
	struct json_object *children = json_get(node, "Plans");
	int64_t most = 0, rows;
	size_t i;

	if (table && strcmp(table, "group_members") == 0)
		most = json_object_get_int64(json_get(node, "Actual Rows"));
	for (i = 0; children && i < json_object_array_length(children); i++) {
		rows = most_rows(json_object_array_get_idx(children, i));
		most = rows > most ? rows : most;
	}
	return most;
}

/* What a plan for whatever comes has done with these parameters; as the owner, and undone. */
static struct json_object *explain(const char *sql, const char *params)
{
	PGconn *conn = database_connect_owner();
	PGresult *prepared, *result;
	struct json_object *plan;

	PQclear(PQexec(conn, "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan"));
	prepared = PQprepare(conn, "it", sql, 0, NULL);
	CU_ASSERT_EQUAL_FATAL(PQresultStatus(prepared), PGRES_COMMAND_OK);
	result = PQexec(
		conn, arena_printf(arena, "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE it(%s)", params));
	CU_ASSERT_EQUAL_FATAL(PQresultStatus(result), PGRES_TUPLES_OK);
	plan = json_parse_stored(
		arena, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
	PQclear(prepared);
	PQclear(result);
	PQfinish(conn);
	return json_get(json_object_array_get_idx(plan, 0), "Plan");
}

static struct json_object *explain_change(const struct member *comes, const struct member *goes)
{
	const char *event = "01900000-0000-7000-8000-000000000000";

	return explain(stmts[STMT_MEMBERS_CHANGE].sql,
		arena_printf(arena,
			"'%s', '%s', '{%s}', '{User}', '{x}', now(), '%s', '%s', 1, 0, '', '{%s}',"
			" '{User}'",
			directory(), uuid_text(arena, &group.id), uuid_text(arena, &comes->id),
			event, event, uuid_text(arena, &goes->id)));
}

static void the_groups_of_a_page_are_looked_up(void)
{
	const struct listing listing = { .memberships = true };
	struct ctx *cx = test_ctx();
	struct composed page;

	begin("page");
	change(&(struct member_step){ .add = users, .add_count = 50 });
	sql_run("ANALYZE users, group_members");
	compose_list(cx, &customer.directory, &listing, &page);
	CU_ASSERT_EQUAL_FATAL(page.count, 1);
	CU_ASSERT_TRUE(
		most_rows(explain(page.sql, arena_printf(arena, "'%s'", page.params[0]))) <= 1);
	test_ctx_free(cx);
	arena_free(arena);
}

static void one_more_is_looked_up(void)
{
	begin("looked up");
	change(&(struct member_step){ .add = users, .add_count = USERS - 1 });
	sql_run("ANALYZE group_members");
	CU_ASSERT_TRUE(most_rows(explain_change(&users[USERS - 1], &users[0])) <= 1);
	arena_free(arena);
}

CU_TestInfo member_tests[] = {
	{ "members come and go", members_come_and_go },
	{ "who may be either is put as both", who_may_be_either_is_put_as_both },
	{ "who is unknown is passed over and noted", who_is_unknown_is_passed_over },
	{ "many are one statement", many_are_one_statement },
	{ "one more is looked up, however many there are", one_more_is_looked_up },
	{ "the groups of a page are looked up", the_groups_of_a_page_are_looked_up },
	{ "a filter finds members", a_filter_finds_members },
	CU_TEST_INFO_NULL,
};
