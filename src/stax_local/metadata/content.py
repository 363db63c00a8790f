"""What the metadata service tells a machine, from the account and its role's credentials."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network

from stax_local.desired import Instance, NetworkInterface, PrivateAddress, World
from stax_local.metadata.tree import Folder, Leaf, without_empty

Credentials = Callable[[Instance], Mapping[str, str]]
"""Gives the AccessKeyId, SecretAccessKey, Token, LastUpdated and Expiration of the instance's role."""

TargetState = Callable[[Instance], str]
"""Gives where the instance's group is taking it; empty when it has no group."""

_GROUP_TAG = "aws:autoscaling:groupName"


@dataclass(frozen=True, slots=True)
class Services:
    """Who is asked when a machine reads what is not in the account's own records."""

    credentials: Credentials
    target_lifecycle_state: TargetState


def metadata(world: World, instance: Instance, services: Services) -> Folder:
    """Everything under /latest."""
    user_data = _decoded(instance.user_data)
    return Folder(
        without_empty(
            {
                "dynamic": Folder({"instance-identity": Folder({"document": identity_document(world, instance)})}),
                "meta-data": Folder(_meta_data(world, instance, services)),
                "user-data": user_data,
            }
        )
    )


def private_hostname(address: str, region: str) -> str:
    """The DNS name of a private address, in the region's own spelling."""
    return f"ip-{address.replace('.', '-')}.{internal_domain(region)}"


def internal_domain(region: str) -> str:
    """The domain of all private names of an AWS region."""
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def public_hostname(address: str, region: str) -> str:
    """The DNS name of a public address."""
    domain = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{address.replace('.', '-')}.{domain}.amazonaws.com"


def identity_document(world: World, instance: Instance) -> str:
    """The instance identity document; unsigned, for nobody outside trusts this region."""
    return json.dumps(
        {
            "accountId": instance.account_id,
            "architecture": "arm64" if instance.architecture == "arm64" else "x86_64",
            "availabilityZone": instance.availability_zone,
            "billingProducts": None,
            "devpayProductCodes": None,
            "imageId": instance.image_id,
            "instanceId": instance.id,
            "instanceType": instance.instance_type,
            "kernelId": None,
            "marketplaceProductCodes": None,
            "pendingTime": _timestamp(instance.launch_time),
            "privateIp": _primary(_interfaces(world, instance)[0]).address,
            "ramdiskId": None,
            "region": instance.region,
            "version": "2017-09-30",
        },
        indent=2,
    )


def _meta_data(world: World, instance: Instance, services: Services) -> Mapping[str, Folder | Leaf]:
    interfaces = _interfaces(world, instance)
    return without_empty(
        {
            **_first_interface(world, instance, interfaces[0]),
            "ami-id": instance.image_id,
            "ami-launch-index": "0",
            "ami-manifest-path": "(unknown)",
            "autoscaling": _autoscaling(instance, services.target_lifecycle_state),
            "block-device-mapping": Folder(_block_devices(instance)),
            "iam": _iam(instance, services.credentials),
            "instance-action": "none",
            "instance-id": instance.id,
            "instance-life-cycle": "on-demand",
            "instance-type": instance.instance_type,
            "network": Folder({"interfaces": Folder({"macs": _macs(world, instance, interfaces)})}),
            "placement": Folder({"availability-zone": instance.availability_zone, "region": instance.region}),
            "profile": "default-hvm",
            "public-keys": _public_keys(instance),
            "services": Folder({"domain": "amazonaws.com", "partition": "aws"}),
            "tags": Folder({"instance": Folder(dict(instance.tags))} if instance.metadata_options.tags_enabled else {}),
        }
    )


def _first_interface(world: World, instance: Instance, interface: NetworkInterface) -> Mapping[str, str]:
    """What the top of the metadata repeats of the first network interface."""
    address = _primary(interface)
    hostname = private_hostname(address.address, instance.region)
    return {
        "hostname": hostname,
        "local-hostname": hostname,
        "local-ipv4": address.address,
        "mac": interface.mac_address,
        "public-hostname": public_hostname(address.public_ip, instance.region) if address.public_ip else "",
        "public-ipv4": address.public_ip,
        "security-groups": _group_names(world, interface),
    }


