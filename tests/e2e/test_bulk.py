#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Bulk (RFC 7644 section 3.7, reliability C7): references forward, backward and in circles, what fails
and what then does not happen, limits. No placeholder may ever be stored.
"""

import json
import re
import uuid

from rollcall import (BULK, BULK_ANSWER, CORE, ENTERPRISE, ERROR, TOLD, Client, Tenant, add_members, bulk, canary, check, check_groups, equal, group, made,
                      management, members_of, no_trouble, operation, patch, run, scim_error, sql, statuses, together, user, value, version)

OPERATIONS, BYTES = 1000, 1048576


def post(noun, bulk_id, data):
    return {"method": "POST", "path": noun, "bulkId": bulk_id, "data": data}


def change(method, path, data=None, **more):
    out = dict({"method": method, "path": path}, **more)
    return out if data is None else dict(out, data=data)


def employee(name, manager, **more):
    return user(name, **dict({"schemas": [CORE, ENTERPRISE], ENTERPRISE: {"manager": {"value": manager}}}, **more))


def ask(scim, request, what):
    """
    The response's operations. Each has to look like section 3.7.3 says; what was asked is answered in the
    order of the request, from the first on.
    """
    answer = scim("POST", "/Bulk", request)
    if not check(answer.status == 200, lambda: "%s: %r" % (what, answer)):
        return []
    body = answer.json()
    equal((body["schemas"], set(body)), ([BULK_ANSWER], {"schemas", "Operations"}), what + ": the message")
    rows = body["Operations"]
    problems = [(row, asked) for row, asked in zip(rows, request["Operations"]) if problem_with(scim, row, asked)]
    equal([(problem_with(scim, *pair),) + pair for pair in problems[:2]], [], what)
    check(len(rows) <= len(request["Operations"]), what + ": no more than was asked")
    return rows


def problem_with(scim, row, asked):
    status = row.get("status")
    if not isinstance(status, str) or not re.fullmatch("[245][0-9][0-9]", status):
        return "status"
    good = status[0] == "2"
    if row.get("method") != asked["method"] or row.get("bulkId") != asked.get("bulkId"):
        return "method or bulkId"
    if set(row) - {"method", "bulkId", "location", "version", "status", "response"}:
        return "members"
    if good == ("response" in row):
        return "response"
    if good and not re.search("%s/(Users|Groups)/scim_(user|group)_[0-9a-z]{25}$" % re.escape(scim.base), row.get("location", "")):
        return "location"
    if not good and asked["method"] == "POST" and "location" in row:
        return "location of what is not there"
    if good and asked["method"] != "DELETE" and not re.fullmatch('W/"[0-9]+"', row.get("version", "")):
        return "version"
    if not good and (row["response"].get("schemas") != [ERROR] or row["response"].get("status") != status or not row["response"].get("detail")):
        return "no error message"
    return None


def codes(rows):
    return [row["status"] for row in rows]


def id_of(row):
    return row["location"].rsplit("/", 1)[1]


def manager(scim, one):
    return scim("GET", "/Users/" + one).json()[ENTERPRISE]["manager"]["value"]


def totals(scim):
    return tuple(scim.list(noun, count=0)["totalResults"] for noun in ("/Users", "/Groups"))


def no_placeholder(tenant, what):
    tables = ("users", "groups", "group_members", "attribute_values", TOLD)
    rows = sql(" union all ".join("select '%s', left(t::text, 200) from %s t where directory_id = '%s' and t::text ilike '%%bulkid:%%'"
                                  % (table.split()[-1], table, tenant.uuid) for table in tables))
    equal(rows[:3], [], what + ": no placeholder is stored")
    check_groups(tenant, what)


# --- references ---

def test_user_and_group():
    """RFC 7644 section 3.7.2, in both orders."""
    tenant = Tenant()
    for number, scim in enumerate((tenant.client(), tenant.short())):
        name = "Tour Guides %d" % number
        person = post("/Users", "qwerty", user("alice%d" % number, displayName="Alice", password=canary("password")))
        guides = post("/Groups", "ytrewq", group(name, "bulkId:qwerty"))
        order = [person, guides][::1 if number else -1]
        rows = ask(scim, bulk(*order), "user and group")
        equal(codes(rows), ["201", "201"], "user and group")
        made_user, made_group = rows[::1 if number else -1]
        body = scim("GET", "/Groups/" + id_of(made_group)).json()
        equal([(row["value"], row["type"], row["display"]) for row in body["members"]], [(id_of(made_user), "User", "Alice")], "the member")
        equal(body["meta"]["version"], made_group["version"], "its version")
        equal([row["value"] for row in scim("GET", "/Users/" + id_of(made_user)).json()["groups"]], [id_of(made_group)], "seen from the user")
    equal(totals(tenant.client()), (2, 2), "as many as were asked for")
    no_placeholder(tenant, "user and group")


def test_circles():
    """Groups in each other, managers of each other, and of themselves."""
    tenant = Tenant()
    scim = tenant.client()
    rows = ask(scim, bulk(post("/Groups", "a", group("A", "bulkId:b")), post("/Groups", "b", group("B", "bulkId:a")),
                          post("/Groups", "s", group("S", "bulkId:s"))), "circles of groups")
    equal(codes(rows), ["201", "201", "201"], "circles of groups")
    a, b, s = (id_of(row) for row in rows)
    equal([members_of(scim("GET", "/Groups/" + one).json()) for one in (a, b, s)], [[b], [a], [s]], "members")
    equal([scim("GET", "/Groups/" + id_of(row)).header("ETag") for row in rows], [row["version"] for row in rows], "versions")
    rows = ask(scim, bulk(post("/Users", "x", employee("x", "bulkId:y")), post("/Users", "y", employee("y", "bulkId:z")),
                          post("/Users", "z", employee("z", "bulkId:x")), post("/Users", "me", employee("me", "bulkId:me"))), "circles of users")
    equal(codes(rows), ["201"] * 4, "circles of users")
    x, y, z, me = (id_of(row) for row in rows)
    equal([manager(scim, one) for one in (x, y, z, me)], [y, z, x, me], "managers")
    equal([scim("GET", "/Users/" + one).header("ETag") for one in (x, me)], [rows[0]["version"], rows[3]["version"]], "versions of users")
    rows = ask(scim, bulk(post("/Groups", "top", group("top", "bulkId:p", "bulkId:u")), post("/Groups", "p", group("p", "bulkId:q", "bulkId:u")),
                          post("/Groups", "q", group("q", "bulkId:p", "bulkId:top")), post("/Users", "u", employee("u", "bulkId:v")),
                          post("/Users", "v", employee("v", "bulkId:u"))), "circles and more")
    equal(codes(rows), ["201"] * 5, "circles and more")
    top, p, q, u, v = (id_of(row) for row in rows)
    equal([members_of(scim("GET", "/Groups/" + one).json()) for one in (top, p, q)], [sorted([p, u]), sorted([q, u]), sorted([p, top])], "all of them")
    equal((manager(scim, u), manager(scim, v)), (v, u), "managers beside groups")
    no_placeholder(tenant, "circles")


def test_circle_that_fails():
    """All of a circle or nothing."""
    tenant = Tenant()
    scim = tenant.client()
    made(scim("POST", "/Users", user("taken")))
    made(scim("POST", "/Groups", group("Taken")))
    before = tenant.checksum(), totals(scim)
    for at in range(3):
        names = ["c0", "c1", "c2"]
        names[at] = "TAKEN"
        rows = ask(scim, bulk(*[post("/Users", "c%d" % n, employee(names[n], "bulkId:c%d" % ((n + 1) % 3))) for n in range(3)]), "users in a circle")
        equal(codes(rows), ["409"] * 3, "users in a circle")
        rows = ask(scim, bulk(*[post("/Groups", "c%d" % n, group(names[n], "bulkId:c%d" % ((n + 1) % 3))) for n in range(3)]), "groups in a circle")
        equal(codes(rows), ["409"] * 3, "groups in a circle")
        wrong = [employee("c%d" % n, "bulkId:c%d" % ((n + 1) % 3)) for n in range(3)]
        wrong[at]["userName"] = 7.5 if at else ["x"]
        rows = ask(scim, bulk(*[post("/Users", "c%d" % n, wrong[n]) for n in range(3)]), "one that is no user")
        check(set(codes(rows)) <= {"400", "409"} and len(rows) == 3, lambda: "one that is no user: %s" % codes(rows))
    equal((tenant.checksum(), totals(scim)), before, "nothing is stored")
    rows = ask(scim, bulk(post("/Users", "before", user("before")), post("/Groups", "a", group("a", "bulkId:b", "bulkId:before")),
                          post("/Groups", "b", group("taken", "bulkId:a")), post("/Groups", "after", group("after", "bulkId:before"))), "beside it")
    equal(codes(rows), ["201", "409", "409", "201"], "what is not of the circle is done")
    equal(totals(scim), (before[1][0] + 1, before[1][1] + 1), "and nothing else")
    no_placeholder(tenant, "circle that fails")


def test_references_that_fail():
    tenant = Tenant()
    scim = tenant.client()
    made(scim("POST", "/Users", user("taken")))
    place = "/Groups/" + made(scim("POST", "/Groups", group("place")))
    before = totals(scim)
    rows = ask(scim, bulk(
        post("/Users", "f", user("taken")), post("/Groups", "g", group("g", "bulkId:f")), post("/Groups", "h", group("h", "bulkId:g")),
        post("/Users", "e", employee("e", "bulkId:f")), change("PATCH", place, add_members("bulkId:f")),
        change("PATCH", "/Groups/bulkId:g", add_members("x")), change("PATCH", place, add_members("bulkId:nobody")),
        post("/Groups", "n", group("n", "bulkId:nobody")), change("DELETE", "/Users/bulkId:nobody"),
        post("/Users", "fine", user("fine"))), "references that fail")
    equal(codes(rows)[0::9], ["409", "201"], "the first and the last")
    check(all(code in ("400", "404", "409", "412") for code in codes(rows)[1:9]), lambda: "references to what failed, and to nothing: %s" % codes(rows))
    equal((totals(scim), version(scim("GET", place))), ((before[0] + 1, before[1]), 1), "nothing that refers to it is done")
    rows = ask(scim, bulk(post("/Users", "twice", user("one")), post("/Users", "twice", user("two")),
                          post("/Groups", "g", group("of twice", "bulkId:twice"))), "a bulkId twice")
    equal((codes(rows)[0], codes(rows)[1][0]), ("201", "4"), "a bulkId twice: %s" % codes(rows))
    if codes(rows)[2] == "201":
        equal(members_of(scim("GET", "/Groups/" + id_of(rows[2])).json()), [id_of(rows[0])], "the first is meant")
    equal(scim.list(filter='userName eq "two"')["totalResults"], 0, "the second is not made")
    no_placeholder(tenant, "references that fail")


def test_references_everywhere():
    """In paths, in $ref, in a PATCH's value and in its path."""
    tenant = Tenant()
    scim = tenant.client()
    place = made(scim("POST", "/Groups", group("place")))
    rows = ask(scim, bulk(
        change("PATCH", "/Groups/" + place, patch(operation("add", "members", value=[{"$ref": "../Users/bulkId:u", "value": "bulkId:u"}]))),
        change("PATCH", "/Groups/bulkId:g", add_members("bulkId:u", place)), post("/Groups", "g", group("g", "bulkId:v")),
        change("PATCH", "Groups/bulkId:g", patch(operation("remove", 'members[value eq "bulkId:v"]'))),
        change("PUT", "/Users/bulkId:v", employee("v2", "bulkId:u")), post("/Users", "u", user("u")), post("/Users", "v", user("v")),
        post("/Users", "w", user("w")), change("DELETE", "/Users/bulkId:w"),
        change("PATCH", "/Users/bulkId:u", patch(operation("add", ENTERPRISE + ":manager", value={"value": "bulkId:v"})))), "references everywhere")
    check(all(code[0] == "2" for code in codes(rows)), lambda: "references everywhere: %s" % rows)
    one, u, v, w = (id_of(rows[n]) for n in (2, 5, 6, 7))
    equal([members_of(scim("GET", "/Groups/" + name).json()) for name in (place, one)], [[u], sorted([u, place])], "members")
    equal((manager(scim, u), manager(scim, v)), (v, u), "managers")
    equal(scim("GET", "/Users/" + v).json()["userName"], "v2", "PUT of what was made")
    equal(scim("GET", "/Users/" + w).status, 404, "DELETE of what was made")
    equal([id_of(rows[n]) for n in (0, 1, 3, 4, 9)], [place, one, one, v, u], "locations")
    no_placeholder(tenant, "references everywhere")


