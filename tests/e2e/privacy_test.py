#!/usr/bin/env python3
"""What is kept of a family, and what is not: logs, consent, export, erasure, retention, Airtable's columns."""
import contextlib
import datetime
import http.client
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time

import yaml

from doubles import airtable
from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, conversation, play, rows, run_tests

SENSITIVE = re.compile(r"(first|last|full)_name|telephone|email|address|post_code|dob|medical|house_number|town$")
ORDINARY = {"Y", "N", "Urmston", "Manchester", "Sale", "Stretford"}  # places and answers, not persons


def dugout(data, *args, config="", stdin=""):
    more = ["--config", config] if config else []
    return subprocess.run([DUGOUT, *args, "--root", SOURCE, "--data", data, *more], input=stdin,
                          capture_output=True, text=True, env=clean_environment(), timeout=120 * PATIENCE)


def told_values(script):
    """What the parent told, as it is stored and as it was typed."""
    record = script["record"]
    values = {str(v) for k, v in record.items() if SENSITIVE.search(k) and len(str(v)) > 2} - ORDINARY
    typed = {turn["say"] for turn in script["turns"]
             if "say" in turn and (re.search(r"\d{3}|@", turn["say"]) and "-u" not in turn["say"])}
    return {v for v in values | typed if len(v) > 2 and not v.isdigit() or len(v) > 5}


def sensitive_values(script):
    """What the parent told, and how a message may write it."""
    told = told_values(script)
    return told | {v[:5] + " " + v[5:8] + " " + v[8:] for v in told if re.fullmatch(r"07\d{9}", v)}


def check_no_word(text, values, where):
    """For the log, whose values stand between quotes: "Ben" is a part of many words."""
    for value in values:
        found = re.search(r"(?<![A-Za-z0-9])" + re.escape(value) + r"(?![A-Za-z0-9])", text, re.I)
        assert not found, (where, value, text[max(0, found.start() - 200):found.end() + 50])


def check_no_trace(text, values, where):
    """No word boundaries: the store writes values one behind the other, with nothing in between."""
    text = text.lower()
    for value in values:
        at = text.find(value.lower())
        assert at < 0, (where, value, text[max(0, at - 200):at + 50])


def check_kept(data, values):
    """The search of check_no_trace finds all of these: so it would find what is left over, too."""
    text = text_of_all(data).lower()
    unseen = {value for value in values if value.lower() not in text}
    assert values and not unseen, unseen


def text_of_all(folder):
    """All files but the log, which names conversations by their ids and has a test of its own."""
    out = b""
    for place, _, names in os.walk(folder):
        for name in set(names) - {"log"}:
            with open(os.path.join(place, name), "rb") as file:
                out += file.read()
    return out.decode("utf-8", "replace")


def traces(script, data):
    """The family's own values: not those that invented players of last season happen to share."""
    with open(os.path.join(SOURCE, "agents/data/players_last_season.yaml"), encoding="utf-8") as file:
        shared = file.read() + json.dumps(rows(data, "addresses"))
    return {value for value in sensitive_values(script) if value.lower() not in shared.lower()}


def execute(data, sql, *values):
    with contextlib.closing(sqlite3.connect(os.path.join(data, "dugout.db"))) as db, db:
        return db.execute(sql, values).fetchall()


def test_registrations_leave_nothing_sensitive_in_the_log():
    with Server(args=("--log-level", "debug")) as server:
        values = set()
        for run in ("run_a", "run_b", "run_c", "run_d"):
            values |= sensitive_values(play(server, run + ".yaml", "played-" + run))
        for run in ("run_e", "run_f", "answers"):  # strangers, refusals, rubbish: said, wherever it leads
            script = conversation(run + ".yaml")
            for number, turn in enumerate(script["turns"]):
                if "say" in turn and turn["say"]:
                    server.say(turn["say"], "said-%s-%s" % (run, turn.get("session", "")), "m%d" % number)
            values |= sensitive_values({"record": {}, **script})
        server.stop()
        log = server.log()
        assert log.count("\n") > 100 and len(values) > 60, (log.count("\n"), len(values))
        check_no_word(log, values, "log")


