# SPDX-License-Identifier: MIT
"""Which statements a request runs, as they go over the wire to PostgreSQL: texts, parameters, round trips.

A proxy on a Unix socket reads what the program sends, so nothing of it is repeated here.
"""

import os
import socket
import struct
import threading

STARTUP_PARAMETERS = 8  # bytes in front of them


class Statement:
    def __init__(self, sql, params):
        self.sql, self.params = sql, params  # params: texts, None for null


class Tap:
    """Listens in a directory as PostgreSQL would; one client at a time is enough."""

    def __init__(self, directory, real):
        self.directory, self.real = directory, real
        os.makedirs(directory, exist_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(directory, ".s.PGSQL.5432"))
        self.listener.listen(16)
        self.lock = threading.Lock()
        self.trips, self.current = [], []
        self.options = ""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def take(self):
        """The trips since the last call: lists of statements."""
        with self.lock:
            trips, self.trips = self.trips, []
            return trips

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(os.path.join(self.real, ".s.PGSQL.5432"))
            threading.Thread(target=self._listen, args=(client, server), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client), daemon=True).start()

    @staticmethod
    def _pass(source, sink):
        try:
            while True:
                data = source.recv(1 << 20)
                if not data:
                    break
                sink.sendall(data)
        except OSError:
            pass
        sink.close()

    def _listen(self, client, server):
        names, buffer, started = {}, b"", False
        try:
            while True:
                data = client.recv(1 << 20)
                if not data:
                    break
                buffer += data
                while True:  # what is complete is noted before it goes on: the answer cannot come first
                    head = 1 if started else 0
                    if len(buffer) < head + 4:
                        break
                    length = struct.unpack_from("!I", buffer, head)[0] + head
                    if len(buffer) < length:
                        break
                    message, buffer = buffer[:length], buffer[length:]
                    if started:
                        self._note(names, message[:1], message[5:])
                    else:
                        self._note_options(message)
                        started = True
                server.sendall(data)
        except OSError:
            pass
        server.close()

    def _note_options(self, message):
        words = message[STARTUP_PARAMETERS:].split(b"\0")
        pairs = dict(zip(words[::2], words[1::2]))
        self.options = pairs.get(b"options", b"").decode()

    def _note(self, names, kind, body):
        if kind == b"P":
            name, sql = body.split(b"\0", 2)[:2]
            names[name] = sql.decode()
        elif kind == b"B":
            _, name, rest = body.split(b"\0", 2)
            self.current.append(Statement(names[name], bound(rest)))
        elif kind == b"S":
            with self.lock:
                self.trips.append(self.current)
            self.current = []


def bound(data):
    """The parameters of a Bind message, which come as texts."""
    formats = struct.unpack_from("!H", data)[0]
    at = 2 + 2 * formats
    count = struct.unpack_from("!H", data, at)[0]
    at += 2
    params = []
    for _ in range(count):
        length = struct.unpack_from("!i", data, at)[0]
        at += 4
        if length < 0:
            params.append(None)
            continue
        params.append(data[at:at + length].decode())
        at += length
    return params
