#!/usr/bin/env python3
"""The registration against doubles of its services: what reaches them is exact, whatever fails."""
import contextlib
import datetime
import itertools
import os
import shutil
import sqlite3
import tempfile
import threading
import time

import yaml

from doubles import airtable, gocardless, google, s3, twilio
from driver import JPEG, Server, compare_row, conversation, play, rows, run_tests

PUBLIC = "https://join.example.org"


def season():
    """A season around today, so that there is something left to collect."""
    today = datetime.date.today()
    first = today.replace(day=1) - datetime.timedelta(days=60)
    return {"start_month": first.strftime("%Y-%m"), "cut_over": first.isoformat(),
            "end": (today + datetime.timedelta(days=240)).replace(day=1).isoformat()}


class Town:
    """All doubles, and a server that is told to use them."""

    def __init__(self, records=None, **changes):
        self.payments, self.sms, self.photos, self.maps = (
            gocardless.GoCardless(), twilio.Twilio(), s3.S3(), google.Google())
        self.records = records
        self.doubles = [self.payments, self.sms, self.photos, self.maps] + ([records] if records else [])
        self.data = tempfile.mkdtemp(prefix="dugout_services_")
        services = {
            "payments": {"backend": "gocardless", "base_url": self.payments.url, "access_token": "${GC_TOKEN:-}",
                         "webhook_secret": gocardless.SECRET, "season": season()},
            "sms": {"backend": "twilio", "base_url": self.sms.url, "account_sid": twilio.ACCOUNT,
                    "auth_token": twilio.TOKEN, "from": twilio.FROM},
            "photos": {"backend": "s3", "endpoint": self.photos.url, "region": s3.REGION, "bucket": s3.BUCKET,
                       "path_style": True, "access_key_id": s3.KEY, "secret_access_key": s3.SECRET},
            "addresses": {"backend": "google", "api_key": google.KEY, "places_url": self.maps.url,
                          "validation_url": self.maps.url}}
        if records:
            services["records"] = {"backend": "airtable", "api_key": airtable.KEY, "base_id": airtable.BASE,
                                   "base_url": records.url, "tables": {"registrations": "registrations"}}
        for name, change in changes.items():
            services[name].update(change)
        self.config = os.path.join(self.data, "dugout.yaml")
        with open(self.config, "w", encoding="utf-8") as file:
            yaml.safe_dump({"public_url": PUBLIC, "services": services}, file)

    def server(self):
        return Server(self.data, args=("--config", self.config), GC_TOKEN=gocardless.TOKEN)

    def effects(self):
        """Every outside effect so far, by kind."""
        counts = {"billing_requests": 0, "sms": 0, "object": 0, "subscriptions": 0, "row": 0}
        for effect in itertools.chain(*(double.effects for double in self.doubles)):
            counts[effect.split()[0]] += 1
        return counts

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for double in self.doubles:
            double.stop()
        shutil.rmtree(self.data, ignore_errors=True)


def until(condition, what):
    """Waits for work behind the conversation."""
    tick = threading.Event()
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline, "waited in vain: " + what
        tick.wait(0.05)


def registration(town, code):
    found = [row for row in rows(town.data, "registrations") if row["registration_code"] == code]
    assert len(found) == 1, found
    return found[0]


def active(town, code):
    row = registration(town, code)
    return (row.get("registration_status") == "active" and row.get("subscription_status") == "active"
            and any("confirmed" in message["body"] for message in town.sms.messages
                    if message["to"] == "+44" + row["parent_telephone"][1:]))


def check_paid(town, code, amount, resent=0):
    """One family's money: one subscription of this amount, one link, one confirmation. The link
    goes out again for a parent who says that it did not arrive."""
    row = registration(town, code)
    assert (row["signing_on_fee_paid"], row["mandate_authorised"]) == ("Y", "Y"), row
    made = [s for s in town.payments.subscriptions.values() if s["id"] == row["ongoing_subscription_id"]]
    assert len(made) == 1 and str(made[0]["amount"]) == amount, made
    to = "+44" + row["parent_telephone"][1:]
    texts = [m["body"] for m in town.sms.messages if m["to"] == to]
    assert len(texts) == 2 + resent and len(set(texts)) == 2, texts


def register_and_pay(town, server, run):
    script = play(server, run + ".yaml", "session-" + run)
    code = script["record"]["registration_code"]
    request = registration(town, code)["billing_request_id"]
    status, headers, _ = server.request("GET", "/reg_setup/" + request)
    assert status == 303 and headers["location"].startswith("https://pay.example.org/" + request), (status, headers)
    events = town.payments.pay(request)
    assert gocardless.deliver(server, events) == 200
    until(lambda: active(town, code), "an active registration of " + run)
    check_paid(town, code, "2750", resent=int(run == "run_b"))
    return script


