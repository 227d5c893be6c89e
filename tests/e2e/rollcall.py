# SPDX-License-Identifier: MIT
"""What the end-to-end tests share: clients, a way into the database, tenants of their own, counting.

The instance comes from the environment, see tools/test: ROLLCALL_URL, ROLLCALL_API_KEY,
ROLLCALL_STATE, ROLLCALL_BINARY and so on. Every secret that is issued here, and every canary that is
sent, is noted in a file beside the state; test_zz_secrets.py looks for them in all that is kept.
"""

import base64
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse
import uuid
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
URL = os.environ["ROLLCALL_URL"]
KEY = os.environ["ROLLCALL_API_KEY"]
STATE = os.environ["ROLLCALL_STATE"]
BINARY = os.environ["ROLLCALL_BINARY"]
# A setting of the program too, and it would go before the settings files that tests write.
DATABASE_URL = os.environ.pop("ROLLCALL_DATABASE_URL", None)
HOST, PORT = urllib.parse.urlsplit(URL).hostname, urllib.parse.urlsplit(URL).port
SECRETS = os.environ.get("ROLLCALL_TEST_SECRETS", STATE.rstrip("/") + ".secrets")

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_ANSWER = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SCIM_JSON = "application/scim+json"

# Events of users and groups: those that wait, and those that have a number.
TOLD = ("(select directory_id, id, at, type, resource_id, version, request_id, data::text from events where version > 0"
        " union all select directory_id, id, at, type, resource_id, version, request_id, data::text from feed where version > 0)")

PATIENCE = 150  # seconds: what takes longer hangs; nothing else is judged by a clock
SHOWN_MAX = 40  # failures printed, of a file


# --- counting ---

class Count:
    lock = threading.Lock()
    passed = 0
    failed = 0


def check(good, what):
    """Count one check; say what failed. The text may be a function, for what is dear to make."""
    with Count.lock:
        if good:
            Count.passed += 1
            return True
        Count.failed += 1
        if Count.failed <= SHOWN_MAX:
            text = what() if callable(what) else what
            print("FAILED: " + shorten(text, 900), flush=True)
        elif Count.failed == SHOWN_MAX + 1:
            print("FAILED: ... and more", flush=True)
    return False


def equal(got, want, what):
    return check(got == want, lambda: "%s: got %s, want %s" % (what, shorten(got), shorten(want)))


def shorten(value, limit=300):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[:limit] + "...(%d)" % len(text)


def run(*tests):
    """Run the tests, an exception being one failure; print the count and exit."""
    only = sys.argv[1:]
    for test in tests:
        if only and test.__name__ not in only:
            continue
        began, before = time.monotonic(), Count.failed
        try:
            test()
        except Exception:  # noqa: every kind of trouble is a failed test
            check(False, "%s: %s" % (test.__name__, traceback.format_exc()[-800:]))
        print("  %-40s %6.1f s%s" % (test.__name__, time.monotonic() - began,
              "" if Count.failed == before else "  FAILED"), flush=True)
    print("%d passed, %d failed" % (Count.passed, Count.failed), flush=True)
    sys.exit(1 if Count.failed else 0)


def wait_for(what, condition, pause=0.05):
    """Poll until the condition holds; one check. Returns the last value."""
    end = time.monotonic() + PATIENCE
    value = condition()
    while not value and time.monotonic() < end:
        time.sleep(pause)
        value = condition()
    check(value, "%s: not within %d s" % (what, PATIENCE))
    return value


# --- secrets ---

