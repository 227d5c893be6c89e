#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Many at once: one name, one version, one row, one token, one primary (reliability C1, C2, C4, C6)."""

import json
import threading
import time
import uuid
from collections import Counter

from rollcall import (KEY, TOLD, Client, Tenant, check, equal, management, no_trouble, note_secret, operation, patch, run,
                      scim_error_problem, seeded, statuses, to_uuid, together, user, value, version, wait_for)


def spellings(name, i):
    return (name, name.upper(), name.capitalize(), name.swapcase())[i % 4]


def test_same_name():
    tenant = Tenant()
    clients = [(tenant.client, tenant.short)[i % 2]() for i in range(64)]
    for number in range(20):
        name = "stra\u00dfe.%d@race.example" % number
        results = together(64, lambda i: clients[i]("POST", "/Users", user(spellings(name, i))))
        equal(statuses(results), {201: 1, 409: 63}, "round %d" % number)
        for result in results:
            if getattr(result, "status", 0) == 409:
                check(scim_error_problem(result, "uniqueness") is None, lambda: repr(result))
    equal(value("select count(*) from users where directory_id = '%s'" % tenant.uuid), "20", "20 rows")
    equal(tenant.client().list(count=0)["totalResults"], 20, "20 counted")
    equal(value("select count(*) from %s e where directory_id = '%s'" % (TOLD, tenant.uuid)), "20", "20 events")
    equal(value("select count(*) from request_log where directory_id = '%s' and status in (201, 409)" % tenant.uuid),
          str(20 * 64), "every request is logged with its status")


def test_same_name_by_change():
    tenant = Tenant()
    scim = tenant.client()
    for number in range(5):
        ids = [scim("POST", "/Users", user("rename%d-%d" % (number, i))).json()["id"] for i in range(24)]
        name = "Target%d" % number

        def rename(i):
            client = tenant.client()
            if i % 3 == 0:
                return client("PUT", "/Users/" + ids[i], user(spellings(name, i)))
            if i % 3 == 1:
                return client("PATCH", "/Users/" + ids[i], patch(operation("replace", "userName", value=spellings(name, i))))
            return client("POST", "/Users", user(spellings(name, i)))

        counted = statuses(together(24, rename))
        equal((counted[200] + counted[201], counted[409]), (1, 23), "one wins: %s" % counted)


def test_if_match():
    tenant = Tenant()
    path = "/Users/" + tenant.client()("POST", "/Users", user("counter")).json()["id"]

    def write(i):
        scim, acknowledged, refusals = tenant.client(), [], Counter()
        for number in range(24):
            before = scim("GET", path)
            token = "%d-%d" % (i, number)
            answer = scim("PATCH", path, patch(operation("add", "phoneNumbers", value=[{"value": token}])),
                          {"If-Match": before.header("ETag") if number % 2 else '"x", ' + before.header("ETag")})
            if answer.status == 200:
                acknowledged.append((token, version(before), version(answer)))
            refusals[answer.status] += 1
        return acknowledged, refusals

    results = together(32, write)
    no_trouble(results, "writers")
    acknowledged = [row for rows, _ in results for row in rows]
    counted = sum((counts for _, counts in results), Counter())
    equal(set(counted), {200, 412}, "nothing but 200 and 412: %s" % counted)
    final = tenant.client()("GET", path)
    values = Counter(row["value"] for row in final.json()["phoneNumbers"])
    equal(values, Counter(token for token, _, _ in acknowledged), "what was acknowledged is there, each once")
    equal(sorted(after for _, _, after in acknowledged), list(range(2, len(acknowledged) + 2)), "versions without holes or doubles")
    check(all(after == before + 1 for _, before, after in acknowledged), "each from the version that it named")
    equal(version(final), len(acknowledged) + 1, "the last version")
    check(len(acknowledged) >= 24, "%d writes were acknowledged" % len(acknowledged))
    print("  %d acknowledged, %d refused" % (counted[200], counted[412]))


def test_without_if_match():
    tenant = Tenant()
    path = "/Users/" + tenant.client()("POST", "/Users", user("adds")).json()["id"]

    def write(i):
        scim = (tenant.client, tenant.short)[i % 2]()
        return [scim("PATCH", path, patch(operation("add", "phoneNumbers", value=[{"value": "%d-%d" % (i, number)}])))
                for number in range(20)]

    results = together(32, write)
    no_trouble(results, "writers")
    answers = [answer for rows in results for answer in rows]
    equal(statuses(answers), {200: 640}, "all succeed")
    final = tenant.client()("GET", path)
    equal(sorted(row["value"] for row in final.json()["phoneNumbers"]), sorted("%d-%d" % (i, n) for i in range(32) for n in range(20)),
          "none is lost")
    equal(sorted(version(answer) for answer in answers), list(range(2, 642)), "each has a version of its own")
    for answer in answers:  # what is answered is what was written then
        check(len(answer.json()["phoneNumbers"]) == version(answer) - 1, "an answer shows its own version")


