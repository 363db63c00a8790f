"""Stacks: asked about, created, deleted, and their events read in order."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.model.stack import Stack, StackEvent

# CloudFormation takes a template of up to 51,200 bytes in the call itself; a longer one by its address in S3.
MAXIMUM_BODY_BYTES = 51_200

# By these CloudFormation says for certain that it has not begun; after anything else it may have.
REFUSED = {"ValidationError", "InsufficientCapabilitiesException", "LimitExceededException", "AccessDenied"}

# DescribeStacks says a stack's absence with the code of any bad input, so the words must tell.
_ABSENT = "does not exist"


@dataclass(frozen=True, kw_only=True)
class StackRequest:
    """What CreateStack and CreateChangeSet are asked for.

    A parameter that is None keeps its previous value (in a change set).
    """

    name: str
    template: str = ""
    """Empty: the one that the stack has."""
    template_url: str = ""
    parameters: Mapping[str, str | None]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...] = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")
    token: str = ""

    def arguments(self) -> dict[str, Any]:
        """Return it as the API's arguments."""
        return {
            "StackName": self.name,
            **self._template(),
            "Parameters": [_parameter(key, value) for key, value in self.parameters.items()],
            "Capabilities": list(self.capabilities),
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
        }

    def _template(self) -> dict[str, Any]:
        if not self.template:
            return {"UsePreviousTemplate": True}
        if self.is_too_long_to_send:
            return {"TemplateURL": self.template_url}
        return {"TemplateBody": self.template}

    @property
    def is_too_long_to_send(self) -> bool:
        """Whether CloudFormation takes the template only by its address in S3."""
        return len(self.template.encode()) > MAXIMUM_BODY_BYTES


def same_again(stack: Stack, parameters: Mapping[str, str]) -> StackRequest:
    """Return the request that changes only some parameters of a stack."""
    kept: dict[str, str | None] = dict.fromkeys(stack.parameters)
    return StackRequest(name=stack.name, parameters=kept | dict(parameters), tags=stack.tags)


@dataclass
class EventReader:
    """Reads a stack's events once each, oldest first."""

    aws: Aws
    stack_id: str
    seen: set[str] = field(default_factory=set)

    def skip_to_now(self) -> None:
        """Take all events there are as seen, so that only later ones are told."""
        self.seen |= {event.event_id for event in self._unseen()}

    def skip_to_last_operation(self) -> None:
        """Take as seen what happened before the stack's last operation began."""
        events = self._unseen()
        starts = [index for index, event in enumerate(events) if _begins_an_operation(event)]
        self.seen |= {event.event_id for event in events[: starts[-1] if starts else 0]}

    def read(self) -> list[StackEvent]:
        """Return the events that are new since the last call."""
        events = self._unseen()
        self.seen |= {event.event_id for event in events}
        return events

    def _unseen(self) -> list[StackEvent]:
        newest_first = []
        for item in self.aws.pages("cloudformation", "DescribeStackEvents", "StackEvents", StackName=self.stack_id):
            if item["EventId"] in self.seen:
                break
            newest_first.append(_event(item))
        return newest_first[::-1]


def find_stack(aws: Aws, name: str) -> Stack | None:
    """Return the stack of that name or id, None when there is none (a deleted one is found by its id)."""
    try:
        return _stack(aws.call("cloudformation", "DescribeStacks", StackName=name)["Stacks"][0])
    except AwsError as error:
        if error.code == "ValidationError" and _ABSENT in error.message:
            return None
        raise


def stacks(aws: Aws) -> Iterator[Stack]:
    """Yield every stack that is not deleted."""
    return map(_stack, aws.pages("cloudformation", "DescribeStacks", "Stacks"))


def create_stack(aws: Aws, request: StackRequest) -> str:
    """Start creating; return the stack's id.

    A failed stack is left as it is: CloudFormation's own rollback cannot remove the
    termination-protected NAT boxes, so stax cleans up itself.
    """
    answer = aws.call(
        "cloudformation",
        "CreateStack",
        **request.arguments(),
        OnFailure="DO_NOTHING",
        ClientRequestToken=request.token,
    )
    return str(answer["StackId"])


def delete_stack(aws: Aws, stack: Stack, *, retain: Set[str] = frozenset()) -> None:
    """Start deleting; `retain` names resources to leave behind, allowed only after DELETE_FAILED."""
    if stack.termination_protected:
        aws.call(
            "cloudformation", "UpdateTerminationProtection", StackName=stack.stack_id, EnableTerminationProtection=False
        )
    arguments = {"RetainResources": sorted(retain)} if retain else {}
    aws.call("cloudformation", "DeleteStack", StackName=stack.stack_id, **arguments)


def resources(aws: Aws, stack_id: str) -> list[dict[str, Any]]:
    """Return the stack's resources as ListStackResources tells them."""
    return list(aws.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack_id))


def validate_template(aws: Aws, *, template: str, template_url: str = "") -> None:
    """Have CloudFormation check a template; raises AwsError with its finding."""
    short = len(template.encode()) <= MAXIMUM_BODY_BYTES
    arguments = {"TemplateBody": template} if short else {"TemplateURL": template_url}
    aws.call("cloudformation", "ValidateTemplate", **arguments)


def _parameter(key: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"ParameterKey": key, "UsePreviousValue": True}
    return {"ParameterKey": key, "ParameterValue": value}


def _begins_an_operation(event: StackEvent) -> bool:
    return event.is_about_the_stack and event.status in {
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
        "IMPORT_IN_PROGRESS",
    }


def _stack(item: Mapping[str, Any]) -> Stack:
    return Stack(
        name=item["StackName"],
        stack_id=item["StackId"],
        status=item["StackStatus"],
        status_reason=item.get("StackStatusReason", ""),
        created_at=item["CreationTime"],
        updated_at=item.get("LastUpdatedTime"),
        parameters={p["ParameterKey"]: p.get("ParameterValue", "") for p in item.get("Parameters", ())},
        outputs={o["OutputKey"]: o["OutputValue"] for o in item.get("Outputs", ())},
        tags={tag["Key"]: tag["Value"] for tag in item.get("Tags", ())},
        termination_protected=bool(item.get("EnableTerminationProtection")),
    )


def _event(item: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        event_id=item["EventId"],
        at=item["Timestamp"],
        stack_id=item["StackId"],
        logical_id=item.get("LogicalResourceId", ""),
        physical_id=item.get("PhysicalResourceId", ""),
        resource_type=item.get("ResourceType", ""),
        status=item.get("ResourceStatus", ""),
        reason=item.get("ResourceStatusReason", ""),
    )
