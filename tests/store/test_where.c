/* SPDX-License-Identifier: MIT */
/*
 * Filters in SQL. What they mean is said by match.c, which is asked about every user of
 * vectors/users.txt and match.txt; what record_list_queue finds for the same filter must be the same.
 */
#include <CUnit/CUnit.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "database.h"
#include "scim/match.h"
#include "scim/membership.h"
#include "scim/v1.h"
#include "store/param.h"
#include "store/record.h"
#include "support.h"
#include "vector.h"

#define BASE "https://rollcall.test/scim/v2"
#define ENTERPRISE URN_ENTERPRISE ":"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum {
	USERS_MAX = 400,
	TEXT_MAX = 1024
};

static struct sample {
	struct uuid id;
	struct json_object *resource; /* the stored document completed with id and meta */
} users[USERS_MAX];

static struct {
	const struct resource_type *rt;
	struct arena *arena;
	struct customer customer;
	size_t count;
	unsigned compared; /* filters */
	unsigned found; /* answered with some users, but not all */
	unsigned refused; /* by where_filter */
} world;

/* The text of SQL and parameters. */

/* A filter, or, behind "any: ", the users' part of one over users and groups. */
static enum scim_err parse_sample(struct ctx *cx, const struct resource_type *rt, const char *text,
	const struct filter **tree)
{
	static const struct resource_type *const types[] = { &user_type, &group_type, NULL };
	const struct filter *trees[2];
	enum scim_err e;

	if (!text_istarts(text, strlen(text), "any: "))
		return filter_parse(cx, rt, text, strlen(text), tree);
	text += strlen("any: ");
	e = filter_parse_any(cx, types, text, strlen(text), trees);
	*tree = trees[0];
	return e;
}

static void print_where(struct ctx *cx, char **inputs, struct buf *got)
{
	struct where where = { &user_type, BASE };
	const struct uuid directory = { { 0 } };
	const char *text = inputs[0];
	const struct filter *tree;
	struct query query;
	int i;

	if (text_istarts(text, strlen(text), "Groups: ")) {
		where.rt = &group_type;
		text += strlen("Groups: ");
	}
	if (parse_sample(cx, where.rt, text, &tree)) {
		vector_error(got, cx);
		return;
	}
	query_init(&query, cx, &directory);
	if (where_filter(&query, &where, tree)) {
		vector_error(got, cx);
		return;
	}
	buf_puts(got, query.sql.data);
	for (i = 1; i < query.count; i++)
		buf_printf(got, " | %s", query.params[i]);
}

static void the_vectors_hold(void)
{
	vectors_run("where.txt", 1, print_where);
}

/* The users. */

static void add_meta(struct sample *user, const struct record *row)
{
	struct json_object *meta = json_object_new_object();
	char created[TIME_TEXT], modified[TIME_TEXT];
	struct arena *arena = world.arena;

	time_print_us(row->stored.created, created);
	time_print_us(row->stored.modified, modified);
	json_object_object_add(user->resource, "id", json_object_new_string(row->stored.id));
	json_object_object_add(user->resource, "meta", meta);
	json_object_object_add(meta, "resourceType", json_object_new_string(world.rt->name));
	json_object_object_add(meta, "created", json_object_new_string(created));
	json_object_object_add(meta, "lastModified", json_object_new_string(modified));
	json_object_object_add(
		meta, "version", json_object_new_string(etag_print(arena, row->stored.version)));
	json_object_object_add(meta, "location",
		json_object_new_string(
			arena_printf(arena, "%s%s/%s", BASE, world.rt->endpoint, row->stored.id)));
}

static bool insert_resource(struct ctx *cx, const struct uuid *id, struct json_object *resource)
{
	struct record_write write = { .ref = { &world.customer.directory, world.rt, id },
		.modified = cx->now,
		.resource = resource };
	size_t doc_len;
	struct rows *made;

	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	write.doc = resource_text(cx->arena, write.resource, &doc_len);
	made = record_insert(cx, test_db, &write);
	db_queue(cx, test_db, STMT_COMMIT, NULL);
	CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
	return rows_count(made) == 1;
}

/* One user, unless the body is none or the name is taken. */
static void add_user(const char *text, const char *fallback)
{
	struct ctx *cx = database_ctx();
	struct uuid id = uuid_v7(test_clock);
	struct json_object *body, *resource;

	if (json_parse_object(cx, text, strlen(text), &body)) {
		test_ctx_free(cx);
		return;
	}
	if (!json_get(body, "userName"))
		json_object_object_add(body, "userName", json_object_new_string(fallback));
	if (!resource_from_body(cx, &user_type, body, &resource) &&
		insert_resource(cx, &id, resource)) {
		CU_ASSERT_TRUE_FATAL(world.count < USERS_MAX);
		users[world.count++].id = id;
	}
	test_ctx_free(cx);
}

