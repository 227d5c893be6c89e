#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The event feed under load: 200 writers at a time in several directories, transactions that commit late, workers
that are killed, and readers that follow by position in small pages. Each change is told once, in the order of
its resource, and what is told adds up to what is stored. On an instance of its own, because of the kills.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "tools", "")
DIR = tempfile.mkdtemp(prefix="rollcall-events-")
os.environ.setdefault("ROLLCALL_TEST_SECRETS", os.environ["ROLLCALL_STATE"].rstrip("/") + ".secrets")

WRITERS = int(os.environ.get("EVENTS_WRITERS", 200))
ROUNDS = int(os.environ.get("EVENTS_ROUNDS", 2))  # of changes, by each writer
DIRECTORIES = int(os.environ.get("EVENTS_DIRECTORIES", 4))
POOL = 6  # users of each directory that groups are made of
LATE = 8  # transactions that commit late
KILLS = 6


def dev(verb):
    environment = dict(os.environ, STATE=DIR + "/state", PORT=os.environ["EVENTS_PORT"], BINARY=os.environ["ROLLCALL_BINARY"], WORKERS="4", PATIENCE="120")
    done = subprocess.run([TOOLS + "dev", verb], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=open(DIR + "/dev.log", "a"), timeout=600)
    return done.returncode


