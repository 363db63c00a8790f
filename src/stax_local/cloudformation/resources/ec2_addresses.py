"""Network interfaces and Elastic IP addresses."""

from typing import Any

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import (  # fmt: skip
    FLAG,
    TAGS,
    TEXT,
    TEXTS,
    WHOLE,
    ListOf,
    ResourceType,
    Text,
    replaces,
    structure,
    updates,
)
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen, or_absent


def _create_interface(work: Work, properties: Properties) -> str:
    ec2 = work.client("ec2")
    interface = ec2.create_network_interface(
        **chosen(properties, "SubnetId", "Description", "PrivateIpAddress", "InterfaceType"),
        **chosen(properties, "PrivateIpAddresses", "SecondaryPrivateIpAddressCount"),
        **({"Groups": properties["GroupSet"]} if "GroupSet" in properties else {}),
        TagSpecifications=tagging.specifications("network-interface", work, properties),
    )["NetworkInterface"]
    interface_id = str(interface["NetworkInterfaceId"])
    work.made(interface_id)
    if properties.get("SourceDestCheck") is False:
        _modify_interface(work, interface_id, SourceDestCheck={"Value": False})
    return interface_id


def _modify_interface(work: Work, interface_id: str, **attribute: Any) -> None:
    work.client("ec2").modify_network_interface_attribute(NetworkInterfaceId=interface_id, **attribute)


def _update_interface(work: Work, change: Change) -> None:
    if change.touches("Description"):
        _modify_interface(work, change.physical_id, Description={"Value": change.after.get("Description", "")})
    if change.touches("GroupSet"):
        _modify_interface(work, change.physical_id, Groups=change.after.get("GroupSet", []))
    if change.touches("SourceDestCheck"):
        wanted = change.after.get("SourceDestCheck", True)
        _modify_interface(work, change.physical_id, SourceDestCheck={"Value": wanted})
    if change.touches("SecondaryPrivateIpAddressCount"):
        _set_secondary_addresses(work, change.physical_id, change.after.get("SecondaryPrivateIpAddressCount", 0))
    tagging.update_ec2(work, change)


def _set_secondary_addresses(work: Work, interface_id: str, count: int) -> None:
    ec2 = work.client("ec2")
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface_id])["NetworkInterfaces"][0]
    secondary = [each["PrivateIpAddress"] for each in found["PrivateIpAddresses"] if not each.get("Primary")]
    if missing := max(count - len(secondary), 0):
        ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, SecondaryPrivateIpAddressCount=missing)
    if secondary[count:]:
        ec2.unassign_private_ip_addresses(NetworkInterfaceId=interface_id, PrivateIpAddresses=secondary[count:])


def _read_interface(work: Work, interface_id: str, _properties: Properties) -> Live | None:
    found = or_absent(work.client("ec2").describe_network_interfaces, NetworkInterfaceIds=[interface_id])
    if not found or not found["NetworkInterfaces"]:
        return None
    interface = found["NetworkInterfaces"][0]
    secondary = [e["PrivateIpAddress"] for e in interface.get("PrivateIpAddresses", []) if not e.get("Primary")]
    live = {
        **chosen(interface, "SubnetId", "Description", "SourceDestCheck", "PrivateIpAddress"),
        "GroupSet": [each["GroupId"] for each in interface.get("Groups", [])],
        "Tags": tagging.own(interface.get("TagSet", [])),
    }
    attributes = {
        "Id": interface_id,
        "PrimaryPrivateIpAddress": interface["PrivateIpAddress"],
        "SecondaryPrivateIpAddresses": secondary,
        "VpcId": interface.get("VpcId", ""),
    }
    return Live(live, attributes)


def _delete_interface(work: Work, interface_id: str, _properties: Properties) -> None:
    work.retry_while_used(lambda: work.client("ec2").delete_network_interface(NetworkInterfaceId=interface_id))


INTERFACE = ResourceType(
    "AWS::EC2::NetworkInterface",
    {
        "SubnetId": replaces(required=True),
        "Description": updates(),
        "GroupSet": updates(TEXTS),
        "InterfaceType": replaces(hidden=True),
        "PrivateIpAddress": replaces(),
        "PrivateIpAddresses": replaces(
            ListOf(structure("Primary", "PrivateIpAddress", Primary=FLAG, PrivateIpAddress=TEXT)), hidden=True
        ),
        "SecondaryPrivateIpAddressCount": updates(WHOLE, hidden=True),
        "SourceDestCheck": updates(FLAG),
        "Tags": updates(TAGS),
    },
    _create_interface,
    _read_interface,
    _delete_interface,
    _update_interface,
    tagging.left_by("network-interface"),
    frozenset({"Id", "PrimaryPrivateIpAddress", "SecondaryPrivateIpAddresses", "VpcId"}),
)