def test_delete_once():
    tenant = Tenant()
    scim = tenant.client()
    for _ in range(10):
        path = "/Users/" + scim("POST", "/Users", user("d" + uuid.uuid4().hex)).json()["id"]
        counted = statuses(together(16, lambda i: tenant.client()("DELETE", path)))
        equal(counted, {204: 1, 404: 15}, "one delete")
    equal(scim.list()["totalResults"], 0, "none left")


def test_mixture():
    """Everything at once on few names: only answers that the protocol knows, and the counts agree."""
    tenant = Tenant()

    def work(i):
        dice, scim, seen = seeded("mix%d" % i), tenant.client(), Counter()
        for _ in range(60):
            name = "mix%d" % dice.randrange(6)
            found = scim.list(filter='userName eq "%s"' % name)["Resources"]
            path = "/Users/" + (found[0]["id"] if found else "none")
            kind = dice.randrange(5)
            if kind == 0:
                answer = scim("POST", "/Users", user(name, title=str(i)))
            elif kind == 1:
                answer = scim("DELETE", path)
            elif kind == 2:
                answer = scim("PATCH", path, patch(operation("replace", "active", value=bool(dice.randrange(2)))))
            elif kind == 3:
                answer = scim("PUT", path, user("mix%d" % dice.randrange(6), externalId=str(dice.random())))
            else:
                answer = scim("GET", path)
            seen[answer.status] += 1
        return seen

    results = together(24, work)
    no_trouble(results, "workers")
    counted = sum(results, Counter())
    check(set(counted) <= {200, 201, 204, 404, 409, 412}, "statuses: %s" % counted)
    live = int(value("select count(*) from users where directory_id = '%s' and deleted_at is null" % tenant.uuid))
    equal(tenant.client().list(count=0)["totalResults"], live, "the total is exact")
    orphans = value("select count(*) from attribute_values a where directory_id = '%s' and not exists (select from users u where"
                    " u.directory_id = a.directory_id and u.id = a.resource_id and u.deleted_at is null)" % tenant.uuid)
    equal(orphans, "0", "no index row without its user")
    wrong = value("select count(*) from users u where directory_id = '%s' and version <> (select count(*) from %s e where"
                  " e.directory_id = u.directory_id and e.resource_id = u.id)" % (tenant.uuid, TOLD))
    equal(wrong, "0", "one event for each version")


def test_rotation():
    """Each request is judged by the tokens that were good while it ran."""
    tenant = Tenant()
    scim = tenant.client()
    for i in range(3):
        scim("POST", "/Users", user("rot%d" % i))
    current = [(tenant.token, 0)]  # token, when its rotation was answered
    ends = {}  # token: (when its end was asked for, when that was answered)
    stop = threading.Event()
    record = []  # token, when it was asked and answered, status

    def rotate():
        for number in range(25):
            wait_for("requests with it", lambda: len(record) > 10 * number, 0.01)
            begun = time.monotonic()
            token = tenant.rotate()
            answered = time.monotonic()
            ends[current[0][0]] = (begun, answered)
            current[0] = (token, answered)
        stop.set()

    def traffic(i):
        client = Client(tenant.base)
        while not stop.is_set():
            token = current[0][0]
            client.credential = token
            begun = time.monotonic()
            if i % 4:
                answer = client("GET", "/Users?count=1")
            else:
                answer = client("PATCH", "/Users/none", patch(operation("replace", "title", value="x")))
            record.append((token, begun, time.monotonic(), answer.status))

    results = together(17, lambda i: rotate() if i == 16 else traffic(i))
    no_trouble(results, "rotation")
    wrong = []
    for token, begun, ended, status in record:
        asked, answered = ends.get(token, (float("inf"), float("inf")))
        if status == 401:
            good = asked < ended
        else:
            good = status in (200, 404) and begun < answered
        if not good:
            wrong.append((status, begun - answered, ended - asked))
    equal(wrong, [], "%d requests under %d rotations" % (len(record), len(ends)))
    for token in list(ends)[-10:]:
        equal(Client(tenant.base, token)("GET", "/Users").status, 401, "an old token")
    equal(tenant.client()("GET", "/Users").status, 200, "the last token")


def test_rotations_at_once():
    tenant = Tenant()
    answers = together(12, lambda i: Client("", KEY, "application/json")("POST", "/v1/scim-directories/%s/rotate-bearer-token" % tenant.directory, {}))
    equal(statuses(answers), {200: 12}, "all answered")
    tokens = [note_secret(answer.json()["bearerToken"]) for answer in answers if hasattr(answer, "status")]
    equal(len(set(tokens)), 12, "each its own")
    equal(Counter(Client(tenant.base, token)("GET", "/Users").status for token in tokens), {200: 1, 401: 11}, "one token is good")


