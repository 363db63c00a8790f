"""The pair of NAT boxes as things happen: from the boxes over ssh within a tenth of a second, else from AWS.

A box that cannot be reached is followed by its reports, and one that is reached again by ssh once more.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from stax.api.nat_events import in_order
from stax.api.nat_status import nat_status
from stax.aws.nat_reports import nat_reports, read_report
from stax.engine.agents import Agents, agents_of
from stax.engine.private_key import private_key_of
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event, StepDetail, Warned
from stax.model.nat import NatChange, NatEvent, NatReport, NatStatus, box_name
from stax.remote.running import Conversation, conversation

BOXES = (box_name(1), box_name(2))
HEARD_WITHIN_S = 0.1
AWS_EVERY_S = 1.0
AGAIN_AFTER_S = 5.0
"""Before a box whose ssh has ended is tried again."""

News = Event | NatChange | NatEvent


@dataclass
class Known:
    """What has been told of the pair, so that only news is."""

    facts: dict[tuple[str, str], str] = field(default_factory=dict)
    events: set[NatEvent] = field(default_factory=set)

    def of_report(self, report: NatReport) -> Iterator[NatChange | NatEvent]:
        """Yield what a report has of news: signals that changed, and events."""
        told = {"says": _with_reason(report.says, report.reason), **report.signals}
        told["peer"] = _with_reason(told.get("peer", ""), told.pop("peer_reason", ""))
        yield from self._changes(report.box, told, report.at)
        for event in in_order(report.events):
            if event not in self.events:
                self.events.add(event)
                yield event

    def of_aws(self, status: NatStatus) -> Iterator[NatChange]:
        """Yield what AWS says anew of machines, routes and addresses."""
        told = {f"{box.name}'s machine": box.state for box in status.boxes}
        for zone in status.zones:
            told[f"private{zone.number}'s route"] = zone.carried_by or f"nobody ({zone.route_state})"
            told[zone.public_ip] = zone.address_carried_by or "nobody"
        yield from self._changes("EC2", told, status.asked_at)

    def _changes(self, who: str, told: Mapping[str, str], at: datetime) -> Iterator[NatChange]:
        for name, now in told.items():
            before = self.facts.get((who, name))
            self.facts[who, name] = now
            if before is not None and before != now:
                yield NatChange(at=at, who=who, what=name, before=before, now=now)


def _with_reason(said: str, reason: str) -> str:
    return f"{said} ({reason})" if reason else said


class Streams:
    """What the boxes say over ssh, as far as they can be reached."""

    def __init__(self, agents: Agents | None, monotonic: Callable[[], float]) -> None:
        self._agents, self._monotonic = agents, monotonic
        self._open: dict[str, tuple[ExitStack, Conversation]] = {}
        self._again_at_s: dict[str, float] = {}

    def hear(self, box: str) -> NatReport | None:
        """Wait a moment for what a box says; None for nothing new."""
        there = self._conversation(box)
        line = there.hear(within_s=HEARD_WITHIN_S) if there else ""
        if there and not line and there.is_over:
            self._end(box)
        try:
            told = json.loads(line).get("report")
        except (ValueError, AttributeError):
            return None
        return read_report(box, json.dumps(told))

    def has(self, box: str) -> bool:
        """Whether the box is followed over ssh."""
        return box in self._open

    def close(self) -> None:
        """End all."""
        for box in list(self._open):
            self._end(box)

    def _conversation(self, box: str) -> Conversation | None:
        if box in self._open:
            return self._open[box][1]
        if self._agents is None or self._monotonic() < self._again_at_s.get(box, 0.0):
            return None
        stack = ExitStack()
        there = stack.enter_context(conversation(self._agents.argv(box, "nat-operator", "follow")))
        self._open[box] = stack, there
        return there

    def _end(self, box: str) -> None:
        self._open.pop(box)[0].close()
        self._again_at_s[box] = self._monotonic() + AGAIN_AFTER_S


def watch_pair(site: Site, name: str, *, ssh_key: Path | None, person_home: Path) -> Generator[News, None, None]:
    """Yield every change and event of the pair until nobody listens; the last events come first."""
    status = nat_status(site, name)
    agents = yield from _agents(site, status.name, ssh_key, person_home)
    known, streams = Known(), Streams(agents, site.clock.monotonic)
    try:
        yield from known.of_aws(status)
        next_look_s = 0.0
        while True:
            for box in BOXES:
                if (report := streams.hear(box)) is not None:
                    yield from known.of_report(report)
            if site.clock.monotonic() >= next_look_s:
                next_look_s = site.clock.monotonic() + AWS_EVERY_S
                yield from _looked(site, status.name, known, streams)
            if not any(map(streams.has, BOXES)):
                site.clock.sleep(HEARD_WITHIN_S)
    finally:
        streams.close()


def _looked(site: Site, name: str, known: Known, streams: Streams) -> Iterator[News]:
    """What AWS has of news, and the reports of boxes that are not reached; a call that fails is told."""
    try:
        yield from known.of_aws(nat_status(site, name))
        for box, report in nat_reports(site.aws, name).items():
            if not streams.has(box):
                yield from known.of_report(report)
    except StaxError as error:
        yield Warned(text=error.message)


def _agents(site: Site, name: str, ssh_key: Path | None, person_home: Path) -> Generator[Event, None, Agents | None]:
    try:
        stack = selected_stack(site.aws, name)
        key = private_key_of(site, stack, wish=ssh_key, person_home=person_home)
        return (yield from agents_of(site, stack, BOXES, key=key, patience_s=0.0))
    except StaxError as error:
        yield StepDetail(text=f"the boxes cannot be followed by ssh ({error.message}); their reports can")
        return None
