#!/usr/bin/env python3
"""Plugins that are exchanged under a running server: how they are tested, and how they are taken back."""
import contextlib
import glob
import json
import os
import subprocess

from driver import SOURCE, run_tests
from reload_test import (ASK, OPERATOR, TOOL_END, ask_of, begin, club, edit, outcome, program, serve, until, with_program,
                         write)

ID = "tool.person_name_validation"
SETTINGS = "reload: {watch: false}\n"
# A tool that may misbehave: by a word in its config it fails for one name; it notes where it was created, with what
# environment and what open files; and it may save a file while a server begins.
TOOL = r"""
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "dugout/abi.h"
extern char** environ;
struct dugout_instance { const dugout_host* host; int bad; };
static dugout_text text(const char* t) { dugout_text out = {t, strlen(t)}; return out; }
static dugout_status describe(dugout_instance* self, dugout_sink* sink) {
  (void)self;
  sink->put(sink, text("{\"name\":\"person_name_validation\",\"description\":\"x\",\"arguments\":{\"type\":\"object\","
    "\"additionalProperties\":false,\"required\":[\"full_name\"],\"properties\":{\"full_name\":{\"type\":\"string\"},"
    "\"extract_parts\":{\"type\":\"boolean\"},\"tidy\":{\"type\":\"boolean\"}" MORE "}},\"result\":{\"type\":\"object\"},"
    "\"timeout_ms\":1000,\"check\":{\"argument\":\"full_name\"}}"));
  return DUGOUT_OK;
}
static void start(dugout_instance* self, dugout_call* call, dugout_text args, dugout_text context) {
  (void)context;
  if (self->bad && memmem(args.data, args.size, "Barlow", 6))
    self->host->complete(call, DUGOUT_E_INTERNAL, text("{\"message\":\"a defect\"}"));
  else
    self->host->complete(call, DUGOUT_OK, text("{\"ok\":true,\"data\":{\"value\":\"x\"}}"));
}
static void cancel(dugout_instance* self, dugout_call* call) { (void)self; (void)call; }
static const dugout_tool_v1 tool = {sizeof(dugout_tool_v1), 0, describe, start, cancel, NULL};
static void note(void) {
  char name[512], link[512], at[64];
  snprintf(name, sizeof name, FOLDER "/seen.%d", (int)getpid());
  FILE* file = fopen(name, "w");
  if (file == NULL) return;
  FILE* comm = fopen("/proc/self/comm", "r");
  if (comm != NULL && fgets(link, sizeof link, comm) != NULL) fprintf(file, "comm %s", link);
  if (comm != NULL) fclose(comm);
  for (char** one = environ; *one != NULL; ++one) fprintf(file, "variable %s\n", *one);
  for (int number = 3; number < 256; ++number) {
    snprintf(at, sizeof at, "/proc/self/fd/%d", number);
    const ssize_t size = readlink(at, link, sizeof link - 1);
    if (size > 0) { link[size] = 0; fprintf(file, "file %s\n", link); }
  }
  fclose(file);
}
static dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out, dugout_sink* why) {
  (void)why;
  *out = calloc(1, sizeof **out);
  (*out)->host = host;
  (*out)->bad = memmem(config.data, config.size, "bad", 3) != NULL;
  note();
  rename(FOLDER "/dugout.yaml.next", FOLDER "/dugout.yaml");
  return DUGOUT_OK;
}
""" + TOOL_END
SCHEMA = {"type": "object", "additionalProperties": False, "properties": {"word": {"type": "string"}}}


@contextlib.contextmanager
def stand():
    """A club whose program and plugins are its own."""
    with club() as folder:
        plugins = program(folder)
        with with_program(folder):
            yield folder, os.path.join(plugins, ID)


def build(folder, own, more=""):
    source = os.path.join(folder, "tool.c")
    library = os.path.join(own, "person_name_validation.so")
    write(source, TOOL)
    write(os.path.join(own, "config.schema.json"), json.dumps(SCHEMA))
    subprocess.run(["cc", "-D_GNU_SOURCE", '-DFOLDER="%s"' % folder, '-DMORE="%s"' % more, "-shared", "-fPIC",
                    "-fvisibility=hidden", "-Wl,-z,now", "-I" + os.path.join(SOURCE, "framework/sdk/include"), source,
                    "-o", library + ".new"], check=True)
    os.rename(library + ".new", library)


def settings(folder, text):
    write(os.path.join(folder, "dugout.yaml"), SETTINGS + text)


def reload(server):
    status, _, answer = server.request("POST", "/admin/reload", "", OPERATOR)
    return status, json.loads(answer)


def fail(server):
    for _ in range(4):
        session, _ = begin(server)
        server.say("Helen Barlow", session)


def taken_back(server):
    state = outcome(server, "rolled_back")
    assert state["plugins"] == [ID], state
    session, _ = begin(server)
    assert server.say("Helen Barlow", session)["routine_number"] == 2
    return state


