#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Migrations: at once, again, by hand, cut short, on a host with one role; and what a schema must be."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from rollcall import (BINARY, KEY, PATIENCE, ROOT, Client, canary, cgi, check, database_url, equal, management, note_secret, psql, run,
                      together, tool, user, wait_for)

FILES = sorted(name for name in os.listdir(os.path.join(ROOT, "migrations")) if re.match("[0-9].*[.]sql$", name))
NEWEST = int(FILES[-1].split("_")[0])
GLOBAL = ("schema_migrations", "environments", "api_keys", "organizations", "organization_domains", "directories", "bearer_tokens",
          "setup_links", "sessions", "oauth_clients", "audit_log", "webhook_endpoints", "webhook_deliveries",
          "feed_heads", "feed")


class Cluster:
    """A PostgreSQL of our own."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="rollcall-mig-")
        os.chmod(self.dir, 0o711)
        self.pg = os.path.join(self.dir, "pg")
        self.count = 0

    def start(self):
        tool("pg", "start", self.pg, "--no-sync")

    def drop(self):
        tool("pg", "drop", self.pg, check_status=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def url(self, role, database="rollcall"):
        return re.sub("dbname=.*", "dbname=" + database, tool("pg", "url", self.pg, role).stdout.strip())

    def database(self, owner="rollcall_owner"):
        """An empty one: (url as its owner, url as superuser)."""
        self.count += 1
        name = "scratch%d" % self.count
        psql(self.url("postgres"), "create database %s owner %s" % (name, owner))
        return self.url(owner, name), self.url("postgres", name)

    def config(self, url):
        path = os.path.join(self.dir, "conf%d" % self.count)
        with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write("base_url = https://scim.example.com\ndatabase_url = %s\n" % url)
        return path


cluster = Cluster()


def fingerprint(url):
    """Everything that migrations make, as text."""
    return psql(url, """
select 'column', table_name, column_name, data_type, coalesce(column_default, ''), is_nullable, coalesce(collation_name, '')
  from information_schema.columns where table_schema = 'public'
union all select 'index', tablename, indexname, indexdef, '', '', '' from pg_indexes where schemaname = 'public'
union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '' from pg_constraint
 where connamespace = 'public'::regnamespace
union all select 'policy', tablename, policyname, qual, coalesce(with_check, ''), roles::text, cmd from pg_policies
union all select 'comment', objoid::regclass::text, objsubid::text, description, '', '', '' from pg_description
 where classoid = 'pg_class'::regclass and objoid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
union all select 'rls', relname, relrowsecurity::text, relforcerowsecurity::text, '', '', '' from pg_class
 where relnamespace = 'public'::regnamespace and relkind = 'r'
