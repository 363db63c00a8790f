"""What the steps of a walk share: the stax, and the ways into its machines."""

import subprocess
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from stax.api.create import CreateRequest
from stax.aws import ec2
from stax.engine.agents import Agents, agents_of
from stax.engine.private_key import private_key_of
from stax.engine.selection import selected_stack
from stax.engine.services.swarm import Swarm
from stax.engine.services.way import Reached, Where, reached
from stax.engine.site import Site
from stax.errors import Unhealthy
from stax.events import Checked, Event
from stax.model.inventory import Machine
from stax.model.plan import CreatePlan
from stax.model.stack import Stack
from stax.remote.running import run_there

ANSWERS_WITHIN_S = 60.0
LOOKS_EVERY_S = 0.5
AT_ONCE = 4
"""Connections through one small jumpbox; sshd takes ten unauthenticated ones before it refuses some."""

Opened = TypeVar("Opened")
Story = Generator[Event, None, None]
"""What a step tells; each `Checked` among it is something that was to hold."""


@dataclass
class Walk:
    """One throw-away stax on its way from nothing to nothing."""

    site: Site
    request: CreateRequest
    plan: CreatePlan
    person_home: Path
    measured: dict[str, float] = field(default_factory=dict)
    """What the step under way has measured, in seconds."""
    client: "Client | None" = None
    """What asks the service without a pause, once it runs."""
    _ready: set[str] = field(default_factory=set)
    """The machines whose host keys are pinned by now."""
    _inside: "Inside | None" = None
    _open: ExitStack = field(default_factory=ExitStack)
    _way: Reached | None = None

    @property
    def name(self) -> str:
        """The name of the stax."""
        return self.plan.name

    @property
    def stack(self) -> Stack:
        """The stack as it is now."""
        return selected_stack(self.site.aws, self.name)

    @property
    def size(self) -> int:
        """How many docker hosts there are to be."""
        return self.request.configuration.cluster_size

    def machines(self, role: str = "") -> list[Machine]:
        """Return the machines that run, of one role or of all, in the order of their names."""
        there = [one for one in ec2.machines(self.site.aws, self.name) if one.state == "running"]
        there.sort(key=lambda one: (len(one.name), one.name))
        return [one for one in there if role in ("", one.role)]

    def way(self, names: Sequence[str]) -> Generator[Event, None, "Inside"]:
        """Make ready the way into these machines; waits for their host keys, unless that was done before."""
        if self._inside is None or not self._ready.issuperset(names):
            stack = self.stack
            key = private_key_of(self.site, stack, wish=self.request.ssh_key, person_home=self.person_home)
            self._inside = Inside((yield from agents_of(self.site, stack, names, key=key)))
            self._ready.update(names)
        return self._inside

    def forget_ways(self) -> None:
        """Another machine may have a name that was known: docker hosts are numbered by age."""
        self._inside, self.client = None, None
        self._ready.clear()

    def swarm(self) -> Generator[Event, None, Swarm]:
        """Return the Swarm; one connection serves the whole walk."""
        if self._way is None:
            where = Where(person_home=self.person_home, name=self.name, ssh_key=self.request.ssh_key)
            self._way = self.keep_open(closing((yield from reached(self.site, where))))
        return self._way.swarm

    def close(self) -> None:
        """End what was opened for the whole walk."""
        self._way = None
        self._open.close()

    def keep_open(self, opened: AbstractContextManager[Opened]) -> Opened:
        """Enter something that ends with the walk."""
        return self._open.enter_context(opened)

    def until(self, holds: Callable[[], bool], wanted: str, *, within_s: float) -> float:
        """Look until it holds and return how long that took; raises Unhealthy when it does not come about."""
        stopwatch = self.site.stopwatch(within_s)
        while not holds():
            if stopwatch.is_over:
                raise Unhealthy(f"it did not come about within {within_s:.0f} s that {wanted}")
            self.site.clock.sleep(LOOKS_EVERY_S)
        return stopwatch.elapsed_s


@dataclass(frozen=True)
class Inside:
    """Commands on the machines of the stax, as the user `core` has them."""

    agents: Agents

    def run(self, machine: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end; raises StaxError when nobody can log in there."""
        argv = self.agents.argv(machine, *words, program=())
        return run_there(argv, machine=machine, limit_s=ANSWERS_WITHIN_S)

    def said_by(self, machines: Sequence[str], *words: str) -> dict[str, str]:
        """Run a command on several machines at once and return what each says."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(machines, pool.map(lambda one: self.says(one, *words), machines), strict=True))

    def says(self, machine: str, *words: str) -> str:
        """Return what a command says on its standard output, or its complaint when it fails."""
        done = self.run(machine, *words)
        return done.stdout if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr.strip()}"


@dataclass(frozen=True)
class Client:
    """A container, where it runs, and the way to that docker host."""

    machine: str
    container: str
    inside: Inside
    port: int
    """Of this machine: it leads there."""


def checked(subject: str, *, ok: bool, finding: str, hint: str = "") -> Checked:
    """Return an assertion with what was found."""
    return Checked(subject=subject, ok=ok, finding=finding, hint="" if ok else hint)


def equal(subject: str, wanted: object, found: object) -> Checked:
    """Return the assertion that two things are the same."""
    return checked(subject, ok=wanted == found, finding=str(found) if wanted == found else f"{found}, not {wanted}")
