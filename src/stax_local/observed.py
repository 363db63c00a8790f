"""What the kernel says, and what we want it to say: network namespaces as sets of plain facts.

The plan (`stax_local.network`) writes these from the emulated account, `stax_local.kernel` reads
them from Linux, and `stax_local.reconcile` subtracts one from the other.  Nothing here knows AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class End:
    """One end of a virtual Ethernet pair, as its own namespace sees it."""

    namespace: str
    device: str
    mac: str


@dataclass(frozen=True, slots=True, order=True)
class Cable:
    """A virtual Ethernet pair, wanted.

    `setup` are the `ip` commands given once in the far namespace, when the cable is laid: from
    then on the far end belongs to who lives there.
    """

    near: End
    far: End
    mtu: int
    setup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """An address of a device, with its prefix length."""

    device: str
    cidr_block: str


@dataclass(frozen=True, slots=True, order=True)
class Neighbour:
    """A permanent entry: who has this address on this device."""

    device: str
    address: str
    mac: str


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """A route of one table; a blackhole has neither device nor next hop."""

    table: int
    destination: str
    kind: Literal["unicast", "blackhole"]
    device: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True, order=True)
class PolicyRule:
    """Which table is asked, in order of preference; table 0 stands for "drop in silence"."""

    preference: int
    table: int
    in_device: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Delay:
    """How late packets are: by `delay_ms`, and by a part of `jitter_ms`, drawn for each.

    A router has a device for each delay, which takes them in: there is one while its process lives.
    """

    delay_ms: int
    jitter_ms: int = 0

    @property
    def device(self) -> str:
        """The name of the device."""
        return f"d{self.delay_ms}j{self.jitter_ms}"


BORN_RULES = frozenset({PolicyRule(32766, 254), PolicyRule(32767, 253)})
"""What every namespace is born with: ask the tables `main` and `default`."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace, all of it that is reconciled."""

    name: str
    addresses: frozenset[Address] = frozenset()
    neighbours: frozenset[Neighbour] = frozenset()
    routes: frozenset[Route] = frozenset()
    rules: frozenset[PolicyRule] = frozenset()
    filters: Mapping[str, str] = field(default_factory=dict)
    """nft tables by name, with their text when wanted.

    A name ends in the digest of the text, so that what stands is known from the list of names.
    """
    egress_filters: Mapping[str, str] = field(default_factory=dict)
    """The same, of what leaves the devices: they know devices by number, not by name."""
    delays: frozenset[Delay] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that shall exist: routers in every detail, hosts by existence only, and cables."""

    routers: Mapping[str, Namespace] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    cables: frozenset[Cable] = frozenset()


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything of ours that does exist.  Of hosts, only the cables' ends are looked at."""

    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    ends: frozenset[End] = frozenset()
