#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Groups: many at once on one membership (reliability C3, C4, C5), nesting and cycles, names that are kept
fresh, tenants that do not touch. ROLLCALL_TEST_ADDS: members that each of the 64 clients adds.
"""

import os
import threading
import uuid
from collections import Counter
from contextlib import contextmanager

from rollcall import (GROUP, PATIENCE, Session, Tenant, add_members, check, check_groups, equal, from_uuid, group, made, make_users, management, members_of,
                      no_trouble, operation, patch, remove_members, run, scim_error, scim_error_problem, seeded, sql, statuses, to_uuid,
                      together, user, value, version, wait_for, waiting)

CLIENTS = 64
ADDS = int(os.environ.get("ROLLCALL_TEST_ADDS", "20"))
SLIM = "?excludedAttributes=members"
NOBODY = from_uuid("scim_user_", "01900000-0000-7000-8000-000000000000")


def read(scim, path):
    answer = scim("GET", path)
    if answer.status != 200:
        raise RuntimeError("%s: %r" % (path, answer))
    return answer.json()


def groups_of(scim, one):
    """{id: (type, display)} of a user."""
    rows = read(scim, "/Users/" + one).get("groups", [])
    equal(len({row["value"] for row in rows}), len(rows), "each group once")
    for row in rows:
        check(row["$ref"].endswith("%s/Groups/%s" % (scim.base, row["value"])), "$ref: " + row["$ref"])
    return {row["value"]: (row["type"], row["display"]) for row in rows}


def membership(tenant, one):
    """(member_count, rows) of a group, as PostgreSQL has them."""
    return tuple(int(text) for text in sql(
        "select member_count, (select count(*) from group_members m where m.directory_id = g.directory_id and m.group_id = g.id)"
        " from groups g where directory_id = '%s' and id = '%s'" % (tenant.uuid, to_uuid(one)))[0])


def noted(tenant, answer):
    """The detail that the request log keeps of an answer for which members were left out, else None."""
    rows = sql("select coalesce(detail, '') from request_log where directory_id = '%s' and id = '%s' and 'unknownMember' = any(quirks)"
               % (tenant.uuid, to_uuid(answer.header("X-Request-Id"))))
    return rows[0][0] if rows else None


# --- many at once ---

def test_adds_at_once():
    """As Entra does it: one member a request, no If-Match."""
    tenant = Tenant()
    ids = make_users(tenant, CLIENTS * ADDS)
    path = "/Groups/" + made(tenant.client()("POST", "/Groups", group("adds")))

    def add(i):
        scim = (tenant.client, tenant.short)[i % 2]()
        return [scim("PATCH", path, add_members(one)) for one in ids[i * ADDS:(i + 1) * ADDS]]

    results = together(CLIENTS, add)
    no_trouble(results, "writers")
    equal(statuses(answer for rows in results for answer in rows), {204: len(ids)}, "all succeed")
    answer = tenant.client()("GET", path)
    equal(members_of(answer.json()), sorted(ids), "none is lost")
    equal(membership(tenant, path[8:]), (len(ids), len(ids)), "counted and stored")
    equal(version(answer), len(ids) + 1, "a version each")
    check_groups(tenant, "adds")


def test_adds_at_once_if_match():
    """The same by clients that read, name the version, and try again until theirs was the one."""
    tenant = Tenant()
    each = max(ADDS // 5, 1)  # each success refuses all that run beside it: the square of the clients
    ids = make_users(tenant, CLIENTS * each)
    path = "/Groups/" + made(tenant.client()("POST", "/Groups", group("if-match")))

    def add(i):
        scim, seen, steps = tenant.client(), Counter(), []
        for one in ids[i * each:(i + 1) * each]:
            while True:
                before = scim("GET", path + SLIM)
                answer = scim("PATCH", path + "?attributes=displayName", add_members(one), {"If-Match": before.header("ETag")})
                seen[answer.status] += 1
                if answer.status != 412:
                    steps.append((version(before), version(answer)))
                    break
        return seen, steps

    results = together(CLIENTS, add)
    no_trouble(results, "writers")
    counted = sum((seen for seen, _ in results), Counter())
    equal((set(counted), counted[200]), ({200, 412}, len(ids)), "each once: %s" % counted)
    steps = sorted(step for _, rows in results for step in rows)
    equal(steps, [(n, n + 1) for n in range(1, len(ids) + 1)], "each from the version that it named, none twice")
    answer = tenant.client()("GET", path)
    equal(members_of(answer.json()), sorted(ids), "none is lost")
    equal(membership(tenant, path[8:]), (len(ids), len(ids)), "counted and stored")
    check_groups(tenant, "If-Match")
    print("  %d written, %d refused" % (counted[200], counted[412]))


def test_adds_and_removes():
    """Each client has members of its own, whose fate it knows, and some that all of them share."""
    tenant = Tenant()
    ids = make_users(tenant, 32 * 6 + 8)
    shared = ids[32 * 6:]
    path = "/Groups/" + made(tenant.client()("POST", "/Groups", group("mixed", *ids[::2])))

    def work(i):
        dice, scim, mine = seeded("groups%d" % i), (tenant.client, tenant.short)[i % 2](), ids[i * 6:i * 6 + 6]
        inside, answers = {one for n, one in enumerate(mine) if (i * 6 + n) % 2 == 0}, []
        for number in range(30):
            some, kind = dice.sample(mine, dice.randint(1, 3)), dice.randrange(6)
            if kind < 2:
                body, inside = add_members(*some), inside | set(some)
            elif kind == 2:
                body, inside = remove_members(*some), inside - set(some)
            elif kind == 3:  # Entra
                body = patch(operation("Remove", "members", value=[{"$ref": None, "value": one} for one in some]))
                inside = inside - set(some)
            elif kind == 4:
                both = dice.sample(shared, 4)
                body = patch(operation("remove", 'members[value eq "%s"]' % both[0]), *add_members(*both[1:])["Operations"])
            else:
                body = patch(operation("replace", "externalId", value="%d-%d" % (i, number)), *add_members(some[0])["Operations"])
                inside = inside | {some[0]}
            answers.append(scim("PATCH", path, body))
        return inside, answers

    results = together(32, work)
    no_trouble(results, "writers")
    equal(statuses(answer for _, answers in results for answer in answers), {204: 32 * 30}, "all succeed")
    want = sorted(one for inside, _ in results for one in inside)
    got = members_of(read(tenant.client(), path))
    equal(sorted(set(got) - set(shared)), want, "what each did last is what is there")
    equal(len(got), len(set(got)), "each once")
    equal(membership(tenant, path[8:]), (len(got), len(got)), "counted and stored")
    check_groups(tenant, "adds and removes")


def spellings(name, i):
    return (name, name.upper(), name.capitalize(), name.swapcase())[i % 4]


def test_same_name():
    """Of users: test_races.py."""
    tenant = Tenant()
    clients = [(tenant.client, tenant.short)[i % 2]() for i in range(CLIENTS)]
    for number in range(10):
        name = "stra\u00dfe.%d" % number
        results = together(CLIENTS, lambda i: clients[i]("POST", "/Groups", group(spellings(name, i))))
        equal(statuses(results), {201: 1, 409: CLIENTS - 1}, "round %d" % number)
        for result in results:
            if getattr(result, "status", 0) == 409:
                check(scim_error_problem(result, "uniqueness") is None, lambda: repr(result))
    equal(tenant.client().list("/Groups", count=0)["totalResults"], 10, "10 counted")
    equal(value("select count(*) from request_log where directory_id = '%s' and status in (201, 409)" % tenant.uuid),
          str(10 * CLIENTS), "every request is logged with its status")
    check_groups(tenant, "same name")


def test_same_name_by_change():
    tenant = Tenant()
    scim = tenant.client()
    for number in range(5):
        ids = [made(scim("POST", "/Groups", group("rename%d-%d" % (number, i)))) for i in range(24)]
        name = "Target%d" % number

        def rename(i):
            client = tenant.client()
            if i % 3 == 0:
                return client("PUT", "/Groups/" + ids[i], group(spellings(name, i)))
            if i % 3 == 1:
                return client("PATCH", "/Groups/" + ids[i], patch(operation("replace", "displayName", value=spellings(name, i))))
            return client("POST", "/Groups", group(spellings(name, i)))

        counted = statuses(together(24, rename))
        equal((counted[200] + counted[201] + counted[204], counted[409]), (1, 23), "one wins: %s" % counted)
    check_groups(tenant, "same name by change")


@contextmanager
def deadlocks_found_soon():
    """PostgreSQL looks for deadlocks after 10 ms instead of a second; prints how many it has ended."""
    counted = "select deadlocks from pg_stat_database where datname = 'rollcall'"
    sql("alter system set deadlock_timeout = '10ms'; select pg_reload_conf()")
    before = int(value(counted))
    try:
        yield
    finally:
        sql("alter system reset deadlock_timeout; select pg_reload_conf()")
        print("  %d deadlocks were found" % (int(value(counted)) - before))


def test_opposite_orders():
    """
    Members in one order, in the other, and users that are renamed or go meanwhile: whoever waits for whom,
    clients see success, or 404 for what is gone.
    """
    tenant = Tenant()
    ids = make_users(tenant, 96)
    stay, go = ids[:24], ids[24:]
    names = ["order%d" % n for n in range(4)]
    places = ["/Groups/" + made(tenant.client()("POST", "/Groups", group(name))) for name in names]
    done = threading.Event()

    def change(i):
        dice, scim, seen = seeded("orders%d" % i), (tenant.client, tenant.short)[i % 2](), []
        for number in range(30):
            some = sorted(dice.sample(stay, 12) + dice.sample(go, 12), reverse=i % 2 == 1)
            others = [place[8:] for place in places]
            nested = sorted(dice.sample(others, 2), reverse=i % 2 == 1)
            place, kind = places[(number + i) % 4], dice.randrange(5)
            if kind == 0:
                answer = scim("PUT", place, group(names[places.index(place)], *some))
            elif kind == 1:
                answer = scim("PATCH", place, remove_members(*some))
            elif kind == 2:
                answer = scim("PATCH", place, patch(operation("replace", "members", value=[{"value": one} for one in nested + some])))
            else:
                answer = scim("PATCH", place, add_members(*(some + nested)))
            seen.append(answer)
        return seen

    def rename(i):
        dice, scim, seen = seeded("renames%d" % i), tenant.client(), []
        while not done.is_set():
            seen.append(scim("PATCH", "/Users/" + dice.choice(stay), patch(operation("replace", "displayName", value=str(dice.random())))))
        return seen

    def delete(i):
        scim = tenant.client()
        return [scim("DELETE", "/Users/" + one) for one in go[i::2]]

    def work(i):
        if i >= 14:
            return rename(i)
        try:
            return delete(i - 12) if i >= 12 else change(i)
        finally:
            finished.append(i)
            if len(finished) == 14:
                done.set()

    finished = []
    with deadlocks_found_soon():
        results = together(16, work)
    no_trouble(results, "writers")
    for what, part, good in (("changes", results[:12], {200, 204}), ("deletes", results[12:14], {204}), ("renames", results[14:], {200})):
        counted = statuses(answer for rows in part for answer in rows)
        check(set(counted) <= good, "%s: %s" % (what, counted))
    left = {one for place in places for one in members_of(read(tenant.client(), place))}
    equal(left & set(go), set(), "nobody is a member who is gone")
    check_groups(tenant, "opposite orders")


def test_delete_member_while_adding():
    """A user, or a group, that goes while others take it in: no membership stays."""
    tenant = Tenant()
    scim = tenant.client()
    places = ["/Groups/" + made(scim("POST", "/Groups", group("into%d" % n))) for n in range(3)]
    fillers = make_users(tenant, 12)
    for number in range(40):
        if number % 4:
            noun, one = "/Users/", made(scim("POST", "/Users", user("going%d" % number)))
        else:
            noun, one = "/Groups/", made(scim("POST", "/Groups", group("going%d" % number, fillers[0])))

        def work(i):
            client = (tenant.client, tenant.short)[i % 2]()
            if i == 3:
                return client("DELETE", noun + one)
            if i == 2:
                return client("PUT", places[2], group("into2", *([one] + fillers[number % 5:])))
            return client("PATCH", places[i], add_members(*(fillers[number % 3:] + [one])))

        results = together(4, work)
        no_trouble(results, "delete and add")
        check([answer.status for answer in results] in ([204, 204, 200, 204],), lambda: "delete and add: %s" % results)
        equal(value("select count(*) from group_members where directory_id = '%s' and member_id = '%s'" % (tenant.uuid, to_uuid(one))), "0",
              "round %d: no row of who is gone" % number)
    check_groups(tenant, "delete while adding")


def test_delete_group_while_changing():
    tenant = Tenant()
    scim = tenant.client()
    ids = make_users(tenant, 16)
    for number in range(20):
        place = "/Groups/" + made(scim("POST", "/Groups", group("short-lived%d" % number, *ids[:4])))
        results = together(8, lambda i: tenant.client()("DELETE", place) if i == 7
                           else tenant.client()("PATCH", place, (add_members, remove_members)[i % 2](*ids[i:i + 4])))
        no_trouble(results, "delete and change")
        check(all(answer.status in (204, 404) for answer in results) and results[7].status == 204, lambda: "delete and change: %s" % results)
        equal(membership(tenant, place[8:])[1], 0, "no rows of a group that is gone")
        for one in ids:
            check(place[8:] not in groups_of(scim, one), "nobody is in it")
    place = "/Groups/" + made(scim("POST", "/Groups", group("twice", *ids)))
    equal(statuses(together(8, lambda i: tenant.client()("DELETE", place))), {204: 1, 404: 7}, "one delete")
    check_groups(tenant, "delete while changing")


# --- members ---

def test_life():
    """Both ends of a membership, over a group's life."""
    tenant = Tenant()
    scim = tenant.client()
    ann, bob = made(scim("POST", "/Users", user("ann", displayName="Ann"))), made(scim("POST", "/Users", user("bob")))
    answer = scim("POST", "/Groups", group("Tour Guides", ann, externalId="ext-1"))
    one = made(answer)
    body = answer.json()
    equal((answer.header("Location"), answer.header("ETag")), (body["meta"]["location"], body["meta"]["version"]), "Location and ETag")
    equal((body["meta"]["resourceType"], body["displayName"], body["externalId"], body["schemas"]), ("Group", "Tour Guides", "ext-1", [GROUP]), "made")
    equal([(row["value"], row["type"], row["display"]) for row in body["members"]], [(ann, "User", "Ann")], "the member")
    check(body["members"][0]["$ref"].endswith(tenant.base + "/Users/" + ann), "$ref")
    equal(groups_of(scim, ann), {one: ("direct", "Tour Guides")}, "seen from the user")
    path = "/Groups/" + one
    equal((lambda a: (a.status, a.body))(scim("PATCH", path, add_members(bob))), (204, b""), "PATCH answers nothing")
    for query in ("attributes=members", "excludedAttributes=members", "attributes=displayName"):
        answer = scim("PATCH", path + "?" + query, patch(operation("replace", "externalId", value=query)))
        equal((answer.status, "members" in answer.json()), (200, query == "attributes=members"), "unless asked: " + query)
        equal(answer.header("ETag"), scim("GET", path).header("ETag"), "ETag: " + query)
    body = read(scim, path)
    equal(members_of(body), sorted([ann, bob]), "two")
    equal({row["value"]: row["display"] for row in body["members"]}, {ann: "Ann", bob: "bob"}, "displayName, else userName")
    before = scim("GET", path)
    for change in (add_members(ann), remove_members(NOBODY), patch(operation("replace", "displayName", value="Tour Guides")),
                   patch(operation("add", "members", value={"value": bob, "display": "Robert"}))):
        equal(scim("PATCH", path, change).status, 204, "nothing to do")
    after = scim("GET", path)
    equal(after.json(), before.json(), "nothing to do: same members, same version, same time")
    equal(after.header("ETag"), before.header("ETag"), "nothing to do: ETag")
    equal(scim("GET", path, headers={"If-None-Match": before.header("ETag")}).status, 304, "unchanged")
    stale = {"If-Match": 'W/"999"'}
    for method, change in (("PATCH", remove_members(ann)), ("PUT", group("Tour Guides")), ("DELETE", None)):
        scim_error(scim(method, path, change, stale), 412, what=method)
    equal(members_of(read(scim, path)), sorted([ann, bob]), "412 changes nothing")
    body = scim("PUT", path, group("Guides", bob)).json()
    equal((members_of(body), body["displayName"], "externalId" in body), ([bob], "Guides", False), "PUT replaces")
    equal((groups_of(scim, ann), groups_of(scim, bob)), ({}, {one: ("direct", "Guides")}), "from both sides")
    before = version(scim("GET", path))
    equal(scim("DELETE", "/Users/" + bob).status, 204, "delete a member")
    answer = scim("GET", path)
    equal((members_of(answer.json()), version(answer)), ([], before + 1), "gone, and another version")
    equal(scim("PATCH", path, add_members(ann)).status, 204, "one again")
    equal(scim("DELETE", path).status, 204, "delete")
    equal(groups_of(scim, ann), {}, "no group")
    for method, change in (("GET", None), ("PATCH", add_members(ann)), ("PUT", group("Guides")), ("DELETE", None)):
        scim_error(scim(method, path, change), 404, what=method + " what is deleted")
    made(scim("POST", "/Groups", group("guides")))  # the name is free
    scim_error(scim("POST", "/Groups", {"schemas": [GROUP], "members": [{"value": ann}]}), 400, "invalidValue", "no displayName")
    check_groups(tenant, "life")


