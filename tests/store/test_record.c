/* SPDX-License-Identifier: MIT */
/* Resources in the database: one at a time, in lists, and the upkeep around them. */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "database.h"
#include "store/maintain.h"
#include "store/param.h"
#include "store/record.h"
#include "support.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)

static struct customer customer;
static struct arena *arena;

static void begin(const char *name)
{
	arena = arena_new();
	customer_new(arena, name, &customer);
}

static const char *directory(void)
{
	return uuid_text(arena, &customer.directory);
}

static struct json_object *resource_of(
	struct ctx *cx, const struct resource_type *rt, const char *text)
{
	struct json_object *body, *resource;

	CU_ASSERT_FALSE_FATAL(json_parse_object(cx, text, strlen(text), &body));
	CU_ASSERT_FALSE_FATAL(resource_from_body(cx, rt, body, &resource));
	return resource;
}

typedef struct rows *write_fn(struct ctx *cx, struct db *db, const struct record_write *write);

/* One transaction, as the request of cx. */
static struct rows *run_write(struct ctx *cx, write_fn *fn, const struct record_write *write)
{
	struct rows *rows;

	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	rows = fn(cx, test_db, write);
	db_queue(cx, test_db, STMT_COMMIT, NULL);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	return rows;
}

static struct rows *insert_as(
	struct ctx *cx, const struct resource_type *rt, const struct uuid *id, const char *text)
{
	struct record_write write = { .modified = cx->now,
		.ref = { &customer.directory, rt, id },
		.resource = resource_of(cx, rt, text) };
	size_t doc_len;

	write.doc = resource_text(cx->arena, write.resource, &doc_len);
	return run_write(cx, record_insert, &write);
}

static struct rows *insert(struct ctx *cx, const struct uuid *id, const char *text)
{
	return insert_as(cx, &user_type, id, text);
}

static struct uuid insert_new_as(const struct resource_type *rt, const char *text)
{
	struct ctx *cx = database_ctx();
	struct uuid id = uuid_v7(test_clock);

	CU_ASSERT_TRUE(rows_count(insert_as(cx, rt, &id, text)) == 1);
	test_ctx_free(cx);
	return id;
}

static struct uuid insert_new(const char *text)
{
	return insert_new_as(&user_type, text);
}

/* As the request of cx. */
static struct rows *update(struct ctx *cx, const struct uuid *id, const char *before,
	const char *after, int64_t version)
{
	struct record_write write = { .modified = cx->now,
		.ref = { &customer.directory, &user_type, id },
		.resource = resource_of(cx, &user_type, after),
		.before = resource_of(cx, &user_type, before),
		.version = version };
	size_t doc_len;

	write.doc = resource_text(cx->arena, write.resource, &doc_len);
	return run_write(cx, record_update, &write);
}

static struct rows *remove_user(
	struct ctx *cx, const struct uuid *id, const char *text, int64_t version)
{
	struct record_write write = { .modified = cx->now,
		.ref = { &customer.directory, &user_type, id },
		.resource = resource_of(cx, &user_type, text),
		.version = version };

	return run_write(cx, record_delete, &write);
}

static void get(struct ctx *cx, const struct uuid *id, struct record *row)
{
	const struct record_ref ref = { &customer.directory, &user_type, id };
	struct rows *rows = record_get(cx, test_db, &ref, false);

	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	record_read(cx, &user_type, rows, row);
}

static void lock(struct ctx *cx, const struct uuid *id, struct record *row)
{
	const struct record_ref ref = { &customer.directory, &user_type, id };
	struct record_locked locked = record_lock(cx, test_db, &ref, LOCK_EDIT, false);

	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	record_locked_read(cx, &user_type, &locked, row);
}

static int64_t kept_total(void)
{
	return sql_int("SELECT coalesce(sum(delta), 0) FROM count_deltas WHERE directory_id = '%s'",
		directory());
}

static const char *index_rows(const struct uuid *id)
{
	return sql_list(arena,
		"SELECT attribute || '=' || value_key FROM attribute_values"
		" WHERE resource_id = '%s' ORDER BY 1",
		uuid_text(arena, id));
}

