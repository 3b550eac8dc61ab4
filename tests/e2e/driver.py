"""Starts the program for the end-to-end tests, and talks to it over loopback only."""
import contextlib
import http.client
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

import yaml

import photos

DUGOUT = os.environ["DUGOUT"]
SOURCE = os.environ["DUGOUT_SOURCE"]
DOUBLE = os.environ.get("DUGOUT_DOUBLE", "")
# How much longer than usual everything may take: a sanitizer makes the program several times slower.
PATIENCE = float(os.environ.get("DUGOUT_TEST_PATIENCE", "1"))


def clean_environment(**extra):
    """Nothing of the caller's own keys or settings reaches the program."""
    kept = {k: v for k, v in os.environ.items()
            if not k.startswith(("DUGOUT_", "OPENAI_", "AI_RETRY_", "OTEL_"))}
    kept.update(extra)
    return kept


# A test asks faster than any person, and from one address: limits by address and session are for tests of them.
UNLIMITED = {"DUGOUT_LIMITS_RATES_ENABLED": "false", "DUGOUT_LIMITS_CONNECTIONS_PER_ADDRESS": "0"}


class Server:
    """`dugout serve` on a free port, over a data folder of its own. A line of its log is there when what it tells of
    is over, unless a test sets DUGOUT_LOG_QUEUE."""

    def __init__(self, data=None, root=SOURCE, args=(), **environment):
        self.own_data = data is None
        self.data = data or tempfile.mkdtemp(prefix="dugout_e2e_")
        self.process = subprocess.Popen(
            [DUGOUT, "serve", "--listen", "127.0.0.1:0", "--root", root, "--data", self.data,
             "--log-format", "json", *args],
            stdout=subprocess.PIPE, stderr=open(os.path.join(self.data, "log"), "ab"),
            env=clean_environment(**{"DUGOUT_LOG_QUEUE": "0", **UNLIMITED, **environment}), text=True)
        said, _, _ = select.select([self.process.stdout], [], [], 120 * PATIENCE)
        line = self.process.stdout.readline() if said else "nothing in time"
        if not line.startswith(("listening on http://127.0.0.1:", "listening on https://127.0.0.1:")):
            self.kill()
            raise AssertionError("no server: %r %s" % (line, self.log()))
        self.port = int(line.rsplit(":", 1)[1])

    def log(self):
        with open(os.path.join(self.data, "log"), encoding="utf-8") as file:
            return file.read()

    def request(self, method, path, body=None, headers=None, timeout=60 * PATIENCE):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, dict((k.lower(), v) for k, v in response.getheaders()), response.read()
        finally:
            connection.close()

    def post(self, body, path="/chat", **headers):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        status, _, answer = self.request("POST", path, data, {"Content-Type": "application/json", **headers})
        return status, json.loads(answer)

    def say(self, text, session, message_id=None):
        status, reply = self.post({"user_message": text, "session_id": session,
                                   "client_message_id": message_id or uuid.uuid4().hex})
        assert status == 200, (text, status, reply)
        return reply

    def upload(self, content, session, name="photo.jpg", message_id=""):
        boundary = uuid.uuid4().hex
        part = ('--%s\r\nContent-Disposition: form-data; name="session_id"\r\n\r\n%s\r\n'
                '--%s\r\nContent-Disposition: form-data; name="client_message_id"\r\n\r\n%s\r\n'
                '--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n'
                'Content-Type: image/jpeg\r\n\r\n') % (boundary, session, boundary, message_id, boundary, name)
        body = part.encode() + content + ("\r\n--%s--\r\n" % boundary).encode()
        status, _, answer = self.request(
            "POST", "/upload", body, {"Content-Type": "multipart/form-data; boundary=" + boundary})
        return status, json.loads(answer)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends the server the polite way and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=120 * PATIENCE)
        self.process.stdout.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)


def refused(server, reason):
    """How often that happened, by the metrics."""
    text = server.request("GET", "/metrics")[2].decode()
    line = [line for line in text.splitlines() if line.startswith('dugout_refused_total{reason="%s"}' % reason)]
    return float(line[0].split()[-1])


def until_refused(server, reason, wanted):
    """An answer is sent before it is counted, and metrics may be a second old."""
    end = time.monotonic() + 20 * PATIENCE
    while (seen := refused(server, reason)) != wanted:
        assert time.monotonic() < end, (reason, seen, wanted)
        time.sleep(0.1)


def conversation(name):
    """The turns of a conversation file."""
    path = os.path.join(SOURCE, "tests/e2e/conversations", name)
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


JPEG = photos.padded(photos.jpeg(), 300_000)


def play(server, name, session):
    """Plays a conversation over HTTP; each turn must end in the routine that the file expects."""
    script = conversation(name)
    for turn in script["turns"]:
        if "photo" in turn:
            content = JPEG if turn["photo"] != "pdf" else b"%PDF-1.7 not a photo"
            status, reply = server.upload(content, session)
            assert status == 200, (turn, status, reply)
        else:
            reply = server.say(turn["say"], session)
        at = reply["routine_number"] or 0
        assert at == turn["routine"], (turn, reply)
    return script


def rows(data, table):
    """The rows of a table in the store, read beside the running server."""
    import sqlite3
    with contextlib.closing(sqlite3.connect("file:%s/dugout.db?mode=ro" % data, uri=True)) as db:
        return [json.loads(row[0]) for row in db.execute("SELECT body FROM records WHERE table_name = ?", (table,))]


def compare_row(data, script):
    """The stored registration against the record and the row of the conversation file."""
    record = script["record"]
    found = [row for row in rows(data, "registrations") if row["registration_code"] == record["registration_code"]]
    assert len(found) == 1, (script["name"], found)
    expected = dict(record)
    for check in script["rows"]:
        if check["table"] == "registrations":
            expected.update(check.get("members", {}))
    for member, value in expected.items():
        assert found[0].get(member) == value, (script["name"], member, found[0].get(member), value)
    for member in script.get("unset", []):
        assert member not in found[0], (script["name"], member, found[0])


def run_tests(scope):
    """Runs every function called test_* and prints a line for each."""
    for name, test in sorted(scope.items()):
        if name.startswith("test_"):
            test()
            print("pass ", name, flush=True)
