"""Private addresses: the next free one, one owner each, the reserved ones never.

moto: an interface made without an address gets a random one, which may be taken, reserved or
another machine's; a terminated machine's address stays taken; AssignPrivateIpAddresses with
AllowReassignment leaves the address on its old interface as well.
AWS: the first four addresses of a subnet and the last are reserved, an address that is in use is
refused, and reassignment moves it.
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateIpAddresses.html
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, ip_address
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("private_addresses")

RESERVED_FIRST = 4
"""Network, router, DNS, and one for later; the broadcast address is the fifth."""


def _taken(subnet: Any) -> set[str]:
    return {
        item["PrivateIpAddress"]
        for interface in subnet.ec2_backend.enis.values()
        if interface.subnet.id == subnet.id
        for item in interface.private_ip_addresses
    }


def next_free(subnet: Any, also_taken: Iterable[str] = ()) -> str:
    """Return the lowest free address of a subnet; raises InsufficientFreeAddressesInSubnet."""
    taken = _taken(subnet) | set(also_taken)
    first, last = int(subnet.cidr.network_address) + RESERVED_FIRST, int(subnet.cidr.broadcast_address) - 1
    for number in range(first, last + 1):
        if (address := str(IPv4Address(number))) not in taken:
            return address
    raise EC2ClientError(
        "InsufficientFreeAddressesInSubnet",
        f"There are not enough free addresses in subnet '{subnet.id}' to satisfy the requested number of instances.",
    )


def _claim(subnet: Any, address: str) -> str:
    number = ip_address(address)
    if number not in subnet.cidr:
        raise EC2ClientError(
            "InvalidParameterValue", f"Address {address} does not fall within the subnet's address range"
        )
    offset = int(number) - int(subnet.cidr.network_address)
    if offset < RESERVED_FIRST or number == subnet.cidr.broadcast_address:
        raise EC2ClientError("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
    if address in _taken(subnet):
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")
    return address


@PATCH.wraps(Subnet, "get_available_subnet_ip")
def _available(_original: Callable[..., Any], self: Any, *_args: Any, **_kwargs: Any) -> str:
    return next_free(self)


@PATCH.wraps(Subnet, "request_ip")
def _request(_original: Callable[..., Any], self: Any, ip: str, *_args: Any, **_kwargs: Any) -> None:
    _claim(self, ip)


@PATCH.wraps(Subnet, "del_subnet_ip")
def _free(_original: Callable[..., Any], _self: Any, _ip: str) -> None:
    """An address is free when no interface has it; there is no second book to keep."""


@PATCH.wraps(NetworkInterfaceBackend, "create_network_interface")
def _create(
    original: Callable[..., Any],
    self: Any,
    subnet: Any,
    private_ip_address: Any = None,
    private_ip_addresses: list[dict[str, Any]] | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    subnet = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
    given = [item if isinstance(item, str) else item["PrivateIpAddress"] for item in private_ip_addresses or []]
    first = private_ip_address[0] if isinstance(private_ip_address, list) and private_ip_address else private_ip_address
    primary = first or _named_primary(private_ip_addresses) or next_free(subnet, given)
    secondary = [address for address in given if address != primary]
    for address in (primary, *secondary):
        _claim(subnet, address)
    for _ in range(int(kwargs.pop("secondary_ips_count", None) or 0)):
        secondary.append(next_free(subnet, (primary, *secondary)))
    items = [_item(primary, primary=True), *(_item(address, primary=False) for address in secondary)]
    return original(self, subnet, primary, items, *args, **kwargs)


def _named_primary(items: list[Any] | None) -> str | None:
    return next(
        (item["PrivateIpAddress"] for item in items or [] if isinstance(item, dict) and item.get("Primary")), None
    )


def _item(address: str, *, primary: bool) -> dict[str, Any]:
    return {"Primary": primary, "PrivateIpAddress": address}


@PATCH.wraps(ElasticNetworkInterfaces, "assign_private_ip_addresses")
def _assign_with(original: Callable[..., Any], self: Any) -> Any:
    # moto's response layer does not hand this parameter on; the backend below picks it up.
    self.ec2_backend.allows_reassignment = str(self._get_param("AllowReassignment", False)).lower() == "true"
    before = _addresses_of(self)
    answered = original(self)
    # moto answers with all addresses; AWS with the ones just assigned.
    answered.result["AssignedPrivateIpAddresses"] = [
        {"PrivateIpAddress": address} for address in _addresses_of(self) if address not in before
    ]
    return answered


def _addresses_of(response: Any) -> list[str]:
    interface = response.ec2_backend.get_network_interface(response._get_param("NetworkInterfaceId"))
    return [item["PrivateIpAddress"] for item in interface.private_ip_addresses]


@PATCH.wraps(NetworkInterfaceBackend, "assign_private_ip_addresses")
def _assign(
    _original: Callable[..., Any],
    self: Any,
    eni_id: str,
    private_ip_addresses: list[str] | None = None,
    secondary_ips_count: int | None = None,
) -> Any:
    interface = self.get_network_interface(eni_id)
    for address in private_ip_addresses or []:
        _take_from_others(self, interface, address)
        interface.private_ip_addresses.append(_item(_claim(interface.subnet, address), primary=False))
    for _ in range(int(secondary_ips_count or 0)):
        interface.private_ip_addresses.append(_item(next_free(interface.subnet), primary=False))
    return interface


def _take_from_others(ec2: Any, interface: Any, address: str) -> None:
    for other in ec2.enis.values():
        holds = [item for item in other.private_ip_addresses if item["PrivateIpAddress"] == address]
        if not holds or other.subnet.id != interface.subnet.id:
            continue
        if other is interface or not getattr(ec2, "allows_reassignment", False) or address == other.private_ip_address:
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")
        ec2.unassign_private_ip_addresses(other.id, [address])


@PATCH.wraps(NetworkInterfaceBackend, "unassign_private_ip_addresses")
def _unassign(original: Callable[..., Any], self: Any, eni_id: str, private_ip_address: list[str] | None = None) -> Any:
    interface = self.get_network_interface(eni_id)
    held = [item["PrivateIpAddress"] for item in interface.private_ip_addresses]
    for address in private_ip_address or []:
        if address == interface.private_ip_address or address not in held:
            raise EC2ClientError(
                "InvalidParameterValue", f"Address {address} is not a secondary address of interface {eni_id}."
            )
        for elastic in self.addresses:
            if elastic.eni is interface and elastic.private_ip_address == address:
                self.disassociate_address(address=elastic.public_ip)
    return original(self, eni_id, private_ip_address)


PATCH.sets(
    Subnet,
    "available_ip_address_count",
    property(lambda self: self.cidr.num_addresses - RESERVED_FIRST - 1 - len(_taken(self))),
)
