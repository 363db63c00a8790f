"""Bring an image to every docker host over ssh: for a stax without a registry.

pushed = yield from push(site, PushRequest(image="web:1.4"), person_home=Path.home())
"""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from stax.engine.record import recorded
from stax.engine.selection import selected_stack
from stax.engine.services.archives import compressed, read_archive, save
from stax.engine.services.hosts import docker_hosts_of
from stax.engine.services.images import load_everywhere
from stax.engine.site import Site
from stax.events import Event, Finished, StaxNamed, StepStarted
from stax.model.images import Pushed

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class PushRequest:
    """What a person asks for."""

    image: str
    """An image of this machine's Docker, or a file that docker save wrote."""
    name: str = ""
    """The stax; empty: the only one there is."""
    ssh_key: Path | None = None


def push(site: Site, request: PushRequest, *, person_home: Path) -> Generator[Event, None, Pushed]:
    """Load the image on every docker host that has not got it, and tell who has.

    May be interrupted anywhere and run again: what is loaded stays.
    """
    stopwatch = site.stopwatch(0.0)
    with TemporaryDirectory(prefix="stax-push-") as scratch:
        file = Path(request.image) if Path(request.image).is_file() else save(request.image, Path(scratch))
        archive = read_archive(file)
        stack = selected_stack(site.aws, request.name)
        yield StaxNamed(name=stack.name, region=site.aws.place)
        hosts = yield from docker_hosts_of(site, stack, wish=request.ssh_key, person_home=person_home)
        with recorded(site, "push", stack.name):
            smaller = compressed(archive, Path(scratch))
            size_mib = smaller.stat().st_size / MIB
            yield StepStarted(
                step=f"bringing {archive.tags[0]} to {len(hosts.names)} docker hosts ({size_mib:.1f} MiB)"
            )
            became = yield from load_everywhere(hosts, archive, smaller)
    yield Finished(text=f"{archive.tags[0]} is on all {len(became)} docker hosts", elapsed_s=stopwatch.elapsed_s)
    return Pushed(name=stack.name, tags=archive.tags, image_id=archive.image_id, hosts=became)
