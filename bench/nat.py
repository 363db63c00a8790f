"""What a failing NAT box costs, in a region of its own with a stack of the template and the agents.

Run as root: `python bench/nat.py [--trials 20] [--only ROW,…] [--calm-s 600]`.  Prints one JSON line: for each
row the median and the worst, in seconds, and how many connections broke.  `--trials` is for the power cut;
the one with a slow API gets half of it, the others a quarter, at least three.  The rows are ROWS and OTHERS below.
"""

import argparse
import itertools
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench import nat_2015, nat_load, nat_rates  # noqa: E402 - from the folder above
from tests.nat_lab import NatLab, Traffic, eventually  # noqa: E402 - from the tests' folder

SETTLED_S = 2.0
"""What was begun anew is old enough by then to be known, and what stalls has spoken."""
API_LATENCY_MS = 500

Trial = dict[str, Any]


class Bench:
    """A lab with traffic of the first zone."""

    def __init__(self, home: Path) -> None:
        self.lab = NatLab(home)
        self.lab.start_all()
        self.lab.settle()
        self.traffic = Traffic(self.lab)

    def close(self) -> None:
        self.traffic.close()
        self.lab.close()

    def during(self, spoil: Callable[[], object], *, until: Callable[[], bool]) -> Trial:
        """What new and open connections go through from a moment on until some time after it is over."""
        self.traffic.account()
        time.sleep(SETTLED_S)
        self.traffic.account()
        since_s = time.monotonic()
        spoil()
        eventually(until)
        time.sleep(SETTLED_S)
        account = self.traffic.account()
        return {
            "outage_s": longest_gap(account["begun_s"], since_s),
            "stall_s": account["stall_s"],
            "receiving_stall_s": account["receiving_stall_s"],
            "failed": account["failed"],
            "broken": account["broken"],
            "why": account["why"],
        }

    def carries(self, box: int) -> Callable[[], bool]:
        """Whether the first zone's route and address both are at the box, asked anew each time."""
        return lambda: self.lab.carrier(1) == box and self.lab.called_from(1) == self.lab.public[1]

    def power_cut_and_return(self) -> tuple[Trial, Trial]:
        cut = self.during(lambda: self.lab.power_cut(1), until=self.carries(2))

        def return_power() -> None:
            self.lab.power_on(1)
            self.lab.start_agent(1)

        back = self.during(return_power, until=self.carries(1))
        self.lab.settle()
        return cut, back


def longest_gap(begun_s: list[float], since_s: float) -> float:
    """The longest time in which no connection that came about was begun."""
    times = [since_s, *(each for each in sorted(begun_s) if each >= since_s)]
    return max((later - earlier for earlier, later in itertools.pairwise(times)), default=math.inf)


def power_cut(bench: Bench, trials: int) -> Trial:
    cuts, backs = zip(*(bench.power_cut_and_return() for _ in range(trials)), strict=True)
    return {"takeover": summary(cuts), "fail_back": summary(backs)}


def power_cut_slow_api(bench: Bench, trials: int) -> Trial:
    bench.lab.faults({"kind": "latency", "latency_ms": API_LATENCY_MS, "service": "ec2"})
    try:
        return {"api_latency_ms": API_LATENCY_MS, **power_cut(bench, trials)}
    finally:
        bench.lab.faults()


def not_forwarding(bench: Bench, trials: int) -> Trial:
    lab = bench.lab
    address = {"PublicIps": [lab.public[1]]}

    def take_address() -> None:
        held = lab.ec2.describe_addresses(**address)["Addresses"][0]
        lab.ec2.disassociate_address(AssociationId=held["AssociationId"])

    kinds: dict[str, Callable[[], object]] = {
        "ip_forward_0": lambda: lab.run(lab.nats[1], "sysctl", "-qw", "net.ipv4.ip_forward=0"),
        "rules_flushed": lambda: lab.run(lab.nats[1], "nft", "flush", "ruleset"),
        "address_gone": take_address,
    }
    return {kind: summary([_not_forwarding(bench, spoil) for _ in range(trials)]) for kind, spoil in kinds.items()}


def _not_forwarding(bench: Bench, spoil: Callable[[], object]) -> Trial:
    told = bench.during(spoil, until=lambda: bench.lab.called_from(1) == bench.lab.public[1])
    bench.lab.prepare(1)
    bench.lab.restart_agent(1)  # or it would wait twice as long after each
    bench.lab.settle()
    return told


def drain(bench: Bench, trials: int) -> Trial:
    drains, returns = [], []
    file = bench.lab.state(1) / "drain"
    for _ in range(trials):
        drains.append(bench.during(file.touch, until=bench.carries(2)))
        returns.append(bench.during(file.unlink, until=bench.carries(1)))
        bench.lab.settle()
    return {"drain": summary(drains), "return": summary(returns)}


def summary(trials: "tuple[Trial, ...] | list[Trial]") -> Trial:
    """Medians and worst of times, sums of what broke."""
    told: Trial = {"trials": len(trials)}
    for key in ("outage_s", "stall_s", "receiving_stall_s"):
        values = [each[key] for each in trials]
        told[key] = {"median": round(statistics.median(values), 3), "worst": round(max(values), 3)}
    told["failed"] = sum(each["failed"] for each in trials)
    told["broken"] = {kind: sum(each["broken"][kind] for each in trials) for kind in trials[0]["broken"]}
    if why := sorted({reason for each in trials for reason in each["why"]}):
        told["why"] = why
    return told


ROWS: dict[str, Callable[[Bench, int], Trial]] = {
    "power_cut": power_cut,
    "power_cut_slow_api": power_cut_slow_api,
    "not_forwarding": not_forwarding,
    "drain": drain,
}
SHARES = {"power_cut": 1, "power_cut_slow_api": 2}
"""By how much the trials are divided; by 4 for the others."""
OTHERS = ("false_moves", "agent", "rates", "pair_of_2015")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--calm-s", type=float, default=600.0, help="how long false moves are looked for")
    parser.add_argument("--only", default=",".join((*ROWS, *OTHERS)), help="rows, separated by commas")
    arguments = parser.parse_args()
    asked = arguments.only.split(",")
    if unknown := set(asked) - {*ROWS, *OTHERS}:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join((*ROWS, *OTHERS))}")
    # The others end the traffic that the rows need.
    wanted = [name for name in (*ROWS, *OTHERS) if name in asked]
    told: Trial = {}
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(Path(home))
        try:
            for name in wanted:
                began_s = time.monotonic()
                told[name] = row(bench, name, arguments)
                print(f"{name}: {time.monotonic() - began_s:.0f} s: {json.dumps(told[name])}", file=sys.stderr)
        finally:
            bench.close()
    print(json.dumps(told))


def row(bench: Bench, name: str, arguments: argparse.Namespace) -> Trial:
    """Measure one row.  Those that need the cores for themselves have no other traffic beside them."""
    if name in ROWS:
        return ROWS[name](bench, max(min(3, arguments.trials), arguments.trials // SHARES.get(name, 4)))
    if name == "false_moves":
        return nat_load.false_moves(bench.lab, arguments.calm_s)
    bench.traffic.close()
    if name == "agent":
        return nat_load.agent(bench.lab)
    if name == "rates":
        return nat_rates.rates()
    return nat_2015.pair(bench.lab, max(3, arguments.trials // 4))


if __name__ == "__main__":
    main()
