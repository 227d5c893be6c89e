#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""API keys and their scopes, OAuth client credentials, the audit log, and the command line for all of it."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
import uuid

from rollcall import (BINARY, PATIENCE, STATE, URL, Client, Tenant, b64, canary, check, equal, fcgi, from_uuid, management, note_secret,
                      rpc_error, run, shorten, sql, statuses, together, value)

SCOPES = ("read", "events", "logs", "manage")
CONFIG = os.path.join(STATE, "rollcall.conf")


def command(*words):
    return subprocess.run([BINARY, "--config", CONFIG] + list(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=PATIENCE)


def make_key(environment, *options):
    done = command("key", "create", "--environment", environment, *options)
    equal(done.returncode, 0, "key create: " + done.stderr)
    return note_secret(done.stdout.strip())


def api(key):
    return Client("", key, "application/json")


def new_key(client, **body):
    answer = client("POST", "/v1/api-keys", body)
    equal(answer.status, 200, "a key: %r" % answer)
    key = answer.json()["apiKey"]
    return key["id"], note_secret(key["secretToken"])


def routes():
    """(method, path, permission) of the program's own table."""
    for line in command("routes").stdout.splitlines():
        method, path, permission = line.split(None, 2)
        yield method, path, permission.split("  ")[0]


# --- keys ---

def test_scopes():
    """Every route with a key of every single scope: 403 exactly where the route table says so."""
    environment = "Scopes-" + uuid.uuid4().hex
    keys = {scope: make_key(environment, "--scopes", scope) for scope in SCOPES}
    asked = 0
    for method, route, permission in routes():
        if permission not in SCOPES or not route.startswith("/v1/"):
            continue
        path = re.sub("{[a-zA-Z]+}", "nothing", route)
        for scope, key in keys.items():
            body = b"{}" if method in ("POST", "PUT", "PATCH") else b""
            headers = [("CONTENT_TYPE", "application/json"), ("HTTP_AUTHORIZATION", "Bearer " + key)]
            answer = fcgi(method, path, body, headers)
            asked += 1
            if scope != permission:
                rpc_error(answer, 403, 7, "%s %s with %s" % (method, path, scope))
                check("'%s'" % permission in answer.json()["message"], lambda: "it names what is missing: %r" % answer)
            else:
                check(answer.status not in (401, 403) and answer.status < 500,
                      lambda: "%s %s with %s: %r" % (method, path, scope, answer))
    check(asked > 80, "routes were asked: %d" % asked)


def test_revoked_at_once():
    """No worker knows a revoked key for one more request."""
    for _ in range(5):
        key_id, secret = new_key(management, scopes=["manage"])
        clients = [api(secret) for _ in range(16)]
        equal(statuses(together(16, lambda i: clients[i].get("/v1/api-keys", pageSize=1))), {200: 16}, "it is good everywhere")
        equal(management("DELETE", "/v1/api-keys/" + key_id).status, 200, "delete")
        equal(statuses(together(16, lambda i: [clients[i].get("/v1/api-keys", pageSize=1) for _ in range(4)][-1])), {401: 16},
              "it is good nowhere")
        for client in clients:
            client.close()


def test_last_key():
    """Two keys that revoke one another: one stays, whoever is first."""
    environment = "Last-" + uuid.uuid4().hex
    alive = make_key(environment)
    for i in range(12):
        client = api(alive)
        own = [key["id"] for key in client.get("/v1/api-keys").json()["apiKeys"]][-1]
        other, secret = new_key(client, scopes=["manage"])
        pair = [(api(alive), other), (api(secret), own)]
        got = statuses(together(2, lambda i: pair[i][0]("DELETE", "/v1/api-keys/" + pair[i][1])))
        check(got[200] == 1 and got[409] + got[401] == 1, "one succeeds: %s" % got)
        good = [key for key in (alive, secret) if api(key).get("/v1/api-keys").status == 200]
        equal(len(good), 1, "one is left")
        alive = good[0]
    rpc_error(api(alive)("DELETE", "/v1/api-keys/" + api(alive).get("/v1/api-keys").json()["apiKeys"][0]["id"]), 409, 6, "the last one")


def test_command_line():
    environment = "Commands-" + uuid.uuid4().hex
    secret = make_key(environment, "--name", "on call", "--scopes", "events,logs,manage")
    client = api(secret)
    mine = client.get("/v1/api-keys").json()["apiKeys"]
    equal([(key["displayName"], key["scopes"]) for key in mine], [("on call", ["events", "logs", "manage"])], "as it was asked for")
    listed = command("key", "list", "--environment", environment)
    check(re.fullmatch(r"api_key_\w{25}  events,logs,manage  made 20\S+Z  used (20\S+Z|never)  on call\n", listed.stdout), listed.stdout)
    check(secret not in listed.stdout + listed.stderr, "without the secret")
    environments = command("environment", "list").stdout.splitlines()
    check(any(re.fullmatch(r"env_\w{25}  " + environment, line) for line in environments), "environment list")
    done = command("key", "revoke", "--key", mine[0]["id"])
    equal((done.returncode, done.stdout), (0, "revoked %s\n" % mine[0]["id"]), "even the last one")
    equal(client.get("/v1/api-keys").status, 401, "it is dead")
    equal(command("key", "list", "--environment", environment).stdout, "", "and not listed")
    rows = sql("select a.actor, coalesce(a.actor_id::text, ''), a.method, a.path, a.status from audit_log a join environments e"
               " on e.id = a.environment_id where e.display_name = '%s' order by a.id" % environment)
    equal(rows, [["command_line", "", "COMMAND", "key %s %s" % (verb, mine[0]["id"]), "0"] for verb in ("create", "revoke")], "audit rows")
    for words, status in ((("key", "revoke", "--key", mine[0]["id"]), 1), (("key", "revoke", "--key", "x"), 1), (("key", "revoke"), 2),
                          (("key", "list"), 2), (("key", "list", "--environment", "none-" + environment), 1),
                          (("key", "create", "--environment", environment, "--scopes", "read,write"), 1),
                          (("key", "create", "--environment", environment, "--scopes", ""), 1),
                          (("key", "create", "--environment", environment, "--scopes", "read", "--no-management"), 2)):
        done = command(*words)
        equal((done.returncode, done.stdout), (status, ""), "%s: %s" % (words, done.stderr))
        check(done.stderr.startswith("rollcall: ") or status == 2, done.stderr)


def test_environment_names():
    """Its keys may call an environment what they like: also as another one is called. No key goes to the wrong one."""
    names = ["Older-" + uuid.uuid4().hex, "Newer-" + uuid.uuid4().hex]
    clients = [api(make_key(name)) for name in names]
    ids = [client.get("/v1/environment").json()["environment"]["id"] for client in clients]
    equal(clients[0]("PATCH", "/v1/environment", {"displayName": names[1]}).status, 200, "the older one takes the newer one's name")
    for words in (("key", "create"), ("key", "list")):
        done = command(*words, "--environment", names[1])
        equal((done.returncode, done.stdout), (1, ""), "%s by a name that two have" % (words,))
        check("more than one" in done.stderr, done.stderr)
    equal(api(make_key(ids[1])).get("/v1/environment").json()["environment"]["id"], ids[1], "by id")
    clients[0]("PATCH", "/v1/environment", {"displayName": ids[1]})
    equal(api(make_key(ids[1])).get("/v1/environment").json()["environment"]["id"], ids[1], "an id is no name")
    before = value("select count(*) from environments")
    equal(command("key", "create", "--environment", from_uuid("env_", str(uuid.uuid4()))).returncode, 1, "nobody's id")
    equal(value("select count(*) from environments"), before, "an id is not made")


def test_names_stay_in_line():
    """What a vendor calls things begins no line of what the operator reads, and says nothing to the terminal."""
    environment, evil = "Lines-" + uuid.uuid4().hex, "Zoë\r\napi_key_forged\x1b[2J\x7f\u009b2J"
    client = api(make_key(environment))
    mine = client.get("/v1/environment").json()["environment"]["id"]
    new_key(client, displayName=evil)
    equal(client("PATCH", "/v1/environment", {"displayName": evil}).status, 200, "a name")
    listed = command("key", "list", "--environment", mine).stdout
    equal([line[-30:] for line in listed.split("\n")[1:]], ["  Zoë??api_key_forged?[2J???2J", ""], "key list")
    check("%s  Zoë??api_key_forged?[2J???2J\n" % mine in command("environment", "list").stdout, "environment list")


# --- OAuth ---

def new_client(tenant):
    answer = management("POST", "/v1/scim-directories/%s/oauth-clients" % tenant.directory, {"displayName": "test"})
    equal(answer.status, 200, "a client: %r" % answer)
    client = answer.json()["oauthClient"]
    equal(client["tokenUrl"], URL + "/v1/oauth/token", "tokenUrl")
    return client["clientId"], note_secret(client["clientSecret"])


def fetch(client_id, secret, **more):
    """As a client library does: (status, headers, JSON)."""
    form = dict({"grant_type": "client_credentials"}, **more)
    basic = b64("%s:%s" % (urllib.parse.quote_plus(client_id), urllib.parse.quote_plus(secret)))
    request = urllib.request.Request(URL + "/v1/oauth/token", urllib.parse.urlencode(form).encode(), {"Authorization": "Basic " + basic})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, json.load(answer)


def token_of(client_id, secret):
    status, headers, body = fetch(client_id, secret)
    equal((status, sorted(body)), (200, ["access_token", "expires_in", "token_type"]), "a token: %s" % shorten(body))
    equal((headers["Cache-Control"], headers["Pragma"], headers["Content-Type"].split(";")[0]),
          ("no-store", "no-cache", "application/json"), "RFC 6749 section 5.1")
    return note_secret(body["access_token"])


def test_oauth():
    tenant = Tenant()
    client_id, secret = new_client(tenant)
    token = token_of(client_id, secret)
    client = Client(tenant.base, token)
    made = client("POST", "/Users", {"userName": "oauth"})
    equal(made.status, 201, "a write with it: %r" % made)
    equal(client.list()["totalResults"], 1, "a read with it")
    # curl, as the guides of identity providers tell it
    done = subprocess.run(["curl", "-sS", "-u", client_id + ":" + secret, "-d", "grant_type=client_credentials", URL + "/v1/oauth/token"],
                          stdout=subprocess.PIPE, check=True)
    equal(Client(tenant.base, note_secret(json.loads(done.stdout)["access_token"])).get("/Users").status, 200, "curl")
    # its end
    sql("update bearer_tokens set expires_at = now() - interval '1 second' where client_id is not null and directory_id = '%s'" % tenant.uuid)
    equal(client.get("/Users").status, 401, "it has ended")
    token = token_of(client_id, secret)
    client = Client(tenant.base, token)
    equal(client.get("/Users").status, 200, "the next one")
    equal(value("select count(*) from bearer_tokens where client_id is not null and directory_id = '%s'" % tenant.uuid), "1",
          "what has ended was removed")
    tenant.rotate()
    equal(client.get("/Users").status, 200, "rotation is not about it")
    path = "/v1/scim-directories/%s/oauth-clients/%s" % (tenant.directory, client_id)
    equal(management("DELETE", path).status, 200, "delete the client")
    equal(statuses(together(16, lambda i: Client(tenant.base, token).get("/Users"))), {401: 16}, "its tokens are dead on every worker")
    status, headers, body = fetch(client_id, secret)
    equal((status, body["error"]), (401, "invalid_client"), "and it gets no more")
    check(headers["WWW-Authenticate"].startswith("Basic "), "WWW-Authenticate")
    config = Client(tenant.base, None).get("/ServiceProviderConfig").json()
    equal([(scheme["type"], scheme["primary"]) for scheme in config["authenticationSchemes"]],
          [("oauthbearertoken", True), ("oauth2", False)], "it is advertised")


def test_oauth_cap():
    """However many ask at once, no more than 50 are alive."""
    tenant = Tenant()
    client_id, secret = new_client(tenant)
    results = together(24, lambda i: [fetch(client_id, secret) for _ in range(3)])
    answers = [answer for result in results if isinstance(result, list) for answer in result]
    equal(len(answers), 72, "all were answered: %s" % [result for result in results if not isinstance(result, list)][:3])
    equal({answer[0] for answer in answers}, {200}, "all got one")
    equal(value("select count(*) from bearer_tokens where client_id is not null and directory_id = '%s'" % tenant.uuid), "50", "alive")
    for answer in answers:
        note_secret(answer[2]["access_token"])


def test_oauth_brute_force():
    """Wrong secrets leave a number and nothing else."""
    tenant = Tenant()
    client_id, secret = new_client(tenant)
    before = value("select (select count(*) from request_log) || ' ' || (select count(*) from audit_log)")
    wrong = secret[:-32] + uuid.uuid4().hex
    strange = "rollcall_client_" + uuid.uuid4().hex * 2

    def attack(_):
        got = [fetch(client_id, wrong), fetch(from_uuid("oauth_client_", uuid.uuid4().hex), secret), fetch(client_id, strange),
               fetch("x", "y"), fetch(client_id, secret[:-1])]
        return [(status, tuple(sorted(body.items()))) for status, _, body in got]
    faces = {face for result in together(20, attack) for face in result}
    equal(len(faces), 1, "all look alike: %s" % shorten(faces))
    equal(list(faces)[0][0], 401, "and are refused")
    equal(sql("select sum(failures), count(*) <= 2 from authentication_failures where directory_id = '%s'" % tenant.uuid), [["40", "t"]],
          "what named the directory is counted")  # two rows if the hour has just ended
    equal(value("select (select count(*) from request_log) || ' ' || (select count(*) from audit_log)"), before, "nothing else is kept")
    token_of(client_id, secret)


# --- audit ---

def test_audit():
    environment = "Audit-" + uuid.uuid4().hex
    client = api(make_key(environment))
    secret = canary("password")
    sent = [("POST", "/v1/organizations", {"displayName": "x", "password": secret}, 200),
            ("POST", "/v1/organizations", {"displayName": 7}, 400),
            ("PATCH", "/v1/organizations/" + from_uuid("org_", uuid.uuid4().hex), {}, 404),
            ("POST", "/v1/organizations?x=" + canary(), {"displayName": "y"}, 400),
            ("POST", "/v1/api-keys", {"note": "rollcall_client_" + secret}, 200)]
    want = []
    for method, target, body, status in sent:
        answer = client(method, target, body)
        path = target.split("?")[0]
        equal(answer.status, status, "%s %s" % (method, path))
        if status == 200 and path == "/v1/api-keys":
            note_secret(answer.json()["apiKey"]["secretToken"])
        want.insert(0, (answer.header("X-Request-Id"), method, path, status))
    entries = client.get("/v1/audit-log", pageSize=len(sent)).json()["auditEntries"]
    equal([(entry["id"], entry["method"], entry["path"], entry["status"]) for entry in entries], want, "newest first, by the request's id")
    check(secret not in json.dumps(entries), "no password")
    before = value("select count(*) from audit_log")
    equal(statuses(together(16, lambda i: api("rollcall_sk_" + uuid.uuid4().hex * 2)("POST", "/v1/organizations", {"displayName": "x"}))),
          {401: 16}, "strangers")
    equal(value("select count(*) from audit_log"), before, "leave no row")
    # each of many at once has its own row, in the transaction of its change
    results = together(24, lambda i: api(client.credential)("POST", "/v1/organizations", {"externalId": "same"}))
    equal(statuses(results), {200: 1, 409: 23}, "one wins")
    rows = sql("select status, count(*) from audit_log where path = '/v1/organizations' and body = '{\"externalId\": \"same\"}' and"
               " environment_id = (select id from environments where display_name = '%s') group by 1 order by 1" % environment)
    equal(rows, [["200", "1"], ["409", "23"]], "and the log agrees")




if __name__ == "__main__":
    run(test_scopes, test_revoked_at_once, test_last_key, test_command_line, test_environment_names, test_names_stay_in_line,
        test_oauth, test_oauth_cap, test_oauth_brute_force, test_audit)
