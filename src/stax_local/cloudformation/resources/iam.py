"""Roles and policies."""

import json
from typing import Any
from urllib.parse import unquote

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import (
    DOCUMENT,
    TAGS,
    TEXT,
    TEXTS,
    WHOLE,
    ListOf,
    ResourceType,
    replaces,
    structure,
    updates,
)  # fmt: skip
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen, or_absent

LONGEST_ROLE = 64
LONGEST_POLICY = 128


def as_json(document: Any) -> str:
    """Return a policy document as the API takes it."""
    return document if isinstance(document, str) else json.dumps(document)


def as_document(answered: Any) -> Any:
    """Return a policy document that IAM answered, quoted or not."""
    return json.loads(unquote(answered)) if isinstance(answered, str) else answered


def _role_name(work: Work, properties: Properties) -> str:
    return str(properties.get("RoleName") or work.name(LONGEST_ROLE))


def _role_left(work: Work, properties: Properties) -> list[str]:
    name = _role_name(work, properties)
    found = or_absent(work.client("iam").list_role_tags, RoleName=name)
    return [name] if found and tagging.is_own(work, found["Tags"]) else []


def _create_role(work: Work, properties: Properties) -> str:
    iam, name = work.client("iam"), _role_name(work, properties)
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=as_json(properties["AssumeRolePolicyDocument"]),
        **chosen(properties, "Path", "Description", "MaxSessionDuration", "PermissionsBoundary"),
        Tags=tagging.as_list(tagging.merged(properties, work.tags)),
    )
    work.made(name)
    _set_policies(work, name, {}, properties)
    return name


def _set_policies(work: Work, role: str, before: Properties, after: Properties) -> None:
    iam = work.client("iam")
    old, new = _inline(before), _inline(after)
    for name, document in new.items():
        if old.get(name) != document:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=as_json(document))
    for name in old.keys() - new.keys():
        or_absent(iam.delete_role_policy, RoleName=role, PolicyName=name)
    attached, wanted = set(before.get("ManagedPolicyArns", [])), set(after.get("ManagedPolicyArns", []))
    for arn in sorted(wanted - attached):
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    for arn in sorted(attached - wanted):
        or_absent(iam.detach_role_policy, RoleName=role, PolicyArn=arn)


def _inline(properties: Properties) -> dict[str, Any]:
    return {each["PolicyName"]: each["PolicyDocument"] for each in properties.get("Policies", [])}


def _update_role(work: Work, change: Change) -> None:
    iam, role = work.client("iam"), change.physical_id
    if change.touches("AssumeRolePolicyDocument"):
        trusted = as_json(change.after["AssumeRolePolicyDocument"])
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=trusted)
    if change.touches("Description", "MaxSessionDuration"):
        wanted = {"Description": "", "MaxSessionDuration": 3600, **change.after}
        iam.update_role(RoleName=role, **chosen(wanted, "Description", "MaxSessionDuration"))
    if change.touches("PermissionsBoundary"):
        boundary = change.after.get("PermissionsBoundary")
        if boundary:
            iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
        else:
            iam.delete_role_permissions_boundary(RoleName=role)
    _set_policies(work, role, change.before, change.after)
    changed, gone = tagging.differing(change)
    if changed:
        iam.tag_role(RoleName=role, Tags=tagging.as_list(changed))
    if gone:
        iam.untag_role(RoleName=role, TagKeys=gone)


