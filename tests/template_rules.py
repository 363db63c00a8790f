"""The security groups of the template, read from it: what its machines are guarded by, and whom that lets through."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from stax_local.cloudformation import documents
from stax_local.desired import Rule

TEMPLATE = Path(__file__).parents[1] / "src/stax/templates/stax.yaml"


@dataclass(frozen=True)
class Host:
    """Who sends or receives: its address, and the group that guards it; none beyond the gateway."""

    address: str
    group: str = ""


@dataclass
class Group:
    """A group's rules; where one names a group, `group_id` is that one's name in the template."""

    ingress: list[Rule] = field(default_factory=list)
    egress: list[Rule] = field(default_factory=list)


def groups(values: Mapping[str, str]) -> dict[str, Group]:
    """The template's groups by name, with `values` for its parameters and addresses."""
    resources: Mapping[str, Any] = documents.read(TEMPLATE.read_text())["Resources"]
    kinds = {name: resource["Type"].rpartition("::")[2] for name, resource in resources.items()}
    found = {name: Group() for name, kind in kinds.items() if kind == "SecurityGroup"}
    for name, kind in kinds.items():
        properties = resources[name].get("Properties", {})
        if kind == "SecurityGroup":
            found[name].ingress += [_rule(each, values) for each in properties.get("SecurityGroupIngress", [])]
            found[name].egress += [_rule(each, values) for each in properties.get("SecurityGroupEgress", [])]
        elif kind == "SecurityGroupIngress":
            found[_named(properties["GroupId"])].ingress.append(_rule(properties, values))
        elif kind == "SecurityGroupEgress":
            found[_named(properties["GroupId"])].egress.append(_rule(properties, values))
    return found


def _rule(said: Mapping[str, Any], values: Mapping[str, str]) -> Rule:
    peer = said.get("SourceSecurityGroupId") or said.get("DestinationSecurityGroupId")
    return Rule(
        protocol=str(said["IpProtocol"]),
        from_port=said.get("FromPort"),
        to_port=said.get("ToPort"),
        cidr_block=_text(said["CidrIp"], values) if "CidrIp" in said else "",
        group_id=_named(peer) if peer else "",
    )


def _named(said: Mapping[str, Any]) -> str:
    """The logical name in `Ref NAME` or `GetAtt NAME.GroupId`."""
    told = said.get("Ref") or said["Fn::GetAtt"]
    return str(told if isinstance(told, str) else told[0]).partition(".")[0]


def _text(said: Any, values: Mapping[str, str]) -> str:
    if isinstance(said, str):
        return said
    if "Ref" in said:
        return values[said["Ref"]]
    text = str(said["Fn::Sub"])
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def ports(guards: Mapping[str, Group]) -> Iterator[tuple[str, int]]:
    """Protocol and first port of every rule that names one."""
    for group in guards.values():
        for rule in (*group.ingress, *group.egress):
            if rule.from_port is not None:
                yield rule.protocol, rule.from_port


def lets_through(guards: Mapping[str, Group], who: Host, whom: Host, protocol: str, port: int) -> bool:
    """Whether a connection may be made, by the rules of who sends and of who receives."""
    leaves = not who.group or any(_allows(rule, whom, protocol, port) for rule in guards[who.group].egress)
    enters = not whom.group or any(_allows(rule, who, protocol, port) for rule in guards[whom.group].ingress)
    return leaves and enters


def _allows(rule: Rule, peer: Host, protocol: str, port: int) -> bool:
    by_port = rule.protocol == protocol and rule.from_port is not None and rule.to_port is not None
    fits = rule.protocol == "-1" or (by_port and rule.from_port <= port <= rule.to_port)  # type: ignore[operator]
    if rule.group_id:
        return fits and rule.group_id == peer.group
    return fits and IPv4Address(peer.address) in IPv4Network(rule.cidr_block)
