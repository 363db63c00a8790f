"""Images that were pushed and are in no registry: which docker hosts have not got them, as one that came later."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from stax.engine.agents import Agents
from stax.errors import StaxError
from stax.model.checkup import CheckItem
from stax.remote.docker_api import DIAL, Docker

AT_ONCE = 8
_HUB = ("docker.io/library/", "docker.io/")


def of_images(agents: Agents, hosts: Sequence[str], advice: str) -> Iterator[CheckItem]:
    """Yield for each pushed image whether every docker host has it; nothing where all come from registries."""
    for image, lacking in missing(agents, hosts).items():
        on = f"{', '.join(lacking)} has not got it" if lacking else "on every docker host"
        yield CheckItem(
            group="images",
            subject=image,
            verdict="note" if lacking else "ok",
            finding=f"pushed, not from a registry: {on}",
            advice=f"{advice} {image}" if lacking else "",
        )


def missing(agents: Agents, hosts: Sequence[str]) -> dict[str, list[str]]:
    """Return the docker hosts that lack it for each image that a service runs by its name alone."""
    wanted = pushed(_services(agents, hosts))
    if not wanted:
        return {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        held = dict(zip(hosts, pool.map(lambda host: _held(agents, host), hosts), strict=True))
    return lacking(wanted, {host: names for host, names in held.items() if names is not None})


def pushed(services: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the images of services that no registry has told the digest of.  Pure."""
    images = {str(one["Spec"]["TaskTemplate"].get("ContainerSpec", {}).get("Image", "")) for one in services}
    return sorted(one for one in images if one and "@" not in one)


def lacking(wanted: Sequence[str], held: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return which hosts have not got each image; `held` tells the names that each host has.  Pure."""
    return {image: [host for host, names in held.items() if _full(image) not in names] for image in wanted}


def _full(image: str) -> str:
    """Return an image's name as Docker lists it."""
    for hub in _HUB:
        image = image.removeprefix(hub)
    return image if ":" in image.rpartition("/")[2] else f"{image}:latest"


def _services(agents: Agents, hosts: Sequence[str]) -> list[Mapping[str, Any]]:
    """Ask the first that is a manager; a worker refuses."""
    for host in hosts:
        try:
            with closing(_docker(agents, host)) as docker:
                found: list[Mapping[str, Any]] = docker.get("/services")
                return found
        except StaxError:
            continue
    return []


def _held(agents: Agents, host: str) -> list[str] | None:
    """Return the names of a host's images; None for one that does not answer, which is told elsewhere."""
    try:
        with closing(_docker(agents, host)) as docker:
            return [str(tag) for one in docker.get("/images/json") for tag in one.get("RepoTags") or ()]
    except StaxError:
        return None


def _docker(agents: Agents, host: str) -> Docker:
    return Docker(agents.argv(host, *DIAL[1:], program=DIAL[:1]), machine=host)