def note_secret(secret):
    with open(os.open(SECRETS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
        file.write(secret + "\n")
    return secret


def canary(kind="canary"):
    """A text that must be found nowhere afterwards."""
    return note_secret("%s-%s" % (kind, uuid.uuid4().hex))


def secrets_in(directory, more=()):
    """
    The logs below a state directory, and further files, that hold a secret that was noted: plain,
    in hex, or in base64 at any alignment.
    """
    with open(SECRETS) as file:
        secrets = sorted(set(file.read().split("\n")) - {""})
    needles = {}
    for secret in secrets:
        data = secret.encode()
        for form in (data, data.hex().encode(), data.hex().upper().encode()):
            needles[form] = secret
        for shift in range(3):  # the digits that do not depend on the neighbours
            text = base64.b64encode(b"\0" * shift + data)
            needles[text[4 if shift else 0:len(text) - 4]] = secret
    # a token's random part alone is enough to use it
    needles.update({secret[-32:].encode(): secret for secret in secrets if secret.startswith("rollcall_s")})
    files = list(more)
    for path, _, names in os.walk(directory):
        files += [os.path.join(path, name) for name in names if name.endswith(".log")]
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(needles))
        patterns.flush()
        done = subprocess.run(["grep", "-a", "-o", "-F", "-f", patterns.name, "/dev/null"] + files, stdout=subprocess.PIPE)
    if done.returncode > 1:
        raise RuntimeError("grep")
    hits = set()
    for line in done.stdout.splitlines():
        name, _, found = line.partition(b":")
        hits.add((name.decode(), needles.get(found, "?")[:20]))
    return sorted(hits)


# --- HTTP ---

class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # [(name, value)] as sent
        self.body = body

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return "<%s %s>" % (self.status, shorten(self.body.decode("utf-8", "replace"), 400))


class Closed(Exception):
    """The server closed the connection before a whole answer."""


class Wire:
    """One connection, for any bytes."""

    def __init__(self, timeout=PATIENCE):
        self.socket = socket.create_connection((HOST, PORT), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def is_stale(self):
        poll = select.poll()  # select() knows 1,024 descriptors
        poll.register(self.socket, select.POLLIN)
        return bool(poll.poll(0))

    def _more(self):
        data = self.socket.recv(262144)
        if not data:
            raise Closed()
        self.buffer += data

    def _line(self):
        while b"\r\n" not in self.buffer:
            self._more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode("latin-1")

    def _take(self, size):
        while len(self.buffer) < size:
            self._more()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def _chunks(self):
        body = b""
        while True:
            size = int(self._line().split(";")[0], 16)
            body += self._take(size)
            self._line()
            if size == 0:
                return body

    def receive(self, head=False):
        status, headers = self._head()
        while 100 <= status < 200:
            status, headers = self._head()
        answer = Answer(status, headers, b"")
        if head or status in (204, 304):
            return answer
        if (answer.header("Transfer-Encoding") or "").lower() == "chunked":
            answer.body = self._chunks()
        elif answer.header("Content-Length") is not None:
            answer.body = self._take(int(answer.header("Content-Length")))
        else:
            try:
                while True:
                    self._more()
            except Closed:
                answer.body, self.buffer = self.buffer, b""
        return answer

    def _head(self):
        status = int(self._line().split(" ")[1])
        headers = []
        while True:
            line = self._line()
            if not line:
                return status, headers
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))


def raw(data, head=False, ended=False):
    """
    Send bytes on a connection of their own; None when it is closed without an answer.
    ended: say that nothing more will come
    """
    wire = Wire()
    try:
        wire.send(data)
        if ended:
            wire.socket.shutdown(socket.SHUT_WR)
        return wire.receive(head)
    except (Closed, ConnectionError):
        return None
    finally:
        wire.close()


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


class Client:
    """Requests over a kept connection. Headers with None as value are left out."""

    def __init__(self, base="", credential=None, media=SCIM_JSON):
        self.base = base  # path in front of every target
        self.credential = credential  # bearer
        self.media = media
        self.wire = None
        self.used = 0.0

    def close(self):
        if self.wire:
            self.wire.close()
        self.wire = None

    def _bytes(self, method, target, body, headers):
        lines = {"Host": "%s:%d" % (HOST, PORT)}
        if self.credential is not None:
            lines["Authorization"] = "Bearer " + self.credential
        if body is not None:
            lines["Content-Type"] = self.media
            lines["Content-Length"] = str(len(body))
        lines.update(headers or {})
        out = b"%s %s HTTP/1.1\r\n" % (as_bytes(method), as_bytes(target))
        for name, value in lines.items():
            if value is not None:
                out += b"%s: %s\r\n" % (as_bytes(name), as_bytes(value))
        return out + b"\r\n" + (body or b"")

    def __call__(self, method, target, body=None, headers=None):
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode("utf-8", "surrogatepass")
        data = self._bytes(method, self.base + target if isinstance(target, str)
                           else self.base.encode() + target, body, headers)
        # the web server ends what is idle for 5 s: not at the moment at which it may do so
        if self.wire and (time.monotonic() - self.used > 2 or self.wire.is_stale()):
            self.close()
        self.wire = self.wire or Wire()
        try:
            self.wire.send(data)
            answer = self.wire.receive(method == "HEAD")
        except (Closed, OSError):
            self.close()
            raise
        self.used = time.monotonic()
        if (answer.header("Connection") or "").lower() == "close":
            self.close()
        return answer

    def get(self, target, **parameters):
        return self("GET", with_query(target, parameters))

    def list(self, target="/Users", **parameters):
        return self.get(target, **parameters).json()


