#!/usr/bin/env python3
"""Attempts that fail are found again: in the file, in the store, on the command line and over HTTP."""
import json
import os
import subprocess

from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, run_tests
from model_test import Double

TOKEN = "operators-token-of-the-test"
SESSION = "session-of-helen-barlow"


def dugout(*args):
    return subprocess.run([DUGOUT, *args], capture_output=True, text=True, env=clean_environment(), timeout=300 * PATIENCE)


def say(server, text, session=SESSION):
    """A message; gives the reply and its turn."""
    body = json.dumps({"user_message": text, "session_id": session})
    status, head, answer = server.request("POST", "/chat", body, {"Content-Type": "application/json"})
    assert status == 200, (status, answer)
    return json.loads(answer), head["x-dugout-turn"]


def lines_of(server):
    path = os.path.join(server.data, "attempts", "attempts.jsonl")
    assert os.stat(path).st_mode & 0o777 == 0o600, oct(os.stat(path).st_mode)
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def mode(path):
    return os.stat(path).st_mode & 0o777


def played(server):
    """A registration begun, with a model that is out of quota; the turn in which it was asked."""
    say(server, "200-lions-u9-2526")
    _, turn = say(server, "Helen Barlow")
    return turn


def test_every_attempt_is_a_line_of_the_file_without_anybodys_words():
    with Double("--fault", "insufficient_quota", "--times", "100000") as double:
        with Server(OPENAI_API_KEY="test-key", OPENAI_BASE_URL=double.url + "/v1") as server:
            turn = played(server)
            lines = lines_of(server)
            mine = [line for line in lines if line["turn"] == turn]
            assert [line["outcome"] for line in mine] == ["quota", "quota", "ok"], mine
            assert [line["attempt"] for line in mine] == [1, 2, 3], mine
            assert mine[0]["target"] == "openai_responses/gpt-4.1" and mine[2]["target"] == "understudy", mine
            assert mine[0]["schema"] == 2 and mine[0]["status"] == 429 and mine[0]["call_type"] == "registration", mine
            assert mine[1]["why"] == "no_target_left", mine
            text = json.dumps(lines)
            for word in ("Helen", "Barlow", SESSION, "test-key", "billing"):
                assert word not in text, word
            assert mode(os.path.join(server.data, "attempts")) == 0o700


def test_the_command_line_finds_sums_up_and_explains():
    with Double("--fault", "insufficient_quota", "--times", "100000") as double:
        with Server(OPENAI_API_KEY="test-key", OPENAI_BASE_URL=double.url + "/v1") as server:
            turn = played(server)
            place = ["--data", server.data, "--root", SOURCE]
            listed = dugout("attempts", "--json", *place)
            stored = json.loads(listed.stdout)
            assert stored == lines_of(server), (stored, listed.stderr)
            found = json.loads(dugout("attempts", "--class", "failed", "--turn", turn, "--json", *place).stdout)
            assert [line["outcome"] for line in found] == ["quota", "quota"], found
            mine = json.loads(dugout("attempts", "--session", SESSION, "--json", *place).stdout)
            short = json.loads(dugout("attempts", "--session", stored[0]["session"], "--json", *place).stdout)
            assert mine == stored and short == stored
            assert json.loads(dugout("attempts", "--session", "somebody-else", "--json", *place).stdout) == []
            assert json.loads(dugout("attempts", "--until", "1h", "--json", *place).stdout) == []
            assert json.loads(dugout("attempts", "--since", "1h", "--last", "1", "--json", *place).stdout) == stored[-1:]
            in_file = json.loads(dugout("attempts", "--file", "--json", *place).stdout)
            named = json.loads(dugout("attempts", "--json", "--file", os.path.join(server.data, "attempts")).stdout)
            assert in_file == stored and named == stored
            shown = dugout("attempts", *place).stdout
            assert "quota" in shown and turn in shown and "\x1b[" not in shown, shown

            summary = json.loads(dugout("attempts", "summary", "--json", *place).stdout)
            assert summary["targets"]["understudy"]["success_rate"] == 1.0, summary
            assert summary["targets"]["openai_responses/gpt-4.1"]["success_rate"] == 0.0, summary
            assert summary["classes"]["quota"]["recovered_rate"] == 1.0, summary
            table = dugout("attempts", "summary", "--since", "2h", *place).stdout
            assert "understudy" in table and "100.0%" in table and "quota" in table, table

            told = dugout("attempts", "show", turn, *place).stdout
            assert "The answer came from understudy, at attempt 3 of call 1." in told, told
            assert "failed after" in told and "quota (HTTP 429)" in told, told