static const char *events(const struct uuid *id)
{
	return sql_list(arena,
		"SELECT type || '/' || version FROM events"
		" WHERE resource_id = '%s' ORDER BY id",
		uuid_text(arena, id));
}

static void log_one_request(struct ctx *cx)
{
	sql_run("INSERT INTO request_log (directory_id, id, at, method, url, status, quirks)"
		" VALUES ('%s', '%s', now(), 'GET', '/', 200, '{}')",
		directory(), uuid_text(cx->arena, &cx->request_id));
}

/* The tests. */

static const char ann[] = "{\"userName\":\"Ann\",\"externalId\":\"e\",\"displayName\":\"A\","
			  "\"emails\":[{\"value\":\"A@x\"},{\"value\":\"b@x\"}]}";
static const char ann_changed[] = "{\"userName\":\"Ann\",\"displayName\":\"A\",\"active\":false,"
				  "\"emails\":[{\"value\":\"b@x\"},{\"value\":\"c@x\"}]}";

static void a_user_is_stored_and_found(void)
{
	struct record row;
	struct ctx *cx;
	struct uuid id;

	begin("insert");
	id = insert_new(ann);
	cx = database_ctx();
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	get(cx, &id, &row);
	CU_ASSERT_TRUE_FATAL(row.found);
	CU_ASSERT_TRUE(uuid_equal(&row.id, &id));
	CU_ASSERT_STRING_EQUAL(row.stored.id, id_print(cx->arena, ID_USER, &id));
	CU_ASSERT_EQUAL(row.stored.version, 1);
	CU_ASSERT_EQUAL(row.stored.created, row.stored.modified);
	CU_ASSERT_TRUE(json_same(json_parse_stored(cx->arena, row.stored.doc, row.stored.doc_len),
		resource_of(cx, &user_type, ann)));
	id.byte[15] ^= 1;
	get(cx, &id, &row);
	CU_ASSERT_FALSE(row.found);
	id.byte[15] ^= 1;
	db_finish(cx, test_db);
	CU_ASSERT_STRING_EQUAL(index_rows(&id), "displayName=a emails.value=a@x emails.value=b@x");
	CU_ASSERT_STRING_EQUAL(events(&id), "user.created/1");
	CU_ASSERT_STRING_EQUAL(
		sql_text(arena,
			"SELECT user_name || user_name_key || external_id || active FROM users"
			" WHERE id = '%s'",
			uuid_text(arena, &id)),
		"Annannetrue");
	CU_ASSERT_EQUAL(kept_total(), 1);
	test_ctx_free(cx);
	arena_free(arena);
}

static void a_taken_name_is_refused(void)
{
	struct ctx *cx = database_ctx();
	struct uuid other = uuid_v7(test_clock);

	begin("taken");
	insert_new(ann);
	CU_ASSERT_EQUAL(rows_count(insert(cx, &other, "{\"userName\":\"ANN\"}")), 0);
	CU_ASSERT_STRING_EQUAL(events(&other), "");
	CU_ASSERT_STRING_EQUAL(index_rows(&other), "");
	CU_ASSERT_EQUAL(kept_total(), 1);
	test_ctx_free(cx);
	arena_free(arena);
}

static void an_update_writes_the_difference(void)
{
	struct ctx *cx;
	struct uuid id;
	const char *kept;

	begin("update");
	id = insert_new(ann);
	kept = sql_text(arena,
		"SELECT ctid FROM attribute_values WHERE resource_id = '%s' AND value_key = 'b@x'",
		uuid_text(arena, &id));
	cx = database_ctx();
	CU_ASSERT_EQUAL(rows_count(update(cx, &id, ann, ann_changed, 7)), 0);
	CU_ASSERT_EQUAL(rows_int(update(cx, &id, ann, ann_changed, 1), 0, 0), 2);
	CU_ASSERT_STRING_EQUAL(index_rows(&id), "displayName=a emails.value=b@x emails.value=c@x");
	CU_ASSERT_STRING_EQUAL(sql_text(arena,
				       "SELECT ctid FROM attribute_values"
				       " WHERE resource_id = '%s' AND value_key = 'b@x'",
				       uuid_text(arena, &id)),
		kept);
	CU_ASSERT_STRING_EQUAL(events(&id), "user.created/1 user.deactivated/2");
	test_ctx_free(cx);
	cx = database_ctx();
	CU_ASSERT_EQUAL(rows_count(update(cx, &id, ann_changed, ann, 1)), 0);
	CU_ASSERT_EQUAL(rows_int(update(cx, &id, ann_changed, ann, 2), 0, 0), 3);
	CU_ASSERT_STRING_EQUAL(events(&id), "user.created/1 user.deactivated/2 user.reactivated/3");
	CU_ASSERT_EQUAL(kept_total(), 1);
	test_ctx_free(cx);
	arena_free(arena);
}