def test_nested():
    tenant = Tenant()
    scim = tenant.client()
    ann, bob = make_users(tenant, 2)
    a = made(scim("POST", "/Groups", group("A", ann)))
    b = made(scim("POST", "/Groups", group("B", a, bob)))
    c = made(scim("POST", "/Groups", group("C", b)))
    equal(groups_of(scim, ann), {a: ("direct", "A"), b: ("indirect", "B"), c: ("indirect", "C")}, "A in B in C")
    equal(groups_of(scim, bob), {b: ("direct", "B"), c: ("indirect", "C")}, "one further up")
    rows = {row["value"]: row for row in read(scim, "/Groups/" + b)["members"]}
    equal((rows[a]["type"], rows[a]["display"], rows[bob]["type"]), ("Group", "A", "User"), "kinds")
    check(rows[a]["$ref"].endswith("/Groups/" + a), "$ref")
    equal(scim("PATCH", "/Groups/" + c, add_members(a, ann)).status, 204, "two ways, and directly")
    equal(groups_of(scim, ann), {a: ("direct", "A"), b: ("indirect", "B"), c: ("direct", "C")}, "each group once, direct before indirect")
    equal(scim("PATCH", "/Groups/" + c, remove_members(ann)).status, 204, "and back")
    equal(groups_of(scim, ann)[c], ("indirect", "C"), "one way less")
    before = version(scim("GET", "/Groups/" + c))
    equal(scim("DELETE", "/Groups/" + b).status, 204, "the one in the middle")
    equal(groups_of(scim, ann), {a: ("direct", "A"), c: ("indirect", "C")}, "by the other way")
    equal(groups_of(scim, bob), {}, "no way left")
    answer = scim("GET", "/Groups/" + c)
    equal((members_of(answer.json()), version(answer)), ([a], before + 1), "its row is gone, and the version changed")
    check_groups(tenant, "nested")