/* Some were changed since they were created. */
static void age_users(void)
{
	size_t i;

	for (i = 0; i < world.count; i += 3)
		sql_run("UPDATE users SET version = %zu, modified_at = created_at + '%zu minutes'"
			" WHERE id = '%s'",
			i % 7 + 1, i, uuid_text(world.arena, &users[i].id));
}

static void read_users(void)
{
	struct ctx *cx = database_ctx();
	struct record row;
	size_t i;

	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	for (i = 0; i < world.count; i++) {
		struct sample *user = &users[i];
		const struct record_ref ref = { &world.customer.directory, world.rt, &user->id };
		struct rows *rows = record_get(cx, test_db, &ref, false);

		CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
		record_read(cx, world.rt, rows, &row);
		CU_ASSERT_TRUE_FATAL(row.found);
		user->resource = json_parse_stored(world.arena, row.stored.doc, row.stored.doc_len);
		add_meta(user, &row);
	}
	db_finish(cx, test_db);
	test_ctx_free(cx);
}

/* The lines of a vector file that come at this place of their blocks. */
static void each_line(const char *file, unsigned place, void (*fn)(const char *line))
{
	struct arena *arena = arena_new();
	char *text =
		test_read(arena, test_path(arena, arena_printf(arena, "vectors/%s", file)), NULL);
	unsigned at = 0;
	char *line;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	while ((line = strsep(&text, "\n"))) {
		if (strncmp(line, "# ", 2) == 0)
			continue;
		at = *line ? at + 1 : 0;
		if (at == place || (*line && place == 0))
			fn(line);
	}
	arena_free(arena);
}

static void add_sample(const char *line)
{
	add_user(line, "");
}

static void add_vector(const char *line)
{
	add_user(line, arena_printf(world.arena, "vector%zu", world.count));
}

static void begin(const struct resource_type *rt, const char *name)
{
	memset(&world, 0, sizeof(world));
	world.rt = rt;
	world.arena = arena_new();
	customer_new(world.arena, name, &world.customer);
}

static void end(void)
{
	struct ctx *cx = database_ctx();

	db_finish(cx, test_db);
	test_ctx_free(cx);
	arena_free(world.arena);
}

/* The comparison. */

static bool is_listed(const struct record_list *list, const struct uuid *id)
{
	int i;

	for (i = 0; i < list->count; i++)
		if (uuid_equal(&list->items[i].record.id, id))
			return true;
	return false;
}

/* How many users the two disagree on, each printed. */
static unsigned differences(
	struct ctx *cx, const char *text, const struct filter *tree, const struct record_list *list)
{
	unsigned matched = 0, wrong = 0;
	size_t i;

	for (i = 0; i < world.count; i++) {
		bool meant = match_resource(cx, tree, users[i].resource);

		matched += meant;
		if (meant == is_listed(list, &users[i].id))
			continue;
		if (wrong++ < 3)
			printf("\n%s: %s", text,
				meant ? "SQL does not find" : "match.c does not want");
		if (wrong <= 3)
			printf(" %s", json_object_to_json_string_ext(
					      users[i].resource, JSON_C_TO_STRING_PLAIN));
	}
	if (list->count != (int)matched || list->total != (int64_t)matched)
		wrong++;
	world.found += matched > 0 && matched < world.count;
	return wrong;
}

/* Only ids and versions know fewer operators in SQL; see where.h. */
static bool may_refuse(const char *text)
{
	return strstr(text, "id ") || strstr(text, "location ") || strstr(text, "version ") ||
	       strstr(text, "groups ") || strstr(text, "groups.value ") ||
	       strstr(text, "members ") || strstr(text, "members.value ") ||
	       strstr(text, "$ref ") || strstr(text, "value co ") || strstr(text, "value sw ");
}

static void compare_tree(struct ctx *cx, const char *text, const struct filter *tree)
{
	const struct record_source source = { .rt = world.rt, .filter = tree };
	const struct record_query query = { .directory = &world.customer.directory,
		.base = BASE,
		.sources = &source,
		.source_count = 1,
		.limit = 1000 };
	struct record_listed listed;
	struct record_list list;

	world.compared++;
	db_start(cx, test_db);
	if (record_list_queue(cx, test_db, &query, &listed)) {
		world.refused++;
		CU_ASSERT_TRUE(may_refuse(text));
		return;
	}
	if (db_run(cx, test_db)) {
		CU_FAIL("the database refuses a composed statement");
		printf("\n%s: %s", text, cx->detail);
		customer_enter(cx, &world.customer);
		return;
	}
	record_list_read(cx, &query, &listed, &list);
	CU_ASSERT_EQUAL(differences(cx, text, tree, &list), 0);
}

