"""Taking away one resource: what is gone is fine, what is held is said."""

from typing import Any

import pytest

from stax.aws.endpoints import Endpoint
from stax.aws.errors import AwsError
from stax.aws.removal import remove_address, remove_group, remove_instance, remove_security_group, remove_vpc
from stax.aws.session import Aws


class Account(Aws):
    """Answers by operation: a dict is an answer, a str an error code."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(Endpoint(name="test", region="us-east-1"))
        self.answers = answers
        self.asked: list[str] = []

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        self.asked.append(operation)
        answer = self.answers.get(operation, {})
        if isinstance(answer, str):
            raise AwsError(answer, code=answer)
        return dict(answer)


def test_termination_protection_is_lifted_first() -> None:
    account = Account()

    remove_instance(account, "i-1")

    assert account.asked == ["ModifyInstanceAttribute", "TerminateInstances"]


def test_what_is_gone_already_is_fine() -> None:
    remove_instance(Account(TerminateInstances="InvalidInstanceID.NotFound"), "i-1")
    remove_vpc(Account(DeleteVpc="InvalidVpcID.NotFound"), "vpc-1")
    remove_address(Account(DescribeAddresses="InvalidAllocationID.NotFound"), "eipalloc-1")


def test_what_is_held_is_said() -> None:
    with pytest.raises(AwsError, match="DependencyViolation"):
        remove_vpc(Account(DeleteVpc="DependencyViolation"), "vpc-1")


def test_groups_that_name_each_other_lose_their_rules_first() -> None:
    rules = [{"IpProtocol": "-1"}]
    account = Account(
        DescribeSecurityGroups={"SecurityGroups": [{"IpPermissions": rules, "IpPermissionsEgress": rules}]}
    )

    remove_security_group(account, "sg-1")

    assert account.asked[1:] == ["RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "DeleteSecurityGroup"]


def test_an_associated_address_is_taken_away_before_it_is_given_back() -> None:
    account = Account(DescribeAddresses={"Addresses": [{"AssociationId": "eipassoc-1"}]})

    remove_address(account, "eipalloc-1")

    assert account.asked[1:] == ["DisassociateAddress", "ReleaseAddress"]


def test_a_group_that_is_gone_is_told_from_one_that_cannot_go() -> None:
    """Auto Scaling says both with the code of any bad input."""
    remove_group(
        Account(DeleteAutoScalingGroup="ValidationError", DescribeAutoScalingGroups={"AutoScalingGroups": []}), "g"
    )

    there: dict[str, Any] = {"AutoScalingGroups": [{}]}
    with pytest.raises(AwsError):
        remove_group(Account(DeleteAutoScalingGroup="ValidationError", DescribeAutoScalingGroups=there), "g")