def test_cycles():
    tenant = Tenant()
    scim = tenant.client()
    ann = make_users(tenant, 1)[0]
    a = made(scim("POST", "/Groups", group("A", ann)))
    b = made(scim("POST", "/Groups", group("B", a)))
    for what, body in (("A in B in A", add_members(b)), ("A in A", add_members(a))):
        equal(scim("PATCH", "/Groups/" + a, body).status, 204, what)
        equal(groups_of(scim, ann), {a: ("direct", "A"), b: ("indirect", "B")}, what)
        for target in ("/Groups/" + a, "/Groups/" + b, "/Groups", "/Users", "/Users?attributes=groups", "/Groups?count=0"):
            equal(scim("GET", target).status, 200, "%s: %s" % (what, target))
    equal(members_of(read(scim, "/Groups/" + a)), sorted([ann, a, b]), "members of a cycle")
    check_groups(tenant, "cycles")
    equal(scim("PATCH", "/Groups/" + a, patch(operation("replace", "displayName", value="A2"))).status, 204, "rename in a cycle")
    equal({row["display"] for row in read(scim, "/Groups/" + a)["members"] if row["type"] == "Group"}, {"A2", "B"}, "itself included")
    check_groups(tenant, "renamed cycle")
    equal(scim("DELETE", "/Groups/" + a).status, 204, "delete what contains itself")
    equal((groups_of(scim, ann), members_of(read(scim, "/Groups/" + b))), ({}, []), "nothing left")
    check_groups(tenant, "deleted cycle")