static void a_tombstone_stays_and_frees_the_name(void)
{
	struct record row;
	struct ctx *cx;
	struct uuid id;

	begin("delete");
	id = insert_new(ann);
	cx = database_ctx();
	CU_ASSERT_EQUAL(rows_count(remove_user(cx, &id, ann, 2)), 0);
	CU_ASSERT_EQUAL(rows_int(remove_user(cx, &id, ann, 1), 0, 0), 2);
	CU_ASSERT_EQUAL(rows_count(remove_user(cx, &id, ann, 2)), 0);
	CU_ASSERT_STRING_EQUAL(index_rows(&id), "");
	CU_ASSERT_STRING_EQUAL(events(&id), "user.created/1 user.deleted/2");
	CU_ASSERT_EQUAL(kept_total(), 0);
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	get(cx, &id, &row);
	CU_ASSERT_FALSE(row.found);
	lock(cx, &id, &row);
	CU_ASSERT_TRUE(row.found && row.deleted);
	db_finish(cx, test_db);
	test_ctx_free(cx);
	insert_new(ann);
	CU_ASSERT_EQUAL(kept_total(), 1);
	arena_free(arena);
}

/* What a lost answer to COMMIT leads to: the same request once more. */
static void a_request_that_runs_again_gives_the_same(void)
{
	struct record row;
	struct ctx *cx = database_ctx();
	struct uuid id = uuid_v7(test_clock);

	begin("again");
	CU_ASSERT_TRUE(rows_count(insert(cx, &id, ann)) == 1);
	cx->attempt = 1;
	CU_ASSERT_TRUE(rows_count(insert(cx, &id, ann)) == 1);
	CU_ASSERT_STRING_EQUAL(events(&id), "user.created/1");
	CU_ASSERT_EQUAL(kept_total(), 1);
	test_ctx_free(cx);

	cx = database_ctx();
	CU_ASSERT_EQUAL(rows_count(update(cx, &id, ann, ann_changed, 1)), 1);
	CU_ASSERT_EQUAL(rows_count(update(cx, &id, ann, ann_changed, 1)), 0);
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	lock(cx, &id, &row);
	CU_ASSERT_TRUE(row.found && !row.done); /* its row of the log says so, and only that */
	CU_ASSERT_EQUAL(row.stored.version, 2);
	db_finish(cx, test_db);
	log_one_request(cx);
	cx->attempt = 1;
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	lock(cx, &id, &row);
	CU_ASSERT_TRUE(row.done);
	db_finish(cx, test_db);
	test_ctx_free(cx);
	cx = database_ctx();
	cx->attempt = 1;
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	lock(cx, &id, &row);
	CU_ASSERT_FALSE(row.done);
	db_finish(cx, test_db);
	test_ctx_free(cx);
	arena_free(arena);
}

/* Lists. */

/* As "c=1 a=2 b=": ties in title, one without. */
static void insert_titles(void)
{
	insert_new("{\"userName\":\"c\",\"title\":\"1\",\"active\":false}");
	insert_new("{\"userName\":\"a\",\"title\":\"2\"}");
	insert_new("{\"userName\":\"b\"}");
	insert_new("{\"userName\":\"e\",\"title\":\"2\"}");
	insert_new("{\"userName\":\"d\"}");
	insert_new("{\"userName\":\"f\",\"title\":\"1\",\"emails\":[{\"value\":\"z\"},"
		   "{\"value\":\"m\",\"primary\":true}]}");
	insert_new("{\"userName\":\"g\",\"title\":\"3\",\"emails\":[{\"value\":\"n\"}]}");
}

