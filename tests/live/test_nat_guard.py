"""What keeps a NAT box from refusing open connections while somebody has flushed its rules.

Two network namespaces: a box, and whoever is outside.  The box has no rules but the guard's.
"""

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from stax_agent.nat.nftables import Guard, RuleChanges
from stax_local.kernel import namespaces

BOX, OUTSIDE, NEIGHBOUR = "10.183.1.7", "198.51.100.9", "10.183.1.5"
REFUSED_WITHIN_S = 20.0
DROPPED_AFTER_S = 1.0


class Link:
    """Both namespaces, whose names carry an identity of this test's own."""

    def __init__(self) -> None:
        identity = secrets.token_hex(3)
        self.box, self.outside = (f"nat-guard-{identity}-{each}" for each in ("box", "outside"))

    def build(self) -> None:
        for each in (self.box, self.outside):
            run("ip", "netns", "add", each)
        run("ip", "-n", self.box, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", self.outside)
        for name, own, others in (
            (self.box, (BOX,), (OUTSIDE, NEIGHBOUR)),
            (self.outside, (OUTSIDE, NEIGHBOUR), (BOX,)),
        ):
            for address in own:
                run("ip", "-n", name, "address", "add", f"{address}/32", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
            for address in others:
                run("ip", "-n", name, "route", "add", f"{address}/32", "dev", "eth0")

    def remove(self) -> None:
        for each in (self.box, self.outside):
            subprocess.run(("ip", "netns", "delete", each), capture_output=True, check=False)

    def within(self, *argv: str) -> "subprocess.CompletedProcess[str]":
        """Run a command on the box."""
        command = ("ip", "netns", "exec", self.box, *argv)
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    def calls(self, within_s: float, *, source: str = OUTSIDE) -> str:
        """What somebody who comes for a connection that the box does not know gets to hear."""

        def call() -> str:
            try:
                socket.create_connection((BOX, 4321), timeout=within_s, source_address=(source, 0)).close()
            except OSError as error:
                return type(error).__name__
            return "connected"

        return namespaces.inside(self.outside, call)


def run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stderr}"


@pytest.fixture
def link() -> Iterator[Link]:
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    if not (shutil.which("nft") and shutil.which("ip")):
        pytest.skip("nft or ip is not installed")
    made = Link()
    try:
        made.build()
        yield made
    finally:
        made.remove()


def test_what_is_unknown_is_dropped_and_not_refused_even_when_all_rules_are_flushed(link: Link):
    assert link.calls(REFUSED_WITHIN_S) == "ConnectionRefusedError"

    guard = namespaces.inside(link.box, lambda: Guard("10.183.0.0/16"))
    try:
        assert link.within("nft", "flush", "ruleset").returncode == 0
        assert link.calls(DROPPED_AFTER_S) == "TimeoutError"
        # Within the VPC nothing is translated: whoever knocks there gets his answer.
        assert link.calls(REFUSED_WITHIN_S, source=NEIGHBOUR) == "ConnectionRefusedError"
    finally:
        guard.close()
    assert link.calls(REFUSED_WITHIN_S) == "ConnectionRefusedError"


def test_a_guard_that_is_there_already_is_no_second_one(link: Link):
    guard = namespaces.inside(link.box, lambda: Guard("10.183.0.0/16"))
    try:
        with pytest.raises(PermissionError):
            namespaces.inside(link.box, lambda: Guard("10.183.0.0/16"))
    finally:
        guard.close()


def test_a_change_of_any_rule_is_heard(link: Link):
    changes = namespaces.inside(link.box, RuleChanges)
    try:
        assert not changes.wait(0)
        link.within("nft", "add", "table", "inet", "somebodys")
        assert changes.wait(REFUSED_WITHIN_S)
        assert not changes.wait(0)
        link.within("nft", "flush", "ruleset")
        assert changes.wait(REFUSED_WITHIN_S)
    finally:
        changes.close()
