"""What the NAT box's rules cost: the same path with plain routing, with the rules of 2015, and with its own.

Four network namespaces: a private host, the box (one interface, as on AWS), a server, and a router that sends by
way of the box whatever goes between the other two, both ways.  The box's own rules run with the copying of
connections to a peer; what that costs is in the numbers.
"""

import os
import secrets
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from stax_agent.nat.rules import ruleset
from stax_agent.nat.site import Site, Zone

ROOT = Path(__file__).parents[1]
ADDRESSES = {"host": "10.183.0.10", "box": "10.183.1.7", "peer": "10.183.3.7", "server": "203.0.113.10"}
ROUNDS = 15
_BEGINNING_S, _BULK_S = 0.7, 0.5
"""Short, so that what else the machine does is the same for all three of a round."""
_STEP_S = 60

_2015 = """
table ip nat {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        ip saddr 10.183.0.0/16 ip daddr != 10.183.0.0/16 masquerade
    }
}
"""


def _zone(number: int, home: str) -> Zone:
    return Zone(
        inside=f"10.183.{2 * number - 2}.0/24", home=home, stand_in=home.replace(".7", ".8"), interface_id="",
        route_table_id="", allocation_id="", public_ip="",
    )  # fmt: skip


def site(me: int) -> Site:
    """The box's own site, and its peer's."""
    zones = {1: _zone(1, ADDRESSES["box"]), 2: _zone(2, ADDRESSES["peer"])}
    return Site(me=me, region="us-east-1", vpc="10.183.0.0/16", zones=zones)


class Rig:
    """The namespaces, whose names carry an identity of this run's own."""

    def __init__(self) -> None:
        self._identity = secrets.token_hex(3)
        for machine in ("router", *ADDRESSES):
            _run("ip", "netns", "add", self.namespace(machine))
            self.within(machine, "ip", "link", "set", "lo", "up")
        self.within("router", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for machine, address in ADDRESSES.items():
            self._connect(machine, address)
        self.within("router", "ip", "route", "add", "default", "via", ADDRESSES["box"], "dev", "to-box", "table", "100")
        for source in ("host", "server"):
            self.within("router", "ip", "rule", "add", "iif", f"to-{source}", "lookup", "100", "pref", "10")
        self.within("box", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.send_redirects=0",
                    "net.ipv4.conf.eth0.send_redirects=0")  # fmt: skip

    def namespace(self, machine: str) -> str:
        return f"nat-bench-{self._identity}-{machine}"

    def within(self, machine: str, *argv: str, given: str | None = None) -> str:
        return _run("ip", "netns", "exec", self.namespace(machine), *argv, given=given)

    def close(self) -> None:
        for machine in ("router", *ADDRESSES):
            subprocess.run(("ip", "netns", "delete", self.namespace(machine)), capture_output=True, check=False)

    def rules(self, text: str) -> None:
        self.within("box", "nft", "flush", "ruleset")
        if text:
            self.within("box", "nft", "--file", "-", given=text)

    @contextmanager
    def running(self, machine: str, script: str, *words: str) -> Iterator[None]:
        """A script of this folder, at work in a machine's network."""
        command = ("ip", "netns", "exec", self.namespace(machine), sys.executable, str(ROOT / "bench" / script), *words)
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            try:
                assert process.stdout
                assert process.stdout.readline() == "ready\n"
                yield
            finally:
                process.kill()

    def measured(self, *words: str) -> float:
        script = str(ROOT / "bench/nat_begin.py")
        return float(self.within("host", sys.executable, script, *words))

    def _connect(self, machine: str, address: str) -> None:
        inside = ("peer", "name", "eth0", "netns", self.namespace(machine))
        _run("ip", "-n", self.namespace("router"), "link", "add", f"to-{machine}", "type", "veth", *inside)
        self.within("router", "ip", "link", "set", f"to-{machine}", "up")
        self.within("router", "ip", "address", "add", "169.254.1.1/32", "dev", f"to-{machine}")
        self.within("router", "ip", "route", "add", f"{address}/32", "dev", f"to-{machine}")
        self.within(machine, "ip", "link", "set", "eth0", "up")
        self.within(machine, "ip", "address", "add", f"{address}/32", "dev", "eth0")
        self.within(machine, "ip", "route", "add", "169.254.1.1/32", "dev", "eth0")
        self.within(machine, "ip", "route", "add", "default", "via", "169.254.1.1", "dev", "eth0")


def rates() -> dict[str, Any]:
    """Megabits and new connections a second in each of the three ways, taken in turns.

    A ratio is the median of the rounds' ratios to plain routing: the machine may be busier in one than in another.
    """
    rig = Rig()
    rounds: list[dict[str, dict[str, float]]] = []
    try:
        with rig.running("server", "nat_begin.py", "serve", "600"):
            rounds.extend({way: measure(rig) for way, measure in WAYS.items()} for _ in range(ROUNDS + 1))
    finally:
        rig.close()
    del rounds[0]  # it warms up
    told: dict[str, Any] = {"rounds": ROUNDS}
    for what in rounds[0]["plain"]:
        told[what] = {way: round(statistics.median(each[way][what] for each in rounds)) for way in WAYS}
        told[f"{what}_ratio"] = {
            way: round(statistics.median(each[way][what] / each["plain"][what] for each in rounds), 2)
            for way in WAYS
            if way != "plain"
        }
    return told


def _measured(rig: Rig) -> dict[str, float]:
    return {
        "new_a_second": rig.measured("begin", "0", str(_BEGINNING_S)),
        "megabits_a_second": rig.measured("bulk", str(_BULK_S)),
    }


def _plain(rig: Rig) -> dict[str, float]:
    rig.rules("")
    return _measured(rig)


def _of_2015(rig: Rig) -> dict[str, float]:
    rig.rules(_2015)
    return _measured(rig)


def _own(rig: Rig) -> dict[str, float]:
    rig.rules(ruleset(site(1)))
    with ExitStack() as stack:
        for number, machine in enumerate(("box", "peer"), 1):
            stack.enter_context(rig.running(machine, "nat_copying.py", str(number)))
        return _measured(rig)


WAYS: dict[str, Callable[[Rig], dict[str, float]]] = {"plain": _plain, "rules_of_2015": _of_2015, "own": _own}


def _run(*argv: str, given: str | None = None) -> str:
    done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=_STEP_S, check=False)
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stderr}"
    return done.stdout
