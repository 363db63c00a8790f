"""How a NAT box decides.  Everything that affects a decision lives in this file.

`decide` takes what the box knows and one event, and returns what it knows then and what it is to do.
Pure: no clock, socket or AWS.  The decisions are the rows of two tables, one for the own zone, one for
the peer's; the first row that holds is the decision.  No row acts against the peer, and none acts on
what is not known.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from stax_agent.nat import facts
from stax_agent.nat.facts import NEVER, Canaries, Command, Event, Holder, Peer, Watch, ZoneView
from stax_agent.nat.heartbeat import INTERVAL_S, MISSED_UNTIL_LOST, Saying

LOST_AFTER_S = INTERVAL_S * MISSED_UNTIL_LOST
GAPS_UNTIL_LOST = 2.5
LONGEST_LOST_AFTER_S = 1.5
"""However late they come: seven times what it is on processors that have time."""
LONGEST_GAP_S = 0.8
"""A longer silence was no delay: the peer was away, and says nothing of how late it comes when it is there."""
GAP_FADES_PER_S = 0.1
SILENT_AFTER_S = 1.5
CANARY_WELL_S = 0.2
"""As long as the detection of a lost peer: who got out within it got out through a box that lives."""
HOSTS_THERE_S = 0.15
"""Three canaries within the VPC: where they come, whoever does not get out is cut off, and not just late."""
ALONE_UNTIL_LOST_S = 0.6
"""Nobody of the other zone is heard: it is cut off, or the packets of a busy machine wait.  Those come in the end."""
CANARY_GAPS_UNTIL_MISSED = 1.5
"""Where canaries come late as well, by as much as they lately did and half as much again."""
CANARY_DEAD_AFTER_S = 1.0
"""20 of a single host's canaries lost in a row, while those within the VPC arrive."""
DOUBTED_AFTER_S = 0.3
"""Six canaries of a single host lost in a row: no reason to act yet, but to ask EC2 what it says."""
ASKED_EVERY_S = 1.0
SECOND_BOX_LATER_S = 0.25
"""Five heartbeats: by then box 1 has said that it acts."""
EGRESS_PROVEN_S = 3.0
LOOK_BELIEVED_S = 30.0
"""EC2 is asked every 5 s; a look that is older than a few failed ones is not acted on."""
GRACE_S = 5.0
"""A box that has just started gives its peer this long to be heard."""
EARLY_S = 2.0
"""What it takes to load rules, shake hands with AWS and start the threads, on a machine that boots."""
FIRST_HOLD_S = 3.0
LONGEST_HOLD_S = 600.0
CALM_AFTER_S = 600.0
"""Who has carried its own zone for so long does not flap."""


class Do(Enum):
    """What a row says."""

    NOTHING = "leave it"
    CARRY = "carry it"
    YIELD = "let it go"


def lost_after_s(watch: Watch) -> float:
    """Return how long a silence is a loss: four heartbeats, longer where lately they came late and went on."""
    return max(LOST_AFTER_S, min(watch.peer_gap_s * GAPS_UNTIL_LOST, LONGEST_LOST_AFTER_S))


def canary_well_s(watch: Watch) -> float:
    """Return how long ago a host may have got out last, for its zone to be well."""
    return max(CANARY_WELL_S, min(watch.canary_gap_s * CANARY_GAPS_UNTIL_MISSED, LONGEST_LOST_AFTER_S))


