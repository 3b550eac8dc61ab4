#!/usr/bin/env python3
"""Crash campaign: SIGKILL at random moments of a server that takes registrations from several clients at once.

Each client does what the parents' page does: a message without an answer is sent again under the same id. Payment
requests and SMS go to doubles that keep count. At the end every answer that a client was given must be in the store
as it was given, no effect may have happened twice, and every registration must have come to its end.

    tests/campaigns/crash.py --kills 1000 [--seed 7] [--clients 6]

DUGOUT and DUGOUT_SOURCE name the program and the source tree, as for the end-to-end tests. Exit code 1 when anything
was lost, repeated or stuck.
"""
import argparse
import collections
import contextlib
import http.client
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import yaml

SOURCE = os.environ.setdefault("DUGOUT_SOURCE", os.path.realpath(os.path.join(os.path.dirname(__file__), "../..")))
os.environ.setdefault("DUGOUT", os.path.join(SOURCE, "build/dev/bin/dugout"))
sys.path.insert(0, os.path.join(SOURCE, "tests/e2e"))

from doubles import gocardless, twilio  # noqa: E402
from driver import DUGOUT, PATIENCE, Server, clean_environment, conversation, rows  # noqa: E402

LAST = 33  # the routine a registration is played to: behind it come shirt numbers, of which there are few
STUCK = 120 * PATIENCE  # s without getting on, once nothing is killed any more


def letters(number):
    """A surname for each number."""
    name = ""
    for _ in range(5):
        number, digit = divmod(number, 26)
        name += chr(97 + digit)
    return name.capitalize()


def phone_of(number):
    return "07700900%03d" % (number % 1000)


def email_of(number):
    return "barlow%s@example.org" % letters(number).lower()


def script(number):
    """What one family says, and the routine each answer leads to."""
    family = "Barlow" + letters(number).lower()
    said = {"Helen Barlow": "Helen " + family, "Alfie Barlow": "Alfie " + family,
            "07700900123": phone_of(number), "helen.barlow@example.org": email_of(number)}
    lines = []
    for turn in conversation("run_a.yaml")["turns"]:
        lines.append((said.get(turn["say"], turn["say"]), turn["routine"]))
        if turn["routine"] == LAST:
            return lines
    raise AssertionError("the conversation does not come to routine %d" % LAST)


class Town:
    """The doubles, the data folder, and whichever server is up just now."""

    def __init__(self):
        self.payments, self.sms = gocardless.GoCardless(), twilio.Twilio()
        self.data = tempfile.mkdtemp(prefix="dugout_crash_")
        services = {"payments": {"backend": "gocardless", "base_url": self.payments.url,
                                 "access_token": "${GC_TOKEN:-}", "webhook_secret": gocardless.SECRET,
                                 "season": {"start_month": "2025-09", "cut_over": "2025-09-01", "end": "2026-05-01"}},
                    "sms": {"backend": "twilio", "base_url": self.sms.url, "account_sid": twilio.ACCOUNT,
                            "auth_token": twilio.TOKEN, "from": twilio.FROM}}
        self.config = os.path.join(self.data, "dugout.yaml")
        with open(self.config, "w", encoding="utf-8") as file:
            yaml.safe_dump({"public_url": "https://join.example.org", "services": services}, file)
        for double in (self.payments, self.sms):
            double.server.handle_error = lambda *_: None  # callers are killed all the time
        self.port = 0
        self.restarts = []  # s
        self.calm = None  # since when nothing is killed

    def start(self):
        begun = time.monotonic()
        server = Server(self.data, args=("--config", self.config), GC_TOKEN=gocardless.TOKEN)
        self.restarts.append(time.monotonic() - begun)
        self.port = server.port
        return server

    def stuck(self, since):
        """Has somebody waited for too long who waits since then?"""
        return self.calm is not None and time.monotonic() - max(since, self.calm) > STUCK

    def check(self):
        """The findings of `dugout store check`."""
        done = subprocess.run([DUGOUT, "store", "check", "--json", "--data", self.data, "--config", self.config],
                              capture_output=True, text=True, env=clean_environment(), check=False)
        return json.loads(done.stdout)["findings"] if done.stdout else [done.stderr]

    def close(self):
        self.payments.stop()
        self.sms.stop()
        shutil.rmtree(self.data, ignore_errors=True)