def test_management():
    external = "race-" + uuid.uuid4().hex
    answers = together(16, lambda i: Client("", KEY, "application/json")("POST", "/v1/organizations", {"externalId": external}))
    equal(statuses(answers), {200: 1, 409: 15}, "one externalId")
    tenant = Tenant()
    answers = together(16, lambda i: Client("", KEY, "application/json")(
        "POST", "/v1/scim-directories", {"organizationId": tenant.organization, "primary": i % 2 == 0}))
    equal(statuses(answers), {200: 16}, "directories")
    ids = [answer.json()["scimDirectory"]["id"] for answer in answers if answer.status == 200] + [tenant.directory]

    def primaries():
        return value("select count(*) from directories where organization_id = '%s' and is_primary and deleted_at is null" % to_uuid(tenant.organization))

    equal(primaries(), "1", "one primary")
    answers = together(17, lambda i: Client("", KEY, "application/json")("PATCH", "/v1/scim-directories/" + ids[i], {"primary": True}))
    equal(statuses(answers), {200: 17}, "PATCH primary")
    equal(primaries(), "1", "one primary after PATCH")
    answers = together(16, lambda i: Client("", KEY, "application/json")("DELETE", "/v1/scim-directories/" + ids[i]))
    equal(statuses(answers), {200: 16}, "DELETE")
    equal(primaries(), "1", "the one that is left is primary")
    answers = together(8, lambda i: Client("", KEY, "application/json")("PATCH", "/v1/organizations/" + tenant.organization, {
        "displayName": "N%d" % i, "domains": ["d%d-%d.example" % (i, j) for j in range(5)]}))
    equal(statuses(answers), {200: 8}, "PATCH organization")
    body = management("GET", "/v1/organizations/" + tenant.organization).json()["organization"]
    number = body["displayName"][1:]
    equal(body["domains"], ["d%s-%d.example" % (number, j) for j in range(5)], "one change as a whole, not a mixture")


def test_schemas():
    tenant = Tenant()
    path = "/v1/scim-directories/%s/schemas" % tenant.directory

    def post(urn):
        return Client("", KEY, "application/json")("POST", path, {
            "resourceType": "User", "schema": {"id": urn, "attributes": [{"name": "x"}]}})

    equal(statuses(together(7, lambda i: post("urn:race:n%d" % i))), {200: 7}, "schemas at once")
    equal(statuses(together(8, lambda i: post("urn:race:same"))), {200: 1, 409: 7}, "one URN")
    listed = [item["schema"]["id"] for item in management("GET", path).json()["schemas"]]
    equal(sorted(listed), ["urn:race:n%d" % i for i in range(7)] + ["urn:race:same"], "none is lost")
    answers = together(8, lambda i: Client("", KEY, "application/json")("DELETE", path + "/" + listed[i]))
    equal(statuses(answers), {200: 8}, "DELETE")
    equal(management("GET", path).json(), {"schemas": []}, "all gone")


def test_paging_under_writes():
    tenant = Tenant()
    scim = tenant.client()
    old = [scim("POST", "/Users", user("old%03d" % i, title="t")).json()["id"] for i in range(90)]
    stop = threading.Event()

    def insert(i):
        client, n = tenant.client(), 0
        while not stop.is_set() and n < 400:
            made = client("POST", "/Users", user("new%d-%d" % (i, n), title="t"))
            if n % 3 == 0:
                client("DELETE", "/Users/" + made.json()["id"])
            client("PATCH", "/Users/" + old[(n * 7 + i) % 90], patch(operation("replace", "displayName", value=str(n))))
            n += 1
            written[i] = n

    def walk(i):
        client, problems = tenant.client(), []
        for _ in range(6):
            seen, cursor, start = [], "", 1
            while True:
                if i % 2:
                    page = client.list(cursor=cursor, count=7, **({"filter": 'title eq "t"'} if i % 4 == 1 else {}))
                else:
                    page = client.list(startIndex=start, count=7)
                seen += [row["id"] for row in page["Resources"]]
                start += 7
                cursor = page.get("nextCursor")
                if len(set(seen) & set(old)) == 90 or not page["Resources"] or (i % 2 and not cursor):
                    break
            counts = Counter(seen)
            if any(counts[one] != 1 for one in old):
                problems.append((i, [one for one in old if counts[one] != 1][:3]))
        return problems

    def work(i):
        if i < 3:
            return insert(i)
        try:
            return walk(i)
        finally:
            finished.append(i)
            if len(finished) == 8:
                wait_for("writes", lambda: min(written) > 5)
                stop.set()

    finished, written = [], [0, 0, 0]
    results = together(11, work)
    no_trouble(results, "paging")
    equal([row for rows in results[3:] for row in rows], [], "each old user once in every walk")


run(test_same_name, test_same_name_by_change, test_if_match, test_without_if_match, test_delete_once, test_mixture, test_rotation,
    test_rotations_at_once, test_management, test_schemas, test_paging_under_writes)