def test_chain():
    """300 groups, each in the next, and the last in the first."""
    tenant = Tenant()
    scim = tenant.client()
    ann = make_users(tenant, 1)[0]
    chain = [made(scim("POST", "/Groups", group("link0", ann)))]
    for n in range(1, 300):
        chain.append(made(scim("POST", "/Groups", group("link%d" % n, chain[-1]))))
    for what in ("chain", "ring"):
        found = groups_of(scim, ann)
        equal((len(found), found.get(chain[0]), found.get(chain[299])), (300, ("direct", "link0"), ("indirect", "link299")), what)
        equal([row["type"] for row in read(scim, "/Groups/" + chain[299])["members"]], ["Group"], what)
        equal(scim.list("/Users", attributes="groups")["totalResults"], 1, what)
        equal(scim("PATCH", "/Groups/" + chain[0], add_members(chain[299])).status, 204, what + ": closed")
    equal(scim("DELETE", "/Groups/" + chain[150]).status, 204, "one link")
    found = groups_of(scim, ann)
    equal((len(found), chain[149] in found, chain[151] in found), (150, True, False), "as far as it reaches")
    check_groups(tenant, "chain")


def test_renames():
    """What a group's answer shows of its members is fresh, and its version says that it is another one."""
    tenant = Tenant()
    scim = tenant.client()
    ann = made(scim("POST", "/Users", user("ann", displayName="Ann")))
    inner = made(scim("POST", "/Groups", group("inner", ann)))
    outer = made(scim("POST", "/Groups", group("outer", inner, ann)))

    def shown():
        return {row["value"]: row["display"] for row in read(scim, "/Groups/" + outer)["members"]}

    for what, path, body, want in (
            ("displayName", "/Users/" + ann, patch(operation("replace", "displayName", value="Ann L.")), {ann: "Ann L.", inner: "inner"}),
            ("no displayName", "/Users/" + ann, patch(operation("remove", "displayName")), {ann: "ann", inner: "inner"}),
            ("userName", "/Users/" + ann, patch(operation("replace", "userName", value="ann2")), {ann: "ann2", inner: "inner"}),
            ("PUT", "/Users/" + ann, user("ann2", displayName="A2"), {ann: "A2", inner: "inner"}),
            ("group", "/Groups/" + inner, patch(operation("replace", "displayName", value="core")), {ann: "A2", inner: "core"}),
            ("PUT group", "/Groups/" + inner, group("hub", ann), {ann: "A2", inner: "hub"})):
        before = scim("GET", "/Groups/" + outer)
        answer = scim("PUT" if "PUT" in what else "PATCH", path, body)
        check(answer.status in (200, 204), lambda: "%s: %r" % (what, answer))
        equal(shown(), want, what)
        after = scim("GET", "/Groups/" + outer, headers={"If-None-Match": before.header("ETag")})
        equal((after.status, version(after)), (200, version(before) + 1), what + ": another version")
        check_groups(tenant, what)
    equal(groups_of(scim, ann), {inner: ("direct", "hub"), outer: ("direct", "outer")}, "seen from the user")
    before = scim("GET", "/Groups/" + outer)
    for body in (patch(operation("replace", "title", value="x")), patch(operation("replace", "userName", value="ann3"))):
        equal(scim("PATCH", "/Users/" + ann, body).status, 200, "what no group shows")
    equal(scim("GET", "/Groups/" + outer, headers={"If-None-Match": before.header("ETag")}).status, 304, "leaves the version alone")
    check_groups(tenant, "renames")


