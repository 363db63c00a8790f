"""The docker hosts themselves, one by one, and the Docker of each over ssh."""

import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from stax.aws import ec2
from stax.engine.agents import Agents, agents_of
from stax.engine.private_key import private_key_of
from stax.engine.site import Site
from stax.errors import NotFound, StaxError
from stax.events import Event
from stax.model.stack import Stack
from stax.remote.feeding import Given, feed_there

ROOT = ("sudo",)
ANSWERS_WITHIN_S = 60.0


@dataclass(frozen=True)
class DockerHosts:
    """The way to the docker hosts that run, by their names."""

    agents: Agents
    names: tuple[str, ...]

    def attempt(
        self, machine: str, *words: str, given: Given = b"", limit_s: float = ANSWERS_WITHIN_S
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command as root on a docker host, whatever it ends with; raises StaxError when it cannot be reached."""
        argv = self.agents.argv(machine, *words, program=ROOT)
        return feed_there(argv, given, machine=machine, limit_s=limit_s)

    def run(self, machine: str, *words: str, given: Given = b"", limit_s: float = ANSWERS_WITHIN_S) -> str:
        """Run a command as root on a docker host and return what it says; raises StaxError with its last words."""
        done = self.attempt(machine, *words, given=given, limit_s=limit_s)
        if done.returncode:
            raise StaxError(f"{machine}: {last_words(done)}")
        return done.stdout


def last_words(done: "subprocess.CompletedProcess[str]") -> str:
    """Return what a command said last before it failed."""
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return said[-1] if said else f"exit code {done.returncode}"


def docker_hosts_of(
    site: Site, stack: Stack, *, wish: Path | None, person_home: Path
) -> Generator[Event, None, DockerHosts]:
    """Make ready the way to every docker host that runs; raises NotFound when there is none."""
    hosts = [one for one in ec2.machines(site.aws, stack.name) if one.role == "docker" and one.state == "running"]
    if not hosts:
        raise NotFound(f"{stack.name} has no docker host that runs", hint=site.aws.command("desc-auto", stack.name))
    key = private_key_of(site, stack, wish=wish, person_home=person_home)
    names = tuple(one.name for one in hosts)
    agents = yield from agents_of(site, stack, names, key=key)
    return DockerHosts(agents, names)
