"""Carries moves out: two threads with a connection to EC2 each, and one that leads them.

Nothing here decides and nothing here repeats: what came of a move goes back as events, and the next
decision follows from them.
"""

import random
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from stax_agent.ec2 import Ec2, address_holders, associate_address, default_routes, replace_route
from stax_agent.nat.connections import Connection
from stax_agent.nat.copies import Copier
from stax_agent.nat.facts import Event, Holder, Looked, LookFailed, Move, MoveEnded
from stax_agent.nat.openers import send_openers
from stax_agent.nat.site import Site
from stax_agent.setback import Setback

FRESH_COPIES_WITHIN_S = 0.3
OWN_COPIES_WITHIN_S = 3.0
"""A zone that comes home from a peer that carries it well is in no hurry: a peer that is busy gets its time."""
OPENED_AFTER_S = (0.0, 0.03, 0.05, 0.1, 0.2, 0.6)
"""Pauses; an address has moved some 10 ms after EC2's answer here, and within a second on AWS."""
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 15.0

_ADVICE = {
    "UnauthorizedOperation": "the NAT boxes' role lacks a right it was made with; update the stack to put it back",
    "InvalidRoute.NotFound": "the route table has no default route",
}


@dataclass
class Times:
    """When the last move went through its steps, on the monotonic clock."""

    decided_s: float = 0.0
    committed_s: float = 0.0
    called_s: float = 0.0
    verified_s: float = 0.0
    adopted: int = 0
    """How many open connections came along."""


