/* SPDX-License-Identifier: MIT */
/* Bulk: the vectors (what is read, in which order, what references become), and size. */
#include <time.h>

#include "base/json.h"
#include "base/text.h"
#include "scim/bulk.h"
#include "scim/message.h"
#include "scim/quirk.h"
#include "support.h"
#include "vector.h"

static const struct resource_type *const types[] = { &user_type, &group_type, NULL };

enum {
	MANY = 1000,
	CLIQUE = 250
};

/* The operation's number, from 1, is the id it gets. */
static const char **number_ids(struct ctx *cx, const struct bulk *bulk)
{
	const char **ids = arena_alloc(cx->arena, bulk->count * sizeof(*ids));
	for (size_t i = 0; i < bulk->count; i++)
		ids[i] = arena_printf(cx->arena, "<%zu>", i + 1);
	return ids;
}

/* 2 POST Groups/id (1 3) {data}; a circle in braces. */
static void print_op(struct ctx *cx, struct bulk *bulk, size_t index, struct buf *got)
{
	struct bulk_op *op = &bulk->ops[index];
	buf_printf(got, "%zu", index + 1);
	if (op->err) {
		const char *type = err_row(op->err)->scim_type;
		buf_printf(got, " ! %s %s", type ? type : "notFound", op->detail);
		CU_ASSERT_EQUAL(op->ref_count, 0);
		CU_ASSERT_EQUAL(bulk_resolve(cx, bulk, index, number_ids(cx, bulk)), op->err);
		ctx_clear(cx);
		return;
	}
	buf_printf(got, " %s%s", op->method_text, types[op->type]->endpoint);
	for (size_t i = 0; i < op->ref_count; i++)
		buf_printf(got, " ^%zu", op->refs[i] + 1);
	CU_ASSERT_EQUAL(bulk_resolve(cx, bulk, index, number_ids(cx, bulk)), SCIM_OK);
	if (op->id)
		buf_printf(got, " /%s", op->id);
	if (op->version)
		buf_printf(got, " if %s", op->version);
	if (op->data) {
		buf_putc(got, ' ');
		json_print(got, op->data);
	}
}

static void print_bulk(struct ctx *cx, struct bulk *bulk, struct buf *got)
{
	for (size_t i = 0; i < bulk->count; i++) {
		size_t component = bulk->ops[bulk->order[i]].component;
		bool first = i == 0 || bulk->ops[bulk->order[i - 1]].component != component;
		buf_puts(got, i == 0 ? "" : first ? "; " : " & ");
		print_op(cx, bulk, bulk->order[i], got);
	}
	if (bulk->fail_on_errors)
		buf_printf(got, " max %lld", (long long)bulk->fail_on_errors);
	for (enum quirk quirk = 0; quirk < QUIRK__MAX; quirk++)
		if (cx->quirks & (uint64_t)1 << quirk)
			buf_printf(got, " + %s", quirk_names[quirk]);
}

static bool take(const char **text, const char *prefix)
{
	bool there = text_istarts(*text, strlen(*text), prefix);
	*text += there ? strlen(prefix) : 0;
	return there;
}

static void run_bulk(struct ctx *cx, char **inputs, struct buf *got)
{
	const char *text = inputs[0];
	struct json_object *body = NULL;
	struct bulk bulk;
	cx->strict = take(&text, "strict: ");
	if (!take(&text, "whole: "))
		text = arena_printf(cx->arena,
			"{\"schemas\":[\"" URN_MESSAGE_BULK "\"],\"Operations\":[%s]}", text);
	CU_ASSERT_EQUAL_FATAL(json_parse_object(cx, text, strlen(text), &body), SCIM_OK);
	if (bulk_parse(cx, types, body, &bulk))
		vector_error(got, cx);
	else
		print_bulk(cx, &bulk, got);
}

static void vectors_hold(void)
{
	vectors_run("bulk.txt", 1, run_bulk);
}

/* A message of operations that are made by fn. */
typedef void put_fn(struct buf *buf, size_t i, size_t n);

static void parse_made(struct ctx *cx, size_t n, put_fn *put, struct bulk *bulk)
{
	struct json_object *body;
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	buf_puts(&buf, "{\"schemas\":[\"" URN_MESSAGE_BULK "\"],\"Operations\":[");
	for (size_t i = 0; i < n; i++) {
		buf_printf(&buf,
			"%s{\"method\":\"POST\",\"path\":\"/Groups\",\"bulkId\":\"g%zu\",\"data\":"
			"{\"members\":[",
			i ? "," : "", i);
		put(&buf, i, n);
		buf_puts(&buf, "]}}");
	}
	buf_puts(&buf, "]}");
	CU_ASSERT_EQUAL_FATAL(json_parse(cx, buf.data, buf.len, &body), SCIM_OK);
	clock_t start = clock();
	CU_ASSERT_EQUAL_FATAL(bulk_parse(cx, types, body, bulk), SCIM_OK);
	CU_ASSERT_TRUE(clock() - start < CLOCKS_PER_SEC / 4);
}

