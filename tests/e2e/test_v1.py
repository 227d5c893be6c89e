#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SCIM 1.1 and PingOne's directory through the web server: headers, bytes, many at once."""

import base64
import http.client
import json
import os
import resource
import sys
import threading
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rollcall as r  # noqa: E402
from rollcall import check, equal  # noqa: E402

PINGONE_JSON = "application/json;charset=UTF-8"
CORE_1 = "urn:scim:schemas:core:1.0"
PINGONE = "urn:scim:schemas:com_pingone:1.0"
USER, GROUP = "/api/directory/user", "/api/directory/group"


class Ping:
    """Requests with the credential of a tenant's account, over a kept connection."""

    def __init__(self, tenant, account=None, token=None):
        self.account = account or r.to_uuid(tenant.organization)
        pair = "%s:%s" % (self.account, token or tenant.token)
        self.credential = "Basic " + r.note_secret(base64.b64encode(pair.encode()).decode())
        self.connection = http.client.HTTPConnection(r.HOST, r.PORT, timeout=r.PATIENCE)

    def __call__(self, method, target, body=None, **headers):
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.setdefault("Authorization", self.credential)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            self.connection.request(method, target, body, {name: value for name, value in headers.items() if value is not None})
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):  # it was idle too long
            self.connection.close()
            self.connection.request(method, target, body, {name: value for name, value in headers.items() if value is not None})
            answer = self.connection.getresponse()
        return r.Answer(answer.status, answer.getheaders(), answer.read())


def error(answer, status, what):
    """As SCIM 1.1 tells it."""
    if not equal(answer.status, status, "%s: %r" % (what, answer)):
        return
    try:
        body = answer.json()
    except ValueError:
        body = {}
    check(list(body) == ["Errors"] and len(body["Errors"]) == 1 and set(body["Errors"][0]) == {"description", "code"}
          and body["Errors"][0]["code"] == str(status) and not any(word in answer.body.lower() for word in r.GIVEN_AWAY),
          "%s: %r" % (what, answer))


def test_headers():
    ping = Ping(r.Tenant())
    made = ping("POST", USER, {"schemas": [CORE_1], "userName": "marcher", "password": r.canary("password"), "name": {"familyName": "Archer"}})
    one = made.json()["id"]
    group = made.json()["groups"][0]["value"]
    equal(made.json()["meta"]["location"], "%s/v1/user/%s" % (r.URL, one), "the location")
    equal(made.header("Location"), None, "Apache makes a redirection of it when the status is 200")
    for method, target, body, status in (
            ("POST", USER, {"userName": "bob"}, 200), ("GET", USER, None, 200), ("GET", "/v1/user/" + one, None, 200),
            ("PUT", "/v1/user/" + one, {"userName": "marcher"}, 200), ("PATCH", "/v1/user/" + one, {"title": "x"}, 200),
            ("GET", "/v1/group/%s/users/count" % group, None, 200), ("PATCH", "/v1/group/" + group, {"displayName": "Users"}, 200),
            ("GET", "/api/directory/ServiceProviderConfigs", None, 200), ("GET", "/api/directory/Schemas", None, 200),
            ("GET", USER + "?filter=x", None, 400), ("GET", USER + "/x", None, 404), ("PUT", USER, {}, 405),
            ("POST", USER, {"userName": "BOB"}, 409), ("POST", "/api/directory/users/authenticate", {}, 501)):
        answer = ping(method, target, body)
        equal((answer.status, answer.header("Content-Type")), (status, PINGONE_JSON), "%s %s" % (method, target))
        equal(answer.header("Cache-Control"), "no-store", "%s %s" % (method, target))
        if status >= 400:
            error(answer, status, target)
    for method, target, status in (("GET", "/scim/v1/Users", 200), ("GET", "/scim/v1/Users/x", 404)):
        answer = ping(method, target)
        equal((answer.status, answer.header("Content-Type")), (status, "application/json; charset=utf-8"), target)
    answer = ping("HEAD", "/v1/user/" + one)
    equal((answer.status, answer.body, answer.header("Content-Type")), (200, b"", PINGONE_JSON), "HEAD")
    answer = ping("GET", "/v1/user/" + one, If_None_Match='W/"3"')
    equal((answer.status, answer.body), (304, b""), "304")
    answer = ping("DELETE", "/v1/user/" + one)
    equal((answer.status, answer.body, answer.header("Content-Length"), answer.header("Content-Type")), (200, b"", "0", None), "DELETE")


