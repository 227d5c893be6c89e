#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Workers, connections and the database die under load (reliability D1, D2, D5, D6, D11, D13): what was
acknowledged is there, clients see 5xx at most while it lasts, nothing has to be restarted by hand.
On an instance of its own, which the other tests do not see.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "tools", "")
DIR = tempfile.mkdtemp(prefix="rollcall-faults-")
os.environ.setdefault("ROLLCALL_TEST_SECRETS", os.environ["ROLLCALL_STATE"].rstrip("/") + ".secrets")


def dev(verb):
    environment = dict(os.environ, STATE=DIR + "/state", PORT=os.environ["FAULTS_PORT"], BINARY=os.environ["ROLLCALL_BINARY"], WORKERS="4", PATIENCE="120")
    # a daemon keeps what it inherits: no pipes
    done = subprocess.run([TOOLS + "dev", verb], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=open(DIR + "/dev.log", "a"), timeout=600)
    return done.returncode


def start_own():
    os.chmod(DIR, 0o711)
    os.environ["FAULTS_PORT"] = subprocess.run([TOOLS + "free-port"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
    if dev("start"):
        print(open(DIR + "/dev.log").read())
        raise SystemExit("the instance does not start")
    with open(DIR + "/state/dev.env") as file:
        for line in file:
            name, _, text = line.strip().partition("=")
            os.environ[name] = text.strip("'")
    os.environ["ROLLCALL_STATE"] = DIR + "/state"


start_own()

from rollcall import (BINARY, HOST, KEY, PATIENCE, PORT, STATE, TOLD, Client, Closed, Session, Tenant, Wire, check, children, database_url, equal,  # noqa: E402
                      fcgi, fcgi_bytes, management, operation, parent, patch, psql, rpc_error, run, scim_error, secrets_in, socket_path, sql, to_uuid, tool,
                      user, value, wait_for)

ROOT_URL = database_url()
KILLS, ENOUGH = 40, 80  # of processes; changes acknowledged at least


# --- processes ---

def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


OURS = "datname = 'rollcall' and usename = 'rollcall'"


def no_idle_transaction():
    wait_for("no session idle in transaction", lambda: value(
        "select count(*) from pg_stat_activity where %s and state like 'idle in transaction%%'" % OURS) == "0")
    wait_for("nor one that is busy", lambda: value("select count(*) from pg_stat_activity where %s and state <> 'idle'" % OURS) == "0")


def answers_again(tenant, what):
    """At once: not one of the next requests fails."""
    wait_for(what + ": ready", lambda: ready() == 200)
    scim = tenant.client()
    equal([scim("GET", "/Users?count=1").status for _ in range(40)], [200] * 40, what + ": it answers")


def ready():
    try:
        return Client()("GET", "/healthz/ready").status
    except (OSError, Closed):
        return 0


# --- load, with a journal of what was acknowledged ---

class Load:
    def __init__(self, tenant, writers=6):
        self.tenant = tenant
        self.stop = threading.Event()
        self.users = {}  # userName: (id or None, [titles that may be there])
        self.statuses = {}
        self.bad = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._write, args=(i,), daemon=True) for i in range(writers)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            check(not thread.is_alive(), "a client hangs")

    def done(self):
        """How many changes were acknowledged."""
        with self.lock:
            return self.statuses.get(200, 0) + self.statuses.get(201, 0)

    def go_on(self, changes):
        """Wait until so many more are: trouble comes between them, however slow the machine."""
        goal = self.done() + changes
        wait_for("%d more changes" % changes, lambda: self.done() >= goal, 0.01)

    def _ask(self, scim, method, target, body):
        try:
            answer = scim(method, target, body)
        except (OSError, Closed):
            scim.close()
            answer = None
        status = answer.status if answer else 0
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status == 503 and answer.header("Content-Type", ).startswith("application/scim+json") and not answer.header("Retry-After"):
                self.bad.append("503 without Retry-After")
        return answer if status in (200, 201) else None

    def _write(self, i):
        scim, run_id, number = self.tenant.client(), uuid.uuid4().hex[:6], 0
        while not self.stop.is_set():
            name = "load-%s-%d-%d" % (run_id, i, number)
            number += 1
            made = self._ask(scim, "POST", "/Users", user(name, title="0", emails=[{"value": name + "@x.example"}]))
            one, titles = (made.json()["id"] if made else None), ["0"]
            for change in range(1, 4):
                if not made:
                    break
                title = "%d" % change
                if self._ask(scim, "PATCH", "/Users/" + one, patch(operation("replace", "title", value=title))):
                    titles = [title]
                else:
                    titles.append(title)
            self.users[name] = (one, titles)

    def verify(self, what, allowed):
        no_idle_transaction()  # whose client is dead may commit yet
        check(set(self.statuses) <= set(allowed), "%s: statuses %s" % (what, self.statuses))
        equal(self.bad, [], what)
        stored = {row[0]: row for row in sql("select user_name, id, doc->>'title', doc->'emails'->0->>'value', version from users"
                                             " where directory_id = '%s' and deleted_at is null" % self.tenant.uuid)}
        lost = []
        for name, (one, titles) in self.users.items():
            row = stored.pop(name, None)
            if one is None:
                if row and (row[2] != "0" or row[3] != name + "@x.example"):
                    lost.append((name, "half", row))
            elif row is None or row[1] != to_uuid(one) or row[2] not in titles or row[3] != name + "@x.example":
                lost.append((name, titles, row))
        stored = [name for name in stored if name.startswith("load-")]
        equal(lost, [], what + ": what was acknowledged is there, what was not is there as a whole or not at all")
        live = value("select count(*) from users where directory_id = '%s' and deleted_at is null" % self.tenant.uuid)
        equal(str(self.tenant.client().list(count=0)["totalResults"]), live, what + ": the total is right")
        equal(value("select count(*) from users u where directory_id = '%s' and version <> (select count(*) from %s e where"
                    " e.directory_id = u.directory_id and e.resource_id = u.id)" % (self.tenant.uuid, TOLD)), "0", what + ": an event for each version")
        acknowledged = sum(1 for one, _ in self.users.values() if one)
        check(acknowledged > 10, "%s: %d users were acknowledged" % (what, acknowledged))
        print("  %s: %s" % (what, dict(sorted(self.statuses.items()))))


# --- tests ---

def test_kill_workers():
    tenant, dice = Tenant(), random.Random(1)
    load = Load(tenant)
    with load:
        for _ in range(KILLS):
            kill(dice.choice(wait_for("a worker", lambda: children(parent()), 0.01)))
            load.go_on(dice.randrange(12))
        load.go_on(ENOUGH)
    answers_again(tenant, "after %d kills" % KILLS)
    load.verify("kill -9 of %d workers" % KILLS, (200, 201, 0, 500, 502, 503))
    wait_for("four workers again", lambda: len(children(parent())) == 4)
    with open(os.path.join(STATE, "rollcall.log")) as file:
        check("was ended by signal 9" in file.read(), "the parent says so")


def test_sigterm():
    tenant = Tenant()
    one = tenant.client()("POST", "/Users", user("term")).json()["id"]
    for number in range(3):
        before = children(parent())
        session, result = Session(), []
        session.run("begin; select version from users where directory_id = '%s' for update" % tenant.uuid)
        thread = threading.Thread(target=lambda: result.append(tenant.client()(
            "PATCH", "/Users/" + one, patch(operation("replace", "title", value="t%d" % number)))), daemon=True)
        thread.start()
        waiting = "select count(*) from pg_stat_activity where %s and wait_event_type = 'Lock'" % OURS
        wait_for("a request in hand", lambda: value(waiting) == "1", 0.01)
        for pid in before:
            kill(pid, signal.SIGTERM)
        wait_for("the idle ones go", lambda: sum(alive(pid) for pid in before) <= 1)
        equal(sum(alive(pid) for pid in before), 1, "the busy one stays")
        session.run("rollback")
        thread.join(PATIENCE)
        equal([answer.status for answer in result], [200], "it finishes")
        wait_for("and then goes", lambda: not any(alive(pid) for pid in before))
        session.close()
        wait_for("others take their place", lambda: len(children(parent())) == 4)
    answers_again(tenant, "after SIGTERM")


def test_terminate_backend():
    tenant, session, dice, count = Tenant(), Session(), random.Random(3), 0
    load = Load(tenant)
    pids = sorted(children(parent()))
    with load:
        for _ in range(2 * KILLS):
            count += len(session.run("select pg_terminate_backend(pid) from pg_stat_activity where %s order by random() limit 2" % OURS))
            load.go_on(dice.randrange(6))
        load.go_on(ENOUGH)
    session.close()
    answers_again(tenant, "after terminations")
    load.verify("pg_terminate_backend, %d times" % count, (200, 201, 503))
    equal(sorted(children(parent())), pids, "the workers are the same")


def sessions():
    """The sessions' processes; None while PostgreSQL lets nobody in."""
    done = psql(ROOT_URL, "select pid from pg_stat_activity where " + OURS, check_status=False)
    return None if done.returncode else set(done.stdout.replace("\x1e", "\n").split())


def test_crash():
    """A backend dies: PostgreSQL throws all sessions out and recovers."""
    def recovered(before):
        now = sessions()
        return now is not None and not before & now and ready() == 200

    tenant = Tenant()
    load = Load(tenant)
    with load:
        for _ in range(2):
            load.go_on(ENOUGH)
            before = {row[0] for row in sql("select pid from pg_stat_activity where " + OURS)}
            check(before, "sessions")
            kill(int(min(before)))
            wait_for("recovered", lambda: recovered(before))
        load.go_on(ENOUGH)
    answers_again(tenant, "after crashes")
    load.verify("kill -9 of a backend", (200, 201, 503))


def test_database_down():
    tenant = Tenant()
    pids = sorted(children(parent()))
    load = Load(tenant)
    with load:
        load.go_on(ENOUGH)
        equal(tool("pg", "stop", STATE + "/pg", check_status=False).returncode, 0, "stop")
        for client in (tenant.client(), tenant.short()):
            for method, target, body in (("GET", "/Users", None), ("POST", "/Users", user("down")), ("PATCH", "/Users/x", patch(operation("add", value={}))),
                                         ("DELETE", "/Users/x", None), ("GET", "/Users?filter=(", None), ("GET", "/Users/x", None)):
                answer = client(method, target, body)
                if answer.status != 400 and "/Users/x" not in target:
                    scim_error(answer, 503, what=method + " while it is down")
                    check(answer.header("Retry-After"), "Retry-After")
                check(answer.status in (400, 404, 503), "%s %s: %r" % (method, target, answer))
        rpc_error(management("GET", "/v1/organizations"), 503, 14, "management")
        equal(ready(), 503, "not ready")
        equal(Client()("GET", "/healthz/live").status, 200, "but alive")
        equal(Client(tenant.base)("GET", "/Schemas").status, 200, "discovery needs no database")
        tool("pg", "start", STATE + "/pg")
        wait_for("ready again", lambda: ready() == 200)
        load.go_on(ENOUGH)
    answers_again(tenant, "after the database was down")
    equal(sorted(children(parent())), pids, "no worker had to be restarted")
    load.verify("tools/pg stop and start", (200, 201, 503))


def test_no_connections():
    tenant = Tenant()
    try:
        sql("alter role rollcall connection limit 0")
        sql("select pg_terminate_backend(pid) from pg_stat_activity where " + OURS)
        wait_for("thrown out", lambda: value("select count(*) from pg_stat_activity where " + OURS) == "0")
        for _ in range(6):
            answer = tenant.client()("GET", "/Users")
            scim_error(answer, 503, what="too many connections")
            check(answer.header("Retry-After"), "Retry-After")
    finally:
        sql("alter role rollcall connection limit -1")
    answers_again(tenant, "connections again")


def test_lock():
    """Of workers that wait as long as the default says; those of this instance are more patient."""
    tenant, session, path = Tenant(), Session(), os.path.join(DIR, "locked.sock")
    process = serve(path, 1, ROLLCALL_LOCK_TIMEOUT_MS="2000")
    pids = children(process.pid)

    def ask(method, body):
        return fcgi(method, tenant.base + "/Users", body, [("HTTP_AUTHORIZATION", "Bearer " + tenant.token)], path)

    session.run("begin; lock table users in access exclusive mode")
    for method, body in (("GET", b""), ("POST", json.dumps(user("locked")).encode())):
        answer = ask(method, body)
        scim_error(answer, 503, what="a table is locked")
        check(answer.header("Retry-After"), "Retry-After")
    session.run("rollback")
    session.close()
    equal((ask("GET", b"").status, children(process.pid)), (200, pids), "the same worker afterwards")
    process.send_signal(signal.SIGTERM)
    equal(process.wait(PATIENCE), 0, "the parent ends")
    answers_again(tenant, "after the lock")
    equal(tenant.client().list()["totalResults"], 0, "nothing was written")
    no_idle_transaction()


def test_newer_schema():
    tenant = Tenant()
    pids = sorted(children(parent()))
    size = os.path.getsize(os.path.join(STATE, "rollcall.log"))
    owner = database_url("rollcall_owner")
    psql(owner, "insert into schema_migrations (version) values (9999)")
    try:
        for _ in range(8):
            answer = tenant.client()("GET", "/Users")
            scim_error(answer, 503, what="a newer schema")
            check(answer.header("Retry-After"), "Retry-After")
            scim_error(tenant.client()("POST", "/Users", user("newer")), 503, what="a newer schema")
            rpc_error(management("GET", "/v1/organizations"), 503, 14, "management")
        equal(ready(), 503, "not ready")
    finally:
        psql(owner, "delete from schema_migrations where version = 9999")
    answers_again(tenant, "the schema it knows")
    equal(tenant.client().list()["totalResults"], 0, "nothing was written")
    equal(sorted(children(parent())), pids, "the same workers")
    with open(os.path.join(STATE, "rollcall.log")) as file:
        file.seek(size)
        lines = [json.loads(line) for line in file.read().splitlines() if line.startswith("{")]
    said = [line for line in lines if line["level"] == "error" and "9999" in line.get("message", "") + line.get("detail", "")]
    check(said and "version" in said[0].get("message", "") + said[0].get("detail", ""), "the log says why: %s" % lines[:2])


def test_silent_peers():
    tenant = Tenant()
    peers = []

    def peer(data=b""):
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        one.connect(socket_path())
        one.sendall(data)
        peers.append(one)

    whole = fcgi_bytes([("REQUEST_METHOD", "POST"), ("REQUEST_URI", tenant.base + "/Users"), ("HTTP_AUTHORIZATION", "Bearer " + tenant.token),
                        ("CONTENT_LENGTH", "100")], b"x" * 100)
    for data in (b"", b"\x01\x01\x00", whole[:len(whole) - 60]):  # each holds a worker for a while; one is left
        peer(data)
        answers_again(tenant, "%d silent peers" % len(peers))
    for one in peers:
        one.close()
    del peers[:]
    dice = random.Random(2)
    for i in range(60):  # and those who talk nonsense
        kind = i % 6
        if kind == 0:
            peer(bytes(dice.randrange(256) for _ in range(200)))
        elif kind == 1:
            peer(whole[:dice.randrange(len(whole))])
        elif kind == 2:
            peer(b"\x01\x04\x00\x01\x00\x08\x00\x00" + b"\x7f\xff\xff\xfe" * 2)
        elif kind == 3:
            data = bytearray(whole)
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
            peer(bytes(data))
        elif kind == 4:
            peer(b"GET / HTTP/1.1\r\n\r\n")
        else:
            peer(b"\x01\x01\x00\x01\x00\x08\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00")
        peers.pop().close()
    answers_again(tenant, "nonsense at the socket")
    # clients of the web server that go away in the middle
    for i in range(30):
        wire = Wire()
        wire.send(("POST %s/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 60000\r\n\r\n{" % (tenant.base, tenant.token)).encode())
        if i % 2:
            wire.send(b'"userName":"half%d"' % i)
        wire.close()
    for _ in range(30):
        wire = Wire()
        wire.send(("GET %s/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % (tenant.base, tenant.token)).encode())
        wire.close()
    answers_again(tenant, "clients that went away")
    equal(tenant.client().list()["totalResults"], 0, "nothing of a half request")
    wait_for("four workers", lambda: len(children(parent())) == 4)
    no_idle_transaction()


def test_slow_clients():
    tenant = Tenant()
    wires = []
    for i in range(100):  # slow senders and slow readers hold nobody: the web server buffers
        wire = Wire()
        if i % 2:
            wire.send(("POST %s/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\n\r\n{" % (tenant.base, tenant.token)).encode())
        else:
            wire.send(("GET /scim/v2/Schemas HTTP/1.1\r\nHost: x\r\n\r\n" * 4).encode())
        wires.append(wire)
    answers_again(tenant, "100 slow clients")
    for wire in wires:
        wire.close()


def serve(socket_name, workers=3, **settings):
    process = subprocess.Popen([BINARY, "--config", os.path.join(STATE, "rollcall.conf"), "serve", "--socket", socket_name, "--workers", str(workers)],
                               env=dict(os.environ, **settings), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=open(os.path.join(STATE, "second.log"), "a"))
    wait_for("workers", lambda: len(children(process.pid)) == workers, 0.01)
    return process


def test_parent():
    path = os.path.join(DIR, "second.sock")
    for number in range(6):
        process = serve(path)
        if number % 2:  # else right after the fork
            equal(fcgi("GET", "/healthz/live", path=path).status, 200, "it answers")
        pids = children(process.pid)
        process.kill()
        process.wait()
        wait_for("no orphans behind a killed parent", lambda: not any(alive(pid) for pid in pids))
        for pid in pids:
            kill(pid)
    for number in range(10):
        process = serve(path)
        pids = children(process.pid)
        mode = os.stat(path).st_mode & 0o777
        equal(mode, 0o660, "the socket's mode")
        process.send_signal(signal.SIGTERM if number % 2 else signal.SIGINT)
        try:
            equal(process.wait(PATIENCE), 0, "the parent ends")
        except subprocess.TimeoutExpired:
            check(False, "the parent does not end at a signal")
            process.kill()
            process.wait()
        check(not any(alive(pid) for pid in pids), "with its workers")
        check(not os.path.exists(path), "and its socket")


def test_stop():
    token = os.environ["ROLLCALL_SCIM_TOKEN"]
    workers = children(parent())
    check(len(workers) == 4, "four workers")
    equal(dev("stop"), 0, "stop")
    left = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open("/proc/%s/cmdline" % name, "rb") as file:
                    if STATE.encode() + b"/" in file.read() and alive(int(name)):
                        left.append(name)
            except OSError:
                pass
    equal(left, [], "no process is left")
    check(not any(alive(pid) for pid in workers), "no worker")
    check(not os.path.exists(os.path.join(STATE, "rollcall.sock")), "no socket")
    equal(dev("stop"), 0, "stop again")
    equal(dev("start"), 0, "start again")
    equal(Client("/scim/v2", token)("GET", "/Users").status, 200, "the tokens are kept")
    equal(dev("start"), 0, "start what runs")
    equal(Client("/scim/v2", token)("GET", "/Users").status, 200, "the tokens are kept")


def test_logs():
    """No secret in the logs of this instance, either; and no line that is none."""
    equal(secrets_in(STATE), [], "secrets in the logs")
    with open(os.path.join(STATE, "rollcall.log")) as file:
        lines = file.read().splitlines()
    equal([line for line in lines if '"status":500' in line], [], "status 500 by Rollcall itself is a bug")
    equal([line for line in lines if "Sanitizer" in line or "runtime error:" in line], [], "a sanitizer's report")


def main():
    try:
        run(test_kill_workers, test_sigterm, test_terminate_backend, test_crash, test_database_down, test_no_connections, test_lock,
            test_newer_schema, test_silent_peers, test_slow_clients, test_parent, test_stop, test_logs)
    finally:
        dev("stop")
        tool("pg", "drop", STATE + "/pg", check_status=False)
        shutil.rmtree(DIR, ignore_errors=True)


main()
