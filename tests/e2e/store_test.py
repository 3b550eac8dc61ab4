#!/usr/bin/env python3
"""`dugout store`, and a server whose store is in trouble: what it says, what it refuses, how it goes on."""
import contextlib
import json
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import threading
import time

from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, run_tests

CODE = "200-lions-u9-2526"


def store(data, *words):
    done = subprocess.run([DUGOUT, "store", *words, "--data", data, "--root", SOURCE], capture_output=True, text=True,
                          env=clean_environment(), check=False)
    return done.returncode, done.stdout + done.stderr


def database(data):
    return os.path.join(data, "dugout.db")


def ready(server, wanted):
    """What /ready says. The answer of up to a second ago is waited out."""
    end = time.monotonic() + 10 * PATIENCE
    while True:
        status, _, body = server.request("GET", "/ready")
        if status == wanted or time.monotonic() > end:
            return status, json.loads(body).get("detail", "")
        time.sleep(0.05)


def chat(server, session="session-store", message="m1", text=CODE):
    status, headers, body = server.request(
        "POST", "/chat", json.dumps({"user_message": text, "session_id": session, "client_message_id": message}),
        {"Content-Type": "application/json"})
    return status, headers, json.loads(body)


def check_trouble(server, state, words, message="m1"):
    """The same for every trouble: 503 with what to do, said in the log once."""
    for _ in range(2):
        status, detail = ready(server, 503)
        assert status == 503 and words in detail, (status, detail)
        assert server.data not in detail, "a path: " + detail
        status, headers, body = chat(server, message=message)
        assert status == 503 and int(headers["retry-after"]) >= 1, (status, headers, body)
    troubles = [line for line in server.log().splitlines() if '"store.trouble"' in line]
    assert len(troubles) == 1 and json.loads(troubles[0])["state"] == state, troubles


def check_well(server, message="m1"):
    status, detail = ready(server, 200)
    assert status == 200, (status, detail)
    status, _, body = chat(server, message=message)
    assert status == 200 and body["routine_number"] == 1, (status, body)


