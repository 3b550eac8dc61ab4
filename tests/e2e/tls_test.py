#!/usr/bin/env python3
"""TLS from outside: what is agreed on, what is refused, a handshake that never comes, and how http:// leads there.
Keys and certificates are made here, for the test alone."""
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.parse

from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, run_tests, until_refused

FOLDER = tempfile.mkdtemp(prefix="dugout_tls_")


def certificate(name, *more):
    """A pair for localhost, signed by itself."""
    key, pem = os.path.join(FOLDER, name + ".key"), os.path.join(FOLDER, name + ".pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", pem, "-subj", "/CN=" + name, "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", *(more or ("-days", "2"))],
                   check=True, capture_output=True)
    return pem, key


class SecureServer(Server):
    def __init__(self, pair, **environment):
        self.pair = pair
        super().__init__(DUGOUT_TLS_CERTIFICATE=pair[0], DUGOUT_TLS_KEY=pair[1], **environment)

    def context(self):
        return ssl.create_default_context(cafile=self.pair[0])

    def connect(self, context=None):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30 * PATIENCE)
        return (context or self.context()).wrap_socket(plain, server_hostname="localhost")

    def request(self, method, path, body=None, headers=None, timeout=60 * PATIENCE):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=self.context())
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, dict((k.lower(), v) for k, v in response.getheaders()), response.read()
        finally:
            connection.close()


PAIR = certificate("one")


def test_a_conversation_and_its_streams_go_over_tls():
    with SecureServer(PAIR) as server:
        assert server.say("200-lions-u9-2526", "session-tls")["routine_number"] == 1
        status, head, body = server.request(
            "POST", "/chat", json.dumps({"user_message": "Helen Barlow", "session_id": "session-tls"}),
            {"Content-Type": "application/json", "Accept": "text/event-stream"})
        assert status == 200 and b"event: reply" in body, body
        assert head["strict-transport-security"] == "max-age=31536000", head
        status, answer = server.upload(b"x" * 200_000, "session-tls")
        assert status == 200, answer
        status, _, body = server.request("POST", "/chat", "x" * 3_000_000, {"Content-Type": "application/json"})
        assert status == 413, body
        # Two requests in one record, and a stream between them, whose end is looked for.
        client = server.connect()
        one = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        body = json.dumps({"user_message": "hello", "session_id": "session-two"}).encode()
        chat = (b"POST /chat HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)) + body
        client.sendall(one + chat + one.replace(b"Host: localhost", b"Host: localhost\r\nConnection: close"))
        answer = b""
        while piece := client.recv(65536):
            answer += piece
        assert answer.count(b"HTTP/1.1 200") == 3 and b"event: reply" in answer, answer
        assert server.stop() == 0


def test_old_versions_and_plain_text_are_refused_and_said_so():
    with SecureServer(PAIR, DUGOUT_TLS_MINIMUM="1.3") as server:
        assert server.connect().version() == "TLSv1.3"
        old = server.context()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            server.connect(old)
            raise AssertionError("TLS 1.2 was spoken")
        except ssl.SSLError:
            pass
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE)
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = plain.recv(4096)
        assert answer.startswith(b"HTTP/1.1 400") and b"https://" in answer, answer
        plain.close()
        until_refused(server, "handshake", 2)
        metrics = server.request("GET", "/metrics")[2].decode()
        for name in ("dugout_tls_certificate_expiry_time_seconds", "dugout_tls_reloads_refused_total"):
            assert name in metrics, name
    with SecureServer(PAIR) as server:
        two = server.context()
        two.maximum_version = ssl.TLSVersion.TLSv1_2
        client = server.connect(two)
        assert "ECDHE" in client.cipher()[0] and "GCM" in client.cipher()[0], client.cipher()
        client.close()
        two.set_ciphers("AES128-SHA256:@SECLEVEL=0")
        try:
            server.connect(two)
            raise AssertionError("a cipher without forward secrecy was agreed on")
        except ssl.SSLError:
            pass


