"""What can be gone or broken in a stax, found by asking AWS: nothing is changed here."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from stax.aws import cloudformation
from stax.aws.session import Aws
from stax.engine import health, loan
from stax.model.plan import Finding
from stax.model.stack import Stack


class Remedy(Enum):
    """How an ailment is put right."""

    ROLLBACK = "take up the rollback of the failed update"
    MACHINE = "have CloudFormation make it anew, on the same network interface"
    START = "start it"
    ROUTE = "make the route to the NAT box of its own zone"
    REROUTE = "lead the route to the NAT box of its own zone"
    PUBLIC_ROUTE = "make the route to the internet gateway"
    PUBLIC_REROUTE = "lead the route to the internet gateway"
    FORWARDING = "switch the source/dest check off"
    ADDRESS = "associate its Elastic IP"
    LOAN = "release it once the box has its own back"
    NONE = ""


@dataclass(frozen=True, kw_only=True)
class Ailment:
    """One thing that is wrong, and what it takes to put it right."""

    subject: str
    finding: str
    remedy: Remedy
    target: str = ""
    """What the remedy works on: a machine's name, or an AWS id."""
    source: str = ""
    """What it is given: an interface or a gateway for a route, an allocation for an interface."""

    def told(self) -> Finding:
        """Return it as people are told."""
        return Finding(subject=self.subject, finding=self.finding, mend=self.remedy.value)


def examine(aws: Aws, stack: Stack) -> list[Ailment]:
    """Return everything that is wrong, in the order in which it is to be put right."""
    if stack.status == "UPDATE_ROLLBACK_FAILED":
        return [Ailment(subject="stack", finding=stack.status, remedy=Remedy.ROLLBACK)]
    return [
        *_machines(aws, stack),
        *_forwarding(aws, stack),
        *_addresses(aws, stack),
        *_routes(aws, stack),
        *_public_route(aws, stack),
        *_loans(aws, stack),
    ]


def _machines(aws: Aws, stack: Stack) -> Iterator[Ailment]:
    for name, instance in health.fixed_machines(aws, stack.name).items():
        state = instance.get("State", {}).get("Name", "")
        if not instance:
            yield Ailment(subject=name, finding="gone", remedy=Remedy.MACHINE, target=name)
        elif state in {"stopped", "stopping"}:
            yield Ailment(subject=name, finding=state, remedy=Remedy.START, target=instance["InstanceId"])


def _forwarding(aws: Aws, stack: Stack) -> Iterator[Ailment]:
    for name, interface in health.nat_interfaces(aws, stack).items():
        subject = f"interface of {name}"
        if not interface:
            # The template makes it; a stack without it can only be made anew.
            yield Ailment(subject=subject, finding="gone: the stax must be destroyed and created", remedy=Remedy.NONE)
        elif interface.get("SourceDestCheck"):
            identifier = interface["NetworkInterfaceId"]
            yield Ailment(
                subject=subject,
                finding="source/dest check is on, so it cannot forward",
                remedy=Remedy.FORWARDING,
                target=identifier,
            )


def _addresses(aws: Aws, stack: Stack) -> Iterator[Ailment]:
    """An Elastic IP on another box of this stax is the agents' business; one on nothing is an ailment."""
    filters = [{"Name": "tag:stax:name", "Values": [stack.name]}]
    interfaces = _interfaces_by_machine(aws, stack.name)
    addresses = list(aws.pages("ec2", "DescribeAddresses", "Addresses", Filters=filters))
    for address in addresses:
        machine = _machine(address, stack.name)
        if not address.get("AssociationId") and machine in interfaces:
            yield Ailment(
                subject=f"Elastic IP {address['PublicIp']} of {machine}",
                finding="associated with nothing",
                remedy=Remedy.ADDRESS,
                target=interfaces[machine],
                source=address["AllocationId"],
            )
    for machine in sorted(interfaces.keys() - {_machine(address, stack.name) for address in addresses}):
        finding = "gone: only a new stax gets a new one"
        yield Ailment(subject=f"Elastic IP of {machine}", finding=finding, remedy=Remedy.NONE)


def _loans(aws: Aws, stack: Stack) -> Iterator[Ailment]:
    """What an earlier repair has lent: last, for the box that borrowed it may be among what is put back first."""
    for address in loan.loans(aws, stack.name):
        yield Ailment(
            subject=f"Elastic IP {address['PublicIp']}",
            finding=f"lent to {loan.borrower(address, stack.name)} while its peer holds its own",
            remedy=Remedy.LOAN,
            target=address["AllocationId"],
        )


def _interfaces_by_machine(aws: Aws, name: str) -> dict[str, str]:
    filters = [
        {"Name": "tag:stax:name", "Values": [name]},
        {"Name": "tag:Name", "Values": [f"{machine}-{name}" for machine in health.FIXED]},
    ]
    found = aws.pages("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", Filters=filters)
    return {_machine(interface, name): interface["NetworkInterfaceId"] for interface in found}


def _machine(item: dict[str, Any], name: str) -> str:
    """Return which machine something belongs to, by its tag Name such as nat1-NAME."""
    tags = item.get("Tags") or item.get("TagSet") or ()
    return next((tag["Value"] for tag in tags if tag["Key"] == "Name"), "").removesuffix(f"-{name}")


def _routes(aws: Aws, stack: Stack) -> Iterator[Ailment]:
    carriers = {stack.outputs.get(f"Nat{number}InterfaceId") for number in (1, 2)}
    for number in (1, 2):
        table_id = stack.outputs.get(f"PrivateRouteTable{number}Id", "")
        route = health.default_route(aws, table_id)
        remedy, finding = Remedy.NONE, ""
        if not route:
            remedy, finding = Remedy.ROUTE, "missing"
        elif route.get("NetworkInterfaceId") not in carriers:
            remedy, finding = Remedy.REROUTE, "does not lead to a NAT box"
        if finding:
            yield Ailment(
                subject=f"default route of private subnet {number}",
                finding=finding,
                remedy=remedy,
                target=table_id,
                source=stack.outputs.get(f"Nat{number}InterfaceId", ""),
            )


def _public_route(aws: Aws, stack: Stack) -> Iterator[Ailment]:
    """The way out of the public subnets; a template of one's own may have another, which is its own business."""
    found = cloudformation.resources(aws, stack.stack_id)
    identifiers = {resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "") for resource in found}
    table_id, gateway_id = identifiers.get("PublicRouteTable"), identifiers.get("InternetGateway")
    if not table_id or not gateway_id:
        return
    subject, route = "default route of the public subnets", health.default_route(aws, table_id)
    if not route:
        yield Ailment(
            subject=subject, finding="missing", remedy=Remedy.PUBLIC_ROUTE, target=table_id, source=gateway_id
        )
    elif route.get("GatewayId") != gateway_id:
        finding = "does not lead to the internet gateway"
        yield Ailment(
            subject=subject, finding=finding, remedy=Remedy.PUBLIC_REROUTE, target=table_id, source=gateway_id
        )