# --- order, errors, versions ---

def test_errors():
    tenant, other = Tenant(), Tenant()
    scim = tenant.client()
    foreign = made(other.client()("POST", "/Users", user("foreign")))
    others = other.checksum()
    taken = made(scim("POST", "/Users", user("taken")))
    for path in ("/Users/" + foreign, "/Users/scim_user_x", "/Groups/" + taken):
        rows = ask(scim, bulk(change("GET", "/Users"), change("DELETE", path), change("PUT", path, user("x")),
                              change("PATCH", path, patch(operation("replace", "title", value="x")))), "nobody's id")
        equal((codes(rows)[1:], [code[0] for code in codes(rows)[:1]]), (["404"] * 3, ["4"]), "nobody's id, and GET: " + path)
    equal(other.checksum(), others, "theirs is untouched")
    before = totals(scim)
    for path in ("/Bulk", "/Me", "/Schemas", "/ServiceProviderConfig", "/", "", "/Users?count=1", "//Users", "/Users/..", "/v1/scim/x/Users",
                 "http://x.example/Users", "/Users/.search", "/Nothing", "/Users/%2e%2e/Groups", "/Groups/x/y"):
        rows = ask(scim, bulk(post(path, "p", user("path")), change("DELETE", path)), "path " + path)
        check(len(rows) == 2 and all(code[0] == "4" for code in codes(rows)), lambda: "path %s: %s" % (path, rows))
    for wrong in ({}, {"method": 7}, {"method": "POST"}, {"method": "POST", "path": "/Users", "bulkId": "b"}, {"method": "POST", "path": 7, "data": {}},
                  {"method": "PUT", "path": "/Users", "data": user("x")}, {"method": "POST", "path": "/Users/" + taken, "bulkId": "b", "data": user("x")},
                  {"method": "POST", "path": "/Users", "bulkId": "", "data": user("x")}, {"method": "POST", "path": "/Users", "bulkId": ["b"], "data": user("x")},
                  {"method": "POST", "path": "/Users", "bulkId": "b", "data": [user("x")]}, {"method": "PATCH", "path": "/Users/" + taken, "data": {}},
                  {"method": "PATCH", "path": "/Users/" + taken, "data": patch(operation("replace", "id", value="x"))}, "POST", 7, [], None):
        fine = [post("/Users", "fine%d" % n, user("u" + uuid.uuid4().hex)) for n in range(2)]
        answer = scim("POST", "/Bulk", bulk(fine[0], wrong, fine[1]))
        if answer.status == 400:  # the whole message
            scim_error(answer, 400, what="operation %r" % wrong)
            continue
        codes_ = [row["status"] for row in answer.json().get("Operations", [])]
        check(codes_[::2] == ["201", "201"] and codes_[1][0] == "4", lambda: "operation %r: %r" % (wrong, answer))
        before = (before[0] + 2, before[1])
        equal(totals(scim), before, "beside operation %r: what is answered is done" % wrong)
    equal(totals(scim), before, "nothing else was made")
    equal(scim("GET", "/Users/" + taken).header("ETag"), 'W/"1"', "nor changed")
    no_placeholder(tenant, "errors")