static void compare(const char *text)
{
	struct ctx *cx = test_ctx();
	const struct filter *tree;

	if (!filter_parse(cx, world.rt, text, strlen(text), &tree))
		compare_tree(cx, text, tree);
	test_ctx_free(cx);
}

static void compare_with_not(const char *text)
{
	char negated[TEXT_MAX];

	compare(text);
	snprintf(negated, sizeof(negated), "not (%s)", text);
	compare(negated);
}

/* All kinds of attributes; NULL ends. */
static const char *const attributes[] = { "userName", "externalId", "displayName", "title",
	"nickName", "profileUrl", "active", "name", "name.familyName", "emails", "emails.value",
	"emails.type", "emails.primary", "emails.display", "phoneNumbers.value", "photos.value",
	"photos.type", "roles", "roles.value", "roles.primary", "addresses", "addresses.locality",
	"addresses.primary", "x509Certificates.value", "schemas", "groups", "groups.value",
	"groups.display", "meta", "meta.resourceType", "meta.created", "meta.lastModified",
	"meta.version", "meta.location", "id", ENTERPRISE "employeeNumber", ENTERPRISE "department",
	ENTERPRISE "manager", ENTERPRISE "manager.value", ENTERPRISE "manager.$ref",
	"entitlements.value", "ims.type", NULL };

static const char *const operators[] = { "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le",
	NULL };

/* %i, %l, %c: id, location and time of creation of some user. */
static const char *const values[] = { "\"\"", "\"a\"", "\"ab\"", "\"%\"", "\"_\"", "\"\\\\\"",
	"\"STRASSE\"", "\"ς\"", "\"É\"", "\"'\"", "\"$1\"", "\"{\"", "\"😀\"", "\"\\u007f\"",
	"\"߿\"", "\"work\"", "\"https://x\"", "\"701984\"", "\"abc\"", "\"admin\"", "\"User\"",
	"\"W/\\\"1\\\"\"", "\"W/\\\"4\\\"\"", "\"%i\"", "\"%l\"", "\"%c\"", "true", "false", "null",
	"\"urn:ietf:params:scim:schemas:core:2.0:User\"", NULL };

static const char *filled(const char *value)
{
	struct json_object *resource = users[world.count / 2].resource;
	struct json_object *meta = json_get(resource, "meta");

	if (strcmp(value, "\"%i\"") == 0)
		return arena_printf(world.arena, "\"%s\"", json_get_string(resource, "id"));
	if (strcmp(value, "\"%l\"") == 0)
		return arena_printf(world.arena, "\"%s\"", json_get_string(meta, "location"));
	if (strcmp(value, "\"%c\"") == 0)
		return arena_printf(world.arena, "\"%s\"", json_get_string(meta, "created"));
	return value;
}

/* Every value by eq, and each other operator with an eighth of the values, others for each. */
static void compare_attribute(const char *attribute, size_t nth)
{
	char text[TEXT_MAX];
	size_t i, j;

	snprintf(text, sizeof(text), "%s pr", attribute);
	compare_with_not(text);
	for (i = 0; operators[i]; i++)
		for (j = 0; values[j]; j++) {
			if (i > 0 && (i + j + nth) % 8 > 0)
				continue;
			snprintf(text, sizeof(text), "%s %s %s", attribute, operators[i],
				filled(values[j]));
			compare_with_not(text);
		}
}

/* Terms that are put together by and, or, not; the first of them also in brackets. */
static const char *const inner[] = { "value eq \"a@x\"", "type eq \"work\"", "type ne \"work\"",
	"primary eq true", "primary ne true", "value pr", "type eq null", "display ne null",
	"value sw \"b\"", "value eq \"admin\"", "value co \"@\"", "primary eq false", NULL };
static const char *const outer[] = { "title pr", "active eq false", "userName sw \"b\"",
	"emails.value eq \"a@x\"", "emails.type ne \"home\"", "roles.value eq \"admin\"",
	ENTERPRISE "employeeNumber eq \"701984\"", "meta.version eq \"W/\\\"1\\\"\"",
	"groups.value eq \"x\"", "emails[type eq \"work\" and value co \"@\"]",
	"emails[not (primary eq true)]", "name.familyName gt \"b\"", NULL };
