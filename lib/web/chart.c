/* SPDX-License-Identifier: MIT */
/* The geometry of charts. One unit of the view box is one pixel of a wide window. */
#include "web/chart.h"

#include "base/text.h"
#include "web/html.h"

enum {
	WIDTH = 720,
	HEIGHT = 280,
	LEFT = 64, /* room for the numbers of the axis, in a narrow window too */
	RIGHT = 8,
	TOP = 16,
	BOTTOM = 32,
	PLOT_WIDTH = WIDTH - LEFT - RIGHT,
	PLOT_HEIGHT = HEIGHT - TOP - BOTTOM,
	STEPS_MAX = 5,
	TENTHS = 10,
	DOT_POINTS = 60 /* a line of more has no dots */
};

int64_t chart_ceiling(int64_t max, int64_t *step)
{
	static const int64_t factors[] = { 1, 2, 5 };
	int64_t power;
	size_t i;

	for (power = 1; power <= INT64_MAX / 100; power *= 10)
		for (i = 0; i < sizeof(factors) / sizeof(*factors); i++) {
			*step = power * factors[i];
			if (max <= *step * STEPS_MAX)
				return max < 1 ? *step : (max + *step - 1) / *step * *step;
		}
	*step = max;
	return max;
}

const char *chart_number(struct arena *arena, int64_t value)
{
	const char *digits = arena_printf(arena, "%lld", (long long)(value < 0 ? -value : value));
	size_t i, len = strlen(digits);
	struct buf buf;

	buf_init(&buf, arena, len + len / 3 + 2);
	if (value < 0)
		buf_putc(&buf, '-');
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_putc(&buf, ',');
		buf_putc(&buf, digits[i]);
	}
	return buf.data;
}

static const char *number(struct buf *buf, int64_t value)
{
	return chart_number(buf->arena, value);
}

static int64_t value_at(const struct chart *chart, int point, int series)
{
	return chart->value[point * chart->series_count + series];
}

static int64_t sum_of_point(const struct chart *chart, int point)
{
	int64_t sum = 0;
	int s;

	for (s = 0; s < chart->series_count; s++)
		sum += value_at(chart, point, s);
	return sum;
}

/* The highest bar, or the highest point of any line. */
static int64_t highest(const struct chart *chart, bool stacked)
{
	int64_t max = 0, value;
	int p, s;

	for (p = 0; p < chart->points; p++) {
		if (stacked && (value = sum_of_point(chart, p)) > max)
			max = value;
		for (s = 0; !stacked && s < chart->series_count; s++)
			if ((value = value_at(chart, p, s)) > max)
				max = value;
	}
	return max;
}

/* Of a value, in tenths of a unit from the top. */
static int height_of(int64_t value, int64_t top)
{
	return (int)((double)value / (double)top * PLOT_HEIGHT * TENTHS + 0.5);
}

static void put_tenths(struct buf *buf, const char *name, int tenths)
{
	buf_printf(buf, " %s=\"%d.%d\"", name, tenths / TENTHS, tenths % TENTHS);
}

static int y_of(int64_t value, int64_t top)
{
	return (TOP + PLOT_HEIGHT) * TENTHS - height_of(value, top);
}

static void put_grid(struct buf *buf, int64_t top, int64_t step)
{
	int64_t value;
	int y;

	for (value = 0; value <= top; value += step) {
		y = y_of(value, top);
		buf_printf(buf, "<line class=\"%s\" x1=\"%d\" x2=\"%d\"", value ? "grid" : "axis",
			LEFT, WIDTH - RIGHT);
		put_tenths(buf, "y1", y);
		put_tenths(buf, "y2", y);
		buf_printf(buf, "/><text class=\"tick\" text-anchor=\"end\" x=\"%d\"", LEFT - 6);
		put_tenths(buf, "y", y + 4 * TENTHS);
		html(buf, ">{}</text>\n", number(buf, value));
	}
}

/* Where the slot of a point begins, in tenths. A slot too many asks for the end of the last. */
static int slot_of(const struct chart *chart, int point)
{
	return LEFT * TENTHS + PLOT_WIDTH * TENTHS * point / chart->points;
}

static int middle_of(const struct chart *chart, int point)
{
	return (slot_of(chart, point) + slot_of(chart, point + 1)) / 2;
}

static void put_ticks(struct buf *buf, const struct chart *chart)
{
	int p;

	for (p = 0; p < chart->points; p++) {
		if (!chart->tick[p])
			continue;
		buf_puts(buf, "<text class=\"tick\" text-anchor=\"middle\"");
		put_tenths(buf, "x", middle_of(chart, p));
		html(buf, " y=\"{}\">{}</text>\n",
			arena_printf(buf->arena, "%d", HEIGHT - BOTTOM + 22), chart->tick[p]);
	}
}