def test_handshakes_that_never_come_keep_nobody_waiting():
    within = 3 + 3 * PATIENCE  # s; the handshake of /health has no more
    with SecureServer(PAIR, DUGOUT_LIMITS_HEAD_TIMEOUT="%gs" % within) as server:
        silent = [socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE) for _ in range(50)]
        for number, client in enumerate(silent):
            if number % 2:  # and some that begin one: the head of a record, nothing after
                client.sendall(b"\x16\x03\x01\x02\x00\x01")
        begun = time.monotonic()
        assert server.request("GET", "/health")[0] == 200
        assert time.monotonic() - begun < 0.8 * within  # before the silent ones are ended
        for client in silent:
            assert client.recv(1) == b""
            client.close()
        assert time.monotonic() - begun < within + 14 * PATIENCE


def test_http_leads_to_https_by_the_settings_and_not_by_the_request():
    with SecureServer(PAIR, DUGOUT_TLS_HTTP_REDIRECT="0", DUGOUT_PUBLIC_URL="https://join.example.org") as server:
        line = server.process.stdout.readline()
        assert line.startswith("redirecting from http://127.0.0.1:"), line
        port = int(line.rsplit(":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30 * PATIENCE)
        connection.request("GET", "/chat/x?y=1", headers={"Host": "evil.example.net"})
        response = connection.getresponse()
        assert response.status == 308, response.status
        assert response.getheader("Location") == "https://join.example.org/chat/x?y=1"
        assert urllib.parse.urlsplit(response.getheader("Location")).scheme == "https"
        connection.close()
        assert server.stop() == 0


def test_a_reload_with_a_certificate_that_cannot_be_used_says_so_and_no_more():
    files = [shutil.copy(path, path + ".renewed") for path in PAIR]
    token = "tls-test-operator-token"
    with SecureServer(files, DUGOUT_ADMIN_TOKEN=token) as server:
        trusted = server.context()
        server.context = lambda: trusted  # what it goes on showing
        with open(files[0], "w", encoding="ascii") as file:
            file.write("rubbish")
        status, _, answer = server.request("POST", "/admin/reload", "", {"Authorization": "Bearer " + token})
        problem = json.loads(answer)
        assert status == 422 and problem["title"] == "The certificate cannot be used", problem
        assert problem["outcome"] == "published" and problem["generation"] >= 2, problem
        assert files[0] in problem["findings"][0]["file"], problem
        status, _, metrics = server.request("GET", "/metrics", None, {"Authorization": "Bearer " + token})
        assert b"dugout_reload_refused 0" in metrics, metrics
        assert server.stop() == 0


def start_with(**environment):
    return subprocess.run([DUGOUT, "serve", "--root", SOURCE, "--listen", "127.0.0.1:0", "--data", FOLDER + "/data"],
                          capture_output=True, text=True, timeout=60 * PATIENCE, env=clean_environment(**environment))


def test_a_pair_that_cannot_be_used_stops_the_start_with_the_reason():
    other = certificate("other")
    run = start_with(DUGOUT_TLS_CERTIFICATE=PAIR[0], DUGOUT_TLS_KEY=other[1])
    assert run.returncode == 3 and "tls.key" in run.stderr, run.stderr
    run = start_with(DUGOUT_TLS_CERTIFICATE=FOLDER + "/none.pem", DUGOUT_TLS_KEY=other[1])
    assert run.returncode == 3 and "none.pem" in run.stderr, run.stderr
    locked = FOLDER + "/locked.key"
    subprocess.run(["openssl", "pkey", "-in", other[1], "-aes256", "-passout", "pass:open-sesame", "-out", locked],
                   check=True, capture_output=True)
    run = start_with(DUGOUT_TLS_CERTIFICATE=other[0], DUGOUT_TLS_KEY=locked, DUGOUT_TLS_KEY_PASSWORD="wrong")
    assert run.returncode == 3 and "key_password" in run.stderr and "wrong" not in run.stderr, run.stderr
    with SecureServer((other[0], locked), DUGOUT_TLS_KEY_PASSWORD="open-sesame") as server:
        assert server.request("GET", "/health")[0] == 200
        assert "open-sesame" not in server.log()


if __name__ == "__main__":
    try:
        run_tests(globals())
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
