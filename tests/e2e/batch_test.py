#!/usr/bin/env python3
"""Batches from outside: over HTTP with a client that leaves, in the terminal with kills and a resume."""
import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, conversation, rows, run_tests

CODE = "200-lions-u9-2526"
NDJSON = {"Content-Type": "application/x-ndjson"}


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix="dugout_batch_")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def write_lines(path, calls):
    with open(path, "w", encoding="utf-8") as file:
        for call in calls:
            file.write((call if isinstance(call, str) else json.dumps(call)) + "\n")


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return lines_of(file.read())


def command(data, *args):
    return [DUGOUT, "batch", "--root", SOURCE, "--data", data, "--offline", *args]


def batch(data, *args):
    return subprocess.run(command(data, *args), capture_output=True, text=True,
                          env=clean_environment(), timeout=300 * PATIENCE)


def turns(data):
    """Turns that were accepted, and how many of them have no reply."""
    with contextlib.closing(sqlite3.connect("file:%s/dugout.db?mode=ro" % data, uri=True)) as db:
        return db.execute("SELECT count(*), sum(reply IS NULL OR reply = '') FROM turns").fetchone()


def conversations(count):
    """Whole registrations up to the payment, one session each: their effects can be counted."""
    said = []
    for turn in conversation("run_a.yaml")["turns"]:
        said.append(turn["say"])
        if turn["routine"] == 29:
            break
    said.append("15")
    # Another child in each, as the same one registered again would replace its row.
    names = ("Alfie", "Ben", "Chloe", "Daisy")[:count]
    return [{"id": "%d-%d" % (child, at), "session_id": "session-batch-%d" % child,
             "user_message": text.replace("Alfie", name)}
            for at, text in enumerate(said) for child, name in enumerate(names)]


def effects(data):
    outbox = os.path.join(data, "outbox")
    return (len(rows(data, "registrations")), len(rows(data, "payment_requests")),
            len(os.listdir(outbox)) if os.path.isdir(outbox) else 0)


def test_two_hundred_calls_over_http():
    calls = [{"user_message": CODE, "session_id": "session-http-%d" % n, "id": n} for n in range(200)]
    with Server() as server:
        status, headers, body = server.request(
            "POST", "/chat/batch", json.dumps({"concurrency": 4, "calls": calls}), {"Content-Type": "application/json"})
        results = lines_of(body.decode())
        assert status == 200 and headers["content-type"] == "application/x-ndjson", (status, headers)
        assert results[-1] == {"done": True, "good": 200, "failed": 0}, results[-1]
        assert sorted(result["id"] for result in results[:-1]) == list(range(200))
        assert all(result["reply"]["routine_number"] == 1 for result in results[:-1]), results[0]


def test_bad_lines_are_results_of_their_own():
    text = "\n".join([json.dumps({"user_message": CODE}), "{broken", json.dumps({"user_message": 7}),
                      json.dumps({"user_message": "", "session_id": "session-bad-1"}),
                      json.dumps({"user_message": "hello", "session_id": "x"}), json.dumps({"user_message": CODE})])
    with Server() as server:
        status, _, body = server.request("POST", "/chat/batch", text, NDJSON)
        results = lines_of(body.decode())
        found = {result["index"]: result for result in results[:-1]}
        assert status == 200 and results[-1] == {"done": True, "good": 2, "failed": 4}, results
        assert [found[n]["status"] for n in range(6)] == [200, 400, 422, 422, 422, 200]
        assert found[1]["line"] == 2 and found[2]["problem"]["errors"][0]["pointer"] == "/user_message"
        assert found[4]["problem"]["errors"][0]["pointer"] == "/session_id"


