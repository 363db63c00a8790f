"""Tags as resources take them: the template's over the stack's, CloudFormation's own among them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from stax_local.cloudformation.work import Change, Properties, Work


def merged(properties: Properties, stack_tags: Mapping[str, str]) -> dict[str, str]:
    """Return a resource's tags: its own Tags property on top of the stack's."""
    own = properties.get("Tags", [])
    return {**stack_tags, **(own if isinstance(own, Mapping) else {each["Key"]: each["Value"] for each in own})}


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as the APIs take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def own(tags: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the tags that a template may have set, for drift: all but AWS's own."""
    return [{"Key": t["Key"], "Value": t["Value"]} for t in tags if not t["Key"].startswith("aws:")]


def differing(change: Change) -> tuple[dict[str, str], list[str]]:
    """Return the tags to be set and the keys to be removed."""
    before = merged(change.before, change.tags_before)
    after = merged(change.after, change.tags_after)
    changed = {key: value for key, value in after.items() if before.get(key) != value and not key.startswith("aws:")}
    return changed, [key for key in before if key not in after]


def specifications(kind: str, work: Work, properties: Properties) -> list[dict[str, Any]]:
    """Return EC2's TagSpecifications for a resource that is made."""
    return [{"ResourceType": kind, "Tags": as_list(merged(properties, work.tags))}]


def update_ec2(work: Work, change: Change, resource_id: str = "") -> None:
    """Give an EC2 resource its new tags."""
    changed, gone = differing(change)
    ids = [resource_id or change.physical_id]
    if changed:
        work.client("ec2").create_tags(Resources=ids, Tags=as_list(changed))
    if gone:
        work.client("ec2").delete_tags(Resources=ids, Tags=[{"Key": key} for key in gone])


def identity(work: Work) -> dict[str, str]:
    """Return the tags that nobody but CloudFormation can set, and that say whose a resource is."""
    return {"aws:cloudformation:stack-id": work.stack_id, "aws:cloudformation:logical-id": work.logical_id}


def is_own(work: Work, tags: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether what carries these tags was made for this stack and logical id."""
    return identity(work).items() <= {each["Key"]: each["Value"] for each in tags}.items()


def made_for(kind: str, work: Work) -> Sequence[str]:
    """Return the ids of EC2 resources of a kind that carry the tags of this stack and logical id."""
    tagged = [_with_tag(work, kind, key, value) for key, value in identity(work).items()]
    return sorted(set.intersection(*tagged))


def _with_tag(work: Work, kind: str, key: str, value: str) -> set[str]:
    wanted = {"resource-type": kind, "key": key, "value": value}
    filters = [{"Name": name, "Values": [each]} for name, each in wanted.items()]
    return {each["ResourceId"] for each in work.client("ec2").describe_tags(Filters=filters)["Tags"]}


def left_by(kind: str) -> Callable[[Work, Properties], Sequence[str]]:
    """Return how to find what an interrupted creation of an EC2 resource of a kind left."""
    return lambda work, _properties: made_for(kind, work)
