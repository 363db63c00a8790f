"""What a NAT box may learn (events), may do (commands) and knows (Watch)."""

from dataclasses import dataclass, field
from enum import Enum

from stax_agent.nat.heartbeat import Saying


class Holder(Enum):
    """Whom a default route or a public address leads to, as EC2 said last."""

    UNKNOWN = "unknown"
    ME = "me"
    PEER = "peer"
    NOBODY = "nobody"


class Peer(Enum):
    """The other box, by its heartbeats."""

    UNHEARD = "not heard yet"
    WELL = "well"
    UNFIT = "unfit"
    DRAINING = "draining"
    LOST = "lost"


class Canaries(Enum):
    """The docker hosts of the peer's zone, by what arrives of them here."""

    WELL = "well"
    DEAD = "dead"
    """They reach this box within the VPC, and not by their own way out."""
    SILENT = "silent"


# Events ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""


@dataclass(frozen=True, slots=True)
class HeartbeatHeard:
    """The peer said how it is."""

    saying: Saying
    reason: str = ""
    claims: frozenset[int] = frozenset()
    """The zones that it carries, by its own account."""


@dataclass(frozen=True, slots=True)
class CanaryHeard:
    """A docker host of the peer's zone reached this box: by its way out, or within the VPC."""

    by_way_out: bool


@dataclass(frozen=True, slots=True)
class EgressTried:
    """A majority of the targets answered this box, or not."""

    works: bool
    began_s: float | None = None
    """When it was begun: what came about says nothing of the time after."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What is wrong with this box's own forwarding; empty when nothing is."""

    fault: str = ""
    mended: str = ""
    """What was wrong, and has been put right before anybody had to act on it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What EC2 says of a zone."""

    zone: int
    route: Holder
    address: Holder


@dataclass(frozen=True, slots=True)
class LookFailed:
    """EC2 did not say."""

    why: str


@dataclass(frozen=True, slots=True)
class MoveEnded:
    """A move was carried out as far as it went; what came of it is looked at next."""

    zone: int
    failure: str = ""
    again_in_s: float = 0.0
    called_s: float | None = None
    """When EC2 had answered, and when what it did had been looked at: on the clock of the decisions."""
    verified_s: float | None = None
    connections: int = 0
    """How many open connections came along."""


@dataclass(frozen=True, slots=True)
class DrainWanted:
    """The operator wants this box to carry nothing, or to carry again."""

    on: bool


Event = Tick | HeartbeatHeard | CanaryHeard | EgressTried | Examined | Looked | LookFailed | MoveEnded | DrainWanted


# Commands -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """Bring a zone here: its open connections first, then what of its address and route is not here yet."""

    zone: int
    route: bool
    address: bool
    fresh_copies: bool
    """The peer lives and is asked for its newest connections first."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask EC2 now whom both zones lead to."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody should look, at this zone."""

    text: str
    zone: int


@dataclass(frozen=True, slots=True)
class Journal:
    """A decision, in one sentence."""

    text: str


Command = Move | Look | Alarm | Journal


# Knowledge ------------------------------------------------------------------------------------------

NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class ZoneView:
    """A zone, as this box knows it."""

    route: Holder = Holder.UNKNOWN
    address: Holder = Holder.UNKNOWN
    looked_at_s: float = NEVER
    since_s: float = NEVER
    """Since when it leads where it leads, as far as this box has seen."""
    peers_since_s: float = NEVER
    address_since_s: float = NEVER
    moving: bool = False
    again_at_s: float = NEVER

    @property
    def is_mine(self) -> bool:
        """Whether route and address both lead here."""
        return self.route is Holder.ME and self.address is Holder.ME

    @property
    def is_peers(self) -> bool:
        """Whether route and address both lead to the peer."""
        return self.route is Holder.PEER and self.address is Holder.PEER


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything a box knows when it decides."""

    me: int
    started_at_s: float
    peer_heard_at_s: float = NEVER
    peer_gap_s: float = 0.0
    """The longest pause between two of its heartbeats lately: on busy processors they come late."""
    peer_saying: Saying = Saying.STARTING
    peer_reason: str = ""
    peer_claims: frozenset[int] = frozenset()
    canary_out_at_s: float = NEVER
    canary_gap_s: float = 0.0
    """The longest pause between two that got out lately, while their zone was the peer's."""
    canary_within_at_s: float = NEVER
    egress_at_s: float = NEVER
    asked_at_s: float = NEVER
    """When EC2 was asked out of turn."""
    fault: str = "not examined yet"
    fit_since_s: float | None = None
    drain: bool = False
    zones: dict[int, ZoneView] = field(default_factory=lambda: {1: ZoneView(), 2: ZoneView()})
    intends: frozenset[int] = frozenset()
    """The zones this box is to carry: kept until another row says otherwise, so that a move is finished."""
    hold_s: float = 0.0
    returned_at_s: float = NEVER
    told: dict[int, str] = field(default_factory=dict)
    """The row that spoke last, by zone: a decision is told when it changes."""
    alarmed: str = ""

    @property
    def peer(self) -> int:
        """The other box, which is the other zone's."""
        return 3 - self.me
