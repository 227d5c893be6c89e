/* SPDX-License-Identifier: MIT */
#include <CUnit/CUnit.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

static bool all_zero(const char *memory, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (memory[i])
			return false;
	}
	return true;
}

static void memory_is_zeroed_and_aligned(void)
{
	struct arena *arena = arena_new();

	for (size_t len = 0; len < 200000; len = len * 2 + 1) {
		char *memory = arena_alloc(arena, len);

		CU_ASSERT_EQUAL((uintptr_t)memory % _Alignof(max_align_t), 0);
		CU_ASSERT(all_zero(memory, len));
		memset(memory, 0xff, len);
	}
	arena_free(arena);
}

static void neighbours_do_not_overlap(void)
{
	struct arena *arena = arena_new();
	char *memory[2000];
	unsigned wrong = 0;

	for (size_t i = 0; i < 2000; i++)
		memory[i] = memset(arena_alloc(arena, i), (int)(i % 251), i);
	for (size_t i = 0; i < 2000; i++) {
		for (size_t j = 0; j < i; j++)
			wrong += memory[i][j] != (char)(i % 251);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	arena_free(arena);
}

static void much_memory_costs_little_more(void)
{
	struct arena *arena = arena_new();
	size_t asked = 0;

	for (int i = 0; i < 100000; i++) {
		arena_alloc(arena, 160);
		asked += 160;
	}
	CU_ASSERT(arena_size(arena) >= asked);
	CU_ASSERT(arena_size(arena) < asked * 5 / 4);
	arena_free(arena);
}

static char called[8];

static void call(void *arg)
{
	strncat(called, arg, 1);
}

static void deferred_calls_run_newest_first(void)
{
	struct arena *arena = arena_new();

	called[0] = '\0';
	arena_defer(arena, call, (char[]){ "a" });
	arena_defer(arena, call, (char[]){ "b" });
	arena_defer(arena, call, (char[]){ "c" });
	CU_ASSERT_STRING_EQUAL(called, "");
	arena_free(arena);
	CU_ASSERT_STRING_EQUAL(called, "cba");
}

static void defer_again(void *arg)
{
	arena_defer(arg, call, arena_strdup(arg, "x"));
}

static void deferred_calls_may_use_the_arena(void)
{
	struct arena *arena = arena_new();

	called[0] = '\0';
	arena_defer(arena, call, (char[]){ "a" });
	arena_defer(arena, defer_again, arena);
	arena_free(arena);
	CU_ASSERT_STRING_EQUAL(called, "xa");
}

static void copies_end_in_nul(void)
{
	struct arena *arena = arena_new();
	struct arena *other = arena_new();
	char *copy = arena_strndup(arena, "abcdef", 3);

	CU_ASSERT_STRING_EQUAL(copy, "abc");
	CU_ASSERT_STRING_EQUAL(arena_strndup(arena, NULL, 0), "");
	CU_ASSERT_STRING_EQUAL(arena_strdup(other, copy), "abc");
	arena_free(other);
	arena_free(arena);
}

static void printf_takes_any_length(void)
{
	struct arena *arena = arena_new();
	char *text = arena_printf(arena, "%*d|%s", 100000, 7, "end");

	CU_ASSERT_EQUAL(strlen(text), 100004);
	CU_ASSERT_STRING_EQUAL(text + 99999, "7|end");
	CU_ASSERT_STRING_EQUAL(arena_printf(arena, "%s", ""), "");
	arena_free(arena);
}

CU_TestInfo arena_tests[] = {
	{ "memory is zeroed and aligned", memory_is_zeroed_and_aligned },
	{ "neighbours do not overlap", neighbours_do_not_overlap },
	{ "much memory costs little more", much_memory_costs_little_more },
	{ "deferred calls run newest first", deferred_calls_run_newest_first },
	{ "deferred calls may use the arena", deferred_calls_may_use_the_arena },
	{ "copies end in NUL", copies_end_in_nul },
	{ "printf takes any length", printf_takes_any_length },
	CU_TEST_INFO_NULL,
};