@dataclass(frozen=True, slots=True)
class View:
    """What the rows ask: the watch, boiled down to a moment."""

    watch: Watch
    zone: ZoneView
    now_s: float

    @property
    def peer(self) -> Peer:
        """The other box, by its heartbeats."""
        watch = self.watch
        if watch.peer_heard_at_s == NEVER:
            return Peer.LOST if self.peer_silent_for_s > GRACE_S else Peer.UNHEARD
        # While either box starts, its processors have much to do: a silence says less than it will say later.
        is_early = self.now_s - watch.started_at_s < EARLY_S or watch.peer_saying is Saying.STARTING
        if self.peer_silent_for_s > (GRACE_S if is_early else lost_after_s(watch)):
            return Peer.LOST
        return _SAID[watch.peer_saying]

    @property
    def peer_silent_for_s(self) -> float:
        """How long ago the peer was heard last; since the start when it was not yet."""
        return self.now_s - max(self.watch.peer_heard_at_s, self.watch.started_at_s)

    @property
    def canaries(self) -> Canaries:
        """The hosts of the peer's zone."""
        out_s = self.now_s - self.watch.canary_out_at_s
        within_s = self.now_s - self.watch.canary_within_at_s
        if out_s <= canary_well_s(self.watch):
            return Canaries.WELL
        # Since it is the peer's again: what did not come by the peer before says nothing of it.
        missed_s = min(out_s, self.now_s - self.zone.peers_since_s)
        is_missed = self.watch.canary_out_at_s != NEVER and missed_s > self._dead_after_s
        # They are addressed to this box's own public address: lost, it is this box that nobody reaches.
        is_reached = self.watch.egress_at_s > self.watch.canary_out_at_s + CANARY_WELL_S
        if is_missed and is_reached and within_s <= CANARY_WELL_S:
            return Canaries.DEAD
        return Canaries.SILENT

    @property
    def is_alone(self) -> bool:
        """Whether the peer's silence is short, and its hosts, who could say more, are silent as well."""
        within_s = self.now_s - self.watch.canary_within_at_s
        had_hosts = self.watch.canary_within_at_s != NEVER
        return had_hosts and within_s > HOSTS_THERE_S and self.peer_silent_for_s <= ALONE_UNTIL_LOST_S

    @property
    def is_doubted(self) -> bool:
        """Whether the hosts of the peer's zone, who are there, have stopped getting out just now."""
        out_s = self.now_s - self.watch.canary_out_at_s
        within_s = self.now_s - self.watch.canary_within_at_s
        return DOUBTED_AFTER_S < out_s < LOOK_BELIEVED_S and within_s <= CANARY_WELL_S

    @property
    def _dead_after_s(self) -> float:
        """One box is the first to act when both see the same: each with the other's address, neither gets out."""
        return CANARY_DEAD_AFTER_S + SECOND_BOX_LATER_S * (self.watch.me - 1)

    @property
    def is_displaced(self) -> bool:
        """Whether the peer has this box's own address: seen, or by the word of the peer, who knows first."""
        # What EC2 said before the peer's last word does not disprove it, not even when the peer is lost since: two
        # boxes that each took the other's address, believing to have their own, would both be without a way out.
        is_word_newer = self.peer is not Peer.LOST or self._own.looked_at_s <= self.watch.peer_heard_at_s
        is_claimed = self.watch.me in self.watch.peer_claims and is_word_newer
        return self._own.address is Holder.PEER or is_claimed

    @property
    def is_fit(self) -> bool:
        """Whether this box can stand in: it forwards, has a proven way out of its own and is not being drained."""
        has_way = self._own.address is Holder.ME and not self.is_displaced and self._gets_out
        return has_way and not self.watch.drain and not self.watch.fault

    @property
    def is_whole(self) -> bool:
        """Whether this box can carry its own zone.

        While the peer holds its address it has no way out to prove: it is believed, and given the time
        to prove it once the address is back.
        """
        is_new = self._own.address is Holder.ME and self.now_s - self._own.address_since_s <= EGRESS_PROVEN_S
        return not self.watch.fault and (self.is_displaced or is_new or self._gets_out)

    @property
    def _own(self) -> ZoneView:
        return self.watch.zones[self.watch.me]

    @property
    def _gets_out(self) -> bool:
        return self.now_s - self.watch.egress_at_s <= EGRESS_PROVEN_S

    @property
    def is_looked_at(self) -> bool:
        """Whether EC2 has said lately whom the zone leads to."""
        known = Holder.UNKNOWN not in {self.zone.route, self.zone.address}
        return known and self.now_s - self.zone.looked_at_s <= LOOK_BELIEVED_S

    @property
    def fit_for_s(self) -> float:
        """How long this box has been whole and not drained."""
        return 0.0 if self.watch.fit_since_s is None else self.now_s - self.watch.fit_since_s


_SAID = {
    Saying.STARTING: Peer.WELL,  # its agent starts; what it forwards it goes on forwarding
    Saying.WELL: Peer.WELL,
    Saying.UNFIT: Peer.UNFIT,
    Saying.DRAINING: Peer.DRAINING,
}


@dataclass(frozen=True, slots=True)
class Row:
    """When `holds`, `do`, because."""

    holds: Callable[[View], bool]
    do: Do
    because: str
    alarm: bool = False


AS_SAID = ""
"""Nothing new is to be told."""

