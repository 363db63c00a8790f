"""The machine image: Flatcar Container Linux, the newest of its channel, looked up and never frozen."""

from dataclasses import dataclass

from stax.aws.session import Aws
from stax.errors import NotFound

# Flatcar's own AWS account (flatcar.org, "Booting Flatcar on AWS"): a name alone could be anybody's image.
FLATCAR_ACCOUNT = "075585003325"


@dataclass(frozen=True, kw_only=True)
class Image:
    """A machine image."""

    image_id: str
    name: str
    created: str
    """When it was published, as AWS writes it (ISO 8601, UTC)."""


def newest_image(aws: Aws, *, channel: str, architecture: str) -> Image:
    """Return the newest image of a channel for an architecture.  Raises NotFound when the region has none."""
    filters = [
        {"Name": "name", "Values": [f"Flatcar-{channel}-*"]},
        {"Name": "architecture", "Values": [architecture]},
        {"Name": "state", "Values": ["available"]},
        {"Name": "virtualization-type", "Values": ["hvm"]},
    ]
    found = [
        Image(image_id=item["ImageId"], name=item["Name"], created=item["CreationDate"])
        for item in aws.pages("ec2", "DescribeImages", "Images", Owners=[FLATCAR_ACCOUNT], Filters=filters)
    ]
    if not found:
        message = f"{aws.place} has no Flatcar image of channel {channel} for {architecture}"
        raise NotFound(message, hint="try another Channel or Architecture, or another region")
    return max(found, key=lambda image: (image.created, image.name))
