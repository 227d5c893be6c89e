#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Last of all: nothing that was a secret in the whole run is kept in the database or in a log
(reliability B6, B12). A secret: every token and key that was issued, and the canaries.
"""

import os
import subprocess
import tempfile

from rollcall import (BINARY, CORE, SECRETS, STATE, Client, Tenant, b64, canary, cgi, check, database_url, equal, fcgi, management,
                      note_secret, operation, patch, raw, run, secrets_in, tool, user)


def test_canaries():
    """Secrets in every place where a client can put one, just before the search."""
    tenant = Tenant()
    scim, word = tenant.client(), canary("secret-canary")
    token = tenant.token
    scim("POST", "/Users", user("zz", password=word))
    one = "/Users/" + scim("POST", "/Users", user("zz2")).json()["id"]
    scim("PATCH", one, patch(operation("replace", "password", value=word)))
    scim("PATCH", one, patch(operation("add", CORE + ":password", value={"x": word})))
    scim("PUT", one, user("zz2", password=[word]))
    scim("PUT", one, {"password": {"value": word}})
    scim("POST", "/Users", '{"password":"%s"' % word)
    scim.get("/Users", filter='password eq "%s"' % word)
    scim.get("/Users", filter='userName eq "x" and password co "%s"' % word)
    scim.get("/Users", sortBy="password", cursor=word)
    scim("GET", "/Users?password=" + word)
    # our own credentials in the wrong places
    for secret in (token, os.environ["ROLLCALL_API_KEY"]):
        scim("GET", "/Users/" + secret)
        scim("GET", "/Users?token=" + secret)
        scim("GET", "/Users", headers={"User-Agent": secret, "X-Token": secret, "Cookie": "t=" + secret})
        scim("GET", "/Users?filter=userName%20eq%20%22" + secret + "%22")
        scim("GET", "/Users?filter=userName%20eq%20%22" + "".join("%%%02x" % ord(c) for c in secret) + "%22")
        scim("POST", "/Users", {"userName": "", "title": secret})
        scim("POST", "/Users", '{"title":"%s' % secret)
        scim("PATCH", one, patch(operation("replace", secret, value=secret)))
        scim("GET", "/Users", headers={"If-None-Match": '"' + secret + '"'})
        scim(secret, "/Users")
        fcgi(secret, "/" + secret)
        fcgi("GET", tenant.base + "/Users", headers=[("HTTP_AUTHORIZATION", secret)])
        fcgi("GET", "/v1/scim/" + secret + "/Users", headers=[("HTTP_AUTHORIZATION", "Basic " + b64("x:" + secret))])
        management("GET", "/v1/organizations?pageToken=" + secret)
        management("GET", "/v1/organizations/" + secret)
        management("GET", "/v1/organizations?" + secret + "=1")
        management("POST", "/v1/organizations", '{"displayName":"%s' % secret)
        management("POST", "/v1/scim-directories", {"organizationId": secret})
        Client("", secret)("GET", "/v1/scim-directories")
        raw(b"GET /" + secret.encode() + b" HTTP/1.1\r\nHost: " + secret.encode() + b"\r\n\r\n")
        raw(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + secret.encode() + b"\x01\r\n\r\n", ended=True)
    for _ in range(3):
        tenant.rotate(overlapSeconds=5)
    equal(tenant.client()("GET", "/Users").status, 200, "it still answers")


def test_nothing_is_kept():
    with open(SECRETS) as file:
        count = len(set(file.read().split()))
    check(count > 5, "%d secrets to look for" % count)
    with tempfile.TemporaryDirectory() as directory:
        dump = os.path.join(directory, "dump.sql")
        with open(dump, "wb") as file:
            done = subprocess.run(["pg_dump", "-d", database_url()], stdout=file, stderr=subprocess.PIPE)
        equal(done.returncode, 0, "pg_dump: %r" % done.stderr)
        size = os.path.getsize(dump)
        check(size > 10000, "a dump")
        # that the search finds what is there: a digest, as the dump spells it
        probe = os.path.join(directory, "probe")
        with open(SECRETS) as file:
            secret = file.read().split()[0]
        for text in (secret, secret.encode().hex(), b64(secret), b64("x" + secret), b64("xy" + secret + "z")):
            with open(probe, "w") as file:
                file.write("before " + text + " behind\n")
            check(secrets_in("/nonexistent", [probe]), "the search does not find " + text[:10])
        equal(secrets_in(STATE, [dump]), [], "secrets that are kept")
        print("  %d secrets, %d bytes of dump" % (count, size))


run(test_canaries, test_nothing_is_kept)