def test_bad_messages():
    tenant = Tenant()
    scim = tenant.client()
    before = tenant.checksum()
    one = post("/Users", "b", user("bad"))
    for body in ({"schemas": [BULK]}, bulk(), {"schemas": [BULK], "Operations": one}, {"schemas": [BULK], "Operations": "x"}, [one], "{", "", "null",
                 bulk(one, failOnErrors=0), bulk(one, failOnErrors=-1), bulk(one, failOnErrors="x"), bulk(one, failOnErrors=1.5),
                 bulk(one, failOnErrors=[1])):
        scim_error(scim("POST", "/Bulk", body), 400, what="message %s" % json.dumps(body))
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        scim_error(scim(method, "/Bulk", bulk(one) if method != "GET" else None), 405, what=method)
    for token in (None, "rollcall_scim_" + "0" * 64, Tenant().token):
        answer = Client(tenant.base, token)("POST", "/Bulk", bulk(one))
        scim_error(answer, 401, what="a token that is none, or another's")
    scim_error(scim("POST", "/Bulk", bulk(one), {"Content-Type": "text/plain"}), 415, what="media type")
    equal(tenant.checksum(), before, "nothing may have changed")
    answer = scim("POST", "/Bulk", bulk({"method": "post", "path": "Users", "bulkId": "b", "data": user("lower")}))
    equal(codes(answer.json()["Operations"]), ["201"], "a method in any case, a path without its slash")