def test_what_was_taken_back_by_its_config_is_tried_again_with_another_one():
    with stand() as (folder, own):
        build(folder, own)
        with serve(folder, settings=SETTINGS) as server:
            settings(folder, "plugins: {%s: {word: bad}}\n" % ID)
            assert reload(server)[1]["plugins"] == [ID]
            # What is saved meanwhile is for the next reload: no rollback may publish what nobody has checked.
            old = ask_of(folder)
            edit(folder, ASK, old, 'ask: "Not asked for yet?"')
            fail(server)
            state = taken_back(server)
            assert state["findings"] == [], state
            assert "Not asked for yet" not in begin(server)[1]

            status, answer = reload(server)
            assert status == 200 and answer["plugins"] == [], answer
            assert any(f["severity"] == "warning" and ID in f["message"] and "taken back" in f["message"]
                       for f in answer["findings"]), answer
            assert "Not asked for yet" in begin(server)[1]

            settings(folder, "plugins: {%s: {word: good}}\n" % ID)
            status, answer = reload(server)
            assert status == 200 and answer["plugins"] == [ID] and answer["findings"] == [], answer


def broken_routine(folder):
    edit(folder, ASK, "ask: ", "akk: ")


def broken_retry(folder):
    """What is found only when the files are to be used."""
    with open(os.path.join(folder, "agents", "universal.yaml"), encoding="utf-8") as file:
        text = file.read()
    write(os.path.join(folder, "agents", "universal.yaml"), text + "\nretry: {max_retries: -5}\n")


def test_a_rollback_reads_no_file_and_is_not_stopped_by_a_broken_one():
    for spoil in (broken_routine, broken_retry):
        rolled_back_beside(spoil)


def rolled_back_beside(spoil):
    with stand() as (folder, own):
        build(folder, own)
        with serve(folder, settings=SETTINGS) as server:
            settings(folder, "limits: {message_characters: 77}\nplugins: {%s: {word: bad}}\n" % ID)
            assert reload(server)[0] == 200
            spoil(folder)
            fail(server)
            taken_back(server)
            # Of what was published with it the good part stays.
            status, problem = server.post({"user_message": "a" * 78})
            assert status == 422 and "77" in problem["detail"], problem
            status, problem = reload(server)
            assert status == 422 and problem["outcome"] == "refused", problem


def test_routines_that_need_the_new_plugin_go_back_with_it_and_it_is_said():
    with stand() as (folder, own):
        build(folder, own)
        with serve(folder, settings=SETTINGS) as server:
            build(folder, own, more=r',\"loud\":{\"type\":\"boolean\"}')
            settings(folder, "limits: {message_characters: 77}\nplugins: {%s: {word: bad}}\n" % ID)
            assert reload(server)[0] == 200
            fail(server)
            state = taken_back(server)
            assert any("serve again" in f["message"] for f in state["findings"]), state
            status, problem = server.post({"user_message": "a" * 78})
            assert status == 200, problem


def seen(folder, server):
    """What the tool noted where it was created: in any process but the server's own."""
    found = []
    for path in glob.glob(os.path.join(folder, "seen.*")):
        if path.endswith(".%d" % server.process.pid):
            continue
        with open(path, encoding="utf-8") as file:
            found.append(file.read())
        os.remove(path)
    return found


def test_a_self_test_knows_no_secret_and_no_socket_of_the_server():
    with stand() as (folder, own):
        with serve(folder, settings=SETTINGS, OPENAI_API_KEY="sk-not-for-plugins") as server:
            build(folder, own)
            assert reload(server)[1]["plugins"] == [ID]
            notes = seen(folder, server)
            assert notes
            for text in notes:
                assert "sk-not-for-plugins" not in text and "DUGOUT_ADMIN_TOKEN" not in text, text
                assert "file socket:" not in text, text


def test_the_self_test_of_an_isolated_plugin_is_isolated_too():
    with stand() as (folder, own):
        isolated = "isolation: {%s: process}\n" % ID
        with serve(folder, settings=SETTINGS + isolated) as server:
            build(folder, own)
            settings(folder, isolated)
            assert reload(server)[1]["plugins"] == [ID]
            # It may write no file there; where a sanitizer needs the files open, it says who wrote it.
            for text in seen(folder, server):
                assert "comm plugin-child" in text, text


def test_what_is_saved_while_the_server_begins_is_read():
    with stand() as (folder, own):
        build(folder, own)
        write(os.path.join(folder, "dugout.yaml.next"), "reload: {debounce: 50ms}\nlimits: {message_characters: 77}\n")
        # The settings are read before the plugin is created, which saves the next ones.
        with serve(folder) as server:
            outcome(server, "published", 2)
            status, problem = server.post({"user_message": "a" * 78})
            assert status == 422 and "77" in problem["detail"], problem


def test_a_stop_does_not_wait_for_a_self_test():
    with stand() as (folder, own):
        with serve(folder) as server:
            begun = os.path.join(folder, "begun")
            source = os.path.join(folder, "hang.c")
            write(source, '#include <fcntl.h>\n#include <unistd.h>\n__attribute__((constructor)) static void hang(void) {'
                  ' close(open("%s", O_CREAT | O_WRONLY, 0600)); for (;;) pause(); }\n' % begun)
            library = os.path.join(own, "person_name_validation.so")
            subprocess.run(["cc", "-shared", "-fPIC", source, "-o", library + ".new"], check=True)
            os.rename(library + ".new", library)
            until(lambda: os.path.exists(begun), server.log)
            assert server.stop() == 0
            assert "as the server stops" in server.log(), server.log()[-2000:]


if __name__ == "__main__":
    run_tests(globals())