def _read_role(work: Work, name: str, properties: Properties) -> Live | None:
    iam = work.client("iam")
    found = or_absent(iam.get_role, RoleName=name)
    if not found:
        return None
    role = found["Role"]
    live = chosen(role, "Path", "Description", "MaxSessionDuration")
    live |= {
        "RoleName": name,
        "AssumeRolePolicyDocument": as_document(role["AssumeRolePolicyDocument"]),
        "Tags": tagging.own(role.get("Tags", [])),
    }
    if "ManagedPolicyArns" in properties:
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        live["ManagedPolicyArns"] = [each["PolicyArn"] for each in attached]
    if "Policies" in properties:
        live["Policies"] = [_role_policy(work, name, each) for each in _inline(properties)]
    return Live(live, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _role_policy(work: Work, role: str, name: str) -> dict[str, Any]:
    found = or_absent(work.client("iam").get_role_policy, RoleName=role, PolicyName=name)
    return {"PolicyName": name, "PolicyDocument": as_document(found["PolicyDocument"]) if found else {}}


def _delete_role(work: Work, name: str, _properties: Properties) -> None:
    iam = work.client("iam")
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        or_absent(iam.delete_role_policy, RoleName=name, PolicyName=policy)
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        or_absent(iam.detach_role_policy, RoleName=name, PolicyArn=policy["PolicyArn"])
    work.retry_while_used(lambda: iam.delete_role(RoleName=name))


ROLE = ResourceType(
    "AWS::IAM::Role",
    {
        "AssumeRolePolicyDocument": updates(DOCUMENT, required=True),
        "Description": updates(),
        "ManagedPolicyArns": updates(TEXTS),
        "MaxSessionDuration": updates(WHOLE),
        "Path": replaces(),
        "PermissionsBoundary": updates(hidden=True),
        "Policies": updates(
            ListOf(structure("PolicyName", "PolicyDocument", PolicyName=TEXT, PolicyDocument=DOCUMENT))
        ),
        "RoleName": replaces(),
        "Tags": updates(TAGS),
    },
    _create_role,
    _read_role,
    _delete_role,
    _update_role,
    _role_left,
    frozenset({"Arn", "RoleId"}),
)


def _put_role_policy(work: Work, properties: Properties) -> str:
    document = as_json(properties.get("PolicyDocument", {"Version": "2012-10-17", "Statement": []}))
    work.client("iam").put_role_policy(**chosen(properties, "RoleName", "PolicyName"), PolicyDocument=document)
    physical_id = f"{properties['PolicyName']}|{properties['RoleName']}"
    work.made(physical_id)
    return physical_id


def _update_role_policy(work: Work, change: Change) -> None:
    document = as_json(change.after["PolicyDocument"])
    work.client("iam").put_role_policy(**chosen(change.after, "RoleName", "PolicyName"), PolicyDocument=document)


def _read_role_policy(work: Work, _physical_id: str, properties: Properties) -> Live | None:
    found = or_absent(work.client("iam").get_role_policy, **chosen(properties, "RoleName", "PolicyName"))
    if not found:
        return None
    return Live(
        {**chosen(properties, "RoleName", "PolicyName"), "PolicyDocument": as_document(found["PolicyDocument"])}
    )


def _delete_role_policy(work: Work, _physical_id: str, properties: Properties) -> None:
    work.client("iam").delete_role_policy(**chosen(properties, "RoleName", "PolicyName"))


ROLE_POLICY = ResourceType(
    "AWS::IAM::RolePolicy",
    {
        "PolicyDocument": updates(DOCUMENT),
        "PolicyName": replaces(required=True),
        "RoleName": replaces(required=True),
    },
    _put_role_policy,
    _read_role_policy,
    _delete_role_policy,
    _update_role_policy,
)


def _create_policy(work: Work, properties: Properties) -> str:
    _put_on_roles(work, properties, properties.get("Roles", []))
    physical_id = work.name(LONGEST_POLICY)
    work.made(physical_id)
    return physical_id


def _put_on_roles(work: Work, properties: Properties, roles: list[str]) -> None:
    document = as_json(properties["PolicyDocument"])
    for role in roles:
        work.client("iam").put_role_policy(RoleName=role, PolicyName=properties["PolicyName"], PolicyDocument=document)


def _remove_from_roles(work: Work, name: str, roles: list[str]) -> None:
    iam = work.client("iam")
    for role in roles:
        or_absent(iam.delete_role_policy, RoleName=role, PolicyName=name)


def _update_policy(work: Work, change: Change) -> None:
    before, after = change.before.get("Roles", []), change.after.get("Roles", [])
    _put_on_roles(work, change.after, after)
    renamed = change.touches("PolicyName")
    _remove_from_roles(work, change.before["PolicyName"], [each for each in before if renamed or each not in after])


def _read_policy(work: Work, physical_id: str, properties: Properties) -> Live | None:
    roles = properties.get("Roles", [])
    documents = [_role_policy(work, role, properties["PolicyName"])["PolicyDocument"] for role in roles]
    if not any(documents):
        return None
    holding = [role for role, document in zip(roles, documents, strict=True) if document]
    live = {"PolicyName": properties["PolicyName"], "PolicyDocument": next(filter(None, documents)), "Roles": holding}
    return Live(live, {"Id": physical_id})


def _delete_policy(work: Work, _physical_id: str, properties: Properties) -> None:
    _remove_from_roles(work, properties["PolicyName"], properties.get("Roles", []))


POLICY = ResourceType(
    "AWS::IAM::Policy",
    {
        "PolicyDocument": updates(DOCUMENT, required=True),
        "PolicyName": updates(required=True),
        "Roles": updates(TEXTS),
    },
    _create_policy,
    _read_policy,
    _delete_policy,
    _update_policy,
    attributes=frozenset({"Id"}),
)


def _create_managed_policy(work: Work, properties: Properties) -> str:
    iam = work.client("iam")
    created = iam.create_policy(
        PolicyName=_managed_policy_name(work, properties),
        PolicyDocument=as_json(properties["PolicyDocument"]),
        **chosen(properties, "Path", "Description"),
        Tags=tagging.as_list(tagging.identity(work)),
    )["Policy"]
    work.made(created["Arn"])
    for role in properties.get("Roles", []):
        iam.attach_role_policy(RoleName=role, PolicyArn=created["Arn"])
    return str(created["Arn"])


def _managed_policy_name(work: Work, properties: Properties) -> str:
    return str(properties.get("ManagedPolicyName") or work.name(LONGEST_POLICY))


def _managed_policy_left(work: Work, properties: Properties) -> list[str]:
    path = properties.get("Path", "/")
    arn = f"arn:aws:iam::{work.account_id}:policy{path}{_managed_policy_name(work, properties)}"
    found = or_absent(work.client("iam").list_policy_tags, PolicyArn=arn)
    return [arn] if found and tagging.is_own(work, found["Tags"]) else []


def _update_managed_policy(work: Work, change: Change) -> None:
    iam, arn = work.client("iam"), change.physical_id
    if change.touches("PolicyDocument"):
        # IAM keeps five versions at most: the old ones make room.
        for each in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not each["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=each["VersionId"])
        document = as_json(change.after["PolicyDocument"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    before, after = set(change.before.get("Roles", [])), set(change.after.get("Roles", []))
    for role in sorted(after - before):
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    for role in sorted(before - after):
        or_absent(iam.detach_role_policy, RoleName=role, PolicyArn=arn)


def _read_managed_policy(work: Work, arn: str, _properties: Properties) -> Live | None:
    iam = work.client("iam")
    found = or_absent(iam.get_policy, PolicyArn=arn)
    if not found:
        return None
    policy = found["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    roles = iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="Role")["PolicyRoles"]
    live = {
        **chosen(policy, "Path", "Description"),
        "ManagedPolicyName": policy["PolicyName"],
        "PolicyDocument": as_document(version["Document"]),
        "Roles": [each["RoleName"] for each in roles],
    }
    return Live(live, {"PolicyArn": arn, **chosen(policy, "PolicyId", "DefaultVersionId")})


def _delete_managed_policy(work: Work, arn: str, _properties: Properties) -> None:
    iam = work.client("iam")
    for role in iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="Role")["PolicyRoles"]:
        iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
    for each in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not each["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=each["VersionId"])
    work.retry_while_used(lambda: iam.delete_policy(PolicyArn=arn))


MANAGED_POLICY = ResourceType(
    "AWS::IAM::ManagedPolicy",
    {
        "Description": replaces(),
        "ManagedPolicyName": replaces(),
        "Path": replaces(),
        "PolicyDocument": updates(DOCUMENT, required=True),
        "Roles": updates(TEXTS),
    },
    _create_managed_policy,
    _read_managed_policy,
    _delete_managed_policy,
    _update_managed_policy,
    _managed_policy_left,
    frozenset({"PolicyArn", "PolicyId", "DefaultVersionId"}),
)


TYPES = (ROLE, ROLE_POLICY, POLICY, MANAGED_POLICY)