/* Nothing is named before it is done, but inside a component. */
static void check_order(const struct bulk *bulk, struct arena *arena)
{
	size_t *place = arena_alloc(arena, bulk->count * sizeof(*place));
	for (size_t i = 0; i < bulk->count; i++)
		place[bulk->order[i]] = i + 1;
	for (size_t i = 0; i < bulk->count; i++) {
		const struct bulk_op *op = &bulk->ops[i];
		CU_ASSERT_FATAL(place[i] > 0);
		for (size_t r = 0; r < op->ref_count; r++)
			CU_ASSERT(place[op->refs[r]] < place[i] ||
				  bulk->ops[op->refs[r]].component == op->component);
	}
}

/* No reference is left in any operation. */
static void check_resolved(struct ctx *cx, const struct bulk *bulk)
{
	const char **ids = number_ids(cx, bulk);
	for (size_t i = 0; i < bulk->count; i++) {
		struct buf text;
		CU_ASSERT_EQUAL(bulk_resolve(cx, bulk, i, ids), SCIM_OK);
		buf_init(&text, cx->arena, 0);
		json_print(&text, bulk->ops[i].data);
		CU_ASSERT_PTR_NULL(strstr(text.data, "bulkId"));
	}
}

static void put_next(struct buf *buf, size_t i, size_t n)
{
	if (i + 1 < n)
		buf_printf(buf, "{\"value\":\"bulkId:g%zu\"}", i + 1);
}

static void put_ring(struct buf *buf, size_t i, size_t n)
{
	buf_printf(buf, "{\"value\":\"bulkId:g%zu\"}", (i + 1) % n);
}

static void put_all(struct buf *buf, size_t i, size_t n)
{
	for (size_t other = 0; other < n; other++)
		buf_printf(buf, "%s\"bulkId:g%zu\"", other ? "," : "", (i + other) % n);
}

static void long_chains_are_turned_round(void)
{
	struct ctx *cx = test_ctx();
	struct bulk bulk;
	parse_made(cx, MANY, put_next, &bulk);
	CU_ASSERT_EQUAL(bulk.components, MANY);
	for (size_t i = 0; i < MANY; i++)
		CU_ASSERT_EQUAL(bulk.order[i], MANY - 1 - i);
	check_order(&bulk, cx->arena);
	check_resolved(cx, &bulk);
	test_ctx_free(cx);
}

static void circles_are_one_component(void)
{
	struct ctx *cx = test_ctx();
	struct bulk bulk;
	parse_made(cx, MANY, put_ring, &bulk);
	CU_ASSERT_EQUAL(bulk.components, 1);
	for (size_t i = 0; i < MANY; i++)
		CU_ASSERT_EQUAL(bulk.order[i], i);
	check_resolved(cx, &bulk);
	parse_made(cx, CLIQUE, put_all, &bulk);
	CU_ASSERT_EQUAL(bulk.components, 1);
	CU_ASSERT_EQUAL(bulk.ops[0].ref_count, CLIQUE - 1);
	CU_ASSERT_EQUAL(bulk.ops[7].refs[6], 6);
	CU_ASSERT_EQUAL(bulk.ops[7].refs[7], 8);
	check_resolved(cx, &bulk);
	test_ctx_free(cx);
}

static unsigned long next_random(unsigned long *state)
{
	*state = *state * 1103515245UL + 12345UL;
	return *state >> 16 & 0x7fff;
}

static unsigned long random_state;

static void put_random(struct buf *buf, size_t i, size_t n)
{
	size_t count = next_random(&random_state) % 3;
	(void)i;
	for (size_t r = 0; r < count; r++)
		buf_printf(buf, "%s\"bulkId:g%zu\"", r ? "," : "",
			(size_t)next_random(&random_state) % n);
}

/* Can a reach b over references? The textbook's way, for small messages. */
static bool reaches(const struct bulk *bulk, size_t a, size_t b)
{
	bool met[16] = { false };
	bool grown = true;
	met[a] = true;
	while (grown) {
		grown = false;
		for (size_t i = 0; i < bulk->count; i++)
			for (size_t r = 0; met[i] && r < bulk->ops[i].ref_count; r++) {
				grown = grown || !met[bulk->ops[i].refs[r]];
				met[bulk->ops[i].refs[r]] = true;
			}
	}
	return met[b];
}

static void components_are_those_of_the_definition(void)
{
	for (random_state = 1; random_state < 300 * 77; random_state = (random_state | 1) + 76) {
		unsigned long seed = random_state;
		struct ctx *cx = test_ctx();
		struct bulk bulk;
		parse_made(cx, 1 + seed % 12, put_random, &bulk);
		check_order(&bulk, cx->arena);
		for (size_t a = 0; a < bulk.count; a++)
			for (size_t b = 0; b < bulk.count; b++)
				CU_ASSERT_EQUAL(bulk.ops[a].component == bulk.ops[b].component,
					reaches(&bulk, a, b) && reaches(&bulk, b, a));
		random_state = seed;
		test_ctx_free(cx);
	}
}

