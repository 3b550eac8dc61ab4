#!/usr/bin/env python3
"""kill -9 in the middle of a turn: after the restart the same message completes it once."""
import os
import random
import shutil
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


def kill_after(delay, data):
    """One payment turn that is killed `delay` seconds after it was sent, then repeated."""
    with Server(data) as server:
        for line in lines_before(29):
            server.say(line, "session-crash")
        sender = threading.Thread(target=send, args=(server, "15", "session-crash", "pay"))
        sender.start()
        time.sleep(delay)
        server.kill()
        sender.join()
    with Server(data) as server:
        reply = server.say("15", "session-crash", "pay")
        assert reply["routine_number"] == 30, (delay, reply)
        assert effects(data) == (1, 1, 1), (delay, effects(data))
        again = server.say("15", "session-crash", "pay")
        assert again["response"] == reply["response"]
        assert effects(data) == (1, 1, 1), (delay, effects(data))


def test_killed_at_many_moments_of_the_payment_turn():
    random.seed(20251001)
    for _ in range(12):
        data = tempfile.mkdtemp(prefix="dugout_crash_")
        try:
            kill_after(random.uniform(0.0, 0.02), data)
        finally:
            shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    run_tests(globals())
