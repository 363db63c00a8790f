"""The images that the region offers."""

from typing import Any

import pytest

from stax_local.emulator.patches import images

mends = pytest.mark.mends(images.PATCH)


@mends
@pytest.mark.parametrize("channel", ["stable", "beta", "alpha", "lts"])
@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_every_channel_has_images_of_both_architectures(account: Any, channel: str, architecture: str) -> None:
    wanted = [
        {"Name": "name", "Values": [f"Flatcar-{channel}-*"]},
        {"Name": "architecture", "Values": [architecture]},
        {"Name": "virtualization-type", "Values": ["hvm"]},
        {"Name": "state", "Values": ["available"]},
    ]

    found = account.ec2.describe_images(Owners=["075585003325"], Filters=wanted)["Images"]

    assert len(found) >= 2
    assert len({image["CreationDate"] for image in found}) == len(found)
    (root,) = found[0]["BlockDeviceMappings"]
    assert (root["DeviceName"], root["Ebs"]["VolumeSize"]) == ("/dev/xvda", 8)


def test_the_image_that_amazons_parameter_names_exists(account: Any) -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    image_id = account.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]

    (image,) = account.ec2.describe_images(ImageIds=[image_id])["Images"]

    assert image["Architecture"] == "x86_64"


def test_other_regions_have_other_ids_for_the_same_images(account: Any) -> None:
    here = account.ec2.describe_images(Owners=["075585003325"])["Images"]
    there = account.client("ec2", "eu-west-1").describe_images(Owners=["075585003325"])["Images"]

    assert {image["Name"] for image in here} == {image["Name"] for image in there}
    assert not {image["ImageId"] for image in here} & {image["ImageId"] for image in there}
