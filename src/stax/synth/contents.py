"""What a template makes, before it is made: its resources, and how many of everything that AWS counts.

Machines bring volumes and network interfaces along, and an Auto Scaling group brings machines; so the
quantities are more than the resources that the template names.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from stax.model.plan import PlannedResource, Quantity
from stax.synth.checks.facts import INSTANCE, LAUNCH_TEMPLATE, as_list, properties
from stax.synth.conditions import effective_parameters, present_resources
from stax.synth.template import Template

INTERFACE = "AWS::EC2::NetworkInterface"
GROUP = "AWS::AutoScaling::AutoScalingGroup"


def planned_resources(template: Template, parameters: Mapping[str, str]) -> tuple[PlannedResource, ...]:
    """List the resources that the template will make, each with what tells it from its like."""
    values = effective_parameters(template, parameters)
    return tuple(
        PlannedResource(
            logical_id=logical_id, resource_type=str(resource.get("Type")), detail=_detail(resource, values)
        )
        for logical_id, resource in present_resources(template, parameters).items()
    )


def quantities(template: Template, parameters: Mapping[str, str]) -> tuple[Quantity, ...]:
    """Count what AWS will show when the stax is up, in the words and order of the README of 2015."""
    return tuple(_quantities(_Contents(template, parameters)))


def _quantities(contents: "_Contents") -> Iterator[Quantity]:
    yield Quantity(subject="CloudFormation stack", count=1)
    yield Quantity(subject="VPC", count=contents.count("AWS::EC2::VPC"))
    yield from contents.machines()
    volumes_gib = contents.volumes_gib()
    yield Quantity(subject="volume", count=len(volumes_gib), detail=f"{sum(volumes_gib)} GiB in all", billed=True)
    yield Quantity(subject="security group", count=contents.count("AWS::EC2::SecurityGroup"))
    yield Quantity(subject="Elastic IP", count=contents.count("AWS::EC2::EIP"), billed=True)
    yield Quantity(subject="network interface", count=contents.interfaces())
    yield Quantity(subject="launch template", count=contents.count(LAUNCH_TEMPLATE))


class _Contents:
    """The resources that are present, with the parameters' values at hand."""

    def __init__(self, template: Template, parameters: Mapping[str, str]) -> None:
        self._values = effective_parameters(template, parameters)
        self._resources = present_resources(template, parameters)

    def count(self, resource_type: str) -> int:
        """How many resources of a type the template names."""
        return len(self._of(resource_type))

    def machines(self) -> Iterator[Quantity]:
        """The machines by role: those named, and those that a group starts with."""
        for role, subject in (("jump", "jumpbox"), ("nat", "NAT box")):
            boxes = [box for box in self._of(INSTANCE) if self._role(box) == role]
            detail = ", ".join(sorted({self._text(box, "InstanceType") for box in boxes}))
            yield Quantity(subject=subject, count=len(boxes), detail=detail, billed=True)
        details = {_detail(template, self._values) for template in self._of(LAUNCH_TEMPLATE)}
        yield Quantity(subject="docker host", count=self._group_size(), detail=", ".join(sorted(details)), billed=True)

    def volumes_gib(self) -> list[int]:
        """The size of every volume, in GiB."""
        named = [size for box in self._of(INSTANCE) for size in self._sizes_gib(properties(box))]
        launched = [size for made in self._of(LAUNCH_TEMPLATE) for size in self._sizes_gib(_launch_data(made))]
        return named + launched * self._group_size()

    def interfaces(self) -> int:
        """How many network interfaces: those named, and one for every machine that is given none."""
        bare = [box for box in self._of(INSTANCE) if "NetworkInterfaces" not in properties(box)]
        return self.count(INTERFACE) + len(bare) + self._group_size()

    def _of(self, resource_type: str) -> list[Mapping[str, Any]]:
        return [resource for resource in self._resources.values() if resource.get("Type") == resource_type]

    def _group_size(self) -> int:
        sizes = (_value(properties(group).get("MinSize"), self._values) for group in self._of(GROUP))
        return sum(int(size) for size in sizes if size.isdecimal())

    def _role(self, resource: Mapping[str, Any]) -> str:
        tags = _mappings(properties(resource).get("Tags"))
        return next((str(tag.get("Value")) for tag in tags if tag.get("Key") == "stax:role"), "")

    def _text(self, resource: Mapping[str, Any], name: str) -> str:
        return _value(properties(resource).get(name), self._values)

    def _sizes_gib(self, machine: Mapping[str, Any]) -> list[int]:
        disks = [
            disk for device in _mappings(machine.get("BlockDeviceMappings")) for disk in _mappings(device.get("Ebs"))
        ]
        sizes = (_value(disk.get("VolumeSize"), self._values) for disk in disks)
        return [int(size) for size in sizes if size.isdecimal()]


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a list, or the one that stands alone; a user's template may hold anything else."""
    return (item for item in as_list(value) if isinstance(item, dict))


def _launch_data(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    data = properties(resource).get("LaunchTemplateData")
    return data if isinstance(data, dict) else {}


def _detail(resource: Mapping[str, Any], values: Mapping[str, str]) -> str:
    said = {**properties(resource), **_launch_data(resource)}
    for name in ("InstanceType", "CidrBlock", "DestinationCidrBlock", "MinSize"):
        value = _value(said.get(name), values)
        if value:
            return value
    return ""


def _value(expression: Any, values: Mapping[str, str]) -> str:
    if isinstance(expression, dict):
        return values.get(str(expression.get("Ref")), "")
    return "" if expression is None else str(expression)
