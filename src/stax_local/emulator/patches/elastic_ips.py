"""Elastic IPs: one holder at a time, on any private address, from a pool fit for documentation.

moto: the old holder of a moved address keeps showing it; an address on an interface does not name
the instance, and a free one names an empty one; PrivateIpAddress is ignored, so that a secondary
private address can have none; public addresses are random, from anywhere.
AWS: one Elastic IP to one private address of one interface; with AllowReassociation it moves, and
without it a held address is refused (Resource.AlreadyAssociated).
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from itertools import chain
from typing import Any

from moto.ec2.exceptions import EC2ClientError, ResourceAlreadyAssociatedError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.responses.elastic_ip_addresses import ElasticIPAddresses
from moto.ec2.utils import random_eip_association_id

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("elastic_ips")

POOLS = (IPv4Network("198.51.100.0/24"), IPv4Network("203.0.113.128/25"), IPv4Network("192.0.2.0/24"))
"""Addresses that belong to nobody (RFC 5737); 203.0.113.0/25 is left to the region's internet."""


def _free_addresses(ec2: Any) -> Iterator[str]:
    taken = {address.public_ip for address in ec2.addresses}
    taken |= {interface.public_ip for interface in ec2.enis.values()}
    return (str(host) for host in chain.from_iterable(pool.hosts() for pool in POOLS) if str(host) not in taken)


def _next_free(ec2: Any) -> str:
    address = next(_free_addresses(ec2), None)
    if address is None:
        raise EC2ClientError("InsufficientAddressCapacity", "There are not enough free public addresses.")
    return address


@PATCH.wraps(ElasticAddressBackend, "allocate_address")
def _allocate(original: Callable[..., Any], self: Any, domain: str, address: str | None = None, **kwargs: Any) -> Any:
    if address and any(held.public_ip == address for held in self.addresses):
        raise EC2ClientError("InvalidAddress.InUse", f"The address {address} is already allocated.")
    return original(self, domain or "vpc", address=address or _next_free(self), **kwargs)


@PATCH.wraps(NetworkInterface, "check_auto_public_ip")
def _lend(_original: Callable[..., Any], self: Any) -> None:
    if str(self.public_ip_auto_assign).lower() == "true":
        self.public_ip = _next_free(self.ec2_backend)


@PATCH.wraps(ElasticIPAddresses, "associate_address")
def _associate_with(original: Callable[..., Any], self: Any) -> Any:
    # moto's response layer does not hand this parameter on; the backend below picks it up.
    self.ec2_backend.associating_private_ip = self._get_param("PrivateIpAddress")
    try:
        return original(self)
    finally:
        self.ec2_backend.associating_private_ip = None


@PATCH.wraps(ElasticAddressBackend, "associate_address")
def _associate(_original: Callable[..., Any], self: Any, **asked: Any) -> Any:
    elastic = _named(self, asked.get("address"), asked.get("allocation_id"))
    interface = asked["eni"] if asked.get("eni") is not None else _primary(asked["instance"])
    private_ip = _chosen_private_ip(interface, getattr(self, "associating_private_ip", None))
    if elastic.eni is interface and elastic.private_ip_address == private_ip:
        return elastic
    others = (held for held in self.addresses if held is not elastic)
    previous = next((held for held in others if _holds(held, interface, private_ip)), None)
    if str(asked.get("reassociate")).lower() != "true" and (elastic.eni is not None or previous is not None):
        raise ResourceAlreadyAssociatedError(elastic.allocation_id if elastic.eni is not None else interface.id)
    for moved in filter(None, (previous, elastic)):
        _release(moved)
    _hold(elastic, interface, private_ip)
    return elastic


def _named(ec2: Any, address: str | None, allocation_id: str | None) -> Any:
    return (ec2.address_by_ip([address]) if address else ec2.address_by_allocation([allocation_id]))[0]


def _primary(instance: Any) -> Any:
    if instance.state not in {"pending", "running", "stopping", "stopped"} or not instance.nics:
        raise EC2ClientError("InvalidInstanceID", f"The instance '{instance.id}' is not in a valid state for this.")
    return instance.nics[0]


