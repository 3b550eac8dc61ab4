#!/usr/bin/env python3
"""A scrape of /metrics and GET /api/dashboard of a server over a store with 100,000 past sessions: the median time of
those that are really built (one a second) and of those that are shared, and the size of the text.

    tests/bench/scrape_bench.py build/release

Ends with 1 when a median is over 50 ms or a text over 1 MB.
"""
import http.client
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time

from chat_bench import serve

SESSIONS = 100_000
BUILT, SHARED = 15, 200
TOKEN = "operators-token-of-the-bench"
LIMIT_MS, LIMIT_BYTES = 50.0, 1_000_000
DAY_MS = 86_400_000


def fill(path):
    """Past sessions, each with a turn, its messages, an attempt and a job that is done."""
    now = int(time.time() * 1000)
    numbers = range(SESSIONS)

    def at(number):
        return now - (number % 60) * DAY_MS - number

    def attempt(number):
        return json.dumps({"schema": 2, "at_ms": at(number), "turn": "turn_%032x" % number, "session": "%016x" % number,
                           "call": 1, "attempt": 1, "call_type": "registration", "agent": "new_registration",
                           "target": "openai_responses/gpt-4.1", "outcome": "ok", "took_ms": 900.0})

    with sqlite3.connect(path) as db:
        db.executemany("INSERT INTO sessions(id, agent, routine, record, state, version, created_ms, updated_ms) VALUES(?,?,?,?,?,?,?,?)",
                       (("ses_%032x" % n, "new_registration", 1 + n % 30, json.dumps({"parent_first_name": {"value": "Helen", "routine": 1, "turn": "t"}}),
                         "{}", 1, at(n), at(n)) for n in numbers))
        db.executemany("INSERT INTO turns(id, session, request, reply, accepted_ms, answered_ms) VALUES(?,?,?,?,?,?)",
                       (("turn_%032x" % n, "ses_%032x" % n, "{}", "{}", at(n), at(n) + 900) for n in numbers))
        db.executemany("INSERT INTO messages(session, sequence, turn, role, content, pinned) VALUES(?,?,?,?,?,0)",
                       (("ses_%032x" % n, s, "turn_%032x" % n, role, "What is your name, please? " * 4)
                        for n in numbers for s, role in ((1, "user"), (2, "assistant"))))
        db.executemany("INSERT INTO attempts(turn, position, body, at_ms) VALUES(?,1,?,?)",
                       (("turn_%032x" % n, attempt(n), at(n)) for n in numbers))
        db.executemany("INSERT INTO jobs(id, kind, arguments, state, tries, forgiven, due_ms, created_ms, updated_ms) VALUES(?,?,?,?,1,0,?,?,?)",
                       (("job_%032x" % n, "upload", "{}", "done", at(n), at(n), at(n)) for n in numbers))


def get(connection, path):
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": "Bearer " + TOKEN})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, (response.status, body[:200])
    return (time.perf_counter() - began) * 1000.0, body


def measure(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    built = []
    for _ in range(BUILT):
        time.sleep(1.02)  # a text lasts for a second
        built.append(get(connection, path)[0])
    shared = [get(connection, path)[0] for _ in range(SHARED)]
    size = len(get(connection, path)[1])
    connection.close()
    return statistics.median(built), max(built), statistics.median(shared), size


def say(port, number, text):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/chat", json.dumps({"user_message": text, "session_id": "bench-%d" % number}),
                       {"Content-Type": "application/json"})
    assert connection.getresponse().read()
    connection.close()


def main():
    with tempfile.TemporaryDirectory(prefix="dugout_bench_") as data:
        process, _ = serve(data)
        process.terminate()
        process.wait()
        fill(data + "/dugout.db")
        process, port = serve(data, DUGOUT_ADMIN_TOKEN=TOKEN)
        try:
            for number in range(50):
                say(port, number, "200-lions-u9-2526")
                say(port, number, "Helen Barlow")
            bad = False
            print("%d past sessions, %d MB of store" % (SESSIONS, os.path.getsize(data + "/dugout.db") >> 20))
            for path in ("/metrics", "/api/dashboard"):
                built, worst, shared, size = measure(port, path)
                bad = bad or built > LIMIT_MS or size > LIMIT_BYTES
                print("%-15s built: median %.1f ms, worst %.1f ms; shared: median %.2f ms; %d KB"
                      % (path, built, worst, shared, size >> 10), flush=True)
        finally:
            process.terminate()
            process.wait()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
