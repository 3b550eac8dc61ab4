#!/usr/bin/env python3
"""The doors of the server: webhooks, pages of tools, photos that are answered later."""
import contextlib
import hashlib
import hmac
import json
import os
import shutil
import socket
import sqlite3
import tempfile
import threading
import time
import urllib.parse
import uuid

import yaml

from driver import JPEG, PATIENCE, Server, conversation, play, rows, run_tests

SECRET = "a-secret-of-the-test"
PDF = b"%PDF-1.7 not a photo"


def until(condition, what):
    """Waits for work behind the conversation."""
    tick = threading.Event()
    deadline = time.monotonic() + 300
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "waited in vain: " + what
        tick.wait(0.05)


def jobs(data, *kinds):
    """Those of the kinds, or all; the clock makes some too."""
    with contextlib.closing(sqlite3.connect("file:%s/dugout.db?mode=ro" % data, uri=True)) as db:
        return [job for job in db.execute("SELECT id, kind, state FROM jobs") if not kinds or job[1] in kinds]


def settled(server, kind):
    return not [1 for _, _, state in jobs(server.data, kind) if state in ("waiting", "running")]


def audit(server):
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == "webhook"]


@contextlib.contextmanager
def paid_server():
    """A server whose payment service signs its webhooks with SECRET."""
    data = tempfile.mkdtemp(prefix="dugout_doors_")
    config = os.path.join(data, "dugout.yaml")
    with open(config, "w", encoding="utf-8") as file:
        yaml.safe_dump({"services": {"payments": {"backend": "gocardless", "access_token": "t", "webhook_secret": SECRET,
                                                  "base_url": "http://127.0.0.1:1"}}}, file)
    try:
        with Server(data, args=("--config", config)) as server:
            yield server
    finally:
        shutil.rmtree(data, ignore_errors=True)


def hook(server, body, signature=None, name="gocardless"):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    if signature is None:
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    status, _, answer = server.request("POST", "/webhooks/" + name, body, {
        "Content-Type": "application/json", "Webhook-Signature": signature})
    return status, json.loads(answer or b"null")


EVENT = {"id": "EV0001", "created_at": "2025-10-01T12:00:00.000Z", "resource_type": "payments", "action": "paid_out",
         "links": {"payment": "PM0001"}}


def test_a_webhook_that_is_not_genuine_changes_nothing_and_is_one_line():
    with paid_server() as server:
        for number, (status, body, signature) in enumerate((
                (498, {"events": [EVENT]}, ""),
                (498, {"events": [EVENT]}, "0" * 64),
                (413, {"events": [dict(EVENT, details="x" * 1_000_000)]}, None),
                (400, b"\xff\xfe\x00", None),
                (400, b"no json", None),
                (204, {"events": [dict(EVENT, resource_type="creditors", action="updated")]}, None)), 1):
            assert hook(server, body, signature)[0] == status, (number, status)
            assert len(audit(server)) == number, audit(server)
            assert audit(server)[-1]["status"] == status and audit(server)[-1]["name"] == "gocardless"
        assert hook(server, {"events": []}, name="nobody")[0] == 404
        assert audit(server)[-1]["outcome"] == "unknown"
        assert jobs(server.data, "apply_payment_event") == []
        assert "0" * 64 not in server.log() and "PM0001" not in server.log()


def test_a_replayed_webhook_is_acknowledged_and_changes_nothing():
    with paid_server() as server:
        assert hook(server, {"events": [EVENT, EVENT]}) == (200, {"status": "success", "new": 1})
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(hook(server, {"events": [EVENT]}))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [(200, {"status": "success", "new": 0})] * 8, answers
        assert len(jobs(server.data, "apply_payment_event")) == 1, jobs(server.data)
        assert [line["outcome"] for line in audit(server)] == ["accepted"] + ["repeated"] * 8


def test_a_webhook_answers_whether_it_is_reachable():
    with paid_server() as server:
        status, _, answer = server.request("GET", "/webhooks/gocardless/test")
        assert status == 200 and json.loads(answer)["status"] == "reachable", answer
        assert server.request("GET", "/webhooks/nobody/test")[0] == 404
        status, head, _ = server.request("GET", "/webhooks/gocardless")
        assert status == 405 and head["allow"] == "POST", head
        assert audit(server) == []


