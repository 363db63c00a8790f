"""Which site this box belongs to, found by the stack's tags."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from stax_agent.ec2 import Ec2
from stax_agent.nat.site import Site, Zone
from stax_agent.setback import Setback

ZONES = (1, 2)


def discover(ec2: Ec2, *, stax_name: str, region: str, own_address: str, network: Mapping[str, str]) -> Site:
    """Find both boxes' parts.  `network` names the CIDR blocks: vpc, 1 and 2.  Raises Setback while parts lack."""
    interfaces = _by_name(ec2.call("DescribeNetworkInterfaces", _tagged(stax_name, "nat")), "networkInterfaceSet")
    addresses = _by_name(ec2.call("DescribeAddresses", _tagged(stax_name, "nat")), "addressesSet")
    tables = _by_name(ec2.call("DescribeRouteTables", _tagged(stax_name, "network")), "routeTableSet")
    zones = {}
    for zone in ZONES:
        box, table = f"nat{zone}-{stax_name}", f"private{zone}-{stax_name}"
        for name, found in ((box, interfaces), (box, addresses), (table, tables)):
            if name not in found:
                raise Setback(f"no part of this stax is named {name} (yet)")
        home, stand_in = _private_addresses(interfaces[box], box)
        zones[zone] = Zone(
            inside=network[str(zone)],
            home=home,
            stand_in=stand_in,
            interface_id=interfaces[box].findtext("networkInterfaceId", ""),
            route_table_id=tables[table].findtext("routeTableId", ""),
            allocation_id=addresses[box].findtext("allocationId", ""),
            public_ip=addresses[box].findtext("publicIp", ""),
        )
    me = next((zone for zone in ZONES if zones[zone].home == own_address), None)
    if me is None:
        raise Setback(f"{own_address} is neither NAT box of {stax_name}")
    return Site(me=me, region=region, vpc=network["vpc"], zones=zones)


@dataclass(frozen=True, slots=True)
class CanaryBoxes:
    """What a docker host's canary has to know."""

    zone: int
    """Whose NAT box is to be tried: that of the host's own availability zone."""
    watcher: str
    watcher_public: str


def canary_boxes(ec2: Ec2, *, stax_name: str, availability_zone: str) -> CanaryBoxes:
    """Find the box whose zone this is, and the other one, which watches.  Raises Setback while they lack."""
    addresses = _by_name(ec2.call("DescribeAddresses", _tagged(stax_name, "nat")), "addressesSet")
    zones, homes = {}, {}
    for instance in ec2.call("DescribeInstances", _tagged(stax_name, "nat")).iterfind(
        "reservationSet/item/instancesSet/item"
    ):
        number = _number_of(instance, stax_name)
        if number and instance.findtext("instanceState/name") not in {"terminated", "shutting-down"}:
            zones[instance.findtext("placement/availabilityZone", "")] = number
            homes[number] = instance.findtext("privateIpAddress", "")
    zone = zones.get(availability_zone)
    name = f"nat{3 - (zone or 0)}-{stax_name}"
    if zone is None or 3 - zone not in homes or name not in addresses:
        raise Setback(f"the NAT boxes of {stax_name} are not all there (yet)")
    return CanaryBoxes(zone, homes[3 - zone], addresses[name].findtext("publicIp", ""))


def _number_of(instance: ElementTree.Element, stax_name: str) -> int | None:
    names = {tag.findtext("value") for tag in instance.iterfind("tagSet/item") if tag.findtext("key") == "Name"}
    return next((zone for zone in ZONES if f"nat{zone}-{stax_name}" in names), None)


def _tagged(stax_name: str, role: str) -> dict[str, str]:
    return {
        "Filter.1.Name": "tag:stax:name",
        "Filter.1.Value.1": stax_name,
        "Filter.2.Name": "tag:stax:role",
        "Filter.2.Value.1": role,
    }


def _by_name(root: ElementTree.Element, list_name: str) -> dict[str, ElementTree.Element]:
    named = {}
    for item in root.iterfind(f"{list_name}/item"):
        for tag in item.iterfind("tagSet/item"):
            if tag.findtext("key") == "Name":
                named[tag.findtext("value", "")] = item
    return named


def _private_addresses(interface: ElementTree.Element, name: str) -> tuple[str, str]:
    """Return the primary address and the one that stands in."""
    primary, others = "", []
    for item in interface.iterfind("privateIpAddressesSet/item"):
        address = item.findtext("privateIpAddress", "")
        if item.findtext("primary") == "true":
            primary = address
        else:
            others.append(address)
    if not primary or not others:
        raise Setback(f"{name} has no secondary private address to hold its peer's Elastic IP")
    return primary, min(others)
