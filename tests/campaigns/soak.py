#!/usr/bin/env python3
"""A steady load for an hour: memory, descriptors and threads stay where they were after the first five minutes.
Prints a line a minute; exit code 1 when a bound is passed or a turn fails.

  tests/campaigns/soak.py --minutes 60 --parents 20 --rate 20    (DUGOUT and DUGOUT_SOURCE as for tests/e2e)
"""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import driver  # noqa: E402
from watched import Parents, Process  # noqa: E402


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--warm", type=float, default=5, help="minutes before the figures that count")
    options.add_argument("--parents", type=int, default=20)
    options.add_argument("--rate", type=float, default=20, help="turns a second, about")
    options.add_argument("--memory", type=float, default=1.05, help="largest RSS at the end, as a ratio")
    wanted = options.parse_args()
    if wanted.minutes <= wanted.warm:
        options.error("--minutes has to be more than --warm (%g)" % wanted.warm)
    problems, base = [], None
    with driver.Server() as server:
        process = Process(server.process.pid)
        with Parents(server.port, wanted.parents, pause=wanted.parents / wanted.rate) as parents:
            parents.keep_turns = False
            began = time.monotonic()
            while True:
                time.sleep(min(60.0, wanted.minutes * 6))
                minutes = (time.monotonic() - began) / 60
                now = (process.rss_kib(), process.descriptors(), process.threads())
                print("%5.1f min  RSS %6.1f MiB  descriptors %3d  threads %3d  turns %d  failed %d"
                      % (minutes, now[0] / 1024, now[1], now[2], parents.answered, len(parents.failures)), flush=True)
                if base is None and minutes >= wanted.warm:
                    base = now
                if minutes >= wanted.minutes:
                    break
        ratio = now[0] / base[0]
        print("RSS at the end x %.3f; descriptors %d -> %d; threads %d -> %d; %d turns, %d failed"
              % (ratio, base[1], now[1], base[2], now[2], parents.answered, len(parents.failures)))
        if ratio > wanted.memory:
            problems.append("RSS grew by %.3f" % ratio)
        if now[1] > base[1] + 5 or now[2] > base[2] + 5:
            problems.append("descriptors or threads grew")
        problems += ["failed turn: %s" % (failure,) for failure in parents.failures[:20]]
        if server.stop() != 0:
            problems.append("the server did not stop well")
    for problem in problems:
        print("PROBLEM " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
