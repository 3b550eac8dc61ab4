#!/usr/bin/env python3
"""The program on the command line: a registration by pipe, an edit, findings, exit codes, plugins."""
import json
import os
import shutil
import subprocess
import tempfile

import photos
from driver import DUGOUT, PATIENCE, SOURCE, Server, clean_environment, compare_row, conversation, run_tests


def dugout(*args, stdin="", cwd=None, **environment):
    return subprocess.run([DUGOUT, *args], input=stdin, capture_output=True, text=True, cwd=cwd,
                          env=clean_environment(**environment), timeout=120 * PATIENCE)


def own_application():
    """A copy of the application that a test may edit."""
    folder = tempfile.mkdtemp(prefix="dugout_app_")
    for name in ("agents", "routines"):
        shutil.copytree(os.path.join(SOURCE, name), os.path.join(folder, name))
    return folder


def edit(folder, path, old, new):
    path = os.path.join(folder, path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert old in text, (path, old)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))


def test_runs_a_to_d_complete_in_the_terminal():
    for name in ("run_a.yaml", "run_b.yaml", "run_c.yaml", "run_d.yaml"):
        data = tempfile.mkdtemp(prefix="dugout_chat_")
        paths = {kind: os.path.join(data, "photo." + kind) for kind in ("jpeg", "png", "pdf")}
        for kind, content in (("jpeg", photos.jpeg()), ("png", photos.png()), ("pdf", b"%PDF-1.7")):
            with open(paths[kind], "wb") as file:
                file.write(content)
        lines = ["/photo " + paths[turn["photo"]] if "photo" in turn else turn["say"]
                 for turn in conversation(name)["turns"]]
        result = dugout("chat", "--root", SOURCE, "--data", data, stdin="\n".join(lines + ["/where"]) + "\n")
        assert result.returncode == 0, result.stderr
        assert "routine 35" in result.stdout, result.stdout[-2000:]
        assert "\x1b[" not in result.stdout, "colours belong on a terminal only"
        compare_row(data, conversation(name))
        shutil.rmtree(data)


def test_an_edited_question_is_used_at_the_next_start_without_a_rebuild():
    folder = own_application()
    edit(folder, "routines/new_registration/02_child_name.yaml", "Nice to meet you", "Grand to meet you")
    assert dugout("check", "--root", folder).returncode == 0
    with Server(root=folder) as server:
        server.say("200-lions-u9-2526", "session-edit")
        assert "Grand to meet you" in server.say("Helen Barlow", "session-edit")["response"]
    shutil.rmtree(folder)


def test_mistakes_are_refused_with_file_line_column_and_exit_one():
    file = "routines/new_registration/08_parent_mobile.yaml"
    mistakes = [
        (file, "title:", "titel:"),                      # unknown key
        (file, "number: 8", "number: eight"),            # wrong type
        (file, "go: 9", "go: 99"),                       # missing target
        (file, "number: 8", "number: 9"),                # duplicate number
        (file, "collects:\n  ", "collects:\n\t"),        # a tab
        (file, "title: ", "title: \udcff"),              # bad UTF-8
    ]
    for path, old, new in mistakes:
        folder = own_application()
        full = os.path.join(folder, path)
        with open(full, "rb") as source:
            text = source.read()
        assert old.encode() in text, (path, old)
        with open(full, "wb") as target:
            target.write(text.replace(old.encode(), new.encode("utf-8", "surrogateescape"), 1))
        result = dugout("check", "--root", folder)
        assert result.returncode == 1, (new, result.stderr)
        assert "08_parent_mobile.yaml:" in result.stderr, (new, result.stderr)
        served = dugout("serve", "--listen", "127.0.0.1:0", "--root", folder, "--data", folder + "/var")
        assert served.returncode == 1 and "listening" not in served.stdout
        shutil.rmtree(folder)


def test_a_huge_file_and_an_alias_bomb_are_refused():
    bombs = {
        "huge": "# " + "x" * 10_000_000 + "\n",
        "bomb": "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            "%s: &%s [%s]\n" % (n, n, ", ".join(["*" + p] * 10)) for p, n in zip("abcdefgh", "bcdefghi")),
    }
    for name, text in bombs.items():
        folder = own_application()
        with open(os.path.join(folder, "routines/new_registration/36_%s.yaml" % name), "w", encoding="utf-8") as file:
            file.write(text)
        result = dugout("check", "--root", folder)
        assert result.returncode == 1 and "36_%s.yaml" % name in result.stderr, (name, result.stderr[-500:])
        shutil.rmtree(folder)


