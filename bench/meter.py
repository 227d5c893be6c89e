# SPDX-License-Identifier: MIT
"""CPU time of groups of processes, in microseconds, and memory of one.

The kernel keeps nanoseconds of what runs (schedstat) and ticks of what has ended (stat of its parent). PostgreSQL's
processes come and go, so both count: who ends between two readings goes from one sum to the other.
"""

import os

TICK_US = 1000000 / os.sysconf("SC_CLK_TCK")


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _stat(pid):
    with open("/proc/%d/stat" % pid) as file:
        return file.read().rsplit(")", 1)[1].split()


def running_us(pid):
    """Of all its threads; 0 when it is gone."""
    total = 0
    try:
        for thread in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, thread)) as file:
                total += int(file.read().split()[0])
        return total / 1000
    except (FileNotFoundError, ProcessLookupError):
        return total / 1000


def ended_us(pid):
    """Of its children that have ended."""
    fields = _stat(pid)
    return (int(fields[13]) + int(fields[14])) * TICK_US


def postgres_us(postmaster, without=()):
    """The server: backends, checkpointer, walwriter and all others, but not sessions of the bench's own."""
    own = running_us(postmaster) + ended_us(postmaster)
    return own + sum(running_us(pid) for pid in children(postmaster) if pid not in without)


def memory_kib(pid):
    """RSS, PSS and private memory."""
    with open("/proc/%d/smaps_rollup" % pid) as file:
        rows = {line.split(":")[0]: int(line.split()[1]) for line in file if line.rstrip().endswith("kB")}
    return {"rss": rows["Rss"], "pss": rows["Pss"], "private": rows["Private_Clean"] + rows["Private_Dirty"], "peak": peak_kib(pid)}


def peak_kib(pid):
    with open("/proc/%d/status" % pid) as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def forget_peak(pid):
    with open("/proc/%d/clear_refs" % pid, "w") as file:
        file.write("5")
