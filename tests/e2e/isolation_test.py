#!/usr/bin/env python3
"""A plugin in a process of its own that crashes ends its own call: the chat goes on, the server lives."""
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import threading

from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, run_tests
from doubles.base import Answer, Double

MOODY = os.environ["DUGOUT_ISOLATION_PLUGINS"]
HI = "Hello, what does it cost?"


class Model(Double):
    """Says the same whatever it is asked."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    def serve(self, _request):
        part = {"type": "output_text", "text": self.text}
        return Answer(200, {"status": "completed", "output": [{"type": "message", "content": [part]}]})


@contextlib.contextmanager
def own_root():
    """The application with the moody parser in front of the others."""
    with tempfile.TemporaryDirectory(prefix="dugout_iso_") as root:
        for folder in ("agents", "routines"):
            shutil.copytree(os.path.join(SOURCE, folder), os.path.join(root, folder))
        path = os.path.join(root, "agents", "universal.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("parsers: [structured", "parsers: [moody_child, structured")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        yield root


def plugin(server, name):
    status, _, body = server.request("GET", "/api/plugins")
    assert status == 200
    return next(one for one in json.loads(body)["plugins"] if one["id"] == name)


def children(server):
    count = 0
    for task in os.listdir("/proc/%d/task" % server.process.pid):
        with contextlib.suppress(FileNotFoundError):
            with open("/proc/%d/task/%s/children" % (server.process.pid, task), encoding="ascii") as file:
                count += len(file.read().split())
    return count


def test_a_parser_that_segfaults_leaves_the_answer_to_the_next_one():
    answer = json.dumps({"agent_final_response": "A segfault costs nothing.", "routine_number": None,
                         "metadata": {"collected": []}})
    with own_root() as root, Model(answer) as model:
        with Server(root=root, args=("--plugin-path", MOODY), OPENAI_API_KEY="test-key",
                    OPENAI_BASE_URL=model.url + "/v1") as server:
            before = children(server)
            assert plugin(server, "parser.moody_child")["isolation"] == "process"
            replies = []
            beside = threading.Thread(target=lambda: replies.append(server.say(HI, "session-beside")))
            beside.start()
            said = server.say(HI, "session-crash")["response"]
            beside.join()
            assert said == replies[0]["response"] == "A segfault costs nothing.", (said, replies)
            # While a process waits for its next start the parser is not asked, and has no error.
            for turn in range(200):
                assert server.say(HI, "session-%d" % turn)["response"] == said
                seen = plugin(server, "parser.moody_child")
                if seen["health"] == "quarantined":
                    break
            assert seen["health"] == "quarantined" and seen["errors"] >= 3 and seen["restarts"] >= 1, seen
            _, _, metrics = server.request("GET", "/metrics")
            assert b'dugout_plugin_state{plugin="parser.moody_child",state="quarantined"} 1' in metrics
            assert b'dugout_plugin_restarts_total{plugin="parser.moody_child"}' in metrics
            assert children(server) <= before
            assert plugin(server, "parser.structured")["health"] == "ready"
            assert server.stop() == 0


def test_photos_are_looked_at_in_a_process_of_its_own():
    with Server() as server:
        assert plugin(server, "tool.photo_check")["isolation"] == "process"
        assert children(server) == 1
        server.kill()


def test_the_settings_decide_and_a_wrong_word_stops_the_start():
    with tempfile.TemporaryDirectory(prefix="dugout_iso_") as data:
        config = os.path.join(data, "dugout.yaml")

        def listed(word):
            with open(config, "w", encoding="utf-8") as file:
                file.write("isolation: {tool.photo_check: %s}\n" % word)
            return subprocess.run([DUGOUT, "plugin", "list", "--json", "--config", config, "--root", SOURCE, "--data", data],
                                  capture_output=True, text=True, env=clean_environment(), timeout=120 * PATIENCE)

        done = listed("none")
        assert done.returncode == 0, done.stderr
        assert all(one["isolation"] == "none" for one in json.loads(done.stdout))
        done = listed("jail")
        assert done.returncode == 1 and "process or none" in done.stderr, done.stderr


def test_the_hidden_command_is_not_for_people():
    done = subprocess.run([DUGOUT, "plugin-child"], capture_output=True, text=True, timeout=60 * PATIENCE)
    assert done.returncode == 2 and "not by hand" in done.stderr, done


if __name__ == "__main__":
    run_tests(globals())
