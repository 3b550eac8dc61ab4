#!/usr/bin/env python3
"""`dugout estimate` from outside: the figures as text, as JSON, as a picture; what it refuses."""
import json
import os
import subprocess
import tempfile
import xml.etree.ElementTree as xml

from driver import DUGOUT, PATIENCE, clean_environment, run_tests


def estimate(*args):
    return subprocess.run([DUGOUT, "estimate", *args], capture_output=True, text=True,
                          env=clean_environment(), timeout=120 * PATIENCE)


def test_the_seeds_setting_as_text_and_json():
    asked = ("--success-rate", "0.85", "--latency", "3", "--retries", "3", "--workers", "10")
    shown = estimate(*asked)
    assert shown.returncode == 0, shown.stderr
    for part in ("1 + 2 + 4 = 7 s", "all 4 attempts fail", "3.7361 s", "2.6766", "68.8 KB a call"):
        assert part in shown.stdout, (part, shown.stdout)
    assert "\x1b[" not in shown.stdout, "colours belong on a terminal only"
    read = json.loads(estimate(*asked, "--json").stdout)
    assert [end["attempts"] for end in read["endings"]] == [1, 2, 3, 4, 4]
    assert abs(read["expected"]["latency"] - 3.736125) < 1e-9
    seen = read["simulated"]
    assert seen["calls"] == 20000
    assert abs(seen["difference"]["latency"]) <= 4 * seen["standard_error"]["latency"], seen
    assert abs(seen["difference"]["attempts"]) <= 4 * seen["standard_error"]["attempts"], seen


def test_the_same_seed_gives_the_same_and_none_is_possible():
    once = estimate("--json", "--seed", "7", "--simulate", "500").stdout
    assert once == estimate("--json", "--seed", "7", "--simulate", "500").stdout
    assert "simulated" not in json.loads(estimate("--json", "--simulate", "0").stdout)
    assert "counted" not in estimate("--simulate", "0").stdout


def test_the_picture_is_readable_in_light_and_dark_and_says_what_it_shows():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "latency.svg")
        assert estimate("--svg", path, "--simulate", "0").returncode == 0
        with open(path, encoding="utf-8") as file:
            text = file.read()
        root = xml.fromstring(text)
        name = "{http://www.w3.org/2000/svg}"
        assert root.tag == name + "svg" and root.get("role") == "img"
        assert root.find(name + "title").text and "p95 7 s" in root.find(name + "desc").text
        assert "prefers-color-scheme: dark" in text and "currentColor" in text
        assert len([bar for bar in root.iter(name + "rect") if bar.get("class") in ("good", "bad")]) == 5
    refused = estimate("--svg", "/nowhere/at/all.svg")
    assert refused.returncode == 3 and "/nowhere/at/all.svg" in refused.stderr


def test_bad_figures_are_usage_errors_that_say_the_range():
    for name, value, limits in (
            ("--success-rate", "1.2", "0 to 1"), ("--success-rate", "-0.1", "0 to 1"),
            ("--success-rate", "nan", "0 to 1"), ("--success-rate", "most", "0 to 1"),
            ("--success-rate", "0.5x", "0 to 1"), ("--latency", "1e999", "0 to 600"),
            ("--latency", "inf", "0 to 600"), ("--retries", "11", "0 to 10"),
            ("--retries", "-1", "0 to 10"), ("--retries", "2.5", "0 to 10"),
            ("--workers", "0", "1 to 100000"), ("--workers", "99999999999999999999", "1 to 100000"),
            ("--base-delay", "61", "0 to 60"), ("--multiplier", "0.5", "1 to 10"),
            ("--max-total-delay", "-3", "0 to 600"), ("--jitter", "2", "0 to 1"),
            ("--simulate", "2000000", "0 to 1000000"), ("--seed", "-1", "0 to ")):
        refused = estimate(name + "=" + value)
        assert refused.returncode == 2, (name, value, refused.stdout)
        assert limits in refused.stderr and name in refused.stderr, (name, value, refused.stderr)


if __name__ == "__main__":
    run_tests(globals())
