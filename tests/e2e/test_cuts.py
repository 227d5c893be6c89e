#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The connection to PostgreSQL is cut at every message of every kind of write (reliability D3).

A proxy on a Unix socket stands between the program (as plain CGI, a connection each) and PostgreSQL.
It cuts the first connection behind the k-th message of one direction, for k = 1, 2, ... until the
request needs no more messages; later connections pass. Whatever the cut, the answer must be true and
the change must be there once: whole when it was answered, whole or not at all when it was not.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rollcall as r  # noqa: E402

PORT = ".s.PGSQL.5432"
MESSAGES_MAX = 200


class Cutter(threading.Thread):
    """A proxy that cuts its first connection; reached says whether it came to that."""

    def __init__(self, real, folder, direction, messages):
        super().__init__(daemon=True)
        self.real, self.direction, self.left = real, direction, messages
        self.reached, self.first = False, True
        self.path = os.path.join(folder, PORT)
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        self.listener.listen(16)
        self.start()

    def run(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.real)
            cut, self.first = self.first, False
            for source, sink, name in ((client, server, "asked"), (server, client, "answered")):
                limited = cut and name == self.direction
                threading.Thread(target=self.carry, args=(source, sink, name, limited),
                                 daemon=True).start()

    def carry(self, source, sink, name, limited):
        messages = read_messages(source, name == "asked")
        for message in messages:
            if limited and self.left == 0:
                self.reached = True
                break
            if limited:
                self.left -= 1
            try:
                sink.sendall(message)
            except OSError:
                break
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


def read_messages(source, starts):
    """Messages of the protocol; the first of a client has no type byte."""
    stream = source.makefile("rb")
    while True:
        try:
            kind = b"" if starts else stream.read(1)
            length = stream.read(4)
            if len(length) < 4:
                return
            body = stream.read(int.from_bytes(length, "big") - 4)
        except OSError:
            return
        starts = False
        yield kind + length + body


def ask(proxy_folder, secret, method, target, body):
    """One request as plain CGI through the proxy: (status, JSON or None)."""
    data = json.dumps(body).encode() if body is not None else b""
    variables = {
        "PATH": os.environ["PATH"], "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": method,
        "REQUEST_URI": target, "CONTENT_LENGTH": str(len(data)),
        "CONTENT_TYPE": r.SCIM_JSON, "HTTP_AUTHORIZATION": "Bearer " + secret,
        "ROLLCALL_CONFIG": os.path.join(r.STATE, "rollcall.conf"),
        "ROLLCALL_DATABASE_URL": "host=%s port=5432 user=rollcall dbname=rollcall sslmode=disable"
                                 " gssencmode=disable" % proxy_folder,
    }
    done = subprocess.run([r.BINARY], env=variables, input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=60)
    head, _, text = done.stdout.partition(b"\r\n\r\n")
    status = int(head.split(b"Status: ")[1].split()[0]) if b"Status: " in head else 0
    return status, json.loads(text) if text else None


def rows(tenant, user):
    """(rows of the name, version, events, title) as PostgreSQL has them."""
    found = r.sql("select count(*), coalesce(max(version), 0), coalesce(max(doc ->> 'title'), ''),"
                  " count(*) filter (where deleted_at is null) from users"
                  " where directory_id = '%s' and user_name = '%s'" % (tenant.uuid, user))[0]
    events = r.value("select count(*) from events e join users u using (directory_id)"
                     " where e.resource_id = u.id and u.user_name = '%s'" % user)
    return {"rows": int(found[0]), "version": int(found[1]), "title": found[2],
            "live": int(found[3]), "events": int(events)}


def create(tenant, name):
    status, body = ask(real_folder(), tenant.token, "POST", tenant.base + "/Users",
                       {"schemas": [r.CORE], "userName": name, "title": "before"})
    assert status == 201, (status, body)
    return body["id"]


def real_folder():
    return r.tool("pg", "sockets", os.path.join(r.STATE, "pg")).stdout.strip()


# What each kind of write must have done, when it is done.
def after_post(state):
    return state["rows"] == 1 and state["version"] == 1 and state["events"] == 1


def after_change(state):
    return state["version"] == 2 and state["title"] == "after" and state["events"] == 2


def after_delete(state):
    return state["live"] == 0 and state["version"] == 2 and state["events"] == 2


