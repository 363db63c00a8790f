"""Change sets: what an update would do, property by property, and doing it."""

import json
from collections.abc import Mapping
from typing import Any

from stax.aws.cloudformation import StackRequest
from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.model.plan import PropertyChange, ResourceChange

# A change set without changes FAILs with a reason in prose, and no other sign.
_EMPTY = ("didn't contain changes", "No updates are to be performed")

GONE = {"ChangeSetNotFound", "ChangeSetNotFoundException"}
NOT_TO_BE_EXECUTED = {"InvalidChangeSetStatus", "InvalidChangeSetStatusException", *GONE}

# Changing these on an instance in place stops and starts it.
_INTERRUPTING = {
    "AWS::EC2::Instance": {"InstanceType", "UserData", "EbsOptimized", "Tenancy", "KernelId", "RamdiskId"},
}


def create_change_set(aws: Aws, request: StackRequest, *, change_set_name: str) -> str:
    """Ask what an update would change; return the change set's id.  Nothing is changed by it.

    `change_set_name` must be new: when it is taken, the answer to our own call was lost on its way.
    """
    try:
        answer = aws.call(
            "cloudformation",
            "CreateChangeSet",
            **request.arguments(),
            ChangeSetName=change_set_name,
            ChangeSetType="UPDATE",
        )
        return str(answer["Id"])
    except AwsError as error:
        if error.code != "AlreadyExistsException":
            raise
    answer = aws.call("cloudformation", "DescribeChangeSet", ChangeSetName=change_set_name, StackName=request.name)
    return str(answer["ChangeSetId"])


def change_set_status(aws: Aws, change_set_id: str) -> tuple[str, str]:
    """Return a change set's status and the reason given for it; EMPTY when it has no changes."""
    answer = aws.call("cloudformation", "DescribeChangeSet", ChangeSetName=change_set_id)
    status, reason = answer["Status"], answer.get("StatusReason", "")
    if status == "FAILED" and any(words in reason for words in _EMPTY):
        return "EMPTY", reason
    return status, reason


def changes(aws: Aws, change_set_id: str) -> list[ResourceChange]:
    """Return all changes of a change set, with the values before and after."""
    found: list[ResourceChange] = []
    token: dict[str, str] = {}
    while True:
        answer = aws.call(
            "cloudformation", "DescribeChangeSet", ChangeSetName=change_set_id, IncludePropertyValues=True, **token
        )
        found += [_change(item["ResourceChange"]) for item in answer.get("Changes", ()) if "ResourceChange" in item]
        if not answer.get("NextToken"):
            return found
        token = {"NextToken": answer["NextToken"]}


def execute_change_set(aws: Aws, change_set_id: str, *, token: str) -> None:
    """Start the update.  On a failure CloudFormation puts everything back itself.

    Raises AwsError with a code of `NOT_TO_BE_EXECUTED` when it is under way or over already.
    """
    aws.call("cloudformation", "ExecuteChangeSet", ChangeSetName=change_set_id, ClientRequestToken=token)


def delete_change_set(aws: Aws, change_set_id: str) -> None:
    """Forget a change set; one that is gone already is fine."""
    try:
        aws.call("cloudformation", "DeleteChangeSet", ChangeSetName=change_set_id)
    except AwsError as error:
        if error.code not in GONE:
            raise


def _change(item: Mapping[str, Any]) -> ResourceChange:
    before, after = _context(item, "BeforeContext"), _context(item, "AfterContext")
    properties = tuple(_property(detail, before, after) for detail in _distinct(item.get("Details", ())))
    kind = item.get("ResourceType", "")
    names = {change.path.split(".")[0] for change in properties}
    return ResourceChange(
        logical_id=item["LogicalResourceId"],
        resource_type=kind,
        action=item["Action"],
        replacement=item.get("Replacement", "") if item["Action"] == "Modify" else "",
        physical_id=item.get("PhysicalResourceId", ""),
        properties=properties,
        scope=tuple(item.get("Scope", ())),
        interrupts=item["Action"] == "Modify" and bool(names & _INTERRUPTING.get(kind, set())),
    )


def _distinct(details: Any) -> list[Mapping[str, Any]]:
    """Return one detail a target: CloudFormation names it once for each reason (static, dynamic)."""
    by_target: dict[tuple[str, str], Mapping[str, Any]] = {}
    for detail in details:
        target = detail.get("Target", {})
        key = (target.get("Attribute", ""), target.get("Path") or target.get("Name", ""))
        known = by_target.get(key)
        if known is None or "AfterValue" not in known.get("Target", {}):
            by_target[key] = detail
    return list(by_target.values())


def _property(detail: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> PropertyChange:
    target = detail.get("Target", {})
    attribute, name = target.get("Attribute", ""), target.get("Name", "")
    path = target.get("Path", "").removeprefix("/Properties").strip("/").replace("/", ".") or name or attribute
    return PropertyChange(
        path=path,
        before=target.get("BeforeValue") or _value(before, attribute, name),
        after=target.get("AfterValue") or _value(after, attribute, name),
        recreation=target.get("RequiresRecreation", "Never"),
    )


def _context(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the resource's whole definition before or after, which CloudFormation gives as JSON text."""
    try:
        context = json.loads(item.get(key) or "{}")
    except ValueError:
        return {}
    return context if isinstance(context, dict) else {}


def _value(context: Mapping[str, Any], attribute: str, name: str) -> str:
    part: Any = context.get(attribute)
    if name and isinstance(part, dict):
        part = part.get(name)
    if part is None:
        return ""
    return part if isinstance(part, str) else json.dumps(part, sort_keys=True)
