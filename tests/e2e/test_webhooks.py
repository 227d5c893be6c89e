#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Webhooks: real receivers on loopback, real `rollcall deliver` processes, killed and restarted. Every event arrives at
least once; without repeats, exactly once and in the order of the feed. The instance's own deliverer rests
meanwhile: those here have shorter times.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections import Counter

from rollcall import (BINARY, KEY, PATIENCE, STATE, Client, Tenant, cgi, check, equal, management, note_secret, operation, patch, psql,  # noqa: F401
                      run, sql, to_uuid, tool, user, wait_for)

CONFIG = os.path.join(STATE, "rollcall.conf")
LOG = os.path.join(STATE, "deliver-test.log")
TIMES = {"ROLLCALL_WEBHOOK_RETRY_MS": "10", "ROLLCALL_WEBHOOK_POLL_MS": "100"}
# For what is about slow receivers, and about leases that nobody gives back: a slow machine does not keep to these.
IMPATIENT = {"ROLLCALL_WEBHOOK_TIMEOUT_MS": "700", "ROLLCALL_WEBHOOK_CONNECT_MS": "700", "ROLLCALL_REQUEST_TIMEOUT_MS": "500"}
# For what ends no lease but by hand: it is longer than a test takes, but for a session that was lost.
PATIENT = {"ROLLCALL_WEBHOOK_TIMEOUT_MS": "30000", "ROLLCALL_WEBHOOK_CONNECT_MS": "30000", "ROLLCALL_REQUEST_TIMEOUT_MS": "30000"}
WRITERS, WRITES = 200, 1


# --- receivers ---

class Receiver:
    """An application. answer(request, number) is a status, or (status, body, headers), or None: hang up."""

    def __init__(self, answer=None, port=0, tls=None):
        self.answer = answer or (lambda request, number: 200)
        self.lock = threading.Lock()
        self.requests = []
        self.connections = 0  # that somebody reads
        self.tls = tls
        self.server = None
        self.port = port
        self.start()

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = {"id": self.headers["webhook-id"], "headers": dict(self.headers.items()), "raw": body,
                           "event": json.loads(body), "status": None, "path": self.path}
                with receiver.lock:
                    receiver.requests.append(request)
                    number = len(receiver.requests)
                self.reply(request, receiver.answer(request, number))

            def reply(self, request, answer):
                if answer is None:
                    self.close_connection = True
                    return
                status, data, headers = answer if isinstance(answer, tuple) else (answer, b"thanks", {})
                request["status"] = status  # noted before it is said
                try:
                    self.send_response(status)
                    for name, text in headers.items():
                        self.send_header(name, text)
                    if status != 204:
                        self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def process_request(self, *arguments):
                with receiver.lock:
                    receiver.connections += 1
                super().process_request(*arguments)

            def shutdown_request(self, request):
                super().shutdown_request(request)
                with receiver.lock:
                    receiver.connections -= 1

            def handle_error(self, *arguments):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        if self.tls:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def restart(self):
        """When all that dead senders have sent is read."""
        self.stop()
        wait_for("all is read", lambda: self.connections == 0)
        self.start()

    def url(self, path="/hook", host="127.0.0.1"):
        return "http://%s:%d%s" % (host, self.port, path)

    def accepted(self):
        """Ids of what was answered 2xx, in the order of arrival, repeats included."""
        with self.lock:
            return [r["id"] for r in self.requests if r["status"] and 200 <= r["status"] < 300]

    def seen(self):
        with self.lock:
            return list(self.requests)


def without_repeats(ids):
    return list(dict.fromkeys(ids))


# --- the API ---

class Endpoint:
    def __init__(self, receiver, tenant=None, **more):
        body = dict({"url": receiver if isinstance(receiver, str) else receiver.url()}, **more)
        if tenant:
            body["organizationId"] = tenant.organization
        answer = management("POST", "/v1/webhook-endpoints", body)
        if answer.status != 200:
            raise RuntimeError("create: %r" % answer)
        self.id = answer.json()["webhookEndpoint"]["id"]
        self.path = "/v1/webhook-endpoints/" + self.id
        self.secret = note_secret(answer.json()["secret"])
        self.where = "id = '%s'" % to_uuid(self.id)

    def get(self):
        return management("GET", self.path).json()["webhookEndpoint"]

    def patch(self, **body):
        return management("PATCH", self.path, body).json()["webhookEndpoint"]

    def post(self, verb, **body):
        return management("POST", self.path + "/" + verb, body)

    def deliveries(self, **parameters):
        query = "&".join("%s=%s" % pair for pair in dict(parameters, pageSize=1000).items())
        return management("GET", self.path + "/deliveries?" + query).json()["webhookDeliveries"]

    def delete(self):
        return management("DELETE", self.path).status


