"""How the pair of NAT boxes reads on the screen."""

from collections.abc import Sequence
from datetime import UTC, datetime

from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.cli.text import age, duration
from stax.model.nat import NatBox, NatChange, NatEvent, NatStatus, NatZone


def show_nat_status(it: NatStatus, terminal: Terminal) -> None:
    """Write both zones, both boxes and what is not as it should be."""
    show(_zones(it.zones, it.asked_at), terminal)
    terminal.answer("")
    show(_boxes(it.boxes), terminal)
    terminal.answer("")
    show(_signals(it.boxes), terminal)
    terminal.answer("")
    for finding in it.findings:
        terminal.answer(finding)
    if not it.findings:
        terminal.answer("each box carries its own zone, and all is well")


def carried_lines(it: NatStatus) -> list[str]:
    """Return who carries what, a line a zone."""
    return [f"private{zone.number}  {_carrier(zone)}  {zone.public_ip}" for zone in it.zones]


def _zones(zones: Sequence[NatZone], now: datetime) -> Table:
    rows = [
        (
            f"private{zone.number}",
            _carrier(zone),
            zone.public_ip or "-",
            zone.address_carried_by or "nobody",
            age(zone.since, now) if zone.since else "-",
            zone.because or "-",
        )
        for zone in zones
    ]
    headings = ("ZONE", "CARRIED BY", "SEEN AS", "ADDRESS AT", "SINCE", "BECAUSE")
    return Table(headings, rows, title="Zones", dispensable=("ADDRESS AT",))


def _carrier(zone: NatZone) -> str:
    if not zone.carried_by:
        return f"nobody ({zone.route_state})"
    return f"{zone.carried_by} for {zone.own_box}" if zone.is_covered else zone.carried_by


def _boxes(boxes: Sequence[NatBox]) -> Table:
    rows = [
        (
            box.name,
            box.state,
            box.says + (f": {box.report.reason}" if box.report and box.report.reason else ""),
            "-" if box.age_s is None else duration(box.age_s),
            box.private_ip or "-",
            box.public_ip or "-",
            box.instance_id or "-",
        )
        for box in boxes
    ]
    headings = ("BOX", "MACHINE", "SAYS", "REPORT", "PRIVATE IP", "PUBLIC IP", "INSTANCE")
    return Table(headings, rows, title="Boxes", dispensable=("INSTANCE", "PRIVATE IP"))


_SIGNALS = ("egress", "forwarding", "peer", "canaries", "api")
"""In this order; those of a later agent come after."""


def _signals(boxes: Sequence[NatBox]) -> Table:
    told = {box.name: box.report.signals if box.report else {} for box in boxes}
    others = sorted({name for signals in told.values() for name in signals} - {*_SIGNALS, "peer_reason"})
    rows = [(name, *(signals.get(name, "-") for signals in told.values())) for name in (*_SIGNALS, *others)]
    return Table(("SIGNAL", *(name.upper() for name in told)), rows, title="Health, by each box's own account")


def show_nat_events(events: Sequence[NatEvent], terminal: Terminal) -> None:
    """Write what happened, the newest last."""
    rows = [(_when(event), event.box, what(event), times(event) or "-", _why(event) or "-") for event in events]
    show(Table(("WHEN (UTC)", "BOX", "WHAT", "TIMES", "WHY"), rows, dispensable=("TIMES",)), terminal)


def event_line(event: NatEvent) -> str:
    """Return an event on one line."""
    told = f"{_when(event)}  {event.box}  {what(event)}"
    told += f": {why}" if (why := _why(event)) else ""
    return told + (f" ({spans})" if (spans := times(event)) else "")


def change_line(change: NatChange) -> str:
    """Return a change on one line."""
    return f"{_when(change)}  {change.who}  {change.what}: {change.before or 'nothing'} -> {change.now or 'nothing'}"


def _when(told: NatEvent | NatChange) -> str:
    at = told.at.astimezone(UTC)
    return f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


_WHAT = {
    "moving": "takes private subnet {zone}",
    "moved": "carries private subnet {zone}",
    "failed": "could not take private subnet {zone}",
    "gone": "gave private subnet {zone} to its peer",
    "started": "began to watch",
    "drain": "is drained",
    "return": "is to carry again",
    "alarm": "alarm",
}


def what(event: NatEvent) -> str:
    """Return what happened, in words."""
    return _WHAT.get(event.what, event.what).format(zone=event.zone)


def _why(event: NatEvent) -> str:
    return f"{event.why}; {event.failure}" if event.failure else event.why


def times(event: NatEvent) -> str:
    """Return a move's times, counted from its decision, and what it cost."""
    spans = (("seen", event.seen_ms), ("EC2 done", event.called_ms), ("verified", event.verified_ms))
    told = [f"{name} {ms / 1000:+.2f} s" for name, ms in spans if ms is not None]
    if event.outage_ms is not None:
        told.append(f"outage {event.outage_ms / 1000:.2f} s")
    if event.connections:
        told.append(f"{event.connections} connections kept")
    if event.tries > 1:
        told.append(f"{event.tries} tries")
    return ", ".join(told)