def test_credentials():
    tenant, other = r.Tenant(), r.Tenant()
    good = Ping(tenant)
    equal(good("GET", USER).status, 200, "the account")
    equal(good("GET", USER, Authorization="Bearer " + tenant.token).status, 200, "the token alone")
    equal(good("GET", USER, Authorization=good.credential.replace("Basic ", "bAsIc  ")).status, 200, "the scheme in any case")
    before = tenant.checksum() + r.value("select count(*) from request_log where directory_id = '%s'" % tenant.uuid)
    raw = [b"\xc0\xaf:x", b"\xed\xa0\x80:x", b"\xf5:\xff", b"a:\x00", b"", b":", b"\xe2\x82"]
    wrong = [None, "Basic", "Basic ", "Basic *", "Basic " + "A" * 9000, good.credential + "=", good.credential + "!", good.credential[:-1],
             Ping(tenant, account=r.to_uuid(other.organization)).credential, Ping(other, token=tenant.token).credential,
             Ping(tenant, token=other.token).credential, Ping(tenant, account=tenant.organization).credential,
             Ping(tenant, token=r.KEY).credential, Ping(tenant, token=tenant.token + "0").credential, "Bearer " + r.KEY,
             good.credential + ", " + good.credential] + ["Basic " + base64.b64encode(text).decode() for text in raw]
    bodies = set()
    for credential in wrong:
        for method, target in (("GET", USER), ("POST", USER), ("DELETE", "/v1/user/" + str(uuid.uuid4())), ("GET", "/scim/v1/Groups")):
            answer = Ping(tenant)(method, target, b"{" if method == "POST" else None, Authorization=credential)
            error(answer, 401, "%s with %r" % (method, credential))
            check((answer.header("WWW-Authenticate") or "").startswith("Basic "), "WWW-Authenticate: %r" % answer.headers)
            bodies.add(answer.body)
    equal(len(bodies), 1, "one answer to all that is wrong")
    equal(tenant.checksum() + r.value("select count(*) from request_log where directory_id = '%s'" % tenant.uuid), before, "nothing is left")
    two = r.fcgi("GET", USER, headers=[("HTTP_AUTHORIZATION", good.credential), ("HTTP_AUTHORIZATION", good.credential)])
    error(two, 400, "two of them")
    old = good
    tenant.rotate()
    error(old("GET", USER), 401, "rotated")
    equal(Ping(tenant)("GET", USER).status, 200, "the new one")


def test_method_override():
    tenant = r.Tenant()
    ping = Ping(tenant)
    one = "/v1/user/" + ping("POST", USER, {"userName": "over"}).json()["id"]
    equal(ping("POST", one, {"title": "x"}, X_HTTP_Method_Override="PATCH").json()["title"], "x", "PATCH")
    equal(ping("POST", one, {"userName": "over"}, X_HTTP_Method_Override="PUT").json().get("title"), None, "PUT")
    for name in ("GET", "HEAD", "patch", "TRACE", "PATCH, DELETE", "x" * 4000):
        error(ping("POST", one, {"title": "x"}, X_HTTP_Method_Override=name), 400, "override %r" % name)
    equal(ping("GET", one, X_HTTP_Method_Override="DELETE").status, 200, "of GET")
    two = [("HTTP_AUTHORIZATION", ping.credential), ("HTTP_X_HTTP_METHOD_OVERRIDE", "PATCH"), ("HTTP_X_HTTP_METHOD_OVERRIDE", "DELETE")]
    error(r.fcgi("POST", one, b"{}", headers=two), 400, "two of them")
    scim = tenant.client()
    equal(scim("POST", "/Users", r.user("other"), {"X-HTTP-Method-Override": "DELETE"}).status, 201, "SCIM 2.0 has none")
    answer = ping("POST", one, X_HTTP_Method_Override="DELETE")
    equal((answer.status, answer.body), (200, b""), "DELETE")
    error(ping("GET", one), 404, "gone")


