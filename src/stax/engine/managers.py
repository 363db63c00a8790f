"""The docker hosts that can answer for the Swarm, and asking one of them."""

import json
import subprocess
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stax.aws import ec2
from stax.aws.cluster_report import cluster_report
from stax.engine.agents import ANSWERS_WITHIN_S, OLDER, Agents, agents_of
from stax.engine.cluster import servers
from stax.engine.private_key import private_key_of
from stax.engine.site import Site
from stax.errors import NotFound, StaxError, Unhealthy
from stax.events import Event
from stax.model.inventory import Machine
from stax.model.stack import Stack
from stax.remote.running import run_there

TRIED = 3
"""So many managers are asked, one after the other, before it is said that none answers."""


@dataclass(frozen=True)
class Managers:
    """The way to a stax's managers: their names, the leader first."""

    agents: Agents
    names: tuple[str, ...]

    def run(self, *words: str, limit_s: float) -> subprocess.CompletedProcess[str]:
        """Have the agent of the first manager that can be reached do something; raises StaxError when none can."""
        unreached: list[StaxError] = []
        for name in self.names[:TRIED]:
            try:
                return run_there(self.agents.argv(name, *words), machine=name, limit_s=limit_s)
            except Unhealthy:
                raise  # it was reached, and what it does may have been done
            except StaxError as error:
                unreached.append(error)
        raise unreached[0]

    def ask(self, *words: str, limit_s: float = ANSWERS_WITHIN_S) -> dict[str, Any]:
        """Have the agent of a manager answer with a JSON object.  Raises StaxError when it has none."""
        done = self.run(*words, limit_s=limit_s)
        try:
            said = json.loads(done.stdout)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
            raise StaxError(f"the managers have no answer: {last}", hint=OLDER)
        return said


def managers_of(site: Site, stack: Stack, *, wish: Path | None, person_home: Path) -> Generator[Event, None, Managers]:
    """Find the managers by the hosts' report, any docker host where there is none, and make ready the way to them."""
    hosts = [one for one in ec2.machines(site.aws, stack.name) if one.role == "docker" and one.state == "running"]
    if not hosts:
        raise NotFound(f"{stack.name} has no docker host that runs", hint=site.aws.command("desc-auto", stack.name))
    report = cluster_report(site.aws, stack.name)
    ranked = _ranked(hosts, servers(report, "swarm") if report else ())
    key = private_key_of(site, stack, wish=wish, person_home=person_home)
    agents = yield from agents_of(site, stack, [ranked[0]], key=key)
    return Managers(agents, tuple(ranked))


def _ranked(hosts: Sequence[Machine], managers: Sequence[str]) -> list[str]:
    names = {host.instance_id: host.name for host in hosts}
    known = [names[instance_id] for instance_id in managers if instance_id in names]
    return known or [host.name for host in hosts]
