#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One process a request: plain CGI by hand and under lighttpd; settings and the command line."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid

import rollcall as r
from rollcall import (BINARY, CORE, STATE, URL, Client, Tenant, canary, cgi, cgi_run, check, equal, operation, parse_cgi, patch,
                      rpc_error, run, scim_error, user, wait_for)

DIR = tempfile.mkdtemp(prefix="rollcall-cgi-")


def config_text():
    with open(os.path.join(STATE, "rollcall.conf")) as file:
        return file.read()


def write_config(text, mode=0o600, name="rollcall.conf"):
    path = os.path.join(DIR, name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def test_life():
    tenant = Tenant()
    for base in (tenant.base, "/scim/v2"):
        def ask(method, target, body=b"", **more):
            return cgi(method, base + target, body, None, tenant.token, more)

        name = "cgi-" + base[-5:]
        made = ask("POST", "/Users", user(name, displayName="\u00fc"))
        equal(made.status, 201, "POST: %r" % made)
        body = made.json()
        equal(made.header("Location"), URL + base + "/Users/" + body["id"], "Location")
        equal(int(made.header("Content-Length")), len(made.body), "Content-Length")
        equal(made.headers[0][0], "Status", "Status comes first")
        path = "/Users/" + body["id"]
        equal(ask("GET", path).body, Client(base, tenant.token)("GET", path).body, "as by FastCGI")
        changed = ask("PATCH", path, patch(operation("replace", "title", value="x")), HTTP_IF_MATCH=made.header("ETag"))
        equal((changed.status, changed.json()["title"]), (200, "x"), "PATCH")
        scim_error(ask("PATCH", path, patch(operation("replace", "title", value="y")), HTTP_IF_MATCH=made.header("ETag")), 412, what="If-Match")
        equal(ask("PUT", path, user(name)).status, 200, "PUT")
        equal(ask("GET", "/Users?filter=userName%20eq%20%22" + name + "%22").json()["totalResults"], 1, "query")
        equal(ask("GET", path, HTTP_IF_NONE_MATCH="*").status, 304, "304")
        head = ask("HEAD", path)
        equal((head.status, head.body), (200, b""), "HEAD")
        gone = ask("DELETE", path)
        equal((gone.status, gone.body, gone.header("Content-Length")), (204, b"", None), "DELETE")
        scim_error(ask("GET", path), 404, what="gone")
        scim_error(ask("POST", "/Users", b"{"), 400, "invalidSyntax", "no JSON")
        scim_error(ask("POST", "/Users", b"<x/>", CONTENT_TYPE="text/xml"), 415, what="XML")
        scim_error(ask("POST", "/Users", b" " * 1048577), 413, what="too large")
        scim_error(ask("OPTIONS", "/Users"), 405, what="OPTIONS")
        scim_error(cgi("GET", base + "/Users"), 401, what="no token")
    rpc_error(cgi("GET", "/v1/organizations"), 401, 16, "management")
    equal(cgi("GET", "/healthz/ready").json(), {"status": "ready"}, "ready")


def test_authorization():
    tenant = Tenant()
    bearer = "Bearer " + tenant.token
    equal(cgi("GET", tenant.base + "/Users", more={"REDIRECT_HTTP_AUTHORIZATION": bearer}).status, 200, "Apache's name behind a rewrite")
    scim_error(cgi("GET", tenant.base + "/Users", more={"REDIRECT_HTTP_AUTHORIZATION": bearer, "HTTP_AUTHORIZATION": "Bearer x"}), 401,
               what="the real one goes first")
    for name in ("AUTHORIZATION", "REDIRECT_REDIRECT_HTTP_AUTHORIZATION", "HTTP_X_AUTHORIZATION", "REMOTE_USER"):
        scim_error(cgi("GET", tenant.base + "/Users", more={name: bearer}), 401, what=name)


TWICE = """
import ctypes, json, os, sys
words = [w.encode() for w in json.load(sys.stdin)]
array = (ctypes.c_char_p * (len(words) + 1))(*words, None)
argv = (ctypes.c_char_p * 2)(sys.argv[1].encode(), None)
os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
ctypes.CDLL(None).execve(argv[0], argv, array)
"""


def test_twice():
    """An environment with one name twice, as lighttpd makes of If-Match and If_Match."""
    tenant = Tenant()
    base = ["GATEWAY_INTERFACE=CGI/1.1", "REQUEST_METHOD=GET", "REQUEST_URI=%s/Users" % tenant.base,
            "ROLLCALL_CONFIG=" + os.path.join(STATE, "rollcall.conf"), "HTTP_AUTHORIZATION=Bearer " + tenant.token]
    for extra, status in ([], 200), (["HTTP_IF_MATCH=*"] * 2, 400), (["HTTP_IF_NONE_MATCH=*"] * 2, 400), (["CONTENT_TYPE=x"] * 2, 400), (
            ["HTTP_AUTHORIZATION=Bearer x"], 400), (["HTTP_ACCEPT=x"] * 2, 200):
        done = subprocess.run([sys.executable, "-c", TWICE, BINARY], input=json.dumps(base + extra).encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=r.PATIENCE)
        answer = parse_cgi(done.stdout)
        equal(answer.status, status, "%s: %r" % (extra, answer))
        if status == 400:
            scim_error(answer, 400, what="twice")


def test_body():
    tenant = Tenant()
    bearer = {"HTTP_AUTHORIZATION": "Bearer " + tenant.token}
    body = json.dumps(user("length")).encode()
    for length, sent, status in ((len(body), body + b"more than was said", 201), (len(body) + 1, body, 400), (1048577, body, 413),
                                 (10 ** 12, body, 413)):
        code, out, err = cgi_run("POST", tenant.base + "/Users", sent, None, dict(bearer, CONTENT_LENGTH=str(length)))
        equal((code, parse_cgi(out).status), (0, status), "CONTENT_LENGTH %d of %d" % (length, len(sent)))
    for length in ("", "x", "-1", " ", "0"):
        code, out, err = cgi_run("GET", tenant.base + "/Users", b"", None, dict(bearer, CONTENT_LENGTH=length))
        equal((code, parse_cgi(out).status), (0, 200), "CONTENT_LENGTH %r" % length)
    # a peer that keeps stdin open
    variables = dict(os.environ, GATEWAY_INTERFACE="CGI/1.1", REQUEST_METHOD="POST", REQUEST_URI=tenant.base + "/Users", CONTENT_TYPE="application/json",
                     ROLLCALL_CONFIG=os.path.join(STATE, "rollcall.conf"), CONTENT_LENGTH=str(len(body)), **bearer)
    process = subprocess.Popen([BINARY], env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdin.write(body)
    process.stdin.flush()
    check(process.wait(r.PATIENCE) == 0, "it does not wait for the end of stdin")
    equal(parse_cgi(process.stdout.read()).status, 409, "and answers")
    process.stdin.close()
    process.stdout.close()


def test_unread():
    """mod_cgid's way: input and output are one socket, which is reset when the process leaves of the body what it did not want."""
    ours, its = socket.socketpair()
    body = json.dumps(user("unread")).encode()
    variables = {"GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "REQUEST_URI": "/scim/v1/Users",
                 "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
                 "ROLLCALL_CONFIG": os.path.join(STATE, "rollcall.conf")}
    with ours, its, open(os.devnull, "wb") as errors:
        ours.settimeout(r.PATIENCE)
        ours.sendall(body)
        process = subprocess.Popen([BINARY], stdin=its, stdout=its, stderr=errors, env=variables)
        its.close()
        process.wait(r.PATIENCE)
        got = b""
        try:
            while True:
                more = ours.recv(65536)
                if not more:
                    break
                got += more
        except ConnectionResetError:
            got = b"reset"
    check(got.startswith(b"Status: 401 ") and got.endswith(b"}"), "a POST without a credential: %r" % got)


def test_environment():
    for drop in (("REQUEST_URI",), ("REQUEST_METHOD",), ("REQUEST_URI", "REQUEST_METHOD")):
        code, out, err = cgi_run("GET", "/healthz/live", drop=drop)
        equal((code, parse_cgi(out).status in (404, 405)), (0, True), "without %s: %r" % (drop, out[:80]))
    code, out, err = cgi_run("GET", "/healthz/live", more={"HTTP_PROXY": "http://evil.example", "HTTP_HOST": "evil.example", "SERVER_NAME": "evil",
                                                          "PATH_INFO": "/v1/organizations", "SCRIPT_NAME": "/x", "QUERY_STRING": "a=b"})
    answer = parse_cgi(out)
    equal((code, answer.status), (0, 200), "other variables do not matter")
    check(b"evil" not in out, "nor does the Host")
    lines = err.decode().splitlines()
    equal(len(lines), 1, "one line of log")
    entry = json.loads(lines[0])
    equal((entry["method"], entry["path"], entry["status"], entry["level"]), ("GET", "/healthz/live", 200, "info"), "the line")


def test_prefix():
    tenant = Tenant()
    for url, prefix in (("https://host.example/scim-server", "/scim-server"), ("http://h:99/a/b/", "/a/b"), ("https://host.example/", "")):
        config = write_config(re.sub("(?m)^base_url.*$", "base_url = " + url, config_text()))
        whole = url.rstrip("/")
        made = cgi("POST", prefix + tenant.base + "/Users", user("prefix" + prefix), config, tenant.token)
        equal(made.status, 201, "POST below " + url)
        location = whole + tenant.base + "/Users/" + made.json()["id"]
        equal((made.header("Location"), made.json()["meta"]["location"]), (location, location), "Location")
        equal(cgi("GET", prefix + "/healthz/live", config=config).status, 200, "health")
        if prefix:
            for target in (tenant.base + "/Users", prefix + "x" + tenant.base + "/Users", prefix.upper() + tenant.base + "/Users", prefix[:-1] + tenant.base + "/Users",
                           prefix + "/../x", "/" + prefix + "/healthz/live", prefix + "//healthz/live"):
                equal(cgi("GET", target, config=config, credential=tenant.token).status, 404, target)
        schemas = cgi("GET", prefix + "/scim/v2/Schemas", config=config).json()["Resources"]
        check(all(row["meta"]["location"].startswith(whole + "/scim/v2/Schemas/") for row in schemas), "discovery's locations")


# --- settings ---

def test_settings_errors():
    good = config_text()
    secret = canary("dbpassword")
    for name, text, mode, word in (
            ("unknown", good + "colour = blue\n", 0o600, "colour"), ("case", good + "Workers = 3\n", 0o600, "Workers"),
            ("number", good + "workers = many\n", 0o600, "workers"), ("low", good + "workers = 0\n", 0o600, "workers"), ("high", good + "workers = 513\n", 0o600, "512"),
            ("float", good + "workers = 1.5\n", 0o600, "workers"), ("empty", good + "workers =\n", 0o600, "workers"), ("unit", good + "max_body_bytes = 1M\n", 0o600, "max_body_bytes"),
            ("boolean", good + "prepared_statements = yes\n", 0o600, "prepared_statements"), ("line", good + "workers 4\n", 0o600, "line "), ("long", good + "#" * 5000 + "\n", 0o600, "too long"),
            ("no base", re.sub("(?m)^base_url.*$", "", good), 0o600, "base_url"), ("no database", re.sub("(?m)^database_url.*$", "", good), 0o600, "database_url"),
            ("ftp", re.sub("(?m)^base_url.*$", "base_url = ftp://x", good), 0o600, "base_url"), ("no scheme", re.sub("(?m)^base_url.*$", "base_url = example.com", good), 0o600, "base_url"),
            ("part of a scheme", re.sub("(?m)^base_url.*$", "base_url = htt://x", good), 0o600, "base_url"),
            ("empty scheme", re.sub("(?m)^base_url.*$", "base_url = ://x", good), 0o600, "base_url"),
            ("no host", re.sub("(?m)^base_url.*$", "base_url = https://", good), 0o600, "base_url"),
            ("slashes", re.sub("(?m)^base_url.*$", "base_url = http:////", good), 0o600, "base_url"),
            ("group-writable", good, 0o660, "written"), ("world-writable", good, 0o606, "written"), ("both", good, 0o666, "written"),
            ("password", re.sub("(?m)^database_url.*$", "database_url = host=x password=%s dbname=x" % secret, good), 0o644, "password"),
            ("password in a URI", re.sub("(?m)^database_url.*$", "database_url = postgresql://u:%s@h/d" % secret, good), 0o644, "password")):
        path = write_config(text, mode, "bad.conf")
        for arguments in (("migrate", "check"), ("serve", "--socket", os.path.join(DIR, "s")), ("key", "create", "--environment", "x"), ()):
            code, out, err = cgi_run("GET", "/healthz/live", b"", path, arguments=arguments)
            equal(code, 1, "%s %s: exit status" % (name, arguments))
            equal(out, b"", "%s: nothing on stdout" % name)
            lines = err.decode().splitlines()
            equal(len(lines), 1, "%s: one line" % name)
            entry = json.loads(lines[0]) if lines else {}
            check(entry.get("level") == "error" and word in entry.get("message", ""), "%s: it says which: %r" % (name, entry))
            check(secret not in err.decode(), "and no password")
    code, out, err = cgi_run("GET", "/healthz/live", b"", os.path.join(DIR, "missing.conf"))
    check(code == 1 and b"missing.conf" in err and b"No such file" in err, "no file: %r" % err)
    for name, text in (("ROLLCALL_WORKERS", "x"), ("ROLLCALL_MAX_COUNT", "0"), ("ROLLCALL_BASE_URL", "x")):
        code, out, err = cgi_run("GET", "/healthz/live", more={name: text})
        check(code == 1 and name[9:].lower().encode() in err, "%s: %r" % (name, err))


def test_settings():
    good = config_text()
    for text, mode in ((good, 0o640), (good, 0o644), (good, 0o400), ("# c\n\n  \t\n" + good, 0o600), (good.replace(" = ", "="), 0o600), (good.replace("\n", "\r\n"), 0o600),
                       ("   " + good.replace(" = ", "   =\t"), 0o600), (good.rstrip("\n"), 0o600), ("workers = 2\n" + good, 0o600)):
        path = write_config(text, mode)
        equal(cgi("GET", "/healthz/ready", config=path).status, 200, "settings %r" % text[:40])
    tenant = Tenant()
    path = write_config(good + "max_body_bytes = 1024\nmax_count = 3\ndefault_count = 9\nmax_filter_terms = 1\nmax_json_depth = 4\nmax_json_nodes = 100\n"
                        "max_unique_bytes = 64\nmax_string_bytes = 256\nmax_values = 2\nmax_patch_operations = 1\nmax_filter_bytes = 64\nmax_filter_depth = 1\n")

    def ask(method, target, body=b"", more=()):
        return cgi(method, tenant.base + target, body, path, tenant.token, more)

    made = ask("POST", "/Users", user("u" * 64, displayName="d" * 256, emails=[{"value": "a"}, {"value": "b"}]))
    equal(made.status, 201, "all limits reached")
    one = "/Users/" + made.json()["id"]
    for more in ({"userName": "u" * 65}, {"displayName": "d" * 257}, {"emails": [{"value": c} for c in "abc"]}):
        scim_error(ask("POST", "/Users", dict(user("x"), **more)), 400, "invalidValue", "one more: %s" % list(more))
    scim_error(ask("POST", "/Users", {"userName": "x", "y": [[[[1]]]]}), 400, "invalidSyntax", "depth")
    scim_error(ask("POST", "/Users", {"userName": "x", "y": [0] * 98}), 413, what="nodes")
    scim_error(ask("POST", "/Users", b'{"userName":"x"}' + b" " * 1009), 413, what="bytes")
    scim_error(ask("PATCH", one, patch(*[operation("remove", "title")] * 2)), 413, what="operations")
    for text in ("id%20pr%20or%20id%20pr", "((id%20pr))", "userName%20eq%20%22" + "x" * 52 + "%22"):
        scim_error(ask("GET", "/Users?filter=" + text), 400, "invalidFilter", text)
    for i in range(4):
        ask("POST", "/Users", user("n%d" % i))
    for query in ("", "?count=100", "?count=3"):
        equal(len(ask("GET", "/Users" + query).json()["Resources"]), 3, "count")
    body = ask("GET", "/ServiceProviderConfig").json()
    equal(body["filter"]["maxResults"], 3, "advertised")
    equal(ask("GET", "/Users?count=1", more={"ROLLCALL_MAX_COUNT": "2"}).status, 200, "the environment goes before the file")
    equal(len(ask("GET", "/Users?count=9", more={"ROLLCALL_MAX_COUNT": "2"}).json()["Resources"]), 2, "and counts")
    unprepared = write_config(good + "prepared_statements = false\n")
    for _ in range(2):
        equal(cgi("GET", tenant.base + "/Users?filter=userName%20eq%20%22n1%22", b"", unprepared, tenant.token).json()["totalResults"], 1, "without prepared statements")
    made = cgi("POST", tenant.base + "/Users", user("unprepared"), unprepared, tenant.token)
    equal(made.status, 201, "writes too")


def command(*words):
    environment = {key: text for key, text in os.environ.items() if not key.startswith("ROLLCALL")}
    return subprocess.run([BINARY] + list(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=r.PATIENCE,
                          env=environment)


def test_request_log():
    """Without it a write leaves what happened to what, and nothing that was sent."""
    tenant = r.Tenant()

    def ask(method, target, body=b""):
        return r.cgi(method, target, body, credential=tenant.token, more=[("ROLLCALL_REQUEST_LOG", "false")])

    group = r.made(ask("POST", tenant.base + "/Groups?x=sent", r.group("sent", "sent")))
    target = "%s/Groups/%s" % (tenant.base, group)
    equal(ask("PATCH", target, r.add_members("sent", r.from_uuid("scim_user_", str(uuid.uuid4())))).status, 204, "PATCH")
    equal(ask("PATCH", "/scim/v1/Groups/" + r.to_uuid(group), {"members": [{"value": "sent"}]}).status, 204, "PATCH of 1.1")
    user = r.made(ask("POST", tenant.base + "/Users", r.user("sent", title="sent", shoeSize="sent")))
    equal(ask("GET", tenant.base + "/Users?filter=sent").status, 400, "a filter")
    equal(ask("POST", tenant.base + "/Users", r.user("sent")).status, 409, "the name is taken")
    bulk = r.bulk(*[{"method": "POST", "path": "/Groups", "bulkId": "b", "data": r.group("more", "sent")}])
    equal(ask("POST", tenant.base + "/Bulk", bulk).status, 200, "Bulk")
    one, other = r.to_uuid(group), r.to_uuid(user)
    equal(r.sql("select method, url, status, case when status < 400 then resource_id end from request_log where directory_id = '%s' order by id" % tenant.uuid),
          [["POST", tenant.base + "/Groups", "201", one], ["PATCH", target, "204", one], ["PATCH", "/scim/v1/Groups/" + one, "204", one],
           ["POST", tenant.base + "/Users", "201", other], ["POST", tenant.base + "/Users", "409", ""],
           ["POST", tenant.base + "/Bulk", "200", ""]], "what is kept")
    equal(r.value("select count(*) from request_log l where directory_id = '%s' and (l::text ~ 'sent' or detail is not null"
                  " or quirks <> '{}')" % tenant.uuid), "0", "what was sent")


def test_libraries():
    """A process for each request: what few of them need is not loaded by all."""
    libraries = subprocess.run(["ldd", BINARY], check=True, capture_output=True, text=True).stdout
    check("libpq" in libraries and "libcurl" not in libraries, "libraries: %s" % libraries)


def test_command_line():
    done = command("help")
    equal(done.returncode, 0, "help")
    check("serve" in done.stdout + done.stderr, "help")
    for words in (("nonsense",), ("serve", "x"), ("key",), ("key", "drop"), ("--nonsense",), ("migrate",), ("help", "me"), ("--config",)):
        equal(command(*words).returncode, 2, "%s: usage" % (words,))
    conf = ("--config", os.path.join(STATE, "rollcall.conf"))
    for words in (("serve",), ("key", "create"), ("serve", "--socket", os.path.join(DIR, "s"), "--workers", "0"),
                  ("serve", "--socket", os.path.join(DIR, "s"), "--workers", "x")):
        done = command(*(conf + words))
        check(done.returncode == 2 and done.stderr, "%s: %r" % (words, done))
    done = command(*(conf + ("serve", "--socket", "/nonexistent/s")))
    check(done.returncode == 1 and "/nonexistent/s" in done.stderr, "no place for the socket: %r" % done)
    done = command(*(conf + ("serve", "--socket", DIR + "/" + "s" * 200)))
    check(done.returncode == 1 and "long" in done.stderr, "a path too long: %r" % done)
    sample = command("settings")
    equal(sample.returncode, 0, "settings")
    path = write_config(re.sub("(?m)^#([a-z_]+ = )", r"\1", sample.stdout), 0o600, "sample.conf")
    done = command("--config", path, "migrate", "check")
    check("settings" not in done.stderr, "the sample is a valid file: %r" % done)
    equal(command("routes").returncode, 0, "routes")


# --- under lighttpd ---

def test_lighttpd():
    program = shutil.which("lighttpd", path=os.environ["PATH"] + ":/usr/sbin")
    port = int(r.tool("free-port").stdout)
    base = "http://127.0.0.1:%d" % port
    config = write_config(re.sub("(?m)^base_url.*$", "base_url = " + base, config_text()))
    script = os.path.join(DIR, "rollcall.cgi")
    with open(script, "w") as file:
        file.write("#!/bin/sh\nexport ROLLCALL_CONFIG='%s'\nexec '%s'\n" % (config, BINARY))
    os.chmod(script, 0o755)
    with open(os.path.join(DIR, "lighttpd.conf"), "w") as file:
        file.write('server.bind = "127.0.0.1"\nserver.port = %d\nserver.document-root = "%s"\nserver.modules = ( "mod_alias", "mod_cgi" )\n'
                   'server.compat-module-load = "disable"\nalias.url = ( "/" => "%s/" )\ncgi.assign = ( ".cgi" => "" )\nserver.errorlog = "%s/error.log"\n'
                   % (port, DIR, script, DIR))
    server = subprocess.Popen([program, "-D", "-f", os.path.join(DIR, "lighttpd.conf")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        def ask(method, path, body=None, headers=None):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=r.PATIENCE)
            try:
                connection.request(method, path, json.dumps(body) if body else None, headers or {})
                answer = connection.getresponse()
                return answer.status, answer.read(), dict(answer.getheaders())
            except OSError as trouble:
                return 0, str(trouble).encode(), {}
            finally:
                connection.close()

        if not wait_for("lighttpd with mod_cgi", lambda: ask("GET", "/healthz/ready")[0] == 200):
            return
        tenant = Tenant()
        headers = {"Authorization": "Bearer " + tenant.token, "Content-Type": "application/scim+json"}
        status, body, more = ask("POST", tenant.base + "/Users", user("mod-cgi"), headers)
        equal(status, 201, "POST: %r" % body)
        path = more.get("Location", base)[len(base):]
        equal(ask("GET", path, None, headers)[0], 200, "GET")
        equal(ask("PATCH", path, patch(operation("replace", "active", value=False)), headers)[0], 200, "PATCH")
        equal(ask("GET", tenant.base + "/Users?filter=userName%20eq%20%22MOD-CGI%22", None, headers)[0], 200, "filter")
        equal(ask("PUT", path, user("mod-cgi"), dict(headers, **{"If-Match": '"99"'}))[0], 412, "If-Match")
        status, body, more = ask("GET", path)
        equal((status, json.loads(body)["schemas"]), (401, ["urn:ietf:params:scim:api:messages:2.0:Error"]), "401")
        check("WWW-Authenticate" in more, "WWW-Authenticate")
        equal(ask("DELETE", path, None, headers)[0], 204, "DELETE")
    finally:
        server.terminate()
        server.wait(r.PATIENCE)


try:
    run(test_life, test_authorization, test_twice, test_body, test_unread, test_environment, test_prefix, test_settings_errors, test_settings, test_request_log,
        test_libraries, test_command_line, test_lighttpd)
finally:
    shutil.rmtree(DIR, ignore_errors=True)
