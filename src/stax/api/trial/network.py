"""The network: what the stax is made of, the way out of each docker host, and who may reach whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stax.api.describe import describe
from stax.api.nat_status import nat_status
from stax.api.trial.walk import Inside, Story, Walk, checked, equal
from stax.events import Checked
from stax.model.inventory import Machine
from stax.model.nat import NatStatus

SETTLED_WITHIN_S = 300.0
OPENS_WITHIN_S = 5
"""Longer than a connection takes through a box that has just been told of it."""
SSH, SWARM_GOSSIP, ETCD = 22, 7946, 2379


def inventory(walk: Walk) -> Story:
    """Count what there is: the promise of the guide, for so many docker hosts."""
    hosts = walk.size
    promised = (1, 1, 1, 2, hosts, hosts + 3, 3, 3, hosts + 3, 1)
    counted = describe(walk.site, walk.name).inventory
    for quantity, wanted in zip(counted, promised, strict=True):
        yield equal(quantity.subject, wanted, quantity.count)


def way_out(walk: Walk) -> Story:
    """Have each docker host reach the world, each zone by its own NAT box."""
    yield from carried(walk)
    hosts = walk.machines("docker")
    inside = yield from walk.way([host.name for host in hosts])
    target, port = outside(walk)
    door = Door(f"{target}:{port}", target, port)
    said = inside.said_by([host.name for host in hosts], "bash", "-c", _try(door))
    for host in hosts:
        is_open = door.place in said[host.name]
        yield checked(host.name, ok=is_open, finding=f"{'reaches' if is_open else 'does not reach'} {door.name}")


def carried(walk: Walk) -> Story:
    """Wait until both boxes are well and each carries its own zone."""
    found: list[NatStatus] = []

    def are_well() -> bool:
        found[:] = [nat_status(walk.site, walk.name)]
        return not found[0].findings

    walk.until(are_well, "the NAT boxes are well, each with its own zone", within_s=SETTLED_WITHIN_S)
    for zone in found[0].zones:
        yield equal(f"private subnet {zone.number} is carried by", zone.own_box, zone.carried_by)


def outside(walk: Walk) -> tuple[str, int]:
    """Return a host and port of the internet that always answer: the region's own, or AWS's."""
    endpoint = walk.site.aws.endpoint
    return (endpoint.test_server, 7) if endpoint.test_server else (f"s3.{walk.site.aws.region}.amazonaws.com", 443)


def who_reaches_whom(walk: Walk) -> Story:
    """Try the doors that are to be open, and those that are to be shut."""
    jump, nat = walk.machines("jump")[0], walk.machines("nat")[0]
    hosts = walk.machines("docker")
    inside = yield from walk.way([host.name for host in hosts])
    yield from _tried(
        inside,
        "jumpbox",
        [_door("ssh", one, SSH) for one in (nat, *hosts)],
        shut=[_door("Swarm", hosts[0], SWARM_GOSSIP), _door("etcd", hosts[0], ETCD)],
    )
    others = hosts[1:2]
    yield from _tried(
        inside,
        hosts[0].name,
        [_door("Swarm", one, SWARM_GOSSIP) for one in others],
        shut=[_door("ssh", one, SSH) for one in (jump, *others)],
    )


@dataclass(frozen=True)
class Door:
    """Where a program listens."""

    name: str
    address: str
    port: int

    @property
    def place(self) -> str:
        """Where bash finds it, in /dev/tcp."""
        return f"{self.address}/{self.port}"


def _try(door: Door) -> str:
    return f"timeout {OPENS_WITHIN_S} bash -c '</dev/tcp/{door.place}' 2>/dev/null && echo {door.place}"


def _door(program: str, machine: Machine, port: int) -> Door:
    return Door(f"{program} of {machine.name}", machine.private_ip, port)


def _tried(inside: Inside, machine: str, doors: Sequence[Door], *, shut: Sequence[Door] = ()) -> Iterator[Checked]:
    """Try all doors from a machine at once, with what every one of them has: bash.  The last are to be shut."""
    tries = "".join(f"({_try(door)}) & " for door in (*doors, *shut))
    opened = inside.says(machine, "bash", "-c", f"{tries} wait").split()
    for door in (*doors, *shut):
        is_open = door.place in opened
        finding = f"{'can' if is_open else 'cannot'} be reached from {machine}"
        yield checked(door.name, ok=is_open is (door not in shut), finding=finding)