def test_mistakes_on_the_command_line_are_told():
    with Server() as server:
        place = ["--data", server.data, "--root", SOURCE]
        result = dugout("attempts", "--since", "yesterday", *place)
        assert result.returncode == 2 and "2h" in result.stderr, result
        result = dugout("attempts", "--class", "weather", *place)
        assert result.returncode == 2 and "rate_limit" in result.stderr, result
        result = dugout("attempts", "show", "turn_nobody", *place)
        assert result.returncode == 1 and "no model was asked" in result.stderr, result
        result = dugout("attempts", "--file", os.path.join(server.data, "none"))
        assert result.returncode == 1 and "no such file" in result.stderr, result
        result = dugout("attempts", "--data", os.path.join(server.data, "none"), "--root", SOURCE)
        assert result.returncode == 1 and "no store yet" in result.stderr, result
        assert not os.path.exists(os.path.join(server.data, "none"))
        assert dugout("attempts", *place).stdout == "no such attempts\n"


def test_an_operator_is_told_over_http_and_nobody_else():
    with Server(DUGOUT_ADMIN_TOKEN=TOKEN) as server:
        turn = played(server)
        path = "/api/attempts/" + turn
        status, head, _ = server.request("GET", path)
        assert status == 401 and head["www-authenticate"].startswith("Bearer"), (status, head)
        status, _, _ = server.request("GET", path, headers={"Authorization": "Bearer " + TOKEN[:-1] + "x"})
        assert status == 401, status
        status, _, body = server.request("GET", path, headers={"Authorization": "Bearer " + TOKEN})
        told = json.loads(body)
        assert status == 200 and told["turn"] == turn and told["answered_by"] == "understudy", (status, told)
        assert told["attempts"][0]["used"] and len(told["sentences"]) == 3, told
        assert SESSION.encode() not in body and b"Helen" not in body
        status, _, _ = server.request("GET", "/api/attempts/turn_x", headers={"Authorization": "Bearer " + TOKEN})
        assert status == 404, status
        assert TOKEN not in server.log()
    with Server() as server:
        turn = played(server)
        for headers in ({}, {"Authorization": "Bearer " + TOKEN}, {"Authorization": "Bearer "}):
            assert server.request("GET", "/api/attempts/" + turn, headers=headers)[0] == 404


def test_a_short_token_is_refused_at_start():
    result = subprocess.run([DUGOUT, "check", "--root", SOURCE], capture_output=True, text=True,
                            env=clean_environment(DUGOUT_ADMIN_TOKEN="sesame"), timeout=120 * PATIENCE)
    assert result.returncode == 1 and "DUGOUT_ADMIN_TOKEN" in result.stderr + result.stdout, result
    assert "sesame" not in result.stderr + result.stdout


def test_a_repeat_names_the_same_turn():
    with Server() as server:
        body = json.dumps({"user_message": "200-lions-u9-2526", "session_id": SESSION, "client_message_id": "m1"})
        heads = [server.request("POST", "/chat", body, {"Content-Type": "application/json"})[1] for _ in range(2)]
        assert heads[0]["x-dugout-turn"] == heads[1]["x-dugout-turn"], heads


def test_a_file_that_cannot_be_written_stops_no_turn():
    with Server() as server:
        with open(os.path.join(server.data, "attempts"), "w", encoding="utf-8") as file:
            file.write("in the way")
        turn = played(server)
        say(server, "14-05-2017")
        assert server.log().count("attempts.not_written") == 1, server.log()
        stored = json.loads(dugout("attempts", "--json", "--turn", turn, "--data", server.data, "--root", SOURCE).stdout)
        assert len(stored) == 1, stored


def test_the_log_can_be_turned_off():
    with Server(DUGOUT_ATTEMPTS_ENABLED="false") as server:
        played(server)
        assert not os.path.exists(os.path.join(server.data, "attempts"))


if __name__ == "__main__":
    run_tests(globals())
