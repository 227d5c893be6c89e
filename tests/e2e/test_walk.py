#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The model requests of the management API, and a user's life as identity providers live it."""

import os
import re
import uuid

from rollcall import (CORE, ENTERPRISE, LIST, URL, Client, Tenant, check, equal, management,
                      note_secret, operation, patch, raw, rpc_error, run, scim_error, user)

ID = "[0-9a-z]{25}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"


def ok(answer, what, status=200):
    check(answer.status == status, lambda: "%s: %r" % (what, answer))
    return answer.json() if answer.body else None


# --- the vendor's backend ---

def test_organizations():
    domains = ["walk.example", "Walk.Example", "b.example"]
    external = "walk-" + uuid.uuid4().hex
    body = ok(management("POST", "/v1/organizations", {
        "displayName": "Walk", "externalId": external, "domains": domains}), "create")
    made = body["organization"]
    equal(set(body), {"organization"}, "one member")
    equal(set(made), {"id", "environmentId", "displayName", "externalId", "domains"}, "fields")
    check(re.fullmatch("org_" + ID, made["id"]), "id " + made["id"])
    check(re.fullmatch("env_" + ID, made["environmentId"]), "environment " + made["environmentId"])
    equal((made["displayName"], made["externalId"]), ("Walk", external), "texts")
    equal(made["domains"], ["b.example", "walk.example"], "domains are folded and sorted")
    path = "/v1/organizations/" + made["id"]
    equal(ok(management("GET", path), "get"), body, "get answers what create answered")
    rpc_error(management("POST", "/v1/organizations", {"externalId": external}), 409, 6, "twice")
    changed = ok(management("PATCH", path, {
        "displayName": "Walked", "externalId": external, "domains": ["c.example"]}), "patch")
    equal(changed["organization"], dict(made, displayName="Walked", domains=["c.example"]), "patch")
    other = ok(management("POST", "/v1/organizations", {}), "empty create")["organization"]
    equal((other["displayName"], other["externalId"], other["domains"]), ("", "", []), "empty")
    rpc_error(management("PATCH", "/v1/organizations/" + other["id"], {"externalId": external}), 409,
              6, "taken by PATCH")
    equal(ok(management("DELETE", path), "delete"), {}, "delete answers {}")
    rpc_error(management("GET", path), 404, 5, "get deleted")
    rpc_error(management("DELETE", path), 404, 5, "delete twice")
    ok(management("POST", "/v1/organizations", {"externalId": external}), "its externalId is free")


def test_organization_pages():
    made = [ok(management("POST", "/v1/organizations", {}), "create")["organization"]["id"]
            for _ in range(7)]
    seen, token, pages = [], "", 0
    while pages < 500:
        page = ok(management.get("/v1/organizations", pageSize=3, pageToken=token), "page")
        check(len(page["organizations"]) <= 3, "page size")
        seen += [row["id"] for row in page["organizations"]]
        token, pages = page["nextPageToken"], pages + 1
        if not token:
            break
    equal(len(seen), len(set(seen)), "no row twice")
    check(set(made) <= set(seen), "no row missed")
    equal(seen, sorted(seen), "in order of creation")


