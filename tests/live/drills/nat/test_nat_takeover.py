"""A NAT box fails, in rarer ways than tests/live/test_nat_pair.py has: its peer carries both zones.

The numbers are those of the cases in docs/nat.md.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.nat_lab import ROOT, NatLab, eventually
from tests.nat_pair import all_go_on, carried_by, traffic_of

NEW_A_SECOND = 2000
LOADED_FOR_S = 120


@contextmanager
def thousands_begun(lab: NatLab) -> Iterator[None]:
    """The first zone begins connections by the thousand, each over at once."""
    script = str(ROOT / "bench/nat_begin.py")
    sides = (
        (f"{lab.label}.internet", "serve", str(LOADED_FOR_S)),
        (lab.namespace(lab.hosts[1]), "begin", str(NEW_A_SECOND), str(LOADED_FOR_S)),
    )
    with ExitStack() as stack:
        for namespace, *words in sides:
            command = ("ip", "netns", "exec", namespace, sys.executable, script, *words)
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            stack.callback(running.wait)
            stack.callback(running.kill)
        eventually(lambda: int(lab.run(lab.nats[1], "conntrack", "-C")) > NEW_A_SECOND)
        yield


def test_a_return_after_a_power_cut_breaks_no_connection(pair: NatLab) -> None:
    """Case 1: two of 26 such returns left what only receives silent (docs/nat.md)."""
    with traffic_of(pair) as traffic:
        pair.power_cut(1)
        carried_by(pair, 2)
        pair.power_on(1)
        pair.start_agent(1)
        carried_by(pair, 1)
        all_go_on(traffic)


def test_a_power_cut_amid_thousands_of_new_connections_breaks_none_that_is_open(pair: NatLab) -> None:
    """Case 21."""
    with traffic_of(pair) as traffic, thousands_begun(pair):
        pair.power_cut(1)
        carried_by(pair, 2)
        all_go_on(traffic)


def test_a_second_failure_right_after_the_first(pair: NatLab) -> None:
    """Case 14: the box that stood in fails as soon as the other is back."""
    pair.power_cut(1)
    carried_by(pair, 2)
    pair.power_on(1)
    pair.start_agent(1)
    carried_by(pair, 1)

    pair.power_cut(2)
    carried_by(pair, 1, zone=2)
    carried_by(pair, 1)


def test_both_boxes_fail_and_the_first_one_up_serves_both_zones(pair: NatLab) -> None:
    """Case 12."""
    pair.power_cut(1)
    pair.power_cut(2)

    pair.power_on(2)
    pair.start_agent(2)
    carried_by(pair, 2)
    carried_by(pair, 2, zone=2)


def test_both_boxes_boot_at_once_and_each_keeps_its_own(pair: NatLab) -> None:
    """Case 13."""
    for box in (1, 2):
        pair.power_cut(box)
    for box in (1, 2):
        pair.power_on(box)
        pair.start_agent(box)

    pair.settle()
    # One, if the cut of the second came late enough for it to have begun.
    assert all(pair.status(box)["moves"] <= 1 for box in (1, 2))


def test_a_box_whose_rules_are_flushed_again_and_again_is_stood_in_for(pair: NatLab) -> None:
    """Case 3."""

    def flush() -> bool:
        pair.run(pair.nats[1], "nft", "flush", "ruleset")
        return pair.carrier(1) == 2

    eventually(flush)
    assert "somebody changed the rules" in pair.status(2)["peer_reason"]
    carried_by(pair, 2)


def test_a_source_check_is_seen_by_what_does_not_come_through(pair: NatLab) -> None:
    """Case 3: the box itself cannot see it."""
    interface = {"NetworkInterfaceId": pair.interfaces[1]}
    pair.ec2.modify_network_interface_attribute(**interface, SourceDestCheck={"Value": True})
    try:
        carried_by(pair, 2)
        assert "its zone's hosts do not get out through it" in pair.journal("nat2")
    finally:
        pair.ec2.modify_network_interface_attribute(**interface, SourceDestCheck={"Value": False})


def test_a_route_moved_by_hand_is_moved_back(pair: NatLab) -> None:
    route(pair, 1, to=2)

    carried_by(pair, 1)


def test_both_zones_swapped_by_hand_while_both_agents_start_anew_come_home(pair: NatLab) -> None:
    """Each box finds the other's address here and its own there: neither has a way out but by the other."""
    for zone in (1, 2):
        associate(pair, zone, to=3 - zone)
        route(pair, zone, to=3 - zone)
    for box in (1, 2):
        pair.restart_agent(box)

    pair.settle()
    for zone in (1, 2):
        assert pair.called_from(zone) == pair.public[zone]


def test_an_elastic_ip_moved_by_hand_comes_back(pair: NatLab) -> None:
    associate(pair, 1, to=2)

    eventually(lambda: pair.called_from(1) == pair.public[1])
    eventually(lambda: pair.carrier(1) == 1)


def route(lab: NatLab, zone: int, *, to: int) -> None:
    """Lead a zone to a box, as somebody with the right to would."""
    lab.ec2.replace_route(
        RouteTableId=lab.tables[zone], DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=lab.interfaces[to]
    )


def associate(lab: NatLab, zone: int, *, to: int) -> None:
    """Lead a zone's public address to the other zone's box, as somebody with the right to would."""
    address = lab.ec2.describe_addresses(PublicIps=[lab.public[zone]])["Addresses"][0]
    lab.ec2.associate_address(
        AllocationId=address["AllocationId"], NetworkInterfaceId=lab.interfaces[to],
        PrivateIpAddress=stand_in(lab, to), AllowReassociation=True,
    )  # fmt: skip


def stand_in(lab: NatLab, box: int) -> str:
    described = lab.ec2.describe_network_interfaces(NetworkInterfaceIds=[lab.interfaces[box]])["NetworkInterfaces"][0]
    return str(min(each["PrivateIpAddress"] for each in described["PrivateIpAddresses"] if not each["Primary"]))
