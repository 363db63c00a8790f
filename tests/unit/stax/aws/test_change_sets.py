"""What a change set says, property by property."""

from typing import Any

import pytest

from stax.aws.change_sets import change_set_status, changes, create_change_set
from stax.aws.cloudformation import StackRequest
from stax.aws.endpoints import Endpoint
from stax.aws.errors import AwsError
from stax.aws.session import Aws


class CloudFormation(Aws):
    """Answers each call with the next of its answers; a str is an error code."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(Endpoint(name="test", region="us-east-1"))
        self.answers = list(answers)

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise AwsError(answer, code=answer)
        return dict(answer)


def modified(*details: dict[str, Any], kind: str = "AWS::EC2::Instance", **more: Any) -> dict[str, Any]:
    change = {
        "Action": "Modify",
        "LogicalResourceId": "Nat1",
        "PhysicalResourceId": "i-1",
        "ResourceType": kind,
        "Replacement": "False",
        "Scope": ["Properties"],
        "Details": list(details),
        **more,
    }
    return {"Changes": [{"Type": "Resource", "ResourceChange": change}]}


def detail(path: str, before: str, after: str, recreation: str = "Never") -> dict[str, Any]:
    target = {
        "Attribute": "Properties",
        "Name": path.split("/")[2],
        "Path": path,
        "BeforeValue": before,
        "AfterValue": after,
        "RequiresRecreation": recreation,
    }
    return {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def test_a_property_is_told_with_its_value_before_and_after() -> None:
    (change,) = changes(CloudFormation(modified(detail("/Properties/InstanceType", "t3.small", "t3.medium"))), "arn")

    (told,) = change.properties
    assert (told.path, told.before, told.after) == ("InstanceType", "t3.small", "t3.medium")
    assert change.interrupts
    assert not change.loses_the_old_one


def test_a_path_into_a_property_is_written_with_dots() -> None:
    (change,) = changes(CloudFormation(modified(detail("/Properties/Tags/0/Value", "a", "b"))), "arn")

    assert change.properties[0].path == "Tags.0.Value"
    assert not change.interrupts


@pytest.mark.parametrize("replacement", ["True", "Conditional"])
def test_what_may_be_replaced_counts_as_lost(replacement: str) -> None:
    (change,) = changes(CloudFormation(modified(Replacement=replacement)), "arn")

    assert change.loses_the_old_one


def test_the_same_property_is_told_once_whatever_the_reasons() -> None:
    twice = detail("/Properties/ImageId", "ami-1", "ami-2", "Always")

    (change,) = changes(CloudFormation(modified(twice, {**twice, "Evaluation": "Dynamic"})), "arn")

    assert len(change.properties) == 1


def test_without_values_they_are_found_in_the_whole_definition() -> None:
    """Not every service has CloudFormation tell the values of single properties."""
    bare = {"Target": {"Attribute": "Properties", "Name": "MinSize", "RequiresRecreation": "Never"}}
    contexts = {"BeforeContext": '{"Properties":{"MinSize":"2"}}', "AfterContext": '{"Properties":{"MinSize":"4"}}'}

    (change,) = changes(CloudFormation(modified(bare, **contexts)), "arn")

    assert (change.properties[0].before, change.properties[0].after) == ("2", "4")


def test_all_pages_are_read() -> None:
    first = modified() | {"NextToken": "more"}

    assert len(changes(CloudFormation(first, modified()), "arn")) == 2


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_a_change_set_without_changes_is_empty_not_failed(reason: str) -> None:
    assert change_set_status(CloudFormation({"Status": "FAILED", "StatusReason": reason}), "arn")[0] == "EMPTY"


def test_a_change_set_that_failed_otherwise_has_failed() -> None:
    failed = {"Status": "FAILED", "StatusReason": "Template error"}

    assert change_set_status(CloudFormation(failed), "arn") == ("FAILED", "Template error")


def test_a_change_set_whose_answer_was_lost_is_found_by_its_name() -> None:
    aws = CloudFormation("AlreadyExistsException", {"ChangeSetId": "arn:1"})

    assert create_change_set(aws, StackRequest(name="demo", parameters={}, tags={}), change_set_name="new") == "arn:1"
