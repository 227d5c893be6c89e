/* SPDX-License-Identifier: MIT */
/* Sealed positions: what was made is opened, whatever was touched is not. */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "support.h"
#include "web/seal.h"

static const struct mac_key key = { "0123456789abcdef0123456789abcde" };
static const struct mac_key other = { "0123456789abcdef0123456789abcdE" };

static void what_was_sealed_is_opened(void)
{
	static const char *const texts[] = { "", "x", "1 2 =key", "ü € 😀",
		"a text that is longer than one block of the hash, which has sixty-four bytes" };
	struct arena *arena = arena_new();
	size_t i, len;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *seal = seal_make(arena, &key, "context", texts[i], strlen(texts[i]));

		CU_ASSERT_STRING_EQUAL(seal_open(arena, seal, &len), texts[i]);
		CU_ASSERT_EQUAL(len, strlen(texts[i]));
		CU_ASSERT_TRUE(seal_check(arena, &key, "context", seal));
		CU_ASSERT_PTR_NULL(strpbrk(seal, "+/=&?# "));
	}
	arena_free(arena);
}

static void another_key_or_context_is_refused(void)
{
	struct arena *arena = arena_new();
	const char *seal = seal_make(arena, &key, "context", "data", 4);

	CU_ASSERT_FALSE(seal_check(arena, &other, "context", seal));
	CU_ASSERT_FALSE(seal_check(arena, &key, "Context", seal));
	CU_ASSERT_FALSE(seal_check(arena, &key, "", seal));
	/* where the context ends and the data begins cannot be moved */
	CU_ASSERT_FALSE(
		seal_check(arena, &key, "contextd", seal_make(arena, &key, "context", "data", 4)));
	CU_ASSERT_STRING_NOT_EQUAL(
		seal_make(arena, &key, "ab", "c", 1), seal_make(arena, &key, "a", "bc", 2));
	arena_free(arena);
}

/* Each character changed, each length shorter, one more at the end. */
static void whatever_was_touched_is_refused(void)
{
	struct arena *arena = arena_new();
	const char *seal = seal_make(arena, &key, "context", "some data", 9);
	size_t i, len = strlen(seal);
	char *copy;

	for (i = 0; i < len; i++) {
		copy = arena_strdup(arena, seal);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		CU_ASSERT_FALSE(seal_check(arena, &key, "context", copy));
		CU_ASSERT_FALSE(seal_check(arena, &key, "context", arena_strndup(arena, seal, i)));
	}
	CU_ASSERT_FALSE(seal_check(arena, &key, "context", arena_printf(arena, "%sA", seal)));
	CU_ASSERT_FALSE(seal_check(arena, &key, "context", arena_printf(arena, "%s=", seal)));
	arena_free(arena);
}

static void what_is_no_seal_is_not_opened(void)
{
	static const char *const texts[] = { "", "A", "AAAA", "!", "AAAAAAAAAAAAAAAAAAAA", "a b",
		"ü", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" };
	struct arena *arena = arena_new();
	char *longest = arena_alloc(arena, 10001);
	size_t i, len;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		CU_ASSERT_PTR_NULL(seal_open(arena, texts[i], &len));
		CU_ASSERT_FALSE(seal_check(arena, &key, "context", texts[i]));
	}
	memset(longest, 'A', 10000);
	CU_ASSERT_PTR_NULL(seal_open(arena, longest, &len));
	arena_free(arena);
}

CU_TestInfo seal_tests[] = {
	{ "what was sealed is opened", what_was_sealed_is_opened },
	{ "another key or context is refused", another_key_or_context_is_refused },
	{ "whatever was touched is refused", whatever_was_touched_is_refused },
	{ "what is no seal is not opened", what_is_no_seal_is_not_opened },
	CU_TEST_INFO_NULL,
};
