"""A stax as it is: its network, machines, addresses, outputs and inventory, all of it asked of AWS."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from stax.aws import ec2
from stax.aws.ec2 import ElasticIp, RouteTable
from stax.aws.session import Aws
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.model.inventory import Address, DefaultRoute, Description, Machine, Network, NetworkInterface
from stax.model.plan import Quantity
from stax.model.stack import Stack

FIXED = {"jumpbox": "jump", "nat1": "nat", "nat2": "nat"}
"""The machines that every stax has, with their roles."""


def _now() -> datetime:
    return datetime.now(UTC)


def describe(site: Site, name: str = "", *, now: Callable[[], datetime] = _now) -> Description:
    """Return all there is of the stax of that name, or of the only one there is.  Changes nothing."""
    stack = selected_stack(site.aws, name)
    description = _described(site, stack, now())
    return replace(description, inventory=inventory(description))


def _described(site: Site, stack: Stack, asked_at: datetime) -> Description:
    aws = site.aws
    there = ec2.machines(aws, stack.name)
    names = {machine.instance_id: machine.name for machine in there}
    interfaces = tuple(ec2.network_interfaces(aws, stack.name, names))
    return Description(
        name=stack.name,
        region=aws.place,
        account_id=aws.identity.account_id,
        asked_at=asked_at,
        stack_id=stack.stack_id,
        status=stack.status,
        status_reason=stack.status_reason,
        created_at=stack.created_at,
        updated_at=stack.updated_at,
        age_s=_age_s(stack.created_at, asked_at),
        created_by=stack.tags.get("stax:created-by", ""),
        network=_network(aws, stack.name, interfaces),
        machines=_machines(there, stack, asked_at),
        volumes=tuple(ec2.volumes(aws, stack.name, names)),
        security_groups=tuple(ec2.security_groups(aws, stack.name)),
        addresses=_addresses(ec2.elastic_ips(aws, stack.name), interfaces),
        network_interfaces=interfaces,
        launch_templates=tuple(ec2.launch_templates(aws, stack.name)),
        inventory=(),
        outputs=stack.outputs,
        parameters=stack.parameters,
        tags=stack.tags,
    )


def _age_s(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))


def _machines(there: Sequence[Machine], stack: Stack, now: datetime) -> tuple[Machine, ...]:
    """Order the machines, give them their age, and name those that a finished stack should have and has not."""
    found = [
        replace(machine, age_s=_age_s(machine.launched_at, now) if machine.launched_at else None) for machine in there
    ]
    names = {machine.name for machine in found}
    if stack.status.endswith("_COMPLETE") and not stack.status.startswith("DELETE"):
        for name, role in FIXED.items():
            if name not in names:
                found.append(Machine(name=name, role=role, instance_id="", state="missing"))
    roles = ("jump", "nat", "docker")
    # Docker hosts are numbered, so that docker10 comes after docker9: by length first.
    return tuple(sorted(found, key=lambda one: (_index(roles, one.role), len(one.name), one.name)))


def _index(order: Sequence[str], word: str) -> int:
    return order.index(word) if word in order else len(order)


def _network(aws: Aws, name: str, interfaces: Sequence[NetworkInterface]) -> Network | None:
    for vpc in ec2.vpcs(aws, name):
        carriers = {interface.network_interface_id: interface.name for interface in interfaces}
        return Network(
            vpc_id=vpc.vpc_id,
            cidr=vpc.cidr,
            state=vpc.state,
            subnets=tuple(ec2.subnets(aws, name)),
            default_routes=tuple(_default_route(table, carriers) for table in ec2.route_tables(aws, name)),
        )
    return None


BORN_WITH = {"public": "internet gateway", "private1": "nat1", "private2": "nat2"}
"""What the template gives each route table's default route to; from then on the NAT boxes move the private ones."""


def _default_route(table: RouteTable, carriers: Mapping[str, str]) -> DefaultRoute:
    gateway = "internet gateway" if table.next_hop.startswith("igw-") else ""
    return DefaultRoute(
        route_table=table.name,
        route_table_id=table.route_table_id,
        next_hop=table.next_hop,
        state=table.state or "missing",
        carried_by=gateway or carriers.get(table.next_hop, ""),
        born_with=BORN_WITH.get(table.name, ""),
    )


def _addresses(elastic_ips: Sequence[ElasticIp], interfaces: Sequence[NetworkInterface]) -> tuple[Address, ...]:
    carriers = {interface.network_interface_id: interface.name for interface in interfaces}
    return tuple(
        Address(
            name=one.name,
            allocation_id=one.allocation_id,
            public_ip=one.public_ip,
            private_ip=one.private_ip,
            network_interface_id=one.network_interface_id,
            carried_by=carriers.get(one.network_interface_id, ""),
        )
        for one in elastic_ips
    )


def inventory(description: Description) -> tuple[Quantity, ...]:
    """Count what there is, in the order and the words of the guide of 2015."""
    there = [machine for machine in description.machines if machine.state != "missing"]
    roles = [machine.role for machine in there]
    counted = (
        ("stack", "stacks", 1),
        ("VPC", "VPCs", int(description.network is not None)),
        ("jumpbox", "jumpboxes", roles.count("jump")),
        ("NAT box", "NAT boxes", roles.count("nat")),
        ("docker host", "docker hosts", roles.count("docker")),
        ("volume", "volumes", len(description.volumes)),
        ("security group", "security groups", len(description.security_groups)),
        ("Elastic IP", "Elastic IPs", len(description.addresses)),
        ("network interface", "network interfaces", len(description.network_interfaces)),
        ("launch template", "launch templates", len(description.launch_templates)),
    )
    return tuple(Quantity(subject=one if count == 1 else more, count=count) for one, more, count in counted)