static void operations_have_a_limit(void)
{
	struct limits limits = test_limits;
	struct ctx *cx = test_ctx();
	static const char text[] = "{\"Operations\":[{},{},{}]}";
	struct json_object *body;
	struct bulk bulk;
	cx->limits = &limits;
	CU_ASSERT_EQUAL_FATAL(json_parse(cx, text, sizeof(text) - 1, &body), SCIM_OK);
	limits.bulk_operations = 3;
	CU_ASSERT_EQUAL(bulk_parse(cx, types, body, &bulk), SCIM_OK);
	limits.bulk_operations = 2;
	CU_ASSERT_EQUAL(bulk_parse(cx, types, body, &bulk), SCIM_TOO_LARGE);
	CU_ASSERT_STRING_EQUAL(cx->detail, "more than 2 operations (maxOperations)");
	test_ctx_free(cx);
}

static void who_refers_to_a_failure_fails(void)
{
	struct ctx *cx = test_ctx();
	const char *ids[2] = { NULL, "2" };
	struct bulk bulk;
	parse_made(cx, 2, put_ring, &bulk);
	CU_ASSERT_EQUAL(bulk_resolve(cx, &bulk, 0, ids), SCIM_OK);
	CU_ASSERT_EQUAL(bulk_resolve(cx, &bulk, 1, ids), SCIM_INVALID_VALUE);
	CU_ASSERT_STRING_EQUAL(cx->detail, "the operation with bulkId 'g0' failed");
	test_ctx_free(cx);
}

static void responses_are_printed(void)
{
	static const struct bulk_op post = {
		.method = BULK_POST, .method_text = "POST", .bulk_id = "q\"1"
	};
	static const struct bulk_op delete = { .method = BULK_DELETE, .method_text = "DELETE" };
	static const struct bulk_op odd = { .method = BULK__MAX };
	struct bulk_result result = {
		.status = 201, .location = "https://x/1", .version = "W/\"1\""
	};
	struct ctx *cx = test_ctx();
	struct json_object *tree;
	struct buf buf;
	buf_init(&buf, cx->arena, 0);
	bulk_print_open(&buf);
	bulk_print_op(&buf, &post, &result);
	result.err = SCIM_UNIQUENESS;
	bulk_print_op(&buf, &post, &result);
	bulk_print_op(&buf, &delete, &(struct bulk_result){ .status = 204, .location = "u" });
	bulk_print_op(&buf, &delete,
		&(struct bulk_result){ .err = SCIM_NOT_FOUND, .detail = "d", .location = "u" });
	bulk_print_op(&buf, &odd, &(struct bulk_result){ .err = SCIM_INVALID_SYNTAX });
	bulk_print_close(&buf);
	CU_ASSERT_EQUAL(json_parse_object(cx, buf.data, buf.len, &tree), SCIM_OK);
	struct buf error;
	buf_init(&error, cx->arena, 0);
	message_error(&error, SCIM_UNIQUENESS, NULL);
	const char *uniqueness = arena_strdup(cx->arena, error.data);
	buf_cut(&error, 0);
	message_error(&error, SCIM_NOT_FOUND, "d");
	const char *not_found = arena_strdup(cx->arena, error.data);
	buf_cut(&error, 0);
	message_error(&error, SCIM_INVALID_SYNTAX, NULL);
	CU_ASSERT_STRING_EQUAL(buf.data,
		arena_printf(cx->arena,
			"{\"schemas\":[\"" URN_MESSAGE_BULK_RESPONSE "\"],\"Operations\":["
			"{\"location\":\"https://x/1\",\"method\":\"POST\",\"bulkId\":\"q\\\"1\","
			"\"version\":\"W/\\\"1\\\"\",\"status\":\"201\"},"
			"{\"method\":\"POST\",\"bulkId\":\"q\\\"1\",\"version\":\"W/\\\"1\\\"\","
			"\"status\":\"409\",\"response\":%s},"
			"{\"location\":\"u\",\"method\":\"DELETE\",\"status\":\"204\"},"
			"{\"location\":\"u\",\"method\":\"DELETE\",\"status\":\"404\","
			"\"response\":%s},{\"status\":\"400\",\"response\":%s}]}",
			uniqueness, not_found, error.data));
	test_ctx_free(cx);
}

CU_TestInfo bulk_tests[] = {
	{ "the vectors hold", vectors_hold },
	{ "operations have a limit", operations_have_a_limit },
	{ "long chains are turned round", long_chains_are_turned_round },
	{ "circles are one component", circles_are_one_component },
	{ "components are those of the definition", components_are_those_of_the_definition },
	{ "who refers to a failure fails", who_refers_to_a_failure_fails },
	{ "responses are printed", responses_are_printed },
	CU_TEST_INFO_NULL,
};