def test_fail_on_errors():
    tenant = Tenant()
    scim = tenant.client()
    made(scim("POST", "/Users", user("taken")))
    bad = [post("/Users", "bad%d" % n, user("taken")) for n in range(3)]
    for limit, want in ((1, ["201", "409"]), (2, ["201", "409", "201", "409"]), (3, ["201", "409", "201", "409", "201", "409"]),
                        (4, ["201", "409", "201", "409", "201", "409", "201"]), (None, ["201", "409", "201", "409", "201", "409", "201"])):
        before = totals(scim)[0]
        good = [post("/Users", "good%d" % n, user("u" + uuid.uuid4().hex)) for n in range(4)]
        request = bulk(good[0], bad[0], good[1], bad[1], good[2], bad[2], good[3])
        if limit:
            request["failOnErrors"] = limit
        equal(codes(ask(scim, request, "failOnErrors %s" % limit)), want, "failOnErrors %s" % limit)
        equal(totals(scim)[0] - before, want.count("201"), "failOnErrors %s: what is behind is not done" % limit)
    no_placeholder(tenant, "failOnErrors")


def test_versions():
    """`version` of an operation is its If-Match."""
    tenant = Tenant()
    scim = tenant.client()
    one, place = made(scim("POST", "/Users", user("one"))), made(scim("POST", "/Groups", group("place")))
    path, place = "/Users/" + one, "/Groups/" + place
    title = [patch(operation("replace", "title", value=str(n))) for n in range(4)]
    rows = ask(scim, bulk(
        change("PATCH", path, title[0], version='W/"9"'), change("PATCH", path, title[1], version='W/"1"'),
        change("PATCH", path, title[2], version='W/"1"'), change("PATCH", path, title[3], version='W/"2"'),
        change("PUT", path, user("one"), version='W/"2"'), change("DELETE", path, version='W/"2"'),
        change("PATCH", place, add_members(one), version='W/"2"'), change("PATCH", place, add_members(one), version='W/"1"'),
        change("PUT", place, group("place"), version='W/"1"'), change("DELETE", place, version='W/"1"')), "versions")
    equal([code == "412" for code in codes(rows)], [True, False, True, False, True, True, True, False, True, True], "412: %s" % codes(rows))
    equal((scim("GET", path).json()["title"], scim("GET", path).header("ETag")), ("3", 'W/"3"'), "each from the one before")
    equal([rows[n]["version"] for n in (1, 3, 7)], ['W/"2"', 'W/"3"', 'W/"2"'], "the new ones are answered")
    rows = ask(scim, bulk(change("DELETE", path, version='W/"3"'), change("GET", path), change("DELETE", path)), "delete")
    equal(codes(rows)[0::2], ["204", "404"], "delete, once")
    no_placeholder(tenant, "versions")