static const char *const containers[] = { "emails", "phoneNumbers", "roles", "photos", "addresses",
	"groups", NULL };

static const char *const pairs[] = { "%s and %s", "%s or %s", "not (%s and %s)", "not (%s or %s)",
	"%s and not (%s)", "not (%s) or not (%s)", NULL };

/* The pattern is one of pairs: two %s. */
static void join(char *out, const char *pattern, const char *a, const char *b)
{
	const char *first = strstr(pattern, "%s");
	const char *second = strstr(first + 2, "%s");

	snprintf(out, TEXT_MAX, "%.*s%s%.*s%s%s", (int)(first - pattern), pattern, a,
		(int)(second - first - 2), first + 2, b, second + 2);
}

static void compare_brackets(const char *container, const char *text)
{
	char bracketed[TEXT_MAX + 64];

	snprintf(bracketed, sizeof(bracketed), "%s[%s]", container, text);
	compare_with_not(bracketed);
}

static void compare_combinations(void)
{
	char text[TEXT_MAX];
	size_t i, j, k, m;

	for (i = 0; pairs[i]; i++) {
		for (j = 0; outer[j]; j++)
			for (k = 0; outer[k]; k++) {
				join(text, pairs[i], outer[j], outer[k]);
				compare(text);
			}
		for (j = 0; inner[j]; j++)
			for (k = j; inner[k]; k++) {
				join(text, pairs[i], inner[j], inner[k]);
				/* every other time the first of them */
				m = (i + j + k) % (2 * COUNT(containers) - 2);
				compare_brackets(
					containers[m < COUNT(containers) - 1 ? m : 0], text);
			}
	}
}

static void sql_means_what_match_means(void)
{
	struct ctx *cx = database_ctx();
	size_t i;

	begin(&user_type, "where");
	each_line("users.txt", 0, add_sample);
	each_line("match.txt", 2, add_vector);
	CU_ASSERT_TRUE_FATAL(world.count > 40);
	age_users();
	read_users();
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	each_line("match.txt", 1, compare_with_not);
	each_line("filter.txt", 1, compare_with_not);
	for (i = 0; attributes[i]; i++)
		compare_attribute(attributes[i], i);
	compare_combinations();
	CU_ASSERT_TRUE(world.compared > 1000);
	CU_ASSERT_TRUE(world.found > world.compared / 4);
	printf("\n%zu users, %u filters compared, %u found some, %u refused", world.count,
		world.compared, world.found, world.refused);
	test_ctx_free(cx);
	end();
}

/* What User has none of: numbers, times and booleans in the document. */

static const struct attr flag_subs[] = {
	{ .name = "value", .type = T_DATETIME, .doc = "" },
	{ .name = "n", .type = T_INTEGER, .doc = "" },
	{ .name = "on", .type = T_BOOLEAN, .doc = "" },
	{ 0 },
};
static const struct attr number_attrs[] = {
	{ .name = "levels", .type = T_INTEGER, .multi = true, .doc = "" },
	{ .name = "level", .type = T_INTEGER, .doc = "" },
	{ .name = "ratio", .type = T_DECIMAL, .doc = "" },
	{ .name = "born", .type = T_DATETIME, .doc = "" },
	{ .name = "odd", .type = T_BOOLEAN, .doc = "" },
	{ .name = "names", .multi = true, .doc = "" },
	{ .name = "flag", .type = T_COMPLEX, .subs = flag_subs, .doc = "" },
	{ .name = "flags", .type = T_COMPLEX, .multi = true, .subs = flag_subs, .doc = "" },
	{ 0 },
};
static const struct schema number_schema = {
	.urn = "urn:x:Number", .name = "Number", .attrs = number_attrs
};
static const struct schema *const no_extensions[] = { NULL };
static const struct resource_type number_type = { .id = ID_USER,
	.name = "Number",
	.endpoint = "/Numbers",
	.core = &number_schema,
	.extensions = no_extensions };

