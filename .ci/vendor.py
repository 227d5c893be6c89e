# SPDX-License-Identifier: MIT
"""The client library of the model service, unchanged, through all that it can ask of directories."""

import json
import urllib.parse
import urllib.request
import uuid

PEOPLE = 105  # a page has 100, and the library asks for no other size


class Walk:
    """Checks that are counted; a call that fails is one failed check."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, good, got=None):
        self.passed += bool(good)
        self.failed += not good
        print("%-10s ssoready %s%s" % ("SUCCESS" if good else "ERROR", what, "" if good else ": %.300r" % (got,)))

    def equal(self, what, got, want):
        self.check(what, got == want, (got, want))

    def call(self, what, function, *arguments, **named):
        try:
            answer = function(*arguments, **named)
        except Exception as trouble:  # noqa: whatever the library raises
            self.check(what, False, trouble)
            return None
        self.check(what, True)
        return answer


def scim(directory, token, method, path, body):
    request = urllib.request.Request(directory.scim_base_url + path, json.dumps(body).encode() if body else None,
                                     {"Authorization": "Bearer " + token, "Content-Type": "application/scim+json"}, method=method)
    with urllib.request.urlopen(request, timeout=150) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def organizations(walk, client):
    api = client.management.organizations
    name = "ext-" + uuid.uuid4().hex
    made = walk.call("creates an organization", api.create_organization, external_id=name,
                     domains=["b.example", "a.example"]).organization
    walk.equal("reads its domains", made.domains, ["a.example", "b.example"])
    got = walk.call("gets it", api.get_organization, made.id).organization
    walk.equal("gets what it created", got, made)
    got = walk.call("updates it", api.update_organization, made.id, external_id=name, domains=["c.example"]).organization
    walk.equal("reads the update", (got.external_id, got.domains), (name, ["c.example"]))
    seen, token = [], None
    while token is None or token:
        page = walk.call("lists organizations", api.list_organizations, page_token=token)
        seen += [one.id for one in page.organizations]
        token = page.next_page_token
    walk.check("finds it in the list", seen.count(made.id) == 1, seen)
    return made


def directories(walk, client, organization):
    api = client.management.scim_directories
    made = walk.call("creates a directory", api.create_scim_directory, organization_id=organization.id,
                     primary=True).scim_directory
    walk.equal("reads the directory", (made.organization_id, made.primary, made.has_client_bearer_token),
               (organization.id, True, False))
    other = walk.call("creates another", api.create_scim_directory, organization_id=organization.id).scim_directory
    got = walk.call("updates it", api.update_scim_directory, other.id, primary=True).scim_directory
    walk.equal("makes it primary", got.primary, True)
    got = walk.call("gets the first", api.get_scim_directory, made.id).scim_directory
    walk.equal("which is primary no more", got.primary, False)
    walk.call("makes it primary again", api.update_scim_directory, made.id, primary=True)
    page = walk.call("lists directories", api.list_scim_directories, organization_id=organization.id)
    walk.equal("finds both", [one.id for one in page.scim_directories], [made.id, other.id])
    token = walk.call("rotates the bearer token", api.rotate_scim_directory_bearer_token, made.id).bearer_token
    walk.check("reads the token", token and token.startswith("rollcall_scim_"))
    return made, token


def pages(walk, what, function, key, **named):
    seen, token, count = [], None, 0
    while (token is None or token) and count < 20:
        page = walk.call("lists " + what, function, page_token=token, **named)
        seen += getattr(page, key)
        token, count = page.next_page_token, count + 1
    walk.check("needs more than one page of " + what, count > 1, count)
    return seen


def reading(walk, client, organization, directory, token):
    api = client.scim
    users = [scim(directory, token, "POST", "/Users", {"userName": "u%d@v.example" % i}) for i in range(PEOPLE)]
    groups = [scim(directory, token, "POST", "/Groups", {
        "displayName": "g%d" % i, "members": [{"value": users[i]["id"]}]}) for i in range(PEOPLE)]
    scim(directory, token, "DELETE", "/Users/" + users[0]["id"], None)
    for named in ({"scim_directory_id": directory.id}, {"organization_id": organization.id},
                  {"organization_external_id": organization.external_id}):
        how = next(iter(named))
        got = pages(walk, "users by " + how, api.list_scim_users, "scim_users", **named)
        walk.equal("tells each user once by " + how, [one.id for one in got], [one["id"] for one in users])
        walk.equal("tells who was deleted by " + how, [one.deleted for one in got], [True] + [False] * (PEOPLE - 1))
        got = pages(walk, "groups by " + how, api.list_scim_groups, "scim_groups", **named)
        walk.equal("tells each group once by " + how, [one.id for one in got], [one["id"] for one in groups])
    got = walk.call("lists the users of a group", api.list_scim_users, scim_directory_id=directory.id,
                    scim_group_id=groups[7]["id"])
    walk.equal("tells the one in it", [one.id for one in got.scim_users], [users[7]["id"]])
    got = walk.call("gets a user", api.get_scim_user, users[1]["id"]).scim_user
    walk.equal("reads the user", (got.id, got.scim_directory_id, got.email, got.deleted, got.attributes["userName"]),
               (users[1]["id"], directory.id, "u1@v.example", False, "u1@v.example"))
    got = walk.call("gets a user who was deleted", api.get_scim_user, users[0]["id"]).scim_user
    walk.equal("reads it", got.deleted, True)
    got = walk.call("gets a group", api.get_scim_group, groups[1]["id"]).scim_group
    walk.equal("reads the group", (got.id, got.scim_directory_id, got.display_name, got.deleted),
               (groups[1]["id"], directory.id, "g1", False))


def setup_url(walk, client, organization, url):
    api = client.management.setup_urls
    got = walk.call("creates a setup URL", api.create_setup_url, organization_id=organization.id, can_manage_scim=True)
    if got:
        walk.check("reads the setup URL", urllib.parse.urlsplit(got.url).netloc == urllib.parse.urlsplit(url).netloc)


def check_vendor(url, key):
    """(passed, failed) of the instance with this URL, with an API key that may do everything."""
    from ssoready.client import SSOReady

    walk, client = Walk(), SSOReady(base_url=url, api_key=key)
    try:
        organization = organizations(walk, client)
        directory, token = directories(walk, client, organization)
        reading(walk, client, organization, directory, token)
        setup_url(walk, client, organization, url)
    except AttributeError as trouble:  # behind a call that failed there is nothing to look at
        walk.check("goes on", False, trouble)
    return walk.passed, walk.failed
