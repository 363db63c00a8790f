"""`stax push IMAGE`."""

from argparse import Namespace
from pathlib import Path

from stax.api.push import PushRequest, push
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Bring an image to every docker host."""
    key = Path(values.ssh_key) if values.ssh_key else None
    request = PushRequest(image=values.image, name=values.name or "", ssh_key=key)
    left = Interrupted("stopped; hosts that have the image keep it", hint="the same command again goes on")
    story = push(site_of(values, terminal), request, person_home=Path.home())
    pushed = follow(story, terminal, is_answer=True, interrupted=left)
    rows = [f"{host}  {became}" for host, became in pushed.hosts.items()]
    tell_result(
        pushed, [*rows, "docker hosts that come later have not got it: push again, or use a registry"], terminal
    )
    return Exit.DONE