def test_bytes():
    """What is no UTF-8 is nowhere taken (A1), nor what is too large (A11)."""
    tenant = r.Tenant()
    ping = Ping(tenant)
    one = ping("POST", USER, {"userName": "kept"}).json()["id"]
    before = tenant.checksum()
    for text in (b"\xc0\xaf", b"\xe0\x80\x9f", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff", b"\xe2\x82"):
        quoted = "".join("%%%02X" % byte for byte in text)
        for method, target in (("POST", USER), ("POST", "/scim/v1/Users"), ("PUT", "/v1/user/" + one), ("PATCH", "/v1/user/" + one)):
            error(ping(method, target, b'{"userName":"kept","title":"%s"}' % text), 400, "%s %r" % (method, text))
            error(ping(method, target, b'{"userName":"kept","t%s":"x"}' % text), 400, "%s key %r" % (method, text))
            error(ping(method, target, b'{"userName":"kept","emails":[{"value":"%s"}]}' % text), 400, "%s value %r" % (method, text))
        error(ping("POST", GROUP, b'{"displayName":"%s"}' % text), 400, "group %r" % text)
        credential = [("HTTP_AUTHORIZATION", ping.credential)]  # past lighttpd, which refuses some of these itself
        error(r.fcgi("GET", USER + "?filter=userName%20eq%20%22" + quoted + "%22", headers=credential), 400, "filter %r" % text)
        error(r.fcgi("POST", USER + "?option=" + quoted, b'{"userName":"x"}', credential), 400, "option %r" % text)
        error(r.fcgi("GET", "/v1/user/" + quoted, headers=credential), 404, "path %r" % text)
    deep = b'{"userName":"x","title":' + b"[" * 100000 + b"]" * 100000 + b"}"
    error(ping("POST", USER, deep), 400, "depth")
    error(ping("POST", USER, b'{"userName":"' + b"x" * (1 << 20) + b'"}'), 413, "a MiB")
    error(ping("POST", USER, {"userName": "x", "emails": [{"value": "e%d" % n} for n in range(10001)]}), 400, "ten thousand values")
    many = ping("PATCH", "/v1/group/" + str(uuid.uuid4()), {"members": [{"value": str(uuid.uuid4())} for _ in range(1000)]})
    error(many, 404, "members of no group")
    equal(tenant.checksum(), before, "nothing has changed")


def test_what_is_long():
    """An attribute that is named ninety thousand times goes once: several such requests must not outlast the database's patience."""
    tenant = r.Tenant()
    ims = [{"value": "r%d" % n, "type": "t"} for n in range(1000)]
    body = b'{"meta":{"attributes":[%s]}}' % b",".join([b'"ims.type"'] * 94000)

    def work(i):
        ping = Ping(tenant)
        return ping("PATCH", "/v1/user/" + ping("POST", USER, {"userName": "long%d" % i, "ims": ims}).json()["id"], body)

    for answer in r.together(8, work):
        equal(answer.status, 200, "%r" % answer)
        equal(answer.json().get("ims"), [{"value": im["value"]} for im in ims], "their types are gone")

    def cost(name, count):
        """CPU seconds of a process of its own: of a user with so many values."""
        one = Ping(tenant)("POST", USER, {"userName": name, "ims": ims[:count]}).json()["id"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        equal(r.cgi("PATCH", "/v1/user/" + one, body, credential=tenant.token).status, 200, name)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    few, many = cost("few", 1), cost("many", 1000)
    check(many < 10 * few, "what is named costs, not what is named times what is there: %.3f s, then %.3f s" % (few, many))


def test_state():
    """Where active and state disagree: who is off stays off, whatever is sent again, but for a change of what was read."""
    ping = Ping(r.Tenant())
    one = "/v1/user/" + ping("POST", USER, {"userName": "state", "externalId": "state"}).json()["id"]
    for body in ({"active": False, PINGONE: {"state": "ACTIVE"}}, {"active": True, PINGONE: {"state": "DISABLED"}}):
        body = dict(body, userName="state", externalId="state")
        for method, target in (("PUT", one), ("PUT", one), ("POST", USER), ("PATCH", one), ("PATCH", one)):
            answer = ping(method, target, body).json()
            equal((answer["active"], answer[PINGONE]["state"]), (False, "DISABLED"), "%s %r" % (method, body))
    for name, change in (("active", {"active": True}), ("state", {PINGONE: {"state": "ACTIVE"}})):
        equal(ping("PATCH", one, {"active": False}).json()["active"], False, "off")
        body = ping("GET", one).json()
        body.update(change if name == "active" else {PINGONE: dict(body[PINGONE], state="ACTIVE")})
        equal(ping("PUT", one, body).json()["active"], True, "what was read, with another %s" % name)


def statuses(answers):
    return sorted(set(r.statuses(answers)))


def test_one_user():
    """Many make the one of an externalId, under one name or under several: one user, whoever comes first; the others update him."""
    tenant = r.Tenant()
    for number in range(20):
        def make(i):
            name = "same%d" % number if number % 2 else "other%d-%d" % (number, i)
            return Ping(tenant)("POST", USER, {"userName": name, "externalId": "e%d" % number, "title": "t%d" % i})

        answers = r.together(8, make)
        r.no_trouble(answers, "round %d" % number)
        equal(statuses(answers), [200], "round %d: %s" % (number, r.statuses(answers)))
        equal(len({answer.json()["id"] for answer in answers if answer.status == 200}), 1, "round %d: one id" % number)
        equal(r.value("select version from users where directory_id = '%s' and external_id = 'e%d'" % (tenant.uuid, number)), "8",
              "round %d: a version each" % number)
    equal(r.value("select count(*) from users where directory_id = '%s'" % tenant.uuid), "20", "20 users")
    equal(r.value("select member_count from groups where directory_id = '%s'" % tenant.uuid), "20", "all in the default group")
    r.check_groups(tenant, "one user")


def test_one_user_for_many_groups():
    """The same under names and for groups that have nothing to do with one another."""
    tenant = r.Tenant()
    groups = [Ping(tenant)("POST", GROUP, {"displayName": "g%d" % i}).json()["id"] for i in range(8)]
    for number in range(20):
        answers = r.together(8, lambda i: Ping(tenant)("POST", USER + "?option=" + groups[i],
                                                       {"userName": "o%d-%d" % (number, i), "externalId": "e%d" % number}))
        r.no_trouble(answers, "round %d" % number)
        equal(statuses(answers), [200], "round %d: %s" % (number, r.statuses(answers)))
        equal(len({answer.json()["id"] for answer in answers if answer.status == 200}), 1, "round %d: one id" % number)
    equal(r.value("select count(*) from users where directory_id = '%s'" % tenant.uuid), "20", "20 users")
    equal(r.sql("select distinct member_count from groups where directory_id = '%s'" % tenant.uuid), [["20"]], "all in each group")
    r.check_groups(tenant, "one user for many groups")


def test_deleted_meanwhile():
    """Whoever has the externalId is found, and is deleted before he is locked: then this is a creation after all."""
    tenant = r.Tenant()
    body = {"userName": "ann", "externalId": "e"}
    ann = Ping(tenant)("POST", USER, body).json()["id"]
    session, deleted, made = r.Session(), [], []
    session.run("begin; select from users where id = '%s' for update" % ann)
    threads = [threading.Thread(target=lambda: deleted.append(Ping(tenant)("DELETE", USER + "/" + ann)), daemon=True),
               threading.Thread(target=lambda: made.append(Ping(tenant)("POST", USER, body)), daemon=True)]
    for count, thread in enumerate(threads, 1):
        thread.start()
        r.wait_for("%d wait" % count, lambda count=count: r.waiting() == count, 0.01)
    session.run("rollback")
    session.close()
    for thread in threads:
        thread.join(r.PATIENCE)
    equal([answer.status for answer in deleted + made], [200, 200], "%s" % (deleted + made))
    check(made[0].status != 200 or made[0].json()["id"] != ann, "another one is made")
    r.check_groups(tenant, "deleted meanwhile")


def test_default_group():
    """It is made once, whoever needs it first, and again when it is gone."""
    for number in range(5):
        tenant = r.Tenant()
        scim = tenant.client()
        answers = r.together(16, lambda i: Ping(tenant)("POST", USER, {"userName": "u%d" % i}))
        r.no_trouble(answers, "round %d" % number)
        equal(statuses(answers), [200], "round %d" % number)
        equal(len({answer.json()["groups"][0]["value"] for answer in answers}), 1, "round %d: one group" % number)
        equal(r.sql("select display_name, member_count from groups where directory_id = '%s'" % tenant.uuid), [["Users", "16"]], "its members")
        group = scim.list("/Groups")["Resources"][0]["id"]

        def work(i):
            return scim("DELETE", "/Groups/" + group) if i == 0 else Ping(tenant)("POST", USER, {"userName": "v%d" % i})

        answers = r.together(9, work)
        r.no_trouble(answers, "deleted meanwhile")
        check(set(statuses(answers)) <= {200, 204, 503}, "deleted meanwhile: %s" % r.statuses(answers))
        r.check_groups(tenant, "round %d" % number)
    print("    the group gone meanwhile: %s" % dict(r.statuses(answers)), flush=True)


if __name__ == "__main__":
    r.run(test_headers, test_credentials, test_method_override, test_bytes, test_what_is_long, test_state, test_one_user, test_one_user_for_many_groups,
          test_deleted_meanwhile, test_default_group)
