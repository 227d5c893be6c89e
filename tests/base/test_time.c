/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#include "base/text.h"
#include "support.h"

/* A time as a client may write it, and as we print it; NULL: it is none. */
static const struct {
	const char *sent, *printed;
} times[] = {
	{ "2026-11-21T18:49:44.123456Z", "2026-11-21T18:49:44.123456Z" },
	{ "2026-11-21T18:49:44Z", "2026-11-21T18:49:44.000000Z" },
	{ "2026-11-21t18:49:44z", "2026-11-21T18:49:44.000000Z" },
	{ "2026-11-21T18:49:44", "2026-11-21T18:49:44.000000Z" },
	{ "2026-11-21T18:49:44.5", "2026-11-21T18:49:44.500000Z" },
	{ "2026-11-21T18:49:44.12345678901234567890Z", "2026-11-21T18:49:44.123456Z" },
	{ "2026-11-21T18:49:44+05:30", "2026-11-21T13:19:44.000000Z" },
	{ "2026-11-21T18:49:44-08:00", "2026-11-22T02:49:44.000000Z" },
	{ "2026-11-21T18:49:44.25-00:00", "2026-11-21T18:49:44.250000Z" },
	{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z" },
	{ "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z" },
	{ "1900-01-01T00:00:00.000001Z", "1900-01-01T00:00:00.000001Z" },
	{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z" },
	{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z" },
	{ "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000000Z" },
	{ "2000-02-29T12:00:00Z", "2000-02-29T12:00:00.000000Z" },
	{ "2024-12-31T23:00:00-01:00", "2025-01-01T00:00:00.000000Z" },
	{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z" },
	{ "2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500000Z" },
	{ "", NULL },
	{ "now", NULL },
	{ "infinity", NULL },
	{ "-infinity", NULL },
	{ "epoch", NULL },
	{ "2026-11-21", NULL },
	{ "2026-11-21 18:49:44Z", NULL },
	{ "2026-11-21T18:49Z", NULL },
	{ "2026-11-21T18:49:44.Z", NULL },
	{ "2026-11-21T18:49:44.", NULL },
	{ "2026-11-21T18:49:44,5Z", NULL },
	{ "2026-11-21T18:49:44ZZ", NULL },
	{ "2026-11-21T18:49:44Z ", NULL },
	{ " 2026-11-21T18:49:44Z", NULL },
	{ "2026-11-21T18:49:44+0530", NULL },
	{ "2026-11-21T18:49:44+5:30", NULL },
	{ "2026-11-21T18:49:44+24:00", NULL },
	{ "2026-11-21T18:49:44+05:60", NULL },
	{ "2026-11-21T18:49:44 UTC", NULL },
	{ "2026-11-21T24:00:00Z", NULL },
	{ "2026-11-21T23:60:00Z", NULL },
	{ "2026-11-21T23:59:61Z", NULL },
	{ "2026-00-21T18:49:44Z", NULL },
	{ "2026-13-21T18:49:44Z", NULL },
	{ "2026-11-00T18:49:44Z", NULL },
	{ "2026-11-31T18:49:44Z", NULL },
	{ "2026-01-32T18:49:44Z", NULL },
	{ "2023-02-29T12:00:00Z", NULL },
	{ "1900-02-29T12:00:00Z", NULL },
	{ "0000-01-01T00:00:00Z", NULL },
	{ "0001-01-01T00:00:00+00:01", NULL },
	{ "9999-12-31T23:59:60Z", NULL },
	{ "9999-12-31T23:59:59-00:01", NULL },
	{ "10000-01-01T00:00:00Z", NULL },
	{ "300000-01-01T00:00:00Z", NULL },
	{ "+2026-11-21T18:49:44Z", NULL },
	{ "-001-11-21T18:49:44Z", NULL },
	{ "2026-W47-6T18:49:44Z", NULL },
	{ "20261121T184944Z", NULL },
};

static void times_are_rfc_3339s(void)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		const char *sent = times[i].sent;
		int64_t us = 77;
		char text[TIME_TEXT] = "";

		CU_ASSERT_EQUAL(time_parse(sent, strlen(sent), &us), times[i].printed != NULL);
		time_print_us(us, text);
		if (times[i].printed)
			CU_ASSERT_STRING_EQUAL(text, times[i].printed);
		if (!times[i].printed)
			CU_ASSERT_EQUAL(us, 77);
	}
}

static void only_the_given_bytes_are_read(void)
{
	int64_t us;

	CU_ASSERT(time_parse("2026-11-21T18:49:44.5678", 21, &us));
	CU_ASSERT_EQUAL(us % 1000000, 500000);
	CU_ASSERT(!time_parse("2026-11-21T18:49:44Z", 18, &us));
	CU_ASSERT(!time_parse("2026-11-21T18:49:44\0Z", 21, &us));
}

static void milliseconds_are_printed(void)
{
	char text[TIME_TEXT];

	time_print(INT64_C(1795286984123999), text);
	CU_ASSERT_STRING_EQUAL(text, "2026-11-21T18:49:44.123Z");
	time_print(-1, text);
	CU_ASSERT_STRING_EQUAL(text, "1969-12-31T23:59:59.999Z");
	time_print(0, text);
	CU_ASSERT_STRING_EQUAL(text, "1970-01-01T00:00:00.000Z");
}

static void absurd_times_print_too(void)
{
	char text[TIME_TEXT];

	time_print_us(INT64_MAX, text);
	CU_ASSERT_EQUAL(strlen(text), TIME_TEXT - 1);
	time_print_us(INT64_MIN, text);
	CU_ASSERT_EQUAL(strlen(text), TIME_TEXT - 1);
}

/* Every day for 800 years: two rounds of the calendar. */
static void every_day_survives(void)
{
	const int64_t day = INT64_C(86400000000);
	unsigned wrong = 0;

	for (int64_t i = -370 * 365; i < 430 * 365; i++) {
		char text[TIME_TEXT];
		int64_t us = 0;

		time_print_us(i * day + 1, text);
		wrong += !time_parse(text, strlen(text), &us) || us != i * day + 1;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void postgresqls_times_are_read(void)
{
	int64_t us = 77;
	int64_t same;

	CU_ASSERT(time_parse_pg("2026-11-21 18:49:44.123+00", &us));
	CU_ASSERT_EQUAL(us, INT64_C(1795286984123000));
	CU_ASSERT(time_parse_pg("2026-11-21 18:49:44+00", &us));
	CU_ASSERT_EQUAL(us, INT64_C(1795286984000000));
	CU_ASSERT(time_parse_pg("1969-07-20 20:17:40.000001+00", &us));
	CU_ASSERT_EQUAL(us % 1000000, 1 - 1000000);
	same = us;
	CU_ASSERT(!time_parse_pg("infinity", &us));
	CU_ASSERT(!time_parse_pg("", &us));
	CU_ASSERT(!time_parse_pg("2026-11-21 18:49:44+01", &us));
	CU_ASSERT(!time_parse_pg("2026-11-21 18:49:44", &us));
	CU_ASSERT(!time_parse_pg("2026-11-21T18:49:44+00", &us));
	CU_ASSERT(!time_parse_pg("0044-03-15 12:00:00+00 BC", &us));
	CU_ASSERT(!time_parse_pg("12026-11-21 18:49:44+00", &us));
	CU_ASSERT_EQUAL(us, same);
}

static void the_clock_has_whole_milliseconds(void)
{
	int64_t now = time_now();

	CU_ASSERT(now > INT64_C(1700000000000000));
	CU_ASSERT_EQUAL(now % 1000, 0);
	CU_ASSERT(time_now() >= now);
}

CU_TestInfo time_tests[] = {
	{ "times are RFC 3339's", times_are_rfc_3339s },
	{ "only the given bytes are read", only_the_given_bytes_are_read },
	{ "milliseconds are printed", milliseconds_are_printed },
	{ "absurd times print too", absurd_times_print_too },
	{ "every day survives", every_day_survives },
	{ "PostgreSQL's times are read", postgresqls_times_are_read },
	{ "the clock has whole milliseconds", the_clock_has_whole_milliseconds },
	CU_TEST_INFO_NULL,
};
