"""What was changed in AWS since CloudFormation made it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stax.aws.session import Aws

BUSY, DONE = "DETECTION_IN_PROGRESS", "DETECTION_COMPLETE"


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """A resource that is not what the template says."""

    logical_id: str
    resource_type: str
    status: str
    """MODIFIED or DELETED."""
    paths: tuple[str, ...]
    """The properties that differ."""


def begin_detection(aws: Aws, stack_id: str) -> str:
    """Have CloudFormation look at every resource; return the id to ask by.  Changes no resource."""
    return str(aws.call("cloudformation", "DetectStackDrift", StackName=stack_id)["StackDriftDetectionId"])


def detection_status(aws: Aws, detection_id: str) -> str:
    """Return how far it is: DETECTION_IN_PROGRESS, DETECTION_COMPLETE or DETECTION_FAILED."""
    said = aws.call("cloudformation", "DescribeStackDriftDetectionStatus", StackDriftDetectionId=detection_id)
    return str(said["DetectionStatus"])


def drifted(aws: Aws, stack_id: str) -> Iterator[Drifted]:
    """Yield what differs."""
    asked = {"StackName": stack_id, "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"]}
    for one in _pages(aws, asked):
        yield Drifted(
            logical_id=one["LogicalResourceId"],
            resource_type=one["ResourceType"],
            status=one["StackResourceDriftStatus"],
            paths=tuple(each["PropertyPath"] for each in one.get("PropertyDifferences", ())),
        )


def _pages(aws: Aws, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Page by hand: the SDK does not know that this operation's answer has pages."""
    while True:
        said = aws.call("cloudformation", "DescribeStackResourceDrifts", **asked)
        yield from said.get("StackResourceDrifts", ())
        if not said.get("NextToken"):
            return
        asked = {**asked, "NextToken": said["NextToken"]}