def untouched(state):
    return state == {"rows": 1, "version": 1, "title": "before", "live": 1, "events": 1}


def absent(state):
    return state["rows"] == 0


KINDS = [
    # name, method, made before, body, status, done, not done
    ("post", "POST", False, lambda n: {"schemas": [r.CORE], "userName": n, "title": "before"}, 201,
     after_post, absent),
    ("put", "PUT", True, lambda n: {"schemas": [r.CORE], "userName": n, "title": "after"}, 200,
     after_change, untouched),
    ("patch", "PATCH", True, lambda n: r.patch(r.operation("replace", "title", value="after")), 200,
     after_change, untouched),
    ("delete", "DELETE", True, lambda n: None, 204, after_delete, untouched),
]


def cut_everywhere(tenant, kind, direction):
    name, method, exists, body, good, done, not_done = kind
    real = os.path.join(real_folder(), PORT)
    statuses = {}
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for k in range(1, MESSAGES_MAX):
            user = "%s-%s-%d-%s" % (name, direction, k, os.urandom(3).hex())
            target = "/Users/" + create(tenant, user) if exists else "/Users"
            proxy = Cutter(real, folder, direction, k)
            status, answer = ask(folder, tenant.token, method, tenant.base + target, body(user))
            proxy.close()
            state = rows(tenant, user)
            what = "%s cut behind message %d %s: %s %s" % (name, k, direction, status, state)
            statuses[status] = statuses.get(status, 0) + 1
            r.check(status in (good, 503), what)
            r.check(done(state) if status == good else done(state) or not_done(state), what)
            if not proxy.reached:
                break
        else:
            r.check(False, "%s %s: never came to its end" % (name, direction))
    total = int(r.value("select coalesce(sum(delta), 0) from count_deltas where directory_id = '%s'"
                        % tenant.uuid))
    live = int(r.value("select count(*) from users where directory_id = '%s' and deleted_at is null"
                       % tenant.uuid))
    r.equal(total, live, "%s %s: the kept count" % (name, direction))
    print("    %s, %s: %d cuts, statuses %s" % (name, direction, k - 1, statuses), flush=True)


def cut_all(direction):
    tenants = [r.Tenant("Cuts") for _ in KINDS]  # before the kept connection has time to end
    for tenant, kind in zip(tenants, KINDS):
        cut_everywhere(tenant, kind, direction)


def cut_schemas(direction, method):
    """A custom schema is there once, or gone, when that was answered."""
    tenant, statuses = r.Tenant("Cuts"), {}
    path = "/v1/scim-directories/%s/schemas" % tenant.directory
    real = os.path.join(real_folder(), PORT)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for k in range(1, MESSAGES_MAX):
            urn = "urn:cut:%s-%s-%d" % (method, direction, k)
            body = {"resourceType": "User", "schema": {"id": urn, "attributes": [{"name": "x"}]}}
            if method == "DELETE":
                r.management("POST", path, body)
            proxy = Cutter(real, folder, direction, k)
            target = path if method == "POST" else path + "/" + urn
            status, _ = ask(folder, r.KEY, method, target, body if method == "POST" else None)
            proxy.close()
            listed = [item["schema"]["id"] for item in r.management("GET", path).json()["schemas"]]
            what = "%s of a schema cut behind message %d %s: %s %s" % (method, k, direction, status, listed)
            statuses[status] = statuses.get(status, 0) + 1
            r.check(status in (200, 503), what)
            r.check(listed in ([urn], []), what)
            r.check(status != 200 or listed == ([urn] if method == "POST" else []), what)
            if listed:
                r.management("DELETE", path + "/" + urn)
            if not proxy.reached:
                break
        else:
            r.check(False, "%s of a schema %s: never came to its end" % (method, direction))
    print("    %s of a schema, %s: %d cuts, statuses %s" % (method, direction, k - 1, statuses), flush=True)


def schemas_are_cut():
    for direction in ("asked", "answered"):
        for method in ("POST", "DELETE"):
            cut_schemas(direction, method)


def what_is_asked_is_cut():
    cut_all("asked")


def what_is_answered_is_cut():
    cut_all("answered")


if __name__ == "__main__":
    r.run(what_is_asked_is_cut, what_is_answered_is_cut, schemas_are_cut)
