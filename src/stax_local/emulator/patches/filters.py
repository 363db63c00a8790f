"""DescribeNetworkInterfaces, DescribeAddresses and DescribeInstances by the filters people use, and whole.

moto: a filter it does not know is an HTTP 500 (NotImplementedError); the address filters look at
the primary private address only; DescribeInstances gives 100 reservations a page, unasked.
AWS: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
"""

from collections.abc import Callable
from typing import Any

from moto.ec2 import utils
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.responses.instances import InstanceResponse

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("filters")

Value = Callable[[Any], Any]


def _truth(value: Any) -> str:
    return str(value).lower()


def _elastic(attribute: str) -> Value:
    return lambda interface: [
        getattr(address, attribute) for address in interface.ec2_backend.addresses if address.eni is interface
    ]


def _private(interface: Any) -> list[str]:
    return [item["PrivateIpAddress"] for item in interface.private_ip_addresses]


def _of_routes(attribute: str) -> Value:
    # Without the routes that have none: moto compares in the order of a set, and gives up at the first None.
    return lambda table: [value for route in table.routes if (value := getattr(route, attribute)) is not None]


OF_INTERFACE: dict[str, Value] = {
    "private-ip-address": _private,
    "addresses.private-ip-address": _private,
    "addresses.primary": lambda interface: ["true", "false"] if len(_private(interface)) > 1 else ["true"],
    "addresses.association.public-ip": _elastic("public_ip"),
    "association.public-ip": _elastic("public_ip"),
    "association.allocation-id": _elastic("allocation_id"),
    "association.association-id": _elastic("association_id"),
    "attachment.device-index": lambda interface: str(interface.device_index) if interface.instance else None,
    "attachment.status": lambda interface: "attached" if interface.instance else "detached",
    "attachment.delete-on-termination": lambda interface: _truth(interface.delete_on_termination),
    "group-id": lambda interface: [group.id for group in interface.group_set],
    "group-name": lambda interface: [group.name for group in interface.group_set],
    "interface-type": lambda interface: interface.interface_type,
    "mac-address": lambda interface: interface.mac_address,
    "owner-id": lambda interface: interface.owner_id,
    "private-dns-name": lambda interface: getattr(interface, "private_dns_name", None),
    "requester-managed": lambda interface: _truth(interface.requester_managed),
    "source-dest-check": lambda interface: _truth(interface.source_dest_check),
    "status": lambda interface: interface.status,
}

OF_ADDRESS: dict[str, Value] = {
    "instance-id": lambda address: address.instance.id if address.instance else None,
    "network-interface-id": lambda address: address.eni.id if address.eni else None,
    "network-interface-owner-id": lambda address: address.network_interface_owner_id,
    "private-ip-address": lambda address: address.private_ip_address,
    "network-border-group": lambda address: address.ec2_backend.region_name,
}

OF_ROUTE_TABLE: dict[str, Value] = {
    "route.instance-id": _of_routes("instance_id"),
    "route.network-interface-id": _of_routes("network_interface_id"),
    "route.state": _of_routes("state"),
    "route.origin": _of_routes("origin"),
    "association.gateway-id": lambda table: [t for t in table._associations.values() if t.startswith("igw-")],
    "owner-id": lambda table: table.owner_id,
}

OF_INSTANCE = {
    "instance-state-code": "state_code",
    "network-interface.network-interface-id": "interface_ids",
    "network-interface.subnet-id": "subnet_id",
    "network-interface.vpc-id": "vpc_id",
    "network-interface.addresses.private-ip-address": "private_ip",
    "iam-instance-profile.arn": "iam_instance_profile.Arn",
    "client-token": "client_token",
    "metadata-options.http-tokens": "metadata_options.http_tokens",
    "placement-group-name": "placement.group_name",
    "tenancy": "placement.tenancy",
    "root-device-type": "root_device_type",
    "virtualization-type": "virtualization_type",
}


def _with(values: dict[str, Value]) -> Callable[..., Any]:
    def answer(original: Callable[..., Any], self: Any, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name in values:
            return values[filter_name](self)
        return original(self, filter_name, method_name)

    return answer


PATCH.wraps(NetworkInterface, "get_filter_value")(_with(OF_INTERFACE))
PATCH.wraps(ElasticAddress, "get_filter_value")(_with(OF_ADDRESS))
PATCH.wraps(RouteTable, "get_filter_value")(_with(OF_ROUTE_TABLE))


@PATCH.wraps(utils, "passes_filter_dict")
def _passes(original: Callable[..., Any], instance: Any, filter_dict: dict[str, Any]) -> bool:
    known: dict[str, Any] = {}
    for name, values in filter_dict.items():
        if name == "instance-state-code":
            if str(instance.state_code) not in values:
                return False
        elif name in OF_INSTANCE:
            if not _matches(instance, OF_INSTANCE[name], values):
                return False
        elif name not in utils.filter_dict_attribute_mapping and not utils.is_tag_filter(name):
            raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
        else:
            known[name] = values
    return bool(original(instance, known))


def _matches(instance: Any, attribute: str, wanted: list[str]) -> bool:
    if attribute == "interface_ids":
        return any(interface.id in wanted for interface in instance.nics.values())
    value = instance
    for part in attribute.split("."):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return value in wanted


MOST_A_PAGE = 1000
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html"""


@PATCH.wraps(InstanceResponse, "describe_instances")
def _describe_instances(original: Callable[..., Any], self: Any) -> Any:
    self.params.setdefault("MaxResults", MOST_A_PAGE)
    return original(self)
