# SPDX-License-Identifier: MIT
"""From medians to results: the file, the table, the comparison of two files."""

import json
import os
import platform
import subprocess
import time

import seed
from stack import ROOT
from workloads import WORKLOADS

RESULTS = os.path.join(ROOT, "bench", "results")
PARTS = ("web", "worker", "db")


def output(*words):
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
        return done.stdout.decode().strip()
    except OSError:
        return ""


def line_of(path, start):
    with open(path) as file:
        return next((line.split(":" if ":" in line else "=", 1)[1].strip(' "\n') for line in file if line.startswith(start)), "")


def machine():
    return {"cpu": line_of("/proc/cpuinfo", "model name"), "cores": os.cpu_count(), "memory_kib": int(line_of("/proc/meminfo", "MemTotal").split()[0]),
            "kernel": platform.release(), "system": line_of("/etc/os-release", "PRETTY_NAME")}


def versions(bench):
    package = output("dpkg-query", "-W", "-f=${Package} ${Version}\n", "lighttpd", "libfcgi-dev", "libjson-c5", "libpq5").split("\n")
    found = dict(line.split(" ", 1) for line in package if " " in line)
    found["postgresql"] = bench.box.session("postgres").value("show server_version")
    found["rollcall"] = output("git", "describe", "--always", "--dirty")
    return found


def cell(medians, key):
    """One row of the results: (workload, size, connections, log)."""
    own = medians[key + ("rollcall",)]
    row = {"size": key[1], "connections": key[2], "log": key[3], "cpu_us": sum(own[part] for part in PARTS)}
    row.update({part + "_us": own[part] for part in PARTS})
    row.update(rps=own["rps"], p50_us=own["p50"], p99_us=own["p99"], wal_bytes=own["wal"], answer_bytes=own["bytes"])
    hello, floor = medians.get(key[:3] + (False, "hello")), medians.get(key + ("floor",))
    if hello and floor:
        row.update(floor_web_us=hello["web"], floor_worker_us=hello["worker"], floor_db_us=floor["db"], floor_client_us=floor["client"],
                   floor_wal_bytes=floor["wal"])
        row["floor_us"] = sum(row["floor_" + part + "_us"] for part in PARTS + ("client",))
        row["ratio"] = row["cpu_us"] / row["floor_us"]
    stack = medians.get(key + ("stack",))
    if stack:
        row.update({"stack_%s_us" % part: stack[part] for part in PARTS})
        row["stack_us"] = sum(stack[part] for part in PARTS)
        row["stack_ratio"] = row["cpu_us"] / row["stack_us"]
    return row


def find(rows, size, connections, log):
    return next((row for row in rows if (row["size"], row["connections"], row["log"]) == (size, connections, log)), None)


def summary(plan, workload, rows):
    """The figures that goals speak of: the largest size, the usual connections, the log off."""
    sizes, usual = sorted({row["size"] for row in rows}), plan["usual"]
    own, first = find(rows, sizes[-1], usual, False), find(rows, sizes[0], usual, False)
    logged = find(rows, sizes[-1], usual, True)
    found = {name: own.get(name) for name in ("cpu_us", "floor_us", "ratio", "stack_us", "stack_ratio", "web_us", "worker_us", "db_us", "rps", "p50_us", "p99_us")}
    found.update(title=workload.title, growth=own["cpu_us"] / first["cpu_us"] if len(sizes) > 1 else None, logged=logged["cpu_us"] / own["cpu_us"],
                 logged_ratio=logged.get("ratio"), wal_bytes=own["wal_bytes"] if workload.writes else None, cells=rows)
    found["goals"] = {"ratio": workload.goal, "growth": workload.growth, "logged": workload.logged, "cpu_ms": workload.cpu_ms}
    return found


def result(plan, bench, once):
    medians = bench.medians()
    found = {}
    for workload in plan["workloads"]:
        keys = sorted({key[:4] for key in medians if key[0] == workload.name})
        found[workload.name] = summary(plan, workload, [cell(medians, key) for key in keys])
    for workload in plan["workloads"]:
        if workload.against in found:  # a large group against a small one, in the same directory
            found[workload.name]["growth"] = found[workload.name]["cpu_us"] / found[workload.against]["cpu_us"]
    for name, counted in bench.trips().items():
        found[name].update(counted)
    settings = {name: plan[name] for name in ("quick", "sizes", "connections", "usual", "rounds", "requests", "workers")}
    return {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": machine(), "versions": versions(bench), "seed": seed.SEED,
            "plan": settings, "workloads": found, "once": once}


