"""The images of a region: Flatcar's, and Amazon Linux as its SSM parameters name it.

moto: 1,300 images of 2017 and later, none of them Flatcar's, at 0.4 s and half of the account's
dump for every region; all show a root volume of 15 GiB.
AWS: Flatcar's images belong to account 075585003325 and are called `Flatcar-<channel>-<version>-hvm`.
https://www.flatcar.org/docs/latest/installing/cloud/aws-ec2/
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.models.amis import Ami, AmiBackend
from moto.utilities.utils import load_resource

from stax_local.emulator.images import FLATCAR_OWNER, FLATCAR_ROOT_DEVICE, FLATCAR_ROOT_GIB, flatcar_images
from stax_local.emulator.patches.patch import Patch

PATCH = Patch("images")


@PATCH.wraps(AmiBackend, "_load_amis")
def _load(_original: Callable[..., Any], self: Any) -> None:
    for image in flatcar_images(self.region_name):
        self.amis[image.id] = Ami(
            self,
            image.id,
            name=image.name,
            description=f"{image.name} for {image.architecture}",
            owner_id=FLATCAR_OWNER,
            public=True,
            virtualization_type="hvm",
            architecture=image.architecture,
            creation_date=image.created_at,
            image_location=f"{FLATCAR_OWNER}/{image.name}",
            hypervisor="xen",
            root_device_type="ebs",
            root_device_name=FLATCAR_ROOT_DEVICE,
            region_name=f"{self.region_name}a",
            boot_mode="uefi-preferred",
        )
    for image_of_amazon in _amazon_linux(self.region_name):
        self.amis[image_of_amazon["ami_id"]] = Ami(self, **{**image_of_amazon, "owner_alias": "amazon"})


def _amazon_linux(region: str) -> list[dict[str, Any]]:
    try:
        images: list[dict[str, Any]] = load_resource(f"ec2/resources/latest_amis/{region}.json")
    except FileNotFoundError:  # a region that is newer than this moto
        return []
    return [{name: value for name, value in image.items() if name != "creation_date"} for image in images]


_shown_mappings = Ami.block_device_mappings.fget  # type: ignore[attr-defined]


def _mappings(image: Any) -> list[dict[str, Any]]:
    mappings: list[dict[str, Any]] = _shown_mappings(image)
    if image.owner_id == FLATCAR_OWNER:
        mappings[0]["Ebs"] |= {"VolumeSize": FLATCAR_ROOT_GIB, "VolumeType": "gp3", "DeleteOnTermination": True}
    return mappings


PATCH.sets(Ami, "block_device_mappings", property(_mappings))
