"""Services: what the catalogue offers, what runs, what a change to it would be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

Definition = Mapping[str, Any]
"""A Compose document in its one long form: services, networks, volumes, configs, secrets."""


@dataclass(frozen=True, kw_only=True)
class Port:
    """A port under which a service is reached from outside its network."""

    published: int
    target: int
    protocol: str = "tcp"
    mode: str = "host"
    """host: on the machines that run a task, client addresses kept; ingress: on every machine."""

    def __str__(self) -> str:
        return f"{self.published}/{self.protocol}"


@dataclass(frozen=True, kw_only=True)
class ServicePort:
    """A port as service.toml tells it."""

    number: int
    protocol: str
    what: str


@dataclass(frozen=True, kw_only=True)
class SecretWish:
    """A secret that a service reads from /run/secrets, and how it comes to be: "random 32", or "asked"."""

    name: str
    made: str


@dataclass(frozen=True, kw_only=True)
class CatalogueService:
    """A folder with compose.yaml and service.toml, from the catalogue or of the person's own."""

    name: str
    folder: Path
    title: str
    summary: str = ""
    homepage: str = ""
    health: str = ""
    """What healthy means, in words."""
    ports: tuple[ServicePort, ...] = ()
    needs: tuple[str, ...] = ()
    """Names of services that must be healthy before this one is started."""
    secrets: tuple[SecretWish, ...] = ()
    volumes: Mapping[str, str] = field(default_factory=dict)
    """What lies in each volume, and what is lost with it."""
    is_own: bool = False
    """Whether it lies in a folder of the person's own, and not in the catalogue."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One property of one service, before and after; empty where there is none."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ServiceChange:
    """What a deployment does to one of a stack's services."""

    service: str
    action: str
    """add, change, restart, remove, await, or keep."""
    changes: tuple[Change, ...] = ()
    how: str = ""
    """Which tasks are replaced, and in which order, in words."""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """What becomes of one stack."""

    stack: str
    revision: int
    """The number that the deployment will have."""
    services: tuple[ServiceChange, ...]
    definition: Definition
    notes: tuple[str, ...] = ()
    """What a person should know before saying yes."""

    @property
    def has_changes(self) -> bool:
        """Whether anything is done at all."""
        return any(one.action != "keep" for one in self.services)


@dataclass(frozen=True, kw_only=True)
class ServicesPlan:
    """What becomes of several stacks, in the order of their needs."""

    name: str
    region: str
    account_id: str
    stacks: tuple[StackPlan, ...]

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to do."""
        return any(stack.has_changes for stack in self.stacks)


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A deployment of a stack, kept in the Swarm: what was deployed, by whom, and how it ended."""

    stack: str
    number: int
    at: datetime
    by: str
    verb: str
    """Such as start, scale web=3, or rollback to 2."""
    outcome: str
    """deploying, done, failed or interrupted."""
    definition: Definition = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One container of a service, or the attempt at one."""

    id: str
    stack: str
    service: str
    """The name within the stack."""
    slot: str
    """Its number; of a global service the name of its machine."""
    machine: str
    """The docker host's name, such as docker1; empty while it has none."""
    instance_id: str
    image: str
    state: str
    """Docker's word: preparing, starting, running, failed, rejected, …"""
    wanted: str
    """What Swarm wants it to be: running, shutdown."""
    since: datetime | None
    trouble: str = ""
    exit_code: int | None = None
    container: str = ""
    fingerprint: str = ""
    """Of the definition from which it was made."""

    @property
    def name(self) -> str:
        """Return its name, as `stax exec` takes it."""
        return f"{self.stack}_{self.service}.{self.slot}"


@dataclass(frozen=True, kw_only=True)
class RunningService:
    """A Swarm service of a stack as it is now."""

    id: str
    stack: str
    name: str
    """The name within the stack."""
    image: str
    wanted: int
    """How many tasks there are to be."""
    running: int
    is_global: bool
    ports: tuple[Port, ...]
    fingerprint: str
    """Of the definition from which its tasks are made; empty for a service that stax did not make."""
    update: str = ""
    """Docker's word for the update under way, or the last one."""
    update_says: str = ""

    @property
    def full_name(self) -> str:
        """Return the name that Docker has for it."""
        return f"{self.stack}_{self.name}" if self.stack else self.name

    @property
    def is_healthy(self) -> bool:
        """Whether every task runs; one with a health check runs once it is healthy."""
        return self.running >= self.wanted


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """A line of `stax services`."""

    name: str
    state: str
    """running, starting, degraded, stopped, or "-" when it is only in the catalogue."""
    replicas: str
    image: str
    ports: str
    health: str
    what: str