def feed(tenant, after=None):
    """All events of the tenant's organization."""
    events, more = [], True
    while more:
        page = management("GET", "/v1/events?organizationId=%s&limit=1000%s" % (
            tenant.organization, "&after=" + after if after else "")).json()
        events += page["events"]
        after, more = page["nextAfter"], page["more"]
    return events


def ids(events):
    return [event["id"] for event in events]


def signature(secret, request):
    """By the specification, with nothing of ours."""
    key = base64.b64decode(secret[len("whsec_"):])
    headers = {name.lower(): text for name, text in request["headers"].items()}
    text = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + request["raw"]
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def signatures(request):
    return request["headers"].get("webhook-signature", "").split(" ")


# --- deliverers ---

class Deliverer:
    def __init__(self, *arguments, **settings):
        environment = {"PATH": os.environ["PATH"], **TIMES, **settings}
        with open(LOG, "a") as log:
            self.process = subprocess.Popen([BINARY, "--config", CONFIG, "deliver", *arguments], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        if self.process.poll() is None:
            equal(self.end(), 0, "exit status of a deliverer")


def due_now(endpoint):
    sql("update webhook_endpoints set next_at = null, leased_until = null, lease = null where " + endpoint.where)


def make_users(client, count, prefix="u"):
    for i in range(count):
        answer = client("POST", "/Users", user("%s%d@hooks.example" % (prefix, i)))
        if answer.status != 201:
            raise RuntimeError("%r" % answer)


# --- tests ---

def test_message():
    """What is sent, how it is signed, who gets what."""
    tenant, other, begun = Tenant(), Tenant(), int(time.time())
    receiver, some, none = Receiver(), Receiver(), Receiver()
    endpoint = Endpoint(receiver, tenant)
    Endpoint(some, tenant, types=["user.deleted"])
    Endpoint(none, other)
    client = tenant.client()
    with Deliverer():
        gone = client("POST", "/Users", user("gone@hooks.example")).json()["id"]
        make_users(client, 2)
        client("DELETE", "/Users/" + gone)
        wait_for("four events", lambda: len(receiver.accepted()) == 4)
        wait_for("one event", lambda: len(some.accepted()) == 1)
        listed = feed(tenant)[-4:]
        equal([r["event"] for r in receiver.seen()], listed, "bodies are those of GET /v1/events")
        equal(some.seen()[0]["event"]["type"], "user.deleted", "the type that is wanted")
        first = receiver.seen()[0]
        equal(first["id"], first["event"]["id"], "webhook-id")
        equal(signatures(first), [signature(endpoint.secret, first)], "signature")
        stamp = {n.lower(): t for n, t in first["headers"].items()}
        check(begun <= int(stamp["webhook-timestamp"]) <= time.time(), "webhook-timestamp")
        equal(stamp["content-type"], "application/json", "Content-Type")
        check(stamp["user-agent"].startswith("Rollcall"), "User-Agent")
        wait_for("four attempts", lambda: len(endpoint.deliveries()) == 4)
        attempts = endpoint.deliveries()
        equal([a["eventId"] for a in attempts], ids(listed)[::-1], "attempts, the newest first")
        equal({(a["status"], a["httpStatus"], a["responseBody"], a["attempt"]) for a in attempts},
              {("succeeded", 200, "thanks", 1)}, "attempts")
        wait_for("position", lambda: endpoint.get()["position"] == listed[-1]["position"])

        # rotation: both sign, then the new one alone
        old, new = endpoint.secret, note_secret(endpoint.post("rotate-secret", overlapSeconds=600).json()["secret"])
        make_users(client, 1, "r")
        wait_for("five events", lambda: len(receiver.accepted()) == 5)
        last = receiver.seen()[-1]
        equal(signatures(last), [signature(new, last), signature(old, last)], "signatures in the overlap")
        sql("update webhook_endpoints set previous_until = now() - interval '1 second' where " + endpoint.where)
        make_users(client, 1, "s")
        wait_for("six events", lambda: len(receiver.accepted()) == 6)
        last = receiver.seen()[-1]
        equal(signatures(last), [signature(new, last)], "signature behind the overlap")
    equal(none.seen(), [], "nothing of another organization")
    equal(sql("select count(*) from webhook_endpoints where %s and previous_secret is not null" % endpoint.where), [["0"]],
          "the old secret is forgotten")


def test_kills():
    """Half of the requests fail, the receiver is restarted, deliverers and connections are killed, writers write."""
    tenant, dice = Tenant(), random.Random(7)
    # at a port that nobody takes while it does not listen
    receiver = Receiver(lambda request, number: dice.choice([200, (204, b"", {}), 500, None]), int(tool("free-port").stdout))
    endpoint = Endpoint(receiver, tenant)
    stop = threading.Event()

    def write(number):
        client = tenant.client()
        for i in range(WRITES):
            made = client("POST", "/Users", user("w%d-%d@hooks.example" % (number, i))).json()
            client("PATCH", "/Users/" + made["id"], patch(operation("replace", "title", value="t")))
            stop.wait(0.05)

    def attempts():
        return int(sql("select count(*) from webhook_deliveries where endpoint_id = '%s'" % to_uuid(endpoint.id))[0][0])

    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    deliverers = [Deliverer(**PATIENT), Deliverer(**PATIENT)]
    for writer in writers:
        writer.start()
    for number in range(10):
        goal = len(receiver.seen()) + 12
        wait_for("a dozen requests", lambda: len(receiver.seen()) >= goal, 0.01)
        if number % 3 == 1:
            sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rollcall'")
            wait_for("another one", lambda: len(receiver.seen()) > goal, 0.01)
        for deliverer in deliverers:
            equal(deliverer.end(signal.SIGKILL), -signal.SIGKILL, "killed")
        if number % 3 == 0:
            receiver.stop()
        else:
            receiver.restart()
        deliverers = [Deliverer(**PATIENT), Deliverer(**PATIENT)]  # who find the lease of a dead one
        sql("update webhook_endpoints set leased_until = now() where lease is not null and " + endpoint.where)
        if number % 3 == 0:
            before = attempts()
            wait_for("nobody listens", lambda: attempts() > before)
            wait_for("all is read", lambda: receiver.connections == 0)
            receiver.start()
    for writer in writers:
        writer.join()
    events = feed(tenant)
    events = [e for e in events if e["type"].startswith("user.")]
    check(len(events) >= WRITERS * WRITES, "events: %d" % len(events))
    wait_for("all %d events" % len(events), lambda: events[-1]["id"] in receiver.accepted())
    for deliverer in deliverers:
        equal(deliverer.end(), 0, "exit status")
    accepted = [i for i in receiver.accepted() if i in set(ids(events))]
    equal(without_repeats(accepted), ids(events), "every event, in the order of positions")
    # an attempt is of the event after the last accepted one, or repeats that one
    position = {event: number for number, event in enumerate(ids(events))}
    last, wrong = -1, []
    for request in receiver.seen():
        number = position.get(request["id"])
        if number is None:
            continue
        if number not in (last, last + 1):
            wrong.append((last, number))
        if request["status"] in (200, 204):
            last = max(last, number)
    equal(wrong, [], "attempts out of order")
    seen = receiver.seen()
    check(all(signature(endpoint.secret, r) in signatures(r) for r in seen), "signatures")
    repeats = Counter(accepted)
    check(sum(repeats.values()) - len(repeats) <= 16, "more repeats than kills explain: %s" % repeats.most_common(3))
    print("    %d events, %d requests, %d accepted, %d repeats" % (
        len(events), len(seen), len(accepted), len(accepted) - len(repeats)))
    equal(endpoint.get()["failingSince"], "", "it is well")


def test_two_at_once():
    """Two deliverers, nobody killed: each event once."""
    tenant = Tenant()
    receivers = [Receiver() for _ in range(4)]
    for receiver in receivers:
        Endpoint(receiver, tenant)
    with Deliverer(), Deliverer():
        make_users(tenant.client(), 30)
        expected = ids([e for e in feed(tenant) if e["type"] == "user.created"])
        for receiver in receivers:
            wait_for("30 events", lambda: len(receiver.accepted()) >= 30)
    equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status of one who finds nothing to do")
    for receiver in receivers:
        got = [r["id"] for r in receiver.seen() if r["event"]["type"] == "user.created"]
        equal(got, expected, "each event once")


def test_private_addresses():
    """Without the allowance: refused as a literal, and as a name when it is connected to; redirects lead nowhere."""
    tenant, receiver, inner = Tenant(), Receiver(), Receiver()
    strict = [("ROLLCALL_WEBHOOK_ALLOW_PRIVATE", "false"), ("ROLLCALL_WEBHOOK_ALLOW_HTTP", "false")]
    for url, status in (("https://127.0.0.1/", 400), ("https://[::1]/", 400), ("https://2130706433/", 400), ("https://0x7f.1/", 400),
                        ("https://[::ffff:10.0.0.1]/", 400), ("https://169.254.169.254/", 400), ("http://example.com/", 400),
                        ("https://localhost/", 200)):
        answer = cgi("POST", "/v1/webhook-endpoints", {"url": url, "enabled": False}, credential=KEY, more=strict)
        equal(answer.status, status, "creation with " + url)
        if answer.status == 200:
            note_secret(answer.json()["secret"])
    named = Endpoint(receiver.url(host="localhost"), tenant)
    literal = Endpoint(receiver, tenant)
    with Deliverer(ROLLCALL_WEBHOOK_ALLOW_PRIVATE="false"):
        make_users(tenant.client(), 1)
        for endpoint in (named, literal):
            attempt = wait_for("a failed attempt", lambda: endpoint.deliveries(status="failed"))[0]
            check("not public" in attempt["error"] and attempt["httpStatus"] == 0, "refused: %s" % attempt)
    with Deliverer(ROLLCALL_WEBHOOK_ALLOW_HTTP="false"):
        before = len(named.deliveries())
        due_now(named)
        wait_for("another attempt", lambda: len(named.deliveries()) > before)
        check("rotocol" in named.deliveries()[0]["error"], "http: %s" % named.deliveries()[0])
    equal(receiver.seen(), [], "nothing was sent")
    named.delete()
    literal.delete()
    outer = Receiver(lambda request, number: (302, b"", {"Location": inner.url()}))
    leads = Endpoint(outer, tenant)
    with Deliverer():
        make_users(tenant.client(), 1, "v")
        attempt = wait_for("a failed attempt", lambda: leads.deliveries(status="failed"))[0]
        check(attempt["httpStatus"] == 302 and "redirect" in attempt["error"], "redirect: %s" % attempt)
    equal(inner.seen(), [], "a redirect is not followed")
    leads.delete()


def test_environment_proxy():
    """A proxy of the environment is not used."""
    tenant, receiver = Tenant(), Receiver()
    endpoint = Endpoint(receiver, tenant)
    with Deliverer(http_proxy="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1"):
        make_users(tenant.client(), 1)
        wait_for("it arrives", receiver.accepted)
    endpoint.delete()


def test_certificates():
    """A certificate that nobody vouches for ends the connection."""
    tenant = Tenant()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/key",
                        "-out", folder + "/cert"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder + "/cert", folder + "/key")
    receiver = Receiver(tls=tls)
    endpoint = Endpoint("https://localhost:%d/" % receiver.port, tenant)
    with Deliverer():
        make_users(tenant.client(), 1)
        attempt = wait_for("a failed attempt", lambda: endpoint.deliveries(status="failed"))[0]
        check("certificate" in attempt["error"], "certificate: %s" % attempt)
    equal(receiver.seen(), [], "nothing was sent")
    endpoint.delete()


