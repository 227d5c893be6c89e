#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Setup links and the setup page (reliability B9): one use whatever happens, and nothing of anybody else's."""

import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rollcall as r  # noqa: E402
from test_cuts import PORT, Cutter, real_folder  # noqa: E402

FORM = ("CONTENT_TYPE", "application/x-www-form-urlencoded")
HEADERS = {
    "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
MESSAGES_MAX = 100


def make_organization(name="Setup"):
    return r.management("POST", "/v1/organizations", {"displayName": name}).json()["organization"]["id"]


def make_link(organization):
    """The token of a new link."""
    url = r.management("POST", "/v1/setup-urls", {"organizationId": organization}).json()["url"]
    return r.note_secret(url.partition("#token=")[2])


def page(method, target, cookie=None, form=None, headers=()):
    """One request to the pages, straight to a worker."""
    body = urllib.parse.urlencode(form).encode() if form is not None else b""
    more = ([("HTTP_COOKIE", "rollcall_setup=" + cookie)] if cookie is not None else [])
    return r.fcgi(method, target, body, more + ([FORM] if form is not None else []) + list(headers))


def redeem(token):
    return page("POST", "/setup", form={"token": token})


def cookie_of(answer):
    """The secret in Set-Cookie, or None."""
    found = re.match(r"rollcall_setup=(rollcall_session_[0-9a-f]+);", answer.header("Set-Cookie") or "")
    return r.note_secret(found.group(1)) if found else None


def sign_in(organization):
    return cookie_of(redeem(make_link(organization)))


def proof(cookie):
    text = page("GET", "/setup/directory", cookie)
    if text.status == 303:
        text = page("GET", urllib.parse.urlsplit(text.header("Location")).path, cookie)
    return re.search(rb'name="csrf" value="([0-9a-f]+)"', text.body).group(1).decode()


def face(answer):
    """An answer without what differs each time."""
    return answer.status, [pair for pair in answer.headers if pair[0] not in ("X-Request-Id", "Date")], answer.body


def one_of_a_hundred_redeems():
    organization = make_organization()
    for _ in range(3):
        token = make_link(organization)
        answers = r.together(100, lambda _: redeem(token))
        r.no_trouble(answers, "redemptions")
        r.equal(r.statuses(answers), {303: 1, 410: 99}, "of 100 redemptions one succeeds")
        cookies = [cookie_of(answer) for answer in answers if cookie_of(answer)]
        r.equal(len(cookies), 1, "one cookie")
        r.equal(page("GET", "/setup/directory", cookies[0]).status, 200, "the one who redeemed is in")
    r.equal(r.value("select count(*) from sessions s join organizations o on o.id = s.organization_id where o.id = '%s'"
                    % r.to_uuid(organization)), "3", "a session for each link")


def looking_consumes_nothing():
    token = make_link(make_organization())
    for i in range(50):
        answer = page("HEAD" if i % 10 == 0 else "GET", "/setup" if i % 2 else "/setup?token=" + "x" * i)
        r.equal((answer.status, answer.header("Set-Cookie")), (200, None), "GET of the link")
    r.equal(redeem(token).status, 303, "after 50 looks")


def dead_links_are_alike():
    organization = make_organization()
    used, late, gone = (make_link(organization) for _ in range(3))
    redeem(used)
    r.sql("update setup_links set expires_at = now() - interval '1 second' where secret_sha256 = sha256('%s')" % late)
    r.sql("delete from setup_links where secret_sha256 = sha256('%s')" % gone)
    answers = [face(redeem(token)) for token in (used, late, gone, used[:-32] + "0" * 32, "rollcall_setup_" + "0" * 64)]
    r.equal(answers[0][0], 410, "a used link")
    for answer, what in zip(answers, ("used", "late", "gone", "guessed", "of no environment")):
        r.equal(answer, answers[0], "a link that is " + what)


def headers_are_on_every_page():
    cookie = sign_in(make_organization())
    own = proof(cookie)
    page("POST", "/setup/directories", cookie, {"csrf": own})
    place = urllib.parse.urlsplit(page("GET", "/setup/directory", cookie).header("Location")).path
    answers = [
        page("GET", "/setup"), page("GET", "/setup/directory"), page("GET", "/setup/nothing"), page("PUT", "/setup"),
        page("POST", "/setup", form={"token": "x"}), redeem("rollcall_setup_" + "0" * 64),
        page("GET", place, cookie), page("GET", place + "/activity", cookie), page("GET", place + "x", cookie),
        page("POST", place + "/token", cookie, {}), page("POST", place + "/token", cookie, {"csrf": own}),
        page("POST", place + "/token", cookie, {"csrf": own}, [("HTTP_ORIGIN", "https://evil.example")]),
    ]
    r.equal([answer.status for answer in answers], [200, 401, 404, 405, 400, 410, 200, 200, 404, 403, 200, 403], "statuses")
    for answer in answers:
        policy = answer.header("Content-Security-Policy") or ""
        r.check(policy.startswith("default-src 'none'; ") and policy.endswith("; frame-ancestors 'none'"), "policy %s" % policy)
        r.check("unsafe" not in policy, policy)
        for name, text in HEADERS.items():
            r.equal(answer.header(name), text, name)
        r.equal(answer.header("Content-Type"), "text/html; charset=utf-8", "type")
        r.check(b"<script>" not in answer.body and b"style=" not in answer.body and b" on" + b"load=" not in answer.body, "nothing is inline")
    token = re.search(rb"rollcall_scim_[0-9a-f]{64}", answers[10].body).group().decode()
    r.note_secret(token)
    r.equal(r.Client("/scim/v2", token)("GET", "/Users").status, 200, "the token that was shown")


def a_session_sees_its_organization_only():
    tenant, other = r.Tenant("Setup own"), r.Tenant("Setup other")
    cookie = sign_in(tenant.organization)
    own, before = proof(cookie), other.checksum()
    missing = "scim_directory_" + "0" * 24 + "1"
    for method, target in (("GET", "/setup/directories/%s"), ("GET", "/setup/directories/%s?provider=okta"),
                           ("GET", "/setup/directories/%s/activity"), ("POST", "/setup/directories/%s/token")):
        form = {"csrf": own} if method == "POST" else None
        foreign, none = (page(method, target % one, cookie, form) for one in (other.directory, missing))
        r.equal(face(foreign), face(none), method + " " + target)
        r.equal(foreign.status, 404, method + " " + target)
    r.equal(other.checksum(), before, "nothing of the other has changed")
    r.equal(other.client()("GET", "/Users").status, 200, "its token works")
    for target in ("/v1/organizations", "/v1/scim-directories", "/v1/scim-directories/" + tenant.directory):
        r.equal(r.Client("", cookie)("GET", target).status, 401, "the session is no API key")
        r.equal(page("GET", target, cookie).status, 401, "nor is the cookie")
    r.equal(r.Client("/scim/v2", cookie)("GET", "/Users").status, 401, "nor a token")
    for name in ("rollcall_setup", "rollcall_console"):
        answer = r.fcgi("GET", "/console", b"", [("HTTP_COOKIE", name + "=" + cookie)])
        r.equal(answer.status, 303, "the console asks to sign in")
        r.check("/console/sign-in" in (answer.header("Location") or ""), "and nothing else: %r" % answer)


def nobody_chooses_a_session():
    chosen = "rollcall_session_" + "0" * 64
    token = make_link(make_organization())
    answer = page("POST", "/setup", chosen, {"token": token})
    r.equal(answer.status, 303, "with a cookie of an attacker")
    r.check(cookie_of(answer) not in (None, chosen), "another session is made")
    r.equal(page("GET", "/setup/directory", chosen).status, 401, "the attacker's opens nothing")
    mine = cookie_of(answer)
    r.equal(page("POST", "/setup/sign-out", mine, {"csrf": proof(mine)}).status, 303, "sign out")
    r.equal(page("GET", "/setup/directory", mine).status, 401, "and it is over")


def canaries_are_escaped():
    name = '<svg onload=alert(1)>"\'><script>alert(2)</script>{}'
    tenant = r.Tenant(name)
    scim, cookie = tenant.client(), sign_in(tenant.organization)
    scim("POST", "/Users", r.user(name))
    scim("POST", "/Users", r.user(name))
    scim("GET", "/Users?filter=" + urllib.parse.quote(name))
    scim("GET", "/Users/" + urllib.parse.quote(name, safe=""))
    place = "/setup/directories/" + tenant.directory
    for target in (place, place + "/activity", place + "?provider=" + urllib.parse.quote(name)):
        text = page("GET", target, cookie)
        r.equal(text.status, 200, target)
        r.check(b"<svg" not in text.body and b"<script>" not in text.body and b'"\'>' not in text.body, "escaped in " + target)
    r.check(b"&lt;svg onload=alert(1)&gt;" in page("GET", place, cookie).body, "and it is there")


def base_and_socket(folder):
    return ("host=%s port=5432 user=rollcall dbname=rollcall sslmode=disable gssencmode=disable" % folder)


def redeem_through(folder, token):
    """As plain CGI, over the database that answers in this folder: (status, the session or None)."""
    body = urllib.parse.urlencode({"token": token}).encode()
    variables = {
        "PATH": os.environ["PATH"], "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "REQUEST_URI": "/setup",
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": FORM[1], "ROLLCALL_CONFIG": os.path.join(r.STATE, "rollcall.conf"),
        "ROLLCALL_DATABASE_URL": base_and_socket(folder),
    }
    done = subprocess.run([r.BINARY], env=variables, input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=r.PATIENCE)
    answer = r.parse_cgi(done.stdout)
    return answer.status, cookie_of(answer)


def a_lost_answer_burns_no_link():
    organization = make_organization()
    real = os.path.join(real_folder(), PORT)
    for direction in ("asked", "answered"):
        seen = {}
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            for k in range(1, MESSAGES_MAX):
                token = make_link(organization)
                proxy = Cutter(real, folder, direction, k)
                status, cookie = redeem_through(folder, token)
                proxy.close()
                seen[status] = seen.get(status, 0) + 1
                what = "cut behind message %d %s: %d" % (k, direction, status)
                r.check(status in (303, 503), what)
                if status == 303:
                    r.equal(page("GET", "/setup/directory", cookie).status, 200, what + ": the session")
                r.equal(redeem(token).status, 410 if status == 303 else 303, what + ": the link afterwards")
                if not proxy.reached:
                    break
            else:
                r.check(False, "never came to its end")
        print("    %s: %d cuts, statuses %s" % (direction, k - 1, seen), flush=True)


if __name__ == "__main__":
    r.run(one_of_a_hundred_redeems, looking_consumes_nothing, dead_links_are_alike, headers_are_on_every_page,
          a_session_sees_its_organization_only, nobody_chooses_a_session, canaries_are_escaped, a_lost_answer_burns_no_link)
