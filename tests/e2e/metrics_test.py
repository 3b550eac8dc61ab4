#!/usr/bin/env python3
"""What /metrics, /api/dashboard and the attempt log say is the same, and asking for it holds nobody up."""
import http.client
import json
import os
import re
import subprocess
import threading
import time

from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, run_tests
from model_test import Double

TOKEN = "operators-token-of-the-test"
BEARER = {"Authorization": "Bearer " + TOKEN}
SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


class Metrics:
    """A scrape, read."""

    def __init__(self, text):
        self.text = text
        self.samples = []
        for line in text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                self.samples.append((name, dict(LABEL.findall(labels or "")), float(value)))
        self.families = set(re.findall(r"^# TYPE (\S+)", text, re.M))

    def sum(self, wanted, keep=lambda labels: True):
        found = [value for name, labels, value in self.samples if name == wanted and keep(labels)]
        assert found, wanted
        return sum(found)


def scrape(server):
    status, head, body = server.request("GET", "/metrics")
    assert status == 200 and head["content-type"].startswith("text/plain; version=0.0.4"), (status, head)
    return Metrics(body.decode())


def dashboard(server):
    status, _, body = server.request("GET", "/api/dashboard", headers=BEARER)
    assert status == 200, (status, body)
    return json.loads(body)


def summary(server):
    done = subprocess.run([DUGOUT, "attempts", "summary", "--json", "--data", server.data], capture_output=True,
                          text=True, env=clean_environment(), timeout=300 * PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def fresh(ask, good):
    """What is asked for is made once a second: asks again until the last turn is in it."""
    until = time.monotonic() + 30 * PATIENCE
    while True:
        answer = ask()
        if good(answer) or time.monotonic() > until:
            return answer
        time.sleep(0.1)


def model(double):
    return {"OPENAI_API_KEY": "test-key", "OPENAI_BASE_URL": double.url + "/v1", "DUGOUT_ADMIN_TOKEN": TOKEN,
            "AI_RETRY_BASE_DELAY": "0.01", "AI_RETRY_REGISTRATION_DELAY": "0.01"}


def asked(labels):
    return labels["outcome"] != "cache_hit"


def test_metrics_dashboard_and_attempt_log_agree():
    faults = ["--fault", "rate_limit", "--times", "2", "--fault", "none", "--times", "1", "--fault", "server_error",
              "--times", "3", "--fault", "truncated_json", "--times", "2", "--fault", "insufficient_quota", "--times", "5"]
    with Double(*faults, "--retry-after-ms", "20") as double, Server(**model(double)) as server:
        turns = 0
        for session in ("session-a", "session-b", "session-c"):
            for text in ("200-lions-u9-2526", "Helen Barlow", "Ben Barlow", "what do you mean?"):
                server.say(text, session)
                turns += 1
        metrics = fresh(lambda: scrape(server), lambda m: m.sum("dugout_turns_total") == turns)
        shown = fresh(lambda: dashboard(server), lambda d: d["retry_metrics"]["turns"] == turns)
        log = summary(server)

    assert metrics.sum("dugout_turns_total") == turns == shown["retry_metrics"]["turns"] == sum(shown["series"]["turns"])
    figures, all_of_them = shown["retry_metrics"], log["all"]
    assert all_of_them["attempts"] > turns and log["classes"], log
    assert figures["attempts"] == all_of_them["attempts"] == sum(shown["series"]["attempts"]), (figures, log)
    assert metrics.sum("dugout_attempts_total", asked) == all_of_them["attempts"]
    assert figures["calls"] == all_of_them["calls"] == metrics.sum("dugout_calls_total"), (figures, log)
    assert abs(figures["success_rate"] - all_of_them["success_rate"]) < 1e-9, (figures, log)
    assert abs(figures["first_try_rate"] - all_of_them["first_try_rate"]) < 1e-9, (figures, log)
    assert shown["waits"]["count"] == all_of_them["waits"] == metrics.sum("dugout_wait_duration_seconds_count"), log
    assert shown["cost"]["input_tokens"] + shown["cost"]["output_tokens"] == all_of_them["tokens"]
    assert metrics.sum("gen_ai_client_token_usage_sum") == all_of_them["tokens"]
    for target, rows in log["targets"].items():
        assert metrics.sum("dugout_attempts_total", lambda l: asked(l) and l["target"] == target) == rows["attempts"]
        assert sum(r["count"] for r in shown["attempts"] if r["target"] == target and asked(r)) == rows["attempts"]
    for name, rows in log["classes"].items():
        assert metrics.sum("dugout_attempts_total", lambda l: l["outcome"] == name) == rows["attempts"], name
        assert sum(r["count"] for r in shown["attempts"] if r["outcome"] == name) == rows["attempts"], name
    for error in figures["top_errors"]:
        assert log["classes"][error["class"]]["attempts"] == error["count"], error
    assert shown["sessions"]["active"] == 3 == metrics.sum("dugout_sessions_active")
    assert sum(t["runs"] for t in shown["tools"]) == metrics.sum("dugout_tool_calls_total", lambda l: l["code"] != "stored")
    # Without a price table nothing has a cost, and nobody's words are in either text.
    assert shown["cost"]["money"] == 0 == metrics.sum("dugout_model_cost_total")
    for word in ("Helen", "Barlow", "session-a", "test-key", TOKEN):
        assert word not in metrics.text and word not in json.dumps(shown), word


def test_promtool_finds_nothing_to_say():
    with Server() as server:
        server.say("200-lions-u9-2526", "session-a")
        text = scrape(server).text
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60 * PATIENCE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
    rules = os.path.join(SOURCE, "docs/operations/alerts.yaml")
    done = subprocess.run(["promtool", "check", "rules", rules], capture_output=True, text=True, timeout=60 * PATIENCE)
    assert done.returncode == 0, done


def test_the_documents_name_the_metrics_that_exist():
    with Server() as server:
        families = scrape(server).families
    names = re.compile(r"\b(?:dugout|gen_ai|process)_[a-z0-9_]+\b")

    def family(name):
        return re.sub(r"_(bucket|sum|count)$", "", name)

    def read(name):
        with open(os.path.join(SOURCE, "docs/operations", name), encoding="utf-8") as file:
            return file.read()

    # Shown by a server with TLS alone: e2e.tls looks at them.
    families |= {"dugout_tls_certificate_expiry_time_seconds", "dugout_tls_reloads_refused_total"}
    labels = {"gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type", "gen_ai_tool_name"}
    assert families <= set(names.findall(read("metrics.md"))), families - set(names.findall(read("metrics.md")))
    board = json.loads(read("grafana.json"))
    asked_for = set()
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            asked_for |= set(names.findall(target["expr"]))
    assert len(asked_for) > 30 and board["schemaVersion"] >= 36 and board["title"] == "Dugout"
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in board["panels"]]
    assert len(set(places)) == len(places) and len({p["id"] for p in board["panels"]}) == len(places)
    for text, found in (("grafana.json", asked_for), ("alerts.yaml", set(names.findall(read("alerts.yaml")))),
                        ("metrics.md", set(names.findall(read("metrics.md"))))):
        stray = {name for name in found if family(name) not in families and name not in families} - labels
        assert not stray, (text, stray)


