"""The region's groups and how an operation finds the one it is about."""

from collections.abc import Iterator, Mapping
from typing import Any

from stax_local.autoscaling.loop import Loop
from stax_local.autoscaling.model import Group, Member
from stax_local.autoscaling.requests import invalid
from stax_local.service import Caller

Asked = Mapping[str, Any]
Answer = dict[str, Any]


def group_of(book: Loop, caller: Caller, name: str) -> Group:
    """Return a group by its name or its ARN.  Raises ServiceError."""
    group = book.groups.get((caller.region, name.rpartition("autoScalingGroupName/")[2] or name))
    if group is None:
        raise invalid(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def groups_of(book: Loop, caller: Caller) -> Iterator[Group]:
    """Yield the groups of the caller's region."""
    return (group for (region, _), group in list(book.groups.items()) if region == caller.region)


def member_of(book: Loop, caller: Caller, instance_id: str) -> tuple[Group, Member]:
    """Return the group that an instance belongs to, and it as a member.  Raises ServiceError."""
    for group in groups_of(book, caller):
        if instance_id in group.members:
            return group, group.members[instance_id]
    raise invalid(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")


def page(found: list[Answer], asked: Asked, key: str, most: int = 100) -> Answer:
    """Return one page of an answer, by MaxRecords and NextToken."""
    token = str(asked.get("NextToken") or "0")
    if not token.isdigit():
        raise invalid("The token is not valid.")
    start, size = int(token), min(int(asked.get("MaxRecords") or 50), most)
    answer: Answer = {key: found[start : start + size]}
    if len(found) > start + size:
        answer["NextToken"] = str(start + size)
    return answer
