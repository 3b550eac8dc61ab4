#!/usr/bin/env python3
"""The server over HTTP: the runs of the facts, bad requests, the catalogue, a graceful stop."""
import json
import socket
import threading

import photos
from driver import JPEG, PATIENCE, Server, compare_row, conversation, play, rows, run_tests


def problem(server, method, path, body=None, **headers):
    status, head, answer = server.request(method, path, body, headers)
    assert head["content-type"] == "application/problem+json", (status, head)
    return status, head, json.loads(answer)


def received(client, wanted):
    """What comes until `wanted` is in it, or the server closes."""
    answer = b""
    while wanted not in answer and (piece := client.recv(65536)):
        answer += piece
    return answer


def test_runs_a_to_d_complete_and_the_rows_are_as_expected_field_by_field():
    with Server() as server:
        for number, name in enumerate(["run_a.yaml", "run_b.yaml", "run_c.yaml", "run_d.yaml"]):
            script = play(server, name, "session-%d" % number)
            compare_row(server.data, script)
        assert len(rows(server.data, "registrations")) == 4
        assert len(rows(server.data, "payment_requests")) == 4


def test_bad_requests_say_what_and_where_and_leave_the_session_alone():
    with Server() as server:
        server.say("200-lions-u9-2526", "session-bad")
        json_type = {"Content-Type": "application/json"}
        status, _, body = problem(server, "POST", "/chat", '{"user_message": "x",}', **json_type)
        assert status == 400 and "line 1, column 22" in body["detail"], body
        status, _, body = problem(server, "POST", "/chat", "[" * 100_000, **json_type)
        assert status == 400 and "nested" in body["detail"], body
        status, _, body = problem(server, "POST", "/chat", '{"user_message": 7}', **json_type)
        assert status == 422 and body["errors"][0]["pointer"] == "/user_message", body
        status, _, body = problem(server, "POST", "/chat", '{"user_message": "x", "routine_number": "8"}', **json_type)
        assert status == 422 and body["errors"][0]["pointer"] == "/routine_number", body
        status, _, body = problem(server, "POST", "/chat", "{}", **json_type)
        assert status == 422 and body["errors"][0]["pointer"] == "/user_message", body
        status, _, body = problem(server, "POST", "/chat", "[]", **json_type)
        assert status == 422, body
        status, _, body = problem(server, "POST", "/chat", json.dumps({"user_message": "x" * 2_000_000}), **json_type)
        assert status == 413, body
        status, _, body = problem(server, "POST", "/chat", "user_message=x", **{"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 415, body
        status, _, body = problem(server, "GET", "/nowhere")
        assert status == 404, body
        status, head, body = problem(server, "DELETE", "/chat")
        assert status == 405 and head["allow"] == "POST", head
        status, head, body = problem(server, "POST", "/health", "{}", **json_type)
        assert status == 405 and head["allow"] == "GET, HEAD", head
        assert server.say("Helen Barlow", "session-bad")["routine_number"] == 2


def test_the_clients_position_is_only_a_hint():
    with Server() as server:
        server.say("200-lions-u9-2526", "session-hint")
        for number in (17, 25, 26, 27, 31, 36, 0, -1, 35):
            status, reply = server.post({"user_message": "x", "session_id": "session-hint", "routine_number": number,
                                         "last_agent": "re_registration"})
            assert status == 200 and reply["routine_number"] == 1, (number, reply)


def test_a_session_is_issued_when_none_is_sent():
    with Server() as server:
        _, one = server.post({"user_message": "hello"})
        _, two = server.post({"user_message": "hello"})
        assert one["session_id"] != two["session_id"] and len(one["session_id"]) >= 32


def test_uploads_are_checked_and_leave_no_file_behind():
    import os
    with Server() as server:
        status, reply = server.upload(b"x" * (10 * 1024 * 1024 + 1), "session-photo")
        assert status == 413, reply
        status, _, body = problem(server, "POST", "/upload", "{}", **{"Content-Type": "application/json"})
        assert status == 415, body
        status, _, body = problem(server, "POST", "/upload", '--b\r\nContent-Disposition: form-data; name="session_id"\r\n\r\nx\r\n--b--\r\n', **{"Content-Type": "multipart/form-data; boundary=b"})
        assert status == 422 and body["errors"][0]["pointer"] == "/file", body
        status, reply = server.upload(JPEG, "session-photo")
        assert status == 200 and reply["routine_number"] is None, reply
        folder = os.path.join(server.data, "uploads")
        assert os.listdir(folder) == [], os.listdir(folder)


def test_a_photo_of_exactly_ten_mib_is_allowed():
    with Server() as server:
        for turn in conversation("run_a.yaml")["turns"]:
            if "photo" in turn:
                break
            server.say(turn["say"], "session-ten")
        photo = photos.padded(JPEG, 10 * 1024 * 1024)
        status, reply = server.upload(photo, "session-ten")
        assert status == 200 and reply["routine_number"] == 35, reply


def test_health_catalogue_and_pages_are_there():
    with Server() as server:
        assert server.request("GET", "/health")[0] == 200
        assert server.request("GET", "/ready")[0] == 200
        assert server.request("HEAD", "/health")[2] == b""
        flows = json.loads(server.request("GET", "/api/routines")[2])["flows"]
        assert len([flow for flow in flows if flow["name"] == "new_registration"][0]["routines"]) == 35
        agents = [agent["name"] for agent in json.loads(server.request("GET", "/api/agents")[2])["agents"]]
        assert {"universal", "new_registration", "re_registration", "photo"} <= set(agents), agents
        plugins = json.loads(server.request("GET", "/api/plugins")[2])["plugins"]
        assert all(plugin["state"] == "loaded" for plugin in plugins) and len(plugins) >= 27, len(plugins)
        described = json.loads(server.request("GET", "/openapi.json")[2])
        assert described["openapi"] == "3.1.0" and "/chat" in described["paths"]
        status, head, page = server.request("GET", "/")
        assert status == 200 and b"<main" in page and "script-src 'self'" in head["content-security-policy"]


def test_a_stop_lets_the_turn_in_flight_end():
    with Server() as server:
        server.say("200-lions-u9-2526", "session-stop")
        # A connection that is in the middle of its request when the server is told to stop.
        body = json.dumps({"user_message": "Helen Barlow", "session_id": "session-stop"}).encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE) as client:
            client.sendall(b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                           b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
            client.sendall(body[:10])
            codes = []
            stopper = threading.Thread(target=lambda: codes.append(server.stop()))
            # The server has read the head and serves the request once it asks for the rest.
            assert b" 100 Continue" in received(client, b"\r\n\r\n")
            stopper.start()
            client.sendall(body[10:])
            answer = received(client, b'"routine_number":2')
            stopper.join(60 * PATIENCE)
        assert b'"routine_number":2' in answer, answer
        assert codes == [0], codes


def test_slow_and_broken_clients_do_not_disturb_others():
    with Server() as server:
        sockets = []
        for _ in range(50):
            client = socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE)
            client.sendall(b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
            sockets.append(client)
        raw = socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE)
        raw.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        sockets.append(raw)
        assert server.say("200-lions-u9-2526", "session-calm")["routine_number"] == 1
        for client in sockets:
            client.close()
        assert server.say("Helen Barlow", "session-calm")["routine_number"] == 2


if __name__ == "__main__":
    run_tests(globals())