static void put_bar(struct buf *buf, const struct chart *chart, int point, int64_t top)
{
	int gap = PLOT_WIDTH / chart->points > 6 ? TENTHS : 0;
	int x = slot_of(chart, point) + gap;
	int width = slot_of(chart, point + 1) - gap - x;
	int64_t below = 0, value;
	int s, y;

	for (s = 0; s < chart->series_count; s++) {
		if (!(value = value_at(chart, point, s)))
			continue;
		y = y_of(below + value, top);
		html(buf, "<rect class=\"bar {}\"", chart->series[s].class);
		put_tenths(buf, "x", x);
		put_tenths(buf, "y", y);
		put_tenths(buf, "width", width);
		put_tenths(buf, "height", y_of(below, top) - y);
		html(buf, "><title>{}: {} {}</title></rect>\n", chart->label[point],
			number(buf, value), chart->series[s].name);
		below += value;
	}
}

static void put_line(struct buf *buf, const struct chart *chart, int series, int64_t top)
{
	const char *class = chart->series[series].class;
	int p, x, y;

	html(buf, "<polyline class=\"line {}\" points=\"", class);
	for (p = 0; p < chart->points; p++) {
		x = middle_of(chart, p);
		y = y_of(value_at(chart, p, series), top);
		buf_printf(buf, "%s%d.%d,%d.%d", p ? " " : "", x / TENTHS, x % TENTHS, y / TENTHS,
			y % TENTHS);
	}
	buf_puts(buf, "\"/>\n");
	for (p = 0; p < chart->points && chart->points <= DOT_POINTS; p++) {
		html(buf, "<circle class=\"dot {}\" r=\"3\"", class);
		put_tenths(buf, "cx", middle_of(chart, p));
		put_tenths(buf, "cy", y_of(value_at(chart, p, series), top));
		html(buf, "><title>{}: {} {}</title></circle>\n", chart->label[p],
			number(buf, value_at(chart, p, series)), chart->series[series].name);
	}
}

/* How often each was counted altogether; of lines, where they end. */
static void put_legend(struct buf *buf, const struct chart *chart, bool stacked)
{
	int64_t value;
	int p, s;

	buf_puts(buf, "<ul class=\"legend\">\n");
	for (s = 0; s < chart->series_count; s++) {
		value = 0;
		for (p = 0; p < chart->points; p++)
			value = value_at(chart, p, s) + (stacked ? value : 0);
		html(buf,
			"<li><svg class=\"swatch\" viewBox=\"0 0 10 10\" aria-hidden=\"true\">"
			"<rect class=\"bar {}\" width=\"10\" height=\"10\"/></svg>"
			"{} <b>{}</b></li>\n",
			chart->series[s].class, chart->series[s].name, number(buf, value));
	}
	buf_puts(buf, "</ul>\n");
}

static void put_table(struct buf *buf, const struct chart *chart)
{
	int p, s;

	html(buf,
		"<details><summary>The numbers as a table</summary>\n"
		"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{} as a table\">\n"
		"<table>\n<thead><tr><th scope=\"col\">{}</th>",
		chart->title, chart->point);
	for (s = 0; s < chart->series_count; s++)
		html(buf, "<th scope=\"col\" class=\"number\">{}</th>", chart->series[s].name);
	buf_puts(buf, "</tr></thead>\n<tbody>\n");
	for (p = 0; p < chart->points; p++) {
		if (chart->sparse && !sum_of_point(chart, p))
			continue;
		html(buf, "<tr><th scope=\"row\">{}</th>", chart->label[p]);
		for (s = 0; s < chart->series_count; s++)
			html(buf, "<td class=\"number\">{}</td>",
				number(buf, value_at(chart, p, s)));
		buf_puts(buf, "</tr>\n");
	}
	buf_puts(buf, "</tbody>\n</table>\n</div>\n</details>\n");
}

static void open_svg(struct buf *buf, const struct chart *chart, int64_t most, bool stacked)
{
	html(buf, "<figure class=\"chart\">\n<figcaption>{}</figcaption>\n", chart->title);
	put_legend(buf, chart, stacked);
	buf_printf(buf, "<svg viewBox=\"0 0 %d %d\" role=\"img\"", WIDTH, HEIGHT);
	html(buf,
		" aria-labelledby=\"{}-title {}-desc\">\n<title id=\"{}-title\">{}</title>\n"
		"<desc id=\"{}-desc\">From {} to {}; at most {} {} in one {}.</desc>\n",
		chart->id, chart->id, chart->id, chart->title, chart->id, chart->label[0],
		chart->label[chart->points - 1], number(buf, most), chart->unit, chart->point);
}

static void put_chart(struct buf *buf, const struct chart *chart, bool stacked)
{
	int64_t step, most = highest(chart, stacked), top = chart_ceiling(most, &step);
	int i;

	open_svg(buf, chart, most, stacked);
	put_grid(buf, top, step);
	for (i = 0; stacked && i < chart->points; i++)
		put_bar(buf, chart, i, top);
	for (i = 0; !stacked && i < chart->series_count; i++)
		put_line(buf, chart, i, top);
	put_ticks(buf, chart);
	buf_puts(buf, "</svg>\n");
	put_table(buf, chart);
	buf_puts(buf, "</figure>\n");
}

void chart_bars(struct buf *buf, const struct chart *chart)
{
	put_chart(buf, chart, true);
}

void chart_lines(struct buf *buf, const struct chart *chart)
{
	put_chart(buf, chart, false);
}
