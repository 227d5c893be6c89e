#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The read API and the request log: walks under writers, strangers, and what on-call copies and pastes."""

import os
import subprocess
import threading
import uuid
from datetime import datetime, timedelta, timezone

from rollcall import (BINARY, PATIENCE, STATE, Client, Tenant, add_members, bulk_users, check, equal, from_uuid, group, made,
                      make_users, management, no_trouble, note_secret, operation, patch, rpc_error, run, seeded, shorten, together, user,
                      value, wait_for)

WRITERS = 6


def ok(answer, what):
    if not equal(answer.status, 200, "%s: %r" % (what, answer)):
        raise RuntimeError(what)
    return answer.json()


def pages(path, key, size, client=management, **named):
    """All rows of a list, page by page."""
    rows, token = [], ""
    while True:
        page = ok(client.get(path, pageSize=size, pageToken=token, **named), path)
        check(len(page[key]) <= size, "page size")
        rows += page[key]
        token = page["nextPageToken"]
        if not token:
            return rows


def foreign_key():
    done = subprocess.run([BINARY, "--config", os.path.join(STATE, "rollcall.conf"), "key", "create", "--environment",
                           "Elsewhere-" + uuid.uuid4().hex], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    return note_secret(done.stdout.strip())


def writers(tenant, ids, busy):
    """
    Threads that change, create and delete until the event is set; who was created and deleted is kept, and who was
    changed, with the moment at which his last change began.
    """
    changed, created, gone = {}, [], set()

    def work(i):
        scim, dice = tenant.client(), seeded("writer%d" % i)
        while not busy.is_set():
            one = dice.choice(ids[i::WRITERS])
            what = dice.randrange(4)
            if what == 0:
                created.append(made(scim("POST", "/Users", user("new-" + uuid.uuid4().hex))))
            elif what == 1 and created:
                victim = created[dice.randrange(len(created))]
                if scim("DELETE", "/Users/" + victim).status == 204:
                    gone.add(victim)
            else:
                begun = datetime.now(timezone.utc)
                answer = scim("PATCH", "/Users/" + one, patch(operation("replace", "title", value=uuid.uuid4().hex)))
                equal(answer.status, 200, "a change")
                changed[one] = begun
        return True

    results = []
    thread = threading.Thread(target=lambda: results.extend(together(WRITERS, work)), daemon=True)
    thread.start()
    return thread, results, changed, created, gone


def test_walk_under_writers():
    tenant = Tenant()
    ids = sorted(bulk_users(tenant, 400))
    busy = threading.Event()
    thread, results, changed, created, gone = writers(tenant, ids, busy)
    try:
        wait_for("writers", lambda: len(changed) > 20 and len(gone) > 1)
        for size in (7, 31, 100):
            rows = pages("/v1/scim/users", "scimUsers", size, scimDirectoryId=tenant.directory)
            seen = [row["id"] for row in rows]
            equal(len(seen), len(set(seen)), "nobody twice")
            equal([one for one in seen if one in set(ids)], ids, "everybody who was there, in the order of creation")
            check(all(not row["deleted"] for row in rows if row["id"] in set(ids)), "nobody who is there is told as deleted")
        # a second look by the time of the first: all that changed meanwhile
        before, old_gone = set(changed), set(gone)
        since = datetime.now(timezone.utc)

        def later():
            return {one for one, begun in list(changed.items()) if begun >= since}

        wait_for("changes", lambda: len(later()) > 50)
    finally:
        busy.set()
        thread.join(PATIENCE)
    no_trouble(results, "writers")
    check(before and old_gone, "there were changes")
    rows = pages("/v1/scim/users", "scimUsers", 23, scimDirectoryId=tenant.directory,
                 updatedSince=(since - timedelta(seconds=1)).isoformat().replace("+00:00", "Z"))
    told = {row["id"]: row for row in rows}
    equal(sorted(later() - set(told)), [], "every change since then is told")
    future = (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    equal(pages("/v1/scim/users", "scimUsers", 23, scimDirectoryId=tenant.directory, updatedSince=future), [], "and nothing from before")
    everyone = {row["id"]: row for row in pages("/v1/scim/users", "scimUsers", 1000, scimDirectoryId=tenant.directory)}
    equal(set(everyone), set(ids) | set(created), "who was created is told")
    equal({one for one, row in everyone.items() if row["deleted"]}, gone, "and who was deleted")


def test_members_under_writers():
    tenant = Tenant()
    scim = tenant.client()
    ids = sorted(make_users(tenant, 120))
    team = made(scim("POST", "/Groups", group("Team", *ids[:100])))
    busy = threading.Event()

    def change():
        client = tenant.client()
        while not busy.is_set():
            for one in ids[100:]:
                client("PATCH", "/Groups/" + team, add_members(one))

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    try:
        for number in range(5):
            seen = [row["id"] for row in pages("/v1/scim/groups/%s/members" % team, "scimGroupMembers", 9)]
            equal([one for one in seen if one in set(ids[:100])], ids[:100], "members, round %d" % number)
            seen = [row["id"] for row in pages("/v1/scim/users", "scimUsers", 9, scimDirectoryId=tenant.directory, scimGroupId=team)]
            equal([one for one in seen if one in set(ids[:100])], ids[:100], "users of the group, round %d" % number)
    finally:
        busy.set()
        thread.join(PATIENCE)


def face(answer):
    return answer.status, [pair for pair in answer.headers if pair[0] not in ("X-Request-Id", "Date")], answer.body


def test_strangers():
    """What belongs to another environment answers, to the byte, as what does not exist; nothing of it comes through."""
    tenant, mark = Tenant(), "mark-" + uuid.uuid4().hex
    scim = tenant.client()
    one = made(scim("POST", "/Users", user(mark + "@x.example", displayName=mark, emails=[{"value": mark + "@x.example"}])))
    team = made(scim("POST", "/Groups", group(mark, one)))
    request = scim.get("/Users", filter='userName eq "%s"' % mark).header("X-Request-Id")
    external = "ext-" + uuid.uuid4().hex
    equal(management("PATCH", "/v1/organizations/" + tenant.organization, {"externalId": external}).status, 200, "externalId")
    stranger = Client("", foreign_key(), "application/json")

    def nobody(name):
        prefix = name.rsplit("_", 1)[0] + "_"
        # with the tag of the directory, so that it is looked for there
        return from_uuid(prefix, str(uuid.uuid4())[:30] + tenant.uuid[30:])

    good = {"user": one, "group": team, "request": request, "directory": tenant.directory, "organization": tenant.organization,
            "external": external}
    bad = {name: nobody(text) if name != "external" else "ext-none" for name, text in good.items()}
    routes = ["/v1/scim/users/{user}", "/v1/scim/users/{user}/groups", "/v1/scim/groups/{group}", "/v1/scim/groups/{group}/members",
              "/v1/scim-requests/{request}", "/v1/scim-directories/{directory}/authentication-failures"]
    for route in ("/v1/scim/users", "/v1/scim/groups", "/v1/scim-requests"):
        routes += [route + "?" + rest for rest in ("scimDirectoryId={directory}", "organizationId={organization}",
                                                   "organizationExternalId={external}")]
    routes += [route + "?scimDirectoryId={directory}" for route in routes[:5]]
    routes += ["/v1/scim/users?scimDirectoryId={directory}&scimGroupId={group}", "/v1/scim/groups?scimDirectoryId={directory}&userId={user}",
               "/v1/scim/users?scimDirectoryId={directory}&email=" + mark + "@x.example",
               "/v1/scim-requests?scimDirectoryId={directory}&text=" + mark]
    for route in routes:
        mine = management("GET", route.format(**good))
        equal(mine.status, 200, route)
        theirs = stranger("GET", route.format(**good))
        want = face(stranger("GET", route.format(**bad)))
        equal(face(theirs), want, "a stranger at " + route)
        rpc_error(theirs, 404, 5, route)
        check(mark.encode() not in theirs.body, "no mark at " + route)
        equal(face(management("GET", route.format(**bad))), want, "nobody at " + route)
    page = ok(management.get("/v1/scim/users", scimDirectoryId=tenant.directory, pageSize=1), "page")
    check(page["nextPageToken"] == "", "one user")
    # a stranger's own directory with a page token, a group or a user of ours
    token = ok(management.get("/v1/scim-requests", scimDirectoryId=tenant.directory, pageSize=1), "page")["nextPageToken"]
    organization = ok(stranger("POST", "/v1/organizations", {}), "organization")["organization"]["id"]
    own = ok(stranger("POST", "/v1/scim-directories", {"organizationId": organization}), "directory")["scimDirectory"]["id"]
    rpc_error(stranger.get("/v1/scim-requests", scimDirectoryId=own, pageToken=token), 400, 3, "a token of ours")
    rpc_error(stranger.get("/v1/scim/users", scimDirectoryId=own, scimGroupId=team), 404, 5, "a group of ours")
    rpc_error(stranger.get("/v1/scim/groups", scimDirectoryId=own, userId=one), 404, 5, "a user of ours")
    rpc_error(stranger.get("/v1/scim/users/" + one, scimDirectoryId=own), 404, 5, "in a directory of theirs")
    equal(ok(stranger.get("/v1/scim-requests", scimDirectoryId=own, text=mark), "log")["scimRequests"], [], "no request of ours")


def test_what_is_pasted():
    """The command of a row of the log, run by a shell, repeats the request and nothing else."""
    tenant = Tenant()
    scim = tenant.client()
    trap = os.path.join(STATE, "trap-" + uuid.uuid4().hex)
    nasty = "o'brien'; touch %s; echo '$(touch %s)`touch %s`\\" % (trap, trap, trap)
    answer = scim("POST", "/Users", user("first", title=nasty), {"User-Agent": "Okta SCIM Client 1.0.0"})
    one = made(answer)
    row = ok(management("GET", "/v1/scim-requests/" + answer.header("X-Request-Id")), "by the id in the answer")["scimRequest"]
    equal((row["status"], row["method"], row["provider"], row["resourceId"]), (201, "POST", "okta", one), "the row")
    check(0 < row["durationMs"] < 1000 * PATIENCE, "duration: %r" % row["durationMs"])
    equal(row["httpRequestBody"]["title"], nasty, "the body")
    management("DELETE", "/v1/organizations/x")
    scim("DELETE", "/Users/" + one)
    done = subprocess.run(["sh", "-c", row["curl"]], env=dict(os.environ, TOKEN=tenant.token), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=PATIENCE, text=True)
    equal(done.returncode, 0, done.stderr)
    check('"userName":"first"' in done.stdout and "scim_user_" in done.stdout, lambda: "pasted: " + shorten(done.stdout))
    check(not os.path.exists(trap), "nothing else ran")
    asked = scim.get("/Users", filter="title eq \"%s\"" % nasty.replace("\\", "\\\\"))
    row = ok(management("GET", "/v1/scim-requests/" + asked.header("X-Request-Id")), "a list")["scimRequest"]
    done = subprocess.run(["sh", "-c", row["curl"]], env=dict(os.environ, TOKEN=tenant.token), stdout=subprocess.PIPE, timeout=PATIENCE, text=True)
    check('"totalResults":1' in done.stdout, lambda: "pasted list: " + shorten(done.stdout))
    check(not os.path.exists(trap), "nothing else ran")
    found = ok(management.get("/v1/scim-requests", scimDirectoryId=tenant.directory, userId=one), "by user")["scimRequests"]
    equal([row["method"] for row in found], ["DELETE", "POST"], "requests about one user")


def test_failures():
    tenant = Tenant()
    path = "/v1/scim-directories/%s/authentication-failures" % tenant.directory
    equal(ok(management("GET", path), "none")["authenticationFailures"], [], "none")
    wrong = Client(tenant.base, tenant.token[:-8] + "00000000")
    for _ in range(5):
        equal(wrong("GET", "/Users").status, 401, "wrong")
    hours = ok(management("GET", path), "some")["authenticationFailures"]
    equal(sum(hour["count"] for hour in hours), 5, "counted")
    equal(value("select count(*) from request_log where directory_id = '%s'" % tenant.uuid), "0", "and not kept one by one")


def test_old_ids():
    """Ids from before ids had tags are found with their directory named."""
    tenant = Tenant()
    scim = tenant.client()
    one = made(scim("POST", "/Users", user("old")))
    old = str(uuid.uuid4())
    value("update users set id = '%s' where directory_id = '%s' returning 1" % (old, tenant.uuid))
    name = from_uuid("scim_user_", old)
    rpc_error(management("GET", "/v1/scim/users/" + one), 404, 5, "gone")
    rpc_error(management("GET", "/v1/scim/users/" + name), 404, 5, "not by itself")
    got = ok(management.get("/v1/scim/users/" + name, scimDirectoryId=tenant.directory), "with its directory")
    equal(got["scimUser"]["attributes"]["userName"], "old", "the user")


if __name__ == "__main__":
    run(test_walk_under_writers, test_members_under_writers, test_strangers, test_what_is_pasted, test_failures, test_old_ids)
