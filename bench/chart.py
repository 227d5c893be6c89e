# SPDX-License-Identifier: MIT
"""The charts of docs/benchmarks.md as SVG: text and rectangles, readable on white and on black."""

import math
import os
from html import escape

from report import find

STYLE = """<style>
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.small { font-size: 11px; fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.web { fill: #0072b2 } .worker { fill: #e69f00 } .db { fill: #009e73 } .client { fill: #8c959f }
.floor { fill-opacity: 0.45 }
.l0 { stroke: #0072b2 } .l1 { stroke: #d55e00 } .l2 { stroke: #009e73 } .l3 { stroke: #cc79a7 } .l4 { stroke: #8c959f }
.dash1 { stroke-dasharray: 6 4 } .dash2 { stroke-dasharray: 2 3 }
polyline { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #3d444d }
.web { fill: #4aa8e0 } .l0 { stroke: #4aa8e0 } .db { fill: #2fc59b } .l2 { stroke: #2fc59b }
}
</style>"""
PARTS = (("web", "web server"), ("worker", "worker"), ("db", "PostgreSQL"), ("client", "client of the database, in the floor"))
COLOURS = 5
LEFT, BAR, GAP, WIDTH = 236, 15, 16, 880
WRITTEN_BYTES = 500  # of WAL: a read has none without the log
TITLES = {"reads": "reads", "writes": "writes", "large": "large ones"}
LARGE_US = 10000  # what costs more has a chart of its own


def text(x, y, content, kind="", anchor="start"):
    return '<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>' % (x, y, kind, anchor, escape(content))


def line(x1, y1, x2, y2):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="grid"/>' % (x1, y1, x2, y2)


def svg(width, height, title, body):
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">\n%s\n%s\n</svg>\n'
            % (width, height, width, height, escape(title), STYLE, "\n".join(body)))


def step_of(high, count=5):
    """A round distance of grid lines."""
    raw, power = high / count, 1.0
    while power * 10 <= raw:
        power *= 10
    while power > raw:
        power /= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)


def legend(y):
    found, x = [], LEFT
    for kind, name in PARTS:
        found.append('<rect x="%d" y="%d" width="12" height="12" class="%s"/>' % (x, y - 11, kind))
        found.append(text(x + 18, y, name, "small"))
        x += 38 + 5.6 * len(name)
    found.append('<rect x="%d" y="%d" width="12" height="12" class="db floor"/>' % (x - 18, y - 11))
    found.append(text(x, y, "pale: the floors", "small"))
    return found


def stack_of(row, prefix, y, scale, pale):
    """One bar: its parts beside one another."""
    found, x = [], float(LEFT)
    for kind, _ in PARTS:
        value = row.get("%s%s_us" % (prefix, kind), 0)
        found.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%d" class="%s%s"><title>%s %.0f µs</title></rect>'
                     % (x, y, max(0, value) * scale, BAR, kind, " floor" if pale else "", kind, value))
        x += max(0, value) * scale
    return found, x


def bars(rows, title, note):
    """rows: (name, row of the results). Three bars each: Rollcall, the sum of the floors, the stack's own floor."""
    high = max(max(row["cpu_us"], row["floor_us"], row.get("stack_us", 0)) for _, row in rows)
    scale, step = (WIDTH - LEFT - 160) / high, step_of(high)
    top, pair = 74, 3 * (BAR + 3) + GAP
    bottom = top + pair * len(rows)
    body = [text(16, 24, title, "title")] + legend(50)
    value = 0.0
    while value <= high:
        body += [line(LEFT + value * scale, top - 8, LEFT + value * scale, bottom - 6), text(LEFT + value * scale, bottom + 10, "%g" % value, "small", "middle")]
        value += step
    for i, (name, row) in enumerate(rows):
        y = top + i * pair
        own, end = stack_of(row, "", y, scale, False)
        below, low = stack_of(row, "floor_", y + BAR + 3, scale, True)
        whole, wide = stack_of(row, "stack_", y + 2 * (BAR + 3), scale, True)
        low = max(low, wide)
        body += own + below + whole + [text(LEFT - 10, y + BAR + 6, name, "", "end"), text(max(end, low) + 8, y + BAR + 6, "%.0f µs, %.2f ×, %.2f ×" % (row["cpu_us"], row["ratio"], row.get("stack_ratio", row["ratio"])), "small")]
    body.append(text(LEFT, bottom + 30, note, "small"))
    return svg(WIDTH, bottom + 42, title, body)


def curves(lines, sizes, title, note):
    """lines: (name, [cost at each size, against the smallest])."""
    high = max(1.5, max(max(values) for _, values in lines))
    top, height, left, right = 60, 260, 60, 560
    step = step_of(high)
    high = step * math.ceil(high / step)

    def place(index, value):
        return left + (right - left) * index / max(1, len(sizes) - 1), top + height * (1 - value / high)

    body, value = [text(16, 24, title, "title")], 0.0
    while value < high + step / 2:
        y = place(0, value)[1]
        body += [line(left, y, right, y), text(left - 8, y + 4, "%.1f" % value, "small", "end")]
        value += step
    for index, size in enumerate(sizes):
        body.append(text(place(index, 0)[0], top + height + 20, format(size, ","), "small", "middle"))
    body.append(text((left + right) / 2, top + height + 40, note, "small", "middle"))
    for i, (name, values) in enumerate(lines):
        points = " ".join("%.1f,%.1f" % place(index, one) for index, one in enumerate(values))
        y = top + 8 + i * 22
        kind = "l%d dash%d" % (i % COLOURS, i // COLOURS)
        body += ['<polyline class="%s" points="%s"/>' % (kind, points), '<polyline class="%s" points="%d,%d %d,%d"/>' % (kind, right + 30, y - 4, right + 54, y - 4),
                 text(right + 62, y, "%s  %.2f" % (name, values[-1]))]
    return svg(WIDTH, max(top + height + 56, top + 20 + 22 * len(lines)), title, body)


def rows_of(result, log=False):
    """(title, row) of what has a floor, at the largest size and the usual connections."""
    for found in result["workloads"].values():
        row = find(found["cells"], max(one["size"] for one in found["cells"]), result["plan"]["usual"], log)
        if row and "floor_us" in row:
            yield found["title"], row


def growth_lines(result):
    plan = result["plan"]
    for found in result["workloads"].values():
        costs = [find(found["cells"], size, plan["usual"], False) for size in plan["sizes"]]
        if len(costs) > 1 and all(costs):
            yield found["title"], [row["cpu_us"] / costs[0]["cpu_us"] for row in costs]


def draw(result, folder):
    """The charts, one file each."""
    rows, plan = list(rows_of(result)), result["plan"]
    note = "µs CPU per request; %d connections, %d workers, without the request log" % (plan["usual"], plan["workers"])
    parts = {"reads": [], "writes": [], "large": []}
    for name, row in rows:
        kind = "large" if row["cpu_us"] > LARGE_US else "writes" if row["floor_wal_bytes"] > WRITTEN_BYTES else "reads"
        parts[kind].append((name, row))
    for name, some in parts.items():
        if some:
            with open(os.path.join(folder, "benchmarks-%s.svg" % name), "w") as file:
                file.write(bars(some, "What a request costs, beside the sum of two floors and the floor of the whole stack: %s" % TITLES[name], note))
    lines = list(growth_lines(result))
    if lines:
        with open(os.path.join(folder, "benchmarks-growth.svg"), "w") as file:
            file.write(curves(lines, plan["sizes"], "Cost of a request as the directory grows; 1,000 users are 1", "users"))