def _create_address(work: Work, properties: Properties) -> str:
    ec2 = work.client("ec2")
    allocated = ec2.allocate_address(
        Domain="vpc",
        **chosen(properties, "Address"),
        TagSpecifications=tagging.specifications("elastic-ip", work, properties),
    )
    work.made(allocated["PublicIp"])
    if "InstanceId" in properties:
        ec2.associate_address(AllocationId=allocated["AllocationId"], InstanceId=properties["InstanceId"])
    return str(allocated["PublicIp"])


def _address(work: Work, public_ip: str) -> dict[str, Any] | None:
    found = or_absent(work.client("ec2").describe_addresses, PublicIps=[public_ip])
    return found["Addresses"][0] if found and found["Addresses"] else None


def _read_address(work: Work, public_ip: str, properties: Properties) -> Live | None:
    address = _address(work, public_ip)
    if address is None:
        return None
    live = {"Domain": address["Domain"], "Tags": tagging.own(address.get("Tags", []))}
    if "InstanceId" in properties:
        live["InstanceId"] = address.get("InstanceId", "")
    return Live(live, {"AllocationId": address["AllocationId"], "PublicIp": public_ip})


def _delete_address(work: Work, public_ip: str, _properties: Properties) -> None:
    address = _address(work, public_ip)
    if address is None:
        return
    ec2 = work.client("ec2")
    if "AssociationId" in address:
        or_absent(ec2.disassociate_address, AssociationId=address["AssociationId"])
    work.retry_while_used(lambda: ec2.release_address(AllocationId=address["AllocationId"]))


def _update_address(work: Work, change: Change) -> None:
    address = _address(work, change.physical_id) or {}
    if change.touches("InstanceId"):
        ec2, wanted = work.client("ec2"), change.after.get("InstanceId")
        if wanted:
            ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=wanted, AllowReassociation=True)
        elif "AssociationId" in address:
            ec2.disassociate_address(AssociationId=address["AssociationId"])
    tagging.update_ec2(work, change, address.get("AllocationId", ""))


def _addresses_left(work: Work, _properties: Properties) -> list[str]:
    own = {"stack-id": work.stack_id, "logical-id": work.logical_id}
    filters = [{"Name": f"tag:aws:cloudformation:{name}", "Values": [value]} for name, value in own.items()]
    return [each["PublicIp"] for each in work.client("ec2").describe_addresses(Filters=filters)["Addresses"]]


ADDRESS = ResourceType(
    "AWS::EC2::EIP",
    {
        "Address": replaces(hidden=True),
        "Domain": updates(Text(("vpc",))),
        "InstanceId": updates(),
        "Tags": updates(TAGS),
    },
    _create_address,
    _read_address,
    _delete_address,
    _update_address,
    _addresses_left,
    frozenset({"AllocationId", "PublicIp"}),
)


def _create_association(work: Work, properties: Properties) -> str:
    arguments = chosen(properties, "AllocationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress")
    if "EIP" in properties:
        arguments["PublicIp"] = properties["EIP"]
    association_id = str(work.client("ec2").associate_address(**arguments)["AssociationId"])
    work.made(association_id)
    return association_id


def _association(work: Work, association_id: str) -> dict[str, Any] | None:
    mine = [{"Name": "association-id", "Values": [association_id]}]
    found = work.client("ec2").describe_addresses(Filters=mine)["Addresses"]
    return found[0] if found else None


def _read_association(work: Work, association_id: str, properties: Properties) -> Live | None:
    address = _association(work, association_id)
    if address is None:
        return None
    live = {**address, "EIP": address["PublicIp"]}
    return Live(chosen(live, *properties), {"Id": association_id})


def _delete_association(work: Work, association_id: str, _properties: Properties) -> None:
    # Somebody may have moved the address since: then there is nothing of ours to undo.
    if _association(work, association_id):
        work.client("ec2").disassociate_address(AssociationId=association_id)


def _associations_left(work: Work, properties: Properties) -> list[str]:
    named = {name: properties[name] for name in ("AllocationId", "EIP") if name in properties}
    wanted = {"AllocationIds": [named["AllocationId"]]} if "AllocationId" in named else {"PublicIps": [named["EIP"]]}
    found = or_absent(work.client("ec2").describe_addresses, **wanted)
    targets = chosen(properties, "InstanceId", "NetworkInterfaceId").items()
    addresses = found["Addresses"] if found else []
    return [a["AssociationId"] for a in addresses if "AssociationId" in a and all(a.get(k) == v for k, v in targets)]


ASSOCIATION = ResourceType(
    "AWS::EC2::EIPAssociation",
    {
        "AllocationId": replaces(),
        "EIP": replaces(),
        "InstanceId": replaces(),
        "NetworkInterfaceId": replaces(),
        "PrivateIpAddress": replaces(),
    },
    _create_association,
    _read_association,
    _delete_association,
    leftovers=_associations_left,
    attributes=frozenset({"Id"}),
)

TYPES = (INTERFACE, ADDRESS, ASSOCIATION)