PEERS_ZONE = (
    Row(lambda v: not v.is_looked_at, Do.NOTHING, "EC2 has not said whose it is"),
    Row(lambda v: v.zone.route is Holder.NOBODY, Do.NOTHING, "it has no default route", alarm=True),
    # Half moved, a zone's hosts may be heard by ways that say nothing of the peer.
    Row(lambda v: v.zone.moving, Do.CARRY, AS_SAID),
    Row(lambda v: not v.zone.is_mine and not v.is_fit, Do.NOTHING, "this box is not fit to stand in"),
    Row(lambda v: v.peer is Peer.UNHEARD, Do.NOTHING, "the peer gets its time to be heard"),
    Row(
        lambda v: v.peer is Peer.LOST and v.canaries is Canaries.WELL and not v.zone.is_mine,
        Do.NOTHING,
        "the peer is not heard, but its zone's hosts get out through it",
        alarm=True,
    ),
    Row(
        lambda v: v.peer is Peer.LOST and v.is_alone and not v.zone.is_mine,
        Do.NOTHING,
        "neither the peer nor its zone's hosts are heard, for a moment only",
    ),
    Row(lambda v: v.peer is Peer.LOST and v.is_fit, Do.CARRY, "the peer is lost, and no host gets out through it"),
    Row(lambda v: v.peer is Peer.UNFIT and v.is_fit, Do.CARRY, "the peer says that it is unfit"),
    Row(lambda v: v.peer is Peer.DRAINING and v.is_fit, Do.CARRY, "the peer is being drained"),
    Row(
        lambda v: v.zone.address is Holder.NOBODY and v.is_doubted,
        Do.CARRY,
        "its public address leads to neither box, and its hosts do not get out",
    ),
    Row(
        lambda v: not v.zone.is_mine and v.peer is Peer.WELL and v.canaries is Canaries.DEAD,
        Do.CARRY,
        "the peer says it is well, but its zone's hosts do not get out through it",
    ),
    Row(lambda v: v.zone.is_peers, Do.YIELD, "the peer carries it"),
    Row(lambda _: True, Do.NOTHING, "the peer takes it back when it has proven itself"),
)

OWN_ZONE = (
    Row(lambda v: not v.is_looked_at, Do.NOTHING, "EC2 has not said whose it is"),
    Row(lambda v: v.zone.route is Holder.NOBODY, Do.NOTHING, "it has no default route", alarm=True),
    Row(lambda v: v.watch.drain, Do.YIELD, "this box is being drained"),
    Row(lambda v: not v.is_whole, Do.YIELD, "this box is not fit"),
    Row(lambda v: v.zone.is_mine, Do.CARRY, "it is here already"),
    # No host's traffic tells here whether the peer carries on: a longer silence has to.
    Row(lambda v: v.peer_silent_for_s > SILENT_AFTER_S, Do.CARRY, "the peer that carries it is lost"),
    Row(
        lambda v: v.peer in {Peer.UNFIT, Peer.DRAINING}, Do.CARRY, "the peer that carries it is unfit or being drained"
    ),
    Row(
        lambda v: v.fit_for_s >= max(v.watch.hold_s, FIRST_HOLD_S) and v.peer is Peer.WELL,
        Do.CARRY,
        "this box has proven itself",
    ),
    Row(lambda _: True, Do.NOTHING, "this box has to prove itself first"),
)


def decide(watch: Watch, event: Event, now_s: float) -> tuple[Watch, list[Command]]:
    """Return what the box knows after the event, and what it is to do."""
    if isinstance(event, facts.CanaryHeard):
        # Many a second, and none is a reason to act: that they stay away is, and time tells that.
        return learn(watch, event, now_s), []
    watch = _fitness(learn(watch, event, now_s), now_s)
    commands: list[Command] = []
    for zone, table in ((watch.me, OWN_ZONE), (watch.peer, PEERS_ZONE)):
        watch, wanted = _zone(watch, zone, table, now_s)
        commands += wanted
    if View(watch, watch.zones[watch.peer], now_s).is_doubted and now_s - watch.asked_at_s >= ASKED_EVERY_S:
        return replace(watch, asked_at_s=now_s), [*commands, facts.Look()]
    return watch, commands


def saying(watch: Watch, now_s: float) -> tuple[Saying, str]:
    """Return what the box says of itself in its heartbeats, and why."""
    view = View(watch, watch.zones[watch.me], now_s)
    if watch.drain:
        return Saying.DRAINING, "drained by the operator"
    if view.is_whole:
        return Saying.WELL, ""
    if watch.fault == "not examined yet" or (watch.egress_at_s == NEVER and now_s - watch.started_at_s < GRACE_S):
        return Saying.STARTING, "just started"
    return Saying.UNFIT, watch.fault or "no way out"