def test_a_bad_environment_value_stops_the_start_with_name_value_and_range():
    for value in ("many", "-1", "1e9", "nan"):
        result = dugout("check", "--root", SOURCE, AI_RETRY_MAX_ATTEMPTS=value)
        assert result.returncode == 1 and "AI_RETRY_MAX_ATTEMPTS" in result.stderr and value in result.stderr, result.stderr


def test_exit_codes_and_help():
    assert dugout("nonsense").returncode == 2
    assert dugout("serve", "--nonsense").returncode == 2
    assert dugout("tool", "run", "no_such_tool", "{}").returncode == 2
    assert dugout("check", "--config", "/nowhere/dugout.yaml").returncode == 1
    for command in ("serve", "chat", "check", "graph", "simulate"):
        shown = dugout(command, "--help")
        assert shown.returncode == 0 and "Examples:" in shown.stdout, shown.stdout
    assert "complete -o filenames -F _dugout dugout" in dugout("completion", "bash").stdout


def test_the_flow_can_be_drawn():
    assert dugout("graph", "--root", SOURCE).stdout.startswith("flowchart")
    assert "digraph" in dugout("graph", "--root", SOURCE, "--format", "dot").stdout
    drawn = dugout("graph", "--root", SOURCE, "--format", "svg")
    assert "<svg" in drawn.stdout, drawn.stderr


def test_a_tool_runs_outside_a_conversation():
    data = tempfile.mkdtemp(prefix="dugout_tool_")
    good = dugout("tool", "run", "postcode_validation", '{"postcode": "m417qt"}', "--root", SOURCE, "--data", data)
    assert good.returncode == 0 and json.loads(good.stdout)["data"]["value"] == "M41 7QT", good.stdout + good.stderr
    wrong = dugout("tool", "run", "postcode_validation", '{"postcode": 7}', "--root", SOURCE, "--data", data)
    assert wrong.returncode == 1 and "/postcode" in wrong.stderr, wrong.stderr
    shutil.rmtree(data)


def test_a_new_plugin_built_outside_the_tree_is_used_by_an_agent():
    folder = own_application()
    prefix = os.path.join(folder, "prefix")
    build = os.path.dirname(os.path.dirname(DUGOUT))
    subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True)
    for kind, name in (("parser", "shouting"), ("recovery", "patience"), ("validator", "doubting"),
                       ("tool", "echo_back")):
        made = dugout("plugin", "new", kind, name, "--folder", folder)
        assert made.returncode == 0, made.stderr
        plugin = os.path.join(folder, name)
        subprocess.run(["cmake", "-G", "Ninja", "-B", plugin + "/build", "-S", plugin, "-DCMAKE_PREFIX_PATH=" + prefix],
                       check=True, capture_output=True)
        subprocess.run(["cmake", "--build", plugin + "/build"], check=True, capture_output=True)
        # A slow machine with a sanitizer needs longer than a plugin that hangs would be given.
        checked = dugout("plugin", "check", "--limit", "300", plugin + "/build/lib/dugout/plugins/%s.%s" % (kind, name))
        assert checked.returncode == 0, checked.stdout
    libraries = os.path.join(folder, "shouting/build/lib/dugout/plugins")
    edit(folder, "agents/universal.yaml", "parsers: [", "parsers: [shouting, ")
    script = os.path.join(folder, "shouting.yaml")
    with open(script, "w", encoding="utf-8") as file:
        file.write("name: the new parser takes a text in capitals\nturns:\n"
                   "  - {say: good morning, model: ['WELCOME BACK'], requests: 1,\n"
                   "     contains: ['WELCOME BACK'], agent: universal}\n")
    result = dugout("simulate", script, "--root", folder, "--plugin-path", libraries)
    assert result.returncode == 0, result.stdout + result.stderr
    unknown = dugout("check", "--root", folder)
    assert unknown.returncode == 1 and "shouting" in unknown.stderr, unknown.stderr
    shutil.rmtree(folder)


if __name__ == "__main__":
    run_tests(globals())