def test_strict():
    tenant = Tenant()
    scim = tenant.client()
    request = bulk({"method": "POST", "path": "/Users", "data": user("nameless")})
    equal(codes(ask(scim, request, "without bulkId")), ["201"], "a POST without bulkId is tolerated")
    equal(value("select count(*) from request_log where directory_id = '%s' and 'noBulkId' = any(quirks)" % tenant.uuid), "1", "and noted")
    management("PATCH", "/v1/scim-directories/" + tenant.directory, {"strict": True})
    rows = ask(scim, bulk({"method": "POST", "path": "/Users", "data": user("nameless2")}, post("/Users", "b", user("named"))), "strict")
    equal(codes(rows), ["400", "201"], "strict: refused")


# --- many ---

def test_limits():
    tenant = Tenant()
    scim = tenant.client()
    config = scim("GET", "/ServiceProviderConfig").json()["bulk"]
    equal(config, {"supported": True, "maxOperations": OPERATIONS, "maxPayloadSize": BYTES}, "as advertised")
    before = tenant.checksum()
    answer = scim("POST", "/Bulk", bulk(*[post("/Users", str(n), user("many%d" % n)) for n in range(OPERATIONS + 1)]))
    scim_error(answer, 413, what="one operation too many")
    check(b"1000" in answer.body and b"maxOperations" in answer.body, lambda: "the limit is named: %r" % answer)
    text = json.dumps(bulk(post("/Users", "p", user("padded"))))
    answer = scim("POST", "/Bulk", text + " " * (BYTES + 1 - len(text)))
    scim_error(answer, 413, what="one byte too many")
    check(str(BYTES).encode() in answer.body or b"maxPayloadSize" in answer.body, lambda: "the limit is named: %r" % answer)
    equal(tenant.checksum(), before, "nothing may have changed")
    equal(scim("POST", "/Bulk", text + " " * (BYTES - len(text))).status, 200, "as many bytes as are allowed")
    operations = [post("/Users", "u%d" % n, user("many%d" % n, displayName="M %d" % n)) for n in range(OPERATIONS - 1)]
    operations.insert(500, post("/Groups", "g", group("all", *["bulkId:u%d" % n for n in range(OPERATIONS - 1)])))
    rows = ask(scim, bulk(*operations), "as many as are allowed")
    equal(codes(rows), ["201"] * OPERATIONS, "as many as are allowed")
    equal(totals(scim), (OPERATIONS, 1), "all are there")
    equal(members_of(scim("GET", "/Groups/" + id_of(rows[500])).json()), sorted(id_of(row) for n, row in enumerate(rows) if n != 500), "all in one group")
    again = ask(scim, bulk(*operations), "again")
    equal((codes(again).count("409") >= OPERATIONS - 1, codes(again).count("201")), (True, 0), "the same again is refused")
    equal(totals(scim), (OPERATIONS, 1), "and makes nothing")
    no_placeholder(tenant, "limits")


