/* SPDX-License-Identifier: MIT */
#include "base/id.h"

#include "base/text.h"
#include "support.h"

static const struct uuid zero;
static const struct uuid ones = { { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255 } };
/* RFC 9562 appendix A.6 */
static const struct uuid example = { { 0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3, 0x98, 0xc4,
	0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f } };

static void version_7_holds_the_time(void)
{
	for (int i = 0; i < 1000; i++) {
		struct uuid id = uuid_v7(0x017f22e279b0 * 1000LL);

		CU_ASSERT_EQUAL(memcmp(id.byte, example.byte, 6), 0);
		CU_ASSERT_EQUAL(id.byte[6] >> 4, 7);
		CU_ASSERT_EQUAL(id.byte[8] >> 6, 2);
	}
}

static void later_ids_are_greater(void)
{
	struct uuid last = uuid_v7(1);

	for (int64_t us = 2; us < INT64_C(1) << 57; us += us / 2) {
		struct uuid id = uuid_v7(us);

		CU_ASSERT(memcmp(id.byte, last.byte, sizeof(id.byte)) > 0);
		last = id;
	}
}

static void ids_of_one_millisecond_differ(void)
{
	struct uuid a = uuid_v7(7);
	struct uuid b = uuid_v7(7);

	CU_ASSERT(!uuid_equal(&a, &b));
	CU_ASSERT(uuid_equal(&a, &a));
}

static void uuids_print_and_parse(void)
{
	struct arena *arena = arena_new();
	struct uuid id;

	CU_ASSERT_STRING_EQUAL(uuid_text(arena, &example), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	CU_ASSERT_STRING_EQUAL(uuid_text(arena, &zero), "00000000-0000-0000-0000-000000000000");
	CU_ASSERT(uuid_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 36, &id));
	CU_ASSERT(uuid_equal(&id, &example));
	arena_free(arena);
}

/* reliability A9: PostgreSQL takes all of these. */
static void uuids_have_one_spelling(void)
{
	static const char *const bad[] = {
		"",
		"017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
		"{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
		"017f22e279b07cc398c4dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
		" 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398 ",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
		"017f22e2 79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
		"017f-22e279b0-7cc3-98c4-dc0c0c07398f",
		"------------------------------------",
	};
	struct uuid id = ones;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT(!uuid_parse(bad[i], strlen(bad[i]), &id));
	CU_ASSERT(uuid_equal(&id, &ones));
}

static void capitals_are_read_where_they_may_be(void)
{
	struct uuid id, same;

	CU_ASSERT(uuid_iparse("017F22E2-79B0-7cc3-98c4-dc0c0c07398F", 36, &id));
	CU_ASSERT(uuid_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 36, &same));
	CU_ASSERT(uuid_equal(&id, &same));
	CU_ASSERT(!uuid_iparse("017F22E279B07CC398C4DC0C0C07398F", 32, &id));
	CU_ASSERT(!uuid_iparse("017F22E2-79B0-7cc3-98c4-dc0c0c07398FF", 37, &id));
	CU_ASSERT(!uuid_iparse("G17F22E2-79B0-7cc3-98c4-dc0c0c07398F", 36, &id));
}

/* Computed with Python's integers. */
static const struct {
	const struct uuid *id;
	const char *digits;
} spellings[] = {
	{ &zero, "0000000000000000000000000" },
	{ &ones, "f5lxx1zz5pnorynqglhzmsp33" },
	{ &example, "036twi214qwj7mgsvq83nm8wf" },
};

static void ids_print_and_parse(void)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		char *text = id_print(arena, ID_USER, spellings[i].id);
		struct uuid id;

		CU_ASSERT_STRING_EQUAL(
			text, arena_printf(arena, "scim_user_%s", spellings[i].digits));
		CU_ASSERT(id_parse(ID_USER, text, strlen(text), &id));
		CU_ASSERT(uuid_equal(&id, spellings[i].id));
	}
	arena_free(arena);
}

static void ids_have_one_spelling(void)
{
	static const char *const bad[] = {
		"",
		"scim_user_",
		"scim_user_f5lxx1zz5pnorynqglhzmsp34",
		"scim_user_g000000000000000000000000",
		"scim_user_zzzzzzzzzzzzzzzzzzzzzzzzz",
		"scim_user_F5LXX1ZZ5PNORYNQGLHZMSP33",
		"SCIM_USER_f5lxx1zz5pnorynqglhzmsp33",
		"scim_group_f5lxx1zz5pnorynqglhzmsp33",
		"scim_user_5lxx1zz5pnorynqglhzmsp33",
		"scim_user_0f5lxx1zz5pnorynqglhzmsp33",
		"scim_user_f5lxx1zz5pnorynqglhzmsp3 ",
		"scim_user_+5lxx1zz5pnorynqglhzmsp33",
		"f5lxx1zz5pnorynqglhzmsp33",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
	};
	struct uuid id = example;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT(!id_parse(ID_USER, bad[i], strlen(bad[i]), &id));
	CU_ASSERT(!id_parse(ID_USER, "scim_user_000000000000\0000000000000", 35, &id));
	CU_ASSERT(uuid_equal(&id, &example));
}

