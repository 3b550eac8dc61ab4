#!/usr/bin/env python3
"""`dugout tune` from outside: learns from a simulated provider, and claims no gain where there is none."""
import functools
import json
import os
import shutil
import subprocess
import tempfile

from driver import DUGOUT, PATIENCE, SOURCE, clean_environment, run_tests

WORK = tempfile.mkdtemp(prefix="dugout_tune_")


def tune(*args, data=None, **environment):
    shared = [] if args[0] == "simulate" else ["--root", SOURCE, "--data", data or os.path.join(WORK, "var")]
    return subprocess.run([DUGOUT, "tune", *args, *shared], capture_output=True, text=True, cwd=WORK,
                          env=clean_environment(**environment), timeout=600 * PATIENCE)


def log_of(scene, calls=12_000, seed=7):
    """A simulated log, made once."""
    path = os.path.join(WORK, "%s_%d_%d.jsonl" % (scene, calls, seed))
    if not os.path.exists(path):
        made = tune("simulate", "-o", path, "--calls", str(calls), "--seed", str(seed), "--scene", scene)
        assert made.returncode == 0, made.stderr
    return path


@functools.lru_cache(maxsize=None)
def evaluated(*args):
    done = tune("evaluate", *args, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_seed_gives_one_log_without_anybodys_words():
    first, second = log_of("drifting", 300, 3), os.path.join(WORK, "again.jsonl")
    assert tune("simulate", "-o", second, "--calls", "300", "--seed", "3").returncode == 0
    with open(first, encoding="utf-8") as a, open(second, encoding="utf-8") as b:
        text = a.read()
        assert text == b.read()
    lines = [json.loads(line) for line in text.splitlines()]
    assert len({line["turn"] for line in lines}) == 300
    assert len({(line["max_retries"], line["base_delay"], line["multiplier"]) for line in lines}) > 40
    assert "message" not in lines[0] and "text" not in lines[0]


def test_on_a_drifting_provider_the_gain_lies_above_zero():
    found = evaluated("--log", log_of("drifting"))
    latency = found["figures"]["latency_s"]
    assert latency["low"] > 0.02, found
    assert latency["finding"] == "better" and not latency["includes_zero"], latency
    assert abs(latency["gain"] - (latency["static"] - latency["learned"])) < 1e-9, latency
    assert latency["low"] <= latency["gain"] <= latency["high"], latency
    assert found["figures"]["success"]["finding"] != "worse", found
    assert found["supported_calls"] > 0.9 * found["failed_first_calls"], found
    assert found["learned_from_calls"] == 8400 and found["judged_calls"] == 3600, found

    shown = tune("evaluate", "--log", log_of("drifting"))
    assert shown.returncode == 0 and "\x1b[" not in shown.stdout
    row = next(line for line in shown.stdout.splitlines() if line.startswith("latency"))
    assert "better" in row and "%.3f" % latency["gain"] in row and "%.3f" % latency["low"] in row, row


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly():
    small = log_of("drifting", 3000, 3)
    first = evaluated("--log", small, "--seed", "5")
    again = json.loads(tune("evaluate", "--log", small, "--seed", "5", "--json").stdout)
    other = evaluated("--log", small, "--seed", "6")
    assert first == again
    a, b = first["figures"]["latency_s"], other["figures"]["latency_s"]
    assert a["gain"] == b["gain"] and a["low"] != b["low"] and abs(a["low"] - b["low"]) < 0.1


def test_the_estimate_of_the_static_options_is_what_they_really_brought():
    """The half of the log that kept the usual options is the truth about them."""
    calls = {}
    with open(log_of("drifting"), encoding="utf-8") as file:
        for line in map(json.loads, file):
            calls.setdefault(line["turn"], []).append(line)
    later = list(calls.values())[8400:]
    usual = [call for call in later if (call[0]["max_retries"], call[0]["base_delay"], call[0]["multiplier"]) == (3, 1, 2)]
    seconds = sum(line["took_ms"] + line["waited_ms"] for call in usual for line in call) / 1000 / len(usual)
    found = evaluated("--log", log_of("drifting"))["figures"]["latency_s"]["static"]
    assert abs(found - seconds) < 0.15, (found, seconds)


def test_where_nothing_can_be_gained_nothing_is_claimed():
    found = evaluated("--log", log_of("steady"))
    for name in ("latency_s", "success"):
        figure = found["figures"][name]
        assert figure["includes_zero"] and figure["low"] <= 0 <= figure["high"], (name, figure)
        assert figure["finding"] == "no difference shown", figure
    shown = tune("evaluate", "--log", log_of("steady")).stdout
    assert "the interval includes zero" in next(l for l in shown.splitlines() if l.startswith("latency")), shown


def test_train_show_and_export():
    data = tempfile.mkdtemp(dir=WORK)
    attempts = os.path.join(data, "attempts")
    os.mkdir(attempts)
    shutil.copy(log_of("drifting"), os.path.join(attempts, "attempts.jsonl"))
    done = tune("train", data=data)
    assert done.returncode == 0, done.stderr
    assert "learned from" in done.stdout and "AUC 0." in done.stdout, done.stdout
    path = os.path.join(data, "tuner.json")
    assert [name for name in os.listdir(data) if name.startswith("tuner")] == ["tuner.json"]
    assert os.stat(path).st_mode & 0o777 == 0o600
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
    assert model["schema"] == 1 and model["kind"] == "dugout.tuner.learned" and model["checksum"]

    shown = tune("show", "--json", data=data)
    assert shown.returncode == 0, shown.stderr
    shown = json.loads(shown.stdout)
    assert len(shown["heaviest"]) == 15 and shown["proposals"], shown
    for row in shown["proposals"]:
        assert 0 <= row["max_retries"] <= 5 and 0.05 <= row["base_delay"] <= 10 and 1 <= row["multiplier"] <= 4, row
    by_hour = {row["hour"]: row for row in shown["proposals"] if row["recent_success_rate"] == 0.95}
    assert by_hour[3]["base_delay"] > by_hour[15]["base_delay"], by_hour
    assert "What it would propose" in tune("show", data=data).stdout

    exported = os.path.join(data, "weights.json")
    assert tune("export", "-o", exported, data=data).returncode == 0
    with open(exported, encoding="utf-8") as file:
        weights = json.load(file)
    assert weights["kind"] == "dugout.tuner.export" and len(weights["weights"]) == len(model["features"])
    assert weights["weights"]["bias"] == model["weights"][0]
    assert json.loads(tune("export", data=data).stdout) == weights

    # A model is judged on what came after it: the same log holds nothing later.
    judged = tune("evaluate", "--model", path, data=data)
    assert judged.returncode == 1 and "0 of the 100 calls" in judged.stderr, judged.stderr


def test_a_model_is_judged_on_the_calls_after_it():
    data = tempfile.mkdtemp(dir=WORK)
    path, early = os.path.join(data, "early.json"), os.path.join(data, "early.jsonl")
    with open(log_of("drifting"), encoding="utf-8") as whole, open(early, "w", encoding="utf-8") as file:
        file.writelines(whole.readlines()[:10_000])
    assert tune("train", "--log", early, "-o", path, data=data).returncode == 0
    found = evaluated("--log", log_of("drifting"), "--model", path)
    assert found["learned_from_calls"] == 0 and 0 < found["judged_calls"] < 5000, found
    assert found["figures"]["latency_s"]["low"] > 0, found


def test_a_small_log_is_refused_with_what_is_missing():
    small = log_of("drifting", 60, 3)
    for command in ("train", "evaluate"):
        done = tune(command, "--log", small)
        assert done.returncode == 1 and "of the 200 attempts" in done.stderr, (command, done.stderr)
    empty = os.path.join(WORK, "empty.jsonl")
    open(empty, "w").close()
    done = tune("train", "--log", empty)
    assert done.returncode == 1 and "0 of the 200 attempts" in done.stderr, done.stderr
    nowhere = tune("train", data=tempfile.mkdtemp(dir=WORK))
    assert nowhere.returncode == 3 and "no attempt log" in nowhere.stderr, nowhere.stderr
    assert tune("train", "--log", "/nonexistent.jsonl").returncode == 3


def test_a_refused_training_leaves_the_old_model():
    data = tempfile.mkdtemp(dir=WORK)
    path = os.path.join(data, "tuner.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("{}")
    assert tune("train", "--log", log_of("drifting", 60, 3), data=data).returncode == 1
    with open(path, encoding="utf-8") as file:
        assert file.read() == "{}"
    assert os.listdir(data).count("tuner.json") == 1


def test_a_bad_model_file_is_one_warning_and_no_model():
    data = tempfile.mkdtemp(dir=WORK)
    path = os.path.join(data, "tuner.json")
    for text in ("", "{\"schema\": 1, \"kind\": \"dugout.tuner.learned\"", "[" * 100_000,
                 json.dumps({"schema": 99, "kind": "dugout.tuner.learned"})):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = tune("show", data=data)
        assert done.returncode == 1, (text[:40], done.stderr)
        checked = subprocess.run([DUGOUT, "check", "--root", SOURCE, "--data", data], capture_output=True,
                                 text=True, env=clean_environment(), timeout=120 * PATIENCE)
        assert checked.returncode == 0, checked.stderr
        assert checked.stderr.count("is not used") == 1, checked.stderr
    os.remove(path)
    checked = subprocess.run([DUGOUT, "check", "--root", SOURCE, "--data", data], capture_output=True,
                             text=True, env=clean_environment(), timeout=120 * PATIENCE)
    assert "tuner" not in checked.stderr, checked.stderr
    missing = tune("show", data=data)
    assert missing.returncode == 3 and "there is no model yet" in missing.stderr, missing.stderr


def test_bad_usage_and_help():
    for args in ((), ("nonsense",), ("simulate",), ("evaluate", "--split", "2"), ("evaluate", "--split", "nan"),
                 ("simulate", "-o", "x", "--calls", "-1"), ("simulate", "-o", "x", "--scene", "sunny"),
                 ("evaluate", "--rounds", "1")):
        done = subprocess.run([DUGOUT, "tune", *args], capture_output=True, text=True, cwd=WORK,
                              env=clean_environment(), timeout=60 * PATIENCE)
        assert done.returncode == 2, (args, done.returncode)
    for name in ("train", "evaluate", "export", "show", "simulate"):
        done = subprocess.run([DUGOUT, "tune", name, "--help"], capture_output=True, text=True,
                              env=clean_environment(), timeout=60 * PATIENCE)
        assert done.returncode == 0 and "Examples:" in done.stdout, done.stdout


if __name__ == "__main__":
    try:
        run_tests(globals())
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