def test_deep():
    """Chains of references, to the front, to the back and closed to rings."""
    tenant = Tenant()
    scim = tenant.client()
    for what, step, closed in (("forward", 1, False), ("backward", -1, False), ("ring", 1, True), ("ring, backward", -1, True)):
        operations, links = [], 400
        for n in range(links):
            other = n + step
            if closed:
                other %= links
            operations.append(post("/Groups", "g%d" % n, group("%s %d" % (what, n), *(["bulkId:g%d" % other] if 0 <= other < links else []))))
        rows = ask(scim, bulk(*operations), what)
        equal(codes(rows), ["201"] * links, what)
        ids = [id_of(row) for row in rows]
        for n in (0, 1, links // 2, links - 1):
            other = (n + step) % links if closed else n + step
            equal(members_of(scim("GET", "/Groups/" + ids[n]).json()), [ids[other]] if 0 <= other < links else [], "%s: link %d" % (what, n))
        managers = [post("/Users", "u%d" % n, employee("%s %d" % (what, n), "bulkId:u%d" % ((n + step) % links))) for n in range(links)]
        equal(codes(ask(scim, bulk(*managers), what + " of managers")), ["201"] * links, what + " of managers")
    no_placeholder(tenant, "deep")


def test_at_once():
    """The same operations by eight clients: each name once, and no answer but 201 and 409."""
    tenant = Tenant()
    request = bulk(*[part for n in range(40) for part in (
        post("/Users", "u%d" % n, user("same%d" % n)), post("/Groups", "g%d" % n, group("same%d" % n, "bulkId:u%d" % n)))])
    answers = together(8, lambda i: (tenant.client, tenant.short)[i % 2]()("POST", "/Bulk", request))
    no_trouble(answers, "at once")
    equal(statuses(answers), {200: 8}, "at once")
    rows = [row for answer in answers for row in answer.json()["Operations"]]
    wrong = [row for row in rows if row["status"] not in ("201", "409", "400")]
    equal(wrong[:3], [], "201 or refused")
    for noun in ("/Users/", "/Groups/"):
        equal(sum(row["status"] == "201" and noun in row["location"] for row in rows), 40, "each once: " + noun)
    equal(totals(tenant.client()), (40, 40), "and counted")
    no_placeholder(tenant, "at once")


run(test_user_and_group, test_circles, test_circle_that_fails, test_references_that_fail, test_references_everywhere, test_errors,
    test_bad_messages, test_fail_on_errors, test_versions, test_strict, test_limits, test_deep, test_at_once)
