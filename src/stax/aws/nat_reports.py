"""What the NAT boxes report of themselves in SSM, made into nouns; docs/nat.md has the shape."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stax.aws.session import Aws
from stax.model.nat import NatEvent, NatReport, ZoneReport, box_name

BOXES = (1, 2)


def parameter_name(stax_name: str, number: int) -> str:
    """Return the parameter that a box reports in."""
    return f"/stax/{stax_name}/nat/{number}"


def nat_reports(aws: Aws, stax_name: str) -> dict[str, NatReport]:
    """Return the boxes' last reports by the boxes' names; one that has never reported is left out."""
    names = {parameter_name(stax_name, number): number for number in BOXES}
    answer = aws.call("ssm", "GetParameters", Names=list(names))
    found = {box_name(names[one["Name"]]): one["Value"] for one in answer["Parameters"]}
    return {box: report for box, text in found.items() if (report := read_report(box, text)) is not None}


def read_report(box: str, text: str) -> NatReport | None:
    """Read a report; None for what is none."""
    try:
        told = json.loads(text)
        return NatReport(
            box=box,
            instance_id=str(told["instance_id"]),
            at=_moment(told["at"]),
            every_s=float(told["every_s"]),
            says=str(told["says"]),
            reason=str(told["reason"]),
            carries=tuple(int(zone) for zone in told["carries"]),
            zones={int(zone): _zone(one) for zone, one in told["zones"].items()},
            signals={str(name): str(value) for name, value in told["signals"].items()},
            counters=dict(told["counters"]),
            events=tuple(read_event(box, one) for one in told["events"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read_event(box: str, told: Mapping[str, Any]) -> NatEvent:
    """Read an event of a box; raises ValueError, KeyError or TypeError for what is none."""
    known = {name: told[name] for name in _OPTIONAL if name in told}
    return NatEvent(box=box, number=int(told["number"]), at=_moment(told["at"]), what=str(told["what"]), **known)


_OPTIONAL = ("zone", "why", "seen_ms", "called_ms", "verified_ms", "outage_ms", "connections", "tries", "failure")


def _zone(told: Mapping[str, Any]) -> ZoneReport:
    since = str(told["since"])
    return ZoneReport(
        route=str(told["route"]),
        address=str(told["address"]),
        since=_moment(since) if since else None,
        because=str(told["because"]),
        moving=bool(told["moving"]),
    )


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return at
