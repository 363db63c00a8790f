"""Invariants of the machines: their metadata service, disks, user data, addresses and tags."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stax.synth.checks.facts import INSTANCE, LAUNCH_TEMPLATE, Found, as_list, literal_text, machines, properties
from stax.synth.problems import Place, TemplateProblem
from stax.synth.template import Template

USER_DATA_LIMIT_BYTES = 16 * 1024
"""EC2's limit, before base64."""
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[0-9A-Z]{16}\b|SWMTKN-1-"
    r"|(?i:password|passwd|secret|token)[\"']?\s*[=:]\s*[\"']?[^\s\"']"
)
TAGGED_TYPES = (
    *("AWS::EC2::VPC", "AWS::EC2::InternetGateway", "AWS::EC2::Subnet", "AWS::EC2::RouteTable"),
    *("AWS::EC2::SecurityGroup", "AWS::EC2::NetworkInterface", "AWS::EC2::EIP", "AWS::EC2::VPCEndpoint", INSTANCE),
    *("AWS::IAM::Role", "AWS::S3::Bucket", "AWS::CloudWatch::Alarm", "AWS::AutoScaling::AutoScalingGroup"),
)
"""The types that take a list of Tags; launch templates have their own shape."""


def metadata_service(template: Template) -> Iterator[TemplateProblem]:
    """S1: the metadata service answers version 2 only, one hop far; every disk is encrypted."""
    for machine in machines(template):
        if "LaunchTemplate" in machine.body:
            continue  # what it says is checked where the launch template says it
        options = machine.get("MetadataOptions")
        options = options if isinstance(options, dict) else {}
        place = (*machine.place, "MetadataOptions")
        if options.get("HttpTokens") != "required":
            yield TemplateProblem("S1", "HttpTokens must be required (IMDSv2 only)", place)
        if str(options.get("HttpPutResponseHopLimit")) != "1":
            yield TemplateProblem("S1", "HttpPutResponseHopLimit must be 1, so that no container gets through", place)
        yield from _disks(machine)


def _disks(machine: Found) -> Iterator[TemplateProblem]:
    mappings = as_list(machine.get("BlockDeviceMappings"))
    if not mappings:
        yield TemplateProblem("S1", "the root disk must be declared, encrypted", machine.place)
    for index, mapping in enumerate(mappings):
        disk = mapping.get("Ebs") if isinstance(mapping, dict) else None
        if isinstance(disk, dict) and disk.get("Encrypted") is not True:
            place = (*machine.place, "BlockDeviceMappings", index)
            yield TemplateProblem("S1", "Encrypted must be true", place)


def user_data(template: Template) -> Iterator[TemplateProblem]:
    """S7: user data is at most 16 KB and holds no secret: whoever may describe the machine reads it."""
    for machine in machines(template):
        text = literal_text(machine.get("UserData") or "")
        place = (*machine.place, "UserData")
        if len(text.encode()) > USER_DATA_LIMIT_BYTES:
            yield TemplateProblem("S7", f"{len(text.encode())} bytes; EC2 takes {USER_DATA_LIMIT_BYTES}", place)
        if SECRET.search(text):
            yield TemplateProblem("S7", "looks like a secret; keep it in an SSM SecureString", place)


def own_security_group(template: Template) -> Iterator[TemplateProblem]:
    """S10: no machine falls back on the VPC's default security group."""
    for machine in machines(template):
        given = ("NetworkInterfaces", "SecurityGroupIds", "LaunchTemplate")
        if not any(machine.get(name) for name in given):
            yield TemplateProblem("S10", "names no security group, so the VPC's default one applies", machine.place)
    for logical_id, resource in template.resources("AWS::EC2::NetworkInterface").items():
        if not properties(resource).get("GroupSet"):
            place = ("Resources", logical_id, "Properties")
            yield TemplateProblem("S10", "names no GroupSet, so the VPC's default one applies", place)


def public_addresses(template: Template) -> Iterator[TemplateProblem]:
    """S11: a public address is an Elastic IP, never something that being launched brings along."""
    for logical_id, resource in template.resources("AWS::EC2::Subnet").items():
        if properties(resource).get("MapPublicIpOnLaunch") is not False:
            launched_public = ("Resources", logical_id, "Properties", "MapPublicIpOnLaunch")
            yield TemplateProblem("S11", "must be false", launched_public)
    for machine in machines(template):
        for index, interface in enumerate(as_list(machine.get("NetworkInterfaces"))):
            if isinstance(interface, dict) and interface.get("AssociatePublicIpAddress") not in (None, False):
                place = (*machine.place, "NetworkInterfaces", index, "AssociatePublicIpAddress")
                yield TemplateProblem("S11", "must not be asked for; use an Elastic IP", place)


def tags(template: Template) -> Iterator[TemplateProblem]:
    """S9: everything carries `stax:name`, by which it is found again, and destroyed."""
    for logical_id, resource in template.resources(*TAGGED_TYPES).items():
        yield from _name_tag(properties(resource).get("Tags"), ("Resources", logical_id, "Properties", "Tags"))
    for logical_id, resource in template.resources(LAUNCH_TEMPLATE).items():
        yield from _launched_tags(("Resources", logical_id, "Properties"), properties(resource))


def _launched_tags(place: Place, launch_template: Mapping[str, Any]) -> Iterator[TemplateProblem]:
    data = launch_template.get("LaunchTemplateData")
    launched = as_list(data.get("TagSpecifications")) if isinstance(data, dict) else []
    specifications = [*as_list(launch_template.get("TagSpecifications")), *launched]
    tagged = {str(spec.get("ResourceType")): spec.get("Tags") for spec in specifications if isinstance(spec, dict)}
    # The group's own tags reach its instances; what the instances bring along only the launch template can tag.
    for kind in ("launch-template", "volume", "network-interface"):
        yield from _name_tag(tagged.get(kind), (*place, "TagSpecifications", kind))


def _name_tag(given: Any, place: Place) -> Iterator[TemplateProblem]:
    for tag in as_list(given):
        if isinstance(tag, dict) and tag.get("Key") == "stax:name" and tag.get("Value") == {"Ref": "AWS::StackName"}:
            if tag.get("PropagateAtLaunch") is False:
                yield TemplateProblem("S9", "stax:name must reach the group's machines", place)
            return
    yield TemplateProblem("S9", "needs the tag stax:name with !Ref AWS::StackName", place)
