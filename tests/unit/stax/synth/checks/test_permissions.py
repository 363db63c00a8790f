"""Statements are judged however they are written."""

import pytest

from stax.synth.checks.permissions import no_forbidden_action, no_power_over_everything
from stax.synth.template import Template, parse_template


def policy(statement: str) -> Template:
    return parse_template(
        f"Resources: {{P: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyDocument: {{Statement: {statement}}}}}}}}}"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "{Effect: Allow, Action: 's3:*', Resource: '*'}",
        "{Effect: Allow, Action: ['ec2:DescribeInstances', 's3:GetObject'], Resource: ['*']}",
        "{Effect: Allow, Action: 'ec2:DescribeInstances', Resource: '*'}",
        "[{Effect: Allow, Action: 's3:PutObject', NotResource: 'arn:aws:s3:::a'}]",
    ],
)
def test_power_over_everything_is_seen(statement: str):
    assert len(list(no_power_over_everything(policy(statement)))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "{Effect: Deny, Action: '*', Resource: '*'}",
        "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*'}",
        "{Effect: Allow, Action: 'ec2:ListX', Resource: '*', Condition: {StringEquals: {'aws:RequestedRegion': x}}}",
    ],
)
def test_what_is_bounded_is_fine(statement: str):
    assert list(no_power_over_everything(policy(statement))) == []


@pytest.mark.parametrize("action", ["EC2:runinstances", "ec2:Run*", "iam:GetUser", "*", "ec2:?ebootInstances"])
def test_a_forbidden_action_is_seen_through_case_and_wildcards(action: str):
    statement = f"{{Effect: Allow, Action: '{action}', Resource: 'arn:aws:x'}}"

    assert len(list(no_forbidden_action(policy(statement)))) == 1


def test_everything_but_something_is_everything():
    assert len(list(no_forbidden_action(policy("{Effect: Allow, NotAction: 'iam:*', Resource: 'arn:aws:x'}")))) == 1