@dataclass
class Counters:
    """What the actions count."""

    moves: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    """By EC2's name of the operation."""
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By operation and AWS's code."""
    trouble: str = ""
    """The last call that failed, while no look has worked since."""
    connections_kept: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the numbers."""
        errors = {f"{operation} {code}": count for (operation, code), count in self.errors.items()}
        return {
            "moves": self.moves,
            "connections_kept": self.connections_kept,
            "api_calls": dict(self.calls),
            "api_errors": errors,
        }


class Actions:
    """The box's hands.  Every method returns at once; `tell` is called from other threads."""

    def __init__(self, site: Site, new_ec2: Callable[[], Ec2], copier: Copier, tell: Callable[[Event], None]) -> None:
        self._site, self._copier, self._tell = site, copier, tell
        self._for_routes, self._for_addresses = new_ec2(), new_ec2()
        self._routes = ThreadPoolExecutor(1, "routes")
        self._addresses = ThreadPoolExecutor(1, "addresses")
        self._leader = ThreadPoolExecutor(1, "moves")
        self._openers = ThreadPoolExecutor(2, "openers")
        self._failed_in_a_row: dict[int, int] = {}
        self._looking: Future[None] | None = None
        self.counters = Counters()
        self.say: Callable[[str], None] = lambda _: None

    def look(self) -> None:
        """Ask EC2 whom both zones lead to, unless that is being asked already."""
        if self._looking is None or self._looking.done():
            self._looking = self._leader.submit(self._look)

    def move(self, move: Move) -> None:
        """Bring a zone here."""
        self._leader.submit(self._move, move, time.monotonic())

    def _move(self, move: Move, decided_s: float) -> None:
        zone, times = self._site.zones[move.zone], Times(decided_s=decided_s)
        failure = ""
        try:
            if move.fresh_copies:
                is_home = move.zone == self._site.me
                self._copier.ask_for_newest(within_s=OWN_COPIES_WITHIN_S if is_home else FRESH_COPIES_WITHIN_S)
            # Before anything leads here: a packet that comes before its connection is known draws a reset.
            adopted = self._commit(zone.home)
            times.committed_s, times.adopted = time.monotonic(), len(adopted)
            failure = self._write(move)
            times.called_s = time.monotonic()
            self._open_for(move.zone, adopted)
            self._look()
            times.verified_s = time.monotonic()
            if move.fresh_copies and not failure:
                self._copier.ask_for_newest(within_s=FRESH_COPIES_WITHIN_S)
                self._open_for(move.zone, self._commit(zone.home))
        except OSError as error:
            failure = f"{error}"
        self._end(move, failure, times)

    def _commit(self, home: str) -> list[Connection]:
        try:
            adopted, refused = self._copier.commit(socket.inet_aton(home))
        except OSError as error:
            # New connections do not wait for what the kernel will not say.
            self.say(f"ALARM open connections are not carried over: {error}")
            return []
        self.counters.connections_kept += len(adopted) - refused
        if refused:
            self.say(f"connections the kernel would not take: {refused}")
        return adopted

    def _open_for(self, zone: int, adopted: list[Connection]) -> None:
        """Let in what only receives: several times, for EC2 answers before an address has moved."""
        source = socket.inet_aton(self._site.holder(zone))
        self._openers.submit(_open, adopted, source, self.say)

    def _write(self, move: Move) -> str:
        """Write what is to be written, both at the same time; return what failed."""
        zone, me = self._site.zones[move.zone], self._site.zones[self._site.me]
        writes: dict[str, Future[None]] = {}
        if move.address:
            holder = self._site.holder(move.zone)
            writes["AssociateAddress"] = self._addresses.submit(
                associate_address, self._for_addresses, zone.allocation_id, me.interface_id, holder
            )
        if move.route:
            writes["ReplaceRoute"] = self._routes.submit(
                replace_route, self._for_routes, zone.route_table_id, me.interface_id
            )
        self.counters.calls.update(writes.keys())
        outcomes = [self._outcome(operation, each) for operation, each in writes.items()]
        return "; ".join(filter(None, outcomes))

    def _outcome(self, operation: str, write: "Future[None]") -> str:
        try:
            write.result()
        except Setback as setback:
            self._count(operation, setback)
            advice = _ADVICE.get(setback.code, "")
            return f"{setback}" + (f" ({advice})" if advice else "")
        return ""

    def remedy(self, zone: int) -> str:
        """Return the command that puts a zone's default route back, which the boxes have no right to."""
        lacking = self._site.zones[zone]
        return (
            f"put it back with: aws ec2 create-route --route-table-id {lacking.route_table_id} "
            f"--destination-cidr-block 0.0.0.0/0 --network-interface-id {lacking.interface_id}"
        )

    def _end(self, move: Move, failure: str, times: Times) -> None:
        again_in_s = 0.0
        if failure:
            failed = self._failed_in_a_row[move.zone] = self._failed_in_a_row.get(move.zone, 0) + 1
            pause_s = min(FIRST_PAUSE_S * 2 ** min(failed, 10), LONGEST_PAUSE_S)
            again_in_s = pause_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing
        else:
            self._failed_in_a_row.pop(move.zone, None)
            self.counters.moves += 1
            spans = (times.committed_s, times.called_s, times.verified_s)
            committed, called, verified = (round((at_s - times.decided_s) * 1000) for at_s in spans)
            self.say(f"zone {move.zone} moved here: committed_ms={committed} called_ms={called} verified_ms={verified}")
        self._tell(
            MoveEnded(move.zone, failure, again_in_s, times.called_s or None, times.verified_s or None, times.adopted)
        )

    def _look(self) -> None:
        zones = self._site.zones
        routes = self._routes.submit(default_routes, self._for_routes, [each.route_table_id for each in zones.values()])
        addresses = self._addresses.submit(
            address_holders, self._for_addresses, [each.allocation_id for each in zones.values()]
        )
        self.counters.calls.update(("DescribeRouteTables", "DescribeAddresses"))
        try:
            leads, held = routes.result(), addresses.result()
        except Setback as setback:
            self._count("DescribeRouteTables" if routes.exception() else "DescribeAddresses", setback)
            addresses.exception()  # let it end before the connection is used again
            self._tell(LookFailed(str(setback)))
            return
        self.counters.trouble = ""
        for number, zone in zones.items():
            route = self._holder(leads.get(zone.route_table_id, ""))
            interface_id, private_address = held.get(zone.allocation_id, ("", ""))
            address = self._holder(interface_id)
            if address is Holder.ME and private_address != self._site.holder(number):
                address = Holder.NOBODY
            self._tell(Looked(number, route, address))

    def _holder(self, interface_id: str) -> Holder:
        if interface_id == self._site.zones[self._site.me].interface_id:
            return Holder.ME
        if interface_id == self._site.zones[self._site.peer].interface_id:
            return Holder.PEER
        return Holder.NOBODY

    def _count(self, operation: str, setback: Setback) -> None:
        self.counters.trouble = str(setback)
        self.counters.errors[operation, setback.code or "NoAnswer"] += 1


def _open(adopted: list[Connection], source: bytes, say: Callable[[str], None]) -> None:
    try:
        for pause_s in OPENED_AFTER_S:
            time.sleep(pause_s)
            send_openers(adopted, source)
    except OSError as error:
        say(f"ALARM connections that only receive may wait for their inside to speak: {error}")