order by 1, 2, 3, 4""")


def versions(url):
    rows = psql(url, "select to_regclass('public.schema_migrations') is not null")
    if rows[0][0] != "t":
        return []
    return [int(row[0]) for row in psql(url, "select version from schema_migrations order by 1")]


def migrate(url):
    return tool("migrate", url, check_status=False)


def by_hand(url, name):
    return subprocess.run(["psql", "-d", url, "-f", os.path.join(ROOT, "migrations", name)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)


def migrate_check(config):
    return subprocess.run([BINARY, "--config", config, "migrate", "check"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=PATIENCE)


def complete():
    return list(range(1, NEWEST + 1))


# The first test, while the cluster has no role rollcall_app yet.
def test_shared_hosting():
    """One role that may make no others, owns the tables and serves."""
    psql(cluster.url("postgres"), "create role hosted login nosuperuser nobypassrls nocreaterole nocreatedb")
    url, root = cluster.database("hosted")
    done = migrate(url)
    equal(done.returncode, 0, "migrate as an owner without rights: " + done.stderr)
    equal(versions(root), complete(), "all of it")
    equal(psql(root, "select count(*) from pg_roles where rolname = 'rollcall_app'")[0][0], "0", "no role was made")
    config = cluster.config(url)
    equal(migrate_check(config).returncode, 0, "the program takes it")
    made = subprocess.run([BINARY, "--config", config, "key", "create", "--environment", "Hosted"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    equal(made.returncode, 0, "key create: " + made.stderr)
    key = note_secret(made.stdout.strip())
    tenants = []
    for name in ("one", "two"):
        organization = cgi("POST", "/v1/organizations", {"displayName": name}, config, key).json()["organization"]["id"]
        directory = cgi("POST", "/v1/scim-directories", {"organizationId": organization}, config, key).json()["scimDirectory"]["id"]
        token = note_secret(cgi("POST", "/v1/scim-directories/%s/rotate-bearer-token" % directory, {}, config, key).json()["bearerToken"])
        equal(cgi("POST", "/scim/v2/Users", user(name), config, token).status, 201, "a user of " + name)
        tenants.append((directory, token))
    for (_, token), name in zip(tenants, ("one", "two")):
        found = cgi("GET", "/scim/v2/Users", b"", config, token).json()
        equal([row["userName"] for row in found["Resources"]], [name], "each sees its own")
    # row-level security binds the owner too: without the explicit predicate, one tenant or none
    equal(psql(url, "select count(*) from users")[0][0], "0", "the owner sees nothing")
    ids = [row[0] for row in psql(root, "select distinct directory_id from users order by 1")]
    equal(len(ids), 2, "two tenants")
    for one in ids:
        rows = psql(url, "begin; set local rollcall.directory = '%s'; select directory_id from users; commit;" % one)
        equal(rows, [[one]], "one tenant's rows")
    for text in ("insert into users select '%s', gen_random_uuid(), 'x', 'x', null, true, '{}', '{}', 1, now(), now(), gen_random_uuid()" % ids[1],
                 "update users set directory_id = '%s'" % ids[1], "insert into events (directory_id, id, at, type, resource_id, version, request_id)"
                 " select '%s', gen_random_uuid(), now(), 'x', gen_random_uuid(), 1, gen_random_uuid()" % ids[1]):
        done = psql(url, "begin; set local rollcall.directory = '%s'; %s; commit;" % (ids[0], text), check_status=False)
        check(done.returncode and "row-level security" in done.stderr, "writes across are refused: %s %s" % (text, done.stderr))
    for text in ("'nonsense'", "''"):
        done = psql(url, "begin; set local rollcall.directory = %s; select count(*) from users; commit;" % text, check_status=False)
        check(done.returncode or done.stdout.strip() == "0", "nothing under " + text)


def test_two_at_once():
    want = None
    for number in range(3):
        url, root = cluster.database()
        results = together(4, lambda i: migrate(url))
        equal([getattr(result, "returncode", result) for result in results], [0] * 4, "four at once: %s"
              % [getattr(result, "stderr", "") for result in results])
        equal(versions(root), complete(), "all of it")
        got = fingerprint(root)
        want = want or got
        equal(got, want, "always the same")
    again = migrate(url)
    equal((again.returncode, again.stderr), (0, ""), "once more is harmless")
    equal(fingerprint(root), want, "and changes nothing")
    url, root = cluster.database()
    for name in FILES:
        for _ in range(2):
            done = by_hand(url, name)
            equal(done.returncode, 0, "psql -f %s: %s" % (name, done.stderr))
            check("ERROR" not in done.stderr, done.stderr)
    equal(fingerprint(root), want, "by hand it is the same")
    url, root = cluster.database()
    done = by_hand(url, FILES[-1])
    check(done.returncode != 0 and versions(root) == [], "out of order nothing is done: " + done.stderr)
    done = tool("migrate", "host=/nonexistent dbname=x", check_status=False)
    check(done.returncode == 1 and "failed" in done.stderr, "no database: " + done.stderr)


def cut(url, name, lines):
    """psql gets the first lines of a file and is killed; then its session ends, too."""
    with open(os.path.join(ROOT, "migrations", name)) as file:
        text = "".join(file.readlines()[:lines])
    process = subprocess.Popen(["psql", "-X", "-q", "-d", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    process.stdin.write(text + "\n\\echo reached\n")
    process.stdin.flush()
    while process.stdout.readline() not in ("reached\n", ""):
        pass
    root = url.replace("user=rollcall_owner", "user=postgres")
    database = url.rsplit("=", 1)[1]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    gone = "select count(*) from pg_stat_activity where datname = '%s' and pid <> pg_backend_pid()" % database
    wait_for("the session ends", lambda: psql(root, gone)[0][0] == "0", 0.02)
    return root


def test_killed():
    url, root = cluster.database()
    states = {(): fingerprint(root)}
    for i, name in enumerate(FILES):
        by_hand(url, name)
        states[tuple(range(1, i + 2))] = fingerprint(root)
    for i, name in enumerate(FILES):
        with open(os.path.join(ROOT, "migrations", name)) as file:
            lines = file.readlines()
        ends = [n + 1 for n, line in enumerate(lines) if line.rstrip().endswith(";") or line.startswith("\\gset")]
        for line in sorted({ends[len(ends) * k // 5] for k in range(5)} | {ends[-1], len(lines) // 2}):
            url, root = cluster.database()
            for before in FILES[:i]:
                by_hand(url, before)
            cut(url, name, line)
            now = tuple(versions(root))
            check(now in states, "versions %s" % (now,))
            equal(now, tuple(range(1, i + 2 if line == ends[-1] else i + 1)), "%s cut at line %d" % (name, line))
            equal(fingerprint(root), states[now], "%s cut at line %d: old or new" % (name, line))
            done = migrate(url)
            equal(done.returncode, 0, "it can be finished: " + done.stderr)
            equal(fingerprint(root), states[tuple(complete())], "and is whole then")


def test_check_says():
    url, root = cluster.database()
    config = cluster.config(url)
    done = migrate_check(config)
    check(done.returncode == 1 and "migration" in done.stderr, "an empty database: %r" % done)
    by_hand(url, FILES[0])
    done = migrate_check(config)
    check(done.returncode == 1 and "version 1" in done.stderr and "knows %d" % NEWEST in done.stderr, "an older one: %r" % done)
    migrate(url)
    done = migrate_check(config)
    equal((done.returncode, done.stdout.strip()), (0, "schema version %d" % NEWEST), "the one it knows")
    psql(root, "insert into schema_migrations (version) values (9999)")
    done = migrate_check(config)
    check(done.returncode == 1 and "9999" in done.stderr, "a newer one: %r" % done)
    answer = cgi("GET", "/scim/v2/Users", b"", config, "rollcall_scim_" + "0" * 64)
    equal((answer.status, answer.header("Retry-After") is not None), (503, True), "and does not serve it")
    psql(root, "delete from schema_migrations where version = 9999")
    done = migrate_check(cluster.config(root))
    check(done.returncode == 1 and "superuser" in done.stderr, "nor as a superuser: %r" % done)
    psql(root, "create role leaky login bypassrls; grant all on all tables in schema public to leaky")
    done = migrate_check(cluster.config(url.replace("user=rollcall_owner", "user=leaky")))
    check(done.returncode == 1 and "row security" in done.stderr, "nor with BYPASSRLS: %r" % done)
    done = migrate_check(cluster.config("host=/nonexistent dbname=x"))
    check(done.returncode == 1 and "database" in done.stderr, "no database: %r" % done)


def test_schema():
    url, root = cluster.database()
    migrate(url)

    def none(text, what):
        equal(psql(root, text), [], what)

    none("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
         " and obj_description(oid, 'pg_class') is null", "every table has a comment")
    none("select attrelid::regclass, attname from pg_attribute join pg_class c on c.oid = attrelid where c.relnamespace = 'public'::regnamespace"
         " and c.relkind = 'r' and attnum > 0 and not attisdropped and col_description(attrelid, attnum) is null", "every column has a comment")
    tenant = ("select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'directory_id' where c.relkind = 'r'"
              " and c.relnamespace = 'public'::regnamespace and c.relname not in ('%s')" % "', '".join(GLOBAL))
    check(len(psql(root, tenant)) >= 6, "tenant tables")
    none("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not in ('%s') and oid not in (%s)"
         % ("', '".join(GLOBAL), tenant), "a table is global, or has directory_id")
    none("select relname from pg_class where oid in (%s) and not (relrowsecurity and relforcerowsecurity)" % tenant, "row-level security is forced")
    none("select relname from pg_class where oid in (%s) and not exists (select from pg_policy p where p.polrelid = pg_class.oid and p.polpermissive"
         " and p.polcmd = '*' and pg_get_expr(p.polqual, p.polrelid) like '%%directory_id%%rollcall.directory%%')" % tenant, "by one policy for everything")
    none("select polname from pg_policy where polname not in ('events_sequencer_sees', 'events_sequencer_takes', 'events_vendor_notes', 'feed_environment')"
         " and pg_get_expr(polqual, polrelid) not like '%rollcall.directory%'", "and by no other, but those of the feed")
    none("select i.indexrelid::regclass from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
         " where i.indrelid in (%s) and a.attname <> 'directory_id'" % tenant, "directory_id comes first in every index")
    none("select indexrelid::regclass from pg_index where indrelid in (%s) and indkey[0] = 0" % tenant, "and no index begins with an expression")
    none("select oid::regclass from pg_class c where oid in (%s) and not exists (select from pg_index where indrelid = c.oid and indisprimary)" % tenant,
         "every table has a primary key")
    none("select conname from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] where k.contype in ('f', 'u', 'p')"
         " and k.conrelid in (%s) and a.attname <> 'directory_id'" % tenant, "and in every key")
    none("select tgname from pg_trigger where not tgisinternal", "no triggers")
    none("select proname from pg_proc where pronamespace = 'public'::regnamespace", "no stored logic")
    none("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind not in ('r', 'i')", "nothing but tables and indexes")
    none("select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type in ('timestamp without time zone',"
         " 'character varying', 'character', 'real', 'double precision', 'money')", "no types with surprises")
    none("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and (has_table_privilege('rollcall_app', oid, 'truncate')"
         " or has_table_privilege('rollcall_app', oid, 'trigger') or has_table_privilege('rollcall_app', oid, 'references'))", "the program's role may not do more")
    equal(psql(root, "select has_schema_privilege('rollcall_app', 'public', 'create'), has_table_privilege('rollcall_app', 'schema_migrations', 'insert, update, delete')"),
          [["f", "f"]], "nor make tables, nor say what version there is")


def test_key_by_hand():
    """The statement of the README, on the running instance."""
    with open(os.path.join(ROOT, "README.md")) as file:
        blocks = [block for block in re.findall("```sql\n(.*?)```", file.read(), re.S) if "rollcall_sk_" in block]
    equal(len(blocks), 1, "the README has the statement")
    if not blocks:
        return
    for role in ("rollcall_owner", "rollcall"):
        rows = psql(database_url(role), blocks[0])
        equal((len(rows), len(rows[0])), (1, 1), "its output is the key")
        key = note_secret(rows[0][0])
        check(re.fullmatch("rollcall_sk_[0-9a-f]{64}", key), "its form")
        client = Client("", key, "application/json")
        answer = client("POST", "/v1/organizations", {"displayName": "By hand"})
        equal(answer.status, 200, "the management API takes it: %r" % answer)
        equal([row["displayName"] for row in client("GET", "/v1/organizations").json()["organizations"]], ["By hand"], "an environment of its own")
    found = management("GET", "/v1/organizations/" + answer.json()["organization"]["id"])
    equal(found.status, 404, "which others do not see")


def main():
    cluster.start()
    try:
        run(test_shared_hosting, test_two_at_once, test_killed, test_check_says, test_schema, test_key_by_hand)
    finally:
        cluster.drop()


main()
