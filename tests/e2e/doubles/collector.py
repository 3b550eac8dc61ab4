"""Stands for an OpenTelemetry collector: takes OTLP/HTTP JSON, checks its form, keeps the spans."""
import http.server
import json
import re
import threading
import time

from .base import Served

HEX32, HEX16 = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")
VALUES = {"stringValue": str, "intValue": str, "doubleValue": (int, float), "boolValue": bool}


def check_attributes(attributes):
    keys = [one["key"] for one in attributes]
    assert len(keys) == len(set(keys)), keys
    for one in attributes:
        (kind, value), = one["value"].items()
        assert isinstance(value, VALUES[kind]), one
        if kind == "intValue":
            int(value)


def attributes(span):
    """Its attributes as a plain dictionary."""
    return {one["key"]: next(iter(one["value"].values())) for one in span["attributes"]}


def check_span(span):
    assert HEX32.fullmatch(span["traceId"]) and set(span["traceId"]) != {"0"}, span
    assert HEX16.fullmatch(span["spanId"]) and set(span["spanId"]) != {"0"}, span
    assert "parentSpanId" not in span or HEX16.fullmatch(span["parentSpanId"]), span
    assert span["name"] and span["kind"] in (1, 2, 3), span
    assert isinstance(span["startTimeUnixNano"], str) and isinstance(span["endTimeUnixNano"], str), span
    assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), span
    assert span["status"]["code"] in (0, 1, 2), span
    check_attributes(span["attributes"])


class Collector(Served):
    """`answers`: (status, headers) of the next requests; after them all are taken."""

    def __init__(self, answers=(), delay=0):
        self.answers, self.delay = list(answers), delay
        self.requests, self.wrong, self.lock = [], [], threading.Lock()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers = collector.take(self.path, self.headers, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path, headers, body):
        time.sleep(self.delay)
        with self.lock:
            status, more = self.answers.pop(0) if self.answers else (200, {})
            try:
                assert path == "/v1/traces", path
                assert headers["Content-Type"] == "application/json", headers["Content-Type"]
                request = json.loads(body)
                for resource in request["resourceSpans"]:
                    check_attributes(resource["resource"]["attributes"])
                    for scope in resource["scopeSpans"]:
                        assert scope["scope"]["name"] == "dugout"
                        for span in scope["spans"]:
                            check_span(span)
            except Exception as error:  # told by the test, not by a thread
                self.wrong.append(repr(error))
                return 400, {}
            self.requests.append((status, dict(headers), request))
            return status, more

    def spans(self):
        with self.lock:
            return [span for status, _, request in self.requests if status == 200
                    for resource in request["resourceSpans"]
                    for scope in resource["scopeSpans"] for span in scope["spans"]]

    def traces(self):
        """Spans by trace and id."""
        found = {}
        for span in self.spans():
            found.setdefault(span["traceId"], {})[span["spanId"]] = span
        return found
