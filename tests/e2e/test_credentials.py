#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who may do what: every route with every kind of credential, and tenants that try to reach others."""

import json
import os
import re
import subprocess
import urllib.parse
import uuid

from rollcall import (BINARY, CORE, ENTERPRISE, KEY, STATE, Client, Tenant, b64, canary, check, equal,
                      fcgi, from_uuid, group, made, management, note_secret, operation, patch, raw, rpc_error, run,
                      scim_error, scim_error_problem, seeded, shorten, sql, to_uuid, user, value)


def routes():
    """(method, path, permission) of the program's own table."""
    text = subprocess.run([BINARY, "routes"], stdout=subprocess.PIPE, check=True, text=True).stdout
    for line in text.splitlines():
        method, path, permission = line.split(None, 2)
        yield method, path, permission.split("  ")[0]


def is_v1(route):
    return route.startswith(("/scim/v1", "/api/directory"))


def make_key(*options):
    done = subprocess.run([BINARY, "--config", os.path.join(STATE, "rollcall.conf"), "key", "create"]
                          + list(options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    equal(done.returncode, 0, "key create %s: %s" % (options, done.stderr))
    check(done.stdout.strip() not in done.stderr, "the key is on stdout alone")
    return note_secret(done.stdout.strip())


def ask(method, path, authorization, body=b""):
    """Straight to the worker: Authorization exactly as given, None for none."""
    headers = [("CONTENT_TYPE", "application/json")]
    if authorization is not None:
        headers.append(("HTTP_AUTHORIZATION", authorization))
    return fcgi(method, path, body, headers)


def face(answer):
    """An answer without what differs each time."""
    names = [(name, text) for name, text in answer.headers if name not in ("X-Request-Id", "Date")]
    return answer.status, tuple(names), answer.body


def changed(token, at):
    at %= len(token)
    return token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1:]


def shapes(good):
    """Authorization values that are wrong for everybody, made around a credential that is good."""
    half = good[:-32]
    return {
        "none": None, "empty": "", "Bearer": "Bearer", "Bearer ": "Bearer ", "Bearer and spaces": "Bearer     ",
        "bare": good, "scheme": "Token " + good, "joined scheme": "Bearer" + good, "Basic": "Basic " + b64("x:" + good),
        "Basic of the user": "Basic " + b64(good + ":"), "Digest": 'Digest username="x"', "colon": "Bearer: " + good,
        "two": "Bearer %s, Bearer %s" % (good, good), "comma": "Bearer %s," % good, "quotes": 'Bearer "%s"' % good,
        "equals": "Bearer token=" + good, "longer": "Bearer " + good + "0", "shorter": "Bearer " + good[:-1],
        "space behind": "Bearer %s " % good, "space inside": "Bearer %s %s" % (good[:40], good[40:]), "upper": "Bearer " + good.upper(),
        "tab": "Bearer\t" + good, "last digit": "Bearer " + changed(good, -1), "first digit": "Bearer " + changed(good, -32),
        "owner": "Bearer " + changed(good, -33), "zeros": "Bearer " + half + "0" * 32, "prefix only": "Bearer " + half, "garbage": "Bearer x",
        "not ASCII": "Bearer \u00fc\u20ac", "bad UTF-8": b"Bearer \xff\xfe", "quote": "Bearer ' or 1=1--", "percent": "Bearer %00",
        "long": "Bearer " + "a" * 100000, "long of it": "Bearer " + good * 1500, "hash": "Bearer " + "0" * 64, "undefined": "Bearer undefined",
        "null": "Bearer null", "control": "Bearer " + good + "\x01", "newline": "Bearer " + good + "\n", "negotiate": "Negotiate " + b64(good),
    }


def test_scim_matrix():
    tenant, other = Tenant(), Tenant()
    rotated = tenant.token
    tenant.rotate()
    gone, off = Tenant(), Tenant()
    equal(management("DELETE", "/v1/scim-directories/" + gone.directory).status, 200, "delete")
    equal(management("PATCH", "/v1/scim-directories/" + off.directory, {"enabled": False}).status, 200, "disable")
    one, team = made(tenant.client()("POST", "/Users", user("matrix"))), made(tenant.client()("POST", "/Groups", group("matrix")))
    before = tenant.checksum()
    wrong = shapes(tenant.token)
    wrong.update({"rotated": "Bearer " + rotated, "deleted directory": "Bearer " + gone.token, "API key": "Bearer " + KEY,
                  "no such directory": "Bearer rollcall_scim_" + uuid.uuid4().hex * 2,
                  "other's owner": "Bearer rollcall_scim_" + other.uuid.replace("-", "") + tenant.token[-32:]})
    want = face(ask("GET", tenant.base + "/Users", None))
    equal(want[0], 401, "without")
    check(dict(want[1]).get("WWW-Authenticate", "").startswith("Bearer"), "WWW-Authenticate: %r" % (want,))
    body = json.dumps(user("intruder")).encode()
    for method, route, permission in routes():
        if not route.startswith(("/v1/scim/", "/scim/v2")) or permission != "bearer token":
            continue
        named = route.replace("{id}", team if "/Groups" in route else one)
        path = named.replace("{directory}", tenant.directory)
        sent = body if method in ("POST", "PUT", "PATCH") else b""
        for name, authorization in wrong.items():
            answer = ask(method, path, authorization, sent)
            got = face(answer)
            check(got == want, lambda: "%s %s with %s: %s, want %s" % (method, path, name, shorten(got), want))
            check(scim_error_problem(answer, (None,)) is None, "SCIM error")
        if "{directory}" in route:
            for name, token in (("other tenant", other.token), ("disabled other", off.token)):
                check(face(ask(method, path, "Bearer " + token, sent)) == want, lambda: "%s %s with %s" % (method, path, name))
            # the good token on another's path, on one that is not there, and on what is no id
            for directory in (other.directory, gone.directory, off.directory, from_uuid("scim_directory_", uuid.uuid4().hex), "x",
                              "scim_directory_", "1"):
                got = face(ask(method, path.replace(tenant.directory, directory), "Bearer " + tenant.token, sent))
                check(got == want, lambda: "%s %s on %s: %s" % (method, path, directory, shorten(got)))
        # a disabled directory: its own token is known, and refused
        path = path.replace(tenant.directory, off.directory)
        answer = ask(method, path, "Bearer " + off.token, sent)
        scim_error(answer, 403, what="%s %s disabled" % (method, path))
        for scheme in ("bearer ", "BEARER ", "Bearer  "):  # RFC 9110: the scheme in any case
            if method == "GET":
                good = ask(method, named.replace("{directory}", tenant.directory), scheme + tenant.token)
                check(good.status in (200, 501), "%s %s: %r" % (scheme, named, good))
    equal(tenant.checksum(), before, "nothing changed")


def test_public_routes():
    tenant = Tenant()
    for method, route, permission in routes():
        if permission != "public" or method != "GET":
            continue
        path = route.replace("{directory}", tenant.directory).replace("{id}", CORE if route.endswith("/Schemas/{id}") and not is_v1(route) else "User")
        path = path.replace("{name}", "page.css")
        want = face(ask(method, path, None))
        equal(want[0], 200, path)
        for name, authorization in shapes(tenant.token).items():
            check(face(ask(method, path, authorization)) == want, lambda: "%s with %s" % (path, name))


def test_management_matrix():
    tenant = Tenant()
    powerless = make_key("--environment", "Development", "--no-management")
    foreign = make_key("--environment", "Elsewhere-" + uuid.uuid4().hex)
    before = tenant.checksum() + value("select count(*) || max(modified_at)::text from organizations")
    wrong = shapes(KEY)
    wrong.update({"SCIM token": "Bearer " + tenant.token, "no such environment": "Bearer rollcall_sk_" + uuid.uuid4().hex * 2,
                  "own environment's owner": "Bearer rollcall_sk_" + foreign[12:44] + KEY[-32:]})
    want = face(ask("GET", "/v1/organizations", None))
    equal(want[0], 401, "without")
    check(dict(want[1]).get("WWW-Authenticate", "").startswith("Bearer"), "WWW-Authenticate")
    forbidden = face(ask("GET", "/v1/organizations", "Bearer " + powerless))
    equal(forbidden[0], 403, "a key without management rights")
    for method, route, permission in routes():
        if permission not in ("read", "events", "logs", "manage") or not route.startswith("/v1/"):
            continue
        own = {"organizations": tenant.organization, "scim-directories": tenant.directory}
        route = re.sub("{(?!id})[a-zA-Z]+}", "urn:x:nothing", route)
        paths = [route.replace("{id}", own.get(route.split("/")[2], "nothing"))]
        if "{id}" in route:
            paths += [route.replace("{id}", "nonsense"), route.replace("{id}", from_uuid("org_", uuid.uuid4().hex))]
        elif method == "GET":
            paths += [route + "?pageSize=x", route + "?pageToken=x", route + "?unknown=1", route + "?organizationId=x"]
        for path in paths:
            for body in ((b"{}", b"{", b'{"displayName":1}') if method in ("POST", "PATCH") else (b"",)):
                for name, authorization in wrong.items():
                    got = face(ask(method, path, authorization, body))
                    check(got == want, lambda: "%s %s with %s: %s" % (method, path, name, shorten(got)))
                got = face(ask(method, path, "Bearer " + powerless, body))
                check(got == forbidden if permission == "manage" else (got[0] == 403) == (permission != "read"),
                      lambda: "%s %s without rights: %s" % (method, path, shorten(got)))
        if "{id}" in route:  # another environment's key: as if there were nothing
            rpc_error(ask(method, paths[0], "Bearer " + foreign, b"{}" if method in ("POST", "PATCH") else b""), 404, 5, paths[0])
    for path in ("/v1/organizations", "/v1/scim-directories", "/v1/scim-directories?organizationId=" + tenant.organization):
        answer = ask("GET", path, "Bearer " + foreign)
        equal((answer.status, list(answer.json().values())), (200, [[], ""]), "another environment sees nothing: " + path)
    rpc_error(ask("POST", "/v1/scim-directories", "Bearer " + foreign, json.dumps({"organizationId": tenant.organization}).encode()), 404, 5,
              "a directory in another environment's organization")
    token = management.get("/v1/organizations", pageSize=1).json()["nextPageToken"]
    rpc_error(ask("GET", "/v1/organizations?pageSize=1&pageToken=" + token, "Bearer " + foreign), 400, 3, "another environment's page token")
    equal(tenant.checksum() + value("select count(*) || max(modified_at)::text from organizations"), before, "nothing changed")


def test_front():
    """The same through the web server, which may join or refuse headers."""
    tenant = Tenant()
    for name, authorization in shapes(tenant.token).items():
        if isinstance(authorization, str):
            authorization = authorization.encode()
        lines = b"" if authorization is None else b"Authorization: " + authorization + b"\r\n"
        answer = raw(b"GET " + tenant.base.encode() + b"/Users HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n", ended=name == "newline")
        if name in ("space behind", "newline"):  # HTTP: blanks around a value do not belong to it
            check(answer is None or answer.status in (200, 400), "%s: %r" % (name, answer))
        elif name in ("control", "long", "long of it"):
            check(answer is None or answer.status in (400, 401, 431), "%s: %r" % (name, answer))
        elif name == "tab":
            check(answer.status in (400, 401), "%s: %r" % (name, answer))
        else:
            scim_error(answer, 401, what=name)
            check(answer.header("WWW-Authenticate"), name)
    head = b"GET " + tenant.base.encode() + b"/Users HTTP/1.1\r\nHost: x\r\n"
    line = b"Authorization: Bearer " + tenant.token.encode() + b"\r\n"
    for lines in (line + line, line + b"Authorization: Bearer x\r\n", line + b"Authorization: Basic eDp5\r\n"):
        check(raw(head + lines + b"\r\n").status in (400, 401), "two Authorization headers")
    for lines in (b"authorization: bearer " + tenant.token.encode() + b"\r\n", line):
        equal(raw(head + lines + b"\r\n").status, 200, "names in any case")
    for query in ("access_token=", "token=", "authorization=Bearer%20"):
        equal(raw(b"GET " + tenant.base.encode() + b"/Users?" + query.encode() + tenant.token.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n").status, 401,
              "a token in the query is none")
    cookie = head + b"Cookie: token=" + tenant.token.encode() + b"\r\n\r\n"
    equal(raw(cookie).status, 401, "nor one in a cookie")


# --- B13 ---

def test_authentication_comes_first():
    tenant = Tenant()
    bad = "Bearer " + changed(tenant.token, -1)
    one = tenant.client()("POST", "/Users", user("first")).json()["id"]
    count = "select coalesce(sum(failures), 0) from authentication_failures where directory_id = '%s'" % tenant.uuid
    rows = "select count(*) from request_log"
    size = "select pg_total_relation_size('request_log') + pg_total_relation_size('authentication_failures')"
    failures, logged = int(value(count)), value(rows + " where directory_id = '%s'" % tenant.uuid)
    total = 0
    want = face(ask("GET", tenant.base + "/Users", None))
    big = b"[" * 1500000
    for _ in range(20):
        for method, path in (("POST", "/Users"), ("PUT", "/Users/" + one), ("PATCH", "/Users/" + one)):
            for body in (b"{", b"\xff", b"", big if _ == 0 else b"[]"):
                check(face(ask(method, tenant.base + path, bad, body)) == want, "the body is not judged before the token")
                total += 1
        for path in ("/Users?filter=(", "/Users?count=x", "/Users?cursor=x", "/Users/x", "/Users?sortBy=x", "/Me"):
            check(face(ask("GET", tenant.base + path, bad)) == want, "nor the query: " + path)
            total += 1
    equal(int(value(count)) - failures, total, "failures are counted, once each")
    equal(value(rows + " where directory_id = '%s'" % tenant.uuid), logged, "and not stored")
    equal(value("select count(*) from authentication_failures where directory_id = '%s'" % tenant.uuid) in ("1", "2"), True, "one row an hour")
    before = value(rows)
    for _ in range(300):  # those of nobody leave nothing at all
        ask("GET", "/scim/v2/Users", "Bearer rollcall_scim_" + uuid.uuid4().hex * 2)
        ask("GET", "/scim/v2/Users", "Bearer x")
    equal(value(rows), before, "no row of the log")
    equal(value("select count(*) from authentication_failures f where not exists (select from directories d"
                " where d.id = f.directory_id)"), "0", "no row for a directory that does not exist")
    check(int(value(size)) >= 0, "sizes")


# --- B2: tenants ---

def test_cross_tenant():
    marks = [uuid.uuid4().hex for _ in range(3)]
    tenants = [Tenant(mark) for mark in marks]
    users = []
    for tenant, mark in zip(tenants, marks):
        scim = tenant.client()
        users.append([scim("POST", "/Users", user("%s-%d" % (mark, i), externalId="%s-ext-%d" % (mark, i), displayName=mark, emails=[
            {"value": "%s-%d@x.example" % (mark, i), "type": "work"}], **{ENTERPRISE: {"employeeNumber": mark + str(i), "manager": {
                "value": mark}}})).json() for i in range(15)])
    sums = [tenant.checksum() for tenant in tenants]
    probes, leaks = 0, []

    def probe(attacker, method, target, body=None, headers=None, status=None):
        nonlocal probes
        answer = attacker(method, target, body, headers)
        probes += 1
        everything = answer.body + repr(answer.headers).encode()
        asked = (target + json.dumps(body)).encode()
        for mark in victim_marks:
            if mark in everything and mark not in asked:
                leaks.append((method, target))
        check(answer.status in (status or (404, 401)), lambda: "%s %s: %r" % (method, target, answer))
        return answer

    nothing = from_uuid("scim_user_", uuid.uuid4().hex)
    for a in range(3):
        for b in range(3):
            if a == b:
                continue
            victim, attacker_tenant = tenants[a], tenants[b]
            victim_marks = [marks[a].encode(), to_uuid(victim.directory).encode()]
            attackers = [attacker_tenant.client(), attacker_tenant.short(), Client(victim.base, attacker_tenant.token)]
            cursor = victim.client().list(cursor="", count=3)["nextCursor"]
            for row in users[a]:
                path, etag = "/Users/" + row["id"], row["meta"]["version"]
                for attacker in attackers:
                    own = attacker.base != victim.base
                    for method, body in (("GET", None), ("HEAD", None), ("PUT", user("taken")), ("DELETE", None),
                                         ("PUT", user(row["userName"], id=row["id"])),
                                         ("PATCH", patch(operation("replace", "active", value=False))),
                                         ("PATCH", patch(operation("remove", "emails")))):
                        for headers in (None, {"If-Match": etag}, {"If-Match": "*"}, {"If-None-Match": etag}):
                            answer = probe(attacker, method, path, body, headers)
                            if own and headers is None and method == "GET":
                                same = attacker("GET", "/Users/" + nothing)
                                equal(face_of(answer, row["id"]), face_of(same, nothing), "as if it did not exist")
                    for query in ("?attributes=userName", "?excludedAttributes=name", "?attributes=id,meta,emails"):
                        probe(attacker, "GET", path + query)
                    if not own:
                        continue
                    ok = (200,)
                    for text in ('id eq "%s"' % row["id"], 'userName eq "%s"' % row["userName"], 'externalId eq "%s"' % row["externalId"],
                                 'emails.value eq "%s"' % row["emails"][0]["value"], 'emails[value eq "%s"]' % row["emails"][0]["value"],
                                 'displayName sw "%s"' % marks[a][:8], 'userName co "%s"' % marks[a][4:12], "not (userName co \"zz\")",
                                 ENTERPRISE + ':employeeNumber eq "%s"' % (marks[a] + "0"), 'meta.location eq "%s"' % row["meta"]["location"],
                                 'userName pr or id eq "%s"' % row["id"]):
                        answer = probe(attacker, "GET", "/Users?filter=" + urllib.parse.quote(text), status=ok)
                        total = answer.json()["totalResults"]
                        equal(total, 15 if "pr or" in text or "not (" in text else 0, text)
                    probe(attacker, "GET", "/Users?cursor=%s&count=3" % cursor, status=(400,))
                    probe(attacker, "GET", "/Users?sortBy=userName", status=ok)
            for attacker in attackers[:2]:
                answer = attacker("POST", "/Users", user("by-%s-%d-%s" % (marks[b], a, attacker.base[:3]), id=users[a][0]["id"], manager=users[a][0]["id"],
                                                         meta={"location": "x"}, externalId=users[a][0]["externalId"]))
                equal(answer.status, 201, "ids in a body mean nothing")
                check(answer.json()["id"] != users[a][0]["id"], "an id of its own")
                equal(attacker("DELETE", "/Users/" + answer.json()["id"]).status, 204, "tidy")
                sums[b] = tenants[b].checksum()
        equal(tenants[a].checksum(), sums[a], "nothing of the victim changed")
    equal(leaks, [], "no byte of another tenant")
    for i in range(3):
        listed = json.dumps(tenants[i].client().list(count=1000))
        for j in range(3):
            check((marks[j] in listed) == (i == j), "each sees its own alone")
    check(probes > 10000, "%d probes" % probes)
    print("  %d cross-tenant probes" % probes)
    # B3: a name that exists elsewhere is free, and the answer is the same as for one that does not
    first = tenants[1].client()("POST", "/Users", user(users[0][0]["userName"]))
    second = tenants[1].client()("POST", "/Users", user("nobody-has-this"))
    equal((first.status, second.status), (201, 201), "no oracle")
    equal([name for name, _ in first.headers], [name for name, _ in second.headers], "same headers")


def face_of(answer, own_id):
    names = [(name, text) for name, text in answer.headers if name not in ("X-Request-Id", "Date")]
    return answer.status, names, answer.body.replace(own_id.encode(), b"ID")


# --- B4, B8, B10 ---

def test_read_only():
    tenant = Tenant()
    scim = tenant.client()
    one, two = [scim("POST", "/Users", user("ro%d" % i)).json() for i in range(2)]
    before = scim("GET", "/Users/" + two["id"]).body
    body = user("ro0", id=two["id"], groups=[{"value": "g", "display": "Admins"}], displayName="changed", meta={
        "version": 'W/"99"', "created": "1999-01-01T00:00:00Z", "lastModified": "1999-01-01T00:00:00Z", "location": "http://evil/", "resourceType": "Group"})
    for method, more in (("PUT", body), ("PATCH", patch(operation("replace", value=dict(body, displayName="again"))))):
        answer = scim(method, "/Users/" + one["id"], more)
        equal(answer.status, 200, method)
        got = answer.json()
        equal((got["id"], got["meta"]["created"], got["meta"]["location"], got["meta"]["resourceType"]),
              (one["id"], one["meta"]["created"], one["meta"]["location"], "User"), method)
        check("groups" not in got and "99" not in got["meta"]["version"], "%s: %r" % (method, got))
    equal(scim("GET", "/Users/" + two["id"]).body, before, "the other is untouched")
    made = scim("POST", "/Users", dict(body, userName="ro-new", id=one["id"])).json()
    check(made["id"] not in (one["id"], two["id"]), "the id is the server's")


def test_password():
    tenant = Tenant()
    scim = tenant.client()
    words = [canary("password") for _ in range(12)]
    answers = [scim("POST", "/Users", user("pw", password=words[0]))]
    path = "/Users/" + answers[0].json()["id"]
    long = CORE + ":password"
    for method, body in (
            ("PUT", user("pw", password=words[1])), ("PUT", user("pw", PASSWORD=words[2])),
            ("PATCH", patch(operation("replace", "password", value=words[3]))),
            ("PATCH", patch(operation("Add", long, value=words[4]))),
            ("PATCH", patch(operation("replace", value={"password": words[5]}))),
            ("PATCH", patch(operation("replace", value={"PassWord": words[6], "title": "x"}))),
            ("PATCH", patch(operation("replace", value={long: words[7]}))),
            ("PATCH", patch({"OP": "replace", "PATH": "Password", "VALUE": words[8]})),
            ("POST", user("pw2", password=words[9])), ("POST", '{"userName":"pw3","pass\\u0077ord":"%s"}' % words[10])):
        answers.append(scim(method, path if method != "POST" else "/Users", body))
    for answer in answers:
        check(answer.status in (200, 201), "accepted: %r" % answer)
    answers += [scim("GET", path), scim.get(path, attributes="password"), scim.get("/Users", attributes="password,userName"),
                scim.get("/Users", excludedAttributes="emails")]
    # bodies that fail are kept in the log too
    for body in ('{"userName":"pw","password":"%s"}' % words[11], '{"password":"%s","userName":5}' % words[11],
                 '{"password":"%s",' % words[11], '{"x":{"y":[{"password":"%s"}]},"userName":""}' % words[11]):
        answers.append(scim("POST", "/Users", body))
        answers.append(scim("PATCH", path, body))
    for text in ('password eq "%s"' % words[0], 'password sw "p"', "password pr", long + ' co "%s"' % words[0], 'not (password eq "x")'):
        answer = scim.get("/Users", filter=text)
        scim_error(answer, 400, "invalidFilter", text)
        answers.append(answer)
    for answer in answers:
        check(not any(word.encode() in answer.body for word in words), lambda: "a password came back: %r" % answer)
    kept = json.dumps(sql("select t::text from users t where directory_id = '%s' union all select t::text from request_log t"
                          " where directory_id = '%s' union all select t::text from attribute_values t where directory_id = '%s'"
                          % ((tenant.uuid,) * 3)))
    for word in words:
        check(word not in kept, "a password was stored: " + kept[max(0, kept.find(word) - 200):][:300])
    check("[redacted]" in kept, "the log says that something was left out")
    for word in words[:2]:  # a secret in the path or the query of a request
        scim("GET", "/Users?filter=" + "password%20eq%20%22" + word + "%22")
    kept = json.dumps(sql("select url from request_log where directory_id = '%s'" % tenant.uuid))
    check(not any(word in kept for word in words), "a password in a URL was stored")


def test_folding():
    """What is one userName: full case folding, then NFC; nothing else."""
    same = [("A", "a"), ("\u00c4", "\u00e4"), ("\u00c4", "a\u0308"), ("stra\u00dfe", "STRASSE"), ("\u1e9e", "ss"), ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"),
            ("\u03c3", "\u03c2"), ("\u212a", "k"), ("\u212b", "\u00e5"), ("\u01c4", "\u01c6"), ("\ufb00", "ff"), ("\u1f80", "\u1f88"), ("\u0130", "i\u0307"),
            ("\uff21", "\uff41"), ("\u00b5", "\u03bc"), ("\u0415", "\u0435"), ("\U00010400", "\U00010428"), ("e\u0301", "\u00c9"),
            ("\u1100\u1161", "\uac00"), ("\u0149", "\u02bcn"), ("\u017f", "S"), ("q\u0307\u0323", "q\u0323\u0307")]
    other = [("\u0131", "i"), ("\u0130", "i"), ("\u0131", "I"), ("a", "\u0430"), ("\uff41", "a"), ("a", "a."), ("a", "a "), ("a", " a"), ("a", "\u00e4"), ("\u00e4", "ae"),
             ("1", "\u0661"), ("\u2460", "1"), ("\u00b2", "2"), ("a", "a\u200b"), ("a", "a\u00ad"), ("l", "1"), ("\u00f8", "o"), ("a%", "a_"), ("a\tb", "a b"),
             ("a\u00a0b", "a b"), ("\u2126x", "ohm")]
    for first, second in same:
        scim = Tenant().client()
        made = scim("POST", "/Users", user(first))
        equal(made.status, 201, "%a" % first)
        equal(made.json()["userName"], first, "answered as sent")
        scim_error(scim("POST", "/Users", user(second)), 409, "uniqueness", "%a and %a are one" % (first, second))
        for name in (first, second):
            equal(scim.list(filter="userName eq " + json.dumps(name))["totalResults"], 1, "%a found as %a" % (first, name))
        equal(scim("PUT", "/Users/" + made.json()["id"], user(second)).status, 200, "its own name, spelled otherwise")
    for first, second in other:
        scim = Tenant().client()
        equal([scim("POST", "/Users", user(name)).status for name in (first, second)], [201, 201], "%a and %a are two" % (first, second))
        for name in (first, second):
            equal(scim.list(filter="userName eq " + json.dumps(name))["totalResults"], 1, "%a" % name)


def test_opaque_external_id():
    scim = Tenant().client()
    for i, text in enumerate(("1", "01", "0", "-1", "1e0", "A", "a", "\u00c4", "a\u0308", "null", "true", "%", "'", " x", "x ")):
        equal(scim("POST", "/Users", user("ext%d" % i, externalId=text)).status, 201, "externalId %a" % text)
    for text in ("1", "A", "a", "%", "01", " x"):
        found = scim.list(filter="externalId eq " + json.dumps(text))
        equal([row["externalId"] for row in found["Resources"]], [text], "exactly %a" % text)


run(test_scim_matrix, test_public_routes, test_management_matrix, test_front, test_authentication_comes_first, test_cross_tenant,
    test_read_only, test_password, test_folding, test_opaque_external_id)
