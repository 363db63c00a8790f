"""The network of a stax, guarded by rules like its template's: who reaches whom, and what a change of route costs."""

import socket
import threading
import time
from dataclasses import dataclass

import pytest
from tests.accounts import ALL, ANYWHERE, Rule
from tests.lab import Lab

from stax_local.kernel.namespaces import inside

JUMP, NAT1, NAT2, DOCKER1, DOCKER2 = "10.183.1.5", "10.183.1.7", "10.183.3.7", "10.183.0.20", "10.183.2.20"
OUTSIDE = "203.0.113.10"
SSH, ETCD, WEB = 22, 2379, 8080
FLIPS, EVERY_S, ANSWERS_WITHIN_S = 20, 0.002, 10.0
ADDRESSES = {
    "jump": JUMP, "nat1": NAT1, "nat2": NAT2, "docker1": DOCKER1, "docker2": DOCKER2, "internet": OUTSIDE,
}  # fmt: skip
PUBLIC = {"jump": "198.51.100.5", "nat1": "198.51.100.7", "nat2": "198.51.100.8"}


@dataclass
class Stax:
    """Five machines in two zones that listen, wired and guarded by what `stax.yaml` says, written down again."""

    lab: Lab

    def __post_init__(self) -> None:
        account = self.lab.account
        vpc = account.vpc()
        gateway = account.internet_gateway(vpc)
        public = account.route_table(vpc)
        account.route(public, gateway)
        self.private = account.route_table(vpc)
        zone1 = account.subnet(public, "10.183.1.0/24", "us-east-1a")
        zone2 = account.subnet(public, "10.183.3.0/24", "us-east-1b")
        private1 = account.subnet(self.private, "10.183.0.0/24", "us-east-1a")
        private2 = account.subnet(self.private, "10.183.2.0/24", "us-east-1b")
        egress = (Rule("tcp", SSH, SSH, "10.183.0.0/16"), Rule("tcp", 443, 443, ANYWHERE))
        jump = account.group(vpc, Rule("tcp", SSH, SSH, "203.0.113.0/24"), egress=egress)
        from_jump = Rule("tcp", SSH, SSH, group_id=jump)
        nat = account.group(
            vpc, Rule("-1", None, None, "10.183.0.0/24"), Rule("-1", None, None, "10.183.2.0/24"), from_jump
        )
        docker = account.group(vpc, ALL)
        account.rules(docker, from_jump, Rule("tcp", ETCD, ETCD, group_id=docker))
        self.ids = {"jump": account.machine(zone1, JUMP, jump)}
        self.ids["nat1"] = account.machine(zone1, NAT1, nat, check=False)
        self.ids["nat2"] = account.machine(zone2, NAT2, nat, check=False)
        self.ids["docker1"] = account.machine(private1, DOCKER1, docker)
        self.ids["docker2"] = account.machine(private2, DOCKER2, docker)
        for name, address in PUBLIC.items():
            account.elastic_ip(address, self.ids[name][1])
        self.out_by("nat1")
        for name in ("nat1", "nat2"):
            self.lab.nat(self.ids[name][0])

    def out_by(self, nat: str) -> None:
        self.lab.account.route(self.private, self.ids[nat][1])
        self.lab.settle()

    def namespace(self, name: str) -> str:
        return self.lab.internet if name == "internet" else self.lab.machine(self.ids[name][0])

    def listen(self) -> None:
        for name, address in ADDRESSES.items():
            if name == "internet":
                self.lab.run(self.namespace(name), "ip", "address", "replace", f"{OUTSIDE}/32", "dev", "lo")
            for port in (SSH, ETCD, WEB):
                self.lab.echo(self.namespace(name), address, port)

    def reached(self, who: str) -> set[tuple[str, str, int]]:
        target = {**ADDRESSES, **(PUBLIC if who == "internet" else {})}
        return {
            (who, whom, port)
            for whom in ADDRESSES
            for port in (SSH, ETCD, WEB)
            if whom != who and self.lab.tcp(self.namespace(who), target[whom], port)
        }


@pytest.fixture
def stax(lab: Lab) -> Stax:
    return Stax(lab)


def test_everybody_reaches_whom_the_template_lets_them_and_nobody_else(stax: Stax) -> None:
    stax.listen()
    everything = (SSH, ETCD, WEB)
    may = {
        *(("jump", whom, SSH) for whom in ("nat1", "nat2", "docker1", "docker2")),
        *((nat, "internet", port) for nat in ("nat1", "nat2") for port in everything),
        *((who, whom, port) for who in ("docker1", "docker2") for whom in ("nat1", "nat2", "internet")
          for port in everything),
        ("docker1", "docker2", ETCD), ("docker2", "docker1", ETCD),
        ("internet", "jump", SSH),
    }  # fmt: skip

    found: set[tuple[str, str, int]] = set()
    lookers = [
        threading.Thread(target=lambda who=who: found.update(stax.reached(who)), daemon=True) for who in ADDRESSES
    ]
    for each in lookers:
        each.start()
    for each in lookers:
        each.join(timeout=60)

    assert sorted(found ^ may) == []


def test_a_route_that_is_replaced_under_load_loses_no_more_than_the_moment(stax: Stax) -> None:
    stax.listen()
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
