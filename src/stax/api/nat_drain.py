"""Let a NAT box rest: `drain` has the other one carry its zone, `give_back` has it carry again.

No connection breaks: the box goes on forwarding until its zone's route and address lead to the other.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from stax.api.nat_status import nat_status
from stax.engine.agents import Agents, agents_of
from stax.engine.private_key import private_key_of
from stax.engine.record import recorded
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import StaxError, Unhealthy, UsageError
from stax.events import Event, Finished, StaxNamed, StepDetail, StepStarted
from stax.model.nat import NatStatus, box_name, peer_of

MOVED_WITHIN_S = 60.0
"""A zone moves within a second, and returns 3 s after that is wanted; what flaps waits up to ten minutes longer."""
LOOKS_EVERY_S = 0.5
BOXES = (box_name(1), box_name(2))


@dataclass(frozen=True, kw_only=True)
class NatRequest:
    """Which box of which stax."""

    box: str
    name: str = ""
    """The stax; empty: the only one there is."""
    ssh_key: Path | None = None


def drain(site: Site, request: NatRequest, *, person_home: Path) -> Generator[Event, None, NatStatus]:
    """Have the other box carry everything; return how the pair is then.

    Safe to repeat.  Raises StaxError when the other box could not carry it, Unhealthy when it does not in
    time; the box stays drained then, and its zone moves as soon as the other can take it.
    """
    status = yield from _begun(site, request)
    peer = status.box(peer_of(request.box))
    if not peer.is_well:
        reason = f": {peer.report.reason}" if peer.report and peer.report.reason else ""
        message = f"{request.box} cannot be drained: {peer.name} is {peer.state} and says {peer.says}{reason}"
        raise StaxError(message, hint=f"see {site.aws.command('nat status', status.name)}")
    with recorded(site, "nat drain", status.name):
        agents = yield from _agents(site, status.name, request, person_home)
        yield StepStarted(step=f"draining {request.box}")
        _ask(agents, request.box, "drain")
        left = site.aws.command(f"nat return {request.box} --name", status.name)
        return (
            yield from _until(
                site,
                status.name,
                lambda now: all(zone.is_whole and zone.carried_by == peer.name for zone in now.zones),
                wanted=f"{peer.name} carries both private subnets",
                hint=f"{request.box} stays drained and goes on carrying until {peer.name} can; to take it back: {left}",
            )
        )


def give_back(site: Site, request: NatRequest, *, person_home: Path) -> Generator[Event, None, NatStatus]:
    """Have a drained box carry its zone again; return how the pair is then.

    Safe to repeat.  Raises Unhealthy when it does not carry in time: then it has to prove itself first.
    """
    status = yield from _begun(site, request)
    with recorded(site, "nat return", status.name):
        agents = yield from _agents(site, status.name, request, person_home)
        yield StepStarted(step=f"having {request.box} carry again")
        _ask(agents, request.box, "return")
        return (
            yield from _until(
                site,
                status.name,
                lambda now: now.zone_of(request.box).is_whole and not now.zone_of(request.box).is_covered,
                wanted=f"{request.box} carries its own private subnet",
                hint=f"it takes its subnet back when it has proven itself: "
                f"{site.aws.command('nat status', status.name)}",
            )
        )


def _begun(site: Site, request: NatRequest) -> Generator[Event, None, NatStatus]:
    if request.box not in BOXES:
        raise UsageError(f"there is no NAT box {request.box!r}", hint="nat1 or nat2")
    status = nat_status(site, request.name)
    yield StaxNamed(name=status.name, region=site.aws.place)
    box = status.box(request.box)
    if box.state != "running":
        raise StaxError(f"{box.name} is {box.state}", hint=site.aws.command("repair", status.name))
    return status


def _agents(site: Site, name: str, request: NatRequest, person_home: Path) -> Generator[Event, None, Agents]:
    stack = selected_stack(site.aws, name)
    key = private_key_of(site, stack, wish=request.ssh_key, person_home=person_home)
    return (yield from agents_of(site, stack, [request.box], key=key))


def _ask(agents: Agents, box: str, what: str) -> None:
    said = agents.ask(box, "nat-operator", what)
    if refused := said.get("refused"):
        raise StaxError(f"{box}: {refused}")


def _until(
    site: Site, name: str, holds: Callable[[NatStatus], bool], *, wanted: str, hint: str
) -> Generator[Event, None, NatStatus]:
    """Wait until AWS says that it is so."""
    stopwatch = site.stopwatch(MOVED_WITHIN_S)
    while not holds(status := nat_status(site, name)):
        if stopwatch.is_over:
            message = f"it did not come about within {MOVED_WITHIN_S:.0f} s that {wanted}"
            raise Unhealthy(message, hint="\n".join([*status.findings, hint]))
        site.clock.sleep(LOOKS_EVERY_S)
    for zone in status.zones:
        yield StepDetail(text=f"private subnet {zone.number}, seen as {zone.public_ip}: carried by {zone.carried_by}")
    yield Finished(text=wanted, elapsed_s=stopwatch.elapsed_s)
    return status
