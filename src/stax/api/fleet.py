"""fleetctl's words on a stax's Swarm: what a manager answers, and where a unit or machine is.

answer = yield from fleet(site, FleetRequest(words=("list-machines",)), person_home=Path.home())
"""

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stax.engine.managers import Managers, managers_of
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import Exit, NotFound, StaxError
from stax.events import Event

LIMIT_S = 120.0
"""A start waits a minute for its tasks; the rest is the way there."""
TABLES = ("list-machines", "list-units", "list-unit-files")
SHORTENED_TO = 8


@dataclass(frozen=True, kw_only=True)
class FleetRequest:
    """What a person asks for."""

    words: tuple[str, ...]
    """One of fleetctl's words, with its options and units."""
    name: str = ""
    """The stax; empty: the only one there is."""
    ssh_key: Path | None = None


@dataclass(frozen=True, kw_only=True)
class FleetAnswer:
    """What fleetctl wrote on its standard output."""

    text: str


class Refused(StaxError):  # noqa: N818 - reads as what it says
    """fleetctl's own no, with its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = Exit(exit_code) if exit_code in set(Exit) else Exit.FAILED


def fleet(site: Site, request: FleetRequest, *, person_home: Path) -> Generator[Event, None, FleetAnswer]:
    """Have a manager's fleetctl do what the words say.  Raises Refused with its complaint when it does not."""
    managers = yield from _managers(site, request, person_home)
    return FleetAnswer(text=_said(managers, *request.words))


def following(site: Site, request: FleetRequest, *, person_home: Path) -> Generator[Event, None, list[str]]:
    """Return ssh's arguments for words whose output goes on: to be become."""
    managers = yield from _managers(site, request, person_home)
    return managers.agents.argv(managers.names[0], "fleetctl", *request.words)


def place_of(site: Site, request: FleetRequest, wish: str, *, person_home: Path) -> Generator[Event, None, str]:
    """Return the instance id of the machine that is meant: by its id or the beginning of it, or by a unit on it.

    Raises NotFound when there is none.
    """
    managers = yield from _managers(site, request, person_home)
    machines: list[dict[str, Any]] = json.loads(_said(managers, "list-machines", "--json"))
    for machine in machines:
        begins = machine["machine"].startswith(wish.removesuffix("...")) and len(wish) >= SHORTENED_TO
        if wish in {machine["machine"], machine["ip"]} or begins:
            return str(machine["machine"])
    units: list[dict[str, Any]] = json.loads(_said(managers, "list-units", "--json"))
    for unit in units:
        if unit["unit"] == wish.removesuffix(".service") and unit["machine"] != "-":
            return str(unit["machine"]).partition("/")[0]
    names = ", ".join([machine["machine"] for machine in machines] + [unit["unit"] for unit in units])
    raise NotFound(f"there is no machine or unit {wish}", hint=f"there are: {names}")


def _managers(site: Site, request: FleetRequest, person_home: Path) -> Generator[Event, None, Managers]:
    stack = selected_stack(site.aws, request.name)
    return (yield from managers_of(site, stack, wish=request.ssh_key, person_home=person_home))


def _said(managers: Managers, *words: str) -> str:
    done = managers.run("fleetctl", *words, limit_s=LIMIT_S)
    if done.returncode != 0:
        complaint = (done.stderr.strip() or f"fleetctl ends with {done.returncode}").splitlines()[-1]
        raise Refused(complaint.removeprefix("fleetctl: "), done.returncode)
    return done.stdout