static const struct order_row {
	const char *sort;
	const char *filter;
	bool descending;
	const char *names;
} order_rows[] = {
	{ NULL, NULL, false, "cabedfg" },
	{ "userName", NULL, false, "abcdefg" },
	{ "userName", NULL, true, "gfedcba" },
	{ "title", NULL, false, "cfaegbd" },
	{ "title", NULL, true, "bdgaecf" },
	{ "title", "title pr", false, "cfaeg" },
	{ "title", "active eq true", true, "bdgaef" },
	{ "emails.value", NULL, false, "fgcabed" },
	{ "emails", NULL, true, "cabedgf" },
	{ "active", NULL, false, "cabedfg" },
	{ "active", NULL, true, "abedfgc" },
	{ "id", NULL, true, "gfdebac" },
	{ "meta.created", NULL, true, "gfdebac" },
	{ "meta.lastModified", "userName lt \"d\"", true, "bac" },
	{ "meta.version", NULL, false, "cabedfg" },
	{ "meta.location", NULL, true, "gfdebac" },
	{ "meta.resourceType", NULL, true, "cabedfg" },
	{ "externalId", NULL, true, "cabedfg" },
	{ URN_ENTERPRISE ":department", NULL, false, "cabedfg" },
	{ "groups.value", NULL, false, "cabedfg" },
	{ NULL, "title eq \"9\"", false, "" },
};

static void read_list(struct ctx *cx, const struct record_query *query, struct record_list *list,
	struct buf *names)
{
	struct record_listed listed;
	int i;

	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &customer));
	CU_ASSERT_FALSE_FATAL(record_list_queue(cx, test_db, query, &listed));
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	record_list_read(cx, query, &listed, list);
	for (i = 0; i < list->count; i++) {
		const struct record_item *item = &list->items[i];
		const struct stored *stored = &item->record.stored;

		buf_puts(names,
			json_get_string(json_parse_stored(cx->arena, stored->doc, stored->doc_len),
				item->rt == &user_type ? "userName" : "displayName"));
	}
	db_finish(cx, test_db);
}

/* A query and what it points to. */
struct asked {
	struct record_query query;
	struct record_source sources[KIND__MAX];
	struct path sorts[KIND__MAX];
};

static void ask(struct ctx *cx, const struct resource_type *rt, const struct order_row *row,
	struct asked *asked)
{
	struct record_source *source = &asked->sources[asked->query.source_count];
	struct path *sort = &asked->sorts[asked->query.source_count++];

	*source = (struct record_source){ .rt = rt };
	if (row->filter)
		CU_ASSERT_FALSE_FATAL(
			filter_parse(cx, rt, row->filter, strlen(row->filter), &source->filter));
	if (row->sort && path_resolve(cx, rt, row->sort, strlen(row->sort), sort))
		source->sort = sort;
}

static void prepare_query(
	struct ctx *cx, const struct order_row *row, bool both, struct asked *asked)
{
	memset(asked, 0, sizeof(*asked));
	asked->query = (struct record_query){ .directory = &customer.directory,
		.base = "https://x",
		.sources = asked->sources,
		.sorted = row->sort != NULL,
		.descending = row->descending };
	ask(cx, &user_type, row, asked);
	if (both)
		ask(cx, &group_type, row, asked);
}

/* By offset, in pages of the size. */
static void page_by_offset(const struct order_row *row, bool both, int64_t size, struct buf *names)
{
	struct ctx *cx = database_ctx();
	struct asked asked;
	struct record_list list;

	prepare_query(cx, row, both, &asked);
	asked.query.limit = size;
	do {
		read_list(cx, &asked.query, &list, names);
		CU_ASSERT_EQUAL(list.total, (int64_t)strlen(row->names));
		asked.query.offset += size;
	} while (list.count == size);
	test_ctx_free(cx);
}

static void page_by_cursor(const struct order_row *row, bool both, int64_t size, struct buf *names)
{
	struct ctx *cx = database_ctx();
	struct position position;
	struct asked asked;
	struct record_list list;

	prepare_query(cx, row, both, &asked);
	asked.query.limit = size;
	do {
		read_list(cx, &asked.query, &list, names);
		CU_ASSERT_EQUAL(list.total, (int64_t)strlen(row->names));
		if (list.count) {
			position.id = list.items[list.count - 1].record.id;
			position.key = list.items[list.count - 1].key;
			asked.query.after = &position;
		}
	} while (list.count == size);
	test_ctx_free(cx);
}