def test_a_client_that_leaves_ends_its_batch():
    calls = "".join(json.dumps({"user_message": CODE}) + "\n" for _ in range(1000))
    with Server(DUGOUT_LIMITS_BATCH_CONCURRENCY="1", args=("--log-level", "info")) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60 * PATIENCE) as client:
            client.sendall(("POST /chat/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                            "Content-Length: %d\r\n\r\n" % len(calls)).encode() + calls.encode())
            got = b""
            while b'"status":200' not in got:
                got += client.recv(4096)
        deadline = time.monotonic() + 60 * PATIENCE
        while '"batch.done"' not in server.log():
            assert time.monotonic() < deadline, "the batch has not ended"
        done = [json.loads(line) for line in server.log().splitlines() if '"batch.done"' in line]
        assert len(done) == 1 and done[0]["left"] > 0, done
        accepted, unanswered = turns(server.data)
        assert accepted == 1000 - done[0]["left"] and not unanswered, (accepted, unanswered, done)
        assert server.say(CODE, "session-after-batch")["routine_number"] == 1
        assert server.stop() == 0


def test_results_on_stdout_and_the_exit_code_tells_of_failures():
    with folder() as data:
        path = os.path.join(data, "calls.jsonl")
        write_lines(path, [{"user_message": CODE, "id": "a"}, "", {"user_message": "hello", "id": "b"}])
        good = batch(data, path)
        assert good.returncode == 0, good.stderr
        assert sorted(result["id"] for result in lines_of(good.stdout)) == ["a", "b"]
        assert "\x1b[" not in good.stdout + good.stderr and "#" not in good.stderr, "a bar is for terminals"
        write_lines(path, [{"user_message": CODE, "id": "a"}, "{", {"user_message": CODE, "id": "a"}])
        bad = batch(data, path)
        found = {result["index"]: result for result in lines_of(bad.stdout)}
        assert bad.returncode == 1 and "2 of 3 calls failed" in bad.stderr, bad.stderr
        assert (found[1]["status"], found[1]["line"]) == (400, 2) and found[2]["status"] == 422
        assert batch(data, "/nowhere/calls.jsonl").returncode == 2
        assert batch(data, path, "--concurrency", "0").returncode == 2


def test_an_output_that_is_no_result_is_left_alone():
    with folder() as data:
        path, out = os.path.join(data, "calls.jsonl"), os.path.join(data, "notes.txt")
        write_lines(path, [{"user_message": CODE}])
        write_lines(out, ["my notes", "of today"])
        refused = batch(data, path, "-o", out)
        assert refused.returncode == 2 and "notes.txt:1:1" in refused.stderr, refused.stderr
        with open(out, encoding="utf-8") as file:
            assert file.read() == "my notes\nof today\n"


def run_and_end(data, path, out, wanted, how):
    """Starts a run and ends it once so many results are in the file; its exit code."""
    process = subprocess.Popen(command(data, path, "-o", out, "--concurrency", "3"),
                               stderr=subprocess.DEVNULL, env=clean_environment())
    deadline = time.monotonic() + 120 * PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if os.path.exists(out) and os.path.getsize(out) > 0 and len(open(out, "rb").readlines()) >= wanted:
            break
    process.send_signal(how)
    return process.wait(timeout=120 * PATIENCE)


def test_killed_in_the_middle_and_gone_on_with_each_call_happens_once():
    with folder() as data:
        path, out = os.path.join(data, "calls.jsonl"), os.path.join(data, "results.jsonl")
        calls = conversations(4)
        write_lines(path, calls)
        cut = 0
        for wanted in range(10, len(calls), len(calls) // 8):
            cut += run_and_end(data, path, out, wanted, signal.SIGKILL) == -signal.SIGKILL
        assert cut > 3, "hardly a kill fell into a run: the test has shown nothing"
        with open(out, "ab") as file:
            file.write(b'{"index": 3, "sta')  # what a kill leaves at its worst
        done = batch(data, path, "-o", out)
        assert done.returncode == 0, done.stderr
        results = read_lines(out)
        assert sorted(result["id"] for result in results) == sorted(call["id"] for call in calls)
        assert all(result["status"] == 200 for result in results), [r for r in results if r["status"] != 200]
        accepted, unanswered = turns(data)
        assert accepted == len(calls) and not unanswered, (accepted, len(calls), unanswered)
        assert effects(data) == (4, 4, 4), effects(data)
        last = {r["reply"]["session_id"]: r["reply"]["routine_number"] for r in results if r["id"].endswith(calls[-1]["id"][1:])}
        assert set(last.values()) == {30}, last
        again = batch(data, path, "-o", out)
        assert again.returncode == 0 and read_lines(out) == results, "nothing is left to do"


def test_without_sessions_and_ids_a_repeat_is_no_second_conversation():
    with folder() as data:
        path = os.path.join(data, "calls.jsonl")
        write_lines(path, [{"user_message": CODE}] * 3)
        first, second = lines_of(batch(data, path).stdout), lines_of(batch(data, path).stdout)
        assert len({result["reply"]["session_id"] for result in first}) == 3
        by_index = lambda results: sorted(results, key=lambda result: result["index"])
        assert by_index(first) == by_index(second) and turns(data)[0] == 3


def test_a_signal_lets_the_running_calls_end():
    with folder() as data:
        path, out = os.path.join(data, "calls.jsonl"), os.path.join(data, "results.jsonl")
        write_lines(path, [{"user_message": CODE, "id": n} for n in range(2000)])
        code = run_and_end(data, path, out, 5, signal.SIGTERM)
        results = read_lines(out)
        assert code == 1 and 5 <= len(results) < 2000, (code, len(results))
        accepted, unanswered = turns(data)
        assert accepted == len(results) and not unanswered, (accepted, unanswered, len(results))


def test_a_file_of_one_line_that_is_no_result_is_not_emptied():
    with folder() as data:
        path, other = os.path.join(data, "calls.jsonl"), os.path.join(data, "other.json")
        write_lines(path, [{"user_message": CODE}])
        with open(other, "w", encoding="utf-8") as file:
            file.write('{"mine": true}')
        refused = batch(data, path, "-o", other)
        assert refused.returncode == 2 and other + ":1:1:" in refused.stderr, refused.stderr
        assert open(other, encoding="utf-8").read() == '{"mine": true}'


def test_two_runs_do_not_write_the_same_file():
    import fcntl
    with folder() as data:
        path, out = os.path.join(data, "calls.jsonl"), os.path.join(data, "results.jsonl")
        write_lines(path, [{"user_message": CODE}])
        with open(out, "ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            refused = batch(data, path, "-o", out)
        assert refused.returncode == 2 and "another dugout batch" in refused.stderr, refused.stderr


if __name__ == "__main__":
    run_tests(globals())
