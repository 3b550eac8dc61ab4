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
def club():
    """A club's own folder: agents and routines."""
    folder = tempfile.mkdtemp(prefix="dugout_reload_")
    try:
        for name in ("agents", "routines"):
            shutil.copytree(os.path.join(SOURCE, name), os.path.join(folder, name))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(folder, settings="reload: {debounce: 50ms}\n", **environment):
    config = os.path.join(folder, "dugout.yaml")
    if settings and not os.path.exists(config):
        write(config, settings)
    args = ["--config", config] if settings else []
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
        assert time.monotonic() < end, why()
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


def test_the_command_line_has_the_last_word_on_the_level_of_the_log():
    with club() as folder:
        config = os.path.join(folder, "dugout.yaml")
        write(config, "reload: {watch: false}\nlog: {level: warning}\n")
        with driver.Server(root=folder, args=["--config", config, "--log-level", "error"],
                           DUGOUT_ADMIN_TOKEN=TOKEN) as server:
            write(config, "reload: {watch: false}\nlog: {level: debug}\n")
            assert server.request("POST", "/admin/reload", "", OPERATOR)[0] == 200
            status, _, answer = server.request("GET", "/admin/log-level", None, OPERATOR)
            assert status == 200 and b'"error"' in answer, answer


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


def test_the_report_of_the_command_is_not_overwritten_by_the_next_reload():
    with club() as folder, serve(folder, settings="reload: {watch: false}\n") as server:
        done = subprocess.run([DUGOUT, "reload", "--data", server.data], capture_output=True, text=True,
                              env=clean_environment(), check=False)
        assert done.returncode == 0, done
        assert server.request("POST", "/admin/reload", "", OPERATOR)[0] == 200
        assert last(server)["why"] == "admin", last(server)
        with open(os.path.join(server.data, "reload.json"), encoding="utf-8") as file:
            report = json.load(file)
        assert (report["why"], report["generation"]) == ("signal", 2), report


def test_operators_reload_over_http_and_nobody_else():
    with club() as folder, serve(folder, settings="reload: {watch: false}\n") as server:
        status, _, _ = server.request("POST", "/admin/reload", "", {})
        assert status == 401
        status, _, answer = server.request("POST", "/admin/reload", "", OPERATOR)
        assert status == 200 and json.loads(answer)["generation"] == 2, answer

        # Who is new is counted by its own name.
        with open(os.path.join(folder, "agents", "universal.yaml"), encoding="utf-8") as file:
            text = file.read()
        write(os.path.join(folder, "agents", "night.yaml"), text.replace("name: universal", "name: night", 1))
        counted = lambda: b'agent="night"' in server.request("GET", "/metrics", None, OPERATOR)[2]
        assert not counted()
        status, _, answer = server.request("POST", "/admin/reload", "", OPERATOR)
        assert status == 200, answer
        until(counted, server.log)  # a text is made once a second

        edit(folder, ASK, "ask: ", "akk: ")
        status, headers, answer = server.request("POST", "/admin/reload", "", OPERATOR)
        problem = json.loads(answer)
        assert status == 422 and headers["content-type"] == "application/problem+json", (status, headers)
        assert problem["findings"][0]["file"].endswith("01_parent_name.yaml"), problem


def program(folder):
    """A program of its own with its plugins, so that the shipped ones are not found a second time. The plugins' folder."""
    plugins = os.path.join(folder, "lib", "dugout", "plugins")
    shutil.copytree(PLUGINS, plugins)
    os.mkdir(os.path.join(folder, "bin"))
    shutil.copy2(DUGOUT, os.path.join(folder, "bin", "dugout"))
    return plugins


@contextlib.contextmanager
def with_program(folder):
    driver.DUGOUT = os.path.join(folder, "bin", "dugout")
    try:
        yield
    finally:
        driver.DUGOUT = DUGOUT


def copies_mapped(server, name):
    with open("/proc/%d/maps" % server.process.pid, encoding="utf-8") as file:
        return len({line.split()[-1] for line in file if name in line})


def test_an_exchanged_library_is_loaded_and_the_old_one_leaves_the_process():
    with club() as folder:
        own = os.path.join(program(folder), "parser.raw")
        with with_program(folder), serve(folder, settings="reload: {debounce: 50ms, probation: 100ms}\n") as server:
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


