#!/usr/bin/env python3
"""Traces from outside: every export is accepted, spans nest, ids are the caller's, and a collector that is
away or slow changes nothing for a parent."""
import json
import subprocess
import time

from doubles.collector import Collector, attributes
from driver import DOUBLE, PATIENCE, Server, conversation, play, run_tests
from privacy_test import check_no_trace, sensitive_values

CALLER_TRACE, CALLER_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = "00-%s-%s-01" % (CALLER_TRACE, CALLER_SPAN)


def traced(double, **more):
    return Server(DUGOUT_TRACES_ENDPOINT=double.url, DUGOUT_TRACES_BATCH_EVERY="100ms", **more)


def say(server, text, **headers):
    return server.request("POST", "/chat", json.dumps({"user_message": text}),
                          {"Content-Type": "application/json", **headers})


def within(seconds, ready):
    """Waits for what a background thread does."""
    until = time.monotonic() + seconds * PATIENCE
    while not ready():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


def check_nesting(trace, root_parent=None):
    """One root; every other span lies within its parent."""
    roots = [span for span in trace.values() if span.get("parentSpanId") not in trace]
    assert len(roots) == 1 and roots[0]["kind"] == 2, roots
    assert roots[0].get("parentSpanId") == root_parent, roots[0]
    for span in trace.values():
        if span is roots[0]:
            continue
        parent = trace[span["parentSpanId"]]
        for at in ("startTimeUnixNano", "endTimeUnixNano"):
            assert int(parent["startTimeUnixNano"]) <= int(span[at]) <= int(parent["endTimeUnixNano"]), (parent, span)
    return roots[0]


def stages(trace):
    return {attributes(span)["dugout.stage"] for span in trace.values()}


def test_a_registration_is_one_accepted_trace_for_each_turn():
    with Collector() as double, traced(double) as server:
        script = play(server, "run_a.yaml", "ses_traces_a")
        assert server.stop() == 0
        assert not double.wrong, double.wrong
        traces = double.traces()
        assert len(traces) == len(script["turns"]), (len(traces), len(script["turns"]))
        found = set()
        for trace in traces.values():
            root = attributes(check_nesting(trace))
            assert root["gen_ai.operation.name"] == "invoke_agent" and root["dugout.outcome"] == "ok", root
            found |= stages(trace)
        assert found >= {"turn", "call", "attempt", "tool", "commit"}, found
        text = json.dumps([request for _, _, request in double.requests], ensure_ascii=False)
        check_no_trace(text, sensitive_values(script), "traces")
        assert "ses_traces_a" not in text  # whoever has the id could go on with the conversation


def test_the_callers_trace_is_followed_and_the_answer_names_the_turn():
    with Collector() as double, traced(double) as server:
        status, headers, _ = say(server, "200-lions-u9-2526", traceparent=PARENT)
        assert status == 200
        _, trace_id, span_id, flags = headers["traceparent"].split("-")
        assert (trace_id, flags) == (CALLER_TRACE, "01"), headers
        server.stop()
        root = check_nesting(double.traces()[CALLER_TRACE], CALLER_SPAN)
        assert root["spanId"] == span_id, (root, headers)
        assert attributes(root)["dugout.turn.id"] == headers["x-dugout-turn"]


def test_what_the_standard_does_not_let_us_follow_begins_a_trace_of_its_own():
    with Collector() as double, traced(double) as server:
        for value in ("00-%s-%s-01" % ("0" * 32, CALLER_SPAN), "garbage", "00-" + "z" * 52, PARENT + "-more"):
            status, headers, _ = say(server, "hello", traceparent=value)
            assert status == 200 and CALLER_TRACE not in headers["traceparent"], (value, headers)
        status, headers, _ = say(server, "hello", traceparent=PARENT[:-1] + "0")  # the caller records nothing
        assert status == 200 and headers["traceparent"].endswith("-00"), headers
        server.stop()
        assert len(double.traces()) == 4 and CALLER_TRACE not in double.traces()