def test_slow_and_odd():
    """Who is slow holds nobody up; answers that are too long, or no text, do no harm."""
    tenant, free = Tenant(), threading.Event()
    slow = Receiver(lambda request, number: free.wait(PATIENCE) and 200)
    quick = Receiver(lambda request, number: (200, [b"x" * 3000, b"y" * 300000, b"\xff\0\xc3\xa9\x1b"][number % 3], {}))
    held, endpoint = Endpoint(slow, tenant), Endpoint(quick, tenant)
    with Deliverer(**IMPATIENT):
        make_users(tenant.client(), 12)
        wait_for("the quick one has all", lambda: len(without_repeats(quick.accepted())) == 12)
        check(len(slow.accepted()) == 0, "the slow one has none")
        attempt = wait_for("a failed attempt", lambda: held.deliveries(status="failed"))[-1]
        equal((attempt["error"], attempt["httpStatus"]), ("timed out", 0), "time-out")
        check(attempt["durationMs"] >= 600, "duration: %s" % attempt)
        wait_for("twelve attempts", lambda: len(endpoint.deliveries(status="succeeded")) == 12)
        bodies = {a["responseBody"] for a in endpoint.deliveries(status="succeeded")}
        equal({len(body) for body in bodies}, {2048, 4}, "kept of the answers")
        check("??\u00e9\x1b"[:3] in "".join(bodies), "bytes that are no text: %r" % min(bodies, key=len))
        free.set()
        due_now(held)
        wait_for("the slow one has all", lambda: len(without_repeats(slow.accepted())) == 12)
    held.delete()