def test_each_registration_has_exactly_its_effects():
    with Town() as town, town.server() as server:
        for number, run in enumerate(("run_a", "run_b", "run_c", "run_d"), 1):
            script = register_and_pay(town, server, run)
            compare_row(town.data, {**script, "rows": []})
            resent = int(number > 1)  # run B asks for its link again
            assert town.effects() == {"billing_requests": number, "sms": 2 * number + resent, "object": number,
                                      "subscriptions": number, "row": 0}, town.effects()
        for double in town.doubles:
            assert not double.refusals, double.refusals
        for key in town.photos.objects:
            assert len(key.rsplit("/")[-1].split(".")[0]) >= 22, "a guessable name: " + key


def test_every_service_fails_first_once():
    with Town() as town, town.server() as server:
        for double in town.doubles:
            double.fail_each_first = True
        register_and_pay(town, server, "run_a")
        assert town.effects() == {"billing_requests": 1, "sms": 2, "object": 1, "subscriptions": 1, "row": 0}


def killing(town, server, wanted):
    """Ends the server without warning right after its effect number `wanted`, before it is told."""
    seen = itertools.count(1)

    def strike(_):
        if next(seen) == wanted:
            server.kill()
    for double in town.doubles:
        double.on_effect = strike


def say_until_answered(town, server, text, session, message_id):
    """What a phone does: the same message again until there is an answer."""
    with contextlib.suppress(Exception):
        return server, server.say(text, session, message_id)
    server.kill()
    for double in town.doubles:
        double.on_effect = None
    server = town.server()
    return server, server.say(text, session, message_id)


def play_through_a_kill(town, wanted):
    """Run A with a kill after its effect number `wanted`; returns the server that ended it."""
    server = town.server()
    killing(town, server, wanted)
    for number, turn in enumerate(conversation("run_a.yaml")["turns"]):
        if "photo" in turn:
            try:
                status, reply = server.upload(JPEG, "session-kill", message_id="photo-1")
            except Exception:
                server.kill()
                server = town.server()
                status, reply = server.upload(JPEG, "session-kill", message_id="photo-1")
            assert status == 200, reply
        else:
            server, reply = say_until_answered(town, server, turn["say"], "session-kill", "m%d" % number)
        assert (reply["routine_number"] or 0) == turn["routine"], (wanted, turn, reply)
    return server


def test_killed_after_each_outside_effect():
    for wanted in (1, 2, 3):
        with Town() as town:
            server = play_through_a_kill(town, wanted)
            with server:
                counts = town.effects()
                assert (counts["billing_requests"], counts["sms"], counts["object"]) == (1, 1, 1), (wanted, counts)
                assert len(rows(town.data, "registrations")) == 1
    for wanted in (1, 2):  # the subscription, the confirmation
        with Town() as town:
            with town.server() as server:
                play(server, "run_a.yaml", "session-job")
                request = rows(town.data, "registrations")[0]["billing_request_id"]
                killing(town, server, wanted)
                gocardless.deliver(server, town.payments.pay(request))
                until(lambda: server.process.poll() is not None, "the kill")
            for double in town.doubles:
                double.on_effect = None
            with town.server() as server:
                code = rows(town.data, "registrations")[0]["registration_code"]
                until(lambda: active(town, code), "the jobs taken up again")
                check_paid(town, code, "2750")
                assert town.effects()["subscriptions"] == 1, town.effects()


def test_webhooks_in_every_order_each_twice_and_in_parallel():
    with Town() as town, town.server() as server:
        play(server, "run_a.yaml", "session-g")
        request = rows(town.data, "registrations")[0]["billing_request_id"]
        code = rows(town.data, "registrations")[0]["registration_code"]
        events = town.payments.pay(request)
        orders = [[*order] for order in itertools.permutations(events)]
        threads = [threading.Thread(target=gocardless.deliver, args=(server, order)) for order in orders * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: active(town, code), "an active registration")
        check_paid(town, code, "2750")
        assert gocardless.deliver(server, events) == 200
        assert town.effects()["subscriptions"] == 1


def test_a_webhook_that_is_not_from_the_service_changes_nothing():
    with Town() as town, town.server() as server:
        event = town.payments.event("payments", "confirmed", payment="PM1", billing_request="BRQTEST00001")
        assert gocardless.deliver(server, [event], secret="wrong") == 498
        assert gocardless.deliver(server, [event], signature="") == 498
        assert gocardless.deliver(server, [town.payments.event("creditors", "updated", creditor="CR1")]) == 204
        big = [dict(event, details={"description": "x" * 1_000_000})]
        assert gocardless.deliver(server, big) == 413
        assert server.log().count('"webhook"') >= 3


