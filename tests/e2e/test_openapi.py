#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every example of /v1/openapi.json against the instance, and holds the answers to its schemas.

Ids and secrets of the examples are the same throughout the document. What an answer has in the place where its
example has one takes that one's place in all later requests; an operation runs as soon as all of its are known.
Members that a schema does not name are failures, though the document does not forbid them.
"""

import base64
import json
import os
import re
import subprocess
import urllib.parse
import uuid
from datetime import datetime

from rollcall import BINARY, STATE, Client, check, equal, note_secret, run, shorten, to_uuid

UUID = r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # an id of SCIM 1.1
ID = re.compile(r"\b(?:[a-z]+_)+[0-9a-z]{25}\b|\brollcall_[a-z]+_[0-9a-f]{64}\b|" + UUID)
# Where the same resources are made once more: each runs when the one before has deleted its own.
AGAIN = (("/scim/v2",), ("/scim/v1",), ("/api/directory",), ("/v1/user", "/v1/group"))
METHODS = ("post", "get", "patch", "put", "delete")  # in the order in which they run
TYPES = {"string": str, "boolean": bool, "object": dict, "array": list, "integer": int, "number": (int, float), "null": type(None)}


def fetch():
    answer = Client("", None)("GET", "/v1/openapi.json")
    equal(answer.status, 200, "GET /v1/openapi.json")
    equal(answer.header("Cache-Control"), "max-age=3600", "it may be kept")
    return answer.json()


def make_key():
    """Of an environment of its own: the examples change it."""
    return note_secret(subprocess.run([BINARY, "--config", os.path.join(STATE, "rollcall.conf"), "key", "create",
                                       "--environment", "OpenAPI-" + uuid.uuid4().hex], stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, check=True, text=True).stdout.strip())


class Document:
    def __init__(self, tree):
        self.tree = tree
        self.operations = [Operation(path, method, item[method]) for path, item in tree["paths"].items()
                           for method in METHODS if method in item]

    def follow(self, value):
        """What a $ref stands for."""
        while isinstance(value, dict) and "$ref" in value:
            name, value = value["$ref"], self.tree
            for step in name.lstrip("#/").split("/"):
                value = value[step.replace("~1", "/").replace("~0", "~")]
        return value

    def wrong(self, schema, value, at="$"):
        """Why the value does not fit the schema, or None."""
        schema = self.follow(schema)
        for part in schema.get("allOf", ()):
            if self.wrong(part, value, at):
                return self.wrong(part, value, at)
        if "anyOf" in schema:
            all_wrong = [self.wrong(part, value, at) for part in schema["anyOf"]]
            if None not in all_wrong:
                return " | ".join(all_wrong)
        kind = schema.get("type")
        if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind in ("integer", "number"))):
            return "%s: %s is no %s" % (at, shorten(value), kind)
        if "enum" in schema and value not in schema["enum"]:
            return "%s: %r is not one of %s" % (at, value, schema["enum"])
        return {dict: self._wrong_object, list: self._wrong_array, str: self._wrong_text,
                int: self._wrong_number}.get(type(value), lambda *_: None)(schema, value, at)

    def _wrong_object(self, schema, value, at):
        for name in schema.get("required", ()):
            if name not in value:
                return "%s lacks %s" % (at, name)
        for name, member in value.items():
            known = schema.get("properties", {})
            if name in known:
                wrong = self.wrong(known[name], member, at + "." + name)
                if wrong:
                    return wrong
            elif "properties" in schema and not schema.get("additionalProperties"):
                return "%s has %s" % (at, name)
        return None

    def _wrong_array(self, schema, value, at):
        for number, element in enumerate(value):
            wrong = self.wrong(schema.get("items", {}), element, "%s[%d]" % (at, number))
            if wrong:
                return wrong
        return None

    @staticmethod
    def _wrong_text(schema, value, at):
        if schema.get("format") == "date-time":
            try:
                datetime.fromisoformat(value.replace("Z", "+00:00"))
            except ValueError:
                return "%s: %s is no time" % (at, value)
        return None

    @staticmethod
    def _wrong_number(schema, value, at):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            return "%s: %d is out of range" % (at, value)
        return None


class Operation:
    def __init__(self, path, method, tree):
        self.path, self.method, self.tree = path, method, tree
        self.id = tree["operationId"]
        self.parameters = tree.get("parameters", [])
        self.media, content = next(iter(tree.get("requestBody", {}).get("content", {}).items()), (None, {}))
        self.body, self.body_schema = content.get("example"), content.get("schema")
        self.scheme = next(iter(tree["security"][0])) if tree["security"] else None

    def requests(self):
        """(target, headers, body), as the examples say: one without optional parameters, then one for each of them."""
        path = self.path
        for parameter in self.parameters:
            if parameter["in"] == "path":
                path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(str(parameter["example"]), safe=":"))
        needed = [p for p in self.parameters if p["in"] == "query" and p.get("required")]
        either = [p for p in self.parameters if p.get("x-either")]  # one of them must be there
        extra = [p for p in self.parameters if p["in"] != "path" and p not in needed + either and "example" in p]
        if self.method == "delete":  # works once
            yield self.request(path, needed + extra)
            return
        yield self.request(path, needed + either[:1])
        for parameter in either[1:]:
            yield self.request(path, needed + [parameter])
        for parameter in extra:
            yield self.request(path, needed + either[:1] + [parameter])

    def request(self, path, parameters):
        query = {p["name"]: str(p["example"]) for p in parameters if p["in"] == "query"}
        headers = {p["name"]: p["example"] for p in parameters if p["in"] == "header"}
        body = self.body
        if body is not None:
            body = urllib.parse.urlencode(body) if self.media == "application/x-www-form-urlencoded" else json.dumps(body)
        return path + ("?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote) if query else ""), headers, body

    def answer(self, document, status):
        """(media, schema, example) of an answer with that status; None when it is not told."""
        response = document.follow(self.tree["responses"].get(str(status)))
        if response is None:
            return None
        media, content = next(iter(response.get("content", {}).items()), (None, {}))
        return media, content.get("schema"), content.get("example")

    def successes(self):
        return [int(status) for status in self.tree["responses"] if int(status) < 300]


class Runner:
    def __init__(self, document):
        self.document = document
        self.key = make_key()
        self.known = {}  # of the examples: what it is here
        self.token = self.example("/v1/scim-directories/{id}/rotate-bearer-token")["bearerToken"]
        self.access = self.example("/v1/oauth/token")["access_token"]
        self.organization = document.tree["paths"]["/v1/organizations"]["post"]["responses"]["200"]["content"]["application/json"][
            "example"]["organization"]["id"]

    def example(self, path):
        return self.document.tree["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["example"]

    def fill(self, text):
        return ID.sub(lambda match: self.known.get(match.group(), match.group()), text)

    def needs(self, operation):
        text = " ".join(target + (body or "") for target, _, body in operation.requests())
        wanted = set(ID.findall(urllib.parse.unquote(text)))
        if operation.scheme == "bearerToken":
            wanted |= {self.token, self.access}
        if operation.scheme == "account":
            wanted |= {self.token, self.organization}
        return wanted - set(self.known)

    def learn(self, example, value):
        if isinstance(example, dict) and isinstance(value, dict):
            for name in example:
                self.learn(example[name], value.get(name))
        elif isinstance(example, list) and isinstance(value, list) and example and value:
            self.learn(example[0], value[0])
        elif isinstance(example, str) and isinstance(value, str) and ID.fullmatch(example) and ID.fullmatch(value):
            if value.startswith("rollcall_s"):
                note_secret(value)
            self.known.setdefault(example, value)

    def account(self):
        """Of SCIM 1.1: the organization and the token."""
        pair = "%s:%s" % (to_uuid(self.known[self.organization]), self.known[self.token])
        return {"Authorization": "Basic " + note_secret(base64.b64encode(pair.encode()).decode())}

    def send(self, operation, first, target, headers, body):
        credential = {"apiKey": self.key, "bearerToken": self.known.get(self.token)}.get(operation.scheme)
        if operation.scheme == "account":
            headers = dict(headers, **self.account())
        answer = Client("", credential, operation.media)(operation.method.upper(), self.fill(target), body and self.fill(body), headers)
        what = "%s %s: %r" % (operation.id, target, answer)
        told = operation.answer(self.document, answer.status)
        if not check(told is not None, what + " is a status not told") or not check(answer.status != 400, what):
            return
        if first:
            check(answer.status in operation.successes(), what)
        media, schema, example = told
        equal((answer.header("Content-Type") or "").split(";")[0] or None, media, what)
        if schema:
            wrong = self.document.wrong(schema, answer.json())
            check(not wrong, "%s: %s" % (what, wrong))
            self.learn(example, answer.json())

    def forget(self):
        """Users and groups, which are deleted."""
        for example in [example for example in self.known if re.match("scim_(user|group)_|" + UUID, example)]:
            del self.known[example]

    def run(self, operations, trouble=None):
        """All of them, each when what it needs is known; what is left is a failure."""
        left = sorted(operations, key=lambda operation: METHODS.index(operation.method))
        while left:
            ready = next((operation for operation in left if not self.needs(operation)), None)
            if not ready:
                break
            left.remove(ready)
            for number, request in enumerate(ready.requests()):
                self.send(ready, number == 0, *request)
        for operation in left:
            check(False, "%s: nobody has told %s" % (operation.id, self.needs(operation)))


def removes(operation):
    """Does it take away what others need? Such operations come last, in the opposite order."""
    return operation.method == "delete" and not operation.path.startswith(("/scim/v2", "/v1/scim/"))


def test_examples_fit_their_schemas():
    document = Document(fetch())
    for operation in document.operations:
        if operation.body is not None:
            wrong = document.wrong(operation.body_schema, operation.body)
            check(not wrong, "%s: the body: %s" % (operation.id, wrong))
        for status in operation.successes():
            _, schema, example = operation.answer(document, status)
            if schema:
                wrong = document.wrong(schema, example)
                check(not wrong, "%s: the answer: %s" % (operation.id, wrong))


def test_examples_run():
    document = Document(fetch())
    runner = Runner(document)
    again = [[operation for operation in document.operations if operation.path.startswith(prefixes)] for prefixes in AGAIN]
    apart = [operation for part in again for operation in part]
    removals = [operation for operation in document.operations if removes(operation) and operation not in apart]
    runner.run([operation for operation in document.operations if operation not in removals + apart])
    for part in again:
        check(len(part) > 10, "there are some: %d" % len(part))
        runner.forget()
        runner.run(part)
    for operation in reversed(removals):
        runner.run([operation])


if __name__ == "__main__":
    run(test_examples_fit_their_schemas, test_examples_run)