static const char *const numbers[] = { "{}", "{\"levels\":[1,2,3],\"level\":2,\"ratio\":1.5}",
	"{\"levels\":[-1],\"level\":0,\"ratio\":2}", "{\"level\":9007199254740993,\"ratio\":1e3}",
	"{\"levels\":[9007199254740992],\"ratio\":-0.1,\"odd\":false}",
	"{\"born\":\"2026-01-02T03:04:05Z\",\"odd\":true,\"names\":[\"a\",\"B\"]}",
	"{\"born\":\"2026-01-02T05:04:05+02:00\",\"names\":[\"b\"],\"flag\":{\"n\":1}}",
	"{\"born\":\"2026-01-02T03:04:05.5Z\",\"flag\":{\"on\":false},\"names\":[\"c\"]}",
	"{\"flags\":[{\"value\":\"2026-01-02T03:04:05Z\",\"n\":1},{\"on\":true,\"n\":10}]}",
	"{\"flags\":[{\"n\":2}],\"flag\":{\"value\":\"2025-12-31T23:59:59Z\",\"on\":true}}", NULL };

static const char *const number_paths[] = { "levels", "level", "ratio", "born", "odd", "names",
	"flag.n", "flag.on", "flag", "flags", "flags.n", "flags.on", "flags.value", NULL };
static const char *const number_values[] = { "1", "2", "10", "-1", "0", "1.50", "1e3", "-1e-1",
	"9007199254740993", "9007199254740992", "true", "false", "null", "\"b\"", "\"2\"",
	"\"2026-01-02T03:04:05Z\"", "\"2026-01-02T04:04:05.000+01:00\"", "\"True\"", NULL };
static const char *const number_filters[] = { "levels[value gt 1 and value lt 3]",
	"levels[value ge 2 and not (value eq 3)]", "flags[n eq 1 and value pr]",
	"flags[n gt 1 or on eq true]", "flags[on ne true]", "flag[n eq 1]", "flag[on ne false]",
	"names[value sw \"B\"]", "names[not (value eq \"a\")]", "levels eq 1 and not (ratio lt 2)",
	NULL };

static void add_number(const char *text)
{
	struct sample *user = &users[world.count++];
	struct ctx *cx = database_ctx();
	const char *id;

	user->id = uuid_v7(test_clock);
	user->resource = json_parse_stored(world.arena, text, strlen(text));
	id = uuid_text(cx->arena, &user->id);
	sql_run("INSERT INTO users (directory_id, id, user_name, user_name_key, label, active, doc, keys,"
		" version, created_at, modified_at, last_write)"
		" VALUES ('%s', '%s', '%s', '%s', 'x', true, '%s', '%s', 1, now(), now(), '%s')",
		uuid_text(cx->arena, &world.customer.directory), id, id, id, text,
		resource_keys(cx, world.rt, user->resource), id);
	test_ctx_free(cx);
}

static void numbers_and_times_mean_the_same(void)
{
	struct ctx *cx = database_ctx();
	char text[TEXT_MAX];
	size_t i, j, k;

	begin(&number_type, "numbers");
	for (i = 0; numbers[i]; i++)
		add_number(numbers[i]);
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	for (i = 0; number_paths[i]; i++)
		for (j = 0; operators[j]; j++)
			for (k = 0; number_values[k]; k++) {
				snprintf(text, sizeof(text), "%s %s %s", number_paths[i],
					operators[j], number_values[k]);
				compare_with_not(text);
			}
	for (i = 0; number_filters[i]; i++)
		compare_with_not(number_filters[i]);
	CU_ASSERT_TRUE(world.compared > 500);
	CU_ASSERT_EQUAL(world.refused, 0);
	printf("\n%zu resources, %u filters compared, %u found some", world.count, world.compared,
		world.found);
	test_ctx_free(cx);
	end();
}

/* Users a to h in groups A to G, by the letters of their names; B and C hold one another, F itself. */

static const char *const names[] = { "{\"userName\":\"ann\",\"displayName\":\"Zoe\"}",
	"{\"userName\":\"bob\",\"displayName\":\"STRASSE\"}", "{\"userName\":\"cid\"}",
	"{\"userName\":\"dan\",\"displayName\":\"\u00c9mile\"}", "{\"userName\":\"Eva\"}",
	"{\"userName\":\"fay\"}", "{\"userName\":\"gus\"}", "{\"userName\":\"hal\"}", NULL };
static const char *const holders[] = { "abB", "cC", "dB", "", "aAe", "F", "abcdefg", NULL };

enum {
	NAMES = 8,
	HOLDERS = 7
};

static struct {
	struct uuid users[NAMES];
	struct uuid groups[HOLDERS];
} graph;

static struct uuid insert_one(const char *text)
{
	struct ctx *cx = database_ctx();
	struct uuid id = uuid_v7(test_clock);
	struct json_object *body, *resource;

	CU_ASSERT_FALSE_FATAL(json_parse_object(cx, text, strlen(text), &body));
	CU_ASSERT_FALSE_FATAL(resource_from_body(cx, world.rt, body, &resource));
	CU_ASSERT_TRUE_FATAL(insert_resource(cx, &id, resource));
	test_ctx_free(cx);
	return id;
}

