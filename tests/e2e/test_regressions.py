#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the reviews have found, each named by what must hold since."""

import array
import contextlib
import fcntl
import json
import os
import socket
import subprocess
import tempfile
import termios
import threading
import uuid

import rollcall
from rollcall import (BINARY, ENTERPRISE, KEY, PATIENCE, SCIM_JSON, STATE, Client, Tenant, canary, cgi_run, check, database_url, equal, fcgi,
                      fcgi_bytes, from_uuid, operation, parse_cgi, patch, rpc_error, run, scim_error, sql, to_uuid, together, user,
                      value, wait_for)
from test_cuts import PORT, end_listener, read_messages, real_folder

OURS = "datname = 'rollcall' and usename = 'rollcall'"


# --- what several tests need ---

class Session:
    """A psql that stays, as superuser."""

    def __init__(self):
        self.process = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-d", database_url()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self, text):
        self.process.stdin.write(text + ";\n\\echo done\n")
        self.process.stdin.flush()
        while self.process.stdout.readline() not in ("", "done\n"):
            pass

    def close(self):
        """A transaction that is open is rolled back."""
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Locked:
    """As long as it lasts, requests wait in the order in which they are asked."""

    def __init__(self, text):
        self.text = text
        self.results = []
        self.threads = []

    def __enter__(self):
        self.session = Session()
        self.session.run("begin; " + self.text)
        return self

    def ask(self, work):
        """Begin the request, and see it wait for a lock."""
        number = len(self.threads)
        self.results.append(None)

        def body():
            self.results[number] = work()

        self.threads.append(threading.Thread(target=body, daemon=True))
        self.threads[-1].start()
        wait_for("request %d waits for the lock" % number, lambda: int(value(
            "select count(*) from pg_stat_activity where %s and wait_event_type = 'Lock'" % OURS)) > number, 0.01)

    def __exit__(self, *_):
        self.session.run("commit")
        self.session.close()
        for thread in self.threads:
            thread.join(PATIENCE)