def test_what_became_of_a_message_is_written_back():
    with Town() as town, town.server() as server:
        play(server, "run_a.yaml", "session-sms")
        code = rows(town.data, "registrations")[0]["registration_code"]
        message = town.sms.messages[0]
        assert twilio.callback(server, message, "delivered", token="wrong") == 403
        assert twilio.callback(server, message, "delivered") in (200, 204)
        until(lambda: registration(town, code).get("sms_delivery_status") == "delivered", "the SMS status")
        assert twilio.callback(server, message, "sent") in (200, 204)  # late, and out of order
        until(lambda: idle(town.data, "apply_sms_status"), "the late status")
        assert registration(town, code)["sms_delivery_status"] == "delivered"


def idle(data, kind):
    """No job of this kind is waiting or running."""
    with contextlib.closing(sqlite3.connect("file:%s/dugout.db?mode=ro" % data, uri=True)) as db:
        return db.execute("SELECT count(*) FROM jobs WHERE kind = ? AND state IN ('waiting', 'running')",
                          (kind,)).fetchone()[0] == 0


def test_a_second_child_of_the_family_pays_less_and_only_once_less():
    with Town() as town, town.server() as server:
        register_and_pay(town, server, "run_a")
        for turn in conversation("run_a.yaml")["turns"]:
            if "say" in turn:
                server.say(turn["say"].replace("Alfie", "Ella").replace("boy", "girl")
                           .replace("14/05/2017", "15/05/2017"), "session-sibling")
            if turn["routine"] == 30:
                break
        second = [row for row in rows(town.data, "registrations") if row["player_first_name"] == "Ella"][0]
        events = town.payments.pay(second["billing_request_id"])
        for _ in range(2):
            assert gocardless.deliver(server, events) == 200
        made = lambda: [s for s in town.payments.subscriptions.values() if "Ella" in str(s["metadata"])]
        until(lambda: made() and idle(town.data, "apply_payment_event"), "the subscription")
        assert [str(s["amount"]) for s in made()] == ["2475"], made()


BROKEN = (["500"] * 3, ["503"] * 3, ["429"] * 3, ["html"] * 3, ["html200"], ["error200"], ["401"], ["close"] * 3)


def test_a_payment_service_that_is_broken_costs_a_sentence_and_nothing_else():
    for kinds in BROKEN:
        with Town() as town, town.server() as server:
            for turn in conversation("run_a.yaml")["turns"]:
                if turn["routine"] == 30:
                    break
                server.say(turn["say"], "session-broken")
            town.payments.fail(*kinds)
            reply = server.say("15", "session-broken")
            assert reply["routine_number"] == 29, (kinds, reply)
            for word in ("500", "html", "GoCardless", "boom", "token"):
                assert word not in reply["response"], (kinds, reply)
            assert rows(town.data, "registrations") == [] and not town.sms.messages, kinds
            reply = server.say("15", "session-broken")  # it works again
            assert reply["routine_number"] == 30, (kinds, reply)
            assert town.effects()["billing_requests"] == 1 and town.effects()["sms"] == 1, kinds


def test_credentials_that_are_missing_are_told_to_the_operator_only():
    with Town(payments={"access_token": ""}) as town, town.server() as server:
        for turn in conversation("run_a.yaml")["turns"]:
            if turn["routine"] == 30:
                break
            server.say(turn["say"], "session-bare")
        reply = server.say("15", "session-bare")
        assert reply["routine_number"] == 29 and "access_token" not in reply["response"], reply
        assert "access_token" in server.log()
        assert not town.payments.calls


def registration_fields(data):
    """The columns an Airtable base needs: those of the rows that a registration writes, and those
    that are cleared when all is well."""
    written = {name for row in rows(data, "registrations") for name in row} - {"id"}
    return sorted(written | {"dugout_key", "sms_delivery_error", "subscription_error"})


def test_the_same_over_airtable():
    with Town() as town, town.server() as server:
        register_and_pay(town, server, "run_a")
        register_and_pay(town, server, "run_b")
        columns = registration_fields(town.data)
    base = airtable.Airtable({"registrations": columns})
    with Town(records=base) as town, town.server() as server:
        script = play(server, "run_a.yaml", "session-air")
        made = list(base.rows["registrations"].values())
        assert len(made) == 1, made
        for member, value in script["record"].items():
            assert made[0]["fields"].get(member) == value, (member, made[0])
        assert gocardless.deliver(server, town.payments.pay(made[0]["fields"]["billing_request_id"])) == 200
        until(lambda: base.rows["registrations"][made[0]["id"]]["fields"].get("subscription_status") == "active",
              "an active row in Airtable")
        assert town.effects()["row"] == 1 and not base.refusals, base.refusals


if __name__ == "__main__":
    run_tests(globals())
