#!/usr/bin/env python3
"""Live change from outside: routines, agents, settings and plugins are exchanged under a running server."""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import driver
from driver import DUGOUT, PATIENCE, SOURCE, clean_environment, run_tests

TOKEN = "reload-test-operator-token"
OPERATOR = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}
PLUGINS = os.path.join(os.path.dirname(os.path.dirname(DUGOUT)), "lib", "dugout", "plugins")
CODE = "200-lions-u9-2526"


@contextlib.contextmanager
def club(plugins=False):
    """A club's own folder: agents, routines, and where wanted the plugins."""
    folder = tempfile.mkdtemp(prefix="dugout_reload_")
    try:
        for name in ("agents", "routines"):
            shutil.copytree(os.path.join(SOURCE, name), os.path.join(folder, name))
        if plugins:
            os.mkdir(os.path.join(folder, "plugins"))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(folder, settings="reload: {debounce: 50ms}\n", **environment):
    config = os.path.join(folder, "dugout.yaml")
    if settings and not os.path.exists(config):
        write(config, settings)
    args = ["--config", config] if settings else []
    if os.path.isdir(os.path.join(folder, "plugins")):
        args += ["--plugin-path", os.path.join(folder, "plugins")]
    return driver.Server(root=folder, args=args, DUGOUT_ADMIN_TOKEN=TOKEN, **environment)


def write(path, text):
    """As an editor saves: a new file in the old one's place."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


def edit(folder, name, old, new):
    path = os.path.join(folder, name)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert old in text, (name, old)
    write(path, text.replace(old, new, 1))


def last(server):
    status, _, answer = server.request("GET", "/admin/reload", None, OPERATOR)
    assert status == 200, answer
    return json.loads(answer)


def until(what, why):
    end = time.monotonic() + 30 * PATIENCE
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, why
        time.sleep(0.02)


def outcome(server, wanted, generation=None):
    """Waits for a reload that ended so, at this generation."""
    def there():
        state = last(server)
        fits = state["outcome"] == wanted and generation in (None, state["generation"])
        return state if fits else None
    return until(there, lambda: (wanted, last(server), server.log()[-3000:]))


def begin(server):
    """A session that is asked for the first name's routine, number 1."""
    _, reply = server.post({"user_message": CODE})
    assert reply["routine_number"] == 1, reply
    return reply["session_id"], reply["response"]


ASK = "routines/new_registration/01_parent_name.yaml"


def ask_of(folder):
    with open(os.path.join(folder, ASK), encoding="utf-8") as file:
        return re.search(r"^ask: .*$", file.read(), re.M).group(0)


def test_a_saved_routine_serves_the_next_turn():
    with club() as folder, serve(folder) as server:
        edit(folder, ASK, ask_of(folder), 'ask: "Hello from the second version: your name, please?"')
        outcome(server, "published", 2)
        assert "second version" in begin(server)[1]


def test_a_broken_routine_is_refused_and_the_old_one_serves():
    with club() as folder, serve(folder) as server:
        good = begin(server)[1]
        old = ask_of(folder)
        edit(folder, ASK, old, "ask: \"x\"\nnonsense: true")
        state = outcome(server, "refused", 1)
        finding = state["findings"][0]
        assert finding["file"].endswith("01_parent_name.yaml") and finding["line"] > 0, finding
        assert "nonsense" in finding["message"], finding
        assert begin(server)[1] == good
        edit(folder, ASK, "ask: \"x\"\nnonsense: true", old)
        outcome(server, "published", 2)


def test_who_was_asked_the_old_question_is_served_by_the_old_routine_until_it_is_left():
    with club() as folder, serve(folder) as server:
        session, _ = begin(server)
        # The new routine takes no name of fewer than 60 letters: whoever was asked before must not meet that.
        path = os.path.join(folder, ASK)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        changed = text.replace(ask_of(folder), 'ask: "What is the longest name you have?"')
        changed = re.sub(r"^clarify: .*$", 'clarify: "Not that one."', changed, flags=re.M)
        write(path, changed)
        outcome(server, "published", 2)
        status, _, state = server.request("GET", "/chat/" + session)
        assert status == 200
        answer = server.say("12345", session)
        assert answer["routine_number"] == 1 and "Not that one" not in answer["response"], answer
        assert server.say("Helen Barlow", session)["routine_number"] == 2
        assert "longest name" in begin(server)[1]