class Proxy(threading.Thread):
    """
    Between the program and PostgreSQL, a connection after the other.
    accepted(n): before the n-th connection is made; startup(message) is what goes instead of the
    first; answered(n, message): True passes it, False ends the connection, None keeps it and all
    that follows.
    """

    def __init__(self, folder, accepted=None, startup=None, answered=None):
        super().__init__(daemon=True)
        self.accepted, self.startup, self.answered = accepted, startup, answered
        self.connections = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(folder, PORT))
        os.chmod(os.path.join(folder, PORT), 0o777)
        self.listener.listen(16)
        self.start()

    def run(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            number = self.connections
            if self.accepted:
                self.accepted(number)
            server = socket.socket(socket.AF_UNIX)
            server.connect(os.path.join(real_folder(), PORT))
            for work in (self.ask, self.answer):
                threading.Thread(target=work, args=(client, server, number), daemon=True).start()

    def ask(self, client, server, _):
        first = True
        for message in read_messages(client, True):
            if first and self.startup:
                message = self.startup(message)
            first = False
            with contextlib.suppress(OSError):
                server.sendall(message)
        end(client, server)

    def answer(self, client, server, number):
        passing = True
        for message in read_messages(server, False):
            passed = self.answered(number, message) if self.answered and passing else passing
            if passed is False and passing:
                break
            passing = bool(passed)
            if passing:
                with contextlib.suppress(OSError):
                    client.sendall(message)
        end(client, server)


def end(*sockets):
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxied(**hooks):
    """The proxy, and the environment with which a process of plain CGI goes through it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        proxy = Proxy(folder, **hooks)
        try:
            yield proxy, {"ROLLCALL_DATABASE_URL": "host=%s port=5432 user=rollcall dbname=rollcall sslmode=disable"
                                                   " gssencmode=disable" % folder}
        finally:
            end_listener(proxy)


def cgi_ask(tenant, method, target, body=None, more=()):
    """(answer, what stderr says) of one process; a process that dies has no answer."""
    data = json.dumps(body).encode() if body is not None else b""
    status, out, err = cgi_run(method, tenant.base + target, data,
                               more=dict(more, HTTP_AUTHORIZATION="Bearer " + tenant.token))
    equal(status, 0, "%s %s: the exit status; %s" % (method, target, err[-300:]))
    return parse_cgi(out), err.decode()


def fcgi_ask(tenant, method, target, body=b"", **more):
    return fcgi(method, tenant.base + target, body, [("HTTP_AUTHORIZATION", "Bearer " + tenant.token)], **more)


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        return sorted(int(word) for word in file.read().split())


def workers():
    with open(os.path.join(STATE, "rollcall.pid")) as file:
        return children(int(file.read()))


def make(scim, name, **more):
    answer = scim("POST", "/Users", user(name, **more))
    check(answer.status == 201, lambda: "POST: %r" % answer)
    return "/Users/" + answer.json()["id"]


def manager():
    return Client("", KEY, "application/json")


def terminate():
    """Every session of the workers, and see them gone."""
    sql("select pg_terminate_backend(pid, 150000) from pg_stat_activity where " + OURS)


def log_row(tenant, answer):
    """The request log about an answer: status, detail, quirks, response body; empty when there is none."""
    if not answer.header("X-Request-Id"):
        return [""] * 4
    rows = sql("select status, coalesce(detail, ''), quirks, coalesce(response_body, '') from request_log where directory_id = '%s'"
               " and id = '%s'" % (tenant.uuid, to_uuid(answer.header("X-Request-Id"))))
    return rows[0] if rows else [""] * 4


# --- management: deleting, and who is primary ---

def test_delete_after_lost_sessions():
    """A DELETE that runs twice because its session was gone does not take that for its own success."""
    vendor = manager()
    for _ in range(3):
        terminate()
        rpc_error(vendor("DELETE", "/v1/organizations/" + from_uuid("org_", str(uuid.uuid4()))), 404, 5, "no organization")
        terminate()
        rpc_error(vendor("DELETE", "/v1/scim-directories/" + from_uuid("scim_directory_", str(uuid.uuid4()))), 404, 5, "no directory")
        tenant = Tenant()
        for path in ("/v1/scim-directories/" + tenant.directory, "/v1/organizations/" + tenant.organization):
            terminate()
            answer = vendor("DELETE", path)
            equal((answer.status, answer.body), (200, b"{}"), "DELETE on a lost session")
            rpc_error(vendor("DELETE", path), 404, 5, "deleted before")
            terminate()
            rpc_error(vendor("DELETE", path), 404, 5, "deleted before, on a lost session")


def second_directory(tenant):
    answer = manager()("POST", "/v1/scim-directories", {"organizationId": tenant.organization})
    return answer.json()["scimDirectory"]["id"]


def primaries(tenant):
    return [row[0] for row in sql("select id from directories where organization_id = '%s' and is_primary and deleted_at is null"
                                  % to_uuid(tenant.organization))]


def organization_lock(tenant):
    return "select 1 from organizations where id = '%s' for update" % to_uuid(tenant.organization)


def change(directory, **body):
    return lambda: manager()("PATCH", "/v1/scim-directories/" + directory, body)


def delete(path):
    return lambda: manager()("DELETE", path)


def test_primary_is_read_behind_the_lock():
    tenant = Tenant()
    other = second_directory(tenant)
    with Locked(organization_lock(tenant) + "; update directories set is_primary = false where id = '%s'" % tenant.uuid
                + "; update directories set is_primary = true where id = '%s'" % to_uuid(other)) as locked:
        locked.ask(change(other, primary=False))
    rpc_error(locked.results[0], 400, 3, "what became primary while the request waited")
    equal(primaries(tenant), [to_uuid(other)], "one primary")


def test_one_primary_whoever_is_deleted():
    for first, primary in (("DELETE", False), ("PATCH", False), ("DELETE", True), ("PATCH", True)):
        tenant = Tenant()
        other = second_directory(tenant)
        doomed, kept = (tenant.directory, other) if primary else (other, tenant.directory)
        asked = [delete("/v1/scim-directories/" + doomed), change(doomed, primary=True)]
        if first == "PATCH":
            asked.reverse()
        with Locked(organization_lock(tenant)) as locked:
            for work in asked:
                locked.ask(work)
        statuses = sorted(answer.status for answer in locked.results)
        equal(statuses, [200, 404] if first == "DELETE" else [200, 200], "%s first" % first)
        equal(primaries(tenant), [to_uuid(kept)], "one primary, %s first, of the primary: %s" % (first, primary))
    for number in range(20):
        tenant = Tenant()
        other = second_directory(tenant)
        doomed = (tenant.directory, other)[number % 2]
        asked = [delete("/v1/scim-directories/" + doomed), change(doomed, primary=True), change(other, primary=True)]
        together(3, lambda i: asked[i]())
        equal(len(primaries(tenant)), 1, "one primary, race %d" % number)


def orphans():
    return value("select count(*) from directories d join organizations o on o.id = d.organization_id"
                 " where o.deleted_at is not null and d.deleted_at is null")


def test_no_directory_outlives_its_organization():
    for first in ("DELETE", "POST"):
        tenant = Tenant()
        asked = [delete("/v1/organizations/" + tenant.organization),
                 lambda: manager()("POST", "/v1/scim-directories", {"organizationId": tenant.organization, "primary": True})]
        if first == "POST":
            asked.reverse()
        with Locked(organization_lock(tenant)) as locked:
            for work in asked:
                locked.ask(work)
        equal([answer.status for answer in locked.results], [200, 404] if first == "DELETE" else [200, 200], first + " first")
        equal(orphans(), "0", "a live directory of a deleted organization, %s first" % first)
    for number in range(50):
        organization = manager()("POST", "/v1/organizations", {}).json()["organization"]["id"]

        def work(i):
            if i == 0:
                return manager()("DELETE", "/v1/organizations/" + organization).status
            return manager()("POST", "/v1/scim-directories", {"organizationId": organization}).status

        statuses = together(3, work)
        check(statuses[0] == 200 and set(statuses[1:]) <= {200, 404}, "race %d: %s" % (number, statuses))
    equal(orphans(), "0", "live directories of deleted organizations")


# --- a commit whose answer was lost ---

def cut_commit(state, between):
    """Hooks for Proxy: the first COMMIT's answer is cut, and the second connection waits for between()."""
    def answered(number, message):
        if number == 1 and message[:1] == b"C" and message[5:] == b"COMMIT\0":
            state.append("cut")
            return False
        return True

    def accepted(number):
        if number == 2:
            between()
            state.append("between")

    return {"answered": answered, "accepted": accepted}


def test_retry_does_not_undo_what_came_between():
    tenant = Tenant()
    other = tenant.client()
    kinds = (("PATCH", lambda name: patch(operation("replace", "title", value="after"), operation("replace", "active", value=True))),
             ("PUT", lambda name: user(name, title="after", active=True)))
    for method, body in kinds:
        name = "between-" + method
        path, state = make(other, name, active=False), []
        with proxied(**cut_commit(state, lambda: other("PATCH", path, patch(operation("replace", "active", value=False))))) as (_, more):
            answer, _ = cgi_ask(tenant, method, path, body(name), more)
        equal(state, ["cut", "between"], method + ": it came to that")
        equal(answer.status, 200, "%s: %r" % (method, answer))
        now = other("GET", path).json()
        equal((now["active"], now.get("title"), now["meta"]["version"]), (False, "after", 'W/"3"'), method + ": the other's change stays")
        mine = to_uuid(answer.header("X-Request-Id"))
        rows = sql("select type, version from %s e where directory_id = '%s' and request_id = '%s'" % (rollcall.TOLD, tenant.uuid, mine))
        equal(rows, [["user.reactivated", "2"]], method + ": one event")
        equal(value("select count(*) from %s e where directory_id = '%s' and resource_id = '%s'"
                    % (rollcall.TOLD, tenant.uuid, to_uuid(path[7:]))), "3", method + ": of three")
        equal(log_row(tenant, answer)[0], "200", method + ": the log agrees")


def test_retry_of_a_post_keeps_what_came_between():
    tenant, state = Tenant(), []
    other = tenant.client()

    def between():
        one = other.list(filter='userName eq "between-POST"')["Resources"][0]
        other("PATCH", "/Users/" + one["id"], patch(operation("replace", "title", value="theirs")))

    with proxied(**cut_commit(state, between)) as (_, more):
        answer, _ = cgi_ask(tenant, "POST", "/Users", user("between-POST", title="mine"), more)
    equal((state, answer.status), (["cut", "between"], 201), "POST: %r" % answer)
    now = other.list()
    equal((now["totalResults"], now["Resources"][0]["title"]), (1, "theirs"), "the other's change stays")
    equal([row[0] for row in sql("select type from %s e where directory_id = '%s' order by id" % (rollcall.TOLD, tenant.uuid))],
          ["user.created", "user.updated"], "two events")


# --- what a request may cost ---

def test_patch_compares_within_bounds():
    """Operations times terms times values: refused before it is done, and what is ordinary is not."""
    tenant = Tenant()
    scim, pids = tenant.client(), workers()
    path = make(scim, "many", emails=[{"value": "\u00c9\u1e9e" * 1500 + str(i), "type": "work"} for i in range(8)])
    before = tenant.checksum()
    terms = " or ".join('value ew "\u00c9%d"' % i for i in range(20))
    answer = scim("PATCH", path, patch(*[operation("remove", "emails[%s]" % terms) for _ in range(500)]))
    scim_error(answer, 400, "tooMany", "500 operations, 20 terms, 8 long values")
    equal(log_row(tenant, answer)[0], "400", "it is logged")
    terms += ' or value ew "\u1e9e7"'
    answer = scim("PATCH", path, patch(*[operation("add", "emails[%s].display" % terms, value="x") for _ in range(500)]))
    scim_error(answer, 400, "tooMany", "the same, adding")
    equal(tenant.checksum(), before, "nothing is changed")
    path = make(scim, "ordinary", emails=[{"value": "ordinary-address-%d@company.example" % i, "type": "work"} for i in range(20)])
    operations = [operation("replace", 'emails[type eq "work" and value eq "ordinary-address-%d@company.example"].display' % (i % 20),
                            value="display %d" % i) for i in range(100)]
    answer = scim("PATCH", path, patch(*operations))
    equal(answer.status, 200, "100 ordinary operations: %r" % answer)
    equal([row["display"] for row in answer.json()["emails"]], ["display %d" % i for i in range(80, 100)], "they are done")
    equal(workers(), pids, "the same workers")


def test_projection_of_many_names():
    tenant = Tenant()
    path = make(tenant.client(), "many-names", displayName="D", title="T", emails=[{"value": "a@x.example", "type": "work"}])
    for target, pick in ((path, lambda body: body), ("/Users", lambda body: body["Resources"][0])):
        for names, wanted in ((("attributes=", "displayName"), {"schemas", "id", "displayName"}),
                              (("attributes=", "emails.value,displayName"), {"schemas", "id", "displayName", "emails"}),
                              (("excludedAttributes=", "displayName"), {"schemas", "id", "userName", "active", "title", "emails", "meta"})):
            answer = fcgi_ask(tenant, "GET", "%s?%s%s" % (target, names[0], ",".join([names[1]] * 10000)))
            equal(answer.status, 200, "%s, 10,000 names" % target)
            got = pick(answer.json())
            equal(set(got), wanted, "%s: %s%s" % (target, *names))
            if names[1].startswith("emails"):
                equal(got["emails"], [{"value": "a@x.example"}], "a sub-attribute")


# --- what a request may hold ---

def unread(descriptor, question):
    """Bytes that were written and that nobody has read."""
    number = array.array("i", [0])
    fcntl.ioctl(descriptor, question, number)
    return number[0]


def slow_variables(tenant, path, body):
    return {"REQUEST_METHOD": "PATCH", "REQUEST_URI": tenant.base + path, "REMOTE_ADDR": "192.0.2.1",
            "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": SCIM_JSON, "HTTP_AUTHORIZATION": "Bearer " + tenant.token}


def other_writes(tenant, path, title, what):
    answer = tenant.client()("PATCH", path, patch(operation("replace", "title", value=title)))
    equal(answer.status, 200, "%s: another writes meanwhile: %r" % (what, answer))


def test_slow_body_holds_no_lock():
    tenant = Tenant()
    path = make(tenant.client(), "slow")
    body = json.dumps(patch(operation("replace", "nickName", value="slow" * 100))).encode()
    half = len(body) // 2

    process = subprocess.Popen([BINARY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env=dict(slow_variables(tenant, path, body), GATEWAY_INTERFACE="CGI/1.1", PATH=os.environ["PATH"],
                                        ROLLCALL_CONFIG=os.path.join(STATE, "rollcall.conf")))
    process.stdin.write(body[:half])
    process.stdin.flush()
    wait_for("it waits for the rest", lambda: unread(process.stdin, termios.FIONREAD) == 0, 0.01)
    other_writes(tenant, path, "cgi", "CGI")
    answer = parse_cgi(process.communicate(body[half:], PATIENCE)[0])
    equal(answer.status, 200, "the slow one: %r" % answer)
    equal((answer.json()["title"], answer.json()["nickName"], answer.json()["meta"]["version"]), ("cgi", "slow" * 100, 'W/"3"'), "both")

    data = fcgi_bytes(list(slow_variables(tenant, path, body.replace(b"slow", b"fast")).items()), body.replace(b"slow", b"fast"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(PATIENCE)
        peer.connect(rollcall.socket_path())
        peer.sendall(data[:-half])
        wait_for("it waits for the rest", lambda: unread(peer, termios.TIOCOUTQ) == 0, 0.01)
        other_writes(tenant, path, "fcgi", "FastCGI")
        peer.sendall(data[-half:])
        answer = rollcall._fcgi_answer(peer)
    equal(answer.status, 200, "the slow one: %r" % answer)
    equal((answer.json()["title"], answer.json()["nickName"], answer.json()["meta"]["version"]), ("fcgi", "fast" * 100, 'W/"5"'), "both")


# --- the connection to the database ---

@contextlib.contextmanager
def one_worker(**settings):
    """A `serve` of its own on the instance's database; the path of its socket."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        path, log = os.path.join(folder, "one.sock"), os.path.join(STATE, "one.log")
        environment = dict(os.environ, **{"ROLLCALL_" + name.upper(): str(text) for name, text in settings.items()})
        with open(log, "a") as errors:
            process = subprocess.Popen([BINARY, "--config", os.path.join(STATE, "rollcall.conf"), "serve", "--socket", path,
                                        "--workers", "1"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=errors)
        try:
            wait_for("a worker", lambda: os.path.exists(path) and children(process.pid), 0.01)
            yield path, process.pid
        finally:
            process.terminate()
            process.wait(PATIENCE)


def shapes(count):
    """Filters of which each is a statement of its own."""
    for number in range(count):
        words = ["and" if number >> i & 1 else "or" for i in range(7)]
        yield 'title eq "a"' + "".join(' %s title eq "%d"' % (word, i) for i, word in enumerate(words))


def test_statement_behind_a_failure_is_not_taken_for_prepared():
    tenant = Tenant()
    make(tenant.client(), "shapes", title="a")
    asked = list(shapes(120))
    with one_worker(lock_timeout_ms=200, database_url=rollcall.DATABASE_URL + " application_name=one") as (path, pid):
        worker = children(pid)

        def backend():
            return sql("select pid from pg_stat_activity where application_name = 'one'")

        def ask(text):
            return fcgi_ask(tenant, "GET", rollcall.with_query("/Users", {"filter": text}), path=path).status

        equal({ask(text) for text in asked[:100]}, {200}, "100 shapes fill the slots")
        first = backend()
        session = Session()
        session.run("begin; lock table bearer_tokens in access exclusive mode")
        equal([ask(text) for text in asked[95:105]], [503] * 10, "none while the token cannot be verified")
        session.run("rollback")
        session.close()
        equal([ask(text) for text in asked], [200] * 120, "all afterwards")
        equal([ask(text) for text in asked[::-1]], [200] * 120, "and again")
        equal((children(pid), backend()), (worker, first), "the same worker, the same session: nothing had to be tried again")


def test_first_question_has_a_deadline():
    tenant = Tenant()

    def mute(number, message):
        """The login passes; what is answered to the first question does not."""
        if number in seen:
            return None
        if message[:1] == b"Z":
            seen.add(number)
        return True

    for method, target, body in (("GET", "/Users", None), ("POST", "/Users", user("never"))):
        for ms in (500, 5000, 50000):  # on a slow machine the login takes some of it
            seen = set()
            with proxied(answered=mute) as (_, more):
                answer, err = cgi_ask(tenant, method, target, body, dict(more, ROLLCALL_REQUEST_TIMEOUT_MS=str(ms)))
            if seen:
                break
        scim_error(answer, 503, None, method)
        check(answer.header("Retry-After"), "Retry-After")
        check("does not answer" in err, "the log says why: %s" % err[-300:])
        check(seen, "it came to the question")
    with proxied(answered=lambda number, message: None) as (_, more):
        answer, _ = cgi_ask(tenant, "GET", "/Users", None, dict(more, ROLLCALL_REQUEST_TIMEOUT_MS="500"))
    scim_error(answer, 503, None, "not even a login")
    equal(tenant.client().list()["totalResults"], 0, "nothing was written")


# --- what is answered ---

def test_last_modified_never_runs_backwards():
    tenant = Tenant()
    scim = tenant.client()
    for method, body in (("PATCH", patch(operation("replace", "title", value="later"))), ("PUT", user("clock-PUT", title="later"))):
        path = make(scim, "clock-" + method)
        sql("update users set created_at = created_at + interval '1 hour', modified_at = modified_at + interval '1 hour'"
            " where directory_id = '%s' and id = '%s'" % (tenant.uuid, to_uuid(path[7:])))
        before = scim("GET", path).json()["meta"]
        answer = scim(method, path, body)
        equal((answer.status, answer.json()["meta"]["version"]), (200, 'W/"2"'), method)
        after = answer.json()["meta"]
        equal(scim("GET", path).json()["meta"], after, method + ": what is answered is what is stored")
        check(after["lastModified"] >= before["lastModified"] and after["created"] == before["created"],
              "%s: %s, then %s" % (method, before, after))
        check(after["lastModified"] >= after["created"], "%s: modified before it was made: %s" % (method, after))


def test_strict_before_the_first_trip():
    """What is parsed before the directory is known to be strict is parsed again."""
    tenant = Tenant()
    scim = tenant.client()
    path = make(scim, "strict", **{"schemas": [rollcall.CORE, ENTERPRISE], ENTERPRISE: {"department": "D", "manager": {"value": "m"}}})
    reads = [path + "?attributes=department", "/Users?attributes=department"]
    filters = ['department eq "D"', 'manager eq "m"', 'emails[type eq "work"].value eq "x"', "emails[type eq 'work']"]
    quirks = ["unqualified", "complexCompare", "pathFilter", "singleQuotes"]

    def first(answer):
        return answer.json().get("Resources", [answer.json()])[0]

    for target in reads:
        answer = scim("GET", target)
        equal((answer.status, first(answer).get(ENTERPRISE)), (200, {"department": "D"}), "tolerant: " + target)
        equal(log_row(tenant, answer)[:3], ["200", "", "{unqualified}"], "its row")
    for text, quirk in zip(filters, quirks):
        answer = scim.get("/Users", filter=text)
        equal(answer.status, 200, "tolerant: " + text)
        row = log_row(tenant, answer)
        check(row[0] == "200" and quirk in row[2], "its row: %s" % row)
    equal(change(tenant.directory, strict=True)().status, 200, "strict from now on")
    for target in reads:
        answer = scim("GET", target)
        equal(answer.status, 200, "strict, unknown names are ignored: " + target)
        equal(set(first(answer)), {"schemas", "id"}, "strict: " + target)
        equal(log_row(tenant, answer)[:3], ["200", "", "{}"], "its row")
    for text in filters:
        answer = scim.get("/Users", filter=text)
        scim_error(answer, 400, "invalidFilter", "strict: " + text)
        status, detail, used, body = log_row(tenant, answer)
        equal((status, detail, used), ("400", answer.json()["detail"], "{}"), "its row")
        equal(json.loads(body), answer.json(), "its row has the answer")
    equal(value("select count(*) from request_log where directory_id = '%s'" % tenant.uuid), "13", "one row a request")


def log_sizes():
    return {name: os.path.getsize(os.path.join(STATE, name)) for name in os.listdir(STATE) if name.endswith(".log")}


def kept_of(tenant, sizes):
    """
    All that the request log of a tenant holds, and what the instance's logs have more than those sizes. (Events tell a
    resource's own attributes, whatever they are, as users and groups have them.)
    """
    rows = value("select coalesce(string_agg(l::text, ' '), '') from request_log l where directory_id = '%s'" % tenant.uuid)
    for name in log_sizes():
        with open(os.path.join(STATE, name), "rb") as file:
            file.seek(sizes.get(name, 0))
            rows += file.read().decode("utf-8", "replace")
    return rows


def percent(text):
    return "".join("%%%02x" % ord(c) for c in text)


def escaped(text):
    return "".join("\\u%04x" % ord(c) for c in text)


def test_secrets_are_kept_nowhere():
    tenant = Tenant()
    scim, token, word = tenant.client(), tenant.token, canary("secret-password")
    path, sizes = make(scim, "secrets"), log_sizes()
    for secret in (token, KEY):
        ids = [make(scim, "holder", displayName=secret)]
        scim("PATCH", path, patch(operation("replace", "displayName", value=secret)))
        scim("PUT", path, user("secrets", displayName=secret))
        scim("PATCH", path, '{"Operations":[{"op":"replace","path":"displayName","value":"%s"}]}' % escaped(secret))
        for filter_path in (secret, "emails[value eq \"%s\"]" % secret, "%s.x" % secret, "title[%s eq 1]" % secret):
            scim("PATCH", path, patch(operation("replace", filter_path, value="x")))
        for text in ('displayName eq "%s"' % secret, '%s eq "x"' % secret, secret):
            scim.get("/Users", filter=text)
        scim.get("/Users", sortBy=secret)
        scim.get("/Users", attributes=secret)
        scim.get("/Users", sortBy="displayName", cursor="", count=1)
        for method in ("GET", "PATCH", "DELETE", "PUT"):
            for form in (secret, percent(secret), secret[:8] + "%5f" + secret[9:]):
                scim(method, "/Users/" + form, user("x") if method == "PUT" else patch(operation("remove", "title"))
                     if method == "PATCH" else None)
                fcgi_ask(tenant, method, "/Users/" + form)
        scim("PUT", path, user("secrets"))
        for one in ids:
            scim("DELETE", one)
    for name in ("password", rollcall.CORE + ":password", "PASSWORD"):
        for text in ('%s[value eq "%s"]', '%s[value eq \'%s\']', '%s[value eq %s]', '%s[%s]', '%s eq "%s"', '%s.%s', '%s %s', '%s:%s'):
            for op in ("add", "replace", "remove"):
                scim("PATCH", path, patch(operation(op, text % (name, word), value="x")))
        scim("PATCH", path, patch(operation("replace", name, value=word)))
        scim("PATCH", path, patch(operation("replace", value={name: word})))
        scim("PATCH", path, patch(operation("replace", value={name + '[value eq "%s"]' % word: "x"})))
        scim("PATCH", path, patch(operation("replace", value={name + "." + word: "x"})))
        scim("PATCH", path, patch(operation("replace", name + '[value eq "%s"]' % word, value=[word])))
        scim("PATCH", path, '{"Operations":[{"op":"replace","path":"%s","value":"%s"}]}' % (escaped(name), word))
        scim("PATCH", path, '{"Operations":[{"op":"remove","path":"%s[value eq \\"%s\\"]"}]}' % (escaped(name), word))
        for text in ('%s eq "%s"', '%s eq %s', "%s eq '%s'", '%s[value eq "%s"]', '%s co "%s" and title pr', 'not (%s pr) and %s pr',
                     '%s.%s eq "x"', '%s %s'):
            scim.get("/Users", filter=text % (name, word))
            scim("GET", "/Users?filter=" + percent(text % (name, word)))
            scim("GET", "/Users?%66ilter=" + percent(text % (name, word)))
        scim("GET", "/Users?sortBy=%s.%s" % (name, word))
        scim("GET", "/Users?attributes=%s.%s" % (name, word))
    kept = kept_of(tenant, sizes)
    for secret in (word, token, KEY):
        # a token's random part alone is enough to use it
        check(secret not in kept and secret[-32:] not in kept and escaped(secret) not in kept and percent(secret) not in kept,
              lambda: "kept: %s ... %s" % (secret[:20], kept[max(0, kept.find(secret[-32:]) - 250):kept.find(secret[-32:]) + 80]))
    check(int(value("select count(*) from request_log where directory_id = '%s'" % tenant.uuid)) > 150, "but they are logged")
    # what a user was given is the user's: it goes with the row, which the last search of all would find
    sql("delete from users where directory_id = '%s'" % tenant.uuid)
    sql("delete from attribute_values where directory_id = '%s'" % tenant.uuid)
    for table in ("events", "feed"):
        sql("update %s set data = null where directory_id = '%s'" % (table, tenant.uuid))


# --- paging, sizes, sessions ---

def test_cursor_over_long_values():
    tenant = Tenant()
    scim = tenant.client()
    order = []
    for number in range(7):  # alike in what a cursor keeps of them, and not
        title = "%d" % (number // 3) * 5000 + "%d" % number
        order.append(make(scim, "long%d" % number, title=title)[7:])
    for direction in ("ascending", "descending"):
        found, cursor, pages = [], "", 0
        while cursor is not None and pages < 20:
            answer = scim.get("/Users", sortBy="title", sortOrder=direction, count=2, attributes="userName", cursor=cursor)
            equal(answer.status, 200, "a page: %r" % answer)
            body = answer.json()
            found += [one["id"] for one in body["Resources"]]
            cursor, pages = body.get("nextCursor"), pages + 1
        equal((len(found), sorted(found)), (7, sorted(order)), direction + ": each once")
        equal(pages, 4, direction + ": pages")
        groups = [order.index(one) // 3 for one in found]
        equal(groups, sorted(groups, reverse=direction == "descending"), direction + ": in order")


def test_cursor_keeps_the_count():
    tenant = Tenant()
    scim = tenant.client()
    for number in range(8):
        make(scim, "count%d" % number)
    first = scim.get("/Users", cursor="", count=3).json()
    second = scim.get("/Users", cursor=first["nextCursor"]).json()
    equal((second["itemsPerPage"], len(second["Resources"])), (3, 3), "the count of the first page")
    third = scim.get("/Users", cursor=second["nextCursor"], count=3).json()
    equal((len(third["Resources"]), third.get("nextCursor")), (2, None), "the last")
    names = [one["userName"] for page in (first, second, third) for one in page["Resources"]]
    equal(names, ["count%d" % number for number in range(8)], "all of them")
    for count in (2, 4, 0, 100):
        answer = scim.get("/Users", cursor=first["nextCursor"], count=count)
        scim_error(answer, 400, "invalidCount", "another count")
        equal(log_row(tenant, answer)[0], "400", "its row")


def test_largest_resource():
    """max_resource_bytes bounds what is stored, however it grew."""
    tenant, most = Tenant(), 4096
    scim, more = tenant.client(), {"ROLLCALL_MAX_RESOURCE_BYTES": str(most)}

    def stored(name):
        return int(value("select octet_length(doc::text) from users where directory_id = '%s' and user_name = '%s'" % (tenant.uuid, name)))

    make(scim, "size0", title="x")
    free = most - stored("size0") + 1
    answer, _ = cgi_ask(tenant, "POST", "/Users", user("size1", title="x" * free), more)
    equal(answer.status, 201, "just not too large: %r" % answer)
    equal(stored("size1"), most, "as large as may be")
    path = "/Users/" + answer.json()["id"]
    before = tenant.checksum()
    refused = (("POST", "/Users", user("size2", title="x" * (free + 1))),
               ("PATCH", path, patch(operation("replace", "title", value="y" * (free + 1)))),
               ("PATCH", path, patch(operation("add", "nickName", value="y"))),
               ("PUT", path, user("size1", title="y" * (free + 1))))
    for method, target, body in refused:
        answer, _ = cgi_ask(tenant, method, target, body, more)
        scim_error(answer, 413, None, "%s: one byte too large" % method)
        equal(log_row(tenant, answer)[0], "413", "its row")
    equal(tenant.checksum(), before, "nothing is changed")
    for method, body in (("PATCH", patch(operation("replace", "title", value="y" * free))), ("PUT", user("size1", title="z" * free)),
                         ("PATCH", patch(operation("remove", "title")))):
        answer, _ = cgi_ask(tenant, method, path, body, more)
        equal(answer.status, 200, "%s: not too large: %r" % (method, answer))


def with_options(message, options):
    """A StartupMessage as a pooler passes it on that has settings of its own."""
    words = message[8:].split(b"\0")
    pairs = list(zip(words[0::2], words[1::2]))
    body = b"".join(name + b"\0" + (options if name == b"options" else text) + b"\0" for name, text in pairs if name) + b"\0"
    return (len(body) + 8).to_bytes(4, "big") + message[4:8] + body


def test_session_settings_that_are_dropped():
    """A pooler that drops them is refused by name, and nothing that it returns is read."""
    tenant = Tenant()
    make(tenant.client(), "pooled")
    good = [b"-c TimeZone=UTC", b"-c DateStyle=ISO", b"-c bytea_output=hex"]

    def ask(options, method, target, body=None):
        with proxied(startup=lambda message: with_options(message, b" ".join(options))) as (proxy, more):
            return cgi_ask(tenant, method, target, body, more) + (proxy.connections,)

    equal(ask(good, "GET", "/Users")[0].status, 200, "a role that has the settings")
    for number, bad in enumerate((b"-c TimeZone=America/New_York", b"-c DateStyle=German", b"-c bytea_output=escape")):
        for method, target, body in (("GET", "/Users", None), ("POST", "/Users", user("never"))):
            answer, err, connections = ask(good[:number] + [bad] + good[number + 1:], method, target, body)
            scim_error(answer, 503, None, "%s with %s" % (method, bad))
            lines = [json.loads(line) for line in err.splitlines()]
            said = [line for line in lines if "settings did not arrive" in line.get("message", "")]
            equal(len(said), 1, "the log says why, once: %s" % lines)
            equal(connections, 1, "it is not tried again")
    equal(tenant.client().list()["totalResults"], 1, "nothing was written")


if __name__ == "__main__":
    run(test_delete_after_lost_sessions, test_primary_is_read_behind_the_lock, test_one_primary_whoever_is_deleted,
        test_no_directory_outlives_its_organization, test_retry_does_not_undo_what_came_between,
        test_retry_of_a_post_keeps_what_came_between, test_patch_compares_within_bounds, test_projection_of_many_names,
        test_slow_body_holds_no_lock, test_statement_behind_a_failure_is_not_taken_for_prepared, test_first_question_has_a_deadline,
        test_last_modified_never_runs_backwards, test_strict_before_the_first_trip, test_secrets_are_kept_nowhere,
        test_cursor_over_long_values, test_cursor_keeps_the_count, test_largest_resource, test_session_settings_that_are_dropped)
