#!/usr/bin/env python3
"""Who may do what, on the running program: tokens with roles, the audit log, conversations that are bound, and
`dugout config`, `token` and `audit` on the command line."""
import hashlib
import json
import os
import stat
import subprocess
import tempfile

from driver import DUGOUT, Server, clean_environment, run_tests

ADMIN = "a-token-of-the-admin-of-this-test"
PAGE = "web_0123456789abcdef0123456789abcdef"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


def dugout(*args, **environment):
    done = subprocess.run([DUGOUT, *args], env=clean_environment(**environment), capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def bearer(token):
    return {"Authorization": "Bearer " + token}


def new_token(data, name, role):
    code, out, told = dugout("token", "new", "--name", name, "--role", role, "--data", data)
    assert code == 0, told
    line = next(line for line in told.splitlines() if line.startswith("  - {"))
    assert out.strip() not in told and "pbkdf2-sha256$100000$" in line, told
    return out.strip(), line


def events(data):
    code, out, told = dugout("audit", "show", "--json", "--data", data)
    assert code == 0, told
    return [json.loads(line) for line in out.splitlines()]


def test_roles_end_to_end():
    with tempfile.TemporaryDirectory(prefix="dugout_access_") as folder:
        data = os.path.join(folder, "data")
        viewer, viewer_line = new_token(data, "vera", "viewer")
        operating, operating_line = new_token(data, "otto", "operator")
        config = os.path.join(folder, "dugout.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("operators:\n%s\n%s\n" % (viewer_line, operating_line))
        with Server(data=data, args=("--config", config), DUGOUT_ADMIN_TOKEN=ADMIN) as server:
            def status(method, path, token, body=None):
                headers = {"Content-Type": "application/json", **bearer(token)}
                return server.request(method, path, body, headers)[0]

            level = json.dumps({"level": "info"})
            assert [status("GET", "/api/sessions", token) for token in (viewer, operating, ADMIN, "x" * 61)] == [200, 200, 200, 401]
            assert [status("POST", "/admin/log-level", token, level) for token in (viewer, operating, ADMIN)] == [403, 200, 200]
            assert [status("GET", "/api/audit", token) for token in (viewer, operating, ADMIN)] == [403, 403, 200]
            assert server.request("GET", "/api/agents")[0] == 401  # with operators it is theirs
            server.say("200-lions-u9-2526", "session-of-access")
            listed = json.loads(server.request("GET", "/api/sessions", headers=bearer(viewer))[2])["sessions"]
            assert status("GET", "/api/sessions/" + listed[0]["id"], viewer) == 200
            log = server.log()
        for secret in (viewer, operating, ADMIN):
            assert secret not in log
        seen = [(one["who"], one["what"], one["outcome"]) for one in events(data)]
        user = events(data)[0]["who"]
        assert user.startswith("cli:"), user
        for wanted in ((user, "token.created", "ok"), ("", "token", "refused"), ("vera", "role", "refused"),
                       ("otto", "log.level", "ok"), ("admin", "log.level", "ok"), ("vera", "session.viewed", "ok"),
                       ("admin", "audit.viewed", "ok")):
            assert wanted in seen, (wanted, seen)
        assert "session-of-access" not in json.dumps(events(data))


def test_the_audit_log_tells_what_was_done_to_it():
    with tempfile.TemporaryDirectory(prefix="dugout_audit_") as data:
        assert dugout("audit", "verify", "--data", data)[0] == 3
        for name in ("anna", "bert", "carl"):
            new_token(data, name, "viewer")
        path = os.path.join(data, "audit", "audit-000001.jsonl")
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        code, out, _ = dugout("audit", "verify", "--data", data)
        assert code == 0 and "3 lines" in out, out
        head = json.loads(dugout("audit", "verify", "--json", "--data", data)[1])["head"]
        with open(path, encoding="utf-8") as file:
            whole = file.read()

        def verify(text, *more):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return dugout("audit", "verify", "--data", data, *more)

        code, _, told = verify(whole.replace("bert", "otto"))
        assert code == 1 and "audit-000001.jsonl:3" in told, told
        code, out, _ = verify(whole[:-20])
        assert code == 0 and "cut off" in out and "audit-000001.jsonl:3" in out, out
        # Who takes the last lines away is found by a head that was kept.
        short = "".join(whole.splitlines(True)[:2])
        assert verify(short)[0] == 0 and verify(short, "--head", head)[0] == 1
        assert verify(whole, "--head", head)[0] == 0


def test_a_line_of_the_audit_log_does_not_move_the_cursor():
    with tempfile.TemporaryDirectory(prefix="dugout_audit_") as data:
        new_token(data, "anna", "viewer")
        path = os.path.join(data, "audit", "audit-000001.jsonl")
        with open(path, encoding="utf-8") as file:
            last = file.read().rstrip("\n")
        forged = {**json.loads(last), "n": 2, "target": "\x1b[2J\r\x9b2K\u00e4", "prev": hashlib.sha256(last.encode()).hexdigest()}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(forged) + "\n")
        code, out, told = dugout("audit", "show", "--data", data)
        assert code == 0, told
        assert "?[2J" in out and "\u00e4" in out, out
        assert not set(out) & {"\x1b", "\r", "\x9b"}, repr(out)


def test_a_key_that_cannot_be_used_is_told_and_replaced_whole():
    with tempfile.TemporaryDirectory(prefix="dugout_key_") as data:
        path = os.path.join(data, "chat.key")
        with Server(data=data) as server:
            assert "chat.key_unusable" not in server.log()
            server.stop()
        with open(path, "w", encoding="utf-8") as file:
            file.write("0123")
        with Server(data=data) as server:
            assert "chat.key_unusable" in server.log()
            server.stop()
        with open(path, encoding="utf-8") as file:
            assert len(bytes.fromhex(file.read().strip())) == 32
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert not os.path.exists(path + ".new")


def test_a_conversation_of_a_page_is_bound_over_a_restart():
    data = tempfile.mkdtemp(prefix="dugout_bound_")
    say = json.dumps({"user_message": "200-lions-u9-2526", "session_id": PAGE, "client_message_id": "m1"})
    more = json.dumps({"user_message": "Helen Barlow", "session_id": PAGE, "client_message_id": "m2"})
    kind = {"Content-Type": "application/json"}
    with Server(data=data) as server:
        status, headers, _ = server.request("POST", "/chat", say, {**kind, **OWN_PAGE})
        assert status == 200, status
        cookie = {"Cookie": headers["set-cookie"].split(";")[0]}
        # Its answer was lost: the same message does, and is the same turn.
        assert server.request("POST", "/chat", say, {**kind, **OWN_PAGE})[0] == 200
        assert server.request("POST", "/chat", more, {**kind, **OWN_PAGE, **cookie})[0] == 200
        server.stop()
    assert stat.S_IMODE(os.stat(os.path.join(data, "chat.key")).st_mode) == 0o600
    with Server(data=data) as server:
        server.own_data = True
        assert server.request("POST", "/chat", more, {**kind, **OWN_PAGE, **cookie})[0] == 200
        assert server.request("GET", "/chat/" + PAGE, headers=cookie)[0] == 200
        assert server.request("GET", "/chat/" + PAGE)[0] == 404
        assert server.request("POST", "/chat", more, {**kind, **OWN_PAGE})[0] == 401
        assert server.request("POST", "/chat", more, {**kind, "Sec-Fetch-Site": "cross-site", **cookie})[0] == 403


def test_config_shows_where_values_come_from_and_no_secret():
    with tempfile.TemporaryDirectory(prefix="dugout_config_") as folder:
        config, secret = os.path.join(folder, "dugout.yaml"), os.path.join(folder, "key")
        with open(secret, "w", encoding="utf-8") as file:
            file.write("sk-very-secret\n")
        with open(config, "w", encoding="utf-8") as file:
            file.write("limits:\n  queued: 5\nservices:\n  sms: {backend: local, auth_token: very-secret}\n")
        environment = {"OPENAI_API_KEY_FILE": secret, "DUGOUT_ADMIN_TOKEN": "very-secret-of-the-admin"}
        code, out, told = dugout("config", "show", "--json", "--config", config, "--data", folder, **environment)
        assert code == 0, told
        shown = json.loads(out)
        assert shown["limits.queued"] == {"value": "5", "from": config + ":2"}, shown["limits.queued"]
        assert shown["data"] == {"value": folder, "from": "command line --data"}
        assert shown["admin.token"] == {"value": "***", "from": "environment DUGOUT_ADMIN_TOKEN"}
        assert shown["providers.openai_chat.api_key"]["value"] == "***"
        assert "very-secret" not in out
        plain = dugout("config", "show", "--changed", "--config", config, **environment)[1]
        assert "limits.queued" in plain and "limits.keep_alive" not in plain and "very-secret" not in plain
        assert dugout("config", "check", "--config", config)[0] == 0
        with open(config, "a", encoding="utf-8") as file:
            file.write("operators: [{name: vera, role: viewer, token: a-plain-token-in-yaml}]\n")
        code, _, told = dugout("config", "check", "--config", config)
        assert code == 1 and "operators.1.token" in told and "a-plain-token" not in told, told


if __name__ == "__main__":
    run_tests(globals())
