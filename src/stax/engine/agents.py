"""The agents of a stax's machines over ssh: the way to them, and what is asked of them."""

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stax.engine.access import PATIENCE_S, way_in
from stax.engine.site import Site
from stax.errors import NotFound, StaxError
from stax.events import Event
from stax.model.inventory import Machine
from stax.model.stack import Stack
from stax.remote.command import ssh_argv, ssh_program
from stax.remote.host import JUMPBOX, alias_of
from stax.remote.running import run_there

ANSWERS_WITHIN_S = 60.0
AGENT = ("sudo", "python3", "-I", "/opt/stax/agent.pyz")
"""The machines' own program; root reads what the agents keep."""


@dataclass(frozen=True)
class Agents:
    """The agents of a stax's machines, as they are reached from here."""

    program: str
    config: Path
    stax_name: str

    def argv(self, machine: str, *words: str, program: Sequence[str] = AGENT) -> list[str]:
        """Return ssh's arguments that have the agent of a machine do something."""
        return ssh_argv(self.program, self.config, alias_of(self.stax_name, machine), (*program, *words))

    def ask(self, machine: str, *words: str) -> dict[str, Any]:
        """Have the agent of a machine do something and return its answer.  Raises StaxError when it has none."""
        done = run_there(self.argv(machine, *words), machine=machine, limit_s=ANSWERS_WITHIN_S)
        try:
            said = json.loads(done.stdout)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
            raise StaxError(f"{machine} has no answer: {last}", hint=OLDER)
        return said


OLDER = "a machine made by an older stax does not know the question: replace it after stax update --image latest"


def agents_of(
    site: Site, stack: Stack, names: Sequence[str], *, key: Path, patience_s: float = PATIENCE_S
) -> Generator[Event, None, Agents]:
    """Make ready the way to these machines; waits for their host keys.

    Raises NotFound for a machine that is not there, Unhealthy when its host key is not published in time.
    """

    def needed(machines: Sequence[Machine]) -> Sequence[Machine]:
        there = {machine.name: machine for machine in machines}
        for name in (JUMPBOX, *names):
            if name not in there:
                raise NotFound(f"{stack.name} has no {name}", hint=site.aws.command("repair", stack.name))
        return [there[name] for name in (JUMPBOX, *names)]

    program = ssh_program()
    way = yield from way_in(site, stack, needed, key=key, patience_s=patience_s)
    return Agents(program, way.config, stack.name)
