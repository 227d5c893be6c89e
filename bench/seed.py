# SPDX-License-Identifier: MIT
"""Directories of any size, made in SQL out of one user and one group that the program itself has written.

A resource made by the API is the template; the others are its rows with another id and another token in
the place of its own. Which rows these are nobody has to know here: `verify` makes one more user by the API and
compares. Events and rows of the request log are left out: their retention is over.
"""

import hashlib
import random
import uuid

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
SEED = "rollcall"
FIRST_MS = 1735689600000  # of the ids: 2025-01-01, and a millisecond more each
TEMPLATE = 0


def token_of(number, letter="u"):
    return "%s%07d" % (letter, number)


def user_body(token, title="Engineer"):
    """About 700 bytes as they are stored; the token is in all that is looked up."""
    return {
        "schemas": [USER, ENTERPRISE], "userName": token + "@bench.example", "externalId": "external-" + token,
        "name": {"formatted": "Ada King Lovelace " + token, "familyName": "Lovelace", "givenName": "Ada", "middleName": "King"},
        "displayName": "Ada Lovelace " + token, "title": title, "preferredLanguage": "en-GB", "locale": "en-GB", "timezone": "Europe/London",
        "active": True,
        "emails": [{"value": token + "@bench.example", "type": "work", "primary": True}, {"value": token + "@home.example", "type": "home"}],
        "addresses": [{"type": "work", "streetAddress": "12 St James's Square", "locality": "London", "postalCode": "SW1Y 4JH", "country": "GB"}],
        ENTERPRISE: {"employeeNumber": token, "department": "Analytical Engines", "organization": "Bench", "costCenter": "4130"}}


def group_body(token, members=()):
    body = {"schemas": [GROUP], "displayName": "Group " + token, "externalId": "external-" + token}
    if members:
        body["members"] = [{"value": member} for member in members]
    return body


def uuid_of(number, tail, letter="u"):
    """UUIDv7 of a seeded resource; the same as UUID_SQL."""
    digits = hashlib.md5(("%s%s%d" % (SEED, letter, number)).encode()).hexdigest()
    text = "%012x7%s8%s%s%s" % (FIRST_MS + number, digits[:3], digits[3:6], digits[6:12], tail)
    return str(uuid.UUID(text))


UUID_SQL = ("(lpad(to_hex({first} + {n}), 12, '0') || '7' || substr(md5('{seed}{letter}' || {n}), 1, 3) || '8'"
            " || substr(md5('{seed}{letter}' || {n}), 4, 3) || substr(md5('{seed}{letter}' || {n}), 7, 6) || '{tail}')::uuid")
TIME_SQL = "to_timestamp(({first} + n) / 1000.0)"


def to_id(prefix, text):
    """scim_user_… of a UUID."""
    number, digits = uuid.UUID(text).int, ""
    for _ in range(25):
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return prefix + digits


def to_uuid(name):
    return str(uuid.UUID(int=int(name.rsplit("_", 1)[1], 36)))