def disabled_events(tenant, endpoint):
    return [e for e in feed(tenant) if e["type"] == "webhook_endpoint.disabled" and e["resourceId"] == endpoint.id]


def test_gone():
    """410 disables at once, with an event; enabled again it goes on where it stood."""
    tenant, watcher = Tenant(), Receiver()
    gone = Receiver(lambda request, number: 410 if number == 1 else 200)
    endpoint = Endpoint(gone, tenant)
    Endpoint(watcher, tenant, types=["webhook_endpoint.disabled"])
    with Deliverer():
        make_users(tenant.client(), 2)
        wait_for("it is disabled", lambda: not endpoint.get()["enabled"])
        check("410" in endpoint.get()["disabledReason"], "reason: %s" % endpoint.get())
        wait_for("others are told", watcher.accepted)
        event = watcher.seen()[0]["event"]
        equal((event["resourceId"], event["scimDirectoryId"], event["organizationId"]), (endpoint.id, "", tenant.organization),
              "the event")
        check("410" in event["data"]["reason"], "the event: %s" % event)
        equal(len(disabled_events(tenant, endpoint)), 1, "one event")
        equal(len(gone.seen()), 1, "one request")
        now = endpoint.patch(enabled=True)
        equal((now["disabledReason"], now["failingSince"], now["nextAttemptAt"]), ("", "", ""), "enabled again")
        made = ids([e for e in feed(tenant) if e["type"] == "user.created"])
        wait_for("it goes on", lambda: [i for i in gone.accepted() if i in made] == made)