def press(server, path, **fields):
    return server.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})


def test_the_payment_page_is_walked_to_its_end_and_then_says_so():
    with Server() as server:
        play(server, "run_a.yaml", "session-page")
        row = rows(server.data, "registrations")[0]
        path = "/reg_setup/" + row["billing_request_id"]
        status, head, page = server.request("GET", path, None, {"Accept": "text/html"})
        assert status == 200 and b"<button" in page and b"<script" not in page, page
        assert head["cache-control"] == "no-store" and "default-src 'none'" in head["content-security-policy"], head
        assert row["parent_last_name"].encode() not in page and row["parent_telephone"].encode() not in page, page
        status, _, page = press(server, path, action="pay")
        assert status == 200 and b"Thank you" in page, page
        for _ in range(2):
            assert press(server, path, action="pay")[0] == 200
        paid = lambda: rows(server.data, "registrations")[0].get("registration_status") == "active"
        until(lambda: paid() and settled(server, "apply_payment_event"), "an active registration")
        status, _, page = server.request("GET", path)
        assert status == 200 and b"Already paid" in page and b"<form" not in page, page
        status, _, told = server.request("GET", path, None, {"Accept": "application/json"})
        assert status == 200 and json.loads(told)["status"] == "already_paid", told


def test_a_page_that_goes_wrong_says_what_to_do_next():
    with Server() as server:
        status, head, page = server.request("GET", "/reg_setup/BRQNOBODY1")
        assert status == 404 and head["content-type"].startswith("text/html") and b"link" in page, page
        status, head, body = server.request("GET", "/reg_setup/BRQNOBODY1", None, {"Accept": "application/json"})
        assert status == 404 and head["content-type"] == "application/problem+json", head
        assert server.request("GET", "/reg_setup/" + "a" * 101)[0] == 404
        assert server.request("GET", "/reg_setup/%3Cscript%3E")[0] == 404
        assert press(server, "/reg_setup/BRQNOBODY1", action="x" * 20_000)[0] == 413
        assert server.request("POST", "/reg_setup/BRQNOBODY1", "{}", {"Content-Type": "application/json"})[0] == 415
        assert server.request("GET", "/nothing/here")[0] == 404


def at_the_photo(server, session):
    """The conversation of run A, up to the photo."""
    for turn in conversation("run_a.yaml")["turns"]:
        if "photo" in turn:
            return
        server.say(turn["say"], session)


def form(content, session, message_id):
    boundary = uuid.uuid4().hex
    field = '--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = (field % (boundary, "session_id", session) + field % (boundary, "client_message_id", message_id)
            + '--%s\r\nContent-Disposition: form-data; name="file"; filename="me.jpg"\r\n\r\n' % boundary).encode()
    return body + content + ("\r\n--%s--\r\n" % boundary).encode(), "multipart/form-data; boundary=" + boundary


def upload(server, content, session, message_id=""):
    body, media_type = form(content, session, message_id)
    status, _, answer = server.request("POST", "/upload-async", body, {"Content-Type": media_type})
    return status, json.loads(answer)


def status_of(server, upload_id):
    status, _, answer = server.request("GET", "/upload-status/" + upload_id)
    assert status == 200, answer
    return json.loads(answer)


def answered(server, accepted):
    """The status of an upload when its check has ended, having told the truth until then."""
    seen = []

    def ended():
        seen.append(status_of(server, accepted["upload_id"]))
        assert seen[-1]["progress"] in ("received", "checking", "done"), seen[-1]
        return seen[-1]["complete"] and seen[-1]
    return until(ended, "the check of a photo")


def left_over(server):
    folder = os.path.join(server.data, "uploads")
    return os.listdir(folder) if os.path.isdir(folder) else []


