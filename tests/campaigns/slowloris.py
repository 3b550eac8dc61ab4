#!/usr/bin/env python3
"""Slow clients against a chat that goes on: a thousand heads byte by byte, some slow bodies and readers, and a body of
10 GB that never arrives. Prints the chat's latencies before, during and after, and what the server spends; exit 1 when
a chat fails, the slow ones are not ended in time, or the chat gets slow.

    slowloris.py [--connections 1000] [--seconds 20] [--per-address N]
"""
import argparse
import json
import os
import resource
import socket
import sys
import threading
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from driver import PATIENCE, Server  # noqa: E402

HEAD = 2.0 * min(PATIENCE, 3)  # s, the deadline of a head here; the chat's own come within it


def usage(pid):
    with open("/proc/%d/status" % pid, encoding="utf-8") as file:
        fields = dict(line.split(":", 1) for line in file if ":" in line)
    return {"threads": int(fields["Threads"]), "rss_mb": round(int(fields["VmRSS"].split()[0]) / 1024, 1),
            "fds": len(os.listdir("/proc/%d/fd" % pid))}


class Chat:
    """One person after the other, each message timed."""

    def __init__(self, server):
        self.server, self.failed = server, []

    def for_seconds(self, seconds):
        took, until = [], time.monotonic() + seconds
        while time.monotonic() < until:
            begun = time.monotonic()
            try:
                status, reply = self.server.post({"user_message": "hello", "session_id": "session-" + uuid.uuid4().hex})
                if status != 200:
                    self.failed.append((status, reply))
            except OSError as error:
                self.failed.append(repr(error))
            took.append((time.monotonic() - begun) * 1000)
        took.sort()
        return {"messages": len(took), "p50_ms": round(took[len(took) // 2], 1),
                "p95_ms": round(took[int(len(took) * 0.95)], 1), "most_ms": round(took[-1], 1)}


class Slow:
    """Connections that are opened and fed a byte now and then, and opened anew when they are closed."""

    KINDS = (b"GET / HTTP/1.1\r\nX-Slow: ",  # a head without an end
             b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")

    def __init__(self, port, count, bodies):
        self.port, self.count, self.bodies = port, count, bodies
        self.sockets, self.ended, self.refused, self.longest = {}, 0, 0, 0.0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def open_one(self, number):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", self.port))
        self.sockets[number] = [client, time.monotonic(), False]

    def close_one(self, number, answer):
        client, since, _ = self.sockets.pop(number)
        client.close()
        if b" 503 " in answer:
            self.refused += 1
        else:
            self.ended += 1
            if number >= self.bodies:
                self.longest = max(self.longest, time.monotonic() - since)

    def feed(self, number):
        entry = self.sockets[number]
        try:
            answer = entry[0].recv(4096)
            return self.close_one(number, answer)
        except BlockingIOError:
            pass
        except OSError:
            return self.close_one(number, b"")
        try:
            entry[0].send(b"x" if entry[2] else self.KINDS[1 if number < self.bodies else 0])
            entry[2] = True
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            pass

    def run(self):
        while not self.stopping.is_set():
            for number in range(self.count):
                if number in self.sockets:
                    self.feed(number)
                elif not self.stopping.is_set():
                    self.open_one(number)
            self.stopping.wait(0.2)
        for client, _, _ in self.sockets.values():
            client.close()


class Readers:
    """Ask for the largest page again and again, and never read."""

    def __init__(self, port, count):
        self.sockets = []
        for _ in range(count):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", port))
            client.setblocking(False)
            self.sockets.append(client)
            try:
                client.send(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
            except BlockingIOError:
                pass

    def close(self):
        for client in self.sockets:
            client.close()


def huge_body(port):
    """10 GB are announced, a little is sent; how long until the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30 * PATIENCE) as client:
        begun = time.monotonic()
        client.sendall(b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       b"Content-Length: 10737418240\r\n\r\n" + b"{" * 65536)
        answer = client.recv(4096)
        return answer[9:12].decode(), round((time.monotonic() - begun) * 1000, 1)


def refusals(server):
    lines = server.request("GET", "/metrics")[2].decode().splitlines()
    found = [line.split('"')[1::2] + [line.split()[-1]] for line in lines if line.startswith("dugout_refused_total{")]
    return {reason: int(float(count)) for reason, count in found if float(count) > 0}


def campaign(options, per_address):
    faults = []
    with Server(DUGOUT_LIMITS_HEAD_TIMEOUT="%gs" % HEAD, DUGOUT_LIMITS_CONNECTIONS_PER_ADDRESS=str(per_address)) as server:
        pid = server.process.pid
        chat = Chat(server)
        chat.for_seconds(options.seconds * 0.1)  # warm
        figures = {"connections": options.connections, "per_address": per_address or "off",
                   "before": {**chat.for_seconds(options.seconds * 0.3), **usage(pid)}}
        slow = Slow(server.port, options.connections, options.connections // 20)
        slow.thread.start()
        readers = Readers(server.port, 5) if not per_address else None
        # With a limit this address has no room left, as it should; the chat has another one's in `crowded_out`.
        if per_address:
            time.sleep(options.seconds * 0.3)
            until = time.monotonic() + 30 * PATIENCE  # a busy machine comes to it in its own time
            while slow.refused == 0 and time.monotonic() < until:
                time.sleep(0.05)
            figures["during"] = usage(pid)
        else:
            figures["huge_body"] = dict(zip(("status", "ms"), huge_body(server.port)))
            if figures["huge_body"]["status"] != "413":
                faults.append("the body of 10 GB was not refused")
            # While all their threads are made and the readers' answers, a message takes what that takes.
            figures["at_first"] = chat.for_seconds(options.seconds * 0.2)
            figures["during"] = {**chat.for_seconds(options.seconds * 0.6), **usage(pid)}
            until = time.monotonic() + 30 * PATIENCE
            while slow.longest == 0 and time.monotonic() < until:  # of the heads, none has been ended yet
                time.sleep(0.05)
        slow.stopping.set()
        slow.thread.join()
        if readers:
            readers.close()
        figures["slow"] = {"ended": slow.ended, "refused_503": slow.refused, "longest_s": round(slow.longest, 2)}
        until = time.monotonic() + 30 * PATIENCE
        while (left := usage(pid))["fds"] > figures["before"]["fds"] + 2 and time.monotonic() < until:
            time.sleep(0.05)
        figures["after"] = {**chat.for_seconds(options.seconds * 0.1), **left}
        figures["refused"] = refusals(server)
        if chat.failed:
            faults.append("%d messages failed, the first: %s" % (len(chat.failed), chat.failed[0]))
        if per_address and not slow.refused:
            faults.append("nobody was refused by the limit of an address")
        if per_address and figures["during"]["threads"] > figures["before"]["threads"] + per_address + 20:
            faults.append("more threads than the limit of an address allows")
        if not per_address and not 0 < slow.longest <= HEAD + 8 * PATIENCE:
            faults.append("a slow head lived for %.1f s (0 = none was ended)" % slow.longest)
        if not per_address and figures["during"]["p95_ms"] > max(20 * figures["before"]["p95_ms"], 500 * PATIENCE):
            faults.append("the chat got slow")
        if figures["after"]["fds"] > figures["before"]["fds"] + 2:
            faults.append("file descriptors were left open")
    return figures, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--per-address", type=int, default=256, help="of the second run; the first has no limit")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if soft < options.connections + 200 else soft, hard))
    code = 0
    for per_address in (0, options.per_address):
        figures, faults = campaign(options, per_address)
        print(json.dumps(figures, indent=2), flush=True)
        for fault in faults:
            print("FAULT", fault)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
