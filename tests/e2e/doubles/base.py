"""What all doubles share: an HTTP server on a free port, a record of calls, failures on demand."""
import contextlib
import http.server
import json
import threading
import urllib.parse


class Answer:
    def __init__(self, status=200, body=b"", **headers):
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if not isinstance(body, bytes):
            self.headers.setdefault("Content-Type", "application/json")


class Request:
    def __init__(self, method, target, headers, body):
        parts = urllib.parse.urlsplit(target)
        self.method, self.path, self.query, self.body = method, parts.path, parts.query, body
        self.headers = {name.lower(): value for name, value in headers}

    def json(self):
        return json.loads(self.body)

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))


# Ways in which a service fails; each stands for a thing that is seen in practice.
FAILURES = {
    "500": Answer(500, {"error": {"message": "boom"}}),
    "503": Answer(503, {"error": {"message": "later"}}),
    "429": Answer(429, {"error": {"message": "slow down"}}, Retry_After="0"),
    "html": Answer(502, b"<html><h1>Bad gateway</h1></html>", Content_Type="text/html"),
    "html200": Answer(200, b"<html>maintenance</html>", Content_Type="text/html"),
    "error200": Answer(200, {"error": {"message": "not really", "code": 500}}),
    "401": Answer(401, {"error": {"message": "no such key"}}),
}


class Served:
    """Whoever has a `server`, until the end of the block."""

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Double(Served):
    """Subclasses answer `serve(request)`. `effect(what)` is called by them when something has
    happened that must not happen twice; `on_effect` may then end the caller before its answer."""

    def __init__(self):
        self.lock = threading.RLock()
        self.calls, self.effects, self.failures, self.refusals = [], [], [], []
        self.fail_each_first = False  # every (method, path) fails once before it works
        self.seen = set()
        self.on_effect = None
        double = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("Content-Length", "0"))
                request = Request(self.command, self.path, self.headers.items(), self.rfile.read(length))
                answer = double.handle(request)
                if answer is None:  # the connection breaks without a word
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # a caller that was killed
                        self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fail(self, *kinds):
        """The next requests fail, one for each kind of FAILURES, or "close"."""
        with self.lock:
            self.failures.extend(kinds)

    def handle(self, request):
        with self.lock:
            self.calls.append(request)
            kind = self.failures.pop(0) if self.failures else None
            place = (request.method, request.path)
            if kind is None and self.fail_each_first and place not in self.seen:
                self.seen.add(place)
                kind = "503"
            if kind is not None:
                return None if kind == "close" else FAILURES[kind]
            try:
                return self.serve(request)
            except BrokenPipeError:
                return None

    def effect(self, what):
        self.effects.append(what)
        if self.on_effect:
            self.on_effect(what)

    def refuse(self, status, why, body=None):
        """An answer to a request that breaks the service's rules; a test may look for them."""
        self.refusals.append(why)
        return Answer(status, body if body is not None else {"error": {"message": why}})
