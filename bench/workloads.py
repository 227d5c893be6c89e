# SPDX-License-Identifier: MIT
"""The workloads: one row each, and what makes their requests.

A request carries its marks: the texts in which it differs from the others of its workload (ids, tokens). By
them the floor makes of one recorded transaction that of any other request.
"""

import json
import urllib.parse

from seed import to_id, token_of, user_body

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_SIZE = 100
PAGE = 100
STRIDE = 7919  # a prime: all are met before one is met again


class Request:
    def __init__(self, method, target, body=None, marks=(), status=200, user=None, face=None):
        self.method, self.target, self.marks, self.status = method, target, tuple(marks), status
        self.face = face  # where it begins; None: at the directory's own path
        self.body = json.dumps(body, separators=(",", ":")).encode() if body is not None else b""
        self.user = user  # UUID of the row that it updates

    def path(self, directory):
        return (self.face or directory.path) + self.target

    def wire(self, prefix, directory, status=None):
        """As it goes over the wire, behind its line for `load`."""
        head = "%s %s%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAuthorization: Bearer %s\r\n" % (
            self.method, prefix, self.path(directory), directory.token)
        if self.body:
            head += "Content-Type: application/scim+json\r\nContent-Length: %d\r\n" % len(self.body)
        data = head.encode() + b"\r\n" + self.body
        return b"%d %d\n" % (len(data), status or self.status) + data


class Place:
    """Where requests go: a directory, its groups, and which part of its users is meant."""

    def __init__(self, directory, groups, cursors, part):
        self.directory, self.groups, self.cursors = directory, groups, cursors
        self.part = part  # 0: Rollcall's own; 1: the floor's, so that neither finds what the other has changed
        self.turns = {}

    def turn(self, name, count):
        """The next so many numbers of a series."""
        first = self.turns.get(name, 0)
        self.turns[name] = first + count
        return range(first, first + count)

    def anybody(self, name, count):
        """Users by chance, others in each sample, the same in every run."""
        return self.directory.random_users("%s %d" % (name, self.turn(name, 1)[0]), count)

    def half(self, index):
        """A user of this part, far from the last, and how often it was its turn before."""
        half = self.directory.size // 2
        return 1 + self.part * half + index * STRIDE % half, index // half

    def marks(self, number):
        uuid = self.directory.user_uuid(number)
        return uuid, to_id("scim_user_", uuid), token_of(number)


def filtered(text):
    return "/Users?filter=" + urllib.parse.quote(text)


def _get(place, count):
    for number in place.anybody("get", count):
        marks = place.marks(number)
        yield Request("GET", "/Users/" + marks[1], None, marks)


def _get_pingone(place, count):
    for number in place.anybody("pingone", count):
        marks = place.marks(number)
        yield Request("GET", "/user/" + marks[0], None, marks, face="/api/directory")


def _find(pattern):
    def make(place, count):
        for number in place.anybody(pattern, count):
            yield Request("GET", filtered(pattern % token_of(number)), None, place.marks(number))
    return make


def _list(which):
    def make(place, count):
        target = "/Users?count=%d&cursor=%s" % (PAGE, urllib.parse.quote(place.cursors[which]))
        return [Request("GET", target)] * count
    return make


def _new(place):
    place.directory.serial += 1
    return token_of(place.directory.serial, "n")


def _post(place, count):
    for _ in range(count):
        token = _new(place)
        yield Request("POST", "/Users", user_body(token), (token,), 201)


def _put(place, count):
    for index in place.turn("put", count):
        number, _ = place.half(index)
        marks = place.marks(number)
        title = "Engineer%07d" % index
        yield Request("PUT", "/Users/" + marks[1], user_body(marks[2], title), marks + (title,), 200, marks[0])


def _patch(place, count):
    for index in place.turn("patch", count):
        number, again = place.half(index)
        marks = place.marks(number)
        operation = {"op": "replace", "path": "active", "value": again % 2 == 1}
        yield Request("PATCH", "/Users/" + marks[1], {"schemas": [PATCH_OP], "Operations": [operation]}, marks, 200, marks[0])


def _member(size):
    def make(place, count):
        groups = place.groups[size][:100]
        for index in range(count):
            group = groups[index % len(groups)]
            marks = place.marks(place.directory.size - index)
            name = to_id("scim_group_", group)
            body = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": [{"value": marks[1]}]}]}
            yield Request("PATCH", "/Groups/" + name, body, marks + (group, name), 204)
    return make


def _group(size):
    def make(place, count):
        return [Request("GET", "/Groups/" + to_id("scim_group_", place.groups[size][0]))] * count
    return make


def _bulk(place, count):
    for _ in range(count):
        tokens = [_new(place) for _ in range(BULK_SIZE)]
        operations = [{"method": "POST", "path": "/Users", "bulkId": token, "data": user_body(token)} for token in tokens]
        yield Request("POST", "/Bulk", {"schemas": [BULK_REQUEST], "Operations": operations}, tokens)


class Workload:
    def __init__(self, name, title, make, goal, weight=1.0, growth=1.2, **more):
        self.name, self.title, self.make = name, title, make
        self.goal, self.growth = goal, growth  # how many times the floor, and the smallest directory, it may cost
        self.weight = weight  # requests of a sample, against a simple read
        self.writes = more.get("writes", False)
        self.group = more.get("group")  # size of the group that it needs
        self.logged = 1.15 if self.writes else 1.35  # goal with the request log
        self.cpu_ms = more.get("cpu_ms")  # goal in all, where there is one
        self.many = more.get("many", False)  # measured with all numbers of connections
        self.against = more.get("against")  # growth against another workload


WORKLOADS = [
    Workload("get-user", "GET user by id", _get, 1.35, many=True),
    Workload("get-pingone", "GET user, PingOne's directory", _get_pingone, 1.35),
    Workload("user-name", "userName eq", _find('userName eq "%s@bench.example"'), 1.35, many=True),
    Workload("external-id", "externalId eq", _find('externalId eq "external-%s"'), 1.35),
    Workload("email", "emails.value eq", _find('emails.value eq "%s@home.example"'), 1.35),
    Workload("list-first", "list of 100, first page", _list("first"), 1.5, weight=0.2, many=True),
    Workload("list-middle", "list of 100, half-way", _list("middle"), 1.5, weight=0.2),
    Workload("post-user", "POST user", _post, 1.4, weight=0.5, growth=1.3, writes=True, many=True),
    Workload("put-user", "PUT user", _put, 1.4, weight=0.5, growth=1.3, writes=True),
    Workload("patch-active", "PATCH active", _patch, 1.4, weight=0.5, growth=1.3, writes=True, many=True),
    Workload("member-10", "add a member, group of 10", _member(10), 1.4, weight=0.3, writes=True, group=10),
    Workload("member-10000", "add a member, group of 10,000", _member(10000), 1.4, weight=0.3, writes=True, group=10000, against="member-10"),
    Workload("member-200000", "add a member, group of 200,000", _member(200000), 1.4, weight=0.3, writes=True, group=200000, against="member-10"),
    Workload("get-group", "GET group of 100,000", _group(100000), None, weight=0.004, group=100000, cpu_ms=50),
    Workload("bulk-100", "Bulk of 100 creates", _bulk, 1.4, weight=0.01, growth=1.3, writes=True),
]
LARGE_GROUPS = {10000: "b", 100000: "c", 200000: "d"}
GROUP_USERS = 205000  # of the directory that has them: some are in none
