#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The connection to PostgreSQL is cut at every message of every kind of write (reliability D3).

A proxy on a Unix socket stands between the program (as plain CGI, a connection each) and PostgreSQL.
It cuts the first connection behind the k-th message of one direction, for k = 1, 2, ... until the
request needs no more messages; later connections pass. Whatever the cut, the answer must be true and
the change must be there once: whole when it was answered, whole or not at all when it was not.
"""

import hashlib
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
LOGGED = {}  # settings of the program, besides those of the instance
UNLOGGED = {"ROLLCALL_REQUEST_LOG": "false"}


class Cutter(threading.Thread):
    """
    A proxy that cuts its first connection; reached says whether it came to that, greeting how many messages
    PostgreSQL sent until it was ready.
    """

    def __init__(self, real, folder, direction, messages):
        super().__init__(daemon=True)
        self.real, self.direction, self.left = real, direction, messages
        self.reached, self.first, self.greeting, self.greeted = False, True, 0, False
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
            done = []
            for source, sink, name in ((client, server, "asked"), (server, client, "answered")):
                limited = cut and name == self.direction
                threading.Thread(target=self.carry, args=(source, sink, name, limited, done),
                                 daemon=True).start()

    def carry(self, source, sink, name, limited, done):
        messages = read_messages(source, name == "asked")
        for message in messages:
            if name == "answered" and not self.greeted:
                self.greeting += 1
                self.greeted = message.startswith(b"Z")
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
        messages.close()
        done.append(name)
        if len(done) == 2:  # before, the other thread might write to whoever has the descriptor next
            source.close()
            sink.close()

    def close(self):
        end_listener(self)


def end_listener(thread):
    """Closed while the thread is about to accept, it would accept from whoever has the descriptor next."""
    thread.listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    thread.listener.close()


def read_messages(source, starts):
    """Messages of the protocol; the first of a client has no type byte."""
    with source.makefile("rb") as stream:
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


def ask(proxy_folder, secret, method, target, body, settings):
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
    variables.update(settings)
    done = subprocess.run([r.BINARY], env=variables, input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=r.PATIENCE)
    head, _, text = done.stdout.partition(b"\r\n\r\n")
    status = int(head.split(b"Status: ")[1].split()[0]) if b"Status: " in head else 0
    return status, json.loads(text) if text else None


def real_folder():
    return r.tool("pg", "sockets", os.path.join(r.STATE, "pg")).stdout.strip()


class Kind:
    """
    A kind of write. make(): what it needs, None or the id; state(): what PostgreSQL has of it, as a tuple;
    the states of done and not done, and when it is a POST, what it answers.
    """

    name, method, good = None, None, 200
    before, after = None, None

    def __init__(self, tenant):
        self.tenant, self.base, self.secret = tenant, tenant.base, tenant.token
        self.scim, self.session = tenant.client(), r.Session()
        self.members = [self.made("/Users", r.user("member%d" % n)) for n in range(2)]

    def made(self, noun, body):
        answer = self.scim("POST", noun, body)
        assert answer.status == 201, answer
        return answer.json()["id"]

    def row(self, query):
        return self.session.run(query)[0].split("|")

    def value(self, query):
        return self.row(query)[0]

    def make(self, label):
        return None

    def clean(self, label):
        """When it has been looked at."""

    def is_true(self, label, answer):
        return True

    def is_done(self, state):
        return state == self.after

    def is_whole(self, state):
        """Of one whose answer says that nobody knows."""
        return state in (self.before, self.after)


class UserKind(Kind):
    """State: rows, live ones, version, title, events, count."""

    noun, before = "/Users", (1, 1, 1, "before", 1)

    def make(self, label):
        return self.made("/Users", r.user(label, title="before"))

    def target(self, one):
        return "/Users/" + one

    def state(self, label):
        found = self.row("select count(*), count(*) filter (where deleted_at is null), coalesce(max(version), 0), coalesce(max(doc ->> 'title'), ''),"
                    " (select count(*) from %s e where e.directory_id = '%s' and e.resource_id in (select id from users where directory_id"
                    " = '%s' and user_name = '%s')) from users where directory_id = '%s' and user_name = '%s'"
                    % (r.TOLD, self.tenant.uuid, self.tenant.uuid, label, self.tenant.uuid, label))
        return int(found[0]), int(found[1]), int(found[2]), found[3], int(found[4])


class UserPost(UserKind):
    name, method, good = "post", "POST", 201
    before, after = (0, 0, 0, "", 0), (1, 1, 1, "before", 1)

    def make(self, label):
        return None

    def target(self, one):
        return "/Users"

    def body(self, label):
        return r.user(label, title="before")

    def is_true(self, label, answer):
        return self.row("select user_name from users where id = '%s'" % r.to_uuid(answer["id"])) == [label]


class UserPut(UserKind):
    name, method, after = "put", "PUT", (1, 1, 2, "after", 2)

    def body(self, label):
        return r.user(label, title="after")


class UserPatch(UserKind):
    name, method, after = "patch", "PATCH", (1, 1, 2, "after", 2)

    def body(self, label):
        return r.patch(r.operation("replace", "title", value="after"))


class UserDelete(UserKind):
    name, method, good, after = "delete", "DELETE", 204, (1, 0, 2, "before", 2)

    def body(self, label):
        return None


class GroupKind(Kind):
    """State: rows, live ones, version, externalId, count, members as digits."""

    before = (1, 1, 1, "before", 1, "0")

    def make(self, label):
        return self.made("/Groups", r.group(label, self.members[0], externalId="before"))

    def target(self, one):
        return "/Groups/" + one

    def state(self, label):
        members = ", ".join("'%s'" % r.to_uuid(one) for one in self.members)
        found = self.row("select count(*), count(*) filter (where deleted_at is null), coalesce(max(version), 0), coalesce(max(external_id), ''),"
                    " coalesce(sum(member_count) filter (where deleted_at is null), 0), coalesce((select string_agg((array_position(array[%s]::uuid[],"
                    " member_id) - 1)::text, '' order by member_id) from group_members m where m.directory_id = '%s' and m.group_id in (select id"
                    " from groups where directory_id = '%s' and display_name = '%s')), '') from groups where directory_id = '%s' and"
                    " display_name = '%s'" % (members, self.tenant.uuid, self.tenant.uuid, label, self.tenant.uuid, label))
        return int(found[0]), int(found[1]), int(found[2]), found[3], int(found[4]), found[5]


class GroupPost(GroupKind):
    name, method, good = "post group", "POST", 201
    before, after = (0, 0, 0, "", 0, ""), (1, 1, 1, "after", 2, "01")

    def make(self, label):
        return None

    def target(self, one):
        return "/Groups"

    def body(self, label):
        return r.group(label, *self.members, externalId="after")

    def is_true(self, label, answer):
        return r.members_of(answer) == sorted(self.members) and self.row(
            "select display_name from groups where id = '%s'" % r.to_uuid(answer["id"])) == [label]


class GroupPut(GroupKind):
    name, method, after = "put group", "PUT", (1, 1, 2, "after", 1, "1")

    def body(self, label):
        return r.group(label, self.members[1], externalId="after")

    def is_true(self, label, answer):
        return r.members_of(answer) == [self.members[1]]


class GroupPatch(GroupKind):
    name, method, good, after = "patch group", "PATCH", 204, (1, 1, 2, "before", 2, "01")

    def body(self, label):
        return r.add_members(self.members[1])


class GroupDelete(GroupKind):
    name, method, good, after = "delete group", "DELETE", 204, (1, 0, 2, "before", 0, "")

    def body(self, label):
        return None


class MemberDelete(GroupKind):
    """A user who is in a group: the membership goes with it."""

    name, method, good, after = "delete member", "DELETE", 204, (1, 1, 2, "before", 0, "")

    def make(self, label):
        self.members = [self.made("/Users", r.user("of " + label))]
        super().make(label)
        return self.members[0]

    def target(self, one):
        return "/Users/" + one

    def body(self, label):
        return None


class Bulk(GroupKind):
    """A user, a group with it, and a PATCH of a group that was there. State: of the three, before the members."""

    name, method = "bulk", "POST"
    before, after = (0, 0, 1), (1, 1, 2)

    def make(self, label):
        self.place = super().make("place of " + label)
        return self.place

    def target(self, one):
        return "/Bulk"

    def body(self, label):
        return {"schemas": [r.BULK], "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": r.user(label)},
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": r.group(label, "bulkId:u")},
            {"method": "PATCH", "path": "/Groups/" + self.place, "data": r.add_members("bulkId:u", "bulkId:g")}]}

    def state(self, label):
        found = self.row("select (select count(*) from users where {0} and user_name = '{1}'), (select count(*) from groups g where {0} and"
                    " display_name = '{1}' and member_count = 1), (select version from groups where {0} and display_name = 'place of {1}'"
                    " and member_count = 2 * version - 1)".format("directory_id = '%s'" % self.tenant.uuid, label))
        return tuple(int(text or 0) for text in found)

    def is_true(self, label, answer):
        return [operation["status"] for operation in answer["Operations"]] in (["201", "201", "200"], ["201", "201", "204"])


class SchemaKind(Kind):
    """A custom schema. State: whether the directory has it."""

    def __init__(self, tenant):
        super().__init__(tenant)
        self.base, self.secret = "/v1/scim-directories/%s/schemas" % tenant.directory, r.KEY
        self.management = r.Client("", r.KEY, "application/json")

    def urn(self, label):
        return "urn:cut:" + label.replace(" ", "-")

    def body(self, label):
        return {"resourceType": "User", "schema": {"id": self.urn(label), "attributes": [{"name": "x"}]}}

    def state(self, label):
        return self.urn(label) in [item["schema"]["id"] for item in self.management("GET", self.base).json()["schemas"]]

    def clean(self, label):
        self.management("DELETE", self.base + "/" + self.urn(label))


class SchemaPost(SchemaKind):
    name, method, before, after = "post schema", "POST", False, True

    def target(self, one):
        return ""


class SchemaDelete(SchemaKind):
    name, method, before, after = "delete schema", "DELETE", True, False

    def make(self, label):
        self.management("POST", self.base, super().body(label))
        return self.urn(label)

    def target(self, one):
        return "/" + one

    def body(self, label):
        return None


class Rotate(Kind):
    """A new bearer token. State: tokens without an end, with one, and what was told of it."""

    name, method = "rotate", "POST"
    before, after = (1, 0, 1), (1, 1, 2)
    overlap = 3600

    def __init__(self, tenant):
        super().__init__(tenant)
        self.base, self.secret = "/v1/scim-directories/", r.KEY
        self.management = r.Client("", r.KEY, "application/json")

    def make(self, label):
        made = self.management("POST", "/v1/scim-directories", {"organizationId": self.tenant.organization}).json()
        self.one = made["scimDirectory"]["id"]
        self.management("POST", self.base + self.one + "/rotate-bearer-token", {})
        return self.one

    def target(self, one):
        return one + "/rotate-bearer-token"

    def body(self, label):
        return {"overlapSeconds": self.overlap}

    def state(self, label):
        found = self.row("select count(*) filter (where expires_at is null), count(expires_at),"
                    " (select count(*) from (select directory_id, type from events union all select directory_id, type from feed) e"
                    " where e.directory_id = '{0}' and e.type = 'directory.token_rotated') from bearer_tokens where directory_id = '{0}'"
                    .format(r.to_uuid(self.one)))
        return tuple(int(text) for text in found)

    def is_true(self, label, answer):
        return self.row("select encode(secret_sha256, 'hex') from bearer_tokens where expires_at is null and directory_id = '%s'"
                   % r.to_uuid(self.one)) == [hashlib.sha256(r.note_secret(answer["bearerToken"]).encode()).hexdigest()]


class RotateAtOnce(Rotate):
    name, after, overlap = "rotate at once", (1, 0, 2), 0


class PingPost(UserPost):
    """A user of PingOne's face, and his membership. State: as of a user, and the groups that he is in."""

    name, good = "post by 1.1", 200
    before, after = UserPost.before + (0,), UserPost.after + (1,)

    def __init__(self, tenant):
        super().__init__(tenant)
        self.base = "/api/directory"
        self.ping = r.Client(self.base, tenant.token, "application/json")

    def target(self, one):
        return "/user"

    def body(self, label):
        return {"schemas": ["urn:scim:schemas:core:1.0"], "userName": label, "externalId": label, "title": "before"}

    def state(self, label):
        return super().state(label) + (int(self.value(
            "select count(*) from group_members m join users u on u.directory_id = m.directory_id and u.id = m.member_id where"
            " m.directory_id = '%s' and u.user_name = '%s'" % (self.tenant.uuid, label))),)

    def is_true(self, label, answer):
        return self.value("select user_name from users where id = '%s'" % answer["id"]) == label and len(answer["groups"]) == 1