class Directory:
    """A tenant in a database of its own."""

    def __init__(self, server, sql, size):
        self.sql, self.size, self.server, self.database = sql, size, server, server.database
        self.groups, self.attributes = {}, []
        self.serial = 0  # of users that the workloads make
        key = server.command("key", "create", "--environment", "Bench")
        organization = server.want("POST", "/v1/organizations", {"displayName": "Bench"}, key)["organization"]["id"]
        self.name = server.want("POST", "/v1/scim-directories", {"organizationId": organization}, key)["scimDirectory"]["id"]
        self.id = to_uuid(self.name)
        self.tail = self.id[-6:]
        self.path = "/v1/scim/" + self.name
        self.token = server.want("POST", "/v1/scim-directories/%s/rotate-bearer-token" % self.name, {}, key)["bearerToken"]

    def ask(self, method, target, body=None):
        return self.server.want(method, self.path + target, body, self.token)

    def user_uuid(self, number):
        return uuid_of(number, self.tail)

    def user_id(self, number):
        return to_id("scim_user_", self.user_uuid(number))

    def random_users(self, name, count):
        """Numbers of users, the same for each name."""
        return random.Random("%s %s %d" % (SEED, name, self.size)).choices(range(1, self.size + 1), k=count)

    # --- rows ---

    def made(self, letter, n="n"):
        """SQL for the UUID of the n-th of what the letter stands for."""
        return UUID_SQL.format(first=FIRST_MS, seed=SEED, letter=letter, tail=self.tail, n=n)

    def columns(self, table):
        rows = self.sql("select attname, format_type(atttypid, null) from pg_attribute where attrelid = '%s'::regclass and attnum > 0"
                        " and not attisdropped order by attnum" % table)
        return [tuple(row) for row in rows]

    def multiply(self, table, template, token, letter, numbers, owner="id"):
        """Rows of the template's, for each n of numbers ('1, 1000'): its ids, times and tokens in place of the template's."""
        made, at = self.made(letter), TIME_SQL.format(first=FIRST_MS)
        values = []
        for name, kind in self.columns(table):
            if name == owner or name == "last_write":
                values.append(made)
            elif name in ("created_at", "modified_at"):
                values.append(at)
            elif kind in ("text", "json", "jsonb"):
                values.append("replace(t.%s::text, '%s', '%s' || lpad(n::text, 7, '0'))::%s" % (name, token, letter, kind))
            else:
                values.append("t." + name)
        self.sql("insert into %s (%s) select %s from generate_series(%s) n, %s t where t.directory_id = '%s' and t.%s = '%s' order by n"
                 % (table, ", ".join(name for name, _ in self.columns(table)), ", ".join(values), numbers, table, self.id, owner, template))

    def without_indexes(self, tables, work):
        """As a restore does it: rows first, then indexes and keys. Nothing refers to these tables."""
        names = ", ".join("'%s'::regclass" % table for table in tables)
        keys = self.sql("select conrelid::regclass, conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'p' and conrelid in (%s)" % names)
        indexes = self.sql("select indexrelid::regclass, pg_get_indexdef(indexrelid) from pg_index where not indisprimary and indrelid in (%s)" % names)
        for table, name, _ in keys:
            self.sql("alter table %s drop constraint %s" % (table, name))
        for name, _ in indexes:
            self.sql("drop index " + name)
        work()
        for table, name, definition in keys:
            self.sql("alter table %s add constraint %s %s" % (table, name, definition))
        for _, definition in indexes:
            self.sql(definition)

    def fill(self):
        token = token_of(TEMPLATE, "t")
        template = to_uuid(self.ask("POST", "/Users", user_body(token))["id"])

        def users():
            for table, owner in (("users", "id"), ("attribute_values", "resource_id")):
                self.multiply(table, template, token, "u", "1, %d" % self.size, owner)

        self.sql("set synchronous_commit = off; set maintenance_work_mem = '256MB'; set client_min_messages = warning")
        self.without_indexes(("users", "attribute_values"), users)
        self.sql("analyze users")
        self.attributes = [row[0] for row in self.sql("select distinct attribute from attribute_values where resource_id = '%s'" % template)]
        self.forget(template)

    def forget(self, user):
        self.sql("delete from users where directory_id = '%s' and id = '%s'; delete from attribute_values where directory_id = '%s'"
                 " and resource_id = '%s'" % (self.id, user, self.id, user))

    def settle(self):
        """Totals in one row, as upkeep leaves them; nothing waits, nothing is logged."""
        self.sql("truncate events, feed, request_log")
        self.recount()
        for table in ("users", "groups", "group_members", "attribute_values", "count_deltas"):
            self.sql("vacuum analyze " + table)

    def recount(self):
        self.sql("delete from count_deltas where directory_id = '{0}'; insert into count_deltas (directory_id, kind, id, delta)"
                 " select '{0}'::uuid, 'users', '{1}'::uuid, {2} union all select '{0}', 'groups', '{1}', count(*) from groups where directory_id = '{0}'"
                 .format(self.id, uuid_of(TEMPLATE, self.tail), self.size))

    def verify(self):
        """A user made by the API has the rows that a seeded one would have."""
        number, token = self.size + 7, token_of(self.size + 7)
        made = to_uuid(self.ask("POST", "/Users", user_body(token))["id"])
        shown = "to_jsonb(t) - '{{id,resource_id,created_at,modified_at,last_write}}'::text[]"
        rows = "select array_agg(x::text order by x::text) from (select %s as x from {0} t where t.directory_id = '%s' and t.{1} = '{2}') y" % (shown, self.id)
        for table, owner in (("users", "id"), ("attribute_values", "resource_id")):
            wanted = self.sql.value(rows.format(table, owner, made))
            seeded = self.sql.value(rows.format(table, owner, self.user_uuid(self.size))).replace(token_of(self.size), token_of(number))
            if wanted != seeded:
                raise RuntimeError("seeded rows of %s are not what the program writes:\n%s\n%s" % (table, seeded, wanted))
        answer = self.ask("GET", "/Users/" + self.user_id(self.size))
        if answer["userName"] != token_of(self.size) + "@bench.example":
            raise RuntimeError("not the user that was seeded: %r" % answer)
        self.forget(made)

    # --- groups ---

    def make_groups(self, count, size, letter):
        """So many groups of so many users each; nobody is in two of them."""
        token = token_of(TEMPLATE, "g")
        template = to_uuid(self.ask("POST", "/Groups", group_body(token))["id"])
        self.multiply("groups", template, token, letter, "1, %d" % count)
        self.multiply("attribute_values", template, token, letter, "1, %d" % count, "resource_id")
        self.sql("delete from groups where directory_id = '%s' and id = '%s'; delete from attribute_values where directory_id = '%s'"
                 " and resource_id = '%s'" % (self.id, template, self.id, template))
        self.without_indexes(("group_members",), lambda: self.sql(
            "insert into group_members (directory_id, group_id, member_id, type, display) select u.directory_id, %s, u.id, 'User', u.label"
            " from generate_series(1, %d) n join users u on u.directory_id = '%s' and u.id = %s"
            % (self.made(letter, "((n - 1) / %d + 1)" % size), count * size, self.id, self.made("u"))))
        self.groups[size] = [uuid_of(number, self.tail, letter) for number in range(1, count + 1)]
        self.count_members(size)

    def count_members(self, size):
        self.sql("update groups set member_count = %d where directory_id = '%s' and id = any ('{%s}') and member_count <> %d"
                 % (size, self.id, ",".join(self.groups[size]), size))

    # --- behind a sample ---

    def clean(self):
        """What the workloads have made goes, so that all samples find the same."""
        made = "directory_id = '%s' and user_name_key >= 'n' and user_name_key < 'o' and deleted_at is null" % self.id
        for low, high in (("n", "o"), ("ada lovelace n", "ada lovelace o")):
            self.sql("delete from attribute_values where directory_id = '%s' and attribute = any ('{%s}') and value_key >= '%s' and value_key < '%s'"
                     % (self.id, ",".join(self.attributes), low, high))
        self.sql("delete from users where " + made)
        for size, groups in self.groups.items():
            self.sql("delete from group_members where directory_id = '%s' and group_id = any ('{%s}') and member_id > '%s'"
                     % (self.id, ",".join(groups), self.user_uuid(len(groups) * size)))
            self.count_members(size)
        self.recount()
