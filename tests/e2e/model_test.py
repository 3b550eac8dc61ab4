#!/usr/bin/env python3
"""With a key set the model speaks first; when its provider is down the parent does not notice."""
import re
import subprocess

from driver import DOUBLE, PATIENCE, Server, clean_environment, conversation, run_tests


class Double:
    """The model double as a program."""

    def __init__(self, *args):
        self.process = subprocess.Popen([DOUBLE, *args], stdout=subprocess.PIPE, text=True, env=clean_environment())
        self.url = self.process.stdout.readline().split()[-1]

    def requests(self):
        """Ends the double, which then says how many requests it got."""
        self.process.terminate()
        out, _ = self.process.communicate(timeout=30 * PATIENCE)
        return int(re.search(r"requests (\d+)", out).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def play_all(server, name, session):
    turns = 0
    for turn in conversation(name)["turns"]:
        if "photo" in turn:
            break
        turns += 1
        reply = server.say(turn["say"], session)
        assert (reply["routine_number"] or 0) == turn["routine"], (turn, reply)
    return turns


def test_a_provider_that_refuses_every_key_does_not_stop_the_parent():
    with Double("--fault", "insufficient_quota", "--times", "100000") as double:
        with Server(OPENAI_API_KEY="test-key", OPENAI_BASE_URL=double.url + "/v1") as server:
            turns = play_all(server, "run_a.yaml", "session-quota")
            assert "test-key" not in server.log()
        # The code and nothing else is taken without a model; each other turn asks both targets, once.
        assert double.requests() == 2 * (turns - 1), turns


def test_with_a_key_set_the_model_speaks_first():
    with Double() as double:
        with Server(OPENAI_API_KEY="test-key", OPENAI_BASE_URL=double.url + "/v1") as server:
            server.say("200-lions-u9-2526", "session-model")
            # The double claims to stay where it is, so an answer that does not do is answered by it.
            assert server.say("what do you mean?", "session-model")["routine_number"] == 1
        assert double.requests() == 1


def test_without_a_key_its_targets_are_left_out_with_a_line_in_the_log():
    with Server() as server:
        assert "target.left_out" in server.log() and "openai_responses/gpt-4.1" in server.log()


def test_a_port_where_nobody_listens_does_not_stop_the_parent():
    with Server(OPENAI_API_KEY="test-key", OPENAI_BASE_URL="http://127.0.0.1:9/v1", AI_RETRY_MAX_ATTEMPTS="0") as server:
        play_all(server, "run_d.yaml", "session-down")


if __name__ == "__main__":
    run_tests(globals())