static void check_order(const struct order_row *row, bool both)
{
	struct buf by_offset, by_cursor;
	int64_t size;

	for (size = 1; size <= 8; size++) {
		buf_init(&by_offset, arena, 0);
		buf_init(&by_cursor, arena, 0);
		page_by_offset(row, both, size, &by_offset);
		page_by_cursor(row, both, size, &by_cursor);
		CU_ASSERT_STRING_EQUAL(by_offset.data, row->names);
		CU_ASSERT_STRING_EQUAL(by_cursor.data, row->names);
		if (strcmp(by_offset.data, row->names) != 0 ||
			strcmp(by_cursor.data, row->names) != 0)
			printf("\nby %s, pages of %d: %s, %s, not %s", row->sort ? row->sort : "id",
				(int)size, by_offset.data, by_cursor.data, row->names);
	}
}

static void lists_have_their_order_by_offset_and_by_cursor(void)
{
	size_t i;

	begin("lists");
	insert_titles();
	for (i = 0; i < sizeof(order_rows) / sizeof(*order_rows); i++)
		check_order(&order_rows[i], false);
	arena_free(arena);
}

/* Groups M, a and Z are made between the users c and a, e and d, f and g. */
static const struct order_row root_rows[] = {
	{ NULL, NULL, false, "cMabeadfZg" },
	{ "userName", NULL, false, "abcdefgMaZ" },
	{ "userName", NULL, true, "MaZgfedcba" },
	{ "displayName", NULL, false, "aMZcabedfg" },
	{ "displayName", NULL, true, "cabedfgZMa" },
	{ "active", NULL, false, "cabedfgMaZ" },
	{ "active", NULL, true, "MaZabedfgc" },
	{ "externalId", NULL, true, "cMabeadfZg" },
	{ "id", NULL, true, "gZfdaebaMc" },
	{ "meta.created", NULL, false, "cMabeadfZg" },
	{ "meta.resourceType", NULL, false, "cMabeadfZg" },
	{ "members.value", NULL, false, "cMabeadfZg" },
	{ "title", NULL, false, "cfaegMbadZ" },
	{ NULL, "meta.resourceType eq \"Group\"", false, "MaZ" },
	{ NULL, "displayName sw \"a\"", false, "a" },
	{ "displayName", "externalId eq null", true, "cabedfgZMa" },
	{ "id", "meta.created gt \"2000-01-01T00:00:00Z\"", false, "cMabeadfZg" },
	{ "meta.version", "id pr", true, "cMabeadfZg" },
	{ NULL, "externalId eq \"9\"", false, "" },
};

static void insert_with_groups(void)
{
	insert_new("{\"userName\":\"c\",\"title\":\"1\",\"active\":false}");
	insert_new_as(&group_type, "{\"displayName\":\"M\"}");
	insert_new("{\"userName\":\"a\",\"title\":\"2\"}");
	insert_new("{\"userName\":\"b\"}");
	insert_new("{\"userName\":\"e\",\"title\":\"2\"}");
	insert_new_as(&group_type, "{\"displayName\":\"a\"}");
	insert_new("{\"userName\":\"d\"}");
	insert_new("{\"userName\":\"f\",\"title\":\"1\"}");
	insert_new_as(&group_type, "{\"displayName\":\"Z\"}");
	insert_new("{\"userName\":\"g\",\"title\":\"3\"}");
}

static void so_have_lists_of_two_types(void)
{
	size_t i;

	begin("root");
	insert_with_groups();
	for (i = 0; i < sizeof(root_rows) / sizeof(*root_rows); i++)
		check_order(&root_rows[i], true);
	arena_free(arena);
}

/* A page as names, "|" where it was cut; memberships as the number of their lines. */
static const char *page_of(const struct record_query *query)
{
	struct ctx *cx = database_ctx();
	struct record_list list;
	struct buf names;
	int i;

	buf_init(&names, arena, 0);
	read_list(cx, query, &list, &names);
	if (list.cut)
		buf_putc(&names, '|');
	for (i = 0; i < list.count; i++) {
		const struct stored *stored = &list.items[i].record.stored;
		size_t at, lines = stored->memberships != NULL;

		for (at = 0; at < stored->memberships_len; at++)
			lines += stored->memberships[at] == '\n';
		buf_printf(&names, " %zu", lines);
	}
	test_ctx_free(cx);
	return names.data;
}