class PingFirst(PingPost):
    """The same of the first one, who needs the default group."""

    name = "first post by 1.1"

    def clean(self, label):
        for group in self.tenant.client().list("/Groups")["Resources"]:
            self.tenant.client()("DELETE", "/Groups/" + group["id"])


class PingAgain(PingPost):
    """An update, by the externalId."""

    name = "post by 1.1 again"
    before, after = (1, 1, 1, "before", 1, 1), (1, 1, 2, "after", 2, 1)

    def make(self, label):
        answer = self.ping("POST", "/user", super().body(label))
        assert answer.status == 200, answer
        return answer.json()["id"]

    def body(self, label):
        return dict(super().body(label), title="after")


KINDS = [UserPost, UserPut, UserPatch, UserDelete, GroupPost, GroupPut, GroupPatch, GroupDelete, MemberDelete, Bulk, SchemaPost, SchemaDelete,
         Rotate, RotateAtOnce, PingPost, PingFirst, PingAgain]
# The ways to cut: a direction and settings. Without a log there is the row by which a change is known all the same.
WAYS = [("asked", LOGGED), ("answered", LOGGED), ("answered", UNLOGGED)]


def greeting():
    """How many messages PostgreSQL says before the first statement."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        proxy = Cutter(os.path.join(real_folder(), PORT), folder, "answered", MESSAGES_MAX)
        ask(folder, r.KEY, "GET", "/healthz/ready", None, LOGGED)
        proxy.close()
        r.check(proxy.greeted, "PostgreSQL greets")
        return proxy.greeting


def cut_everywhere(kind, direction, settings):
    real = os.path.join(real_folder(), PORT)
    statuses = {}
    # to be cut while it is greeted is the same to all of them
    first = greeting() if direction == "answered" and not type(kind) is UserPut else 1
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for k in range(first, MESSAGES_MAX):
            label = "%s-%s-%d-%s" % (kind.name, direction, k, os.urandom(3).hex())
            one = kind.make(label)
            proxy = Cutter(real, folder, direction, k)
            status, answer = ask(folder, kind.secret, kind.method, kind.base + kind.target(one), kind.body(label), settings)
            proxy.close()
            state = kind.state(label)
            kind.clean(label)
            what = "%s cut behind message %d %s: %s %s" % (kind.name, k, direction, status, state)
            statuses[status] = statuses.get(status, 0) + 1
            r.check(status in (kind.good, 503), what)
            r.check(kind.is_done(state) if status == kind.good else kind.is_whole(state), what)
            if status == kind.good:
                r.check(kind.is_true(label, answer), "%s: %s" % (what, answer))
            if not proxy.reached:
                r.equal(status, kind.good, what + ": not cut")
                break
        else:
            r.check(False, "%s %s: never came to its end" % (kind.name, direction))
    check_counts(kind, direction)
    if settings is UNLOGGED and kind.secret == kind.tenant.token:
        check_log(kind)
    print("    %s, %s%s: %d cuts, statuses %s" % (kind.name, direction, "" if settings is LOGGED else " without a log", k - first, statuses), flush=True)
    return True


def check_counts(kind, direction):
    for noun in ("users", "groups"):
        total = kind.value("select coalesce(sum(delta), 0) from count_deltas where directory_id = '%s' and kind = '%s'" % (kind.tenant.uuid, noun))
        live = kind.value("select count(*) from %s where directory_id = '%s' and deleted_at is null" % (noun, kind.tenant.uuid))
        r.equal(total, live, "%s %s: the kept count of %s" % (kind.name, direction, noun))


def check_log(kind):
    """The row by which a change is known is there all the same, and says no more."""
    tenant = kind.tenant
    ask(real_folder(), tenant.token, "GET", tenant.base + "/Users?filter=" + "nonsense", None, UNLOGGED)
    ask(real_folder(), tenant.token, "GET", tenant.base + "/Users", None, UNLOGGED)
    # the instance's own web server says an address, and its log is on
    told = kind.row("select count(*), count(*) filter (where method = 'GET' or status >= 400 or url like '%%?%%' or coalesce(request_body,"
               " response_body) is not null) from request_log where directory_id = '%s' and remote_address is null" % tenant.uuid)
    r.check(int(told[0]) > 0, "%s: rows of writes" % tenant.uuid)
    r.equal(told[1], "0", "%s: more than that" % tenant.uuid)


def test_cuts():
    """All at once: a request that is cut mostly waits for its next connection."""
    jobs = [(kind, direction, settings) for kind in KINDS for direction, settings in WAYS]
    tenants = [r.Tenant("Cuts") for _ in jobs]  # before the kept connection has time to end

    def work(i):
        kind, direction, settings = jobs[i]
        return cut_everywhere(kind(tenants[i]), direction, settings)

    results = r.together(len(jobs), work)
    r.equal(results, [True] * len(jobs), "cuts")
    for tenant in tenants:
        r.check_groups(tenant, "cuts")


if __name__ == "__main__":
    r.run(test_cuts)
