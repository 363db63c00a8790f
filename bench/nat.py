"""What a takeover and a fail-back cost: new connections' outage, and open connections broken.

Run as root: `python bench/nat.py [TRIALS]`.  Brings up a region of its own with a
stack of the template and the agents, cuts the power of NAT box 1, puts it back, waits for the
fail-back, and again.  Prints one JSON line: medians and worst.
"""

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.nat_lab import NatLab, eventually  # noqa: E402 - from the tests' folder

SETTLED_S = 2.5


class Traffic:
    """A server on the internet and a client on the first zone's docker host."""

    def __init__(self, lab: NatLab) -> None:
        script = str(ROOT / "tests/nat_traffic.py")
        self.server = self._start(f"{lab.label}.internet", script, "serve")
        self.client = self._start(lab.namespace(lab.hosts[1]), script, "use")

    def _start(self, namespace: str, *words: str) -> "subprocess.Popen[str]":
        command = ("ip", "netns", "exec", namespace, sys.executable, *words)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    def account(self) -> dict[str, Any]:
        """What became of it since the last time."""
        assert self.client.stdin
        assert self.client.stdout
        self.client.stdin.write("\n")
        self.client.stdin.flush()
        said: dict[str, Any] = json.loads(self.client.stdout.readline())
        return said

    def close(self) -> None:
        for each in (self.client, self.server):
            each.kill()
            each.wait()


def longest_gap(begun_s: list[float], since_s: float) -> float:
    """The longest time in which no connection that came about was begun."""
    times = [since_s, *(each for each in sorted(begun_s) if each >= since_s)]
    return max((later - earlier for earlier, later in itertools.pairwise(times)), default=0.0)


def trial(lab: NatLab, traffic: Traffic) -> dict[str, Any]:
    """One power cut and one fail-back."""
    traffic.account()
    time.sleep(SETTLED_S)  # what was begun anew is old enough to be known
    cut_s = time.monotonic()
    lab.power_cut(1)
    time.sleep(SETTLED_S)
    cut = traffic.account()
    lab.power_on(1)
    lab.start_agent(1)
    back_s = time.monotonic()
    eventually(lambda: lab.carrier(1) == 1)
    time.sleep(SETTLED_S)
    back = traffic.account()
    return {
        "outage_s": longest_gap(cut["begun_s"], cut_s),
        "stall_s": cut["stall_s"],
        "receiving_stall_s": cut["receiving_stall_s"],
        "back_receiving_stall_s": back["receiving_stall_s"],
        "broken": cut["broken"],
        "why": cut["why"],
        "back_outage_s": longest_gap(back["begun_s"], back_s),
        "back_stall_s": back["stall_s"],
        "back_broken": back["broken"],
        "back_why": back["why"],
    }


def summary(trials: list[dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {"trials": len(trials)}
    for key in ("outage_s", "stall_s", "receiving_stall_s", "back_outage_s", "back_stall_s", "back_receiving_stall_s"):
        values = [each[key] for each in trials]
        told[key] = {"median": round(statistics.median(values), 3), "worst": round(max(values), 3)}
    for key in ("broken", "back_broken"):
        told[key] = {kind: sum(each[key][kind] for each in trials) for kind in trials[0][key]}
    return told


def main() -> None:
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as home:
        lab = NatLab(Path(home))
        traffic = None
        try:
            lab.start_all()
            eventually(lambda: all(lab.status(zone).get("canaries") == "well" for zone in (1, 2)))
            traffic = Traffic(lab)
            done = []
            for _ in range(trials):
                done.append(trial(lab, traffic))
                print(json.dumps(done[-1]), file=sys.stderr, flush=True)
            print(json.dumps(summary(done)))
        finally:
            if traffic:
                traffic.close()
            if "--journals" in sys.argv:
                print(lab.journal("nat1"), lab.journal("nat2"), sep="\n--\n", file=sys.stderr)
            lab.close()


if __name__ == "__main__":
    main()