def test_directories():
    organization = ok(management("POST", "/v1/organizations", {}), "create")["organization"]["id"]
    body = ok(management("POST", "/v1/scim-directories",
                         {"organizationId": organization, "primary": True}), "create directory")
    made = body["scimDirectory"]
    equal(set(body), {"scimDirectory"}, "one member")
    check(re.fullmatch("scim_directory_" + ID, made["id"]), "id " + made["id"])
    for name, want in (("organizationId", organization), ("primary", True),
                       ("hasClientBearerToken", False),
                       ("scimBaseUrl", "%s/v1/scim/%s" % (URL, made["id"]))):
        equal(made[name], want, name)
    path = "/v1/scim-directories/" + made["id"]
    scim = Client("/v1/scim/" + made["id"])
    scim_error(scim("GET", "/Users"), 401, what="no token yet")

    rotated = ok(management("POST", path + "/rotate-bearer-token", b"", {"Content-Type": None}),
                 "rotate without a body")
    equal(set(rotated), {"bearerToken"}, "rotate")
    first = note_secret(rotated["bearerToken"])
    check(re.fullmatch("rollcall_scim_[0-9a-f]{64}", first), "token's form")
    equal(ok(management("GET", path), "get")["scimDirectory"],
          dict(made, hasClientBearerToken=True), "get")
    listed = ok(management.get("/v1/scim-directories", organizationId=organization), "list")
    equal([row["id"] for row in listed["scimDirectories"]], [made["id"]], "list")
    equal(listed["nextPageToken"], "", "the only page")
    snake = ok(management.get("/v1/scim-directories", organization_id=organization), "snake_case")
    equal(snake, listed, "snake_case names work")

    scim.credential = first
    ok(scim("GET", "/Users"), "first token")
    second = note_secret(ok(management("POST", path + "/rotate-bearer-token", {}), "again")["bearerToken"])
    scim_error(scim("GET", "/Users"), 401, what="the old token ends at once")
    scim.credential = second
    ok(scim("GET", "/Users"), "second token")
    third = note_secret(ok(management("POST", path + "/rotate-bearer-token",
                                      {"overlapSeconds": 3600}), "overlap")["bearerToken"])
    for token in (second, third):
        scim.credential = token
        ok(scim("GET", "/Users"), "both tokens of an overlap")
    note_secret(ok(management("POST", path + "/rotate-bearer-token", {}), "end")["bearerToken"])
    for token in (second, third):
        scim.credential = token
        scim_error(scim("GET", "/Users"), 401, what="an overlap ends with the next rotation")

    two = ok(management("POST", "/v1/scim-directories", {"organizationId": organization}),
             "second directory")["scimDirectory"]
    equal(two["primary"], False, "the first stays primary")
    ok(management("PATCH", "/v1/scim-directories/" + two["id"], {"primary": True}), "PATCH primary")
    rows = ok(management.get("/v1/scim-directories", organizationId=organization), "list")
    equal({row["id"]: row["primary"] for row in rows["scimDirectories"]},
          {made["id"]: False, two["id"]: True}, "one primary")
    ok(management("DELETE", "/v1/scim-directories/" + two["id"]), "delete")
    equal(ok(management("GET", path), "get")["scimDirectory"]["primary"], True, "primary passes on")
    rpc_error(management("GET", "/v1/scim-directories/" + two["id"]), 404, 5, "deleted")


def test_disabled():
    tenant = Tenant()
    path = "/v1/scim-directories/" + tenant.directory
    ok(management("PATCH", path, {"enabled": False}), "disable")
    scim_error(tenant.client()("GET", "/Users"), 403, what="disabled")
    scim_error(tenant.client()("POST", "/Users", user("x")), 403, what="disabled write")
    ok(management("PATCH", path, {"enabled": True}), "enable")
    equal(ok(tenant.client()("GET", "/Users"), "enabled")["totalResults"], 0, "nothing was written")


# --- identity providers ---

def resource_checks(answer, tenant, base, status=200):
    """What every answered user has to have."""
    body = ok(answer, "a user", status)
    location = "%s%s/Users/%s" % (URL, base, body["id"])
    check(re.fullmatch("scim_user_" + ID, body["id"]), "id " + body["id"])
    equal(answer.header("Content-Type").split(";")[0], "application/scim+json", "media type")
    equal(answer.header("ETag"), body["meta"]["version"], "ETag")
    equal(body["meta"]["location"], location, "meta.location")
    equal(body["meta"]["resourceType"], "User", "meta.resourceType")
    check(CORE in body["schemas"], "schemas")
    check(re.fullmatch(TIME, body["meta"]["created"]), "created")
    check(re.fullmatch(TIME, body["meta"]["lastModified"]), "lastModified")
    check("password" not in body and None not in body.values(), "no password, no null")
    if status == 201:
        equal(answer.header("Location"), location, "Location")
        equal(body["meta"]["created"], body["meta"]["lastModified"], "new")
    return body


def test_entra():
    for face in (Tenant.client, Tenant.short):
        tenant = Tenant()
        entra(face(tenant), tenant)