def with_query(target, parameters):
    if not parameters:
        return target
    return target + "?" + urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)


management = Client("", KEY, "application/json")


# --- FastCGI, past the web server ---

def socket_path():
    with open(os.path.join(STATE, "lighttpd.conf")) as file:
        for line in file:
            if line.startswith("var.socket"):
                return line.split('"')[1]
    raise RuntimeError("no socket in lighttpd.conf")


def _fcgi_length(n):
    return struct.pack("!B", n) if n < 128 else struct.pack("!L", n | 0x80000000)


def _fcgi_record(kind, data):
    return struct.pack("!BBHHBx", 1, kind, 1, len(data), 0) + data


def _fcgi_stream(kind, data):
    records = [_fcgi_record(kind, data[i:i + 65528]) for i in range(0, len(data), 65528)]
    return b"".join(records + [_fcgi_record(kind, b"")])


def parse_cgi(data):
    head, _, body = data.partition(b"\r\n\r\n")
    headers = [tuple(line.decode("latin-1").split(": ", 1)) for line in head.split(b"\r\n")]
    status = [value for name, value in headers if name == "Status"]
    return Answer(int(status[0].split()[0]) if status else 0, headers, body)


def fcgi_bytes(variables, body=b""):
    pairs = b""
    for name, value in variables:
        name, value = as_bytes(name), as_bytes(value)
        pairs += _fcgi_length(len(name)) + _fcgi_length(len(value)) + name + value
    return (_fcgi_record(1, struct.pack("!HB5x", 1, 0)) + _fcgi_stream(4, pairs)
            + _fcgi_stream(5, body))


def fcgi(method, target, body=b"", headers=(), path=None):
    """
    One request as a web server without opinions would hand it over. Headers as CGI variables.
    path: of another socket than the instance's
    """
    variables = [("REQUEST_METHOD", method), ("REQUEST_URI", target), ("REMOTE_ADDR", "192.0.2.1")]
    if body:
        variables.append(("CONTENT_LENGTH", str(len(body))))
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(PATIENCE)
    peer.connect(path or socket_path())
    try:
        peer.sendall(fcgi_bytes(variables + list(headers), body))
        return _fcgi_answer(peer)
    finally:
        peer.close()


def _fcgi_answer(peer):
    data, out = b"", b""
    while True:
        while len(data) < 8:
            data += _received(peer)
        kind, length, padding = struct.unpack("!xBxxHBx", data[:8])
        while len(data) < 8 + length + padding:
            data += _received(peer)
        if kind == 6:
            out += data[8:8 + length]
        if kind == 3:
            return parse_cgi(out)
        data = data[8 + length + padding:]


def _received(peer):
    data = peer.recv(65536)
    if not data:
        raise Closed()
    return data


# --- plain CGI ---