def test_rename_while_adding():
    """
    Somebody is renamed, and the renaming has to wait for a group that holds him; meanwhile another group
    takes him in. It must not keep the old name.
    """
    tenant = Tenant()
    scim = tenant.client()
    for noun, one, body in (("user", made(scim("POST", "/Users", user("ann", displayName="old"))), patch(operation("replace", "displayName", value="new"))),
                            ("group", made(scim("POST", "/Groups", group("old"))), patch(operation("replace", "displayName", value="new group")))):
        holder = made(scim("POST", "/Groups", group("holder of " + noun, one)))
        other = made(scim("POST", "/Groups", group("other of " + noun)))
        session = Session()
        session.run("begin; select from groups where id = '%s' for update" % to_uuid(holder))
        renamed, added = [], []
        threads = [threading.Thread(target=lambda: renamed.append(tenant.client()("PATCH", "/%ss/%s" % (noun.capitalize(), one), body)), daemon=True),
                   threading.Thread(target=lambda: added.append(tenant.client()("PATCH", "/Groups/" + other, add_members(one))), daemon=True)]
        threads[0].start()
        wait_for(noun + ": the renaming waits", lambda: waiting() == 1, 0.01)
        threads[1].start()
        wait_for(noun + ": the adding is through, or waits too", lambda: added or waiting() == 2, 0.01)
        session.run("rollback")
        session.close()
        for thread in threads:
            thread.join(PATIENCE)
        check([answer.status for answer in renamed + added] in ([200, 204], [204, 204]), lambda: "%s: %s" % (noun, renamed + added))
        check_groups(tenant, noun)


