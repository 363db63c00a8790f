"""What is in use is not deleted, and a VPC takes its own default network ACL along.

moto: deletes a subnet with interfaces, a security group that interfaces or other groups name, an
interface that is attached, a default group, a VPC with its internet gateway; keeps the default
network ACL of a deleted VPC for ever; invents a security group when an interface names none that exists.
AWS: DependencyViolation, InvalidParameterValue, CannotDelete; the ACL goes with the VPC.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, InvalidSecurityGroupNotFoundError
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.launch_templates import LaunchTemplateBackend
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("in_use")


@PATCH.wraps(SubnetBackend, "delete_subnet")
def _delete_subnet(original: Callable[..., Any], self: Any, subnet_id: str) -> Any:
    if any(interface.subnet.id == subnet_id for interface in self.enis.values()):
        raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    deleted = original(self, subnet_id)
    for table in self.route_tables.values():
        _drop(table._associations, lambda target: target == subnet_id)
    for acl in self.network_acls.values():
        _drop(acl._associations, lambda association: association.subnet_id == subnet_id)
    self.tags.pop(subnet_id, None)
    return deleted


def _drop(associations: dict[str, Any], goes: Callable[[Any], bool]) -> None:
    for key in [key for key, value in associations.items() if goes(value)]:
        del associations[key]


@PATCH.wraps(SecurityGroupBackend, "delete_security_group")
def _delete_group(original: Callable[..., Any], self: Any, name: str | None = None, group_id: str | None = None) -> Any:
    group = self.get_security_group_from_id(group_id) if group_id else self.get_security_group_by_name_or_id(name)
    if group is not None:
        if group.name == "default":
            raise EC2ClientError(
                "CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'
            )
        if any(group.id in users for users in _groups_named(self, besides=group)):
            raise DependencyViolationError(f"resource {group.id} has a dependent object")
        self.tags.pop(group.id, None)
    return original(self, name, group_id)


def _groups_named(ec2: Any, *, besides: Any) -> Iterator[Iterable[str]]:
    for interface in ec2.enis.values():
        yield [group.id for group in interface.group_set]
    for groups in ec2.groups.values():
        for group in groups.values():
            if group is not besides:
                yield [rule.source_group.get("GroupId") for rule in (*group.ingress_rules, *group.egress_rules)]


@PATCH.wraps(NetworkInterfaceBackend, "delete_network_interface")
def _delete_interface(original: Callable[..., Any], self: Any, eni_id: str) -> Any:
    interface = self.enis.get(eni_id)
    if interface is not None and interface.instance is not None:
        raise EC2ClientError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
    for address in self.addresses:
        if interface is not None and address.eni is interface:
            self.disassociate_address(address=address.public_ip)
    deleted = original(self, eni_id)
    self.tags.pop(eni_id, None)
    return deleted


@PATCH.wraps(NetworkInterfaceBackend, "create_network_interface")
def _create_interface(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    group_ids = kwargs.get("group_ids") or (args[3] if len(args) > 3 else None) or []
    for group_id in group_ids:
        if self.get_security_group_from_id(group_id) is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
    return original(self, *args, **kwargs)


@PATCH.wraps(InternetGatewayBackend, "detach_internet_gateway")
def _detach_gateway(original: Callable[..., Any], self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
    mapped = [address for address in self.addresses if address.eni is not None and address.eni.subnet.vpc_id == vpc_id]
    if mapped:
        raise DependencyViolationError(
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
            "detaching the gateway."
        )
    return original(self, internet_gateway_id, vpc_id)


@PATCH.wraps(VPCBackend, "delete_vpc")
def _delete_vpc(_original: Callable[..., Any], self: Any, vpc_id: str) -> Any:
    vpc = self.get_vpc(vpc_id)
    if any(True for _ in _held_by(self, vpc_id)):
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
    for table in [table for table in self.route_tables.values() if table.vpc_id == vpc_id]:
        del self.route_tables[table.id]
    for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
        del self.network_acls[acl.id]
    self.groups.pop(vpc_id, None)
    self.tags.pop(vpc_id, None)
    return self.vpcs.pop(vpc.id)


def _held_by(ec2: Any, vpc_id: str) -> Iterator[Any]:
    """Yield what keeps a VPC from being deleted: everything in it but what it was born with."""
    yield from (subnet for zone in ec2.subnets.values() for subnet in zone.values() if subnet.vpc_id == vpc_id)
    yield from (gateway for gateway in ec2.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id)
    yield from (group for group in ec2.groups.get(vpc_id, {}).values() if group.name != "default")
    yield from (
        table for table in ec2.route_tables.values() if table.vpc_id == vpc_id and table.main_association_id is None
    )
    yield from (acl for acl in ec2.network_acls.values() if acl.vpc_id == vpc_id and not acl.default)
    yield from (
        endpoint
        for endpoint in ec2.vpc_end_points.values()
        if endpoint.vpc_id == vpc_id and endpoint.state != "deleted"
    )


@PATCH.wraps(LaunchTemplateBackend, "delete_launch_template")
def _delete_launch_template(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    deleted = original(self, *args, **kwargs)
    self.tags.pop(deleted.id, None)
    return deleted
