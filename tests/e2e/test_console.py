#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The console: doors, other people's texts in every field (reliability B9), other environments, forms."""

import html.parser
import os
import re
import subprocess
import sys
import urllib.parse
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rollcall as r  # noqa: E402

HEADERS = {
    "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
MARK = "x1337"
EVIL = "\"'><svg onload=%s>" % MARK
ESCAPED = "&quot;&#39;&gt;&lt;svg onload=%s&gt;" % MARK
# A custom schema's attribute is a value too.
FIELDS = [EVIL + str(i) for i in range(40)]
PAGES_MAX = 400
NOBODY = "0000000000000000000000001"


def make_key(environment, *more):
    done = subprocess.run([r.BINARY, "--config", os.path.join(r.STATE, "rollcall.conf"), "key", "create",
                           "--environment", environment, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return r.note_secret(re.search(r"rollcall_sk_[0-9a-f]{64}", done.stdout).group())


class Page(html.parser.HTMLParser):
    """What a browser would make of an answer."""

    def __init__(self, answer):
        super().__init__()
        self.links, self.forms, self.bad, self.text, self.inside = [], [], [], "", []
        self.source = answer.body.decode("utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name in attributes:
            if name.startswith("on") or name == "style":
                self.bad.append("%s %s" % (tag, name))
        if tag == "script" and not (attributes.get("src") or "").startswith("/assets/"):
            self.bad.append("script")
        if tag in ("svg", "style", "iframe", "object", "embed", "base") and MARK in str(attributes):
            self.bad.append(tag)
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "form":
            self.forms.append((attributes.get("method", "get"), attributes.get("action"), {}))
        if tag == "input" and self.forms and attributes.get("name"):
            self.forms[-1][2][attributes["name"]] = attributes.get("value", "")

    def handle_data(self, data):
        self.text += data


class Browser:
    """Keeps the cookie."""

    def __init__(self, key=None):
        self.client = r.Client("", None, "application/x-www-form-urlencoded")
        self.cookie = None
        if key:
            r.equal(self.post("/console/sign-in", key=key).status, 303, "signing in")

    def _headers(self, more):
        return dict({"Cookie": self.cookie}, **more)

    def get(self, target, **more):
        return self.client("GET", target, headers=self._headers(more))

    def post(self, target, headers=None, **fields):
        answer = self.client("POST", target, urllib.parse.urlencode(fields), self._headers(headers or {}))
        cookie = answer.header("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
            if "rollcall_session_" in self.cookie:
                r.note_secret(self.cookie.partition("=")[2])
        return answer

    def proof(self):
        return re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/console").body.decode()).group(1)

    def send(self, target, **fields):
        return self.post(target, csrf=self.proof(), **fields)


def headers_hold(answer, what):
    for name, value in HEADERS.items():
        r.equal(answer.header(name), value, "%s: %s" % (what, name))
    policy = answer.header("Content-Security-Policy") or ""
    r.check("default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy,
            "%s: the policy %s" % (what, policy))


def signing_in():
    browser = Browser()
    answer = browser.get("/console/directories/x?period=week")
    r.equal((answer.status, answer.header("Location")),
            (303, r.URL + "/console/sign-in?to=%2Fconsole%2Fdirectories%2Fx%3Fperiod%3Dweek"), "without a session")
    page = browser.get("/console/sign-in?to=/console/events")
    r.equal(page.status, 200, "the door")
    headers_hold(page, "the door")
    for wrong in ("", "x", EVIL, r.KEY[:-1] + ("0" if r.KEY[-1] != "0" else "1"), "rollcall_sk_" + "0" * 64):
        answer = browser.post("/console/sign-in", key=wrong, to=EVIL)
        r.equal((answer.status, browser.cookie), (401, None), "signing in with %r" % wrong)
        headers_hold(answer, "a refused key")
        r.check(b"<svg" not in answer.body, "a refused key is not quoted")
    for to, want in (("/console/events", "/console/events"), ("//evil.example", "/console"), ("https://evil.example", "/console"),
                     ("/console/../x\r\nA: b", "/console"), ("/consoles", "/console"), ("/console/sign-out", "/console"), ("", "/console"),
                     ("/console/../../else", "/console"), ("/console/%2e%2E/else", "/console"), ("/console/events?type=a..b", "/console/events?type=a..b"),
                     ("/console?" + "a" * 2000, "/console")):
        answer = Browser().post("/console/sign-in", key=" %s\n" % r.KEY, to=to)
        r.equal((answer.status, answer.header("Location")), (303, r.URL + want), "after signing in to %r" % to)
    cookie = answer.header("Set-Cookie")
    for part in ("Path=/console", "HttpOnly", "SameSite=", "Max-Age=43200"):
        r.check(part in cookie, "the cookie has %s: %s" % (part, cookie))
    answer = Browser().post("/console/sign-in", {"Origin": "https://evil.example"}, key=r.KEY)
    r.equal((answer.status, answer.header("Set-Cookie")), (403, None), "signing in from another site")


def signing_out():
    browser = Browser(r.KEY)
    kept = browser.cookie
    r.equal(browser.get("/console").status, 200, "signed in")
    r.equal(browser.send("/console/sign-out").status, 303, "signing out")
    browser.cookie = kept
    r.equal(browser.get("/console").status, 303, "the old cookie is dead")
    r.equal(browser.post("/console/sign-out", csrf="x").status, 401, "a form without a session")
    for cookie in ("rollcall_console=", "rollcall_console=x", kept + "; " + kept, "rollcall_setup=" + kept.partition("=")[2],
                   "rollcall_console=" + r.KEY):
        browser.cookie = cookie
        r.equal(browser.get("/console").status, 303, "cookie %s" % cookie[:30])


def seed():
    """A tenant with a canary in each field that anybody can fill; and who it is, for later."""
    texts = iter(FIELDS)
    tenant = r.Tenant(next(texts))
    r.management("PATCH", "/v1/organizations/" + tenant.organization,
                 {"externalId": next(texts) + uuid.uuid4().hex, "domains": ["\"'><svg onload=x1337>.example"]})
    scim = tenant.client()
    agent = {"User-Agent": "Evil " + next(texts)}
    email = "ada@" + MARK + ".example"
    ada = r.made(scim("POST", "/Users", r.user(
        next(texts), displayName=next(texts), externalId=next(texts), nickName=next(texts), title=next(texts),
        name={"givenName": next(texts), "familyName": next(texts), "formatted": next(texts)},
        emails=[{"value": email, "type": next(texts), "display": next(texts), "primary": True}],
        photos=[{"value": "https://x.example/" + MARK, "type": next(texts)}],
        **{"schemas": [r.CORE, r.ENTERPRISE], r.ENTERPRISE: {"department": next(texts), "manager": {"value": next(texts)}}}), agent))
    gone = r.made(scim("POST", "/Users", r.user(next(texts), displayName=next(texts))))
    scim("DELETE", "/Users/" + gone, headers=agent)
    team = r.made(scim("POST", "/Groups", r.group(next(texts), ada, externalId=next(texts))))
    scim("PATCH", "/Groups/" + team, r.remove_members(ada))
    scim("PATCH", "/Groups/" + team, r.add_members(ada, EVIL))
    scim("PATCH", "/Users/" + ada, r.patch(r.operation("replace", "nickName", value=next(texts)),
                                           r.operation("replace", "active", value="False")))
    scim("POST", "/Users", r.user(FIELDS[2]))
    scim("POST", "/Users", '{"schemas":["%s"],"userName":"<svg onload=%s' % (r.CORE, MARK))
    scim.get("/Users", filter='userName eq "<svg onload=%s>"' % MARK)
    scim.get("/Users", filter=EVIL)
    scim("GET", "/Users/" + urllib.parse.quote(EVIL))
    r.Client(tenant.base, "rollcall_scim_" + "0" * 64)("GET", "/Users")
    wrong = r.Client(tenant.base, tenant.token[:-4] + "0000")
    wrong("GET", "/Users")
    r.management("POST", "/v1/api-keys", {"displayName": EVIL, "scopes": ["read"]})
    r.management("POST", "/v1/organizations", {"displayName": EVIL, "domains": [EVIL + " "]})
    return tenant, ada, gone, team


def add_webhook(tenant):
    """In the table: the address is not one that would be allowed."""
    endpoint, environment = str(uuid.uuid4()), r.to_uuid(
        r.management("GET", "/v1/organizations/" + tenant.organization).json()["organization"]["environmentId"])
    text = EVIL.replace("'", "''")
    r.sql("insert into webhook_endpoints (id, environment_id, url, description, types, secret, enabled, disabled_reason, position,"
          " attempts, failing_since, created_at, modified_at) values ('%s', '%s', 'https://%s', '%s', '{\"user.created\"}',"
          " '\\x%s', false, '%s', 0, 3, now(), now(), now())" % (endpoint, environment, text, text, "00" * 32, text))
    for i in range(60):
        r.sql("insert into webhook_deliveries (environment_id, endpoint_id, id, at, position, event_id, type, attempt, status, error,"
              " response, duration_us) values ('%s', '%s', '%s', now(), 1, '%s', 'user.created', %d, %s, %s, '%s', 1234)"
              % (environment, endpoint, uuid.uuid4(), uuid.uuid4(), i + 1, "500" if i else "null", "null" if i else "'%s'" % text, text))
    return r.from_uuid("webhook_endpoint_", endpoint)


def is_evil(page):
    return "<svg onload" in page.source or "'><svg" in page.source


def walk(browser, starts):
    """Every page that links lead to."""
    seen, todo, shown = set(), list(starts), 0
    while todo and len(seen) < PAGES_MAX:
        target = todo.pop(0)
        if target in seen:
            continue
        seen.add(target)
        answer = browser.get(target)
        if answer.status == 303:
            todo.append(answer.header("Location")[len(r.URL):])
            continue
        if not r.equal(answer.status, 200, target):
            continue
        headers_hold(answer, target)
        page = Page(answer)
        r.check(not is_evil(page), lambda: "%s: a text is not escaped: %s" % (
            target, page.source[max(0, page.source.find("<svg onload") - 80):][:200]))
        r.equal(page.bad, [], target + ": scripts and styles inline")
        shown += ESCAPED in page.source
        r.check("rollcall_s" not in page.source or "rollcall_sk_</code>" in page.source, target + ": a secret")
        todo += [link for link in page.links if link.startswith("/console")]
    return seen, shown


def canaries():
    tenant, ada, gone, team = seed()
    endpoint = add_webhook(tenant)
    base = "/console/directories/" + tenant.directory
    browser = Browser(r.KEY)
    starts = ["/console", "/console/search?q=" + urllib.parse.quote(EVIL), "/console/organizations?q=" + urllib.parse.quote(EVIL),
              "/console/organizations/" + tenant.organization, base, base + "?period=week", base + "/users",
              base + "/users?q=" + urllib.parse.quote(EVIL[:4]), base + "/users/" + ada, base + "/users/" + gone,
              base + "/groups", base + "/groups?q=" + urllib.parse.quote(EVIL), base + "/groups/" + team,
              base + "/requests", base + "/requests?text=" + urllib.parse.quote(EVIL), base + "/requests?status=error&method=POST&period=day",
              base + "/requests?about=" + ada, "/console/events", "/console/events?directory=%s&type=user.created" % tenant.directory,
              "/console/webhooks", "/console/webhooks/" + endpoint, "/console/keys", "/console/audit",
              "/console/search?q=" + ada, "/console/search?q=" + team, "/console/search?q=" + tenant.directory,
              "/console/search?q=" + tenant.organization, "/console/search?q=ada@x1337.example"]
    seen, shown = walk(browser, starts)
    r.check(len(seen) > 40, "only %d pages" % len(seen))
    r.check(shown > 20, "canaries on %d of %d pages only" % (shown, len(seen)))
    for target in (base + "/users/" + ada, base + "/groups/" + team, base + "/requests?text=" + MARK, "/console/webhooks/" + endpoint,
                   "/console/keys", "/console/organizations/" + tenant.organization):
        r.check(ESCAPED in browser.get(target).body.decode(), target + " shows what was stored")
    for target in ("/console/search?q=" + "a" * 3000, base + "/requests?status=9xx", base + "/requests?about=x", base + "/users?before=x",
                   "/console/events?type=" + urllib.parse.quote(EVIL), "/console/events?before=x", "/console/organizations?after=x"):
        answer = browser.get(target)
        r.equal(answer.status, 400, target[:60])
        r.check(b"<svg" not in answer.body, target + " is escaped")
        headers_hold(answer, target[:60])


def a_missing_user():
    """Search, failed request, reason: three clicks from the overview."""
    name = uuid.uuid4().hex
    tenant = r.Tenant("Missing " + name)
    r.management("PATCH", "/v1/organizations/" + tenant.organization, {"domains": [name + ".example"]})
    email = "grace@%s.example" % name
    refused = tenant.client()("POST", "/Users", r.user(email, emails=[{"value": email, "primary": "often"}], active="maybe"))
    browser = Browser(r.KEY)
    found = browser.get("/console/search?q=" + urllib.parse.quote(email))
    page = Page(found)
    r.check("Missing " + name in page.text, "the organization is found by the domain")
    requests = [link for link in page.links if "/requests/" in link]
    r.check(requests, "the failed request is found")
    reason = Page(browser.get(requests[0]))
    r.check("active" in reason.text and email in reason.text, "the reason and the body are there")
    r.check("curl" in reason.source and "$TOKEN" in reason.source, "the command is there")
    request = refused.header("X-Request-Id")
    r.check(request in reason.text, "the id is that of X-Request-Id")
    straight = browser.get("/console/search?q=" + request)
    r.equal((straight.status, straight.header("Location")), (303, r.URL + requests[0]), "the id leads to the page")


def forms():
    tenant = r.Tenant("Forms")
    base = "/console/directories/" + tenant.directory
    browser = Browser(r.KEY)
    targets = ["/console/sign-out", base + "/settings", base + "/rotate", "/console/organizations/%s/setup-link" % tenant.organization,
               "/console/keys", "/console/keys/api_key_%s/revoke" % NOBODY, "/console/webhooks/webhook_endpoint_%s/enable" % NOBODY,
               "/console/webhooks/webhook_endpoint_%s/disable" % NOBODY, "/console/webhooks/webhook_endpoint_%s/replay" % NOBODY]
    before = tenant.checksum()
    for target in targets:
        for fields in ({}, {"csrf": "0" * 32}, {"csrf": browser.proof() + "0"}):
            answer = browser.post(target, strict="yes", **fields)
            r.equal(answer.status, 403, "%s with %s" % (target, fields))
            headers_hold(answer, target)
        r.equal(browser.post(target, {"Origin": "https://evil.example"}, csrf=browser.proof()).status, 403, target + " from elsewhere")
        r.equal(browser.get(target).status, 200 if target == "/console/keys" else 405, target + " is no GET")
    r.equal(tenant.checksum(), before, "nothing has changed")
    r.equal(browser.send(base + "/settings", strict="yes").status, 303, "settings")
    directory = r.management("GET", "/v1/scim-directories/" + tenant.directory).json()["scimDirectory"]
    r.equal((directory["enabled"], directory["strict"], directory["primary"]), (False, True, True), "settings are kept")
    browser.send(base + "/settings", enabled="yes")
    answer = browser.send(base + "/rotate")
    token = r.note_secret(re.search(rb"rollcall_scim_[0-9a-f]{64}", answer.body).group().decode())
    headers_hold(answer, "a new token")
    r.equal(r.Client(tenant.base, token)("GET", "/Users").status, 200, "the new token")
    r.equal(tenant.client()("GET", "/Users").status, 401, "the old token")
    answer = browser.send(base + "/rotate", overlap="yes")
    r.note_secret(re.search(rb"rollcall_scim_[0-9a-f]{64}", answer.body).group().decode())
    r.equal(r.Client(tenant.base, token)("GET", "/Users").status, 200, "the old token, with overlap")
    answer = browser.send("/console/organizations/%s/setup-link" % tenant.organization)
    link = re.search(rb"/setup#token=(rollcall_setup_[0-9a-f]{64})", answer.body)
    r.check(link, "a setup link")
    r.note_secret(link.group(1).decode())


def keys():
    browser = Browser(r.KEY)
    r.equal(browser.send("/console/keys", name="none").status, 400, "a key without scopes")
    answer = browser.send("/console/keys", name="Console " + uuid.uuid4().hex, read="yes", logs="yes")
    r.equal(answer.status, 200, "a key")
    secret = r.note_secret(re.search(rb"rollcall_sk_[0-9a-f]{64}", answer.body).group().decode())
    tenant = r.Tenant("Keys")
    base = "/console/directories/" + tenant.directory
    lesser = Browser(secret)
    home = Page(lesser.get("/console"))
    r.equal([link for link in home.links if link.startswith("/console/")], [], "what it may not see is not linked")
    for target, want in ((base + "/users", 200), (base + "/requests", 200), (base, 403), ("/console/organizations", 403), ("/console/keys", 403),
                         ("/console/audit", 403), ("/console/events", 403), ("/console/webhooks", 403), ("/console/search?q=a", 200)):
        answer = lesser.get(target)
        r.equal(answer.status, want, "a lesser key at " + target)
        headers_hold(answer, target)
    walk(lesser, [base + "/users", base + "/requests", "/console/search?q=" + tenant.directory])
    for target in (base + "/settings", base + "/rotate", "/console/keys"):
        r.equal(lesser.send(target, name="x", manage="yes").status, 403, "a lesser key writes to " + target)
    mine = [row for row in r.management("GET", "/v1/api-keys?pageSize=1000").json()["apiKeys"] if row["displayName"].startswith("Console ")]
    for row in mine:
        browser.send("/console/keys/%s/revoke" % row["id"])
    r.equal(lesser.get("/console").status, 303, "the session ends with its key")
    r.equal(Browser().post("/console/sign-in", key=secret).status, 401, "a revoked key")


def other_environments():
    """An id of another environment answers as one that nobody has, to the byte."""
    tenant = r.Tenant("Mine " + MARK)
    scim = tenant.client()
    ada = r.made(scim("POST", "/Users", r.user("ada")))
    team = r.made(scim("POST", "/Groups", r.group("team", ada)))
    request = r.from_uuid("scim_request_", r.value("select id from request_log where directory_id = '%s' limit 1" % tenant.uuid))
    stranger = Browser(make_key("Elsewhere-" + uuid.uuid4().hex))
    place = "/console/directories/scim_directory_" + NOBODY
    base = "/console/directories/" + tenant.directory
    nothing = {"ada": "scim_user_" + NOBODY, "team": "scim_group_" + NOBODY, "request": "scim_request_" + NOBODY}
    rows = [("/console/organizations/" + tenant.organization, "/console/organizations/org_" + NOBODY), (base, place)]
    for part in ("/users", "/users?q=ada", "/groups", "/requests"):
        rows.append((base + part, place + part))
    rows += [(base + "/users/" + ada, place + "/users/" + nothing["ada"]), (base + "/groups/" + team, place + "/groups/" + nothing["team"]),
             (base + "/requests/" + request, place + "/requests/" + nothing["request"])]
    for mine, nobody in rows:
        got, want = stranger.get(mine), stranger.get(nobody)
        r.equal((got.status, got.body), (404, want.body), "of another environment: " + mine)
        r.check(tenant.organization.encode() not in got.body and MARK.encode() not in got.body, mine + " gives nothing away")
    own = r.Tenant("Mine too")
    for part in ("/users/" + ada, "/groups/" + team, "/requests/" + request):
        browser = Browser(r.KEY)
        r.equal(browser.get("/console/directories/" + own.directory + part).status, 404, "in another directory: " + part)
    before = tenant.checksum()
    for target in (base + "/settings", base + "/rotate", "/console/organizations/%s/setup-link" % tenant.organization):
        r.equal(stranger.send(target, strict="yes").status, 404, "a stranger writes to " + target)
    r.equal(tenant.checksum(), before, "a stranger changes nothing")
    for target in ("/console", "/console/organizations", "/console/events", "/console/audit", "/console/keys", "/console/search?q=" + MARK,
                   "/console/search?q=Mine"):
        answer = stranger.get(target)
        r.equal(answer.status, 200, "a stranger at " + target)
        r.check(MARK not in Page(answer).text.replace("“%s”" % MARK, ""), "a stranger sees nothing at " + target)
    for one in (ada, team, request):
        r.equal(stranger.get("/console/search?q=" + one).status, 404, "a stranger looks for " + one)


def numbers():
    """What the charts and counts say is what is there."""
    tenant = r.Tenant("Numbers")
    scim = tenant.client()
    for i in range(7):
        r.made(scim("POST", "/Users", r.user("n%d" % i)))
    for i in range(3):
        scim("POST", "/Users", r.user("n%d" % i))
    page = Page(Browser(r.KEY).get("/console/directories/" + tenant.directory))
    r.check(re.search(r'<span class="stat">7</span> <a href="[^"]*/users">Users</a>', page.source), "seven users")
    r.check(re.search(r'<span class="stat">3</span> <a href="[^"]*">Errors', page.source), "three errors")
    r.check(re.search(r"succeeded \(2xx, 3xx\) <b>7</b>", page.source), "seven succeeded")
    r.check(re.search(r"refused \(4xx\) <b>3</b>", page.source), "three refused")
    r.check(re.search(r"users <b>7</b>", page.source), "seven at the end")
    for one in [row["id"] for row in scim.list()["Resources"]][:2]:
        scim("DELETE", "/Users/" + one)
    source = Browser(r.KEY).get("/console/directories/" + tenant.directory).body.decode()
    r.check(re.search(r"users <b>5</b>", source), "five at the end")
    users = Page(Browser(r.KEY).get("/console/directories/%s/users" % tenant.directory))
    r.equal((len([x for x in users.links if "/users/" in x]), users.text.count("deleted")), (7, 2), "the deleted are shown")


if __name__ == "__main__":
    r.run(signing_in, signing_out, canaries, a_missing_user, forms, keys, other_environments, numbers)