def write(result_):
    os.makedirs(RESULTS, exist_ok=True)
    text = json.dumps(result_, indent=1, default=str) + "\n"
    path = os.path.join(RESULTS, result_["at"].replace(":", "") + ".json")
    for name in (path, os.path.join(RESULTS, "latest.json")):
        with open(name, "w") as file:
            file.write(text)
    return path


# --- the table ---

def number(value):
    if value is None:
        return ""
    return "%.0f" % value if value >= 1000 else "%.1f" % value if value >= 10 else "%.2f" % value


def judged(value, goal):
    """With its goal, and a mark where it is missed."""
    if value is None:
        return ""
    return "%.2f" % value if goal is None else "%.2f %s %.2f" % (value, "≤" if value <= goal else ">", goal)


def table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))).rstrip())
    print(flush=True)


def show(result_):
    plan, once = result_["plan"], result_["once"]
    print("CPU ms per 1,000 requests: %s users, %d connections, %d workers; growth from %s users\n"
          % (format(plan["sizes"][-1], ","), plan["usual"], plan["workers"], format(plan["sizes"][0], ",")))
    rows = [["workload", "web", "worker", "db", "CPU", "floor", "ratio (goal)", "stack", "ratio", "growth (goal)", "log on (goal)", "req/s", "p50 ms", "p99 ms", "trips", "WAL"]]
    for found in result_["workloads"].values():
        goals = found["goals"]
        rows.append([found["title"]] + [number(found[name]) for name in ("web_us", "worker_us", "db_us", "cpu_us", "floor_us")]
                    + [judged(found["ratio"], goals["ratio"]), number(found["stack_us"]), judged(found["stack_ratio"], None),
                       judged(found["growth"], goals["growth"]), judged(found["logged"], goals["logged"])]
                    + [number(found["rps"]), number(found["p50_us"] / 1000), number(found["p99_us"] / 1000), str(found.get("trips", "")),
                       number(found["wal_bytes"])])
    table(rows)
    table([["floor", "lighttpd", "hello", "PostgreSQL", "pgbench", "sum"]] + [
        [found["title"]] + [number(own["floor_%s_us" % part]) for part in ("web", "worker", "db", "client")] + [number(own["floor_us"])]
        for found in result_["workloads"].values() for own in [usual(plan, found)] if "floor_us" in own])
    for found in result_["workloads"].values():
        if found["goals"]["cpu_ms"]:
            print("%s: %.0f ms CPU (goal %d); worker at most %.1f MiB (goal 32)" % (
                found["title"], found["cpu_us"] / 1000, found["goals"]["cpu_ms"], once.get("group_peak_kib", 0) / 1024))
    if "memory" in once:
        memory = once["memory"]
        print("a worker after %s requests: RSS %.1f MiB (%.1f after a tenth of them), PSS %.1f, private %.1f" % (
            format(memory["requests"], ","), memory["late"]["rss"] / 1024, memory["early"]["rss"] / 1024, memory["late"]["pss"] / 1024,
            memory["late"]["private"] / 1024))
    if "start_up" in once:
        print("start: listens after %.1f ms, has answered after %.1f ms" % (once["start_up"]["listening_ms"], once["start_up"]["first_answer_ms"]))


def usual(plan, found, log=False):
    rows = found["cells"]
    return find(rows, max(row["size"] for row in rows), plan["usual"], log)


# --- old and new ---

def compare(old, new):
    """Both ratios and their quotient: times of two runs say little, ratios inside one say more."""
    rows = [["workload", "CPU old", "CPU new", "new/old", "ratio old", "ratio new", "growth old", "growth new", "log old", "log new"]]
    for workload in WORKLOADS:
        one, other = old["workloads"].get(workload.name), new["workloads"].get(workload.name)
        if one and other:
            rows.append([workload.title, number(one["cpu_us"]), number(other["cpu_us"]), "%.2f" % (other["cpu_us"] / one["cpu_us"])]
                        + [number(row[name]) for name in ("ratio", "growth", "logged") for row in (one, other)])
    table(rows)
