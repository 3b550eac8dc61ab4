#!/usr/bin/env python3
"""Live changes under constant chat: routines saved good and bad, plugins exchanged, certificates where there are some.
No turn may fail, none may be served by a generation that was not in use while it was under way, and neither memory nor
libraries may grow. Prints the figures; exit code 1 when one of them is wrong.

  tests/campaigns/live_change.py --changes 1000 --parents 8      (DUGOUT and DUGOUT_SOURCE as for tests/e2e)
"""
import argparse
import http.client
import json
import os
import random
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import driver  # noqa: E402
from watched import Parents, Process, percentile  # noqa: E402

TOKEN = "live-change-operator-token"
OPERATOR = {"Authorization": "Bearer " + TOKEN}
ASK = "routines/new_registration/01_parent_name.yaml"
PLUGINS = ("tool.person_name_validation", "tool.date_validation", "parser.raw", "recovery.rate_limit")


def save(path, data):
    """As an editor or a build does: whole, under another name first."""
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.rename(path + ".new", path)


class Club:
    """A folder with the application, the program and its plugins, all of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="dugout_live_change_")
        built = os.path.dirname(os.path.dirname(driver.DUGOUT))
        for name in ("agents", "routines"):
            shutil.copytree(os.path.join(driver.SOURCE, name), os.path.join(self.folder, name))
        shutil.copytree(os.path.join(built, "lib", "dugout", "plugins"), os.path.join(self.folder, "lib/dugout/plugins"))
        os.mkdir(os.path.join(self.folder, "bin"))
        self.program = shutil.copy2(driver.DUGOUT, os.path.join(self.folder, "bin", "dugout"))
        self.config = os.path.join(self.folder, "dugout.yaml")
        self.pairs = [self._pair(number) for number in (1, 2)]
        self.pair = None
        self.save_certificate(0)
        self.save_key(0)
        save(self.config, (
            "reload: {debounce: 20ms, probation: 1s}\nlimits: {rates: {enabled: false}}\n"
            "tls: {certificate: %s/tls.pem, key: %s/tls.key}\n" % (self.folder, self.folder)).encode())
        with open(os.path.join(self.folder, ASK), encoding="utf-8") as file:
            self.text = file.read()
        self.libraries, self.builds = {}, 0
        for name in PLUGINS:
            own = os.path.join(self.folder, "lib/dugout/plugins", name)
            path = os.path.join(own, next(n for n in os.listdir(own) if n.endswith(".so")))
            with open(path, "rb") as file:
                self.libraries[path] = file.read()

    def _pair(self, number):
        """Key and certificate number 1 or 2, made here."""
        key, pem = (os.path.join(self.folder, "%d.%s" % (number, end)) for end in ("key", "pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-keyout", key, "-out", pem, "-subj", "/CN=club-%d" % number, "-days", "2",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        with open(key, "rb") as file, open(pem, "rb") as other:
            return other.read(), file.read()

    def save_certificate(self, which):
        save(os.path.join(self.folder, "tls.pem"), self.pairs[which][0])

    def save_key(self, which):
        """After its certificate: the two are a pair from now on."""
        save(os.path.join(self.folder, "tls.key"), self.pairs[which][1])
        self.pair = which

    def served_certificate(self, port):
        """Which of the two a new connection is shown."""
        shown = ssl.get_server_certificate(("127.0.0.1", port), timeout=30 * driver.PATIENCE).encode()
        return next((n for n, (pem, _) in enumerate(self.pairs) if pem.strip() == shown.strip()), None)

    def good_routine(self, version):
        save(os.path.join(self.folder, ASK), re.sub(
            r"^ask: .*$", 'ask: "Version <%d>: what is your name?"' % version, self.text, flags=re.M).encode())

    def bad_routine(self, kind):
        text = {"key": self.text + "\nnonsense: 1\n", "target": re.sub(r"go: 2\b", "go: 999", self.text),
                "yaml": self.text + "\n  : [\n", "empty": ""}[kind]
        save(os.path.join(self.folder, ASK), text.encode())

    def plugin(self, path):
        """Another build of the same code: its bytes differ, so nothing can be mistaken for the one before."""
        self.builds += 1
        save(path, self.libraries[path] + b"build %d" % self.builds)


class SecureServer(driver.Server):
    """One that is asked by https, whoever signed its certificate."""
    context = ssl._create_unverified_context()

    def request(self, method, path, body=None, headers=None, timeout=60 * driver.PATIENCE):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=self.context)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()


def last(server):
    status, _, answer = server.request("GET", "/admin/reload", None, OPERATOR)
    assert status == 200, answer
    return json.loads(answer)


def changed(server, before):
    """The report of the next reload after this one; None: there is none."""
    end = time.monotonic() + 120 * driver.PATIENCE
    while time.monotonic() < end:
        now = last(server)
        if now != before:
            return now
        time.sleep(0.005)
    return None


def wrong_generations(turns, published):
    """`published`: generation, the times between which it was published, version of its words. Turns that were served
    by a generation that was not in use at any time between their begin and their end, or whose words are not those of
    their generation; and one more when no turn had such words, as nothing was proved then."""
    wrong, compared = [], 0
    began = {generation: earliest for generation, earliest, _, _ in published}
    versions = {generation: version for generation, _, _, version in published}
    for turn in turns:
        if turn.status != 200:
            continue
        if turn.generation not in began or began[turn.generation] > turn.ended:
            wrong.append((turn.generation, "not yet published"))
            continue
        after = [latest for generation, _, latest, _ in published if generation > turn.generation]
        if after and min(after) < turn.began:
            wrong.append((turn.generation, "replaced %.3f s before" % (turn.began - min(after))))
            continue
        said = re.search(r"Version <(\d+)>", turn.reply["response"])
        compared += said is not None
        if said and int(said.group(1)) != versions[turn.generation]:
            wrong.append((turn.generation, "words of version %s" % said.group(1)))
    if compared == 0:
        wrong.append((0, "no answer has said its version"))
    return wrong


def settings():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--changes", type=int, default=1000)
    options.add_argument("--parents", type=int, default=8)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--memory", type=float, default=1.10, help="largest growth of RSS after the first quarter")
    return options.parse_args()


class Campaign:
    """Changes one after another, and what came of each."""

    def __init__(self, club, server, draw):
        self.club, self.server, self.draw = club, server, draw
        self.process = Process(server.process.pid)
        self.counts, self.problems, self.rss, self.seconds = {}, [], [], []
        self.version, self.good = 1, True
        self.published = [(1, 0.0, 0.0, 1)]  # generation, between which times, version of its words

    def write_good(self):
        self.version += 1
        self.club.good_routine(self.version)
        self.good = True

    def edit(self, kind):
        """Saves one file."""
        if kind == "bad":
            self.club.bad_routine(self.draw.choice(("key", "target", "yaml", "empty")))
            self.good = False
        elif kind == "good":
            self.write_good()
        elif kind == "plugin":
            self.club.plugin(self.draw.choice(sorted(self.club.libraries)))
        elif kind == "certificate":
            self.club.save_certificate(1 - self.club.pair)
        else:
            self.club.save_key(1 - self.club.pair)

    def expected(self, kind):
        """What the report says: its outcome, and whether it has errors."""
        if not self.good:
            return "refused", True
        return "published", kind == "certificate"  # it has no key yet; the one from before stays

    def look_at_certificate(self, change):
        until = time.monotonic() + 30 * driver.PATIENCE
        while self.club.served_certificate(self.server.port) != self.club.pair:
            if time.monotonic() > until:
                self.problems.append("change %d: the wrong certificate is shown" % change)
                return
            time.sleep(0.02)

    def change(self, number):
        """False: nothing came of it."""
        kind = self.draw.choice(("good", "good", "good", "bad", "bad", "plugin", "plugin", "certificate"))
        # Each file is a change of its own: of two that are saved together it is chance whether one reload reads them
        # or two, and the generation of a second one would be nobody's.
        kinds = ("certificate", "key") if kind == "certificate" else (kind,)
        if kind in ("plugin", "certificate") and not self.good:
            kinds = ("good",) + kinds
        return all(self.carry_out(number, one) for one in kinds)

    def carry_out(self, number, kind):
        before, began = last(self.server), time.monotonic()
        self.edit(kind)
        report, ended = changed(self.server, before), time.monotonic()
        if report is None:
            self.problems.append("change %d (%s): nothing came of it" % (number, kind))
            return False
        self.seconds.append(ended - began)
        if kind in ("certificate", "key"):
            self.look_at_certificate(number)
        errors = any(finding["severity"] == "error" for finding in report["findings"])
        if (report["outcome"], errors) != self.expected(kind):
            self.problems.append("change %d (%s): %s" % (number, kind, report))
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if report["outcome"] == "published":
            for generation in range(self.published[-1][0] + 1, report["generation"] + 1):
                self.published.append((generation, began, ended, self.version))
        return True

    def show(self, change, answered):
        process = self.process
        self.rss.append(process.rss_kib())
        print("%5d  generation %4d  RSS %6.1f MiB  threads %3d  descriptors %3d  libraries %s  turns %d"
              % (change, self.published[-1][0], self.rss[-1] / 1024, process.threads(), process.descriptors(),
                 [process.libraries(name + "-") for name in PLUGINS], answered), flush=True)

    def wait_for_unloading(self):
        """The library before the last exchange stays for its probation, and goes in its own time."""
        until = time.monotonic() + 30 * driver.PATIENCE
        while any(self.process.libraries(name + "-") != 1 for name in PLUGINS) and time.monotonic() < until:
            time.sleep(0.1)

    def conclude(self, parents, memory):
        left = {name: self.process.libraries(name + "-") for name in PLUGINS}
        self.problems += ["%d copies of %s are mapped" % (count, name) for name, count in left.items() if count != 1]
        self.problems += ["failed turn: %s" % (failure,) for failure in parents.failures[:20]]
        wrong = wrong_generations(parents.turns, self.published)
        self.problems += ["wrong generation: %s" % (turn,) for turn in wrong[:20]]
        growth = self.rss[-1] / self.rss[len(self.rss) // 4] if len(self.rss) > 8 else 1.0
        if growth > memory:
            self.problems.append("memory grew by %.2f" % growth)
        waits = [turn.ended - turn.began for turn in parents.turns]
        print("%d changes %s, %d generations; %d turns (p50 %.1f ms, p99 %.1f ms); failed turns %d; wrong generations "
              "%d; RSS after the first quarter x %.3f; a change took %.0f ms (p50), %.0f ms (p95)"
              % (sum(self.counts.values()), self.counts, self.published[-1][0], len(waits),
                 percentile(waits, 0.5) * 1000, percentile(waits, 0.99) * 1000, len(parents.failures), len(wrong), growth,
                 percentile(self.seconds, 0.5) * 1000, percentile(self.seconds, 0.95) * 1000))


def main():
    wanted = settings()
    print("seed %d" % wanted.seed)
    club = Club()
    driver.DUGOUT = club.program
    club.good_routine(1)
    try:
        with SecureServer(root=club.folder, args=("--config", club.config), DUGOUT_ADMIN_TOKEN=TOKEN) as server:
            campaign = Campaign(club, server, random.Random(wanted.seed))
            with Parents(server.port, wanted.parents, context=SecureServer.context) as parents:
                for change in range(wanted.changes):
                    if not campaign.change(change):
                        break
                    if change % max(1, wanted.changes // 40) == 0:
                        campaign.show(change, parents.answered)
            campaign.wait_for_unloading()
            last(server)
            campaign.conclude(parents, wanted.memory)
            code = server.stop()
            if code != 0:
                campaign.problems.append("the server ended with %d" % code)
    finally:
        shutil.rmtree(club.folder, ignore_errors=True)
    for problem in campaign.problems:
        print("PROBLEM " + problem)
    return 1 if campaign.problems else 0


if __name__ == "__main__":
    sys.exit(main())