def test_strangers():
    """Members that the directory does not know, whoever else may: left out, noted, never told apart."""
    ours, theirs = Tenant("Ours"), Tenant("Theirs")
    scim, other = ours.client(), theirs.client()
    ann = made(scim("POST", "/Users", user("ann")))
    gone = made(scim("POST", "/Users", user("gone")))
    scim("DELETE", "/Users/" + gone)
    foreign = made(other("POST", "/Users", user("foreign")))
    strangers = {
        "missing": NOBODY, "foreign": foreign, "foreign group": made(other("POST", "/Groups", group("foreign", foreign))), "deleted": gone,
        "malformed": "scim_user_x", "text": str(uuid.uuid4()), "another noun": ours.directory, "upper case": ann.upper()}
    before, answers = theirs.checksum(), {}
    for number, (what, one) in enumerate(strangers.items()):
        name = "with %d" % number
        posted = scim("POST", "/Groups", group(name, one, ann))
        equal((posted.status, members_of(posted.json())), (201, [ann]), "POST: " + what)
        path = "/Groups/" + posted.json()["id"]
        added = scim("PATCH", path, add_members(one))
        put = scim("PUT", path, group(name, ann, one))
        whole = scim("PATCH", path, patch(operation("replace", "members", value=[{"value": ann}, {"value": one, "type": "User"}])))
        equal((added.status, put.status, whole.status), (204, 200, 204), "PATCH, PUT: " + what)
        for answer in (posted, added, put, whole):
            check(one in (noted(ours, answer) or ""), lambda: "%s: noted and named: %s" % (what, sql(
                "select method, quirks, detail from request_log where id = '%s'" % to_uuid(answer.header("X-Request-Id")))))
        answer = scim("GET", path)
        equal((members_of(answer.json()), version(answer)), ([ann], 1), "nothing changed: " + what)
        removed = scim("PATCH", path, remove_members(one))
        found = 0 if what == "upper case" else scim.get("/Groups", filter='members.value eq "%s"' % one).json()["totalResults"]
        answers[what] = (removed.status, removed.body, found, sorted(put.json()))
    equal(scim("PATCH", path, add_members(ann)).status, 204, "a member")
    equal(noted(ours, scim("PATCH", path, add_members(ann))), None, "who is known is not noted")
    equal({what: answers[what] for what in answers if answers[what] != answers["missing"]}, {}, "no answer tells one from the other")
    equal(answers["missing"][:3], (204, b"", 0), "removing who is not in succeeds")
    equal(theirs.checksum(), before, "theirs is untouched")
    check_groups(ours, "strangers")
    management("PATCH", "/v1/scim-directories/" + ours.directory, {"strict": True})
    total, details = scim.list("/Groups", count=0)["totalResults"], {}
    for number, (what, one) in enumerate(strangers.items()):
        for method, target, body in (("POST", "/Groups", group("strict %d" % number, ann, one)), ("PUT", path, group(name, one)),
                                     ("PATCH", path, add_members(one))):
            answer = scim(method, target, body)
            scim_error(answer, 400, "invalidValue", "strict: %s %s" % (method, what))
            if what in ("missing", "foreign", "foreign group", "deleted"):
                details.setdefault(method, set()).add(answer.body.replace(one.encode(), b"X"))
    equal({method: len(texts) for method, texts in details.items()}, {"POST": 1, "PUT": 1, "PATCH": 1}, "one text for all")
    equal(scim.list("/Groups", count=0)["totalResults"], total, "nothing was made")
    check_groups(ours, "strict")


