# SPDX-License-Identifier: MIT
"""What is measured, as processes: a private PostgreSQL, lighttpd, `rollcall serve` in several settings, the hello responder.

All of it lives in one directory and ends with `Stack.close`.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATIENCE = 150  # seconds: what takes longer hangs
CURSOR_SECONDS = 604800  # the cursor of a page half-way lasts as long as the run


def tool(*words):
    """Its output."""
    done = subprocess.run([os.path.join(ROOT, "tools", words[0])] + list(words[1:]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip()


class Psql:
    """One session of the superuser, kept open: it is left out of what is measured."""

    MARK = "\x02done"

    def __init__(self, url):
        self.process = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1", "-d", url],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self.pid = int(self.value("select pg_backend_pid()"))

    def __call__(self, text):
        """Rows as lists of texts. The text is one or more statements."""
        self.process.stdin.write(("%s;\n\\echo -n %s\n" % (text, self.MARK)).encode())
        self.process.stdin.flush()
        data = b""
        while not data.endswith(self.MARK.encode()):
            more = os.read(self.process.stdout.fileno(), 1 << 20)
            if not more:
                raise RuntimeError("psql ended: " + text[:300])
            data += more
        rows = data[:-len(self.MARK)].decode().rstrip("\n")
        return [row.split("\x1f") for row in rows.split("\x1e")] if rows else []

    def value(self, text):
        rows = self(text)
        return rows[-1][0] if rows else None

    def copy(self, table, lines):
        """COPY text format."""
        self.process.stdin.write(("copy %s from stdin;\n" % table).encode())
        for line in lines:
            self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.write(b"\\.\n")
        self("select 1")

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)


class Server:
    """One `rollcall serve` on one database, below a path of its own."""

    def __init__(self, stack, name, database, log):
        self.stack, self.name, self.database, self.log = stack, name, database, log
        self.socket = os.path.join(stack.directory, name + ".sock")
        self.base = "/" + name
        self.process = None

    def configure(self, database_url):
        self.config = os.path.join(self.stack.directory, self.name + ".conf")
        with open(os.open(self.config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("base_url = http://127.0.0.1:%d%s\ndatabase_url = %s\nrequest_log = %s\ncursor_seconds = %d\n"
                       % (self.stack.port, self.base, database_url, "true" if self.log else "false", CURSOR_SECONDS))

    def start(self, workers):
        self.process = self.stack.launch(self.name, self.stack.program("rollcall"), "--config", self.config, "serve", "--socket", self.socket, "--workers", str(workers))

    def workers(self):
        with open("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)) as file:
            return [int(word) for word in file.read().split()]

    def command(self, *words):
        done = subprocess.run([self.stack.program("rollcall"), "--config", self.config] + list(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True)
        return done.stdout.decode().strip()

    def ask(self, method, target, body=None, credential=None):
        """(status, headers, body) by way of the web server."""
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/scim+json" if "/v1/scim/" in target else "application/json"} if body is not None else {}
        if credential:
            headers["Authorization"] = "Bearer " + credential
        try:
            connection.request(method, self.base + target, json.dumps(body) if isinstance(body, dict) else body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def want(self, method, target, body=None, credential=None):
        """The same, as JSON; anything but success ends the run."""
        status, _, data = self.ask(method, target, body, credential)
        if status >= 300:
            raise RuntimeError("%s %s: %d %s" % (method, target, status, data[:500].decode()))
        return json.loads(data) if data else None


class Stack:
    def __init__(self, build, state=None):
        self.build = build  # where the programs are
        self.owned = state is None
        self.directory = state or tempfile.mkdtemp(prefix="rollcall-bench-")
        os.makedirs(self.directory, exist_ok=True)
        os.chmod(self.directory, 0o711)
        self.port = int(tool("free-port"))
        self.processes, self.servers, self.sessions = [], [], {}
        self.pg = os.path.join(self.directory, "pg")
        for name in [name for name in os.environ if name.startswith("ROLLCALL_")]:
            del os.environ[name]  # settings of another instance

    def launch(self, name, *command, **more):
        with open(os.path.join(self.directory, name + ".log"), "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **more)
        self.processes.append(process)
        return process

    def program(self, name):
        return os.path.join(self.build, name)

    def path(self, name):
        return os.path.join(self.directory, name)

    # --- the database ---

    def start_database(self):
        tool("pg", "start", self.pg)
        self.sockets = tool("pg", "sockets", self.pg)
        with open(os.path.join(self.data_directory(), "postmaster.pid")) as file:
            self.postmaster = int(file.readline())

    def data_directory(self):
        return self.session("postgres").value("show data_directory")

    def url(self, role, database, sockets=None):
        return "host=%s port=5432 user=%s dbname=%s" % (sockets or self.sockets, role, database)

    def session(self, database):
        if database not in self.sessions:
            self.sessions[database] = Psql(self.url("postgres", database))
        return self.sessions[database]

    def create_database(self, name):
        sql = self.session("postgres")
        sql("create database %s owner rollcall_owner" % name)
        tool("migrate", self.url("rollcall_owner", name))
        sql("set client_min_messages = warning; grant rollcall_app to rollcall")
        return self.session(name)

    # --- the front ---

    def add_server(self, name, database, log):
        server = Server(self, name, database, log)
        server.configure(self.url("rollcall", database))
        self.servers.append(server)
        return server

    def start_front(self, workers):
        """lighttpd with the sample for production; instead of one socket for all paths, one for each prefix."""
        self.hello = self.launch("hello", self.program("bench/hello"), self.path("hello.sock"), str(workers))
        backends = {server.base: server.socket for server in self.servers}
        backends["/hello"] = self.path("hello.sock")
        backends["/relay"] = self.path("relay.sock")
        with open(os.path.join(ROOT, "conf", "lighttpd.conf")) as file:
            lines = file.read().split("\n")
        kept = [line for line in lines[:next(i for i, line in enumerate(lines) if line.startswith("fastcgi.server"))]
                if not line.startswith(("server.username", "server.groupname", "server.pid-file", "server.errorlog", "var."))]
        os.makedirs(self.path("empty"), exist_ok=True)
        first = ['var.address = "127.0.0.1"', "var.port = %d" % self.port]
        kept = [line if not line.startswith("server.document-root") else 'server.document-root = "%s"' % self.path("empty") for line in kept]
        table = ",\n".join('"%s/" => (( "socket" => "%s", "check-local" => "disable", "connect-timeout" => 3, "read-timeout" => 60 ))' % pair
                           for pair in sorted(backends.items()))
        with open(self.path("lighttpd.conf"), "w") as file:
            file.write("\n".join(first + kept + ["fastcgi.server = (", table, ")", ""]))
        program = shutil.which("lighttpd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        self.lighttpd = self.launch("lighttpd", program, "-D", "-f", self.path("lighttpd.conf"))

    def start_relay(self, processes, database, options, trips):
        """The responder with the trips of one workload, when all its processes accept."""
        with open(self.path("relay.log"), "ab") as log:
            process = subprocess.Popen([self.program("bench/hello"), self.path("relay.sock"), str(processes), self.url("rollcall", database), trips],
                                       env=dict(os.environ, PGOPTIONS=options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        self.processes.append(process)
        if process.stdout.readline() != b"ready\n":
            with open(self.path("relay.log")) as file:
                raise RuntimeError("the relay does not start: " + file.read()[-1000:])
        return process

    def wait_until_ready(self, server):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if server.ask("GET", "/healthz/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        with open(self.path(server.name + ".log")) as file:
            raise RuntimeError("%s is not ready: %s" % (server.name, file.read()[-1000:]))

    # --- the end ---

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process in self.processes:
            self.processes.remove(process)

    def close(self):
        for session in self.sessions.values():
            try:
                session.close()
            except (OSError, subprocess.TimeoutExpired):
                session.process.kill()
        for process in list(reversed(self.processes)):
            self.end(process)
        if os.path.exists(self.pg):
            tool("pg", "drop", self.pg)
        if self.owned:
            shutil.rmtree(self.directory, ignore_errors=True)
