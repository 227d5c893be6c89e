# SPDX-License-Identifier: MIT
"""The floor of the database part: pgbench runs the recorded transactions of a workload.

Each transaction of pgbench takes its parameters from a row of a table, as literals cannot differ from one to the
next. So one run measures twice, the transactions with that look-up and the look-up alone, and the floor is
the difference. Between the parts all clients wait at a lock for the meters to be read: starting, parsing and
the first plans do not count.
"""

import os
import re
import shutil
import struct
import subprocess
import time
import uuid

import meter

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VERSION = re.compile(r"\bversion = \$(\d+)::bigint")
WARM = 7  # transactions of a client before it counts: PostgreSQL decides on a plan after five
COLUMNS = 40  # parameters of one look-up
ALONE = 3  # look-ups alone, for each transaction: they are short
GATES = 3
LOCK = 7643764400
SECONDS = 120


class Mismatch(RuntimeError):
    pass


def record(tap, send, requests):
    """
    Two recordings of the same shape and their requests. The first ones only prepare; now and then
    upkeep comes behind an answer.
    """
    tap.take()
    seen = []
    for request in requests:
        send(request)
        time.sleep(0.02)  # for upkeep, which would be taken for the next request's
        trips = tap.take()
        seen.append((request, trips))
        same = [one for one in seen[1:] if shape(one[1]) == shape(trips)]
        if len(seen) > 2 and len(same) > 1 and len(shape(trips)) == min(len(shape(one[1])) for one in seen):
            return same[0], same[-1]
    raise Mismatch("no two requests ran the same statements")


def shape(trips):
    return [statement.sql for trip in trips for statement in trip] + ["trip"] * len(trips)


class Replay:
    """A recorded transaction, to be run with the marks of other requests."""

    def __init__(self, first, second):
        request, self.trips = second
        self.marks = request.marks
        known = set(UUID.findall(" ".join(texts(first[1])))) | set(self.marks)
        self.made = sorted(set(UUID.findall(" ".join(texts(self.trips)))) - known)
        self.pattern = re.compile("|".join(re.escape(old) for old in sorted(set(self.marks) | set(self.made), key=len, reverse=True)) or r"(?!)")

    def params(self, request, version):
        """All parameters of the transaction for this request, in order."""
        new = {old: fresh(old) for old in self.made}
        new.update(zip(self.marks, request.marks))
        found = []
        for trip in self.trips:
            for statement in trip:
                values = [None if value is None else self.pattern.sub(lambda match: new[match.group()], value) for value in statement.params]
                place = VERSION.search(statement.sql) if version is not None else None
                if place:
                    values[int(place.group(1)) - 1] = version
                found += values
        return found


def texts(trips):
    return [value for trip in trips for statement in trip for value in statement.params if value is not None]


