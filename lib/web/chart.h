/* SPDX-License-Identifier: MIT */
/*
 * Charts: from numbers to SVG text, for pages whose policy forbids inline styles. Positions are
 * attributes, colours are classes. Pure functions: no clock, no request, no page.
 */
#ifndef WEB_CHART_H
#define WEB_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* What is counted: a row of the legend. */
struct chart_series {
	const char *name;
	const char *class; /* of its bars or its line, and of its place in the legend */
};

struct chart {
	const char *id; /* unique in the page; letters */
	const char *title;
	const char *unit; /* what the values count, for the description: "requests" */
	const char *point; /* what a point is, the table's first heading: "hour" */
	int points; /* at least 1 */
	const char *const *label; /* of each point */
	const char *const *tick; /* what stands at the axis below it; NULL: nothing */
	int series_count;
	const struct chart_series *series;
	const int64_t *value; /* not negative; of point p and series s: [p * series_count + s] */
	bool sparse; /* the table leaves out points where all is 0 */
};

/*
 * Append a <figure>: heading, legend, SVG with title and description, and the numbers as a table in
 * <details>. Bars of one point stand on one another; lines do not.
 */
void chart_bars(struct buf *buf, const struct chart *chart);
void chart_lines(struct buf *buf, const struct chart *chart);

/*
 * The end of an axis that shows max: a multiple of *step, which is 1, 2 or 5 times a power of ten;
 * at most five steps, never less than 1.
 */
int64_t chart_ceiling(int64_t max, int64_t *step);

/* A number with its thousands apart: 12,345. In the arena. */
const char *chart_number(struct arena *arena, int64_t value);

#endif
