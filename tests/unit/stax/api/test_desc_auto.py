from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from stax.api.desc_auto import describe_auto
from stax.aws.session import Aws, Identity
from stax.engine.site import Site


class Account(Aws):
    """An account with a stax whose groups are these."""

    def __init__(self, *groups: dict[str, Any]) -> None:
        self.groups = groups

    @property
    def place(self) -> str:
        return "eu-west-1"

    @property
    def identity(self) -> Identity:
        return Identity(account_id="123456789012", arn="arn:aws:iam::123456789012:user/jo")

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        tags = [{"Key": "stax:name", "Value": "demo"}]
        created_at = datetime(2026, 1, 1, tzinfo=UTC)
        stack = {"StackName": "demo", "StackId": "arn:demo", "StackStatus": "CREATE_COMPLETE", "Tags": tags}
        return {"Stacks": [{**stack, "CreationTime": created_at}]}

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        return iter(self.groups if operation == "DescribeAutoScalingGroups" else ())


def test_the_group_is_told_with_whose_it_is(tmp_path):
    group = {"AutoScalingGroupName": "demo-docker", "MinSize": 3, "MaxSize": 9, "DesiredCapacity": 4}

    description = describe_auto(Site(Account(group), tmp_path), "demo")

    assert (description.name, description.region, description.account_id) == ("demo", "eu-west-1", "123456789012")
    assert [(one.name, one.smallest, one.desired, one.largest) for one in description.groups] == [
        ("demo-docker", 3, 4, 9)
    ]


def test_before_the_group_is_made_there_is_none(tmp_path):
    assert describe_auto(Site(Account(), tmp_path), "demo").groups == ()