def test_consent_is_kept_with_its_text_and_time():
    with Server() as server:
        play(server, "run_a.yaml", "consent-one")
        row = rows(server.data, "registrations")[0]
        given = datetime.datetime.strptime(row["consent_given_at"], "%Y-%m-%dT%H:%M:%SZ")
        age = datetime.datetime.utcnow() - given
        assert row["consent_text_version"] == "2025-07" and age.total_seconds() < 300, row
        with open(os.path.join(SOURCE, "agents/data/club.yaml"), encoding="utf-8") as file:
            club = yaml.safe_load(file)
        assert club["consent_text_version"] == row["consent_text_version"] and club["consent_text"]


def test_export_has_all_of_one_family_and_nobody_else():
    with Server() as server:
        a, b = play(server, "run_a.yaml", "family-a"), play(server, "run_b.yaml", "family-b")
        path = os.path.join(server.data, "export.json")
        done = dugout(server.data, "subject", "export", "--email", a["record"]["parent_email"].upper(), "-o", path)
        assert done.returncode == 0, done.stderr
        assert os.stat(path).st_mode & 0o777 == 0o600
        with open(path, encoding="utf-8") as file:
            text = file.read()
        document = json.loads(text)
        assert [talk["session"] for talk in document["conversations"]] == ["family-a"], document["conversations"]
        for table in ("registrations", "payment_requests", "shirts", "photos", "sms_messages"):
            assert len(document["records"][table]) == 1, (table, document["records"].keys())
        assert any("outbox" in name for name in document["files"]) and any("photos" in name for name in document["files"])
        assert len(document["conversations"][0]["messages"]) > 20
        ours = sensitive_values(a) - sensitive_values(b)
        kept = document["records"]["registrations"][0]
        for field, value in a["record"].items():
            assert kept.get(field) == value, (field, value, kept)
        check_no_trace(text, sensitive_values(b) - sensitive_values(a), "export")
        by_phone = dugout(server.data, "subject", "export", "--phone", "+44 " + a["record"]["parent_telephone"][1:])
        assert set(json.loads(by_phone.stdout)["records"]) == set(document["records"]) and ours


def test_erased_is_erased_in_every_byte_while_the_server_runs():
    with Server() as server:
        a, b = play(server, "run_a.yaml", "family-a"), play(server, "run_b.yaml", "family-b")
        ours = traces(a, server.data) - sensitive_values(b)
        assert len(ours) > 8, ours
        check_kept(server.data, ours & told_values(a) | {"family-a"})

        refused = dugout(server.data, "subject", "erase", "--email", a["record"]["parent_email"])
        assert refused.returncode == 2 and "--yes" in refused.stderr, refused
        assert len(rows(server.data, "registrations")) == 2
        done = dugout(server.data, "subject", "erase", "--email", a["record"]["parent_email"], "--yes")
        assert done.returncode == 0, (done.stdout, done.stderr)

        check_no_trace(text_of_all(server.data), ours | {"family-a"}, "data folder")
        left = rows(server.data, "registrations")
        assert [row["parent_email"] for row in left] == [b["record"]["parent_email"]], left
        assert not rows(server.data, "payments_kept")
        audit = rows(server.data, "privacy_audit")
        assert len(audit) == 1 and audit[0]["counts"]["conversations"] == 1, audit
        taken = {row["shirt_number"] for row in rows(server.data, "shirts") if not row.get("released")
                 and row["team"] == a["record"]["team"]}
        assert a["record"]["shirt_number"] not in taken, "the number is not free again"
        again = dugout(server.data, "subject", "export", "--email", a["record"]["parent_email"])
        assert again.returncode == 1 and not again.stdout, again

        play(server, "run_a.yaml", "family-a")  # the same family, anew
        assert len(rows(server.data, "registrations")) == 2