def test_three_days():
    """Failing for three days disables, with an event; a little less does not."""
    tenant, receiver = Tenant(), Receiver(lambda request, number: 503)
    endpoint = Endpoint(receiver, tenant)
    long = {"ROLLCALL_WEBHOOK_RETRY_MS": "3600000"}
    with Deliverer(**long):
        make_users(tenant.client(), 1)
        wait_for("it fails", lambda: endpoint.get()["failingSince"])
        state = endpoint.get()
        check(state["enabled"] and state["nextAttemptAt"] > state["failingSince"], "it backs off: %s" % state)
        for hours, enabled in ((71, True), (73, False)):
            sql("update webhook_endpoints set failing_since = now() - interval '%d hours' where %s" % (hours, endpoint.where))
            before = len(endpoint.deliveries())
            due_now(endpoint)
            wait_for("another attempt", lambda: len(endpoint.deliveries()) > before)
            equal(endpoint.get()["enabled"], enabled, "enabled after %d hours" % hours)
        check("72 hours" in endpoint.get()["disabledReason"] and "503" in endpoint.get()["disabledReason"],
              "reason: %s" % endpoint.get())
        equal(len(disabled_events(tenant, endpoint)), 1, "one event")
        due_now(endpoint)
        count = len(receiver.seen())
        equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status")
    equal(len(receiver.seen()), count, "nothing more is sent")


