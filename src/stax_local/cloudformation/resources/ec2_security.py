"""Security groups and their rules, inline or as resources of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import (
    TAGS,
    TEXT,
    WHOLE,
    ListOf,
    ResourceType,
    Shape,
    replaces,
    structure,
    updates,
)
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen, code_of, or_absent

Rule = Mapping[str, Any]

_RULE: Mapping[str, Shape] = {
    "CidrIp": TEXT, "CidrIpv6": TEXT, "Description": TEXT, "FromPort": WHOLE, "IpProtocol": TEXT, "ToPort": WHOLE,
}  # fmt: skip
_INGRESS = structure(
    "IpProtocol", **_RULE, SourceSecurityGroupId=TEXT, SourceSecurityGroupOwnerId=TEXT, SourcePrefixListId=TEXT
)
_EGRESS = structure("IpProtocol", **_RULE, DestinationSecurityGroupId=TEXT, DestinationPrefixListId=TEXT)
_EVERYTHING = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
"""What EC2 lets every new group send."""


def permission(rule: Rule) -> dict[str, Any]:
    """Return a rule of a template as EC2's IpPermission."""
    described = chosen(rule, "Description")
    permitted = chosen(rule, "IpProtocol", "FromPort", "ToPort")
    if "CidrIp" in rule:
        permitted["IpRanges"] = [{"CidrIp": rule["CidrIp"], **described}]
    if "CidrIpv6" in rule:
        permitted["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    if group := rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId"):
        owner = {"UserId": rule["SourceSecurityGroupOwnerId"]} if "SourceSecurityGroupOwnerId" in rule else {}
        permitted["UserIdGroupPairs"] = [{"GroupId": group, **owner, **described}]
    if prefixes := rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId"):
        permitted["PrefixListIds"] = [{"PrefixListId": prefixes, **described}]
    return permitted


def _authorize(work: Work, group_id: str, direction: str, permissions: Sequence[Mapping[str, Any]]) -> None:
    call = getattr(work.client("ec2"), f"authorize_security_group_{direction}")
    for each in permissions:
        try:
            call(GroupId=group_id, IpPermissions=[each])
        except ClientError as error:
            # A rule that is there is as good as one that was made: an interrupted update is begun again.
            if code_of(error) != "InvalidPermission.Duplicate":
                raise


def _revoke(work: Work, group_id: str, direction: str, permissions: Sequence[Mapping[str, Any]]) -> None:
    call = getattr(work.client("ec2"), f"revoke_security_group_{direction}")
    for each in permissions:
        or_absent(call, GroupId=group_id, IpPermissions=[each])


def _create_group(work: Work, properties: Properties) -> str:
    group_id = work.client("ec2").create_security_group(
        GroupName=properties.get("GroupName") or work.name(),
        Description=properties["GroupDescription"],
        **chosen(properties, "VpcId"),
        TagSpecifications=tagging.specifications("security-group", work, properties),
    )["GroupId"]
    work.made(group_id)
    _set_rules(work, group_id, {}, properties)
    return str(group_id)


def _set_rules(work: Work, group_id: str, before: Properties, after: Properties) -> None:
    for name, direction in (("SecurityGroupIngress", "ingress"), ("SecurityGroupEgress", "egress")):
        old, new = list(before.get(name, [])), list(after.get(name, []))
        # A group without egress rules in the template keeps EC2's own, that lets everything out.
        if direction == "egress":
            old, new = old or [_EVERYTHING], new or [_EVERYTHING]
        allowed, wanted = [_identity(each) for each in old], [_identity(each) for each in new]
        # First what is new: what both sets allow is never refused in between.
        _authorize(work, group_id, direction, [permission(r) for r in new if _identity(r) not in allowed])
        _describe(work, group_id, direction, [r for r in new if r not in old and _identity(r) in allowed])
        _revoke(work, group_id, direction, [each for each in allowed if each not in wanted])


def _identity(rule: Rule) -> dict[str, Any]:
    """Return what tells a rule from others: two that differ in their description only are the same to EC2."""
    return permission({name: value for name, value in rule.items() if name != "Description"})


def _describe(work: Work, group_id: str, direction: str, rules: Sequence[Rule]) -> None:
    call = getattr(work.client("ec2"), f"update_security_group_rule_descriptions_{direction}")
    for each in rules:
        call(GroupId=group_id, IpPermissions=[permission(each)])


def _update_group(work: Work, change: Change) -> None:
    if change.touches("SecurityGroupIngress", "SecurityGroupEgress"):
        _set_rules(work, change.physical_id, change.before, change.after)
    tagging.update_ec2(work, change)


