#!/usr/bin/env python3
"""Limits over HTTP, seen from outside: rates, connections, slow readers, bodies, and what metrics say of it."""
import json
import socket
import time

from driver import PATIENCE, Server, refused, run_tests, until_refused

CHAT = b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=60 * PATIENCE)


def answer_of(client):
    """All that comes until the server closes."""
    answer = b""
    while True:
        try:
            piece = client.recv(65536)
        except ConnectionResetError:
            piece = b""
        if not piece:
            return answer
        answer += piece


def test_an_address_and_a_session_that_ask_too_often_wait():
    limits = {"DUGOUT_LIMITS_RATES_ENABLED": "true", "DUGOUT_LIMITS_RATES_CHAT_PER_SECOND": "0.01",
              "DUGOUT_LIMITS_RATES_CHAT_BURST": "3", "DUGOUT_LIMITS_RATES_SESSION_PER_SECOND": "0.01",
              "DUGOUT_LIMITS_RATES_SESSION_BURST": "2", "DUGOUT_LIMITS_PROXIES": "127.0.0.0/8,::1"}
    with Server(**limits) as server:
        def ask(session, client):
            body = json.dumps({"user_message": "hello", "session_id": session})
            return server.request("POST", "/chat", body, {"Content-Type": "application/json", "X-Forwarded-For": client})
        assert ask("session-one", "192.0.2.1")[0] == 200
        assert ask("session-one", "192.0.2.1")[0] == 200
        status, head, body = ask("session-one", "192.0.2.1")  # the session's
        assert status == 429 and head["ratelimit"].startswith('"session";r=0'), head
        assert "conversation" in json.loads(body)["detail"], body
        status, head, body = ask("session-two", "192.0.2.1")  # the address's
        assert status == 429 and int(head["retry-after"]) > 1, head
        assert head["ratelimit-policy"] == '"chat";q=3;w=300', head
        assert ask("session-two", "2001:db8::1")[0] == 200
        assert refused(server, "rate_session") == 1 and refused(server, "rate_address") == 1
        assert server.request("GET", "/health")[0] == 200


def test_connections_over_the_limit_of_an_address_are_told_so():
    # Those that are held say nothing, and shall not be ended for that meanwhile.
    with Server(DUGOUT_LIMITS_CONNECTIONS_PER_ADDRESS="20", DUGOUT_LIMITS_HEAD_TIMEOUT="%gs" % (30 * PATIENCE)) as server:
        held = [connect(server) for _ in range(20)]
        answers = [answer_of(connect(server)) for _ in range(5)]
        assert all(answer.startswith(b"HTTP/1.1 503") and b"Retry-After" in answer for answer in answers), answers[:1]
        for client in held:
            client.close()
        deadline = time.monotonic() + 20 * PATIENCE
        while True:
            try:
                if server.request("GET", "/health")[0] == 200:
                    break
            except OSError:
                pass
            assert time.monotonic() < deadline
        assert refused(server, "connections_address") >= 5


def test_slow_heads_end_at_their_deadline_and_a_body_that_is_too_large_before_it_arrives():
    within = 2 * PATIENCE  # the test's own heads come soon enough on a busy machine
    with Server(DUGOUT_LIMITS_HEAD_TIMEOUT="%gs" % within) as server:
        begun = time.monotonic()
        slow = []
        for _ in range(20):
            slow.append(connect(server))
            slow[-1].sendall(b"GET / HTTP/1.1\r\nHos")  # at once: who says nothing at all gets no answer
        answers = [answer_of(client) for client in slow]
        took = time.monotonic() - begun
        assert all(b" 408 " in answer for answer in answers), answers[:1]
        assert 0.9 * within < took < 5 * within, took
        begun = time.monotonic()
        huge = connect(server)
        huge.sendall(CHAT % (10 << 30, b"") + b"{")
        assert huge.recv(65536).startswith(b"HTTP/1.1 413")
        assert time.monotonic() - begun < 5 * PATIENCE
        chunked = connect(server)
        chunked.sendall(b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n" + b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        assert chunked.recv(65536).startswith(b"HTTP/1.1 411")
        for client in (huge, chunked):
            client.close()
        until_refused(server, "slow_head", 20)
        until_refused(server, "body_too_large", 1)


def test_a_client_that_vanishes_in_the_middle_leaves_nothing_behind():
    with Server() as server:
        server.say("hello", "session-gone")
        for part in (b"", b"GET", CHAT % (50, b"") + b"{", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            for _ in range(5):
                client = connect(server)
                client.sendall(part)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # a reset
                client.close()
        deadline = time.monotonic() + 20 * PATIENCE
        while b"dugout_connections_open 1\n" not in server.request("GET", "/metrics")[2]:
            assert time.monotonic() < deadline


def test_bad_settings_are_named():
    import subprocess

    from driver import DUGOUT, SOURCE, clean_environment
    for variable, value, word in (("DUGOUT_LIMITS_PROXIES", "10.0.0.0/40", "networks"),
                                  ("DUGOUT_LIMITS_PROXY_HEADER", "x-real-ip", "forwarded"),
                                  ("DUGOUT_TLS_KEY", "only.pem", "tls.certificate"),
                                  ("DUGOUT_TLS_MINIMUM", "1.0", "1.2 or 1.3"),
                                  ("DUGOUT_LIMITS_RATES_CHAT_BURST", "0", "1")):
        run = subprocess.run([DUGOUT, "serve", "--root", SOURCE, "--listen", "127.0.0.1:0"], capture_output=True,
                             text=True, timeout=60 * PATIENCE, env=clean_environment(**{variable: value}))
        assert run.returncode == 1 and word in run.stderr, (variable, run.returncode, run.stderr)


if __name__ == "__main__":
    run_tests(globals())
