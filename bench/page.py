# SPDX-License-Identifier: MIT
"""The figures of docs/benchmarks.md, between its two marks."""

from report import find

BEGIN, END = "<!-- figures: written by bench/bench --charts -->\n", "<!-- end of figures -->\n"


def judged(value, goal):
    if value is None:
        return ""
    if goal is None:
        return "%.2f" % value
    return "%.2f (≤ %.2f)" % (value, goal) if value <= goal else "**%.2f** (≤ %.2f)" % (value, goal)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] + ["---:"] * (len(head) - 1)) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def about(result):
    machine, versions, plan = result["machine"], result["versions"], result["plan"]
    return ("%s, %d cores of %s, %.0f GiB; Linux %s, %s. PostgreSQL %s, lighttpd %s, libfcgi %s. Rollcall %s. Seed `%s`. %d rounds; samples of %d"
            " requests and fewer. Command: `make bench%s BENCH=--charts`.\n"
            % (result["at"][:10], machine["cores"], machine["cpu"], machine["memory_kib"] / 1048576, machine["kernel"], machine["system"],
               versions["postgresql"], versions.get("lighttpd", "?"), versions.get("libfcgi-dev", "?"), versions["rollcall"], result["seed"],
               plan["rounds"], plan["requests"], " QUICK=1" if plan["quick"] else ""))


def against_goals(result):
    rows = []
    for found in result["workloads"].values():
        goals = found["goals"]
        rows.append([found["title"], "%.0f" % found["cpu_us"], "%.0f" % (found["floor_us"] or 0), judged(found["ratio"], goals["ratio"]),
                     "%.0f" % (found["stack_us"] or 0), judged(found["stack_ratio"], None), judged(found["growth"], goals["growth"]), judged(found["logged"], goals["logged"])])
    return table(["workload", "CPU µs", "floor µs", "CPU against floor", "stack floor µs", "CPU against it", "growth", "with the request log"], rows)


def parts(result):
    rows = []
    for found in result["workloads"].values():
        row = find(found["cells"], max(one["size"] for one in found["cells"]), result["plan"]["usual"], False)
        if row and "floor_us" in row:
            rows.append([found["title"]] + ["%.0f / %.0f / %.0f" % (row[part + "_us"], row["floor_" + part + "_us"], row.get("stack_" + part + "_us", 0)) for part in ("web", "worker", "db")]
                        + ["%.0f" % row["floor_client_us"], "%.0f" % row["rps"], "%.2f" % (row["p50_us"] / 1000), "%.2f" % (row["p99_us"] / 1000),
                           str(found.get("trips", "")), "%.0f" % row["wal_bytes"]])
    return table(["µs, Rollcall / floor / stack's floor", "web server", "worker / responder", "PostgreSQL", "pgbench", "req/s", "p50 ms", "p99 ms", "trips", "WAL bytes"], rows)


def connections(result):
    counts = result["plan"]["connections"]
    if len(counts) < 2:
        return ""
    rows = []
    for found in result["workloads"].values():
        size = max(one["size"] for one in found["cells"])
        if sum(row["size"] == size and not row["log"] for row in found["cells"]) < 2:
            continue
        cells = [find(found["cells"], size, count, False) for count in counts]
        rows.append([found["title"]] + ["%.0f, %.2f, %.0f" % (row["cpu_us"], row["ratio"], row["rps"]) if row else "" for row in cells])
    return "CPU µs, against the floor, requests a second, by connections:\n\n" + table(["workload"] + [str(count) for count in counts], rows)


def once(result):
    found, lines = result["once"], []
    if "memory" in found:
        late, early = found["memory"]["late"], found["memory"]["early"]
        lines.append("A worker after %s requests: RSS %.1f MiB (after a tenth of them %.1f), PSS %.1f, private %.1f (goal ≤ 4)." % (
            format(found["memory"]["requests"], ","), late["rss"] / 1024, early["rss"] / 1024, late["pss"] / 1024, late["private"] / 1024))
    group = result["workloads"].get("get-group")
    if group and "group_peak_kib" in found:
        lines.append("A group of 100,000: %.0f ms CPU in all (goal ≤ %d), the worker at most %.1f MiB (goal ≤ 32)." % (
            group["cpu_us"] / 1000, group["goals"]["cpu_ms"], found["group_peak_kib"] / 1024))
    lines.append("`rollcall serve` listens %.0f ms after it was started, and has answered after %.0f ms." % (
        found["start_up"]["listening_ms"], found["start_up"]["first_answer_ms"]))
    return "\n".join(lines) + "\n"


def fill(result, path):
    """Put the figures into the page."""
    with open(path) as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    plan = result["plan"]
    kind = "%s users, %d connections, %d workers; groups in a directory of 205,000. Growth: against %s users; of groups, against one of 10. Bold: goal missed.\n" % (
        format(plan["sizes"][-1], ","), plan["usual"], plan["workers"], format(plan["sizes"][0], ","))
    text = "\n".join(part for part in (about(result), kind, against_goals(result), parts(result), connections(result), once(result)) if part)
    with open(path, "w") as file:
        file.write(before + BEGIN + "\n" + text + "\n" + END + after)