def entra(scim, tenant):
    # no Accept, no content type
    probe = scim("GET", "/Users?filter=userName+eq+%22" + uuid.uuid4().hex + "%22")
    equal(ok(probe, "probe"), {"schemas": [LIST], "totalResults": 0, "startIndex": 1,
                               "itemsPerPage": 0, "Resources": []}, "an empty list")
    answer = scim("POST", "/Users", {
        "schemas": [CORE, ENTERPRISE], "externalId": "ext-1", "userName": "Walk.One@Entra.example",
        "active": True, "emails": [{"primary": True, "type": "work", "value": "walk@entra.example"}],
        "meta": {"resourceType": "User"}, "name": {"formatted": "W One", "familyName": "One",
                                                   "givenName": "Walk"}, "roles": [],
        "department": None, "manager": None},
        {"Content-Type": "application/scim+json; charset=utf-8"})
    made = resource_checks(answer, tenant, scim.base, 201)
    check("roles" not in made and "manager" not in made, "nothing empty")
    path = "/Users/" + made["id"]
    for text in ('userName eq "walk.one@ENTRA.example"', 'externalId eq "ext-1"',
                 'emails[type eq "work"].value eq "walk@entra.example"',
                 'id eq "%s"' % made["id"]):
        found = ok(scim.get("/Users", filter=text), text)
        equal([row["id"] for row in found["Resources"]], [made["id"]], text)
    changed = resource_checks(scim("PATCH", path, patch(
        operation("Replace", 'emails[type eq "work"].value', value="new@entra.example"),
        operation("Add", 'addresses[type eq "work"].country', value="Belize"),
        operation("Replace", "displayName", value="Walk One"),
        operation("Add", ENTERPRISE + ":manager", value="boss-1"),
        operation("Replace", "active", value="False"))), tenant, scim.base)
    equal(changed["active"], False, "a string boolean")
    equal(changed["emails"][0]["value"], "new@entra.example", "replaced")
    equal(changed["addresses"], [{"type": "work", "country": "Belize"}], "created by the path")
    equal(changed[ENTERPRISE]["manager"], {"value": "boss-1"}, "manager is an object")
    check(changed["meta"]["version"] != made["meta"]["version"], "another version")
    same = resource_checks(scim("PATCH", path, patch(
        operation("Replace", "active", value="False"))), tenant, scim.base)
    equal(same["meta"], changed["meta"], "nothing changed: same version, same time")
    flagged = resource_checks(scim("PATCH", path, patch(operation("replace", value={
        "active": True, "name.givenName": "Walker", ENTERPRISE + ":employeeNumber": "7",
        ENTERPRISE + ":department": "R&D"}))), tenant, scim.base)
    equal((flagged["name"]["givenName"], flagged["name"]["familyName"]), ("Walker", "One"), "dotted")
    equal(flagged[ENTERPRISE]["employeeNumber"], "7", "URN keys")
    gone = resource_checks(scim("PATCH", path, patch(
        operation("Remove", ENTERPRISE + ":manager"))), tenant, scim.base)
    check("manager" not in gone[ENTERPRISE], "manager removed")
    equal(scim("DELETE", path).status, 204, "delete")
    for method, body in (("DELETE", None), ("GET", None), ("PUT", user("x")),
                         ("PATCH", patch(operation("replace", "title", value="x")))):
        scim_error(scim(method, path, body), 404, what=method + " what is deleted")
    equal(ok(scim("GET", "/Users"), "list")["totalResults"], 0, "not listed")
    again = ok(scim("POST", "/Users", user("walk.one@entra.example")), "its name is free", 201)
    check(again["id"] != made["id"], "another id")


def test_okta():
    tenant = Tenant()
    scim = tenant.client()
    equal(ok(scim.get("/Users", startIndex=1, count=2), "probe")["Resources"], [], "empty")
    body = {"schemas": [CORE], "userName": "okta@walk.example",
            "name": {"givenName": "O", "familyName": "K"},
            "emails": [{"primary": True, "value": "okta@walk.example", "type": "work"}],
            "displayName": "O K", "locale": "en-US", "externalId": "00u1", "groups": [],
            "password": "1mz050nq", "active": True}
    made = resource_checks(scim("POST", "/Users", body), tenant, scim.base, 201)
    scim_error(scim("POST", "/Users", dict(body, userName="OKTA@Walk.example")), 409, "uniqueness",
               "a POST that is repeated")
    whole = ok(scim("GET", "/Users/" + made["id"]), "get")
    whole["title"] = "Engineer"
    whole["groups"] = []
    put = resource_checks(scim("PUT", "/Users/" + made["id"], whole), tenant, scim.base)
    equal(put["title"], "Engineer", "PUT of what was read")
    equal({**put, "meta": 0, "title": 0}, {**made, "meta": 0, "title": 0}, "else nothing changed")
    off = ok(scim("PATCH", "/Users/" + made["id"], patch(
        operation("replace", value={"active": False, "password": "x1y2z3"}))), "deactivate")
    equal(off["active"], False, "deactivated")
    equal(ok(scim("GET", "/Users/" + made["id"]), "stays readable")["active"], False, "inactive")
    names = ["import%d@walk.example" % i for i in range(7)]
    for name in names:
        ok(scim("POST", "/Users", user(name)), "import", 201)
    seen, start = [], 1
    while start <= 8:
        page = ok(scim.get("/Users", startIndex=start, count=3), "page")
        equal((page["totalResults"], page["startIndex"]), (8, start), "page")
        equal(page["itemsPerPage"], len(page["Resources"]), "itemsPerPage")
        seen += [row["userName"] for row in page["Resources"]]
        start += 3
    # ids made in the same millisecond by two workers have no order, but always the same one
    equal(sorted(seen), sorted(["okta@walk.example"] + names), "no holes, no doubles")
    equal(seen, [row["userName"] for row in scim.list()["Resources"]], "the same order every time")