static const struct uuid *named(char letter)
{
	return letter >= 'a' ? &graph.users[letter - 'a'] : &graph.groups[letter - 'A'];
}

static void fill_graph(void)
{
	struct arena *arena = world.arena;
	const char *directory = uuid_text(arena, &world.customer.directory);
	const char *s;
	size_t i;

	world.rt = &user_type;
	for (i = 0; names[i]; i++)
		graph.users[i] = insert_one(names[i]);
	world.rt = &group_type;
	for (i = 0; holders[i]; i++)
		graph.groups[i] = insert_one(
			arena_printf(arena, "{\"displayName\":\"Group %c\"}", (char)('A' + i)));
	for (i = 0; holders[i]; i++)
		for (s = holders[i]; *s; s++)
			sql_run("INSERT INTO group_members VALUES ('%1$s', '%2$s', '%3$s', '%4$s',"
				" coalesce((SELECT label FROM users WHERE id = '%3$s'),"
				" (SELECT display_name FROM groups WHERE id = '%3$s')))",
				directory, uuid_text(arena, &graph.groups[i]),
				uuid_text(arena, named(*s)), *s >= 'a' ? "User" : "Group");
	sql_run("UPDATE groups g SET member_count ="
		" (SELECT count(*) FROM group_members m WHERE m.group_id = g.id)");
}

/* What a client sees of them is what match.c is asked about. */
static void add_memberships(struct sample *sample, const struct stored *stored)
{
	const struct membership_look look = { BASE, { true, true, true, true }, membership_print };
	struct buf buf;

	if (!stored->memberships)
		return;
	buf_init(&buf, world.arena, 0);
	memberships_print(&buf, &look, stored->memberships, stored->memberships_len);
	json_object_object_add(sample->resource, world.rt == &user_type ? "groups" : "members",
		json_object_get(json_parse_stored(world.arena, buf.data, buf.len)));
}

static void read_graph(const struct resource_type *rt)
{
	struct ctx *cx = database_ctx();
	struct record row;
	size_t i;

	world.rt = rt;
	world.count = rt == &user_type ? NAMES : HOLDERS;
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	for (i = 0; i < world.count; i++) {
		struct sample *sample = &users[i];
		struct record_ref ref = { &world.customer.directory, rt, &sample->id };
		struct rows *rows;

		sample->id = rt == &user_type ? graph.users[i] : graph.groups[i];
		rows = record_get(cx, test_db, &ref, true);
		CU_ASSERT_FALSE_FATAL(db_run(cx, test_db));
		record_read(cx, rt, rows, &row);
		sample->resource =
			json_parse_stored(world.arena, row.stored.doc, row.stored.doc_len);
		add_memberships(sample, &row.stored);
	}
	db_finish(cx, test_db);
	test_ctx_free(cx);
}

/* "@x" in a text is the id of x, "/x" its location. */
static const char *with_ids(const char *text)
{
	struct buf buf;

	buf_init(&buf, world.arena, 0);
	for (; *text; text++) {
		const struct resource_type *rt = text[1] >= 'a' ? &user_type : &group_type;

		if (*text != '@' && *text != '/') {
			buf_putc(&buf, *text);
			continue;
		}
		if (*text == '/')
			buf_printf(&buf, "%s%s/", BASE, rt->endpoint);
		buf_puts(&buf, id_print(world.arena, rt->id, named(*++text)));
	}
	return buf.data;
}

static const char *const membership_paths[] = { "%s", "%s.value", "%s.$ref", "%s.type",
	"%s.display", NULL };
static const char *const membership_values[] = { "\"@a\"", "\"@d\"", "\"@h\"", "\"@A\"", "\"@B\"",
	"\"@C\"", "\"@D\"", "\"@F\"", "\"/a\"", "\"/d\"", "\"/C\"", "\"/D\"", "\"USER\"",
	"\"group\"", "\"Direct\"", "\"indirect\"", "\"Stra\u00dfe\"", "\"Group B\"", "\"zoe\"",
	"\"e\"", "\"x\"", "null", NULL };
static const char *const membership_terms[] = { "value eq \"@B\"", "value eq \"@c\"",
	"value ne \"@C\"", "value gt \"@B\"", "$ref le \"/c\"", "$ref eq \"/G\"",
	"type eq \"direct\"", "type ne \"indirect\"", "type eq \"user\"", "type sw \"in\"",
	"display co \"e\"", "display ne \"group g\"", "display eq null", "value pr",
	"display ge \"group c\"", "value eq \"x\"", NULL };