def start_own():
    os.chmod(DIR, 0o711)
    os.environ["EVENTS_PORT"] = subprocess.run([TOOLS + "free-port"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
    if dev("start"):
        print(open(DIR + "/dev.log").read())
        raise SystemExit("the instance does not start")
    with open(DIR + "/state/dev.env") as file:
        for line in file:
            name, _, text = line.strip().partition("=")
            os.environ[name] = text.strip("'")
    os.environ["ROLLCALL_STATE"] = DIR + "/state"


start_own()

from rollcall import (KEY, PATIENCE, STATE, Client, Closed, Session, Tenant, add_members, check, check_groups, children, equal, from_uuid, group,  # noqa: E402
                      make_users, management, operation, parent, patch, remove_members, run, secrets_in, sql, to_uuid, together, user, value)

TYPES = ["user.created", "user.updated", "user.deactivated", "user.reactivated", "user.deleted", "group.created", "group.updated",
         "group.deleted", "group.member_added", "group.member_removed", "directory.created", "directory.updated",
         "directory.deleted", "directory.token_rotated"]


# --- reading ---

def page(client, **parameters):
    answer = client.get("/v1/events", **parameters)
    if answer.status != 200:
        raise RuntimeError("events: %r" % answer)
    return answer.json()


class Follower(threading.Thread):
    """Follows the feed from its beginning until it is told that nothing more will come."""

    def __init__(self, limit, **filters):
        super().__init__(daemon=True)
        self.limit, self.filters = limit, filters
        self.events, self.pages, self.troubles = [], 0, []
        self.over = threading.Event()
        self.start()

    def run(self):
        client, after = Client("", KEY, "application/json"), "0"
        while True:
            over = self.over.is_set()
            try:
                body = page(client, after=after, limit=self.limit, **self.filters)
            except (Closed, OSError, RuntimeError, ValueError) as trouble:  # a worker was killed
                self.troubles.append(repr(trouble))
                time.sleep(0.02)
                continue
            self.pages += 1
            self.events += body["events"]
            after = body["nextAfter"]
            if not body["more"]:
                if over:
                    return
                time.sleep(0.01)

    def end(self):
        self.over.set()
        self.join(PATIENCE)
        check(not self.is_alive(), "the follower comes to the end: %s" % self.troubles[-1:])
        return self.events


# --- writing ---

class Writer:
    """One client of a directory; every answer is noted."""

    def __init__(self, number, tenants, pools, shared):
        self.number = number
        self.tenant = tenants[number % len(tenants)]
        self.pool = pools[number % len(tenants)]
        self.shared = shared[number % len(tenants)]
        self.scim = self.tenant.client()
        self.dice = random.Random(number)
        self.told = []  # (request, type) that the feed must have once
        self.unknown = 0

    def send(self, method, target, body=None, told=None):
        """None: nobody knows what became of it."""
        for _ in range(20):
            try:
                answer = self.scim(method, target, body)
            except (Closed, OSError):
                self.unknown += 1
                return None
            if answer.status != 503 or not answer.header("Retry-After"):
                break
            time.sleep(0.05)
        if answer.status >= 500:
            self.unknown += 1
            return None
        if told and answer.status < 300:
            self.told.append((answer.header("X-Request-Id"), told))
        return answer

    def users(self):
        answer = self.send("POST", "/Users", user("w%d" % self.number, title="0", active=True), "user.created")
        if answer is None or answer.status != 201:
            return
        one = "/Users/" + answer.json()["id"]
        known = True  # what active was before
        for turn in range(ROUNDS):
            active = turn % 2 == 1
            self.send("PATCH", one, patch(operation("replace", "title", value="t%d" % turn)), "user.updated")
            told = "user.reactivated" if active else "user.deactivated"
            known = self.send("PATCH", one, patch(operation("replace", value={"active": active, "nickName": "n%d" % turn})),
                              told if known else None) is not None
        if self.number % 3 == 0:
            self.send("DELETE", one, told="user.deleted")

    def groups(self):
        answer = self.send("POST", "/Groups", group("g%d" % self.number, *self.pool[:2]), "group.member_added")
        one = "/Groups/" + answer.json()["id"] if answer is not None and answer.status == 201 else self.shared
        for turn in range(ROUNDS):
            some = self.dice.sample(self.pool, 3)
            self.send("PATCH", self.dice.choice((one, self.shared)), add_members(*some))
            self.send("PATCH", self.dice.choice((one, self.shared)), remove_members(self.dice.choice(self.pool)))
            if turn == 0 and one != self.shared:
                self.send("PUT", one, group("renamed %d" % self.number, *some))
        if self.number % 7 == 1 and one != self.shared:
            self.send("DELETE", one, told="group.deleted")

    def __call__(self):
        if self.number % 2:
            self.groups()
        else:
            self.users()


def wait_until_told(writers, changes, over):
    """Until so many changes are acknowledged, or all is over."""
    while sum(len(writer.told) for writer in writers) < changes and not over.wait(0.01):
        pass


def commit_late(number, tenant, made, wait):
    """An event that was older than others when they were told already."""
    session, event = Session(), uuid.uuid4()
    session.run("begin")
    session.run("insert into events (directory_id, id, at, type, resource_id, version, request_id)"
                " values ('%s', '%s', now() - interval '1 minute', 'user.updated', '%s', %d, '%s')"
                % (tenant.uuid, event, uuid.uuid4(), number + 1, uuid.uuid4()))
    wait((number + 1) * WRITERS // LATE)
    session.run("commit")
    session.close()
    made.append(str(event))


def hold_locks(tenant, one, over):
    """Changes of a group wait for one another, and for this."""
    session = Session()
    while not over.is_set():
        session.run("begin")
        session.run("select from groups where directory_id = '%s' and id = '%s' for update" % (tenant.uuid, to_uuid(one)))
        time.sleep(0.15)
        session.run("commit")
        over.wait(0.3)
    session.close()


def kill_workers(over, killed, wait):
    dice = random.Random(5)
    while not over.is_set() and len(killed) < KILLS:
        wait((len(killed) + 1) * WRITERS // KILLS)
        pids = children(parent())
        if pids:
            killed.append(dice.choice(pids))
            try:
                os.kill(killed[-1], signal.SIGKILL)
            except ProcessLookupError:
                killed.pop()


def storm(tenants, pools, shared):
    """All at once; the writers and the ids of the late events."""
    over, killed, late = threading.Event(), [], []
    writers = [Writer(i, tenants, pools, shared) for i in range(WRITERS)]

    def wait(changes):
        wait_until_told(writers, changes, over)

    others = [threading.Thread(target=commit_late, args=(i, tenants[i % len(tenants)], late, wait)) for i in range(LATE)]
    others.append(threading.Thread(target=hold_locks, args=(tenants[0], shared[0], over)))
    others.append(threading.Thread(target=kill_workers, args=(over, killed, wait)))
    for thread in others:
        thread.start()
    troubles = [result for result in together(WRITERS, lambda i: writers[i]()) if result is not None]
    equal(troubles, [], "writers")
    over.set()
    for thread in others:
        thread.join()
    check(killed, "workers were killed")
    print("  %d workers were killed, %d requests nobody knows of" % (len(killed), sum(writer.unknown for writer in writers)))
    return writers, late


# --- what must hold ---

def check_positions(events, what):
    equal([int(event["position"]) for event in events[:1]], [1], what + ": begins at 1")
    gaps = [(a["position"], b["position"]) for a, b in zip(events, events[1:]) if int(b["position"]) != int(a["position"]) + 1]
    equal(gaps, [], what + ": without a gap")
    equal(len({event["id"] for event in events}), len(events), what + ": each event once")


def check_versions(events, what):
    """Of each resource in order; of a user every one, of a group those of its members' names are not told."""
    seen, wrong = {}, []
    for event in events:
        if event["version"] == 0:
            continue
        before = seen.get(event["resourceId"], 0)
        step = event["version"] - before
        if step < 0 or (event["type"].startswith("user.") and step != 1 and event["data"]):
            wrong.append((event["resourceId"], before, event))
        seen[event["resourceId"]] = event["version"]
    equal(wrong[:3], [], what + ": versions in order")
    return seen


def replay(events):
    """What a follower knows at the end: users' attributes, groups' attributes, groups' members."""
    users, groups, members = {}, {}, {}
    for event in events:
        noun, _, verb = event["type"].partition(".")
        one, data = event["resourceId"], event["data"]
        of = users if noun == "user" else groups
        if noun == "directory" or not data:
            continue
        if verb == "created":
            of[one] = dict(data["attributes"])
            members.setdefault(one, set())
        elif verb == "deleted":
            of.pop(one)
            members.pop(one)
        elif verb == "member_added":
            added = {member["value"] for member in data["members"]}
            assert not added & members[one], event
            members[one] |= added
        elif verb == "member_removed":
            gone = {member["value"] for member in data["members"]}
            assert gone <= members[one], event
            members[one] -= gone
        else:
            for name, change in data["changes"].items():
                assert of[one].get(name) == change.get("before"), event
                of[one].pop(name, None)
                if "after" in change:
                    of[one][name] = change["after"]
    return users, groups, {one: members[one] for one in groups}


def check_truth(events, tenants, what):
    """What was told is what is stored."""
    users, groups, members = replay(events)
    mine = "directory_id in ('%s')" % "','".join(tenant.uuid for tenant in tenants)
    for noun, told, table in (("user", users, "users"), ("group", groups, "groups")):
        stored = {one: json.loads(doc) for one, doc in sql("select id, doc from %s where %s and deleted_at is null" % (table, mine))}
        told = {to_uuid(one): attributes for one, attributes in told.items()}
        equal({one: doc for one, doc in told.items() if stored.get(one) != doc}, {}, "%s: what is told of a %s is stored" % (what, noun))
        equal(set(stored) - set(told), set(), "%s: and each %s is told" % (what, noun))
    stored = {tuple(row) for row in sql("select group_id, member_id from group_members where " + mine)}
    told = {(to_uuid(one), to_uuid(member)) for one, some in members.items() for member in some}
    equal((len(told), told ^ stored), (len(stored), set()), what + ": memberships")
    check(stored, what + ": there are some")


def check_stored_versions(versions, tenants, what):
    mine = "directory_id in ('%s')" % "','".join(tenant.uuid for tenant in tenants)
    told = {to_uuid(one): number for one, number in versions.items()}
    for table in ("users", "groups"):
        stored = sql("select id, version from %s where %s" % (table, mine))
        equal([row for row in stored if told.get(row[0]) != int(row[1])], [], "%s: the last version of %s" % (what, table))


def test_writers_and_followers():
    first, filtered = Follower(7), Follower(50, type="user.created,user.deleted")
    tenants = [Tenant("Feed %d" % i) for i in range(DIRECTORIES)]
    pools = [make_users(tenant, POOL, "pool") for tenant in tenants]
    shared = ["/Groups/" + tenant.client()("POST", "/Groups", group("shared", *pool)).json()["id"] for tenant, pool in zip(tenants, pools)]
    writers, late = storm(tenants, pools, shared)
    events, second = first.end(), Follower(1000).end()
    what = "%d events" % len(events)
    check_positions(events, what)
    equal(second, events, what + ": who comes later is told the same")
    equal(filtered.end(), [event for event in events if event["type"] in ("user.created", "user.deleted")], what + ": by type")
    versions = check_versions(events, what)
    check_stored_versions(versions, tenants, what)
    check_truth(events, tenants, what)
    told = [(event["requestId"], event["type"]) for event in events]
    missing = [pair for writer in writers for pair in writer.told if told.count(pair) != 1]
    equal(missing, [], what + ": each change that was answered is told once")
    found = [to_uuid(event["id"]) for event in events if to_uuid(event["id"]) in late]
    equal((len(late), sorted(found)), (LATE, sorted(late)), what + ": what commits late is told, once")
    equal(value("select count(*) from events"), "0", what + ": none is left")
    equal(value("select position from feed_heads where position > 0"), str(len(events)), what + ": the end of the feed")
    equal({event["type"] for event in events} - set(TYPES), set(), what + ": types")
    for tenant in tenants:
        check_groups(tenant, what)
    print("  %s in %d pages, the follower was cut off %d times" % (what, first.pages, len(first.troubles)))


def test_many_members():
    """No event has more than 1,000 of them."""
    tenant, count = Tenant("Many"), 2500
    rows = ("insert into users (directory_id, id, user_name, user_name_key, label, active, doc, keys, version, created_at, modified_at, last_write)"
            " select '%s', gen_random_uuid(), 'm' || i, 'm' || i, 'm' || i, true, '{}', '{}', 1, now(), now(), gen_random_uuid()"
            " from generate_series(1, %d) i returning id" % (tenant.uuid, count))
    ids = [from_uuid("scim_user_", row[0]) for row in sql(rows)]
    after = page(management, type="user.created", limit=1000)["nextAfter"]
    scim = tenant.client()
    one = scim("POST", "/Groups", group("many", *ids)).json()["id"]
    equal(scim("PUT", "/Groups/" + one, group("many", *ids[:100])).status, 200, "most of them go")
    equal(scim("DELETE", "/Groups/" + one).status, 204, "and the group")
    events = page(management, after=after)["events"]
    equal([event["type"].partition(".")[2] for event in events], ["created"] + ["member_added"] * 3 + ["member_removed"] * 3 + ["deleted"],
          "a change in several events")
    equal([len(event["data"].get("members", [])) for event in events], [0, 1000, 1000, 500, 1000, 1000, 400, 0], "of at most 1,000 members")
    told = [member["value"] for event in events[1:4] for member in event["data"]["members"]]
    equal(sorted(told), sorted(ids), "each once")
    equal(len({event["id"] for event in events}), len(events), "with ids of their own")
    equal(len({event["requestId"] for event in events[:4]}), 1, "of one request")


def test_no_secrets():
    equal(secrets_in(STATE), [], "no secret in the logs")


try:
    run(test_writers_and_followers, test_many_members, test_no_secrets)
finally:
    dev("stop")
    subprocess.run([TOOLS + "pg", "drop", DIR + "/state/pg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    shutil.rmtree(DIR, ignore_errors=True)
