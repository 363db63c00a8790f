"""What belongs to one VPC is not used in another.

moto: a security group of one VPC is put on an interface of another, and named by another's rules, where it never
matches anything; ModifyNetworkInterfaceAttribute takes one that is not there; a route table is associated with
another VPC's subnet.
AWS: InvalidParameter, InvalidGroup.NotFound, InvalidParameterValue.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from collections.abc import Callable, Iterable
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidSecurityGroupNotFoundError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.security_groups import SecurityGroupBackend

from stax_local.emulator.patches.patch import Patch, named

PATCH = Patch("networks_apart")


def _check_groups(ec2: Any, subnet: Any, group_ids: Iterable[str]) -> None:
    for group_id in group_ids:
        group = ec2.get_security_group_from_id(group_id)
        if group is not None and group.vpc_id != subnet.vpc_id:
            raise EC2ClientError(
                "InvalidParameter", f"Security group {group_id} and subnet {subnet.id} belong to different networks."
            )


@PATCH.wraps(NetworkInterface, "__init__")
def _interface(original: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    asked = named(original, *args, **kwargs)
    _check_groups(asked["ec2_backend"], asked["subnet"], asked.get("group_ids") or ())
    original(**asked)


@PATCH.wraps(NetworkInterfaceBackend, "modify_network_interface_attribute")
def _modify(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    for group_id in asked.get("group_ids") or ():
        if self.get_security_group_from_id(group_id) is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
    _check_groups(self, self.get_network_interface(asked["eni_id"]).subnet, asked.get("group_ids") or ())
    return original(**asked)


@PATCH.wraps(RouteBackend, "associate_route_table")
def _associate(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    table_id, subnet_id = asked["route_table_id"], asked.get("subnet_id")
    if subnet_id and self.get_subnet(subnet_id).vpc_id != self.get_route_table(table_id).vpc_id:
        raise EC2ClientError(
            "InvalidParameterValue", f"route table {table_id} and subnet {subnet_id} belong to different networks"
        )
    return original(**asked)


def _authorize(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    group = self.get_security_group_by_name_or_id(asked["group_name_or_id"], asked.get("vpc_id"))
    for source in asked.get("source_groups") or ():
        other = self.get_security_group_from_id(source.get("GroupId"))
        if group is not None and other is not None and other.vpc_id != group.vpc_id:
            raise EC2ClientError(
                "InvalidGroup.NotFound", "You have specified two resources that belong to different networks."
            )
    return original(**asked)


PATCH.wraps(SecurityGroupBackend, "authorize_security_group_ingress")(_authorize)
PATCH.wraps(SecurityGroupBackend, "authorize_security_group_egress")(_authorize)
