#!/usr/bin/env python3
"""kill -9 in the middle of a turn: after the restart the same message completes it once."""
import contextlib
import os
import shutil
import sqlite3
import tempfile
import threading
import time

from driver import Server, conversation, rows, run_tests


def lines_before(routine):
    lines = []
    for turn in conversation("run_a.yaml")["turns"]:
        lines.append(turn["say"])
        if turn["routine"] == routine:
            return lines
    raise AssertionError(routine)


def effects(data):
    outbox = os.path.join(data, "outbox")
    return (len(rows(data, "registrations")), len(rows(data, "payment_requests")),
            len(os.listdir(outbox)) if os.path.isdir(outbox) else 0)


def send(server, text, session, message_id):
    try:
        server.say(text, session, message_id)
    except (OSError, AssertionError, ValueError):
        pass  # the server was killed under it


def unanswered(data):
    """Turns that were accepted and not answered: a kill in the middle leaves one."""
    with contextlib.closing(sqlite3.connect("file:%s/dugout.db?mode=ro" % data, uri=True)) as db:
        return db.execute("SELECT count(*) FROM turns WHERE reply IS NULL OR reply = ''").fetchone()[0]


def wait_for_effects(data, wanted):
    """Returns as soon as the disk shows this many effects, or when a minute has passed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and sum(effects(data)) < wanted:
        pass


def about_to_pay():
    """A data folder in which one registration stands before its payment turn."""
    data = tempfile.mkdtemp(prefix="dugout_crash_")
    with Server(data) as server:
        for line in lines_before(29):
            server.say(line, "session-crash")
        assert server.stop() == 0
    return data


def kill_at(wanted, data):
    """One payment turn, killed as soon as `wanted` of its three effects are seen; then repeated."""
    with Server(data) as server:
        sender = threading.Thread(target=send, args=(server, "15", "session-crash", "pay"))
        sender.start()
        wait_for_effects(data, wanted)
        server.kill()
        sender.join()
    cut = unanswered(data)
    with Server(data) as server:
        reply = server.say("15", "session-crash", "pay")
        assert reply["routine_number"] == 30, (wanted, reply)
        assert effects(data) == (1, 1, 1), (wanted, effects(data))
        again = server.say("15", "session-crash", "pay")
        assert again["response"] == reply["response"]
        assert effects(data) == (1, 1, 1), (wanted, effects(data))
    return cut


def test_killed_after_each_effect_of_the_payment_turn():
    cut = 0
    before = about_to_pay()
    for wanted in (0, 1, 2, 3) * 4:
        data = tempfile.mkdtemp(prefix="dugout_crash_")
        try:
            shutil.copytree(before, data, dirs_exist_ok=True)
            cut += kill_at(wanted, data)
        finally:
            shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(before, ignore_errors=True)
    print("      %d of 16 kills fell into the turn" % cut)
    assert cut > 0, "no kill fell into the turn: the test has shown nothing"


if __name__ == "__main__":
    run_tests(globals())