def test_erasing_asks_at_a_terminal():
    import pty
    with Server() as server:
        play(server, "run_a.yaml", "asked-one")
        for answer, code, left in (("no\n", 2, 1), ("yes\n", 0, 0)):
            ours, theirs = pty.openpty()
            process = subprocess.Popen([DUGOUT, "subject", "erase", "--session", "asked-one", "--root", SOURCE, "--data",
                                        server.data], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True, env=clean_environment())
            os.write(ours, answer.encode())
            said, _ = process.communicate(timeout=120 * PATIENCE)
            os.close(ours)
            os.close(theirs)
            assert process.returncode == code and "cannot be undone" in said, (process.returncode, said)
            assert len(rows(server.data, "registrations")) == left


def test_a_payment_that_was_made_is_kept_without_a_name():
    with Server() as server:
        a = play(server, "run_a.yaml", "paid-one")
        row = rows(server.data, "registrations")[0]
        ours = traces(a, server.data)
        check_kept(server.data, ours & told_values(a))
        execute(server.data, "UPDATE records SET body = json_set(body, '$.signing_on_fee_paid', 'Y') "
                "WHERE table_name = 'registrations'")
        done = dugout(server.data, "subject", "erase", "--phone", a["record"]["parent_telephone"], "--yes")
        assert done.returncode == 0, done.stderr
        kept = rows(server.data, "payments_kept")
        assert len(kept) == 1 and kept[0]["billing_request_id"] == row["billing_request_id"], kept
        check_no_trace(text_of_all(server.data), ours, "data folder")


def test_wrong_use_is_told():
    data = tempfile.mkdtemp(prefix="dugout_privacy_")
    for args, code, word in ((("subject", "erase", "--yes"), 2, "--email"), (("subject", "export", "--phone", "x"), 2, "phone"),
                             (("subject", "export", "--email", "nobody@example.org"), 1, "nothing"), (("subject",), 2, "")):
        done = dugout(data, *args) if len(args) > 1 else subprocess.run([DUGOUT, *args], capture_output=True, text=True)
        assert done.returncode == code and word in done.stderr + done.stdout, (args, done)
    shutil.rmtree(data)


def test_what_is_past_its_time_goes():
    with Server() as server:
        play(server, "run_a.yaml", "old-done")
        play(server, "run_b.yaml", "young-done")
        server.say("200-lions-u9-2526", "old-open")
        server.say("Helen Barlow", "old-open")
        day = 86_400_000
        now = int(time.time() * 1000)
        execute(server.data, "UPDATE sessions SET updated_ms = ? WHERE id = 'old-open'", now - 91 * day)
        execute(server.data, "UPDATE sessions SET updated_ms = ? WHERE id = 'old-done'", now - 401 * day)
        before = execute(server.data, "SELECT count(*) FROM messages")

        dry = json.loads(dugout(server.data, "retention", "run", "--dry-run", "--json").stdout)
        assert dry["dry_run"] and dry["removed"]["conversations"] == 2, dry
        assert execute(server.data, "SELECT count(*) FROM messages") == before
        done = json.loads(dugout(server.data, "retention", "run", "--json").stdout)
        assert done["removed"] == dry["removed"] and not done["dry_run"], (done, dry)
        assert execute(server.data, "SELECT id FROM sessions") == [("young-done",)]
        assert execute(server.data, "SELECT DISTINCT session FROM messages") == [("young-done",)]
        assert len(rows(server.data, "registrations")) == 2, "the club's own record stays"


def test_the_server_does_it_daily():
    """Whatever the hour is: with midnight as its time, today's job is due at the start."""
    data = tempfile.mkdtemp(prefix="dugout_privacy_")
    off, midnight = os.path.join(data, "off.yaml"), os.path.join(data, "midnight.yaml")
    for path, change in ((off, {"enabled": "false"}), (midnight, {"at": "00:00"})):
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump({"jobs": {"retention": change}}, file)
    with Server(data, args=("--config", off)) as server:
        play(server, "run_f.yaml", "old-refused")
        server.stop()
    execute(data, "UPDATE sessions SET updated_ms = 0")
    assert not execute(data, "SELECT 1 FROM jobs WHERE kind = 'retention'")
    with Server(data, args=("--config", midnight)) as server:
        deadline = time.monotonic() + 300
        while execute(data, "SELECT 1 FROM sessions"):
            assert time.monotonic() < deadline, execute(data, "SELECT kind, state, error FROM jobs")
            time.sleep(0.1)
        names = execute(data, "SELECT unique_key FROM jobs WHERE kind = 'retention'")
        assert names and all(re.fullmatch(r"retention\|\d{4}-\d\d-\d\d", name) for name, in names), names
    shutil.rmtree(data)


