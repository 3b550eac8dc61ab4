#!/usr/bin/env python3
"""Ten families at once want the last two shirt numbers of a team."""
import os
import shutil
import tempfile
import threading

import yaml

from driver import SOURCE, Server, conversation, rows, run_tests

FREE = ("9", "30")
FAMILIES = ("Ash", "Beech", "Cedar", "Elder", "Hazel", "Holly", "Maple", "Rowan", "Sorrel", "Willow")


def nearly_full_team():
    """A root folder whose Lions u9 have two numbers left."""
    root = tempfile.mkdtemp(prefix="dugout_shirts_")
    shutil.copytree(os.path.join(SOURCE, "agents"), os.path.join(root, "agents"))
    os.symlink(os.path.join(SOURCE, "routines"), os.path.join(root, "routines"))
    taken = [{"team": "Lions", "age_group": "u9", "season": "2526", "shirt_number": str(number)}
             for number in range(1, 50) if str(number) not in FREE]
    with open(os.path.join(root, "agents/data/shirts.yaml"), "w", encoding="utf-8") as file:
        yaml.safe_dump(taken, file)
    return root


def to_the_number(server, family, number):
    """One family's registration as far as the question for the number."""
    changed = {"Helen Barlow": "Helen " + family, "Alfie Barlow": "Alfie " + family,
               "07700900123": "07700900%03d" % (300 + number), "helen.barlow@example.org": family.lower() + "@example.org"}
    for turn in conversation("run_a.yaml")["turns"]:
        reply = server.say(changed.get(turn["say"], turn["say"]), "session-" + family)
        assert reply["routine_number"] == turn["routine"], (family, turn, reply)
        if turn["routine"] == 33:
            return


def want(server, family, replies):
    for number in FREE:
        reply = server.say(number, "session-" + family)
        replies.append(reply["response"])
        if reply["routine_number"] == 34:
            return


def test_no_number_is_given_twice_and_nobody_is_told_a_name():
    root = nearly_full_team()
    try:
        with Server(root=root) as server:
            for number, family in enumerate(FAMILIES):
                to_the_number(server, family, number)
            replies = []
            threads = [threading.Thread(target=want, args=(server, family, replies)) for family in FAMILIES]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            given = [row.get("shirt_number") for row in rows(server.data, "registrations") if row.get("shirt_number")]
            assert sorted(given) == sorted(FREE), given
            refused = [text for text in replies if "taken" in text or "quicker" in text]
            assert len(refused) >= 2 * (len(FAMILIES) - len(FREE)), replies
            for text in refused:
                # The child's own first name is the same in all families.
                assert not any(family in text for family in FAMILIES), text
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    run_tests(globals())