@contextlib.contextmanager
def folder():
    data = tempfile.mkdtemp(prefix="dugout_store_")
    try:
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_locked_by_another_process():
    with Server() as server, contextlib.closing(sqlite3.connect(database(server.data), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        check_trouble(server, "locked", "Another process holds the store")
        other.execute("ROLLBACK")
        check_well(server)
        assert server.stop() == 0


@contextlib.contextmanager
def small_disk():
    """A folder on a disk of 8 MB; None where none can be had."""
    with folder() as place:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True, check=False)
        try:
            yield place if made.returncode == 0 else None
        finally:
            if made.returncode == 0:
                subprocess.run(["umount", "-l", place], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_disk_full():
    with small_disk() as data:
        if data is None:
            print("      no disk can be mounted here; see test_no_file_may_grow")
            return
        with Server(data) as server:
            assert chat(server, message="before")[0] == 200
            ballast = os.path.join(data, "ballast")
            fill(ballast)
            # What the log file has taken already may hold some more; then the disk is full.
            for number in range(2000):
                if chat(server, "session-fill-%d" % number)[0] == 503:
                    break
            check_trouble(server, "full", "The disk of the store is full", message="during")
            os.remove(ballast)
            status, _, body = chat(server, message="during")
            assert status == 200, body
            assert ready(server, 200)[0] == 200
            assert chat(server, message="before")[0] == 200
            assert server.stop() == 0


def test_no_file_may_grow():
    with Server() as server:
        assert chat(server, message="before")[0] == 200
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        status, detail = ready(server, 503)
        assert status == 503 and "cannot be read or written" in detail, (status, detail)
        assert chat(server, "session-other")[0] == 503
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        check_well(server, message="before")
        assert server.stop() == 0


def test_file_removed_under_the_server():
    with Server() as server:
        os.rename(database(server.data), database(server.data) + ".moved")
        check_trouble(server, "gone", "removed or replaced")
        os.rename(database(server.data) + ".moved", database(server.data))
        check_well(server)  # the very same file is back
        assert server.stop() == 0


def test_damaged_file_is_refused_at_the_start_and_restored():
    with folder() as data:
        backup = os.path.join(data, "backup.db")
        with Server(data) as server:
            assert chat(server)[0] == 200
            assert store(data, "backup", backup)[0] == 0
            assert server.stop() == 0
        with open(database(data), "r+b") as file:
            file.seek(8192)
            file.write(b"\xa5" * (os.path.getsize(database(data)) - 8192))
        done = subprocess.run([DUGOUT, "serve", "--listen", "127.0.0.1:0", "--root", SOURCE, "--data", data],
                              capture_output=True, text=True, env=clean_environment(), timeout=300, check=False)
        assert done.returncode == 3 and "dugout store restore FILE" in done.stderr, done
        code, said = store(data, "check")
        assert code == 1 and "damaged" in said, (code, said)
        code, said = store(data, "restore", backup)
        assert code == 0 and ".before-" in said, (code, said)
        assert store(data, "check")[0] == 0
        with Server(data) as server:
            status, _, body = chat(server)
            assert status == 200 and body["routine_number"] == 1, body
            assert server.stop() == 0


def test_backup_while_turns_go_on():
    with Server() as server:
        backup = os.path.join(server.data, "backup.db")
        stop = threading.Event()

        def talk(number):
            count = 0
            while not stop.is_set():
                server.say("hello", "session-%d" % number, "m%d" % count)
                count += 1
        talkers = [threading.Thread(target=talk, args=(number,)) for number in range(3)]
        for talker in talkers:
            talker.start()
        try:
            for _ in range(3):
                code, said = store(server.data, "backup", backup)
                assert code == 0, said
        finally:
            stop.set()
            for talker in talkers:
                talker.join()
        assert stat.S_IMODE(os.stat(backup).st_mode) == 0o600
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % backup, uri=True)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            half = db.execute("SELECT count(*) FROM turns WHERE reply IS NOT NULL AND NOT EXISTS("
                              "SELECT 1 FROM messages WHERE messages.turn = turns.id)").fetchone()
            assert half == (0,), half
        code, said = store(server.data, "restore", backup)
        assert code == 3 and "stop `dugout serve`" in said, (code, said)
        assert store(server.data, "check")[0] == 0
        assert server.stop() == 0


def test_turns_left_by_a_crash_are_found_then_answered():
    with folder() as data:
        with Server(data) as server:
            assert server.stop() == 0
        with contextlib.closing(sqlite3.connect(database(data))) as db:
            db.execute("INSERT INTO turns(id, session, client_message_id, request, accepted_ms) "
                       "VALUES('turn_1', 'session-store', 'm1', ?, ?)",
                       (json.dumps({"user_message": CODE}), int(time.time() * 1000)))
            db.commit()
        code, said = store(data, "check", "--json")
        assert code == 1 and "turn turn_1" in json.loads(said)["findings"][0], (code, said)
        with Server(data) as server:
            check_well(server)  # the same message gets the answer
            assert '"turns.taken_over"' in server.log(), server.log()
            assert server.stop() == 0
        assert store(data, "check")[0] == 0


def audit(data):
    done = subprocess.run([DUGOUT, "audit", "show", "--json", "--data", data], capture_output=True, text=True,
                          env=clean_environment(), check=False)
    return [(line["who"], line["what"], line["target"], line["outcome"])
            for line in map(json.loads, done.stdout.splitlines())]


def test_operators_acts_are_in_the_audit_log():
    with folder() as data:
        backup = os.path.join(data, "backup.db")
        with Server(data) as server:
            assert store(data, "backup", backup)[0] == 0
            assert store(data, "restore", backup)[0] == 3  # it is in use
            assert server.stop() == 0
        assert store(data, "restore", backup)[0] == 0
        with contextlib.closing(sqlite3.connect(database(data))) as db:
            db.execute("INSERT INTO turns(id, session, request, accepted_ms) VALUES('turn_1', 'session-store', '{}', 1)")
            db.commit()
        code, said = store(data, "check")
        assert code == 1 and "dugout store drop turn_1" in said, said
        assert store(data, "drop", "turn_1")[0] == 0
        assert store(data, "drop", "turn_2")[0] == 1
        assert store(data, "check")[0] == 0
        acts = [act for act in audit(data) if act[1].startswith("store.")]
        assert [act[1:] for act in acts] == [
            ("store.backup", "backup.db", "ok"), ("store.restore", "backup.db", "failed"),
            ("store.restore", "backup.db", "ok"), ("store.drop", "turn_1", "ok")], acts
        assert all(act[0].startswith("cli:") for act in acts), acts


def wait_for(what, words):
    deadline = time.monotonic() + 300
    while not what():
        assert time.monotonic() < deadline, words()
        time.sleep(0.1)


def daily(data, folder_name, keep):
    """Settings with a backup that is due at any hour."""
    path = os.path.join(data, "dugout.yaml")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"backup": {"folder": folder_name, "keep": keep}, "jobs": {"backup": {"at": "00:00"}}}, file)
    return ("--config", path)


