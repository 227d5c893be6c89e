#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Large memberships, long PATCHes and long filters (reliability A7, I7, I9): refused at the number that is
documented, or done, in a bounded worker.
"""

import os
from contextlib import contextmanager

from rollcall import (BINARY, GROUP, PATCH_OP, SCIM_JSON, SEARCH, Client, Tenant, add_members, bulk_users, cgi, check, check_groups, children, equal, fcgi,
                      group, made, members_of, operation, parent, patch, run, scim_error, sql, to_uuid, user, value, version)

MEMBERS, BODY, SEARCH_BODY, PATCH_OPERATIONS, TERMS = 250000, 32 << 20, 65536, 1000, 100
# What a worker may have needed at most: four times the largest body, and a bit. 9 MiB are one that has done nothing.
WORKER_MIB = 160
SANITIZED = "asan" in BINARY.split(os.sep)[-2]


def workers():
    return children(parent())


class Peak:
    """The largest resident size of the workers while it is open; none may be replaced."""

    def __init__(self, what):
        self.what = what

    def __enter__(self):
        self.pids = sorted(workers())
        for pid in self.pids:
            with open("/proc/%d/clear_refs" % pid, "w") as file:
                file.write("5")

    def __exit__(self, kind, trouble, trace):
        if kind:
            return
        equal(sorted(workers()), self.pids, self.what + ": no worker has died")
        peak = max(peak_kib(pid) for pid in self.pids) >> 10
        print("  %s: %d MiB" % (self.what, peak))
        check(SANITIZED or peak <= WORKER_MIB, "%s: a worker had %d MiB" % (self.what, peak))


def peak_kib(pid):
    with open("/proc/%d/status" % pid) as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def past_the_web_server(tenant, method, target, body):
    """With the body as it is; the web server has a limit of its own."""
    return fcgi(method, tenant.base + target, body, [("CONTENT_TYPE", SCIM_JSON), ("HTTP_AUTHORIZATION", "Bearer " + tenant.token)])


def slim(count, name="slim"):
    """As many members in as few bytes as can be."""
    return b'{"displayName":"%s","members":[%s]}' % (name.encode(), b",".join([b'{"value":"x"}'] * count))


def slim_patch(count):
    return b'{"schemas":["%s"],"Operations":[{"op":"add","path":"members","value":[%s]}]}' % (
        PATCH_OP.encode(), b",".join([b'{"value":"x"}'] * count))


def test_members_of_one_request():
    tenant = Tenant()
    path = "/Groups/" + made(tenant.client()("POST", "/Groups", group("place")))
    before = tenant.checksum()
    with Peak("a million members"):
        for method, target, body in (("POST", "/Groups", slim(1000000)), ("PUT", path, slim(1000000)), ("PATCH", path, slim_patch(1000000)),
                                     ("POST", "/Groups", slim(MEMBERS + 1)), ("PATCH", path, slim_patch(MEMBERS + 1)),
                                     ("POST", "/Groups", b'{"displayName":"bare","members":[%s]}' % b",".join([b'"x"'] * 1000000)),
                                     ("POST", "/Groups", b'{"displayName":"nulls","members":[%s]}' % b",".join([b"null"] * 4000000)),
                                     ("POST", "/Groups", b'{"displayName":"empty","members":[%s]}' % b",".join([b"{}"] * 4000000))):
            what = "%s %s %d bytes" % (method, body[:30].decode(), len(body))
            for ask in (past_the_web_server, lambda tenant, *rest: tenant.client()(*rest)):
                answer = ask(tenant, method, target, body)
                scim_error(answer, 413, what=what)
            check(len(body) > 4 << 20 or b"%d" % MEMBERS in answer.body, lambda: "%s: the limit is named: %r" % (what, answer))
    equal(tenant.checksum(), before, "nothing may have changed")
    with Peak("as many as are allowed"):
        for method, target, body, status in (("POST", "/Groups", slim(MEMBERS), 201), ("PUT", path, slim(MEMBERS, "place"), 200),
                                             ("PATCH", path, slim_patch(MEMBERS), 204)):
            equal(past_the_web_server(tenant, method, target, body).status, status, "%s with as many as are allowed" % method)
    equal(tenant.client().list("/Groups")["totalResults"], 2, "two groups")
    largest = int(value("select max(coalesce(length(request_body), 0) + coalesce(length(detail), 0) + coalesce(length(response_body), 0))"
                        " from request_log where directory_id = '%s'" % tenant.uuid))
    check(largest < 2 << 20, "what is logged of a request is bounded: %d bytes" % largest)
    check_groups(tenant, "members of one request")


def test_body():
    tenant = Tenant()
    path = "/Groups/" + made(tenant.client()("POST", "/Groups", group("place")))
    one = made(tenant.client()("POST", "/Users", user("one")))
    before = tenant.checksum()
    blank = b'{"displayName":"blank"}'
    with Peak("bodies as large as they may be"):
        for method, target, body in (("POST", "/Groups", blank), ("PUT", path, blank), ("PATCH", path, b"{}")):
            scim_error(past_the_web_server(tenant, method, target, body + b" " * (BODY + 1 - len(body))), 413, what=method)
        for method, target in (("POST", "/Users"), ("PUT", "/Users/" + one), ("PATCH", "/Users/" + one), ("POST", "/Bulk"), ("POST", "/.search"),
                               ("POST", "/Groups/.search")):
            scim_error(past_the_web_server(tenant, method, target, b"{}" + b" " * (1 << 20)), 413, what="%s %s: one MiB" % (method, target))
        equal(tenant.checksum(), before, "nothing may have changed")
        equal(past_the_web_server(tenant, "POST", "/Groups", blank + b" " * (BODY - len(blank))).status, 201, "exactly")
        for body in (b"[" * BODY, b'{"members":' + b"[" * 1000000, b'{"members":[' + b'{"value":' * 1000000, b'{"displayName":"' + b"x" * (BODY - 30) + b'"}',
                     b'{"members":[{"value":"' + b"x" * (BODY - 40) + b'"}]}', b'{"displayName":"x","x":[' + b"{}," * 4000000 + b"{}]}",
                     b'{"displayName":"x","members":[{"value":"x","x":[' + b"{}," * 4000000 + b"{}]}]}"):
            scim_error(past_the_web_server(tenant, "POST", "/Groups", body), (400, 413), what="%r..." % body[:40])
    check_groups(tenant, "body")


def test_operations_of_one_patch():
    tenant = Tenant()
    scim = tenant.client()
    path = "/Groups/" + made(scim("POST", "/Groups", group("place")))
    one = made(scim("POST", "/Users", user("one")))
    add = operation("add", "members", value=[{"value": one}])
    drop = operation("remove", 'members[value eq "%s"]' % one)
    before = tenant.checksum()
    for what, body in (("10,000 operations", patch(*[add] * 10000)), ("one too many", patch(*[add, drop] * (PATCH_OPERATIONS // 2) + [add])),
                       ("removals", patch(*[drop] * 10000))):
        answer = scim("PATCH", path, body)
        scim_error(answer, 413, what=what)
        check(b"%d" % PATCH_OPERATIONS in answer.body, lambda: "%s: the limit is named: %r" % (what, answer))
    equal(tenant.checksum(), before, "nothing may have changed")
    equal(scim("PATCH", path, patch(*[add, drop] * (PATCH_OPERATIONS // 2 - 1) + [drop, add])).status, 204, "as many as are allowed")
    answer = scim("GET", path)
    equal((members_of(answer.json()), version(answer)), ([one], 2), "the last one counts, and it is one change")
    check_groups(tenant, "operations")


@contextmanager
def statistics_of_before():
    """
    The planner takes every directory for one of a single row, and hears nothing of what is made meanwhile:
    as it is with one that is being filled.
    """
    tables = ("users", "groups", "group_members")
    before = "alter table {0} set (autovacuum_enabled = off), alter column directory_id set (n_distinct = -1); analyze {0};"
    after = "alter table {0} reset (autovacuum_enabled), alter column directory_id reset (n_distinct); analyze {0};"
    sql("".join(before.format(table) for table in tables))
    try:
        yield
    finally:
        sql("".join(after.format(table) for table in tables))


def test_sent_in_pieces():
    """A long list of members is made while it is sent: all of it, as long as its Content-Length says, in every way out."""
    tenant = Tenant()
    users, inner = bulk_users(tenant, 3000), made(tenant.client()("POST", "/Groups", group("inner")))
    everybody = sorted(users + [inner])
    body = dict(group("large", *users), members=[{"value": one} for one in users] + [{"value": inner, "type": "Group"}])
    answer = tenant.client()("POST", "/Groups", body)
    large = made(answer)
    equal(members_of(answer.json()), everybody, "POST")
    for base, path, ids in ((tenant.base, "/Groups/" + large, everybody),
                            ("/scim/v1", "/Groups/" + to_uuid(large), sorted(map(to_uuid, everybody))),
                            ("/api/directory", "/group/" + to_uuid(large), sorted(map(to_uuid, everybody)))):
        client = Client(base, tenant.token)
        whole = client("GET", path)
        equal((whole.status, whole.header("Content-Length")), (200, str(len(whole.body))), base)
        equal(members_of(whole.json()), ids, base + ": its members")
        head = client("HEAD", path)
        equal((head.header("Content-Length"), head.body), (whole.header("Content-Length"), b""), base + ": HEAD")
        equal(client("GET", path, headers={"If-None-Match": whole.header("ETag")}).status, 304, base + ": unchanged")
        alone = cgi("GET", base + path, credential=tenant.token)
        equal((alone.status, alone.body), (200, whole.body), base + ": plain CGI")


def test_large_membership():
    """10,000 real ones: in one PATCH, POST and PUT, and out again."""
    with statistics_of_before():
        large_membership(Tenant())


def large_membership(tenant):
    scim = tenant.client()
    ids = bulk_users(tenant, 10000)
    path = "/Groups/" + made(scim("POST", "/Groups", group("place")))
    with Peak("10,000 members"):
        equal(scim("PATCH", path, add_members(*ids)).status, 204, "all in one PATCH")
        equal(members_of(scim("GET", path).json()), sorted(ids), "all are in")
        equal(version(scim("GET", path + "?excludedAttributes=members")), 2, "as one change")
        equal(scim("PATCH", path, add_members(*ids[::-1])).status, 204, "the same in another order")
        equal(version(scim("GET", path + "?excludedAttributes=members")), 2, "is no change")
        equal(scim("PATCH", path, patch(operation("remove", "members", value=[{"value": one} for one in ids[::2]]))).status, 204, "every other one out")
        equal(members_of(scim("GET", path).json()), sorted(ids[1::2]), "every other one is out")
        equal(scim("PATCH", path, patch(operation("replace", "members", value=[{"value": one} for one in ids[:6000]]))).status, 204, "replace")
        equal(members_of(scim("GET", path).json()), sorted(ids[:6000]), "replaced")
        answer = scim("PUT", path, group("place", *ids))
        equal((answer.status, members_of(answer.json())), (200, sorted(ids)), "PUT")
        answer = scim("POST", "/Groups", group("other", *ids))
        equal((answer.status, members_of(answer.json())), (201, sorted(ids)), "POST")
        equal(scim("PATCH", path, patch(operation("remove", "members"))).status, 204, "all out")
        equal(members_of(scim("GET", path).json()), [], "none is left")
        equal(scim("GET", "/Users/" + ids[5000]).json()["groups"][0]["display"], "other", "seen from a user")
        equal(scim("DELETE", "/Groups/" + answer.json()["id"]).status, 204, "delete")
    equal(sql("select member_count, version from groups where directory_id = '%s' and id = '%s'" % (tenant.uuid, to_uuid(path[8:]))), [["0", "6"]],
          "a version for each change")
    check_groups(tenant, "large membership")


def test_filters():
    """Of many terms, deep, long: an answer or 400, on every way to ask."""
    tenant = Tenant()
    scim = tenant.client()
    ann = made(scim("POST", "/Users", user("ann")))
    made(scim("POST", "/Groups", group("g", ann)))

    def ways(text):
        for target in ("/Groups", "/Users", "/", ""):
            if len(text) < 9000:  # a longer line is the web server's to refuse
                yield "GET " + target, scim.get(target, filter=text)
        for target in ("/Groups/.search", "/Users/.search", "/.search"):
            answer = scim("POST", target, {"schemas": [SEARCH], "filter": text})
            if len(text) < SEARCH_BODY - 1000:
                yield "POST " + target, answer
            else:
                scim_error(answer, 413, what="a long SearchRequest")
                check("65536" in answer.json()["detail"], "the limit is named")

    term = {"display": 'displayName eq "%d"', "member": 'members.value eq "scim_user_%025d"', "inside": 'members[value eq "%d" and type eq "User"]',
            "groups": 'groups.value eq "%d"', "name": 'userName co "%d"', "type": 'meta.resourceType eq "%d"', "not": 'not (members.display sw "%d")',
            "urn": 'urn:ietf:params:scim:schemas:core:2.0:Group:displayName ew "%d"'}
    for what, one in term.items():
        for count in (TERMS, TERMS + 1, 1000, 5000):
            for word in (" or ", " and "):
                text = word.join(one % n for n in range(count))
                for way, answer in ways(text):
                    refused = answer.status == 400
                    check(refused or (answer.status == 200 and count <= TERMS),
                          lambda: "%d of %s %s %s: %r" % (count, what, word, way, answer))
                    if refused:
                        scim_error(answer, 400, "invalidFilter", "%d of %s %s" % (count, what, way))
    for depth in (30, 100, 1000, 4000):
        for text in ("(" * depth + 'displayName eq "g"' + ")" * depth, "not (" * depth + "members pr" + ")" * depth, "members[" * depth, "(" * depth):
            for way, answer in ways(text):
                check(answer.status == 400 or (answer.status == 200 and depth < 32), lambda: "depth %d: %s %s: %r" % (depth, text[:20], way, answer))
    equal([answer.json()["totalResults"] for way, answer in ways(" or ".join(['members.value eq "%s"' % ann] * TERMS)) if "Groups" in way], [1, 1],
          "as many terms as are allowed are answered")
    check_groups(tenant, "filters")


def test_names():
    tenant = Tenant()
    scim = tenant.client()
    path = "/Groups/" + made(scim("POST", "/Groups", group("place")))
    before = tenant.checksum()
    for name in ("", None, [], {}, ["x", "y"], {"a": 1}, "x" * 1025, "\u00e9" * 513, "x" * 70000):
        for method, target, body in (("POST", "/Groups", group(name)), ("PUT", path, group(name)),
                                     ("PATCH", path, patch(operation("replace", "displayName", value=name)))):
            scim_error(scim(method, target, body), 400, what="%s %.20r" % (method, name))
    scim_error(scim("POST", "/Groups", {"schemas": [GROUP]}), 400, "invalidValue", "no name")
    scim_error(scim("POST", "/Groups", group("x", externalId="x" * 1025)), 400, what="externalId")
    scim_error(scim("PATCH", path, patch(operation("remove", "displayName"))), 400, "mutability", "removed")
    equal(tenant.checksum(), before, "nothing may have changed")
    made(scim("POST", "/Groups", group("x" * 1024, externalId="x" * 1024)))
    check_groups(tenant, "names")


run(test_members_of_one_request, test_body, test_operations_of_one_patch, test_sent_in_pieces, test_large_membership, test_filters, test_names)
