"""The way to a stax's Swarm, for every verb about services."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from stax.aws import ec2
from stax.engine.managers import managers_of
from stax.engine.selection import selected_stack
from stax.engine.services.swarm import Swarm, connected
from stax.engine.site import Site
from stax.events import Event


@dataclass(frozen=True, kw_only=True)
class Where:
    """Which stax, and how one gets in."""

    person_home: Path
    name: str = ""
    """Empty: the only one there is."""
    ssh_key: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A stax and the connection to its Swarm, to be closed."""

    name: str
    swarm: Swarm

    def close(self) -> None:
        """End the connection."""
        self.swarm.close()


def reached(site: Site, where: Where) -> Generator[Event, None, Reached]:
    """Connect to a manager of the stax.  Raises StaxError when none can be reached."""
    stack = selected_stack(site.aws, where.name)
    managers = yield from managers_of(site, stack, wish=where.ssh_key, person_home=where.person_home)
    names = {one.instance_id: one.name for one in ec2.machines(site.aws, stack.name)}
    return Reached(name=stack.name, swarm=connected(managers, names))