def _read_group(work: Work, group_id: str, properties: Properties) -> Live | None:
    found = or_absent(work.client("ec2").describe_security_groups, GroupIds=[group_id])
    if not found or not found["SecurityGroups"]:
        return None
    group = found["SecurityGroups"][0]
    live = {
        "GroupDescription": group["Description"],
        "GroupName": group["GroupName"],
        "VpcId": group.get("VpcId"),
        "Tags": tagging.own(group.get("Tags", [])),
    }
    for name, theirs in (("SecurityGroupIngress", "IpPermissions"), ("SecurityGroupEgress", "IpPermissionsEgress")):
        if name in properties:
            live[name] = _rules_of(properties[name], group[theirs])
    return Live(live, {"GroupId": group_id, "Id": group_id, "VpcId": group.get("VpcId", "")})


def _rules_of(declared: Sequence[Rule], permissions: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return the declared rules that are there: rules of other resources are not this one's affair."""
    return [each for each in declared if is_allowed(each, permissions)]


def is_allowed(rule: Rule, permissions: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a rule of a template is among a group's permissions."""
    wanted = permission(rule)
    for each in permissions:
        # All protocols means all ports, whatever ports are named.
        names = ("IpProtocol",) if wanted["IpProtocol"] == "-1" else ("IpProtocol", "FromPort", "ToPort")
        if any(wanted.get(name) != each.get(name) for name in names):
            continue
        for kind, key in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"), ("UserIdGroupPairs", "GroupId")):
            asked = {item[key] for item in wanted.get(kind, [])}
            if asked and asked <= {item.get(key) for item in each.get(kind, [])}:
                return True
    return False


def _delete_group(work: Work, group_id: str, _properties: Properties) -> None:
    work.retry_while_used(lambda: work.client("ec2").delete_security_group(GroupId=group_id))


GROUP = ResourceType(
    "AWS::EC2::SecurityGroup",
    {
        "GroupDescription": replaces(required=True),
        "GroupName": replaces(),
        "VpcId": replaces(),
        "SecurityGroupIngress": updates(ListOf(_INGRESS)),
        "SecurityGroupEgress": updates(ListOf(_EGRESS)),
        "Tags": updates(TAGS),
    },
    _create_group,
    _read_group,
    _delete_group,
    _update_group,
    tagging.left_by("security-group"),
    frozenset({"GroupId", "Id", "VpcId"}),
)


def _rule_type(direction: str, own_members: Mapping[str, Any]) -> ResourceType:
    """Return the type of a rule that is a resource of its own."""
    permissions = "IpPermissions" if direction == "ingress" else "IpPermissionsEgress"

    def create(work: Work, properties: Properties) -> str:
        call = getattr(work.client("ec2"), f"authorize_security_group_{direction}")
        answer = call(GroupId=properties["GroupId"], IpPermissions=[permission(properties)])
        rules = answer.get("SecurityGroupRules", [])
        physical_id = str(rules[0]["SecurityGroupRuleId"]) if rules else work.name()
        work.made(physical_id)
        return physical_id

    def read(work: Work, physical_id: str, properties: Properties) -> Live | None:
        found = or_absent(work.client("ec2").describe_security_groups, GroupIds=[properties["GroupId"]])
        groups = found["SecurityGroups"] if found else []
        if not groups or not is_allowed(properties, groups[0][permissions]):
            return None
        return Live(properties, {"Id": physical_id})

    def delete(work: Work, _physical_id: str, properties: Properties) -> None:
        _revoke(work, properties["GroupId"], direction, [_identity(properties)])

    def update(work: Work, change: Change) -> None:
        # Only the description changes in place.
        _describe(work, change.after["GroupId"], direction, [change.after])

    members = {
        "GroupId": replaces(required=True), "IpProtocol": replaces(required=True), "FromPort": replaces(WHOLE),
        "ToPort": replaces(WHOLE), "CidrIp": replaces(), "CidrIpv6": replaces(), "Description": updates(),
    }  # fmt: skip
    name = f"AWS::EC2::SecurityGroup{direction.capitalize()}"

    def leftovers(work: Work, _properties: Properties) -> Sequence[str]:
        # A rule is revoked by what it says, not by its id.
        return (work.name(),)

    attributes = frozenset({"Id"})
    return ResourceType(name, {**members, **own_members}, create, read, delete, update, leftovers, attributes)


INGRESS = _rule_type(
    "ingress",
    {
        "SourceSecurityGroupId": replaces(),
        "SourceSecurityGroupOwnerId": replaces(),
        "SourcePrefixListId": replaces(),
    },
)
EGRESS = _rule_type("egress", {"DestinationSecurityGroupId": replaces(), "DestinationPrefixListId": replaces()})

TYPES = (GROUP, INGRESS, EGRESS)