def test_onelogin():
    tenant = Tenant()
    scim = tenant.client()
    drafts = ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"]
    equal(ok(scim("GET", "/Users?filter=userName+eq+%22one%40walk.example%22&",
                  headers={"User-Agent": ""}), "look-up")["totalResults"], 0, "look-up")
    made = resource_checks(scim("POST", "/Users", {
        "schemas": drafts, "userName": "one@walk.example", "id": None, "active": "true",
        "emails": {"value": "one@walk.example", "primary": True}, "managerId": "7",
        drafts[1]: {"department": "Sales"}}), tenant, scim.base, 201)
    equal(made["emails"], [{"value": "one@walk.example", "primary": True}], "an array")
    equal(made["active"], True, "a boolean")
    equal(made[ENTERPRISE], {"department": "Sales"}, "the extension under its own URN")
    put = resource_checks(scim("PUT", "/Users/%s?" % made["id"], {
        "schemas": drafts, "userName": "ONE@walk.example", "active": True}), tenant, scim.base)
    check("emails" not in put and ENTERPRISE not in put, "PUT clears what it leaves out")
    equal(put["userName"], "ONE@walk.example", "own name in another case")


def test_other_providers():
    tenant = Tenant()
    scim = tenant.client()
    made = ok(scim("POST", "/Users", user("ak@walk.example", displayName="A")), "create", 201)
    path = "/Users/" + made["id"]
    # authentik: no schemas, read-only members in the value
    body = ok(scim("PATCH", path, {"Operations": [{"op": "replace", "value": {
        "schemas": [CORE], "id": made["id"], "displayName": "B", "externalId": "e"}}]}), "authentik")
    equal((body["displayName"], body["externalId"], body["id"]), ("B", "e", made["id"]), "authentik")
    # PingOne's capitals, Keycloak's string booleans
    equal(ok(scim("GET", "/Users?filter=username%20Eq%20%22AK@walk.example%22"), "Eq")["totalResults"],
          1, "PingOne")
    equal(ok(scim("PATCH", path, patch(operation("replace", "active", value="false"))), "keycloak")
          ["active"], False, "Keycloak")
    for accept in (None, "*/*", "application/json", "application/scim+json, application/json",
                   "text/html"):
        equal(scim("GET", path, headers={"Accept": accept}).status, 200, "Accept: %s" % accept)
    for media in ("application/json", "application/scim+json", "application/json; charset=utf-8",
                  "APPLICATION/SCIM+JSON;charset=UTF-8", None):
        answer = scim("PATCH", path, patch(operation("replace", "title", value=str(media))),
                      {"Content-Type": media})
        equal(answer.status, 200, "Content-Type: %s" % media)
    for media in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "application/",
                  "application/jsonx"):
        scim_error(scim("PATCH", path, b"{}", {"Content-Type": media}), 415, what=media)
    equal(scim("GET", "/Users/").status, 200, "a slash at the end")


def test_preconditions():
    tenant = Tenant()
    scim = tenant.client()
    made = scim("POST", "/Users", user("pre@walk.example"))
    path, etag = "/Users/" + made.json()["id"], made.header("ETag")
    for tags in (etag, "*", '"x", ' + etag, etag.replace("W/", "")):
        answer = scim("GET", path, headers={"If-None-Match": tags})
        equal((answer.status, answer.body), (304, b""), "If-None-Match " + tags)
    equal(scim("GET", path, headers={"If-None-Match": '"x"'}).status, 200, "another")
    change = patch(operation("replace", "title", value="1"))
    for method, body in (("PATCH", change), ("PUT", user("pre@walk.example")), ("DELETE", None)):
        scim_error(scim(method, path, body, {"If-Match": 'W/"999"'}), 412, what=method)
    answer = scim("PATCH", path, change, {"If-Match": etag})
    equal(answer.status, 200, "If-Match")
    scim_error(scim("PATCH", path, change, {"If-Match": etag}), 412, what="the same again")
    equal(scim("PUT", path, user("pre@walk.example"), {"If-Match": "*"}).status, 200, "any")
    equal(scim("DELETE", path, None, {"If-Match": scim("GET", path).header("ETag")}).status, 204,
          "delete")


