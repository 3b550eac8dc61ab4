#!/usr/bin/env python3
"""The log from outside: ids on the lines of a turn, a level that is changed while the server runs, files that
are turned over, an output that does not take lines, and no word of a family."""
import fcntl
import json
import os
import subprocess
import tempfile
import time

import driver
from driver import DUGOUT, PATIENCE, SOURCE, clean_environment, play, run_tests
from privacy_test import check_no_word, sensitive_values

TOKEN = "logs-test-operator-token"
OPERATOR = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Server(driver.Server):
    """As it is shipped: lines are written by a thread of their own."""

    def __init__(self, **environment):
        super().__init__(**{"DUGOUT_LOG_QUEUE": "8192", **environment})


def lines_of(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def logged(server, event, count=1):
    """The lines of an event; a thread of its own writes them, so they may take a moment."""
    until = time.monotonic() + 20 * PATIENCE
    while True:
        found = [line for line in lines_of(server.log()) if line["event"] == event]
        if len(found) >= count:
            return found
        assert time.monotonic() < until, (event, count, server.log()[-2000:])
        time.sleep(0.02)


def level(server, change=None, headers=None):
    method, body = ("GET", None) if change is None else ("POST", json.dumps(change))
    status, _, answer = server.request(method, "/admin/log-level", body, OPERATOR if headers is None else headers)
    return status, json.loads(answer)


def test_lines_of_a_turn_carry_session_turn_and_trace():
    with Server() as server:
        status, headers, answer = server.request(
            "POST", "/chat", json.dumps({"user_message": "200-lions-u9-2526"}),
            {"Content-Type": "application/json", "traceparent": PARENT})
        assert status == 200
        line, = logged(server, "turn.done")
        assert line["turn"] == headers["x-dugout-turn"], line
        assert line["trace"] == PARENT.split("-")[1], line
        assert line["session"], line


def test_the_level_is_changed_while_the_server_runs():
    with Server(DUGOUT_ADMIN_TOKEN=TOKEN) as server:
        assert level(server) == (200, {**level(server)[1], "level": "info", "usual": "info", "for_s": None})

        status, said = level(server, {"level": "error"})
        assert status == 200 and said["level"] == said["usual"] == "error", said
        server.say("200-lions-u9-2526", "ses_level_error")
        status, said = level(server, {"level": "debug", "for_s": 600})
        assert status == 200 and said["level"] == "debug" and said["usual"] == "error", said
        assert 590 < said["for_s"] <= 600, said
        server.say("200-lions-u9-2526", "ses_level_debug")

        done = logged(server, "turn.done")
        assert len(done) == 1, done  # the one that was said at debug
        assert [line["now"] for line in logged(server, "log.level", 2)] == ["error", "debug"]


def test_a_change_for_a_while_ends_by_itself():
    with Server(DUGOUT_ADMIN_TOKEN=TOKEN) as server:
        assert level(server, {"level": "error", "for_s": 1})[0] == 200
        until = time.monotonic() + 20 * PATIENCE
        while level(server)[1]["level"] != "info":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert level(server)[1]["for_s"] is None
        server.say("200-lions-u9-2526", "ses_level_back")
        logged(server, "turn.done")


def test_bad_changes_are_refused_and_only_operators_may():
    with Server(DUGOUT_ADMIN_TOKEN=TOKEN) as server:
        for change in ({}, [], {"level": "loud"}, {"level": 1}, {"level": "debug", "for_s": 0},
                       {"level": "debug", "for_s": "x"}, {"level": "debug", "for_s": 1e9}, {"level": "debug", "x": 1}):
            status, problem = level(server, change)
            assert status == 422, (change, problem)
        assert level(server)[1]["level"] == "info"
        for headers in ({}, {"Authorization": "Bearer wrong-token-of-some-length"}):
            assert level(server, {"level": "debug"}, {"Content-Type": "application/json", **headers})[0] == 401
            assert level(server, None, headers)[0] == 401
        status, headers, _ = server.request("DELETE", "/admin/log-level", headers=OPERATOR)
        assert status == 405 and headers["allow"] == "GET, HEAD, POST", headers
        server.stop()
        assert TOKEN not in server.log()
    with Server() as server:
        assert level(server)[0] == 404


def test_the_log_goes_to_files_that_are_turned_over():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log", "dugout.log")
        with Server(DUGOUT_LOG_FILE=path, DUGOUT_LOG_FILE_BYTES="64KiB", DUGOUT_LOG_FILES="3",
                    DUGOUT_LOG_LEVEL="debug") as server:
            for number in range(600):
                server.say("hello", "ses_files_%d" % number)
            server.stop()
            assert "turn.done" not in server.log()
        names = sorted(os.listdir(os.path.dirname(path)))
        assert names[:2] == ["dugout.log", "dugout.log.1"] and len(names) <= 3, names
        total = 0
        for name in names:
            whole = os.path.join(os.path.dirname(path), name)
            assert os.path.getsize(whole) <= 64 * 1024 and os.stat(whole).st_mode & 0o777 == 0o600
            with open(whole, encoding="utf-8") as file:
                total += len([json.loads(line) for line in file])
        assert total > 300, total


def test_a_full_disk_fails_no_turn_and_is_counted():
    with Server(DUGOUT_LOG_FILE="/dev/full", DUGOUT_ADMIN_TOKEN=TOKEN) as server:
        play(server, "run_a.yaml", "ses_full")
        until = time.monotonic() + 20 * PATIENCE
        while level(server)[1]["failed"] < 20:
            assert time.monotonic() < until, level(server)
            time.sleep(0.02)
        assert level(server)[1]["written"] == 0
        assert server.log().count("log.not_written") == 1, server.log()
        assert server.stop() == 0


def serve_with_stderr(stderr):
    process = subprocess.Popen(
        [DUGOUT, "serve", "--listen", "127.0.0.1:0", "--root", SOURCE, "--data", tempfile.mkdtemp(prefix="dugout_log_"),
         "--log-level", "debug"], stdout=subprocess.PIPE, stderr=stderr, text=True,
        env=clean_environment(DUGOUT_LOG_QUEUE="50", DUGOUT_ADMIN_TOKEN=TOKEN))
    return process, int(process.stdout.readline().rsplit(":", 1)[1])


class Attached(driver.Server):
    """A server whose stderr is the test's."""

    def __init__(self, stderr):
        self.process, self.port = serve_with_stderr(stderr)
        self.own_data, self.data = True, self.process.args[self.process.args.index("--data") + 1]


def test_a_pipe_that_nobody_reads_holds_up_no_turn_and_drops_are_counted():
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)  # the least there is: a few turns fill it
    try:
        with Attached(writer) as server:
            begun = time.monotonic()
            for number in range(120):
                server.say("hello", "ses_pipe_%d" % number)
            assert time.monotonic() - begun < 120 * PATIENCE
            assert level(server)[1]["dropped"] > 0, level(server)
            assert server.stop() == 0
    finally:
        os.close(reader)
        os.close(writer)


def test_a_pipe_that_was_closed_fails_no_turn():
    reader, writer = os.pipe()
    with Attached(writer) as server:
        os.close(writer)
        os.close(reader)
        play(server, "run_a.yaml", "ses_closed")
        assert server.stop() == 0


def test_a_whole_registration_leaves_no_word_in_the_log():
    with Server(DUGOUT_LOG_LEVEL="debug") as server:
        script = play(server, "run_a.yaml", "ses_words")
        server.stop()
        log = server.log()
        assert log.count("turn.done") == len(script["turns"]), log
        check_no_word(log, sensitive_values(script), "log")


def test_other_commands_write_to_stderr_and_leave_the_servers_file_alone():
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([DUGOUT, "chat", "--root", SOURCE, "--data", folder, "--log-level", "info"],
                              input="200-lions-u9-2526\n", capture_output=True, text=True,
                              env=clean_environment(DUGOUT_LOG_FILE=os.path.join(folder, "log")))
        assert done.returncode == 0 and not os.path.exists(os.path.join(folder, "log")), done
        assert "turn.done" in done.stderr and "turn.done" not in done.stdout, done


if __name__ == "__main__":
    run_tests(globals())