def test_back_off():
    """Waits double, with jitter, up to six hours."""
    tenant, receiver = Tenant(), Receiver(lambda request, number: 500)
    endpoint = Endpoint(receiver, tenant)
    waits = []
    with Deliverer(ROLLCALL_WEBHOOK_RETRY_MS="60000"):
        make_users(tenant.client(), 1)
        wait_for("the first attempt", endpoint.deliveries)
        for attempt in (1, 3, 9, 2000):
            sql("update webhook_endpoints set attempts = %d where %s" % (attempt - 1, endpoint.where))
            before = len(endpoint.deliveries())
            due_now(endpoint)
            wait_for("attempt %d" % attempt, lambda: len(endpoint.deliveries()) > before)
            waits.append(float(sql("select extract(epoch from next_at - leased_until) from webhook_endpoints where "
                                   + endpoint.where)[0][0]))
    for wait, most in zip(waits, (60, 240, 15360, 21600)):
        check(most / 2 - 1 <= wait <= most + 1, "waits %s" % waits)
    endpoint.delete()


def test_replay_and_once():
    """From cron: what is due, then the end. Replay sends again; a position that was set meanwhile is kept."""
    tenant = Tenant()
    receiver = Receiver()
    endpoint = Endpoint(receiver, tenant)
    dead = Endpoint("http://127.0.0.1:1/", tenant)
    make_users(tenant.client(), 6)
    equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status")
    events = [e for e in feed(tenant) if e["type"] == "user.created"]
    equal([i for i in receiver.accepted() if i in ids(events)], ids(events), "all that was due")
    check(dead.get()["failingSince"], "the dead one was tried")
    equal(Deliverer("--once", ROLLCALL_DATABASE_URL="host=/nowhere").process.wait(PATIENCE), 1, "exit status without a database")
    answer = endpoint.post("replay", after=events[2]["position"]).json()["webhookEndpoint"]
    equal(answer["position"], events[2]["position"], "position")
    equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status")
    equal([i for i in receiver.accepted() if i in ids(events)], ids(events) + ids(events)[3:], "again behind the position")
    beyond = endpoint.post("replay", after=str(int(events[-1]["position"]) + 10 ** 9))
    equal(beyond.status, 400, "beyond the end")
    # set while a request is under way
    def replay(request, number):  # on a connection of its own: others use the common one meanwhile
        return Client("", KEY, "application/json")("POST", endpoint.path + "/replay", {"after": events[3]["position"]}).status

    receiver.answer = replay
    before = len(receiver.seen())
    endpoint.post("replay", after=events[4]["position"])
    with Deliverer():
        wait_for("the position holds", lambda: len(receiver.seen()) >= before + 3)
        receiver.answer = lambda request, number: 200
        wait_for("to the end", lambda: int(endpoint.get()["position"]) >= int(events[-1]["position"]))
    equal([r["id"] for r in receiver.seen()[before:before + 2]], [events[5]["id"], events[4]["id"]], "back to where it was set")
    dead.delete()


def test_term():
    """SIGTERM: the attempt in hand is finished and written, no other is begun, no lease is left."""
    tenant, begun, told = Tenant(), threading.Event(), threading.Event()

    def answer(request, number):
        begun.set()
        told.wait(PATIENCE)
        return 200

    receiver = Receiver(answer)
    endpoint = Endpoint(receiver, tenant)
    deliverer = Deliverer()
    make_users(tenant.client(), 3)
    check(begun.wait(PATIENCE), "it has begun")
    deliverer.process.send_signal(signal.SIGTERM)
    told.set()
    equal(deliverer.process.wait(PATIENCE), 0, "exit status")
    equal(len(receiver.accepted()), 1, "requests")
    equal(len(endpoint.deliveries(status="succeeded")), 1, "attempts")
    equal(sql("select count(*) from webhook_endpoints where %s and lease is not null" % endpoint.where), [["0"]], "leases")
    receiver.answer = lambda request, number: 200
    with Deliverer():
        wait_for("the others", lambda: len(receiver.accepted()) == 3)
    equal(len(receiver.seen()), 3, "each once")