def test_calls_of_a_batch_share_the_callers_trace():
    with Collector() as double, traced(double) as server:
        body = json.dumps({"calls": [{"user_message": "200-lions-u9-2526"} for _ in range(3)]})
        status, _, _ = server.request("POST", "/chat/batch", body,
                                      {"Content-Type": "application/json", "traceparent": PARENT})
        assert status == 200
        server.stop()
        trace = double.traces()[CALLER_TRACE]
        roots = [span for span in trace.values() if span.get("parentSpanId") == CALLER_SPAN]
        assert len(roots) == 3 and all(span["kind"] == 2 for span in roots), roots


def test_attempts_carry_the_names_of_the_genai_conventions():
    model = subprocess.Popen([DOUBLE], stdout=subprocess.PIPE, text=True)
    try:
        port = int(model.stdout.readline().rsplit(":", 1)[1])
        with Collector() as double, traced(double, OPENAI_API_KEY="test-key",
                                           OPENAI_BASE_URL="http://127.0.0.1:%d/v1" % port) as server:
            server.say("200-lions-u9-2526", "ses_traces_model")
            server.say("Helen Barlow", "ses_traces_model")
            server.stop()
            asked = [span for span in double.spans() if span["kind"] == 3 and "gen_ai.provider.name" in attributes(span)]
            assert asked, double.spans()
            for span in asked:
                facts = attributes(span)
                assert facts["gen_ai.operation.name"] == "chat" and facts["gen_ai.request.model"], facts
                assert facts["gen_ai.provider.name"] == "openai", facts
                assert span["name"] == "chat " + facts["gen_ai.request.model"], span
                assert "gen_ai.input.messages" not in facts and "gen_ai.output.messages" not in facts, facts
            assert any(int(attributes(span).get("gen_ai.usage.input_tokens", 0)) > 0 for span in asked)
            assert not any("test-key" in json.dumps(request) for _, _, request in double.requests)
    finally:
        model.kill()
        model.wait()
        model.stdout.close()


def test_a_collector_that_is_away_changes_no_answer():
    with Collector() as gone:
        url = gone.url  # nobody listens there afterwards
    with Server(DUGOUT_TRACES_ENDPOINT=url, DUGOUT_TRACES_BATCH_EVERY="100ms") as server:
        play(server, "run_a.yaml", "ses_traces_away")
        within(20, lambda: "traces.not_sent" in server.log())
        assert server.log().count("traces.not_sent") == 1
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 10 * PATIENCE


def test_a_collector_that_is_slow_holds_up_nobody():
    # A turn that waited for one export would be later than all of these together.
    with Collector(delay=600) as double, traced(double) as server:
        begun = time.monotonic()
        play(server, "run_a.yaml", "ses_traces_slow")
        assert time.monotonic() - begun < 300
        assert server.stop() == 0
        assert time.monotonic() - begun < 400


def test_a_busy_collector_is_asked_again_when_it_says():
    with Collector(answers=[(429, {"Retry-After": "1"}), (503, {})]) as double, traced(double) as server:
        say(server, "200-lions-u9-2526")
        within(20, double.spans)
        statuses = [status for status, _, _ in double.requests]
        assert statuses == [429, 503, 200], statuses
        assert len({json.dumps(request, sort_keys=True) for _, _, request in double.requests}) == 1


def test_headers_and_names_of_the_standard_variables():
    with Collector() as double:
        with Server(DUGOUT_TRACES_BATCH_EVERY="100ms", OTEL_EXPORTER_OTLP_ENDPOINT=double.url, OTEL_EXPORTER_OTLP_HEADERS="x-team=lions%2Cu9",
                    OTEL_SERVICE_NAME="club") as server:
            say(server, "200-lions-u9-2526")
            within(20, double.spans)
            server.stop()
            assert "lions,u9" not in server.log()
        _, headers, request = double.requests[0]
        assert headers["x-team"] == "lions,u9", headers
        resource = {one["key"]: one["value"] for one in request["resourceSpans"][0]["resource"]["attributes"]}
        assert resource["service.name"] == {"stringValue": "club"}, resource


def test_none_are_sent_without_a_collector_and_the_answer_still_names_the_turn():
    with Server() as server:
        status, headers, _ = say(server, "200-lions-u9-2526", traceparent=PARENT)
        assert status == 200 and headers["traceparent"].startswith("00-" + CALLER_TRACE), headers


if __name__ == "__main__":
    run_tests(globals())
