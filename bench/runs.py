# SPDX-License-Identifier: MIT
"""One sample of a workload: of Rollcall, of the hello responder, of the database alone."""

import json
import socket
import subprocess
import time
import urllib.parse

import floor
import meter
import seed
import tap
import workloads

REST_SECONDS = 0.02  # upkeep comes behind the last answer
WARM_CONNECTIONS = 8
WARM_REQUESTS = 2000
ROLLCALL, FLOOR = 0, 1  # parts of the users


class Cell:
    """One workload on one directory, with or without the request log."""

    def __init__(self, workload, site, log):
        self.workload, self.site, self.log = workload, site, log
        self.bytes = None  # of an answer
        self.replay = None
        self.trips = None
        self.statements = None


class Site:
    """One database with its directory, its servers and what the workloads need to know of it."""

    def __init__(self, stack, size, workers, grouped=False):
        self.stack, self.size, self.workers = stack, size, workers
        self.grouped = grouped  # it is there for its large groups
        self.name = "users_%d" % size
        self.sql = stack.create_database(self.name)
        self.servers = {log: stack.add_server("%s%d" % ("on" if log else "off", size), self.name, log) for log in (False, True)}
        self.tapped = {log: stack.add_server("tap%s%d" % ("on" if log else "off", size), self.name, log) for log in (False, True)}
        self.taps = {}
        self.cells = {}

    def start(self):
        for log, server in self.servers.items():
            server.start(self.workers)
            self.taps[log] = floor_tap(self.stack, self.tapped[log])
            self.tapped[log].start(1)

    def fill(self):
        self.directory = seed.Directory(self.servers[True], self.sql, self.size)
        self.directory.fill()
        self.directory.make_groups(self.size // 100, 10, "a")
        if self.grouped:
            for size, letter in workloads.LARGE_GROUPS.items():
                self.directory.make_groups(1, size, letter)
        self.directory.verify()
        self.directory.settle()
        floor.prepare_table(self.sql)
        cursors = {"first": "", "middle": self.middle()}
        self.places = [workloads.Place(self.directory, self.directory.groups, cursors, part) for part in (ROLLCALL, FLOOR)]

    def middle(self):
        """The cursor of the page in the middle."""
        cursor = ""
        for _ in range(max(1, self.size // workloads.PAGE // 2)):
            cursor = self.directory.ask("GET", "/Users?attributes=id&count=%d&cursor=%s" % (workloads.PAGE, urllib.parse.quote(cursor)))["nextCursor"]
        return cursor

    def cell(self, workload, log):
        if (workload.name, log) not in self.cells:
            self.cells[workload.name, log] = Cell(workload, self, log)
        return self.cells[workload.name, log]

    def has(self, workload):
        return self.grouped == (workload.group is not None)

    def settle(self):
        self.directory.clean()
        self.directory.settle()


def floor_tap(stack, server):
    folder = stack.path(server.name + ".pg")
    made = tap.Tap(folder, stack.sockets)
    server.configure(stack.url("rollcall", server.database, folder))
    return made


class Runner:
    def __init__(self, stack):
        self.box = stack

    # --- load ---

    def _load(self, data, connections, times=1):
        path = self.box.path("requests")
        with open(path, "wb") as file:
            file.write(data)
        command = [self.box.program("bench/load"), str(self.box.port), str(connections), path, str(times)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.box.processes.append(process)
        out, error = process.communicate()
        self.box.processes.remove(process)
        if process.returncode:
            raise RuntimeError("load: %s %s" % (error.decode()[-500:], out.decode()))
        return json.loads(out)

    def _read(self, server):
        without = [session.pid for session in self.box.sessions.values()]
        app = [server.pid] + meter.children(server.pid)
        return {"web": meter.running_us(self.box.lighttpd.pid), "worker": sum(meter.running_us(pid) for pid in app),
                "db": meter.postgres_us(self.box.postmaster, without)}

    def measure(self, server, sql, data, connections, times=1):
        """What each request of the load costs: microseconds of each part, bytes of WAL."""
        before, wal = self._read(server), int(sql.value("select pg_current_wal_insert_lsn() - '0/0'"))
        seen = self._load(data, connections, times)
        time.sleep(REST_SECONDS)
        after = self._read(server)
        count = seen["requests"]
        sample = {part: (after[part] - before[part]) / count for part in after}
        sample["wal"] = (int(sql.value("select pg_current_wal_insert_lsn() - '0/0'")) - wal) / count
        sample.update(rps=count / seen["seconds"], p50=seen["p50_us"], p99=seen["p99_us"], bytes=seen["bytes"] / count)
        return sample

    # --- the three ---

    def requests(self, cell, count, part=ROLLCALL):
        return list(cell.workload.make(cell.site.places[part], count))

    def rollcall(self, cell, count, connections):
        directory, server = cell.site.directory, cell.site.servers[cell.log]
        warm = max(2, min(64, count // 8))
        made = [request.wire(server.base, directory) for request in self.requests(cell, warm + count)]
        self._load(b"".join(made[:warm]), WARM_CONNECTIONS if warm > WARM_CONNECTIONS else 2)
        sample = self.measure(server.process, cell.site.sql, b"".join(made[warm:]), connections)
        cell.bytes = round(sample["bytes"])
        if cell.workload.writes:
            directory.clean()
        return sample

    def hello(self, cell, count, connections):
        directory, prefix = cell.site.directory, "/hello/%d" % cell.bytes
        status = 200 if cell.bytes else 204
        data = b"".join(request.wire(prefix, directory, status) for request in self.requests(cell, count))
        return self.measure(self.box.hello, cell.site.sql, data, connections)

    def stack(self, cell, count, connections):
        """The responder that runs the recorded trips and nothing else."""
        directory, processes, path = cell.site.directory, cell.site.workers, self.box.path("trips")
        if cell.replay is None:
            self.record(cell)
        requests = self.requests(cell, floor.WARM * processes + count, FLOOR)
        floor.write_trips(path, cell.replay, floor.rows_of(directory, cell.replay, requests), processes)
        prefix, status = "/relay/%d" % cell.bytes, 200 if cell.bytes else 204
        data = b"".join(request.wire(prefix, directory, status) for request in requests[-count:])
        relay = self.box.start_relay(processes, directory.database, cell.site.taps[cell.log].options, path)
        try:
            sample = self.measure(relay, cell.site.sql, data, connections)
        finally:
            self.box.end(relay)
        if cell.workload.writes:
            directory.clean()
        return sample

    def floor(self, cell, count, connections):
        clients = min(connections, cell.site.workers, max(1, count // 4))
        if cell.replay is None:
            self.record(cell)
        requests = self.requests(cell, (max(1, count // clients) + floor.WARM) * clients, FLOOR)
        run = floor.Run(self.box, cell.site.directory, cell.site.taps[cell.log].options)
        db, client, _, wal = run(cell.replay, requests, clients)
        if cell.workload.writes:
            cell.site.directory.clean()
        return {"db": db, "client": client, "wal": wal}

    def record(self, cell):
        directory, server = cell.site.directory, cell.site.tapped[cell.log]

        def send(request):
            status, _, body = server.ask(request.method, request.path(directory), request.body or None, directory.token)
            if status != request.status:
                raise RuntimeError("%s %s: %d %s" % (request.method, request.target, status, body[:300]))

        first, second = floor.record(cell.site.taps[cell.log], send, self.requests(cell, 8, FLOOR))
        cell.replay = floor.Replay(first, second)
        cell.trips = len(second[1])
        cell.statements = sum(len(trip) for trip in second[1])
        if cell.workload.writes:
            directory.clean()

    # --- what is measured once ---

    def warm(self, site):
        """Each worker has prepared its statements, those of upkeep too, before it counts."""
        for server in site.servers.values():
            requests = workloads.WORKLOADS[0].make(site.places[ROLLCALL], WARM_REQUESTS)
            self._load(b"".join(request.wire(server.base, site.directory) for request in requests), WARM_CONNECTIONS)

    def memory(self, site, count):
        """Of the workers, before and after so many reads."""
        server, directory = site.servers[False], site.directory
        cell = site.cell(workloads.WORKLOADS[0], False)
        part = min(count, 10000)
        data = b"".join(request.wire(server.base, directory) for request in self.requests(cell, part))
        seen = []
        for times in (max(1, count // part // 10), max(1, count // part * 9 // 10)):
            self._load(data, 16, times)
            each = [meter.memory_kib(pid) for pid in server.workers()]
            seen.append({name: max(row[name] for row in each) for name in each[0]})
        return {"requests": count, "early": seen[0], "late": seen[1]}

    def group_peak(self, site):
        """KiB that a worker has at most while it answers a group of 100,000."""
        server, group = site.servers[False], site.directory.groups[100000][0]
        for pid in server.workers():
            meter.forget_peak(pid)
        server.want("GET", "%s/Groups/%s" % (site.directory.path, seed.to_id("scim_group_", group)), None, site.directory.token)
        return max(meter.peak_kib(pid) for pid in server.workers())

    def start_up(self, site, tries=5):
        """Milliseconds until the socket is there, and until a new worker with a new connection has answered."""
        listening, answered = [], []
        server = self.box.spare
        for _ in range(tries):
            begun = time.perf_counter()
            server.start(1)
            while True:
                try:
                    with socket.socket(socket.AF_UNIX) as probe:
                        probe.connect(server.socket)
                    break
                except OSError:
                    time.sleep(0.0005)
            listening.append((time.perf_counter() - begun) * 1000)
            server.want("GET", "%s/Users/%s" % (site.directory.path, site.directory.user_id(1)), None, site.directory.token)
            answered.append((time.perf_counter() - begun) * 1000)
            self.box.end(server.process)
        return {"listening_ms": sorted(listening)[tries // 2], "first_answer_ms": sorted(answered)[tries // 2]}
