#!/usr/bin/env python3
"""What metrics, logs and traces cost: CPU of the server per turn with all of them on, over all of them off. Both
servers run side by side and are asked in turns, so that the machine's moods meet both.

    tests/bench/telemetry_bench.py build/release [ROUNDS]
"""
import http.client
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/release")
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 15
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TURNS = 200  # of one server in one round
TARGET = 1.15
OFF = {"DUGOUT_METRICS_ENABLED": "false", "DUGOUT_LOG_LEVEL": "error"}


class Swallow(http.server.BaseHTTPRequestHandler):
    """A collector that takes everything and keeps nothing."""
    protocol_version = "HTTP/1.1"
    requests = spans = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Swallow.requests += 1
        Swallow.spans += body.count(b'"spanId"')
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class Dugout:
    def __init__(self, folder, **environment):
        kept = {k: v for k, v in os.environ.items()
                if not k.startswith(("OPENAI_", "AI_RETRY_", "DUGOUT_", "OTEL_"))}
        kept["DUGOUT_LIMITS_RATES_ENABLED"] = "false"  # one address asks as fast as it can
        self.log = os.path.join(folder, "stderr")
        with open(self.log, "wb") as stderr:
            self.process = subprocess.Popen(
                [BUILD + "/bin/dugout", "serve", "--listen", "127.0.0.1:0", "--root", ROOT, "--data", folder,
                 "--log-format", "json"],
                stdout=subprocess.PIPE, stderr=stderr, text=True, env={**kept, **environment})
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.connection, self.sessions = None, 0

    def say(self, text):
        self.connection.request(
            "POST", "/chat", json.dumps({"user_message": text, "session_id": "bench-%06d" % self.sessions}),
            {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        body = response.read()
        assert response.status == 200, (response.status, body)

    def cpu_seconds(self):
        return time.clock_gettime((~self.process.pid << 3) | 2)  # of all its threads, ended ones too

    def round(self):
        """Microseconds of CPU for one turn."""
        self.sessions += 1
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        before = self.cpu_seconds()
        self.say("200-lions-u9-2526")
        for _ in range(TURNS - 1):
            self.say("what do you mean?")  # stays where it is: every turn is the same work
        used = self.cpu_seconds() - before
        self.connection.close()
        return used / TURNS * 1e6

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def main():
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Swallow)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d" % collector.server_port
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        off = Dugout(one, **OFF)
        on = Dugout(two, DUGOUT_TRACES_ENDPOINT=url, DUGOUT_TRACES_BATCH_EVERY="1s",
                    DUGOUT_ADMIN_TOKEN="telemetry-bench-token")
        try:
            off.round(), on.round()  # the first fills caches
            pairs = []
            for number in range(ROUNDS):
                first, second = (off, on) if number % 2 == 0 else (on, off)
                figures = {id(first): first.round()}
                figures[id(second)] = second.round()
                pairs.append((figures[id(off)], figures[id(on)]))
            lines = sum(1 for line in open(on.log, encoding="utf-8") if "turn.done" in line)
        finally:
            off.end()
            on.end()
    collector.shutdown()
    without, with_all = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
    ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
    print("all off: %6.0f us CPU a turn (median of %d rounds of %d turns)" % (without, ROUNDS, TURNS))
    print("all on:  %6.0f us CPU a turn (%d log lines, %d spans in %d requests)"
          % (with_all, lines, Swallow.spans, Swallow.requests))
    print("ratio:   %6.3f of the medians, %.3f median of the rounds' own; target %.2f"
          % (with_all / without, ratio, TARGET))


if __name__ == "__main__":
    main()