def test_a_photo_is_answered_later_as_the_chat_would():
    with Server() as server:
        at_the_photo(server, "session-async")
        status, accepted = upload(server, JPEG, "session-async", "message-1")
        assert status == 202 and accepted["processing"] is True and accepted["session_id"] == "session-async", accepted
        assert accepted["status_url"] == "/upload-status/" + accepted["upload_id"] and len(accepted["upload_id"]) >= 36
        done = answered(server, accepted)
        assert done["error"] is False and done["routine_number"] == 35, done
        assert done["session_id"] == "session-async" and done["expects"] == "text" and done["response"], done
        assert rows(server.data, "registrations")[0]["id_image_link"]
        assert upload(server, JPEG, "session-async", "message-1")[1]["upload_id"] == accepted["upload_id"]
        assert left_over(server) == [], left_over(server)
        assert "me.jpg" not in server.log()


def test_a_refused_photo_is_an_answer_and_no_error():
    with Server() as server:
        at_the_photo(server, "session-refused")
        done = answered(server, upload(server, PDF, "session-refused", "message-1")[1])
        assert done["complete"] is True and done["error"] is False and done["routine_number"] == 34, done
        assert "JPEG" in done["response"] and done["expects"] == "file", done
        assert answered(server, upload(server, JPEG, "session-refused", "message-2")[1])["routine_number"] == 35
        assert left_over(server) == []


def test_a_photo_sent_twice_at_once_is_one_photo():
    with Server() as server:
        at_the_photo(server, "session-twice")
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(upload(server, JPEG, "session-twice", "message-1")))
                   for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [status for status, _ in answers] == [202, 202], answers
        assert len({accepted["upload_id"] for _, accepted in answers}) == 1, answers
        assert answered(server, answers[0][1])["routine_number"] == 35
        assert len(jobs(server.data, "upload")) == 1
        assert left_over(server) == []


def test_a_client_that_goes_mid_way_leaves_nothing():
    with Server() as server:
        body, media_type = form(JPEG, "session-gone", "message-1")
        with socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE) as client:
            client.sendall(("POST /upload-async HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                            % (media_type, len(body))).encode() + body[:len(body) // 2])
            client.shutdown(socket.SHUT_WR)
            assert b" 400 " in client.recv(65536).split(b"\r\n")[0]
        assert left_over(server) == [] and jobs(server.data, "upload") == []


def test_a_client_that_goes_after_sending_finds_its_answer_in_the_chat():
    with Server() as server:
        at_the_photo(server, "session-left")
        accepted = upload(server, JPEG, "session-left", "message-1")[1]
        answered(server, accepted)
        assert server.say("hello?", "session-left")["routine_number"] == 35


def test_unknown_ids_and_other_jobs_have_no_status():
    with paid_server() as server:
        hook(server, {"events": [EVENT]})
        job = until(lambda: jobs(server.data, "apply_payment_event"), "a job")[0][0]
        for upload_id in ("job_" + "0" * 32, "session-nobody", "..%2F", job):
            status, head, _ = server.request("GET", "/upload-status/" + upload_id)
            assert status == 404 and head["content-type"] == "application/problem+json", (upload_id, status)


def test_a_photo_for_the_wrong_session_is_answered_and_kept_nowhere():
    with Server() as server:
        done = answered(server, upload(server, JPEG, "session-wrong", "message-1")[1])
        assert done["error"] is False and done["routine_number"] is None and done["response"], done
        for session in ("", "short", "a/../session"):
            status, problem = upload(server, JPEG, session, "message-1")
            assert status == 422 and problem["errors"][0]["pointer"] == "/session_id", problem
        status, problem = upload(server, b"x" * (10 * 1024 * 1024 + 1), "session-wrong")
        assert status == 413, problem
        assert server.request("POST", "/upload-async", "{}", {"Content-Type": "application/json"})[0] == 415
        assert left_over(server) == []


def test_a_photo_outlives_a_crash_and_the_sweep_at_start():
    data = tempfile.mkdtemp(prefix="dugout_doors_")
    try:
        with Server(data, DUGOUT_LIMITS_JOB_WORKERS="0") as server:
            at_the_photo(server, "session-crash")
            accepted = upload(server, JPEG, "session-crash", "message-1")[1]
            assert status_of(server, accepted["upload_id"])["progress"] == "received"
            server.kill()
        with open(os.path.join(data, "uploads", "upload_" + "0" * 32), "wb") as orphan:
            orphan.write(b"cut off")
        with Server(data) as server:
            assert answered(server, accepted)["routine_number"] == 35
            assert left_over(server) == [], left_over(server)
    finally:
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    run_tests(globals())
