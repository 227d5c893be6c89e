/* SPDX-License-Identifier: MIT */
#include <CUnit/CUnit.h>

#include "base/buf.h"
#include "base/text.h"

static void it_grows_and_stays_terminated(void)
{
	struct arena *arena = arena_new();
	struct buf buf;
	unsigned wrong = 0;

	buf_init(&buf, arena, 0);
	CU_ASSERT_STRING_EQUAL(buf.data, "");
	for (size_t i = 0; i < 10000; i++) {
		buf_putc(&buf, (char)('a' + i % 26));
		wrong += buf.len != i + 1 || buf.data[i + 1] != '\0';
	}
	for (size_t i = 0; i < 10000; i++)
		wrong += buf.data[i] != (char)('a' + i % 26);
	CU_ASSERT_EQUAL(wrong, 0);
	arena_free(arena);
}

static void a_good_hint_means_no_growth(void)
{
	struct arena *arena = arena_new();
	struct buf buf;
	char *data;

	buf_init(&buf, arena, 1000);
	data = buf.data;
	for (int i = 0; i < 1000; i++)
		buf_putc(&buf, 'x');
	CU_ASSERT_PTR_EQUAL(buf.data, data);
	buf_putc(&buf, 'x');
	CU_ASSERT_PTR_NOT_EQUAL(buf.data, data);
	arena_free(arena);
}

static void pieces_join(void)
{
	struct arena *arena = arena_new();
	struct buf buf;

	buf_init(&buf, arena, 0);
	buf_puts(&buf, "ab");
	buf_put(&buf, "c\0d", 3);
	buf_put(&buf, NULL, 0);
	buf_printf(&buf, "%0100d", 1);
	CU_ASSERT_EQUAL(buf.len, 105);
	CU_ASSERT_EQUAL(memcmp(buf.data, "abc\0d000", 8), 0);
	buf_cut(&buf, 2);
	buf_puts(&buf, "e");
	CU_ASSERT_STRING_EQUAL(buf.data, "abe");
	arena_free(arena);
}

static void json_strings_are_escaped(void)
{
	static const char all[] = "q\"b\\s/\b\f\n\r\t\x01\x1f\x7f \xc3\xa9 \xf0\x9f\x98\x80";
	struct arena *arena = arena_new();
	struct buf buf;

	buf_init(&buf, arena, 0);
	buf_jsons(&buf, all);
	CU_ASSERT_STRING_EQUAL(buf.data,
		"\"q\\\"b\\\\s/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f \xc3\xa9 \xf0\x9f\x98\x80\"");
	buf_cut(&buf, 0);
	buf_json(&buf, "a\0b", 3);
	CU_ASSERT_STRING_EQUAL(buf.data, "\"a\\u0000b\"");
	buf_cut(&buf, 0);
	buf_jsons(&buf, "");
	CU_ASSERT_STRING_EQUAL(buf.data, "\"\"");
	arena_free(arena);
}

CU_TestInfo buf_tests[] = {
	{ "it grows and stays terminated", it_grows_and_stays_terminated },
	{ "a good hint means no growth", a_good_hint_means_no_growth },
	{ "pieces join", pieces_join },
	{ "JSON strings are escaped", json_strings_are_escaped },
	CU_TEST_INFO_NULL,
};
