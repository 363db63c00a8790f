"""The network of a stax, guarded by its template's own rules: who reaches whom, what a change of route costs."""

import itertools
import socket
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

import pytest
from tests.lab import DROPPED_AFTER_S, Lab
from tests.template_rules import Group, Host, groups, lets_through, ports

from stax_local.desired import Rule
from stax_local.kernel.namespaces import inside

WEB = 8080
"""A port that no rule names."""
FLIPS, EVERY_S, ANSWERS_WITHIN_S = 20, 0.002, 10.0
SURELY_S = 10.0
PROBES_AT_ONCE = 48

PARAMETERS = {
    "VpcCidr": "10.183.0.0/16", "PrivateSubnet1": "10.183.0.0/24", "PrivateSubnet2": "10.183.2.0/24",
    "AllowSSHFrom": "203.0.113.10/32", "Nat1Address": "198.51.100.7", "Nat2Address": "198.51.100.8",
}  # fmt: skip
HOSTS = {
    "jump": Host("10.183.1.5", "JumpSecurityGroup"),
    "nat1": Host("10.183.1.7", "NatSecurityGroup"),
    "nat2": Host("10.183.3.7", "NatSecurityGroup"),
    "docker1": Host("10.183.0.20", "DockerSecurityGroup"),
    "docker2": Host("10.183.2.20", "DockerSecurityGroup"),
    "operator": Host("203.0.113.10"),
    "stranger": Host("203.0.113.11"),
}
OUTSIDE = HOSTS["operator"].address
PUBLIC = {"jump": "198.51.100.5", "nat1": PARAMETERS["Nat1Address"], "nat2": PARAMETERS["Nat2Address"]}


class Probe(NamedTuple):
    """Somebody tries to reach somebody."""

    who: str
    whom: str
    protocol: str
    port: int

    def is_beyond(self) -> bool:
        """Whether both are out on the internet, or it would come in where nothing is published."""
        return not HOSTS[self.who].group and (not HOSTS[self.whom].group or self.whom not in PUBLIC)


class Stax:
    """Five machines in two zones that listen, wired as in `stax.yaml` and guarded by its groups."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.guards = groups(PARAMETERS)
        account = lab.account
        vpc = account.vpc()
        gateway = account.internet_gateway(vpc)
        public, self.private = account.route_table(vpc), account.route_table(vpc)
        account.route(public, gateway)
        subnets = {
            "10.183.1": account.subnet(public, "10.183.1.0/24", "us-east-1a"),
            "10.183.3": account.subnet(public, "10.183.3.0/24", "us-east-1b"),
            "10.183.0": account.subnet(self.private, PARAMETERS["PrivateSubnet1"], "us-east-1a"),
            "10.183.2": account.subnet(self.private, PARAMETERS["PrivateSubnet2"], "us-east-1b"),
        }
        ids = {name: account.group(vpc) for name in self.guards}
        for name, guard in self.guards.items():
            account.guard(ids[name], _by_id(guard.ingress, ids), _by_id(guard.egress, ids))
        self.ids = {
            name: account.machine(
                subnets[host.address.rpartition(".")[0]], host.address, ids[host.group], check=host.group[:3] != "Nat"
            )
            for name, host in HOSTS.items()
            if host.group
        }
        for name, address in PUBLIC.items():
            account.elastic_ip(address, self.ids[name][1])
        self.out_by("nat1")
        for name in ("nat1", "nat2"):
            self.lab.nat(self.ids[name][0])

    def out_by(self, nat: str) -> None:
        self.lab.account.route(self.private, self.ids[nat][1])
        self.lab.settle()

    def namespace(self, name: str) -> str:
        return self.lab.machine(self.ids[name][0]) if name in self.ids else self.lab.internet

    def listen(self, port_numbers: Iterable[int]) -> None:
        for (name, host), port in itertools.product(HOSTS.items(), port_numbers):
            self.lab.echo(self.namespace(name), host.address, port)

    def reaches(self, probe: Probe, within_s: float = DROPPED_AFTER_S) -> bool:
        """Whether an echo comes back, to the address from which it was asked for."""
        source, target = HOSTS[probe.who], HOSTS[probe.whom].address
        address = target if source.group else PUBLIC.get(probe.whom, target)
        kind = socket.SOCK_STREAM if probe.protocol == "tcp" else socket.SOCK_DGRAM
        with inside(self.namespace(probe.who), lambda: socket.socket(socket.AF_INET, kind)) as mine:
            mine.settimeout(within_s)
            with suppress(OSError):
                mine.bind((source.address, 0))
                mine.connect((address, probe.port))
                mine.send(b"x")
                return mine.recv(9) == b"x"
        return False

    def may(self, probe: Probe) -> bool:
        return lets_through(self.guards, HOSTS[probe.who], HOSTS[probe.whom], probe.protocol, probe.port)


def _by_id(rules: Iterable[Rule], ids: dict[str, str]) -> tuple[Rule, ...]:
    return tuple(
        Rule(each.protocol, each.from_port, each.to_port, each.cidr_block, ids.get(each.group_id, "")) for each in rules
    )


@pytest.fixture
def stax(lab: Lab) -> Stax:
    return Stax(lab)


def _tried(guards: dict[str, Group]) -> set[tuple[str, int]]:
    return {*ports(guards), ("tcp", WEB), ("udp", WEB)}


def test_everybody_reaches_whom_the_template_lets_them_and_nobody_else(stax: Stax) -> None:
    tried = _tried(stax.guards)
    stax.listen({port for _, port in tried})
    pairs = itertools.permutations(HOSTS, 2)
    probes = [Probe(who, whom, *how) for (who, whom), how in itertools.product(pairs, sorted(tried))]
    probes = [probe for probe in probes if not probe.is_beyond()]

    with ThreadPoolExecutor(PROBES_AT_ONCE) as pool:
        reached = list(pool.map(stax.reaches, probes))
        unlike = [probe for probe, got in zip(probes, reached, strict=True) if got != stax.may(probe)]
        # A busy machine may have been too slow to answer in time: whom it did not reach is asked once more, for long.
        surely = list(pool.map(lambda probe: stax.reaches(probe, SURELY_S), unlike))

    assert [probe for probe, got in zip(unlike, surely, strict=True) if got != stax.may(probe)] == []
    assert sum(map(stax.may, probes)) > 100
    assert stax.may(Probe("operator", "jump", "tcp", 22))
    assert not stax.may(Probe("stranger", "jump", "tcp", 22))


def test_a_route_that_is_replaced_under_load_loses_no_more_than_the_moment(stax: Stax) -> None:
    stax.listen([WEB])
    over = threading.Event()
    answers: set[bytes] = set()
    sent = 0
    with inside(stax.namespace("docker1"), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mine:
        mine.connect((OUTSIDE, WEB))
        mine.settimeout(0.2)

        def take() -> None:
            while not over.is_set():
                try:
                    answers.add(mine.recv(99))
                except TimeoutError:
                    continue

        def flip() -> None:
            for number in range(FLIPS):
                stax.out_by(("nat2", "nat1")[number % 2])

        taker, flipper = threading.Thread(target=take, daemon=True), threading.Thread(target=flip, daemon=True)
        taker.start()
        flipper.start()
        while flipper.is_alive():
            mine.send(b"%d" % sent)
            sent += 1
            time.sleep(EVERY_S)
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        while len(answers) < sent and time.monotonic() < deadline:
            time.sleep(0.05)
        over.set()
        taker.join(timeout=5)

    assert sent > FLIPS
    assert sent - len(answers) <= FLIPS  # at most the one that was on its way when the route turned