def test_a_storm_of_scrapers_holds_no_turn_up():
    with Double() as double, Server(**model(double)) as server:
        server.say("200-lions-u9-2526", "session-a")
        stop, scrapes, wrong = threading.Event(), [], []

        def scraper():
            try:
                scrape_on()
            except OSError as error:
                wrong.append(error)

        def scrape_on():
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60 * PATIENCE)
            while not stop.is_set():
                connection.request("GET", "/metrics")
                response = connection.getresponse()
                body = response.read()
                if response.status != 200 or len(body) > 1_000_000:
                    wrong.append((response.status, len(body)))
                scrapes.append(len(body))
                if response.getheader("Connection") == "close":
                    connection.close()
            connection.close()

        threads = [threading.Thread(target=scraper) for _ in range(50)]
        for thread in threads:
            thread.start()
        for _ in range(30):
            server.say("what do you mean?", "session-a")
        stop.set()
        for thread in threads:
            thread.join()
        assert not wrong, wrong[:3]
        assert len(scrapes) > 50
        metrics = fresh(lambda: scrape(server), lambda m: m.sum("dugout_turns_total") == 31)
        assert metrics.sum("dugout_turns_total") == 31
        assert metrics.sum("dugout_turns_total", lambda l: l["outcome"] == "ok") == 31


def events(server, headers, wanted):
    """The data of so many events."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60 * PATIENCE)
    connection.request("GET", "/api/dashboard/events", headers=headers)
    response = connection.getresponse()
    assert response.status == 200 and response.getheader("Content-Type") == "text/event-stream"
    found = []
    while len(found) < wanted:
        line = response.readline().decode()
        assert line, "the stream ended"
        if line.startswith("data: "):
            found.append(json.loads(line[6:]))
    connection.close()
    return found


def test_an_operator_signs_in_watches_and_signs_out():
    with Server(DUGOUT_ADMIN_TOKEN=TOKEN) as server:
        status, head, _ = server.request("POST", "/admin/session", json.dumps({"token": TOKEN}),
                                         {"Content-Type": "application/json"})
        assert status == 204, status
        cookie = {"Cookie": head["set-cookie"].split(";")[0]}
        first, second = events(server, cookie, 2)
        assert second["at"] >= first["at"] and second["uptime_s"] >= first["uptime_s"] + 1, (first["at"], second["at"])
        assert first["health"]["state"] == "healthy" and len(first["series"]["turns"]) == 60
        assert {p["state"] for p in first["plugins"]} == {"ready"}, first["plugins"]
        assert {t["name"] for t in first["guards"]["targets"]} >= {"openai_responses/gpt-4.1"}
        own_page = {"Origin": "http://127.0.0.1:%d" % server.port}
        assert server.request("POST", "/admin/session/end", headers={**cookie, **own_page, "Content-Length": "0"})[0] == 204
        assert server.request("GET", "/api/dashboard", headers=cookie)[0] == 401
        assert server.stop() == 0


def test_a_stream_that_is_open_does_not_hold_the_stop_up():
    with Server(DUGOUT_ADMIN_TOKEN=TOKEN) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60 * PATIENCE)
        connection.request("GET", "/api/dashboard/events", headers=BEARER)
        response = connection.getresponse()
        response.readline()
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 20 * PATIENCE
        response.read()
        connection.close()


def test_metrics_can_be_switched_off_or_kept_for_who_has_the_token():
    with Server(DUGOUT_METRICS_ENABLED="false") as server:
        assert server.request("GET", "/metrics")[0] == 404
        server.say("200-lions-u9-2526", "session-a")
    with Server(DUGOUT_METRICS_TOKEN="a-token-of-scrapers") as server:
        assert server.request("GET", "/metrics")[0] == 401
        assert server.request("GET", "/metrics", headers={"Authorization": "Bearer a-token-of-scrapers"})[0] == 200


if __name__ == "__main__":
    run_tests(globals())