# How the source of such a tool ends.
TOOL_END = r"""static void destroy(dugout_instance* self) { free(self); }
static const void* face(dugout_instance* self, const char* id) {
  (void)self;
  return strcmp(id, DUGOUT_FACE_TOOL) == 0 ? &tool : NULL;
}
static void end(void) {}
static const dugout_module module = {sizeof(dugout_module), DUGOUT_ABI_MAJOR, DUGOUT_ABI_MINOR, 0,
  {"tool.person_name_validation", 27}, create, destroy, face, end};
__attribute__((visibility("default"))) const dugout_module* dugout_plugin_open(uint32_t major, uint32_t minor) {
  (void)minor;
  return major == DUGOUT_ABI_MAJOR ? &module : NULL;
}
"""
TOOL = r"""
#include <stdlib.h>
#include <string.h>
#include "dugout/abi.h"
struct dugout_instance { const dugout_host* host; };
static dugout_text text(const char* t) { dugout_text out = {t, strlen(t)}; return out; }
static dugout_status describe(dugout_instance* self, dugout_sink* sink) {
  (void)self;
  sink->put(sink, text("{\"name\":\"person_name_validation\",\"description\":\"x\",\"arguments\":{\"type\":\"object\","
    "\"additionalProperties\":false,\"required\":[\"full_name\"],\"properties\":{\"full_name\":{\"type\":\"string\"},"
    "\"extract_parts\":{\"type\":\"boolean\"},\"tidy\":{\"type\":\"boolean\"}}},\"result\":{\"type\":\"object\"},"
    "\"timeout_ms\":1000,\"check\":{\"argument\":\"full_name\"}}"));
  return DUGOUT_OK;
}
static void start(dugout_instance* self, dugout_call* call, dugout_text args, dugout_text context) {
  (void)context;
  if (memmem(args.data, args.size, "Barlow", 6))
    self->host->complete(call, DUGOUT_E_INTERNAL, text("{\"message\":\"a defect\"}"));
  else
    self->host->complete(call, DUGOUT_OK, text("{\"ok\":true,\"data\":{\"value\":\"x\"}}"));
}
static void cancel(dugout_instance* self, dugout_call* call) { (void)self; (void)call; }
static const dugout_tool_v1 tool = {sizeof(dugout_tool_v1), 0, describe, start, cancel, NULL};
static dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out, dugout_sink* why) {
  (void)config; (void)why;
  *out = calloc(1, sizeof **out);
  (*out)->host = host;
  return DUGOUT_OK;
}
""" + TOOL_END


def test_a_plugin_that_does_worse_is_taken_back():
    with club() as folder:
        program(folder)
        own = os.path.join(folder, "lib", "dugout", "plugins", "tool.person_name_validation")
        library = os.path.join(own, "person_name_validation.so")
        source = os.path.join(folder, "tool.c")
        write(source, TOOL)
        with with_program(folder), serve(folder) as server:
            subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-z,now",
                            "-I" + os.path.join(SOURCE, "framework/sdk/include"), source, "-o", library + ".new"], check=True)
            os.rename(library + ".new", library)
            state = outcome(server, "published", 2)
            assert state["plugins"] == ["tool.person_name_validation"], state
            # Another exchange meanwhile does not end the watch over the first one.
            other = os.path.join(folder, "lib", "dugout", "plugins", "tool.address_validation", "address_validation.so")
            shutil.copy(other, other + ".new")
            with open(other + ".new", "ab") as file:
                file.write(b"rebuilt")
            os.rename(other + ".new", other)
            state = outcome(server, "published", 3)
            assert state["plugins"] == ["tool.address_validation"], state
            for _ in range(4):
                session, _ = begin(server)
                server.say("Helen Barlow", session)
            state = outcome(server, "rolled_back")
            assert state["plugins"] == ["tool.person_name_validation"], state
            session, _ = begin(server)
            assert server.say("Helen Barlow", session)["routine_number"] == 2
            # What was taken back is not tried again while it is the same file.
            status, _, answer = server.request("POST", "/admin/reload", "", OPERATOR)
            assert status == 200 and json.loads(answer)["plugins"] == [], answer


if __name__ == "__main__":
    run_tests(globals())