def learn(watch: Watch, event: Event, now_s: float) -> Watch:
    """Return the watch with what the event says."""
    match event:
        case facts.HeartbeatHeard(said, reason, claims):
            watch = replace(
                watch,
                peer_heard_at_s=now_s,
                peer_gap_s=_gap_s(watch, now_s),
                peer_saying=said,
                peer_reason=reason,
                peer_claims=claims,
            )
        case facts.CanaryHeard(by_way_out=True):
            watch = replace(watch, canary_out_at_s=now_s, canary_gap_s=_canary_gap_s(watch, now_s))
        case facts.CanaryHeard():
            watch = replace(watch, canary_within_at_s=now_s)
        case facts.EgressTried(works=True, began_s=began_s):
            watch = replace(watch, egress_at_s=now_s if began_s is None else began_s)
        case facts.Examined(fault):
            watch = replace(watch, fault=fault)
        case facts.DrainWanted(on):
            # Told to return, it returns: the operator has judged.
            watch = replace(watch, drain=on, hold_s=0.0)
        case facts.Looked() | facts.MoveEnded():
            watch = _see(watch, event, now_s)
    return watch


def _gap_s(watch: Watch, now_s: float) -> float:
    return _longest(now_s - watch.peer_heard_at_s, watch.peer_gap_s)


def _canary_gap_s(watch: Watch, now_s: float) -> float:
    gap_s = now_s - watch.canary_out_at_s
    zone = watch.zones[watch.peer]
    if zone.moving or not zone.is_peers or now_s - zone.peers_since_s < gap_s:
        return watch.canary_gap_s  # the zone moved meanwhile: none came, which is not late
    return _longest(gap_s, watch.canary_gap_s)


def _longest(gap_s: float, before_s: float) -> float:
    """The longest pause lately, with the newest one."""
    if gap_s > LONGEST_GAP_S:
        return 0.0
    return max(gap_s, before_s * (1 - GAP_FADES_PER_S * gap_s))


def _see(watch: Watch, event: facts.Looked | facts.MoveEnded, now_s: float) -> Watch:
    view = watch.zones[event.zone]
    if isinstance(event, facts.MoveEnded):
        view = replace(view, moving=False, again_at_s=now_s + event.again_in_s)
    else:
        was_mine = view.is_mine
        is_as_before = (view.route, view.address) == (event.route, event.address)
        peers_since_s = view.peers_since_s if view.is_peers else now_s
        address_since_s = view.address_since_s if view.address is event.address else now_s
        view = replace(
            view,
            route=event.route,
            address=event.address,
            looked_at_s=now_s,
            since_s=view.since_s if is_as_before else now_s,
            peers_since_s=peers_since_s,
            address_since_s=address_since_s,
        )
        if event.zone == watch.me and view.is_mine != was_mine:
            watch = _flap(watch, is_mine=view.is_mine, now_s=now_s)
    return replace(watch, zones={**watch.zones, event.zone: view})


def _flap(watch: Watch, *, is_mine: bool, now_s: float) -> Watch:
    """Note that the own zone came or went: who loses it soon after its return waits twice as long."""
    if is_mine:
        return replace(watch, returned_at_s=now_s)
    if now_s - watch.returned_at_s > CALM_AFTER_S:
        return replace(watch, hold_s=FIRST_HOLD_S)
    return replace(watch, hold_s=min(max(watch.hold_s, FIRST_HOLD_S) * 2, LONGEST_HOLD_S))


def _fitness(watch: Watch, now_s: float) -> Watch:
    if watch.drain or not View(watch, watch.zones[watch.me], now_s).is_whole:
        return replace(watch, fit_since_s=None) if watch.fit_since_s is not None else watch
    return replace(watch, fit_since_s=now_s) if watch.fit_since_s is None else watch


def _zone(watch: Watch, zone: int, table: tuple[Row, ...], now_s: float) -> tuple[Watch, list[Command]]:
    view = View(watch, watch.zones[zone], now_s)
    row = next(row for row in table if row.holds(view))
    watch, commands = _tell(watch, zone, row)
    if row.do is not Do.CARRY:
        # What has begun is not finished when its reason is gone: the next reason begins it anew.
        return replace(watch, intends=watch.intends - {zone}), commands
    watch = replace(watch, intends=watch.intends | {zone})
    if view.zone.is_mine or view.zone.moving or now_s < view.zone.again_at_s:
        return watch, commands
    move = facts.Move(
        zone,
        route=view.zone.route is not Holder.ME,
        address=view.zone.address is not Holder.ME,
        fresh_copies=view.peer is not Peer.LOST,
    )
    watch = replace(watch, zones={**watch.zones, zone: replace(view.zone, moving=True)})
    return watch, [*commands, move]


def _tell(watch: Watch, zone: int, row: Row) -> tuple[Watch, list[Command]]:
    if row.because in {AS_SAID, watch.told.get(zone)}:
        return watch, []
    whose = "its own" if zone == watch.me else "the peer's"
    text = f"zone {zone} ({whose}): {row.do.value}: {row.because}"
    watch = replace(watch, told={**watch.told, zone: row.because})
    return watch, [facts.Alarm(text, zone) if row.alarm else facts.Journal(text)]
