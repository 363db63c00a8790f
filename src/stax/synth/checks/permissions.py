"""Invariants of the permissions: what no machine's role may do, and what bounds all of them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from stax.synth.checks.facts import Found, as_list, properties, statements
from stax.synth.problems import TemplateProblem
from stax.synth.template import Template

LOOKING = ("Describe", "List", "Get")
FORBIDDEN = (
    *("iam:PassRole", "iam:CreateRole", "iam:PutRolePolicy", "sts:AssumeRole"),
    *("ec2:CreateTags", "ec2:ModifyInstanceAttribute", "ec2:RunInstances", "ec2:CreateRoute"),
    # A NAT box never stops its peer: in a partition, both would (2015: for good).
    *("ec2:StartInstances", "ec2:StopInstances", "ec2:RebootInstances", "ec2:TerminateInstances"),
)
BROAD_POLICIES = ("AmazonSSMManagedInstanceCore", "AdministratorAccess", "PowerUserAccess")


def no_power_over_everything(template: Template) -> Iterator[TemplateProblem]:
    """S5: Allow on `*` is for Describe and List alone, and in the stack's own region."""
    for statement in _allowing(template):
        if "*" not in as_list(statement.get("Resource")) and "NotResource" not in statement.body:
            continue
        changing = [action for action in _actions(statement) if not action.partition(":")[2].startswith(LOOKING[:2])]
        if changing:
            yield TemplateProblem("S5", f"allows {changing[0]} on *; name the resources", statement.place)
        elif "aws:RequestedRegion" not in str(statement.get("Condition")):
            yield TemplateProblem("S5", "looks at *, so it needs the condition aws:RequestedRegion", statement.place)


def no_forbidden_action(template: Template) -> Iterator[TemplateProblem]:
    """S6: no role of a machine can raise its own power, touch machines, or make routes."""
    for statement in _allowing(template):
        if "NotAction" in statement.body:
            yield TemplateProblem("S6", "allows whatever it does not name; name the actions", statement.place)
        for action in _actions(statement):
            held = [power for power in FORBIDDEN if fnmatchcase(power.lower(), action.lower())]
            if held or action.lower().startswith("iam:"):
                yield TemplateProblem("S6", f"allows {action}, which no machine may", statement.place)


def bounded(template: Template) -> Iterator[TemplateProblem]:
    """S14: every role has a permissions boundary, so that what is added to it later adds nothing."""
    for logical_id, role in template.resources("AWS::IAM::Role").items():
        if not properties(role).get("PermissionsBoundary"):
            yield TemplateProblem("S14", "needs a PermissionsBoundary", ("Resources", logical_id, "Properties"))


def no_broad_policy(template: Template) -> Iterator[TemplateProblem]:
    """S15: none of AWS's broad policies, one of which reads every SSM parameter of the account."""
    for logical_id, role in template.resources("AWS::IAM::Role").items():
        attached = str(properties(role).get("ManagedPolicyArns"))
        for policy in BROAD_POLICIES:
            if policy in attached:
                place = ("Resources", logical_id, "Properties", "ManagedPolicyArns")
                yield TemplateProblem("S15", f"{policy} allows far more than a machine needs", place)


def _allowing(template: Template) -> Iterator[Found]:
    return (statement for statement in statements(template) if statement.get("Effect") == "Allow")


def _actions(statement: Found) -> list[Any]:
    return [str(action) for action in as_list(statement.get("Action"))]
