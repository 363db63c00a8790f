"""Log in to a machine of a stax, or run a command there.

    session = yield from connect(site, ConnectRequest(target="docker"))
    os.execv(session.argv[0], session.argv)

Nothing is asked of the machine before its host key is pinned, and nothing of the person's ~/.ssh is
changed.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from stax.aws import ec2
from stax.engine.access import PATIENCE_S, way_in
from stax.engine.private_key import private_key_of
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import NotFound
from stax.events import Event, StepDetail
from stax.model.inventory import Machine
from stax.remote.command import ssh_argv, ssh_program
from stax.remote.host import JUMPBOX, alias_of
from stax.remote.targets import Choose, chosen_machine

_any_of: Choose = SystemRandom().choice


@dataclass(frozen=True, kw_only=True)
class ConnectRequest:
    """What a person asks for."""

    name: str = ""
    """The stax; empty: the only one there is."""
    target: str = ""
    """jump, nat1, nat2, docker (any of them), docker2, an instance id or an address; empty: the jumpbox."""
    words: tuple[str, ...] = ()
    """A command and its arguments, to be run there as they are; none: a login."""
    wants_tty: bool = False
    """Give the command a terminal of its own, which a login has anyway."""
    ssh_key: Path | None = None
    """The private key, by the path of either half; None: the one here that the machines trust."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """What to become: ssh's arguments, the program first; and the machine at the other end."""

    argv: tuple[str, ...]
    machine: Machine


def connect(
    site: Site,
    request: ConnectRequest,
    *,
    person_home: Path,
    choose: Choose = _any_of,
    patience_s: float = PATIENCE_S,
) -> Generator[Event, None, Session]:
    """Find the machine, wait until it can be trusted, and return the ssh command that leads to it.

    Raises NotFound with what there is, Unhealthy when the machine has published no host key in time,
    ChangedHostKey when it is not the one that was pinned.
    """
    program = ssh_program()
    stack = selected_stack(site.aws, request.name)
    machine = chosen_machine(ec2.machines(site.aws, stack.name), request.target, choose)
    if request.target == "docker":
        yield StepDetail(text=f"{machine.name}, {machine.instance_id}, {machine.private_ip}")
    key = private_key_of(site, stack, wish=request.ssh_key, person_home=person_home)

    def needed(machines: Sequence[Machine]) -> Sequence[Machine]:
        there = [one for one in machines if one.name == JUMPBOX or one.instance_id == machine.instance_id]
        if not any(one.name == JUMPBOX for one in there):
            raise NotFound(f"{stack.name} has no jumpbox, the only way in", hint=f"stax repair {stack.name}")
        if not any(one.instance_id == machine.instance_id for one in there):
            raise NotFound(f"{machine.name} ({machine.instance_id}) is gone", hint=f"stax describe {stack.name}")
        return there

    way = yield from way_in(site, stack, needed, key=key, patience_s=patience_s)
    destination = alias_of(stack.name, machine.name)
    argv = ssh_argv(program, way.config, destination, request.words, wants_tty=request.wants_tty)
    return Session(argv=tuple(argv), machine=machine)