static void put_member(const struct uuid *group, const struct uuid *member, const char *type)
{
	sql_run("INSERT INTO group_members VALUES ('%s', '%s', '%s', '%s', 'x')", directory(),
		uuid_text(arena, group), uuid_text(arena, member), type);
}

/* Group p claims 200,000 members, q 60,000, r none, s 300,000; u is a user in p, which is in s. */
static void a_page_has_a_budget_of_members(void)
{
	struct record_source sources[] = { { .rt = &group_type, .memberships = true },
		{ .rt = &user_type, .memberships = true } };
	struct position after = { 0 };
	struct record_query query = { .directory = &customer.directory,
		.base = "https://x",
		.sources = sources,
		.source_count = 1,
		.limit = 100 };
	struct uuid p, q, r, s, u;

	begin("budget");
	p = insert_new_as(&group_type, "{\"displayName\":\"p\"}");
	q = insert_new_as(&group_type, "{\"displayName\":\"q\"}");
	r = insert_new_as(&group_type, "{\"displayName\":\"r\"}");
	s = insert_new_as(&group_type, "{\"displayName\":\"s\"}");
	u = insert_new("{\"userName\":\"u\"}");
	put_member(&p, &u, "User");
	put_member(&q, &u, "User");
	put_member(&s, &p, "Group");
	put_member(&s, &u, "User");
	sql_run("UPDATE groups SET member_count = CASE display_name WHEN 'p' THEN 200000"
		" WHEN 'q' THEN 60000 WHEN 'r' THEN 0 ELSE 300000 END WHERE directory_id = '%s'",
		directory());
	CU_ASSERT_STRING_EQUAL(page_of(&query), "p| 1");
	query.after = &after;
	after.id = p;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "qr| 1 0");
	after.id = q;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "rs 0 2");
	after.id = r;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "s 2");
	after.id = s;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "");
	query.source_count = 2;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "u 3");
	after.id = r;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "s| 2");
	after.id = q;
	sources[1].memberships = false;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "rs| 0 2");
	after.id = s;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "u 0");
	query.after = NULL;
	query.offset = 1;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "qr| 1 0");
	sources[0].memberships = false;
	CU_ASSERT_STRING_EQUAL(page_of(&query), "qrsu 0 0 0 0");
	arena_free(arena);
}

/* Who is made or goes while a cursor walks moves nobody else. */
static void a_cursor_is_steady(void)
{
	struct ctx *cx = database_ctx();
	struct position position;
	const struct record_source source = { .rt = &user_type };
	struct record_query query;
	struct record_list list;
	struct buf names;

	begin("steady");
	insert_titles();
	query = (struct record_query){ .directory = &customer.directory,
		.base = "https://x",
		.sources = &source,
		.source_count = 1,
		.limit = 3 };
	buf_init(&names, arena, 0);
	read_list(cx, &query, &list, &names);
	position = (struct position){ NULL, list.items[2].record.id };
	sql_run("UPDATE users SET deleted_at = now() WHERE directory_id = '%s'"
		" AND user_name IN ('a', 'b')",
		directory());
	insert_new("{\"userName\":\"h\"}");
	query.after = &position;
	query.limit = 100;
	read_list(cx, &query, &list, &names);
	CU_ASSERT_STRING_EQUAL(names.data, "cabedfgh");
	test_ctx_free(cx);
	arena_free(arena);
}

/* Upkeep. */

static void maintain(int64_t later)
{
	const struct retention retention = {
		.log_days = 10, .tombstone_days = 20, .event_days = 15
	};
	struct ctx *cx;

	test_clock += later;
	cx = database_ctx();
	maintain_directory(cx, test_db, &customer.directory, &retention);
	CU_ASSERT_EQUAL(db_state(test_db), DB_IDLE);
	test_ctx_free(cx);
}

