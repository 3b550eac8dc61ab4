"""What campaigns look at in the process under test, and parents who keep it busy."""
import http.client
import json
import os
import threading
import time
import uuid

from driver import PATIENCE

CODE = "200-lions-u9-2526"
# The beginning of a registration, over and over: each answer leads to the next routine.
LINES = ("Helen Barlow", "Tommy Barlow", "14-03-2017", "male", "no", "no", "mother")


class Process:
    """Memory, descriptors, threads and libraries of a process, from /proc."""

    def __init__(self, pid):
        self.folder = "/proc/%d" % pid

    def _status(self, key):
        with open(self.folder + "/status", encoding="ascii") as file:
            for line in file:
                if line.startswith(key + ":"):
                    return int(line.split()[1])
        raise KeyError(key)

    def rss_kib(self):
        return self._status("VmRSS")

    def threads(self):
        return self._status("Threads")

    def descriptors(self):
        return len(os.listdir(self.folder + "/fd"))

    def children(self):
        count = 0
        for thread in os.listdir(self.folder + "/task"):
            with open("%s/task/%s/children" % (self.folder, thread), encoding="ascii") as file:
                count += len(file.read().split())
        return count

    def libraries(self, name):
        """Copies of a plugin's library that are mapped."""
        with open(self.folder + "/maps", encoding="utf-8") as file:
            return len({line.split()[-1] for line in file if name in line})


class Turn:
    """One answered message, and when it was under way."""

    def __init__(self, began, ended, status, generation, reply):
        self.began, self.ended, self.status, self.generation, self.reply = began, ended, status, generation, reply


class Parents:
    """Clients that chat without a pause, each on one connection; what was not answered well is kept whole."""

    def __init__(self, port, count, pause=0.0, context=None):
        """`context`: of TLS; None = the server speaks without."""
        self.port, self.pause, self.context = port, pause, context
        self.stop, self.lock = threading.Event(), threading.Lock()
        self.turns, self.failures, self.answered = [], [], 0
        self.keep_turns = True
        self.threads = [threading.Thread(target=self._chat, daemon=True) for _ in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _chat(self):
        if self.context is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60 * PATIENCE)
        else:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60 * PATIENCE, context=self.context)
        while not self.stop.is_set():
            session = None
            for text in (CODE,) + LINES:
                if self.stop.is_set():
                    break
                session = self._say(connection, text, session)
                if session is None:
                    connection.close()
                    break
                if self.pause:
                    self.stop.wait(self.pause)
        connection.close()

    def _say(self, connection, text, session):
        body = {"user_message": text, "client_message_id": uuid.uuid4().hex}
        if session:
            body["session_id"] = session
        began = time.monotonic()
        try:
            connection.request("POST", "/chat", json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            reply = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            with self.lock:
                self.failures.append((text, repr(error)))
            return None
        turn = Turn(began, time.monotonic(), response.status, int(response.headers.get("X-Dugout-Generation", 0)), reply)
        with self.lock:
            self.answered += 1
            if self.keep_turns:
                self.turns.append(turn)
            if response.status != 200:
                self.failures.append((text, response.status, reply))
                return None
        return reply["session_id"]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