def test_projection_sort_and_cursor():
    tenant = Tenant()
    scim = tenant.client()
    for i in range(12):
        ok(scim("POST", "/Users", user("sort%02d" % (11 - i), title="t%d" % (i % 3), emails=[
            {"value": "s%d@x.example" % i, "type": "work"}])), "create", 201)
    one = ok(scim.get("/Users", attributes="userName", count=1), "attributes")["Resources"][0]
    equal(set(one), {"id", "schemas", "userName"}, "attributes")
    one = ok(scim.get("/Users", excludedAttributes="emails,id", count=1), "excluded")["Resources"][0]
    check("emails" not in one and "id" in one, "excludedAttributes")
    names = [row["userName"] for row in scim.list(sortBy="userName")["Resources"]]
    equal(names, sorted(names), "ascending")
    names = [row["userName"] for row in scim.list(sortBy="userName", sortOrder="descending")["Resources"]]
    equal(names, sorted(names, reverse=True), "descending")
    for more in ({}, {"sortBy": "title"}, {"filter": 'title eq "t1"'}):
        seen, cursor = [], ""
        for _ in range(20):
            page = ok(scim.get("/Users", cursor=cursor, count=5, **more), "cursor")
            seen += [row["id"] for row in page["Resources"]]
            cursor = page.get("nextCursor")
            if cursor is None:
                break
            check(re.fullmatch("[A-Za-z0-9._~-]+", cursor), "cursor's letters")
        equal(len(seen), len(set(seen)), "cursor: none twice")
        equal(len(seen), page["totalResults"], "cursor: none missed")
    equal(ok(scim.get("/Users", count=0), "count=0")["Resources"], [], "count=0")


def test_discovery():
    tenant = Tenant()
    for base in (tenant.base, "/scim/v2"):
        scim = Client(base)  # public
        config = ok(scim("GET", "/ServiceProviderConfig"), "config")
        for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
            check(isinstance(config[name]["supported"], bool), name)
        for name, sub in (("bulk", "maxOperations"), ("bulk", "maxPayloadSize"),
                          ("filter", "maxResults")):
            check(isinstance(config[name][sub], int), name + "." + sub)
        check(config["authenticationSchemes"], "authenticationSchemes")
        types = ok(scim("GET", "/ResourceTypes"), "types")
        schemas = ok(scim("GET", "/Schemas"), "schemas")
        for listed, kind in ((types, "/ResourceTypes/"), (schemas, "/Schemas/")):
            equal(listed["schemas"], [LIST], kind)
            equal(listed["totalResults"], len(listed["Resources"]), kind)
            for row in listed["Resources"]:
                equal(ok(scim("GET", kind + row["id"]), row["id"]), row, kind + row["id"])
                check(row["meta"]["location"].startswith(URL + base + kind), row["meta"]["location"])
            scim_error(scim("GET", kind + "Nothing"), 404, what=kind)
            scim_error(scim.get(kind[:-1], filter='id eq "x"'), 403, what=kind + " filter")
            equal(scim.get(kind[:-1], count="zz", startIndex="a").status, 200, "others are ignored")
    scim_error(tenant.client()("GET", "/Me"), 501, what="/Me")
    scim_error(tenant.client()("GET", "/Nothing"), 404, what="/Nothing")


def test_health():
    anyone = Client()
    equal(anyone("GET", "/healthz/live").status, 200, "live")
    equal(anyone("GET", "/healthz/ready").status, 200, "ready")
    answer = anyone("HEAD", "/healthz/live")
    equal((answer.status, answer.body), (200, b""), "HEAD")
    check(int(answer.header("Content-Length")) > 0, "HEAD has the length")


def test_given_tenants():
    for suffix in ("", "2"):
        url = os.environ["ROLLCALL_SCIM_URL" + suffix]
        equal(url[:len(URL)], URL, "the URL that was printed")
        scim = Client(url[len(URL):], os.environ["ROLLCALL_SCIM_TOKEN" + suffix])
        equal(scim("GET", "/Users").status, 200, "the token that was printed")
    answer = raw(b"GET /healthz/live HTTP/1.0\r\n\r\n")
    check(answer and answer.status == 200, "HTTP/1.0")


run(test_organizations, test_organization_pages, test_directories, test_disabled, test_entra,
    test_okta, test_onelogin, test_other_providers, test_preconditions,
    test_projection_sort_and_cursor, test_discovery, test_health, test_given_tenants)