static void every_kind_has_its_prefix(void)
{
	struct arena *arena = arena_new();

	for (int a = 0; a < ID__MAX; a++) {
		char *text = id_print(arena, (enum id_kind)a, &example);

		CU_ASSERT_EQUAL(strncmp(text, id_prefix((enum id_kind)a), 4), 0);
		for (int b = 0; b < ID__MAX; b++) {
			struct uuid id;

			CU_ASSERT_EQUAL(id_parse((enum id_kind)b, text, strlen(text), &id), a == b);
		}
	}
	arena_free(arena);
}

static void any_id_survives_both_spellings(void)
{
	for (int i = 0; i < 1000; i++) {
		struct arena *arena = arena_new();
		struct uuid id = uuid_v7(((int64_t)i << 38) * 1000);
		struct uuid one, two;
		char *text = id_print(arena, ID_GROUP, &id);

		CU_ASSERT(id_parse(ID_GROUP, text, strlen(text), &one));
		CU_ASSERT(uuid_parse(uuid_text(arena, &id), UUID_TEXT - 1, &two));
		CU_ASSERT(uuid_equal(&id, &one) && uuid_equal(&id, &two));
		arena_free(arena);
	}
}

static void an_id_takes_the_tag_of_its_directory(void)
{
	const int64_t us = INT64_C(1795000000000000);
	struct uuid directory = uuid_v7(us), last = { { 0 } };
	char want[TAG_TEXT], got[TAG_TEXT], text[UUID_TEXT];
	int i;

	uuid_tag(&directory, want);
	uuid_print(&directory, text);
	CU_ASSERT_STRING_EQUAL(text + UUID_TEXT - TAG_TEXT, want);
	for (i = 0; i < 1000; i++) {
		struct uuid id = uuid_v7(us + i), twice;

		uuid_join(&id, &directory);
		twice = id;
		uuid_join(&twice, &directory);
		uuid_tag(&id, got);
		CU_ASSERT_STRING_EQUAL(got, want);
		CU_ASSERT_TRUE(uuid_equal(&id, &twice));
		CU_ASSERT_TRUE(memcmp(id.byte, last.byte, sizeof(id.byte)) > 0);
		last = id;
	}
}

static void the_floor_of_a_moment_is_below_its_ids(void)
{
	const int64_t us = INT64_C(1795000000123000);
	struct uuid floor = uuid_floor(us + 999), before = uuid_v7(us - 1), at = uuid_v7(us);
	struct uuid first = uuid_floor(-5);
	int i;

	CU_ASSERT_TRUE(memcmp(before.byte, floor.byte, sizeof(floor.byte)) < 0);
	CU_ASSERT_TRUE(memcmp(at.byte, floor.byte, sizeof(floor.byte)) > 0);
	for (i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(first.byte[i], 0);
}

static void what_is_no_id_is_the_id_of_none(void)
{
	struct uuid none = { { 0 } }, id = uuid_v7(1), named;
	struct arena *arena = arena_new();

	named = id_named(ID_GROUP, id_print(arena, ID_GROUP, &id));
	CU_ASSERT_TRUE(uuid_equal(&named, &id));
	named = id_named(ID_USER, id_print(arena, ID_GROUP, &id));
	CU_ASSERT_TRUE(uuid_equal(&named, &none));
	named = id_named(ID_GROUP, "");
	CU_ASSERT_TRUE(uuid_equal(&named, &none));
	arena_free(arena);
}

CU_TestInfo id_tests[] = {
	{ "version 7 holds the time", version_7_holds_the_time },
	{ "later ids are greater", later_ids_are_greater },
	{ "ids of one millisecond differ", ids_of_one_millisecond_differ },
	{ "UUIDs print and parse", uuids_print_and_parse },
	{ "UUIDs have one spelling", uuids_have_one_spelling },
	{ "ids print and parse", ids_print_and_parse },
	{ "ids have one spelling", ids_have_one_spelling },
	{ "every kind has its prefix", every_kind_has_its_prefix },
	{ "any id survives both spellings", any_id_survives_both_spellings },
	{ "an id takes the tag of its directory", an_id_takes_the_tag_of_its_directory },
	{ "the floor of a moment is below its ids", the_floor_of_a_moment_is_below_its_ids },
	{ "what is no id is the id of none", what_is_no_id_is_the_id_of_none },
	{ "capitals are read where they may be", capitals_are_read_where_they_may_be },
	CU_TEST_INFO_NULL,
};