def test_foreign_groups():
    """Nothing of a group is seen or changed with another directory's token."""
    ours, theirs = Tenant("Ours"), Tenant("Theirs")
    ann = make_users(theirs, 1)[0]
    one = made(theirs.client()("POST", "/Groups", group("secret-name", ann)))
    before, nobody = theirs.checksum(), from_uuid("scim_group_", str(uuid.uuid4()))
    for scim in (ours.client(), ours.short()):
        for method, body in (("GET", None), ("PUT", group("x")), ("PATCH", add_members(ann)), ("DELETE", None)):
            answers = [scim(method, "/Groups/" + target, body) for target in (one, nobody)]
            for answer in answers:
                scim_error(answer, 404, what=method)
            equal(answers[0].body.replace(one.encode(), nobody.encode()), answers[1].body, method + ": foreign and missing")
        for text in ('displayName eq "secret-name"', 'members.value eq "%s"' % ann, 'id eq "%s"' % one, "members pr"):
            equal(scim.get("/Groups", filter=text).json()["totalResults"], 0, text)
        equal(scim.list("/Groups")["Resources"], [], "no list shows it")
    made(ours.client()("POST", "/Groups", group("secret-name")))  # a name of theirs is free here
    equal(theirs.checksum(), before, "theirs is untouched")