class Client(threading.Thread):
    """Plays one registration after another until it is told to come to an end."""

    def __init__(self, town, numbers, seed):
        super().__init__(daemon=True)
        self.town, self.numbers, self.random = town, numbers, random.Random(seed)
        self.ending = threading.Event()
        self.acknowledged = {}  # (session, message id) -> response
        self.finished, self.stuck, self.lost = [], [], []
        self.repeats = 0

    def run(self):
        while not self.ending.is_set():
            number = next(self.numbers)
            session = "ses_" + uuid.uuid4().hex
            if self.register(session, script(number)):
                self.finished.append(number)
            else:
                self.stuck.append(session)

    def register(self, session, lines):
        at = 0
        for text, routine in lines:
            # An outside service that is not sure leaves us where we are: the parent says it again.
            begun = time.monotonic()
            while at != routine:
                reply = self.say(session, text)
                if reply is None or self.town.stuck(begun):
                    return False
                at = reply["routine_number"] or 0
        return True

    def say(self, session, text):
        message = uuid.uuid4().hex
        begun = time.monotonic()
        while not self.town.stuck(begun):
            reply = self.post(session, text, message)
            if reply is not None:
                self.acknowledged[session, message] = reply["response"]
                if self.random.random() < 0.1:
                    self.ask_again(session, text)
                return reply
            time.sleep(0.05)
            self.repeats += 1
        return None

    def ask_again(self, session, text):
        """An answer that was given stays the answer."""
        earlier = self.random.choice([key for key in self.acknowledged if key[0] == session])
        reply = self.post(session, text, earlier[1])
        if reply is not None and reply["response"] != self.acknowledged[earlier]:
            self.lost.append(earlier)

    def post(self, session, text, message):
        body = json.dumps({"user_message": text, "session_id": session, "client_message_id": message})
        connection = http.client.HTTPConnection("127.0.0.1", self.town.port, timeout=60 * PATIENCE)
        try:
            connection.request("POST", "/chat", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            return json.loads(answer) if response.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None  # killed under it
        finally:
            connection.close()


def kill_again_and_again(town, clients, kills, dice):
    """The last server, which stays."""
    server = town.start()
    for client in clients:
        client.start()
    for _ in range(kills):
        time.sleep(dice.uniform(0.05, 0.3))
        server.kill()
        server.process.stdout.close()
        server = town.start()
    town.calm = time.monotonic()
    return server


def lost_turns(town, clients):
    """Answers that clients were given and that the store does not have."""
    lost = [key for client in clients for key in client.lost]
    with contextlib.closing(sqlite3.connect("file:%s/dugout.db?mode=ro" % town.data, uri=True)) as db:
        for client in clients:
            for (session, message), response in client.acknowledged.items():
                found = db.execute("SELECT reply FROM turns WHERE session = ? AND client_message_id = ?",
                                   (session, message)).fetchone()
                if not found or not found[0] or json.loads(found[0])["response"] != response:
                    lost.append((session, message))
    return lost


def wrong_effects(town, finished, stuck):
    """`finished`: numbers of families that came to their end; `stuck`: how many did not. What has happened more than
    once, and what of a finished family has not happened: one payment request, one SMS, one row for each."""
    requests = sum(effect.startswith("billing_requests ") for effect in town.payments.effects)
    texts = collections.Counter((message["to"], message["body"]) for message in town.sms.messages)
    phones = collections.Counter(message["to"][-9:] for message in town.sms.messages)
    families = collections.Counter(row.get("parent_email") for row in rows(town.data, "registrations"))
    twice = [("payment request", requests)] if requests > len(finished) + stuck else []
    twice += [("sms", what) for what, count in texts.items() if count > 1]
    twice += [("row", who) for who, count in families.items() if count > 1]
    missing = [("payment requests", len(finished) - requests)] if requests < len(finished) else []
    for phone, families_of_it in collections.Counter(phone_of(number)[-9:] for number in finished).items():
        if phones[phone] < families_of_it:
            missing.append(("sms", phone))
    missing += [("row", email_of(number)) for number in finished if families[email_of(number)] != 1]
    return twice, missing


def recovered(town):
    """Turns that the server answered by itself, as its log says."""
    count = 0
    with open(os.path.join(town.data, "log"), encoding="utf-8") as file:
        for line in file:
            if '"turns.recovered"' in line:
                with contextlib.suppress(ValueError):  # a line that a kill cut short
                    count += json.loads(line).get("answered", 0)
    return count


def numbers_from_zero():
    lock, state = threading.Lock(), [0]

    class Numbers:
        def __next__(self):
            with lock:
                state[0] += 1
                return state[0] - 1
    return Numbers()


def run(kills, seed, clients):
    dice = random.Random(seed)
    town = Town()
    numbers = numbers_from_zero()
    crowd = [Client(town, numbers, dice.random()) for _ in range(clients)]
    server = None
    begun = time.monotonic()
    try:
        server = kill_again_and_again(town, crowd, kills, dice)
        for client in crowd:
            client.ending.set()
        for client in crowd:
            client.join()
        stopped = server.stop()
        return report(town, crowd, kills, seed, time.monotonic() - begun, stopped)
    finally:
        if server is not None:
            server.kill()
        town.close()


def report(town, crowd, kills, seed, seconds, stopped):
    finished = [number for client in crowd for number in client.finished]
    stuck = [session for client in crowd for session in client.stuck]
    lost = lost_turns(town, crowd)
    twice, missing = wrong_effects(town, finished, len(stuck))
    findings = town.check()
    figures = [("seed", seed), ("kills", kills), ("restarts", len(town.restarts) - 1),
               ("registrations finished", len(finished)),
               ("turns acknowledged", sum(len(client.acknowledged) for client in crowd)),
               ("messages sent again", sum(client.repeats for client in crowd)),
               ("turns answered by the server itself", recovered(town)),
               ("payment requests", len(town.payments.effects)), ("sms", len(town.sms.messages)),
               ("acknowledged turns lost", len(lost)), ("effects repeated", len(twice)),
               ("effects missing", len(missing)), ("sessions stuck", len(stuck)),
               ("findings of `dugout store check`", len(findings)),
               ("median restart", "%.0f ms" % (1000 * statistics.median(town.restarts))),
               ("time", "%.0f s" % seconds)]
    for name, figure in figures:
        print("%-38s %s" % (name, figure))
    for bad in lost[:10] + twice[:10] + missing[:10] + stuck[:10] + findings[:10]:
        print("BAD", bad)
    return 1 if lost or twice or missing or stuck or findings or stopped != 0 else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="how often (default: 100)")
    parser.add_argument("--seed", type=int, default=None, help="of the moments (default: a new one)")
    parser.add_argument("--clients", type=int, default=6, help="registrations at once (default: 6)")
    asked = parser.parse_args()
    sys.exit(run(asked.kills, random.randrange(1 << 30) if asked.seed is None else asked.seed, asked.clients))
