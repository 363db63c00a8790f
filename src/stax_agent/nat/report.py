"""What a NAT box tells of itself outside: one small parameter in SSM, for whoever has AWS credentials.

`report` is pure.  docs/nat.md has the shape; `stax create` waits for it, `stax nat status` shows it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from stax_agent.nat.facts import Watch, ZoneView
from stax_agent.nat.state import EGRESS_PROVEN_S, View, saying

VERSION = 1
EVERY_S = 60.0
LARGEST_BYTES = 4096
"""What a standard parameter of SSM holds."""


def parameter_name(stax_name: str, box: int) -> str:
    """Return where a box's report stands."""
    return f"/stax/{stax_name}/nat/{box}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Now, on both clocks: what is measured on the one is told by the other."""

    monotonic_s: float
    utc: datetime

    def told(self, at_s: float) -> str:
        """Return a moment of the monotonic clock as UTC, in ISO 8601; empty for one that never was."""
        ago_s = self.monotonic_s - at_s
        return "" if ago_s == float("inf") else stamp(self.utc - timedelta(seconds=ago_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What a report says besides what the box decides from."""

    instance_id: str
    api: str = ""
    """The last call to EC2 that failed, while none has worked since."""
    counters: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[Mapping[str, Any]] = ()
    """The moves, oldest first."""


def stamp(at: datetime) -> str:
    """Return a moment as reports have it: UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def report(watch: Watch, teller: Teller, now: Moment) -> dict[str, Any]:
    """Return what the box tells at this moment."""
    said, reason = saying(watch, now.monotonic_s)
    return {
        "version": VERSION,
        "box": watch.me,
        "instance_id": teller.instance_id,
        "at": stamp(now.utc),
        "started_at": now.told(watch.started_at_s),
        "every_s": EVERY_S,
        "says": said.name.lower(),
        "reason": reason,
        "carries": sorted(zone for zone, view in watch.zones.items() if view.is_mine),
        "zones": {str(zone): _zone(watch, zone, view, now) for zone, view in watch.zones.items()},
        "signals": _signals(watch, teller, now.monotonic_s),
        "counters": dict(teller.counters),
        "events": [dict(event) for event in teller.events],
    }


def _zone(watch: Watch, zone: int, view: ZoneView, now: Moment) -> dict[str, Any]:
    return {
        "route": view.route.value,
        "address": view.address.value,
        "since": now.told(view.since_s),
        "looked_at": now.told(view.looked_at_s),
        "because": watch.told.get(zone, ""),
        "moving": view.moving,
    }


def _signals(watch: Watch, teller: Teller, now_s: float) -> dict[str, str]:
    view = View(watch, watch.zones[watch.peer], now_s)
    gets_out = now_s - watch.egress_at_s <= EGRESS_PROVEN_S
    return {
        "peer": view.peer.value,
        "peer_reason": watch.peer_reason,
        "egress": "well" if gets_out else "not proven",
        "forwarding": watch.fault or "well",
        "canaries": view.canaries.value,
        "api": teller.api or "well",
    }


def text(told: Mapping[str, Any]) -> str:
    """Return the parameter's value: the oldest events are left out until it fits."""
    kept = dict(told)
    while len(written := json.dumps(kept, separators=(",", ":"))) > LARGEST_BYTES and kept["events"]:
        kept["events"] = kept["events"][1:]
    return written


def gist(told: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what is told at once when it changes; the rest waits for its minute."""
    zones = [(zone["route"], zone["address"], zone["because"], zone["moving"]) for zone in told["zones"].values()]
    # Signals among them: status that says how canaries were a minute ago misleads.
    return (told["says"], told["reason"], *zones, *told["signals"].values(), str(told["events"][-1:]))