def cgi_run(method, target, body=b"", config=None, more=(), drop=(), arguments=()):
    """The program as a web server starts it for one request: (exit status, stdout, stderr)."""
    variables = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "REQUEST_METHOD": method,
                 "REQUEST_URI": target, "REMOTE_ADDR": "192.0.2.7", "PATH": os.environ.get("PATH", ""),
                 "ROLLCALL_CONFIG": config or os.path.join(STATE, "rollcall.conf")}
    if body:
        variables["CONTENT_LENGTH"] = str(len(body))
        variables["CONTENT_TYPE"] = "application/json"
    variables.update(more)
    for name in drop:
        variables.pop(name, None)
    done = subprocess.run([BINARY] + list(arguments), input=body, env=variables, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


def cgi(method, target, body=b"", config=None, credential=None, more=()):
    """The answer to one request by plain CGI."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    more = dict(more)
    if credential is not None:
        more["HTTP_AUTHORIZATION"] = "Bearer " + credential
    status, out, err = cgi_run(method, target, body, config, more)
    if status:
        raise RuntimeError("cgi: exit status %d: %s" % (status, err.decode("utf-8", "replace")))
    return parse_cgi(out)


# --- the database, as its superuser ---

def tool(*arguments, check_status=True, **more):
    done = subprocess.run([os.path.join(ROOT, "tools", arguments[0])] + list(arguments[1:]),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=PATIENCE, **more)
    if check_status and done.returncode:
        raise RuntimeError("%s: %s %s" % (arguments, done.stdout, done.stderr))
    return done


# psql is started thousands of times, Debian's wrapper of it takes longer than what it is asked
os.environ["PATH"] = tool("pg", "programs", os.path.join(STATE, "pg")).stdout.strip() + ":" + os.environ["PATH"]


def database_url(role="postgres"):
    return tool("pg", "url", os.path.join(STATE, "pg"), role).stdout.strip()


_superuser = []


def psql(url, sql, check_status=True):
    """Rows as lists of texts."""
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-v",
                           "ON_ERROR_STOP=1", "-d", url, "-f", "-"], input=sql,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    if check_status and done.returncode:
        raise RuntimeError("psql: " + done.stderr)
    if not check_status:
        return done
    text = done.stdout[:-1] if done.stdout.endswith("\n") else done.stdout
    return [row.split("\x1f") for row in text.split("\x1e")] if text else []


class Session:
    """A superuser's psql that stays, for a transaction that is held open."""

    def __init__(self):
        self.process = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-d", database_url()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)

    def run(self, text):
        self.process.stdin.write(text + ";\n\\echo done\n")
        self.process.stdin.flush()
        out = []
        while True:
            line = self.process.stdout.readline()
            if not line or line == "done\n":
                return out
            out.append(line.strip())

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


def sql(text):
    if not _superuser:
        _superuser.append(database_url())
    return psql(_superuser[0], text)


def value(text):
    return sql(text)[0][0]


def waiting():
    """How many sessions of the application wait for a lock."""
    return int(value("select count(*) from pg_stat_activity where usename = 'rollcall' and wait_event_type = 'Lock'"))


# --- ids ---

def to_uuid(name):
    """The UUID of scim_user_... and the like."""
    return str(uuid.UUID(int=int(name.rsplit("_", 1)[1], 36)))


def from_uuid(prefix, text):
    number, digits = uuid.UUID(text).int, ""
    for _ in range(25):
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return prefix + digits


# --- tenants ---

class Tenant:
    """An organization with a directory and a token of its own."""

    def __init__(self, name="Test"):
        organization = management("POST", "/v1/organizations", {"displayName": name}).json()
        self.organization = organization["organization"]["id"]
        directory = management("POST", "/v1/scim-directories",
                               {"organizationId": self.organization, "primary": True}).json()
        self.directory = directory["scimDirectory"]["id"]
        self.uuid = to_uuid(self.directory)
        self.base = "/v1/scim/" + self.directory
        self.token = None
        self.rotate()

    def rotate(self, **body):
        answer = management("POST", "/v1/scim-directories/%s/rotate-bearer-token" % self.directory,
                            body)
        if answer.status != 200:
            raise RuntimeError("rotate: %r" % answer)
        self.token = note_secret(answer.json()["bearerToken"])
        return self.token

    def client(self):
        return Client(self.base, self.token)

    def short(self):
        return Client("/scim/v2", self.token)

    def checksum(self):
        """Of everything that belongs to the tenant but its request log."""
        tables = ["select 'total ' || coalesce(sum(delta), 0) as line from count_deltas"
                  " where directory_id = '%s'" % self.uuid]
        for table in ("users", "groups", "group_members", "attribute_values", TOLD):
            tables.append("select '%s' || t::text as line from %s t where directory_id = '%s'"
                          % (table.split()[-1], table, self.uuid))
        tables.append("select t::text from directories t where id = '%s'" % self.uuid)
        tables.append("select t::text from bearer_tokens t where directory_id = '%s'" % self.uuid)
        return value("select count(*) || ' ' || md5(coalesce(string_agg(line, ',' order by line),"
                     " '')) from (%s) x" % " union all ".join(tables))


def user(user_name, /, **more):
    return dict({"schemas": [CORE], "userName": user_name}, **more)


def group(display_name, /, *members, **more):
    """Members by their ids."""
    out = dict({"schemas": [GROUP], "displayName": display_name}, **more)
    return dict(out, members=[{"value": member} for member in members]) if members else out


def patch(*operations):
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def operation(op, path=None, **more):
    out = {"op": op}
    if path is not None:
        out["path"] = path
    return dict(out, **more)


def add_members(*members):
    return patch(operation("add", "members", value=[{"value": member} for member in members]))


def remove_members(*members):
    return patch(*[operation("remove", 'members[value eq "%s"]' % member) for member in members])


def members_of(body):
    return sorted(member["value"] for member in body.get("members", []))


def made(answer):
    """The id of what was created."""
    if answer.status != 201:
        raise RuntimeError("not created: %r" % answer)
    return answer.json()["id"]


def make_users(tenant, count, prefix="u"):
    """Their ids, by eight clients."""
    def some(i):
        scim = tenant.client()
        return [(n, made(scim("POST", "/Users", user("%s%d" % (prefix, n))))) for n in range(i, count, 8)]

    rows = together(8, some)
    no_trouble(rows, "users")
    return [one for _, one in sorted(row for part in rows for row in part)]


def bulk(*operations, **more):
    return dict({"schemas": [BULK], "Operations": list(operations)}, **more)


def bulk_users(tenant, count, prefix="b"):
    """Many users, a thousand a request; their ids."""
    scim, ids = tenant.client(), []
    for start in range(0, count, 1000):
        names = ["%s%d" % (prefix, n) for n in range(start, min(start + 1000, count))]
        answer = scim("POST", "/Bulk", bulk(*[{"method": "POST", "path": "/Users", "bulkId": name, "data": user(name)} for name in names]))
        if answer.status != 200 or any(row["status"] != "201" for row in answer.json()["Operations"]):
            raise RuntimeError("not created: %r" % answer)
        ids += [row["location"].rsplit("/", 1)[1] for row in answer.json()["Operations"]]
    return ids


# --- what must hold of groups ---

def check_groups(tenant, what):
    """Of a directory at rest, whatever was done to it, and by how many at once."""
    where = "directory_id = '%s'" % tenant.uuid
    live = "exists (select from %s t where t.directory_id = m.directory_id and t.id = m.%s and t.deleted_at is null)"
    rows = "from group_members m where m." + where
    for problem, query in (
            ("rows of no live group", "select * %s and not %s" % (rows, live % ("groups", "group_id"))),
            ("members that are not there", "select * %s and not case m.type when 'User' then %s else %s end"
             % (rows, live % ("users", "member_id"), live % ("groups", "member_id"))),
            ("stale displays", "select m.*, n.name %s and m.display <> n.name" % rows.replace(
                "where", "join (select directory_id, id, coalesce(doc ->> 'displayName', user_name) as name from users union all"
                " select directory_id, id, display_name from groups) n on n.directory_id = m.directory_id and n.id = m.member_id where")),
            ("stale labels", "select id, label from users where %s and label <> coalesce(doc ->> 'displayName', user_name)" % where),
            ("events of no version", "select g.id, g.version, e.* from groups g join %s e on e.directory_id = g.directory_id and e.resource_id"
             " = g.id where g.%s and (e.version > g.version or (e.type = 'group.created') <> (e.version = 1 and e.type not like 'group.member%%'))"
             % (TOLD, where)),
            ("wrong counts", "select g.id, g.member_count, count(m.member_id) from groups g left join group_members m on"
             " m.directory_id = g.directory_id and m.group_id = g.id where g.%s and g.deleted_at is null group by g.id, g.member_count"
             " having g.member_count <> count(m.member_id)" % where),
            ("names twice", "select display_name_key, count(*) from groups where %s and deleted_at is null group by 1 having count(*) > 1" % where),
            ("index rows of nobody", "select * from attribute_values a where %s and not exists (select from users u where u.directory_id ="
             " a.directory_id and u.id = a.resource_id and u.deleted_at is null) and not exists (select from groups g where g.directory_id"
             " = a.directory_id and g.id = a.resource_id and g.deleted_at is null)" % where)):
        equal(sql("select count(*), (array_agg(x::text))[1:3] from (%s) x having count(*) > 0" % query), [], "%s: %s" % (what, problem))
    check_answers(tenant, what)


def check_answers(tenant, what):
    """What is answered is what is stored: of at most forty groups and of forty users in them."""
    scim = tenant.client()
    stored = sql("select g.id, g.version, g.display_name from groups g where directory_id = '%s' and deleted_at is null order by id" % tenant.uuid)
    equal(scim.list("/Groups", count=0)["totalResults"], len(stored), what + ": the total")
    inside = {}
    for one, version_, name in stored[:40]:
        one = from_uuid("scim_group_", one)
        body = scim("GET", "/Groups/" + one).json()
        rows = sql("select type, member_id, display from group_members where directory_id = '%s' and group_id = '%s'" % (tenant.uuid, to_uuid(one)))
        want = {(from_uuid("scim_%s_" % kind.lower(), member), kind, display) for kind, member, display in rows}
        got = [(member["value"], member["type"], member["display"]) for member in body.get("members", [])]
        equal((len(got), set(got)), (len(rows), want), what + ": the members of " + name)
        wrong = [member for member in body.get("members", [])
                 if member["$ref"] != "%s%s/%ss/%s" % (URL, tenant.base, member["type"], member["value"])]
        equal(wrong[:3], [], what + ": where they are")
        equal((body["displayName"], body["meta"]["version"]), (name, 'W/"%s"' % version_), what + ": name and version")
        for member, kind, _ in got[:40]:
            inside.setdefault((kind, member), set()).add((one, name))
    for member in sorted(one for kind, one in inside if kind == "User")[:40]:
        rows = scim("GET", "/Users/" + member).json().get("groups", [])
        direct = {(row["value"], row["display"]) for row in rows if row["type"] == "direct"}
        check(inside["User", member] <= direct, lambda: "%s: %s is in %s, says %s" % (what, member, inside["User", member], direct))
        equal(len({row["value"] for row in rows}), len(rows), what + ": each group once")


# --- what an error has to look like ---

GIVEN_AWAY = (b"sqlstate", b"error: ", b"syntax error at", b"violates", b".c:", b"postgres",
              b"psql", b"libpq", b"stack", b"traceback")


def scim_error(answer, status, scim_type=None, what=""):
    """The SCIM error message, RFC 7644 section 3.12. scim_type: a text, a tuple of them, None: any."""
    wanted = status if isinstance(status, tuple) else (status,)
    if not check(answer is not None and answer.status in wanted,
                 lambda: "%s: %r, want %s" % (what, answer, status)):
        return
    problem = scim_error_problem(answer, scim_type)
    check(problem is None, lambda: "%s: %s in %r" % (what, problem, answer))


def scim_error_problem(answer, scim_type=None):
    media = answer.header("Content-Type") or ""
    if media.split(";")[0] != SCIM_JSON:
        return "Content-Type " + media
    try:
        body = answer.json()
    except ValueError:
        return "no JSON"
    if body.get("schemas") != [ERROR]:
        return "schemas"
    if body.get("status") != str(answer.status):
        return "status"
    if not isinstance(body.get("detail"), str) or not body["detail"]:
        return "detail"
    if set(body) - {"schemas", "status", "scimType", "detail"}:
        return "members"
    types = (scim_type,) if isinstance(scim_type, str) else scim_type
    if types is not None and body.get("scimType") not in types:
        return "scimType %r, want %r" % (body.get("scimType"), types)
    if any(word in answer.body.lower() for word in GIVEN_AWAY):
        return "inner workings"
    return None


def rpc_error(answer, status, code=None, what=""):
    """google.rpc.Status, the management face's."""
    wanted = status if isinstance(status, tuple) else (status,)
    if not check(answer is not None and answer.status in wanted,
                 lambda: "%s: %r, want %s" % (what, answer, status)):
        return
    try:
        body = answer.json()
    except ValueError:
        body = {}
    good = (isinstance(body, dict) and set(body) == {"code", "message", "details"}
            and isinstance(body["message"], str) and body["message"] and body["details"] == []
            and isinstance(body["code"], int) and (code is None or body["code"] == code)
            and (answer.header("Content-Type") or "").startswith("application/json")
            and not any(word in answer.body.lower() for word in GIVEN_AWAY))
    check(good, lambda: "%s: no google.rpc.Status with code %s: %r" % (what, code, answer))


def together(count, work):
    """Run work(i) in so many threads that begin at the same time; the results, exceptions included."""
    barrier, results = threading.Barrier(count), [None] * count

    def body(i):
        try:
            barrier.wait(PATIENCE)
            results[i] = work(i)
        except Exception as trouble:  # noqa: handed to the caller
            results[i] = trouble

    threads = [threading.Thread(target=body, args=(i,), daemon=True) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(4 * PATIENCE)
    return results


def statuses(results):
    return Counter(result.status if hasattr(result, "status") else repr(result) for result in results)


def version(answer):
    return int(answer.header("ETag").strip('W/"'))


def no_trouble(results, what):
    equal([result for result in results if isinstance(result, Exception)], [], what)


# --- the instance's processes ---

def parent():
    with open(os.path.join(STATE, "rollcall.pid")) as file:
        return int(file.read())


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


def b64(text):
    return base64.b64encode(as_bytes(text)).decode()


def seeded(name):
    """Random numbers that are the same in every run."""
    return random.Random("rollcall " + name)


for _name in ("ROLLCALL_API_KEY", "ROLLCALL_SCIM_TOKEN", "ROLLCALL_SCIM_TOKEN2"):
    if os.environ.get(_name):
        note_secret(os.environ[_name])
