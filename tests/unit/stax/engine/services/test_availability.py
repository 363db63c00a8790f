"""Where an image can be had, and why it cannot."""

from http import HTTPStatus
from typing import Any

import pytest

from stax.engine.services.availability import Availability, looked_up
from stax.remote.docker_api import Docker, DockerRefuses, Unreachable


class Engine(Docker):
    """Has some images, and a registry that answers as it is told to."""

    def __init__(self, registry: str = "") -> None:
        self.machine = "docker1"
        self._registry = registry

    def get(self, path: str, *_: Any, **__: Any) -> Any:
        if path == "/images/here:1/json":
            return {}
        if path.startswith("/images"):
            raise DockerRefuses("no such image", HTTPStatus.NOT_FOUND)
        if self._registry == "silent":
            raise Unreachable("timed out")
        if self._registry:
            raise DockerRefuses(self._registry, HTTPStatus.INTERNAL_SERVER_ERROR)
        return {"Descriptor": {}}


def of(image: str, registry: str = "") -> Availability:
    (found,) = looked_up(Engine(registry), [image, image])
    return found


def test_an_image_on_the_host_needs_no_registry():
    assert of("here:1", "silent") == Availability(image="here:1")


def test_one_in_the_registry_can_be_pulled():
    assert of("web:1").is_in_registry


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("manifest unknown: tag 9", "there is no image web:9: manifest unknown"),
        ("errors: denied: requested access", "stax registry login"),
        ("dial tcp: lookup registry: no such host", "no registry answers for web:9, and docker1 does not have it"),
        ("connect: connection refused", "stax push web:9"),
        ("silent", "no registry answered for web:9 within 20 s"),
    ],
)
def test_why_it_cannot_be_had(said, told):
    assert told in of("web:9", said).complaint