static void folding_keeps_the_sum(void)
{
	struct ctx *cx = database_ctx();
	struct uuid id;

	begin("fold");
	insert_titles();
	id = insert_new(ann);
	remove_user(cx, &id, ann, 1);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM count_deltas WHERE directory_id = '%s'", directory()),
		9);
	maintain(0);
	CU_ASSERT_EQUAL(kept_total(), 7);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM count_deltas WHERE directory_id = '%s'", directory()),
		1);
	maintain(0);
	insert_new(ann);
	CU_ASSERT_EQUAL(kept_total(), 8);
	maintain(0);
	CU_ASSERT_EQUAL(kept_total(), 8);
	test_ctx_free(cx);
	arena_free(arena);
}

static void what_is_old_goes(void)
{
	struct ctx *cx = database_ctx();
	struct uuid id;

	begin("old");
	id = insert_new(ann);
	remove_user(cx, &id, ann, 1);
	insert_new(ann);
	log_one_request(cx);
	sql_run("INSERT INTO authentication_failures VALUES ('%s', '2026-01-01', 1, '2026-01-01')",
		directory());
	maintain(0);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM authentication_failures"), 0);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM request_log WHERE directory_id = '%s'", directory()),
		1);
	maintain(11 * DAY_US);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM request_log WHERE directory_id = '%s'", directory()),
		0);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM users WHERE directory_id = '%s'", directory()), 2);
	maintain(11 * DAY_US);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM users WHERE directory_id = '%s'", directory()), 1);
	CU_ASSERT_EQUAL(kept_total(), 1);
	test_ctx_free(cx);
	arena_free(arena);
}

static void a_deleted_directory_is_purged(void)
{
	struct customer gone;
	struct ctx *cx;

	begin("purge");
	insert_titles();
	cx = database_ctx();
	log_one_request(cx);
	gone = customer;
	customer_new(arena, "purge", &customer);
	insert_new(ann);
	sql_run("UPDATE directories SET deleted_at = '%s' WHERE id = '%s'",
		param_time(cx, test_clock), uuid_text(arena, &gone.directory));
	maintain(0);
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM users WHERE directory_id = '%s'",
				uuid_text(arena, &gone.directory)),
		7);
	maintain(2 * DAY_US);
	maintain(0);
	CU_ASSERT_EQUAL(sql_int("SELECT (SELECT count(*) FROM users WHERE directory_id = '%1$s')"
				" + (SELECT count(*) FROM attribute_values"
				" WHERE directory_id = '%1$s')"
				" + (SELECT count(*) FROM events WHERE directory_id = '%1$s')"
				" + (SELECT count(*) FROM request_log WHERE directory_id = '%1$s')"
				" + (SELECT count(*) FROM count_deltas WHERE directory_id = '%1$s')"
				" + (SELECT count(*) FROM directories WHERE id = '%1$s')",
				uuid_text(arena, &gone.directory)),
		0);
	/* what happened is told nevertheless: it was made, got a token and seven users */
	CU_ASSERT_EQUAL(sql_int("SELECT count(*) FROM feed WHERE directory_id = '%s'",
				uuid_text(arena, &gone.directory)),
		9);
	CU_ASSERT_EQUAL(kept_total(), 1);
	CU_ASSERT_EQUAL(
		sql_int("SELECT count(*) FROM users WHERE directory_id = '%s'", directory()), 1);
	test_ctx_free(cx);
	arena_free(arena);
}

CU_TestInfo record_tests[] = {
	{ "a user is stored and found", a_user_is_stored_and_found },
	{ "a taken name is refused and leaves nothing", a_taken_name_is_refused },
	{ "an update writes the difference", an_update_writes_the_difference },
	{ "a tombstone stays and frees the name", a_tombstone_stays_and_frees_the_name },
	{ "a request that runs again gives the same", a_request_that_runs_again_gives_the_same },
	{ "lists have their order, by offset and by cursor",
		lists_have_their_order_by_offset_and_by_cursor },
	{ "so have lists of two types", so_have_lists_of_two_types },
	{ "a page has a budget of members", a_page_has_a_budget_of_members },
	{ "a cursor is steady under changes", a_cursor_is_steady },
	{ "folding keeps the sum", folding_keeps_the_sum },
	{ "what is old goes", what_is_old_goes },
	{ "a deleted directory is purged", a_deleted_directory_is_purged },
	CU_TEST_INFO_NULL,
};
