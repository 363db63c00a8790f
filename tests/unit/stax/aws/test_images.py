"""The newest image of a channel, looked up by who made it and what it is called."""

from collections.abc import Iterator
from typing import Any

import pytest

from stax.aws.endpoints import Endpoint
from stax.aws.images import FLATCAR_ACCOUNT, newest_image
from stax.aws.session import Aws
from stax.errors import NotFound


class Shop(Aws):
    """A region with these images."""

    def __init__(self, *images: dict[str, str]) -> None:
        super().__init__(Endpoint(name="test", region="us-east-1"))
        self.images = images
        self.asked: dict[str, Any] = {}

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[Any]:
        self.asked = parameters
        yield from self.images


def image(version: str, created: str) -> dict[str, str]:
    return {"ImageId": f"ami-{version}", "Name": f"Flatcar-stable-{version}-hvm", "CreationDate": created}


def test_the_newest_is_the_one_published_last_not_the_one_named_last() -> None:
    shop = Shop(image("999", "2026-05-01T00:00:00.000Z"), image("1000", "2026-06-01T00:00:00.000Z"))

    assert newest_image(shop, channel="stable", architecture="x86_64").image_id == "ami-1000"


def test_only_its_makers_images_of_the_channel_and_architecture_are_asked_for() -> None:
    shop = Shop(image("1", "2026-01-01T00:00:00.000Z"))

    newest_image(shop, channel="lts", architecture="arm64")

    filters = {each["Name"]: each["Values"] for each in shop.asked["Filters"]}
    assert shop.asked["Owners"] == [FLATCAR_ACCOUNT]
    assert filters["name"] == ["Flatcar-lts-*"]
    assert filters["architecture"] == ["arm64"]
    assert filters["state"] == ["available"]


def test_a_region_without_such_an_image_is_said() -> None:
    with pytest.raises(NotFound, match="no Flatcar image of channel alpha for arm64"):
        newest_image(Shop(), channel="alpha", architecture="arm64")
