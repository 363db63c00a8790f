"""What a drill found out: what its fault cost, and how the decision came about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from stax.model.nat import NatEvent


class DrillKind(Enum):
    """How a NAT box is broken on purpose."""

    POWER_CUT = "power-cut"
    FORWARDING_OFF = "forwarding-off"
    HEARTBEATS_CUT = "heartbeats-cut"
    DRAIN = "drain"

    @property
    def moves(self) -> bool:
        """Whether the other box has to take over: two boxes that only cannot hear each other leave all as it is."""
        return self is not DrillKind.HEARTBEATS_CUT


@dataclass(frozen=True, kw_only=True)
class DrillPlan:
    """What a drill is going to do."""

    name: str
    region: str
    kind: DrillKind
    box: str
    box_id: str
    peer: str
    zone: int
    host: str
    """The docker host that measures, behind that box."""
    target: str
    """What it connects to."""
    means: str
    """How the box is broken, and how it is put back."""
    is_rehearsal: bool
    """Whether the region breaks its machines for us; else it is AWS's own that is stopped or spoilt."""


@dataclass(frozen=True, kw_only=True)
class Flows:
    """Open connections of one kind."""

    count: int
    broken: int
    stall_s: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What the docker host noticed, from one account to the next."""

    outage_s: float
    """The longest time in which no connection was begun that came about."""
    begun: int
    failed: int
    """New connections that did not come about within half a second."""
    flows: Mapping[str, Flows]

    @property
    def broken(self) -> int:
        """How many open connections broke."""
        return sum(each.broken for each in self.flows.values())


@dataclass(frozen=True, kw_only=True)
class DrillResult:
    """How a drill went."""

    plan: DrillPlan
    broken_at: datetime
    """When the fault was asked for, by this machine's clock; the events are by the boxes'."""
    cost: Cost
    events: tuple[NatEvent, ...]
    """What the boxes told of it."""
    carried_by: str
    back: Cost | None = None
    """What the return cost, when it was waited for."""