def with_airtable(url, data, **changes):
    block = {"backend": "airtable", "api_key": airtable.KEY, "base_id": airtable.BASE, "base_url": url,
             "tables": {"registrations": "registrations"}, **changes}
    path = os.path.join(data, "dugout.yaml")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump({"services": {"records": block}}, file)
    return path


def test_a_base_without_its_columns_stops_the_start_and_a_silent_one_does_not():
    data = tempfile.mkdtemp(prefix="dugout_privacy_")
    base = airtable.Airtable({"registrations": ["player_first_name"]})
    done = dugout(data, "serve", "--listen", "127.0.0.1:0", config=with_airtable(base.url, data))
    assert done.returncode == 1, done
    for word in ("registrations", "parent_email", "dugout_key", "single line text"):
        assert word in done.stderr, (word, done.stderr)
    base.stop()
    with Server(data, args=("--config", with_airtable(base.url, data))) as server:
        for turn in conversation("run_a.yaml")["turns"]:
            if turn["routine"] == 30:
                break
            server.say(turn["say"], "offline-air")
        reply = server.say("15", "offline-air")
        assert reply["routine_number"] == 29 and "Airtable" not in reply["response"], reply
        assert "records.airtable_failed" in server.log() and not rows(data, "registrations")
    wrong = dugout(data, "check", config=with_airtable(base.url, data, base="x"))
    assert wrong.returncode == 1 and "services.records" in wrong.stderr, wrong
    shutil.rmtree(data)


def columns_of_a_row():
    with Server() as server:
        play(server, "run_a.yaml", "columns-one")
        return sorted(rows(server.data, "registrations")[0]) + ["dugout_key"]


def say_until_answered(data, config, server, text, number):
    """The same message again until there is an answer, with a new server when the old one is gone."""
    for _ in range(4):
        with contextlib.suppress(OSError, AssertionError, http.client.HTTPException):
            return server, server.say(text, "air-family", "m%d" % number)
        server.kill()
        server = Server(data, args=("--config", config))
    raise AssertionError("no answer to " + text)


def test_a_row_at_airtable_is_made_once_whatever_fails():
    columns = columns_of_a_row()
    for trouble in ("none", "500", "html", "html200", "error200", "kill"):
        data = tempfile.mkdtemp(prefix="dugout_privacy_")
        base = airtable.Airtable({"registrations": columns})
        config = with_airtable(base.url, data)
        server = Server(data, args=("--config", config))
        if trouble == "kill":
            def strike(_, running=server):
                running.kill()
            base.on_effect = strike
        script = conversation("run_a.yaml")
        for number, turn in enumerate(script["turns"]):
            if "photo" in turn:
                break
            if turn["routine"] == 30 and trouble not in ("none", "kill"):
                base.fail(trouble)
                again = server.say(turn["say"], "air-family", "first")
                assert again["routine_number"] in (29, 30) and "Airtable" not in again["response"], again
                if again["routine_number"] == 30:
                    continue
            server, reply = say_until_answered(data, config, server, turn["say"], number)
            assert reply["routine_number"] == turn["routine"], (trouble, turn, reply)
        made = list(base.rows["registrations"].values())
        assert len(made) == 1 and made[0]["fields"]["shirt_number"] == "9", (trouble, made)
        assert not rows(data, "registrations") and len(rows(data, "airtable_keys")) == 1
        with server:
            done = dugout(data, "subject", "erase", "--phone", "07700900123", "--yes", config=config)
            assert done.returncode == 0 and "Airtable" in done.stdout and made[0]["id"] in done.stdout, done
            assert not rows(data, "airtable_keys")
        base.stop()
        shutil.rmtree(data)


if __name__ == "__main__":
    run_tests(globals())
