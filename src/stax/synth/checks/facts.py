"""What a template says, gathered for the checks: rules of security groups, policies, machines, their user data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stax.synth.problems import Place
from stax.synth.template import Template

INSTANCE = "AWS::EC2::Instance"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
GROUP_RULE = "AWS::EC2::SecurityGroupIngress"
SECURITY_GROUP = "AWS::EC2::SecurityGroup"
POLICY_TYPES = ("AWS::IAM::RolePolicy", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


WITH_PORTS = ("tcp", "udp", "6", "17")
"""The protocols, by name and by number, whose rules speak of ports; ICMP's numbers are types and codes."""


@dataclass(frozen=True)
class Found:
    """A mapping of the template, and where it stands."""

    place: Place
    body: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """Return a property, None when it is not there."""
        return self.body.get(name)


@dataclass(frozen=True)
class IngressRule(Found):
    """A rule that lets something in, and the logical id of the security group it belongs to."""

    group: str

    def covers(self, port: int) -> bool:
        """Whether the rule lets this port through, by TCP or UDP; ports not written as numbers count."""
        protocol = str(self.get("IpProtocol")).lower()
        if protocol not in WITH_PORTS:
            return protocol == "-1"
        first, last = self.get("FromPort"), self.get("ToPort")
        if not (str(first).isdecimal() and str(last).isdecimal()):
            return True
        return int(str(first)) <= port <= int(str(last))


def properties(resource: Any) -> Mapping[str, Any]:
    """Return a resource's properties; empty when it has none that are a mapping."""
    found = resource.get("Properties") if isinstance(resource, dict) else None
    return found if isinstance(found, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty list, anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def referred(value: Any) -> str:
    """Return the logical id that `!Ref X` or `!GetAtt X.Y` names; empty for anything else."""
    if not isinstance(value, dict):
        return ""
    attribute = as_list(value.get("Fn::GetAtt"))
    return str(value.get("Ref") or (attribute[0] if attribute else ""))


def machines(template: Template) -> Iterator[Found]:
    """Yield what machines are made from: instances, and the data of launch templates."""
    for logical_id, resource in template.resources(INSTANCE).items():
        yield Found(("Resources", logical_id, "Properties"), properties(resource))
    for logical_id, resource in template.resources(LAUNCH_TEMPLATE).items():
        data = properties(resource).get("LaunchTemplateData")
        place = ("Resources", logical_id, "Properties", "LaunchTemplateData")
        yield Found(place, data if isinstance(data, dict) else {})


def ingress_rules(template: Template) -> Iterator[IngressRule]:
    """Yield every rule that lets something in: those inside the groups and those that stand alone."""
    for logical_id, resource in template.resources(SECURITY_GROUP).items():
        place = ("Resources", logical_id, "Properties", "SecurityGroupIngress")
        for index, rule in enumerate(as_list(properties(resource).get("SecurityGroupIngress"))):
            if isinstance(rule, dict):
                yield IngressRule((*place, index), rule, group=logical_id)
    for logical_id, resource in template.resources(GROUP_RULE).items():
        rule = properties(resource)
        yield IngressRule(("Resources", logical_id, "Properties"), rule, group=referred(rule.get("GroupId")))


def statements(template: Template) -> Iterator[Found]:
    """Yield every statement of every policy that is attached to a role or bounds one."""
    for place, document in _policy_documents(template):
        for index, statement in enumerate(as_list(document.get("Statement"))):
            if isinstance(statement, dict):
                yield Found((*place, "Statement", index), statement)


def _policy_documents(template: Template) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for logical_id, resource in template.resources(*POLICY_TYPES).items():
        document = properties(resource).get("PolicyDocument")
        if isinstance(document, dict):
            yield ("Resources", logical_id, "Properties", "PolicyDocument"), document
    for logical_id, resource in template.resources("AWS::IAM::Role").items():
        for index, policy in enumerate(as_list(properties(resource).get("Policies"))):
            document = policy.get("PolicyDocument") if isinstance(policy, dict) else None
            if isinstance(document, dict):
                yield ("Resources", logical_id, "Properties", "Policies", index, "PolicyDocument"), document


def literal_text(value: Any) -> str:
    """Return all the text that an expression is made of, with `${Names}` as they stand."""
    if isinstance(value, dict):
        return "".join(literal_text(part) for part in value.values())
    if isinstance(value, list):
        return "".join(literal_text(part) for part in value)
    return str(value)
