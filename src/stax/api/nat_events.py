"""What happened to the pair of NAT boxes, by the boxes' own reports."""

from collections.abc import Generator, Iterable

from stax.aws.nat_reports import nat_reports
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import NotFound
from stax.model.nat import NatEvent

LOOKS_EVERY_S = 1.0


def nat_events(site: Site, name: str = "") -> tuple[NatEvent, ...]:
    """Return the last events of both boxes, oldest first.  Raises NotFound when neither has ever reported."""
    name = selected_stack(site.aws, name).name
    reports = nat_reports(site.aws, name)
    if not reports:
        hint = f"see {site.aws.command('nat status', name)}"
        raise NotFound(f"the NAT boxes of {name} have not reported yet", hint=hint)
    return in_order(event for report in reports.values() for event in report.events)


def follow_events(site: Site, name: str = "") -> Generator[NatEvent, None, None]:
    """Yield the last events, and then each new one as it is reported, and again when more is known of it.

    Ends when nobody listens any more.
    """
    name = selected_stack(site.aws, name).name
    known: set[NatEvent] = set()
    while True:
        reports = nat_reports(site.aws, name)
        for event in in_order(event for report in reports.values() for event in report.events):
            if event not in known:
                known.add(event)
                yield event
        site.clock.sleep(LOOKS_EVERY_S)


def in_order(events: Iterable[NatEvent]) -> tuple[NatEvent, ...]:
    """Return events by their moment."""
    return tuple(sorted(events, key=lambda event: (event.at, event.box, event.number)))
