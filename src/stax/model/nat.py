"""The pair of NAT boxes at one moment: what AWS says of them, and what they say of themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PRIVATE_SUBNETS = (1, 2)


def box_name(number: int) -> str:
    """Return the name of a zone's own NAT box."""
    return f"nat{number}"


def peer_of(box: str) -> str:
    """Return the name of the other box."""
    return box_name(2) if box == box_name(1) else box_name(1)


@dataclass(frozen=True, kw_only=True)
class NatZone:
    """A private subnet's way out: whom EC2 says its default route and its Elastic IP lead to."""

    number: int
    own_box: str
    route_table_id: str
    carried_by: str
    """The NAT box that the default route leads to, "" when it leads to neither."""
    route_state: str
    """active, blackhole or missing."""
    public_ip: str
    """Under which the zone's traffic is seen from outside, whoever carries it."""
    address_carried_by: str
    since: datetime | None = None
    """Since when, by the account of the box that carries it."""
    because: str = ""
    """Why, in that box's words."""

    @property
    def is_covered(self) -> bool:
        """Whether the other box stands in."""
        return bool(self.carried_by) and self.carried_by != self.own_box

    @property
    def is_whole(self) -> bool:
        """Whether route and address lead to one and the same box."""
        return bool(self.carried_by) and self.carried_by == self.address_carried_by and self.route_state == "active"


@dataclass(frozen=True, kw_only=True)
class NatEvent:
    """Something that happened to a box; the times of a move count from its decision, in milliseconds."""

    at: datetime
    box: str
    number: int
    what: str
    """moving, moved, failed or gone (of a zone); started, drain, return or alarm (of the box)."""
    zone: int = 0
    why: str = ""
    seen_ms: int | None = None
    called_ms: int | None = None
    verified_ms: int | None = None
    outage_ms: int | None = None
    connections: int | None = None
    tries: int = 0
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class NatChange:
    """A fact that became another: a signal of a box, or what EC2 says."""

    at: datetime
    who: str
    """The box, or EC2."""
    what: str
    before: str
    now: str


@dataclass(frozen=True, kw_only=True)
class ZoneReport:
    """A zone as a box sees it: route and address lead to me, peer, nobody, or that is unknown."""

    route: str
    address: str
    since: datetime | None
    because: str
    """The decision that holds."""
    moving: bool


@dataclass(frozen=True, kw_only=True)
class NatReport:
    """What a box last told of itself."""

    box: str
    instance_id: str
    at: datetime
    every_s: float
    """How often it reports at least."""
    says: str
    """starting, well, unfit or draining."""
    reason: str
    carries: tuple[int, ...]
    zones: Mapping[int, ZoneReport]
    signals: Mapping[str, str]
    counters: Mapping[str, Any]
    events: tuple[NatEvent, ...]


@dataclass(frozen=True, kw_only=True)
class NatBox:
    """A NAT box: its machine as EC2 has it, and its own last report."""

    name: str
    instance_id: str
    state: str
    """The machine's, in EC2's words; missing when there is none."""
    private_ip: str
    public_ip: str
    """Its own Elastic IP, wherever that leads at the moment."""
    says: str
    """starting, well, unfit or draining; silent when it has not reported lately, unknown when it never has."""
    report: NatReport | None = None
    age_s: float | None = None
    """Of the report."""

    @property
    def is_well(self) -> bool:
        """Whether it runs and says that it is well, and has said so lately."""
        return self.state == "running" and self.says == "well"


@dataclass(frozen=True, kw_only=True)
class NatStatus:
    """Both zones and both boxes, as AWS and they said it at `asked_at`."""

    name: str
    region: str
    asked_at: datetime
    zones: tuple[NatZone, ...]
    boxes: tuple[NatBox, ...]
    findings: tuple[str, ...] = ()
    """What is not as it should be, in sentences; empty when all is well."""

    def box(self, name: str) -> NatBox:
        """Return a box by its name."""
        return next(box for box in self.boxes if box.name == name)

    def zone_of(self, box: str) -> NatZone:
        """Return the zone whose own box this is."""
        return next(zone for zone in self.zones if zone.own_box == box)

    @property
    def is_sound(self) -> bool:
        """Whether both zones have a way out, and both boxes are well or drained on purpose."""
        fit = (box.is_well or (box.state == "running" and box.says == "draining") for box in self.boxes)
        return all(zone.is_whole for zone in self.zones) and all(fit)
