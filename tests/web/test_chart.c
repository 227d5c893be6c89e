/* SPDX-License-Identifier: MIT */
#include <CUnit/CUnit.h>

#include "base/text.h"
#include "support.h"
#include "web/chart.h"

static const char *const labels[] = { "Monday", "Tuesday <&\">", "Wednesday" };
static const char *const ticks[] = { "Mo", NULL, "We" };
static const struct chart_series series[] = { { "good", "good" }, { "bad", "bad" } };

static struct chart sample(const int64_t *value)
{
	struct chart chart = { .id = "sample",
		.title = "Work <done>",
		.unit = "requests",
		.point = "day",
		.points = 3,
		.label = labels,
		.tick = ticks,
		.series_count = 2,
		.series = series,
		.value = value };

	return chart;
}

static int occurrences(const char *text, const char *part)
{
	int n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

static void an_axis_ends_at_a_round_number(void)
{
	static const struct {
		int64_t max, end, step;
	} rows[] = {
		{ 0, 1, 1 },
		{ 1, 1, 1 },
		{ 5, 5, 1 },
		{ 6, 6, 2 },
		{ 11, 15, 5 },
		{ 99, 100, 20 },
		{ 101, 150, 50 },
		{ 1234, 1500, 500 },
		{ 1000000, 1000000, 200000 },
	};
	int64_t step;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CU_ASSERT_EQUAL(chart_ceiling(rows[i].max, &step), rows[i].end);
		CU_ASSERT_EQUAL(step, rows[i].step);
	}
	CU_ASSERT_TRUE(chart_ceiling(INT64_MAX, &step) >= INT64_MAX / 2);
	CU_ASSERT_TRUE(step > 0);
}

static void thousands_stand_apart(void)
{
	struct arena *arena = arena_new();

	CU_ASSERT_STRING_EQUAL(chart_number(arena, 0), "0");
	CU_ASSERT_STRING_EQUAL(chart_number(arena, 999), "999");
	CU_ASSERT_STRING_EQUAL(chart_number(arena, 1000), "1,000");
	CU_ASSERT_STRING_EQUAL(chart_number(arena, -1234567), "-1,234,567");
	arena_free(arena);
}

/* The plot is 648 wide and 232 high, from 64,16; four is the end of the axis. */
static void bars_stand_on_one_another(void)
{
	static const int64_t value[] = { 1, 3, 0, 0, 4, 0 };
	struct arena *arena = arena_new();
	struct chart chart = sample(value);
	struct buf buf;

	buf_init(&buf, arena, 0);
	chart_bars(&buf, &chart);
	CU_ASSERT_EQUAL(occurrences(buf.data, "<rect class=\"bar"), 2 + 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf.data,
		"<rect class=\"bar good\" x=\"65.0\" y=\"190.0\" width=\"214.0\" height=\"58.0\">"
		"<title>Monday: 1 good</title>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buf.data,
		"<rect class=\"bar bad\" x=\"65.0\" y=\"16.0\" width=\"214.0\" height=\"174.0\">"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(buf.data, "From Monday to Wednesday; at most 4 requests in one day."));
	CU_ASSERT_EQUAL(occurrences(buf.data, "class=\"grid\""), 4);
	CU_ASSERT_EQUAL(occurrences(buf.data, "class=\"axis\""), 1);
	arena_free(arena);
}

static void lines_do_not(void)
{
	static const int64_t value[] = { 1, 3, 0, 0, 4, 0 };
	struct arena *arena = arena_new();
	struct chart chart = sample(value);
	struct buf buf;

	buf_init(&buf, arena, 0);
	chart_lines(&buf, &chart);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf.data,
		"<polyline class=\"line good\" points=\"172.0,190.0 388.0,248.0 604.0,16.0\"/>"));
	CU_ASSERT_EQUAL(occurrences(buf.data, "<circle"), 6);
	arena_free(arena);
}

static void the_table_has_the_numbers(void)
{
	static const int64_t value[] = { 1000, 3, 0, 0, 4, 0 };
	struct arena *arena = arena_new();
	struct chart chart = sample(value);
	struct buf buf;

	buf_init(&buf, arena, 0);
	chart_bars(&buf, &chart);
	CU_ASSERT_EQUAL(occurrences(buf.data, "<th scope=\"row\">"), 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf.data,
		"<th scope=\"row\">Monday</th><td class=\"number\">1,000</td><td class=\"number\">3</td>"));
	buf_cut(&buf, 0);
	chart.sparse = true;
	chart_bars(&buf, &chart);
	CU_ASSERT_EQUAL(occurrences(buf.data, "<th scope=\"row\">"), 2);
	arena_free(arena);
}

static void texts_are_escaped_and_nothing_is_inline(void)
{
	static const int64_t value[] = { 1, 1, 1, 1, 1, 1 };
	struct arena *arena = arena_new();
	struct chart chart = sample(value);
	struct buf buf;

	buf_init(&buf, arena, 0);
	chart_bars(&buf, &chart);
	chart_lines(&buf, &chart);
	CU_ASSERT_PTR_NULL(strstr(buf.data, "<done>"));
	CU_ASSERT_PTR_NULL(strstr(buf.data, "<&\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(buf.data, "Work &lt;done&gt;"));
	CU_ASSERT_PTR_NULL(strstr(buf.data, "style="));
	arena_free(arena);
}

/* An empty chart has an axis, and divides by nothing. */
static void nothing_is_drawn_as_nothing(void)
{
	static const int64_t value[] = { 0, 0, 0, 0, 0, 0 };
	struct arena *arena = arena_new();
	struct chart chart = sample(value);
	struct buf buf;

	buf_init(&buf, arena, 0);
	chart_bars(&buf, &chart);
	CU_ASSERT_EQUAL(occurrences(buf.data, "<rect class=\"bar"), 2);
	CU_ASSERT_PTR_NULL(strstr(buf.data, "nan"));
	CU_ASSERT_PTR_NULL(strstr(buf.data, "inf"));
	arena_free(arena);
}

CU_TestInfo chart_tests[] = {
	{ "an axis ends at a round number", an_axis_ends_at_a_round_number },
	{ "thousands stand apart", thousands_stand_apart },
	{ "bars stand on one another", bars_stand_on_one_another },
	{ "lines do not", lines_do_not },
	{ "the table has the numbers", the_table_has_the_numbers },
	{ "texts are escaped and nothing is inline", texts_are_escaped_and_nothing_is_inline },
	{ "nothing is drawn as nothing", nothing_is_drawn_as_nothing },
	CU_TEST_INFO_NULL,
};
