"""What a RunInstances request comes to, with its launch template and its image: pure.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html: any parameter of the
request overrides the same parameter of the template; tags are merged by resource type and key.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

USER_DATA_LIMIT_BYTES = 16 * 1024
"""Before base64: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html"""

MERGED_BY_KEY = ("MetadataOptions", "Placement", "Monitoring")
"""Structures of which request and template may each give a part."""

Request = dict[str, Any]


def with_template(request: Mapping[str, Any], template: Mapping[str, Any]) -> Request:
    """Return the request with what the template's data adds to it."""
    merged: Request = {name: value for name, value in template.items() if value is not None}
    if request.get("NetworkInterfaces"):
        merged.pop("NetworkInterfaces", None)
    if request.get("SecurityGroups") or request.get("NetworkInterfaces"):
        merged.pop("SecurityGroupIds", None)
    for name, value in request.items():
        if value is None or value in ([], {}):
            continue
        if name in MERGED_BY_KEY and isinstance(merged.get(name), Mapping):
            merged[name] = {**merged[name], **value}
        elif name != "TagSpecifications":
            merged[name] = value
    if merged.get("NetworkInterfaces") and not request.get("NetworkInterfaces"):
        merged = _in_subnet(merged)
    merged["TagSpecifications"] = merged_tags(
        template.get("TagSpecifications") or [], request.get("TagSpecifications") or []
    )
    return merged


def _in_subnet(merged: Request) -> Request:
    """Put the request's subnet onto the template's primary interface, as Auto Scaling does with a group's subnets."""
    subnet_id = merged.pop("SubnetId", None)
    interfaces = [
        {**interface, "SubnetId": subnet_id} if subnet_id and int(interface.get("DeviceIndex", 0)) == 0 else interface
        for interface in merged["NetworkInterfaces"]
    ]
    return {**merged, "NetworkInterfaces": interfaces}


def merged_tags(*specifications: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one tag specification a resource type; a later one overrides an earlier one's key."""
    tags: dict[str, dict[str, str]] = {}
    for specification in (one for some in specifications for one in some):
        if specification["ResourceType"] != "launch-template":
            of_type = tags.setdefault(specification["ResourceType"], {})
            of_type.update({tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", [])})
    return [
        {"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in of_type.items()]}
        for kind, of_type in tags.items()
        if of_type
    ]


def with_root_volume(mappings: list[Mapping[str, Any]], root_device: str, default_gib: int) -> list[dict[str, Any]]:
    """Return the block device mappings with the image's root volume, which a request may leave out or resize."""
    completed = []
    for mapping in mappings:
        volume = dict(mapping.get("Ebs") or {})
        if mapping["DeviceName"] == root_device and "NoDevice" not in mapping:
            volume.setdefault("VolumeSize", default_gib)
            volume.setdefault("DeleteOnTermination", True)
        completed.append({**mapping, "Ebs": volume} if volume else dict(mapping))
    if all(mapping["DeviceName"] != root_device for mapping in mappings):
        root = {"VolumeSize": default_gib, "DeleteOnTermination": True, "VolumeType": "gp3"}
        completed.insert(0, {"DeviceName": root_device, "Ebs": root})
    return completed


def second_volume(mappings: list[Mapping[str, Any]], root_device: str) -> str:
    """Return the device name of a volume beside the root's, or nothing: no machine would have that disk."""
    others = (each["DeviceName"] for each in mappings if each["DeviceName"] != root_device and "NoDevice" not in each)
    return next(others, "")


def root_volume_problem(mappings: Sequence[Mapping[str, Any]], image_gib: int) -> str:
    """Return what is wrong with the completed mappings' root volume, the first, or nothing."""
    size_gib = int(mappings[0].get("Ebs", {}).get("VolumeSize", image_gib))
    if size_gib < image_gib:
        return f"Volume of size {size_gib}GB is smaller than the image's snapshot, expect size >= {image_gib}GB"
    return ""


def with_deleted_interfaces(interfaces: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the interfaces so that those made for the launch go with the instance, unless asked otherwise."""
    return [
        dict(interface) if interface.get("NetworkInterfaceId") else {"DeleteOnTermination": True, **interface}
        for interface in interfaces
    ]


def count_problem(request: Mapping[str, Any]) -> str:
    """Return what is wrong with the counts, or nothing."""
    least, most = int(request.get("MinCount", 1)), int(request.get("MaxCount", 1))
    if least < 1 or most < least:
        return f"Value ({most}) for parameter maxCount is invalid. It must be at least minCount ({least}), at least 1."
    return ""


def user_data_problem(user_data: str | None) -> str:
    """Return what is wrong with base64 user data, or nothing."""
    try:
        size = len(base64.b64decode(user_data or "", validate=True))
    except (binascii.Error, ValueError):
        return "Invalid BASE64 encoding of user data."
    if size > USER_DATA_LIMIT_BYTES:
        return f"User data is limited to {USER_DATA_LIMIT_BYTES} bytes"
    return ""
