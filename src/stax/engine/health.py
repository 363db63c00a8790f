"""Whether a stax that CloudFormation calls complete is what it should be, as far as AWS can see.

Looked at: the jumpbox and both NAT boxes run, each private route table has a default route that leads
to a network interface of a NAT box, source/dest check is off on both, the boxes report that they forward
and hear each other, the group has its docker hosts, and these report that they form their clusters.
"""

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from stax.aws.session import Aws
from stax.engine import cluster
from stax.engine.clock import Stopwatch
from stax.engine.nat_health import look_at_boxes
from stax.errors import Unhealthy
from stax.events import Checked, Event, StepStarted, Warned
from stax.model.stack import Stack

# Machines of a complete stack are at least pending; EC2 has them running within a minute or two.
PATIENCE_S = 300.0


def wait_until_healthy(aws: Aws, stack: Stack, stopwatch: Stopwatch) -> Generator[Event, None, None]:
    """Look until all is well, then tell each finding.  Raises Unhealthy when it does not become so in time."""
    yield StepStarted(step="waiting for the machines and their routes")
    patience = Stopwatch(stopwatch.clock, PATIENCE_S)
    while True:
        told = look(aws, stack)
        findings = [finding for finding in told if isinstance(finding, Checked)]
        if all(finding.ok for finding in findings) or stopwatch.is_over or patience.is_over:
            break
        patience.pause()
    yield from told
    sick = [finding for finding in findings if not finding.ok]
    if sick:
        message = f"{stack.name} is there, but not healthy: {sick[0].subject} {sick[0].finding}"
        raise Unhealthy(message, hint=aws.command("repair", stack.name))
    yield from cluster.wait_until_whole(aws, stack, stopwatch)


def look(aws: Aws, stack: Stack) -> list[Checked | Warned]:
    """Return everything that was looked at, once, and how it stands; a Warned for what cannot be known."""
    machines = fixed_machines(aws, stack.name)
    return [
        *_machines(machines),
        *_routes(aws, stack),
        *_forwarding(aws, stack),
        *look_at_boxes(aws, stack.name, machines),
        *_hosts(aws, stack),
    ]


def _machines(machines: Mapping[str, Mapping[str, Any]]) -> Iterator[Checked]:
    """The jumpbox and the NAT boxes, by the network interfaces that outlive them."""
    for name, instance in machines.items():
        state = instance.get("State", {}).get("Name", "missing")
        finding = f"{instance.get('InstanceId', '')} {state}".strip()
        yield Checked(subject=name, ok=state == "running", finding=finding)


FIXED = ("jumpbox", "nat1", "nat2")


def fixed_machines(aws: Aws, name: str) -> dict[str, dict[str, Any]]:
    """Return the jumpbox and both NAT boxes as EC2 describes them; an empty dict for one that is gone."""
    filters = [
        {"Name": "tag:stax:name", "Values": [name]},
        {"Name": "tag:Name", "Values": [f"{machine}-{name}" for machine in FIXED]},
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
    ]
    found: dict[str, dict[str, Any]] = {machine: {} for machine in FIXED}
    for reservation in aws.pages("ec2", "DescribeInstances", "Reservations", Filters=filters):
        for instance in reservation["Instances"]:
            tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", ())}
            found[tags["Name"].removesuffix(f"-{name}")] = instance
    return found


def _routes(aws: Aws, stack: Stack) -> Iterator[Checked]:
    interfaces = {stack.outputs.get(f"Nat{n}InterfaceId"): f"nat{n}" for n in (1, 2)}
    for number in (1, 2):
        table_id = stack.outputs.get(f"PrivateRouteTable{number}Id", "")
        route = default_route(aws, table_id)
        carrier = interfaces.get(route.get("NetworkInterfaceId"))
        ok = carrier is not None and route.get("State") == "active"
        finding = f"carried by {carrier}" if ok else f"leads nowhere ({route.get('State', 'no default route')})"
        yield Checked(subject=f"default route of private subnet {number}", ok=ok, finding=finding)


def default_route(aws: Aws, route_table_id: str) -> dict[str, Any]:
    """Return the default route of a route table as EC2 describes it; an empty dict when it has none."""
    filters = [{"Name": "route-table-id", "Values": [route_table_id]}]
    for table in aws.pages("ec2", "DescribeRouteTables", "RouteTables", Filters=filters):
        for route in table.get("Routes", ()):
            if route.get("DestinationCidrBlock") == "0.0.0.0/0":
                return dict(route)
    return {}


def _forwarding(aws: Aws, stack: Stack) -> Iterator[Checked]:
    for name, interface in nat_interfaces(aws, stack).items():
        ok = interface.get("SourceDestCheck") is False
        finding = "may forward" if ok else "source/dest check is on, so it cannot forward"
        yield Checked(subject=f"interface of {name}", ok=ok, finding=finding if interface else "missing")


def nat_interfaces(aws: Aws, stack: Stack) -> dict[str, dict[str, Any]]:
    """Return the NAT boxes' network interfaces as EC2 describes them; an empty dict for one that is gone."""
    ids = {stack.outputs.get(f"Nat{n}InterfaceId", ""): f"nat{n}" for n in (1, 2)}
    found: dict[str, dict[str, Any]] = {name: {} for name in ids.values()}
    filters = [{"Name": "network-interface-id", "Values": list(ids)}]
    for interface in aws.pages("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", Filters=filters):
        found[ids[interface["NetworkInterfaceId"]]] = interface
    return found


def _hosts(aws: Aws, stack: Stack) -> Iterator[Checked]:
    names = [stack.outputs.get("DockerGroupName", "")]
    groups = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=names)["AutoScalingGroups"]
    for group in groups:
        wanted = group["DesiredCapacity"]
        ready = sum(i["LifecycleState"] == "InService" for i in group["Instances"])
        yield Checked(subject="docker hosts", ok=ready >= wanted, finding=f"{ready} of {wanted} in service")
    if not groups:
        yield Checked(subject="docker hosts", ok=False, finding="their group is missing")