def test_a_routine_that_is_gone_serves_whoever_was_asked_and_nobody_else():
    with club() as folder, serve(folder) as server:
        session, _ = begin(server)
        assert server.say("Helen Barlow", session)["routine_number"] == 2
        # The flow is exchanged whole; routine 2 has another number in the new one.
        flow, staged = (os.path.join(folder, "routines", name) for name in ("new_registration", ".staged"))
        shutil.copytree(flow, staged)
        os.rename(os.path.join(staged, "02_child_name.yaml"), os.path.join(staged, "52_child_name.yaml"))
        edit(staged, "52_child_name.yaml", "number: 2", "number: 52")
        edit(staged, "01_parent_name.yaml", "go: 2", "go: 52")
        edit(staged, "flow.yaml", "back: [2,", "back: [52,")
        os.rename(flow, os.path.join(folder, "routines", ".old"))
        os.rename(staged, flow)
        outcome(server, "published")
        assert server.say("Tommy Barlow", session)["routine_number"] == 3
        other, _ = begin(server)
        assert server.say("Helen Barlow", other)["routine_number"] == 52


def test_settings_take_effect_and_those_of_the_start_say_so():
    with club() as folder, serve(folder) as server:
        write(os.path.join(folder, "dugout.yaml"),
              "reload: {debounce: 50ms}\nlimits: {message_characters: 100, queued: 7}\n")
        state = outcome(server, "published", 2)
        assert any(f["severity"] == "warning" and "limits" in f["message"] for f in state["findings"]), state
        status, problem = server.post({"user_message": "a" * 101})
        assert status == 422 and "100" in problem["detail"], problem


def test_a_signal_and_the_command_reload():
    with club() as folder, serve(folder, settings="reload: {watch: false}\n") as server:
        edit(folder, ASK, ask_of(folder), 'ask: "Third version?"')
        server.process.send_signal(signal.SIGHUP)
        outcome(server, "published", 2)
        done = subprocess.run([DUGOUT, "reload", "--data", server.data], capture_output=True, text=True,
                              env=clean_environment(), check=False)
        assert done.returncode == 0 and "generation 3" in done.stdout, done
        edit(folder, ASK, "ask: ", "akk: ")
        done = subprocess.run([DUGOUT, "reload", "--data", server.data], capture_output=True, text=True,
                              env=clean_environment(), check=False)
        assert done.returncode == 1 and "01_parent_name.yaml" in done.stderr and "refused" in done.stdout, done
        assert "Third version" in begin(server)[1]
    done = subprocess.run([DUGOUT, "reload", "--data", tempfile.gettempdir()], capture_output=True, text=True,
                          env=clean_environment(), check=False)
    assert done.returncode == 3 and "no server" in done.stderr, done


def test_operators_reload_over_http_and_nobody_else():
    with club() as folder, serve(folder, settings="reload: {watch: false}\n") as server:
        status, _, _ = server.request("POST", "/admin/reload", "", {})
        assert status == 401
        status, _, answer = server.request("POST", "/admin/reload", "", OPERATOR)
        assert status == 200 and json.loads(answer)["generation"] == 2, answer
        edit(folder, ASK, "ask: ", "akk: ")
        status, headers, answer = server.request("POST", "/admin/reload", "", OPERATOR)
        problem = json.loads(answer)
        assert status == 422 and headers["content-type"] == "application/problem+json", (status, headers)
        assert problem["findings"][0]["file"].endswith("01_parent_name.yaml"), problem


def copies_mapped(server, name):
    with open("/proc/%d/maps" % server.process.pid, encoding="utf-8") as file:
        return len({line.split()[-1] for line in file if name in line})


def test_an_exchanged_library_is_loaded_and_the_old_one_leaves_the_process():
    with club(plugins=True) as folder:
        # Beside a program of its own, so that the shipped plugins are not found a second time.
        own = os.path.join(folder, "plugins", "parser.raw")
        shutil.rmtree(os.path.dirname(own))
        shutil.copytree(PLUGINS, os.path.dirname(own))
        driver.DUGOUT = os.path.join(folder, "bin", "dugout")
        os.mkdir(os.path.dirname(driver.DUGOUT))
        shutil.copy2(DUGOUT, driver.DUGOUT)
        try:
            with serve(folder, settings="reload: {debounce: 50ms, probation: 100ms}\n") as server:
                library = os.path.join(own, next(n for n in os.listdir(own) if n.endswith(".so")))
                assert copies_mapped(server, "parser.raw-") == 1
                with open(library, "rb") as file:
                    good = file.read()
                with open(library + ".new", "wb") as file:
                    file.write(good)
                os.rename(library + ".new", library)
                state = outcome(server, "published", 2)
                assert state["plugins"] == ["parser.raw"], state
                until(lambda: copies_mapped(server, "parser.raw-") == 1,
                      lambda: copies_mapped(server, "parser.raw-"))
                # Rubbish in its place is refused before it is opened.
                with open(library + ".new", "wb") as file:
                    file.write(b"\x7fELF nonsense")
                os.rename(library + ".new", library)
                state = outcome(server, "refused", 2)
                assert any("parser.raw" in f["message"] for f in state["findings"]), state
                begin(server)
        finally:
            driver.DUGOUT = DUGOUT


if __name__ == "__main__":
    run_tests(globals())