@contextmanager
def members_untouchable():
    """Whoever looks at a single membership meanwhile fails."""
    sql("create function test_untouchable(uuid) returns boolean language plpgsql as"
        " $$ begin raise exception 'a membership was looked at'; end $$;"
        "create policy test_untouchable on group_members as restrictive using (test_untouchable(directory_id))")
    try:
        yield
    finally:
        sql("drop policy test_untouchable on group_members; drop function test_untouchable(uuid)")


def test_members_are_not_read():
    """Who asks for a group without its members does not pay for them: the rows are not even looked at."""
    tenant = Tenant()
    scim = tenant.client()
    ids = make_users(tenant, 5)
    path = "/Groups/" + made(scim("POST", "/Groups", group("big", *ids)))
    with members_untouchable():
        for target in (path + SLIM, path + "?attributes=displayName", path + "?excludedAttributes=MEMBERS,externalId",
                       "/Groups?excludedAttributes=members&filter=displayName%20eq%20%22big%22", "/Groups" + SLIM,
                       "/Groups?attributes=displayName&sortBy=displayName"):
            answer = scim("GET", target)
            equal(answer.status, 200, target)
            check(b"members" not in answer.body, lambda: "%s: %r" % (target, answer))
        for target in (path, "/Groups"):
            scim_error(scim("GET", target), 500, what="with members it has to: " + target)
    equal(members_of(read(scim, path)), sorted(ids), "they are still there")


run(test_adds_at_once, test_adds_at_once_if_match, test_adds_and_removes, test_same_name, test_same_name_by_change, test_opposite_orders,
    test_delete_member_while_adding, test_delete_group_while_changing, test_life, test_nested, test_cycles, test_chain, test_renames,
    test_rename_while_adding, test_strangers, test_foreign_groups, test_members_are_not_read)