def fresh(old):
    """Another id of now; its end says the directory, or is the number of an event."""
    made = uuid.uuid4().hex
    return str(uuid.UUID("%012x7%s8%s%s" % (time.time_ns() // 1000000, made[:3], made[3:12], old[-6:])))


def versions(directory, requests):
    """Of the users that they update, as the rows have them now."""
    ids = [request.user for request in requests if request.user]
    if not ids:
        return {}
    return dict(directory.sql("select id, version from users where directory_id = '%s' and id = any ('{%s}')" % (directory.id, ",".join(ids))))


def rows_of(directory, replay, requests):
    """The parameters of each request."""
    known = versions(directory, requests)
    return [replay.params(request, known.get(request.user)) for request in requests]


def packed(value):
    data = (value or "").encode()
    return struct.pack("=i", -1) if value is None else struct.pack("=i", len(data)) + data + b"\0"


def write_trips(path, replay, rows, processes):
    """For trips.c: the statements, how many rows each process warms up with, all rows."""
    ends, at = [], 0
    for trip in replay.trips:
        at += len(trip)
        ends.append(at)
    with open(path, "wb") as file:
        file.write(struct.pack("=%di" % (1 + len(ends)), len(ends), *ends))
        for trip in replay.trips:
            for statement in trip:
                file.write(packed(statement.sql) + struct.pack("=i", len(statement.params)))
        file.write(struct.pack("=3i", WARM, WARM * processes, len(rows)))
        for row in rows:
            file.write(b"".join(packed(value) for value in row))


class Script:
    """The script of pgbench, its constants, and the lines of the table."""

    def __init__(self, replay, rows):
        self.constants, self.columns = {}, []
        names, seen = [], {}
        for values in zip(*rows):
            if values not in seen:
                seen[values] = self._place(values)
            names.append(seen[values])
        self.transaction = self._transaction(replay, names)

    def _place(self, values):
        """How the script names it: null, a constant, or a column of the table."""
        if all(value is None for value in values):
            return "NULL"
        if None in values:
            raise Mismatch("a parameter is null only now and then")
        if not any(values):
            return "''"  # which pgbench takes for no value
        if all(value == values[0] for value in values):
            name = "c%d" % len(self.constants)
            self.constants[name] = values[0]
            return ":" + name
        self.columns.append(values)
        return ":v%d" % (len(self.columns) - 1)

    @staticmethod
    def _transaction(replay, names):
        lines, at = [], 0
        for trip in replay.trips:
            lines.append("\\startpipeline")
            for statement in trip:
                mine = names[at:at + len(statement.params)]
                at += len(mine)
                lines.append(re.sub(r"\$(\d+)", lambda match, mine=mine: mine[int(match.group(1)) - 1], statement.sql) + ";")
            lines.append("\\endpipeline")
        return lines

    def pieces(self):
        return [self.columns[at:at + COLUMNS] for at in range(0, len(self.columns), COLUMNS)]

    def look_up(self):
        lines = []
        for number, piece in enumerate(self.pieces()):
            wanted = ", ".join("p[%d] AS v%d" % (i + 1, number * COLUMNS + i) for i in range(len(piece)))
            lines += ["SELECT %s FROM bench.parameters WHERE k = :k::int AND piece = %d" % (wanted, number), "\\gset"]
        return lines

    def lines(self, count):
        """The table in the format of COPY."""
        for number, piece in enumerate(self.pieces()):
            for k in range(count):
                yield "%d\t%d\t%s" % (k, number, array([values[k] for values in piece]))

    def text(self, clients, each):
        first = WARM + 1
        second, third = first + each, first + each + ALONE * each
        gate = ["\\if :n = %d\n%s\n\\endif" % (n, "\n".join([
            "SET statement_timeout = 0;", "SET lock_timeout = 0;", "SELECT pg_advisory_lock_shared(%d::bigint);" % (LOCK + i),
            "SELECT pg_advisory_unlock_shared(%d::bigint);" % (LOCK + i), "RESET statement_timeout;", "RESET lock_timeout;"]))
            for i, n in enumerate((first, second, third))]
        return "\n".join(["\\set n :n + 1"] + gate + [
            "\\if :n < %d" % third, "\\set k (:n - 1) %% %d * %d + :client_id" % (WARM + each, clients)] + self.look_up() + [
            "\\if :n < %d" % second] + self.transaction + ["\\endif", "\\endif", ""])


def array(values):
    """An array of texts, as COPY reads it."""
    text = "{" + ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values) + "}"
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def prepare_table(sql):
    sql("create schema if not exists bench; create table bench.parameters (k int, piece int, p text[], primary key (k, piece));"
        " grant usage on schema bench to rollcall; grant select on bench.parameters to rollcall")


def pgbench_program():
    folders = sorted((os.path.join("/usr/lib/postgresql", name, "bin") for name in os.listdir("/usr/lib/postgresql")), reverse=True)
    return shutil.which("pgbench", path=":".join(folders))


class Run:
    """One run of pgbench between the gates."""

    def __init__(self, stack, directory, options):
        self.stack, self.directory, self.sql, self.options = stack, directory, directory.sql, options

    def _wait(self, process, clients):
        """Until all clients stand at a gate."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            waiting = self.sql.value("select count(*) from pg_locks where locktype = 'advisory' and not granted")
            if int(waiting) == clients:
                return
            if process.poll() is not None:
                raise Mismatch("pgbench ended: " + process.stderr.read().decode()[-2000:])
            time.sleep(0.005)
        raise Mismatch("pgbench does not come to an end")

    def _read(self, process):
        without = [session.pid for session in self.stack.sessions.values()]
        return meter.postgres_us(self.stack.postmaster, without), meter.running_us(process.pid), time.perf_counter()

    def __call__(self, replay, requests, clients):
        """
        For each transaction (the first WARM of each client are not counted): microseconds of the server, of
        pgbench, of time, and bytes of WAL.
        """
        each = len(requests) // clients - WARM
        rows = rows_of(self.directory, replay, requests)
        script = Script(replay, rows)
        self.sql("truncate bench.parameters")
        self.sql.copy("bench.parameters", script.lines(len(rows)))
        self.sql("vacuum analyze bench.parameters")
        for gate in range(GATES):
            self.sql("select pg_advisory_lock(%d)" % (LOCK + gate))
        try:
            return self._measure(script, clients, each)
        finally:
            self.sql("select pg_advisory_unlock_all()")

    def _measure(self, script, clients, each):
        path = self.stack.path("floor.sql")
        with open(path, "w") as file:
            file.write(script.text(clients, each))
        command = [pgbench_program(), "-n", "-M", "prepared", "-f", path, "-c", str(clients), "-t", str(WARM + each + ALONE * each + 1), "-D", "n=0"]
        for name, value in script.constants.items():
            command += ["-D", "%s=%s" % (name, value)]
        process = subprocess.Popen(command + [self.stack.url("rollcall", self.directory.database)], env=dict(os.environ, PGOPTIONS=self.options),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        self.stack.processes.append(process)
        seen = []
        for gate in range(GATES):
            self._wait(process, clients)
            wal = int(self.sql.value("select pg_current_wal_insert_lsn() - '0/0'"))
            seen.append(self._read(process) + (wal,))
            self.sql("select pg_advisory_unlock(%d)" % (LOCK + gate))
        error = process.communicate(timeout=SECONDS)[1].decode()
        self.stack.processes.remove(process)
        if process.returncode:
            raise Mismatch("pgbench failed: " + error[-2000:])
        count = clients * each
        parts = [[(after - before) / count for before, after in zip(seen[i], seen[i + 1])] for i in range(2)]
        return [work - alone / ALONE for work, alone in zip(*parts)]
