"""What ssh, scp, rsync and editors need to reach the machines of a stax."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from stax.engine.access import way_in
from stax.engine.private_key import private_key_of
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.events import Event, Warned


@dataclass(frozen=True, kw_only=True)
class SshConfig:
    """An ssh configuration, and the file in which it is kept."""

    name: str
    path: Path
    text: str


def ssh_config(
    site: Site, name: str = "", *, person_home: Path, ssh_key: Path | None = None
) -> Generator[Event, None, SshConfig]:
    """Pin the host keys that are published by now, write the configuration, and return it.

    A machine that has published none is in it too: ssh refuses it until this has been run again.
    """
    stack = selected_stack(site.aws, name)
    key = private_key_of(site, stack, wish=ssh_key, person_home=person_home)
    way = yield from way_in(site, stack, lambda _: (), key=key)
    for machine in way.unpublished:
        text = f"{machine} has published no host key yet: ssh will refuse it"
        yield Warned(text=text, hint="once it is up, run this again")
    return SshConfig(name=stack.name, path=way.config, text=way.text)