def test_the_server_backs_itself_up_daily():
    day = time.gmtime().tm_yday
    try:
        check_daily_backup()
    except AssertionError:
        if time.gmtime().tm_yday == day:
            raise
        check_daily_backup()  # midnight came, and another backup with it


def check_daily_backup():
    with folder() as data:
        backups = os.path.join(data, "backups")
        os.mkdir(backups)
        old = ["dugout-2024010%dT023000Z.db" % day for day in (1, 2, 3)]
        theirs = ["dugout-before-migration.db", "mine.db"]  # the first is as long as one of ours
        left_over = ["dugout-2024010%dT023000Z.db.part-0123abcd" % day for day in (1, 2)]  # of a kill; under way
        for name in old + theirs + left_over:
            with open(os.path.join(backups, name), "w", encoding="ascii"):
                pass
        os.utime(os.path.join(backups, left_over[0]), (1, 1))
        with Server(data, args=daily(data, backups, 2)) as server:
            wait_for(lambda: '"store.backed_up"' in server.log(), server.log)
            wait_for(lambda: ("jobs", "store.backup") in [act[:2] for act in audit(data)], server.log)
            assert server.stop() == 0
        left = sorted(set(os.listdir(backups)) - set(theirs))
        assert len(left) == 3 and left[:2] == [left_over[1], old[2]], left
        left.remove(left_over[1])
        assert sorted(set(os.listdir(backups)) & set(theirs)) == theirs
        assert stat.S_IMODE(os.stat(os.path.join(backups, left[1])).st_mode) == 0o600
        code, said = store(data, "restore", os.path.join(backups, left[1]))
        assert code == 0, said


def test_a_backup_that_fails_is_said_and_tried_again():
    with folder() as data:
        with Server(data, args=daily(data, os.path.join(data, "disk"), 2)) as server:
            wait_for(lambda: '"store.backup_failed"' in server.log() and '"jobs.again"' in server.log(), server.log)
            assert not os.path.exists(os.path.join(data, "disk"))  # it may be a place without its disk
            assert ready(server, 200)[0] == 200
            assert server.stop() == 0


def test_what_cannot_be_done_says_why():
    with folder() as data:
        code, said = store(data, "check")
        assert code == 3 and "no store" in said, (code, said)
        code, said = store(data, "restore", os.path.join(data, "none.db"))
        assert code == 1 and "no backup" in said, (code, said)
        code, said = store(data, "backup", "x.db")
        assert code == 3 and "no store" in said, (code, said)


if __name__ == "__main__":
    run_tests(globals())