def _interfaces(world: World, instance: Instance) -> list[NetworkInterface]:
    return [world.network_interfaces[each] for each in instance.network_interface_ids]


def _primary(interface: NetworkInterface) -> PrivateAddress:
    return next(address for address in interface.addresses if address.is_primary)


def _block_devices(instance: Instance) -> dict[str, Folder | Leaf]:
    """The root device by its two names, then every further volume."""
    devices = [volume.device_name for volume in instance.volumes]
    named: dict[str, Folder | Leaf] = {f"ebs{number}": device for number, device in enumerate(devices[1:], start=1)}
    root = devices[0] if devices else "/dev/xvda"
    return {"ami": root, "root": root, **named}


def _autoscaling(instance: Instance, target_state: TargetState) -> Folder:
    if _GROUP_TAG not in instance.tags:
        return Folder({})
    return Folder({"target-lifecycle-state": lambda: target_state(instance)})


def _iam(instance: Instance, credentials: Credentials) -> Folder:
    if not instance.role_name:
        return Folder({})
    info = {
        "Code": "Success",
        "LastUpdated": _timestamp(instance.launch_time),
        "InstanceProfileArn": instance.instance_profile_arn,
    }
    return Folder(
        {
            "info": json.dumps(info, indent=2),
            "security-credentials": Folder({instance.role_name: lambda: _credentials(credentials(instance))}),
        }
    )


def _credentials(given: Mapping[str, str]) -> str:
    return json.dumps({"Code": "Success", "Type": "AWS-HMAC", **given}, indent=2)


def _macs(world: World, instance: Instance, interfaces: list[NetworkInterface]) -> Folder:
    return Folder({each.mac_address: Folder(_interface(world, instance, each)) for each in interfaces})


def _interface(world: World, instance: Instance, interface: NetworkInterface) -> dict[str, Folder | Leaf]:
    addresses = sorted(interface.addresses, key=lambda address: not address.is_primary)
    public = [address for address in addresses if address.public_ip]
    vpc = world.vpcs[interface.vpc_id]
    return without_empty(
        {
            "device-number": str(interface.device_index),
            "interface-id": interface.id,
            "ipv4-associations": Folder({each.public_ip: each.address for each in public}),
            "local-hostname": private_hostname(addresses[0].address, instance.region),
            "local-ipv4s": "\n".join(each.address for each in addresses),
            "mac": interface.mac_address,
            "owner-id": instance.account_id,
            "public-hostname": public_hostname(public[0].public_ip, instance.region) if public else "",
            "public-ipv4s": "\n".join(each.public_ip for each in public),
            "security-group-ids": "\n".join(sorted(interface.group_ids)),
            "security-groups": _group_names(world, interface),
            "subnet-id": interface.subnet_id,
            "subnet-ipv4-cidr-block": str(IPv4Network(world.subnets[interface.subnet_id].cidr_block)),
            "vpc-id": interface.vpc_id,
            "vpc-ipv4-cidr-block": vpc.cidr_blocks[0],
            "vpc-ipv4-cidr-blocks": "\n".join(vpc.cidr_blocks),
        }
    )


def _group_names(world: World, interface: NetworkInterface) -> str:
    groups = [world.security_groups[each] for each in interface.group_ids if each in world.security_groups]
    return "\n".join(sorted(group.name for group in groups))


def _public_keys(instance: Instance) -> Folder:
    if not instance.public_key:
        return Folder({})
    key = Folder({"openssh-key": instance.public_key})
    return Folder({"0": key}, listed={"0": f"0={instance.key_name}"})


def _decoded(user_data: str) -> str:
    """User data as the machine gets it: bytes, of which every one is kept (latin-1)."""
    try:
        return base64.b64decode(user_data, validate=True).decode("latin-1")
    except binascii.Error:
        return ""


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