def _chosen_private_ip(interface: Any, asked: str | None) -> str:
    if asked is None:
        return str(interface.private_ip_address)
    if all(item["PrivateIpAddress"] != asked for item in interface.private_ip_addresses):
        raise EC2ClientError(
            "InvalidParameterValue", f"The private IP address {asked} is not assigned to interface {interface.id}."
        )
    return asked


def _holds(elastic: Any, interface: Any, private_ip: str) -> bool:
    return elastic.eni is interface and elastic.private_ip_address == private_ip


def _hold(elastic: Any, interface: Any, private_ip: str) -> None:
    elastic.eni = interface
    elastic.on_private_ip = private_ip
    elastic.association_id = random_eip_association_id()
    if private_ip == interface.private_ip_address:
        interface.public_ip = elastic.public_ip


def _release(elastic: Any) -> None:
    interface = elastic.eni
    if interface is not None and interface.public_ip == elastic.public_ip:
        interface.public_ip = None
        if interface.instance is not None and interface.instance.state == "running":
            interface.check_auto_public_ip()
    elastic.eni = elastic.association_id = elastic.on_private_ip = None


@PATCH.wraps(ElasticAddressBackend, "disassociate_address")
def _disassociate(
    _original: Callable[..., Any], self: Any, address: str | None = None, association_id: str | None = None
) -> None:
    _release((self.address_by_ip([address]) if address else self.address_by_association([association_id]))[0])


@PATCH.wraps(ElasticAddressBackend, "release_address")
def _release_for_good(
    original: Callable[..., Any], self: Any, address: str | None = None, allocation_id: str | None = None
) -> None:
    elastic = _named(self, address, allocation_id)
    if elastic.eni is not None:
        raise EC2ClientError("InvalidIPAddress.InUse", f"The address with allocation id {elastic.id} is in use.")
    original(self, address, allocation_id)
    self.tags.pop(elastic.id, None)


def _private_ip(elastic: Any) -> str | None:
    if elastic.eni is None:
        return None
    return getattr(elastic, "on_private_ip", None) or str(elastic.eni.private_ip_address)


def _instance_of(elastic: Any) -> Any:
    return elastic.eni.instance if elastic.eni is not None else None


def _ignore(_elastic: Any, _instance: Any) -> None:
    """The instance follows from the interface; moto's own assignments are dropped."""


def _instance_id(elastic: Any) -> str | None:
    instance = _instance_of(elastic)
    return instance.id if instance is not None else None


PATCH.sets(ElasticAddress, "private_ip_address", property(_private_ip))
PATCH.sets(ElasticAddress, "instance_id", property(_instance_id))
PATCH.sets(ElasticAddress, "network_interface_id", property(lambda self: self.eni.id if self.eni is not None else None))
PATCH.sets(ElasticAddress, "instance", property(_instance_of, _ignore))


def public_dns_name(address: str, region: str) -> str:
    """Return the name AWS gives a public address."""
    domain = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{address.replace('.', '-')}.{domain}.amazonaws.com"


def _association(elastic: Any) -> dict[str, Any]:
    return {
        "AllocationId": elastic.allocation_id,
        "AssociationId": elastic.association_id,
        "PublicIp": elastic.public_ip,
        "PublicDnsName": public_dns_name(elastic.public_ip, elastic.ec2_backend.region_name),
        "IpOwnerId": elastic.ec2_backend.account_id,
    }


def _addresses(interface: Any) -> list[dict[str, Any]]:
    """Return the private addresses as DescribeInstances and DescribeNetworkInterfaces show them."""
    held = {item.private_ip_address: item for item in interface.ec2_backend.addresses if item.eni is interface}
    shown = []
    for item in interface.private_ip_addresses:
        private_ip = item["PrivateIpAddress"]
        entry = {**item, "Primary": private_ip == interface.private_ip_address}
        if private_ip in held:
            entry["Association"] = _association(held[private_ip])
        elif entry["Primary"] and interface.public_ip:
            entry["Association"] = {"PublicIp": interface.public_ip, "IpOwnerId": "amazon"}
        shown.append(entry)
    return shown


PATCH.sets(NetworkInterface, "instance_private_ip_address_list", property(_addresses))
PATCH.sets(NetworkInterface, "network_interface_private_ip_address_list", property(_addresses))
