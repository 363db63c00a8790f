"""Instance profiles: how a role reaches a machine."""

from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import TEXTS, ResourceType, replaces, updates
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen, or_absent

LONGEST_PROFILE = 128


def _create_profile(work: Work, properties: Properties) -> str:
    iam, name = work.client("iam"), _profile_name(work, properties)
    own = tagging.as_list(tagging.identity(work))
    iam.create_instance_profile(InstanceProfileName=name, **chosen(properties, "Path"), Tags=own)
    work.made(name)
    for role in properties["Roles"]:
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    return name


def _profile_name(work: Work, properties: Properties) -> str:
    return str(properties.get("InstanceProfileName") or work.name(LONGEST_PROFILE))


def _profile_left(work: Work, properties: Properties) -> list[str]:
    name = _profile_name(work, properties)
    profile = _profile(work, name)
    return [name] if profile and tagging.is_own(work, profile.get("Tags", [])) else []


def _update_profile(work: Work, change: Change) -> None:
    iam, name = work.client("iam"), change.physical_id
    for role in change.before["Roles"]:
        if role not in change.after["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    for role in change.after["Roles"]:
        if role not in change.before["Roles"]:
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)


def _profile(work: Work, name: str) -> Mapping[str, Any] | None:
    found = or_absent(work.client("iam").get_instance_profile, InstanceProfileName=name)
    return found["InstanceProfile"] if found else None


def _read_profile(work: Work, name: str, _properties: Properties) -> Live | None:
    profile = _profile(work, name)
    if profile is None:
        return None
    roles = [each["RoleName"] for each in profile["Roles"]]
    live = {"InstanceProfileName": name, "Path": profile["Path"], "Roles": roles}
    return Live(live, {"Arn": profile["Arn"], "InstanceProfileId": profile["InstanceProfileId"]})


def _delete_profile(work: Work, name: str, _properties: Properties) -> None:
    iam = work.client("iam")
    for role in (_profile(work, name) or {"Roles": []})["Roles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)


INSTANCE_PROFILE = ResourceType(
    "AWS::IAM::InstanceProfile",
    {
        "InstanceProfileName": replaces(),
        "Path": replaces(),
        "Roles": updates(TEXTS, required=True),
    },
    _create_profile,
    _read_profile,
    _delete_profile,
    _update_profile,
    _profile_left,
    frozenset({"Arn"}),
)

TYPES = (INSTANCE_PROFILE,)