static const char *const membership_rows[] = { "%s.value eq \"@C\"", "%s.display eq \"group b\"",
	"%s[type eq \"direct\"]", "%s pr", "externalId eq null", "%s.value ne \"@a\"",
	"%s[not (value eq \"@G\")]", NULL };

static const char *of_attribute(const char *pattern, const char *attribute)
{
	const char *gap = strstr(pattern, "%s");

	if (!gap)
		return pattern;
	return arena_printf(
		world.arena, "%.*s%s%s", (int)(gap - pattern), pattern, attribute, gap + 2);
}

static void compare_memberships(const char *attribute)
{
	char text[TEXT_MAX];
	size_t i, j, k;

	for (i = 0; membership_paths[i]; i++) {
		const char *path = of_attribute(membership_paths[i], attribute);

		compare_with_not(arena_printf(world.arena, "%s pr", path));
		for (j = 0; operators[j]; j++)
			for (k = 0; membership_values[k]; k++)
				compare_with_not(arena_printf(world.arena, "%s %s %s", path,
					operators[j], with_ids(membership_values[k])));
	}
	for (i = 0; pairs[i]; i++) {
		for (j = 0; membership_terms[j]; j++)
			for (k = 0; membership_terms[k]; k++) {
				join(text, pairs[i], with_ids(membership_terms[j]),
					with_ids(membership_terms[k]));
				compare_brackets(attribute, text);
			}
		for (j = 0; membership_rows[j]; j++)
			for (k = 0; membership_rows[k]; k++) {
				join(text, pairs[i],
					with_ids(of_attribute(membership_rows[j], attribute)),
					with_ids(of_attribute(membership_rows[k], attribute)));
				compare(text);
			}
	}
}

static void memberships_mean_the_same(void)
{
	struct ctx *cx = database_ctx();

	begin(&group_type, "graph");
	fill_graph();
	read_graph(&group_type);
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	compare_memberships("members");
	db_finish(cx, test_db);
	read_graph(&user_type);
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	compare_memberships("groups");
	CU_ASSERT_TRUE(world.found > world.compared / 3);
	printf("\n%u filters of memberships compared, %u found some, %u refused", world.compared,
		world.found, world.refused);
	test_ctx_free(cx);
	end();
}

/* SCIM 1.1: "@x" is the UUID of x. c is of 2015, d is not active, a is the manager of b. */

#define PINGONE URN_PINGONE ":"
#define MANAGER URN_V1_ENTERPRISE ":manager.managerId"

static const struct v1_row {
	const char *text;
	const char *users; /* their letters; NULL: not asked */
	const char *groups;
} v1_rows[] = {
	{ "id eq \"@a\"", "a", NULL },
	{ "id eq \"@A\"", "", "A" },
	{ "id ge \"@e\" and id le \"@e\"", "e", NULL },
	{ "userName eq \"EVA\" or urn:scim:schemas:core:1.0:displayName eq \"Zoe\"", "ae", NULL },
	{ "groups.value eq \"@B\"", "cd", NULL },
	{ "groups eq \"@A\"", "abcd", NULL },
	{ "groups eq \"@a\"", "", NULL },
	{ "members.value eq \"@a\"", NULL, "AEG" },
	{ "members.value eq \"@B\"", NULL, "AC" },
	{ "members eq \"@f\" or displayName eq \"group d\"", NULL, "DG" },
	{ "members.value eq \"@e\" and members.type eq \"Group\"", NULL, "E" },
	{ PINGONE "createTimeStamp eq 1420084800000", "c", NULL },
	{ PINGONE "createTimeStamp lt 1420084800000", "", "" },
	{ PINGONE "createTimeStamp gt 1420084800000", "abdefgh", "ABCDEFG" },
	{ PINGONE "createTimeStamp gt -9223372036854775808", "abcdefgh", "ABCDEFG" },
	{ PINGONE "lastModifiedTimeStamp ge 9223372036854775807", "", "" },
	{ "meta.created le \"2015-01-01T05:00:00+01:00\"", "c", "" },
	{ PINGONE "state eq \"DISABLED\"", "d", "" },
	{ PINGONE "state eq \"active\"", "abcefgh", "" },
	{ PINGONE "state co \"e\"", "abcdefgh", "" },
	{ PINGONE "state eq \"LOCKED\"", "", "" },
	{ PINGONE "state pr", "abcdefgh", "" },
	{ PINGONE "accountId pr and userName sw \"E\"", "e", NULL },
	{ PINGONE "directoryId eq \"x\" or userName sw \"E\"", "e", NULL },
	{ PINGONE "lastLoginTime pr or (userName co \"O\")", "b", NULL },
	{ PINGONE "passwordExpired eq true", "", "" },
	{ MANAGER " eq \"@a\"", "b", NULL },
	{ MANAGER " gt \"@a\"", "", NULL },
	{ MANAGER " pr", "b", NULL },
	{ "meta.location eq \"" BASE "/user/@a\"", "a", "" },
	{ "meta.location eq \"" BASE "/Groups/@A\"", "", "A" },
	{ "schemas eq \"" URN_V1_CORE "\"", "abcdefgh", "ABCDEFG" },
	{ "schemas eq \"" URN_V1_ENTERPRISE "\"", "b", "" },
};

