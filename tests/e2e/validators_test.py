#!/usr/bin/env python3
"""`dugout validators calibrate` from outside: figures worked out by hand, and what it refuses."""
import json
import os
import subprocess
import tempfile

from driver import DUGOUT, PATIENCE, SOURCE, clean_environment, run_tests

SAMPLE = os.path.join(SOURCE, "tests", "e2e", "answers", "labelled.jsonl")


def calibrate(*args):
    with tempfile.TemporaryDirectory() as data:
        return subprocess.run([DUGOUT, "validators", "calibrate", "--root", SOURCE, "--data", data, *args],
                              capture_output=True, text=True, env=clean_environment(), timeout=120 * PATIENCE)


def calibrate_lines(*lines):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        done = calibrate(file.name, "--json")
        return done, file.name


def near(a, b):
    return abs(a - b) < 1e-9


def test_the_sample_gives_the_figures_worked_out_by_hand():
    done = calibrate(SAMPLE, "--json")
    assert done.returncode == 0, done.stderr
    out = json.loads(done.stdout)
    # Six answers; the last is cut off, so no parser takes it and nobody judges it.
    assert out["answers"] == 6
    assert out["decisions"]["unreadable"] == {"good": 0, "bad": 1}
    by_name = {one["name"]: one for one in out["validators"]}
    # json_structure: 0.8 good, 0.8 good, 0.8 bad, 0.1 bad, 0.8 bad.
    structure = by_name["validator.json_structure"]
    assert structure["count"] == 5
    assert [one["count"] for one in structure["bins"]] == [0, 1, 0, 0, 0, 0, 0, 0, 4, 0]
    assert near(structure["bins"][8]["good_rate"], 0.5) and structure["bins"][0]["good_rate"] is None
    assert near(structure["ece"], 4 / 5 * 0.3 + 1 / 5 * 0.1)
    assert near(structure["brier"], (2 * 0.04 + 2 * 0.64 + 0.01) / 5)
    # Only one answer pins amounts, and contradicts them.
    assert by_name["validator.business_logic"]["count"] == 1
    assert by_name["validator.business_logic"]["bins"][1]["count"] == 1
    # The means, business_logic with weight 3: twice 2.4/3 = 0.8, 1.4/3, 1.1/3 and 2.7/6 = 0.45.
    assert [one["count"] for one in out["mean"]["bins"]] == [0, 0, 0, 1, 2, 0, 0, 0, 2, 0]
    assert near(out["mean"]["bins"][3]["confidence"], 1.1 / 3)
    assert near(out["mean"]["bins"][4]["confidence"], (1.4 / 3 + 0.45) / 2)
    assert near(out["mean"]["ece"], (2 * 0.2 + 1.1 / 3 + 1.4 / 3 + 0.45) / 5)
    assert out["thresholds"] == {"new_registration": {"valid": 0.7, "retry": 0.5}}
    assert out["decisions"]["valid"] == {"good": 2, "bad": 0}
    assert out["decisions"]["flagged"] == {"good": 0, "bad": 0}
    assert out["decisions"]["retried"] == {"good": 0, "bad": 3}


def test_the_table_is_plain_text_and_shows_no_answer():
    done = calibrate(SAMPLE)
    assert done.returncode == 0, done.stderr
    for part in ("validator.json_structure  5 answers, ECE 0.260, Brier 0.274", "weighted mean",
                 "asked for again", "not readable"):
        assert part in done.stdout, (part, done.stdout)
    assert "\x1b[" not in done.stdout + done.stderr
    assert "email" not in done.stdout and "£20" not in done.stdout


def test_bad_lines_are_named_and_the_good_ones_still_count():
    good = json.dumps({"answer": '{"agent_final_response":"Which team is it?","routine_number":3}', "good": True})
    done, name = calibrate_lines(good, "{", "[1]", '{"answer": 5, "good": true}', '{"answer": "x"}',
                                 '{"answer": "x", "good": true, "mood": 1}',
                                 '{"answer": "x", "good": true, "context": []}',
                                 '{"answer": "x", "good": true, "agent": "nobody"}',
                                 '{"answer": "x", "good": true, "agent": "universal"}')
    assert done.returncode == 1
    assert json.loads(done.stdout)["answers"] == 1
    for number, words in ((2, "not JSON"), (3, "not a JSON object"), (4, "/answer"), (5, "/good"), (6, "/mood"),
                          (7, "/context"), (8, "no agent called nobody"), (9, "has no validators")):
        line = next(one for one in done.stderr.splitlines() if one.startswith("%s:%d:" % (name, number)))
        assert words in line, line


def test_a_file_without_answers_is_no_success():
    assert calibrate("no-such-file.jsonl").returncode == 2
    done, _ = calibrate_lines("", "")
    assert done.returncode == 1 and "holds no answers" in done.stderr


def test_the_thresholds_of_each_lines_own_agent_count():
    done, _ = calibrate_lines(json.dumps({"answer": "Hello there, who is it?", "good": True,
                                          "agent": "re_registration"}))
    assert done.returncode == 0, done.stderr
    out = json.loads(done.stdout)
    # No JSON (0.1) and reads well (0.7): a mean of 0.4.
    assert list(out["thresholds"]) == ["re_registration"]
    assert out["decisions"]["retried"] == {"good": 1, "bad": 0}


if __name__ == "__main__":
    run_tests(globals())
