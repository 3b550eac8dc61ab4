#!/usr/bin/env python3
"""The fault bench from outside: a short outage in three modes, the same twice, and bad scenarios."""
import json
import os
import shutil
import subprocess
import tempfile

from driver import DUGOUT, PATIENCE, SOURCE, clean_environment, run_tests

SHORT = """about: The provider is away for ten seconds.
turns_per_second: 2
lasts: 20s
faults: [{kind: refuse, from: 5s, until: 15s, latency: 20ms}]
expect: {good: 0.999}
"""


def chaos(*args):
    return subprocess.run([DUGOUT, "chaos", "--root", SOURCE, *args], capture_output=True, text=True,
                          env=clean_environment(), timeout=600 * PATIENCE)


def scenario(text):
    file = tempfile.NamedTemporaryFile("w", suffix=".yaml", prefix="dugout_chaos_", delete=False)
    with file:
        file.write(text)
    return file.name


def test_everything_on_ends_well_where_no_recovery_does_not():
    path = scenario(SHORT)
    result = chaos(path, "--format", "json", "--seed", "3")
    assert result.returncode == 0, result.stderr
    none, plain, everything = json.loads(result.stdout)
    assert none["turns"] == plain["turns"] == everything["turns"] > 20, result.stdout
    assert none["good"] < 0.8 and none["requests_per_turn"] == 1.0, none
    assert plain["requests_per_turn"] > none["requests_per_turn"], plain
    assert everything["good"] == 1.0, everything
    assert everything["load_in_faults"] < plain["load_in_faults"], everything
    os.unlink(path)


def test_the_same_seed_is_the_same_run():
    path = scenario(SHORT)
    runs = [chaos(path, "--format", "json", "--mode", "all", "--seed", seed).stdout for seed in ("5", "5", "6")]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    os.unlink(path)


def test_what_is_expected_and_missed_is_an_exit_code():
    path = scenario(SHORT.replace("good: 0.999", "good: 0.999, requests_per_turn: 0.1"))
    result = chaos(path, "--mode", "all")
    assert result.returncode == 1, result.stdout
    assert "requests per turn, more than 0.1" in result.stderr, result.stderr
    assert "\x1b[" not in result.stdout + result.stderr, "colours belong on a terminal only"
    os.unlink(path)


def test_a_bad_scenario_is_told_with_its_place():
    path = scenario("about: x\nfaults: [{kind: explode}]\n")
    result = chaos(path)
    assert result.returncode == 1
    assert path + ":2:" in result.stderr, result.stderr
    assert chaos("/no/such/file.yaml").returncode != 0
    os.unlink(path)


def test_a_live_run_keeps_out_of_a_store_that_is_there():
    path = scenario(SHORT)
    data = tempfile.mkdtemp(prefix="dugout_chaos_")
    with open(os.path.join(data, "dugout.db"), "wb"):
        pass
    result = chaos(path, "--live", "--listen", "127.0.0.1:0", "--data", data)
    assert result.returncode == 2 and "holds a store already" in result.stderr, result
    assert os.path.getsize(os.path.join(data, "dugout.db")) == 0
    shutil.rmtree(data)
    os.unlink(path)


def test_the_shipped_scenarios_can_be_read():
    folder = os.path.join(SOURCE, "agents", "chaos")
    names = sorted(os.listdir(folder))
    assert len(names) >= 8, names
    result = chaos(*[os.path.join(folder, name) for name in names], os.path.join(folder, "none.yaml"))
    assert result.returncode == 1
    assert result.stderr.count("error") == 1, result.stderr


if __name__ == "__main__":
    run_tests(globals())