static const char *with_uuids(const char *text)
{
	struct buf buf;

	buf_init(&buf, world.arena, 0);
	for (; *text; text++)
		if (*text == '@')
			buf_puts(&buf, uuid_text(world.arena, named(*++text)));
		else
			buf_putc(&buf, *text);
	return buf.data;
}

static void change_graph(void)
{
	struct arena *arena = world.arena;

	sql_run("UPDATE users SET created_at = '2015-01-01T04:00:00Z' WHERE id = '%s'",
		uuid_text(arena, named('c')));
	sql_run("UPDATE users SET active = false WHERE id = '%s'", uuid_text(arena, named('d')));
	sql_run("UPDATE users SET keys = keys || '{\"schemas\":[\"%s\"],\"%s\":"
		"{\"manager\":{\"value\":\"%s\"}}}' WHERE id = '%s'",
		URN_ENTERPRISE, URN_ENTERPRISE, id_print(arena, ID_USER, named('a')),
		uuid_text(arena, named('b')));
}

/* The letters of what a filter finds, in order. */
static const char *found_letters(
	struct ctx *cx, const struct resource_type *rt, const struct filter *tree)
{
	const struct record_source source = { .rt = rt, .filter = tree };
	const struct record_query query = { .directory = &world.customer.directory,
		.base = BASE,
		.sources = &source,
		.source_count = 1,
		.limit = 1000 };
	struct record_listed listed;
	struct record_list list;
	struct buf buf;
	char c;

	buf_init(&buf, world.arena, 0);
	db_start(cx, test_db);
	if (record_list_queue(cx, test_db, &query, &listed) || db_run(cx, test_db))
		return cx->detail;
	record_list_read(cx, &query, &listed, &list);
	for (c = 'A'; c < 'A' + HOLDERS; c++)
		if (is_listed(&list, named(c)))
			buf_putc(&buf, c);
	for (c = 'a'; c < 'a' + NAMES; c++)
		if (is_listed(&list, named(c)))
			buf_putc(&buf, c);
	return buf.data;
}

static void expect_letters(const struct resource_type *rt, const char *text, const char *letters)
{
	const struct origin origin = { .base = BASE };
	struct ctx *cx = test_ctx();
	const struct filter *tree;
	const char *found;

	if (v1_filter(cx, rt, &origin, with_uuids(text), &tree))
		found = cx->detail;
	else
		found = found_letters(cx, rt, tree);
	CU_ASSERT_STRING_EQUAL(found, letters);
	if (strcmp(found, letters) != 0)
		printf("\n%s of %s: %s, not %s", text, rt->name, found, letters);
	test_ctx_free(cx);
}

static void filters_of_1_1_find_what_they_mean(void)
{
	struct ctx *cx = database_ctx();
	size_t i;

	begin(&group_type, "version1");
	fill_graph();
	change_graph();
	CU_ASSERT_FALSE_FATAL(customer_enter(cx, &world.customer));
	for (i = 0; i < COUNT(v1_rows); i++) {
		const struct v1_row *row = &v1_rows[i];

		if (row->users)
			expect_letters(&user_type, row->text, row->users);
		if (row->groups)
			expect_letters(&group_type, row->text, row->groups);
	}
	test_ctx_free(cx);
	end();
}

CU_TestInfo where_tests[] = {
	{ "the vectors hold", the_vectors_hold },
	{ "a filter finds in SQL what it matches in memory", sql_means_what_match_means },
	{ "so it does with numbers and times", numbers_and_times_mean_the_same },
	{ "so it does with members and groups", memberships_mean_the_same },
	{ "filters of SCIM 1.1 find what they mean", filters_of_1_1_find_what_they_mean },
	CU_TEST_INFO_NULL,
};