def test_lease():
    """What one who was killed had in hand is begun again by itself, when the lease is over."""
    tenant, free = Tenant(), threading.Event()
    receiver = Receiver(lambda request, number: free.wait(PATIENCE) and 200)
    endpoint = Endpoint(receiver, tenant)
    make_users(tenant.client(), 1)
    deliverer = Deliverer(**IMPATIENT)
    wait_for("it has begun", receiver.seen)
    deliverer.end(signal.SIGKILL)
    free.set()
    begun = len(receiver.seen())
    with Deliverer(**IMPATIENT):
        wait_for("another one goes on", lambda: len(receiver.seen()) > begun and receiver.seen()[-1]["status"] == 200)
    equal(len({request["id"] for request in receiver.seen()}), 1, "with the same event")
    endpoint.delete()


def test_no_database():
    """Without a database it waits."""
    def complaints():
        with open(LOG) as log:
            return log.read().count("deliver: the database cannot be reached")
    before = complaints()
    with Deliverer(ROLLCALL_DATABASE_URL="host=/nowhere") as deliverer:
        wait_for("it says so again and again", lambda: complaints() > before + 2)
        equal(deliverer.process.poll(), None, "it lives")


def test_clocks():
    """What a deliverer whose clock is ahead has given back waits for no clock."""
    tenant, receiver = Tenant(), Receiver()
    endpoint = Endpoint(receiver, tenant)
    make_users(tenant.client(), 1)
    sql("update webhook_endpoints set leased_until = now() + interval '1 hour', lease = null where " + endpoint.where)
    equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status")
    equal(len(receiver.accepted()), 1, "sent")
    endpoint.delete()


def test_nobody_to_send_to():
    """An environment without an endpoint that is enabled costs nothing: its events are left to their readers."""
    sql("update webhook_endpoints set enabled = false")
    tenant = Tenant()
    directory = "directory_id = '%s'" % to_uuid(tenant.base.rsplit("/", 1)[1])
    sql("insert into events (directory_id, id, at, type, resource_id, version, request_id)"
        " select id, gen_random_uuid(), now(), 'directory.updated', id, 0, id from directories where " + directory.replace("directory_id", "id"))
    left = int(sql("select count(*) from events where " + directory)[0][0])
    equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status")
    equal(int(sql("select count(*) from events where " + directory)[0][0]), left, "left in the outbox")
    check(left > 0, "there were some")


def test_retention():
    """Attempts go with their age, those of deleted endpoints too."""
    tenant, receiver = Tenant(), Receiver()
    endpoint, deleted = Endpoint(receiver, tenant), Endpoint(receiver, tenant)
    make_users(tenant.client(), 2)
    equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status")
    both = "endpoint_id in ('%s', '%s')" % (to_uuid(endpoint.id), to_uuid(deleted.id))
    equal(deleted.delete(), 200, "deleted")
    sql("update webhook_deliveries set at = now() - interval '8 days' where %s and (endpoint_id = '%s' or position ="
        " (select min(position) from webhook_deliveries where %s))" % (both, to_uuid(deleted.id), both))
    equal(Deliverer("--once").process.wait(PATIENCE), 0, "exit status")
    left = sql("select endpoint_id, count(*) from webhook_deliveries where %s group by 1" % both)
    equal([row[0] for row in left], [to_uuid(endpoint.id)], "left")


# --- the instance's own deliverer ---

def rest():
    """It rests; how to begin it again."""
    path = os.path.join(STATE, "deliver.pid")
    with open(path) as file:
        pid = int(file.read())
    with open("/proc/%d/cmdline" % pid) as file:
        command = file.read().rstrip("\0").split("\0")
    if CONFIG not in command:
        raise RuntimeError("not our deliverer: %s" % command)
    os.kill(pid, signal.SIGTERM)
    wait_for("the instance's deliverer ends", lambda: not os.path.exists("/proc/%d" % pid) or
             "Z" in open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0])

    def again():
        with open(os.path.join(STATE, "deliver.log"), "a") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                       env={"PATH": os.environ["PATH"]})
        with open(path, "w") as file:
            file.write("%d\n" % process.pid)
    return again


def main():
    again = rest()
    try:
        run(test_message, test_kills, test_two_at_once, test_private_addresses, test_environment_proxy, test_certificates,
            test_slow_and_odd, test_gone, test_three_days, test_back_off, test_replay_and_once, test_term, test_lease, test_no_database, test_clocks,
            test_nobody_to_send_to, test_retention)
    finally:
        sql("delete from webhook_endpoints")
        again()


if __name__ == "__main__":
    main()
