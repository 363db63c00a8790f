"""Whether the images of a deployment can be had: on the docker host that is asked, or in their registry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from stax.remote.docker_api import Docker, DockerRefuses, Unreachable

REGISTRY_WITHIN_S = 20.0
_NOWHERE = ("not found", "manifest unknown", "does not exist", "name unknown")
_DENIED = ("unauthorized", "denied", "authentication", "forbidden")
_NO_HOST = "no such host"


@dataclass(frozen=True, kw_only=True)
class Availability:
    """What is known of an image."""

    image: str
    complaint: str = ""
    """Why it cannot be had from anywhere, in words; empty when it can."""
    is_in_registry: bool = False


def looked_up(
    docker: Docker, images: Iterable[str], headers: Mapping[str, Mapping[str, str]] | None = None
) -> list[Availability]:
    """Return where each image can be had: from the host itself, else from its registry.

    `headers` tells, by image, what to say to its registry.
    """
    return [_look_up(docker, one, (headers or {}).get(one, {})) for one in sorted(set(images))]


def _look_up(docker: Docker, image: str, headers: Mapping[str, str]) -> Availability:
    try:
        docker.get(f"/images/{image}/json")
    except DockerRefuses as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            return Availability(image=image, complaint=f"{image} is no image's name: {refusal.message}")
        return _in_registry(docker, image, headers)
    return Availability(image=image)


def _in_registry(docker: Docker, image: str, headers: Mapping[str, str]) -> Availability:
    try:
        docker.get(f"/distribution/{image}/json", limit_s=REGISTRY_WITHIN_S, headers=headers)
    except DockerRefuses as refusal:
        return Availability(image=image, complaint=_in_words(image, docker.machine, refusal.message))
    except Unreachable:
        why = f"no registry answered for {image} within {REGISTRY_WITHIN_S:.0f} s: stax push {image} does without one"
        return Availability(image=image, complaint=why)
    return Availability(image=image, is_in_registry=True)


def _in_words(image: str, machine: str, message: str) -> str:
    """Return the registry's no as a sentence; Docker passes on what registries say in words alone."""
    said = message.lower()
    if any(word in said for word in _DENIED):
        return f"the registry does not give {image}: it does not exist, or it takes stax registry login"
    if any(word in said for word in _NOWHERE) and _NO_HOST not in said:
        return f"there is no image {image}: {message}"
    return f"no registry answers for {image}, and {machine} does not have it: stax push {image}"
