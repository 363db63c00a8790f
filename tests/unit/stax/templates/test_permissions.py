"""What a machine's credentials can do, judged call by call as AWS does: the work is allowed, every abuse is not.

The judge is small: policy and boundary must both allow, a Deny wins, and every resource that a call names is judged.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest

from stax.synth.checks.facts import as_list, properties
from stax.synth.template import load_template

REGION, ACCOUNT, NAME = "eu-west-1", "111122223333", "shop"
VALUES = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": NAME,
    "Bucket": "shop-bucket",
    "Vpc": "vpc-own",
    "PrivateRouteTable1": "rtb-1",
    "PrivateRouteTable2": "rtb-2",
    "Nat1Interface": "eni-1",
    "Nat2Interface": "eni-2",
    "Nat1Address.AllocationId": "eipalloc-1",
    "Nat2Address.AllocationId": "eipalloc-2",
}
TEMPLATE = load_template()

Statement = Mapping[str, Any]
Context = Mapping[str, str]


def resolved(expression: Any) -> Any:
    """Work the functions out with the values above."""
    if isinstance(expression, list):
        return [resolved(item) for item in expression]
    if not isinstance(expression, dict):
        return expression
    if set(expression) == {"Ref"}:
        return VALUES[expression["Ref"]]
    if set(expression) == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda found: VALUES[found[1]], expression["Fn::Sub"])
    return {key: resolved(value) for key, value in expression.items()}


def policy(logical_id: str) -> list[Statement]:
    document = properties(TEMPLATE.resources()[logical_id])["PolicyDocument"]
    return [resolved(statement) for statement in document["Statement"]]


def matches(statement: Statement, action: str, resource: str, context: Context) -> bool:
    return (
        any(fnmatchcase(action.lower(), pattern.lower()) for pattern in as_list(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in as_list(statement["Resource"]))
        and all(
            holds(operator, context.get(key), str(wanted))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def holds(operator: str, found: str | None, wanted: str) -> bool:
    if found is None:
        return False
    return {"StringEquals": found == wanted, "NumericLessThan": _number(found) < _number(wanted)}[operator]


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"[0-9.]+", text) else 0.0


def allows(statements: list[Statement], action: str, resource: str, context: Context) -> bool:
    effects = {s["Effect"] for s in statements if matches(s, action, resource, context)}
    return effects == {"Allow"}


@dataclass(frozen=True)
class Credentials:
    """What the metadata service hands to a machine of one role."""

    policy: str
    imds: str = "2.0"

    def may(self, action: str, *resources: tuple[str, Context], region: str = REGION) -> bool:
        own, boundary = policy(self.policy), policy("MachineBoundary")
        always = {"aws:RequestedRegion": region, "ec2:RoleDelivery": self.imds, "aws:ResourceAccount": ACCOUNT}
        return all(
            allows(statements, action, arn, {**always, **context})
            for arn, context in (resources or (("*", {}),))
            for statements in (own, boundary)
        )


NAT, DOCKER, JUMP = Credentials("NatPolicy"), Credentials("DockerPolicy"), Credentials("JumpPolicy")


def ec2(kind: str, identity: str, *, name: str = NAME, role: str = "nat", vpc: str = "vpc-own") -> tuple[str, Context]:
    tags = {"aws:ResourceTag/stax:name": name, "aws:ResourceTag/stax:role": role}
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/{identity}", tags | {
        "ec2:Vpc": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{vpc}"
    }


def parameter(path: str) -> tuple[str, Context]:
    return f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{path}", {}


def publishing(path: str, overwrite: str = "false") -> tuple[str, Context]:
    return parameter(path)[0], {"ssm:Overwrite": overwrite}


def item(path: str, account: str = ACCOUNT) -> tuple[str, Context]:
    return f"arn:aws:s3:::{path}", {"aws:ResourceAccount": account}


def group(name: str) -> tuple[str, Context]:
    return f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:1-2-3:autoScalingGroupName/{name}", {}


TABLE_1, TABLE_2 = ec2("route-table", "rtb-1"), ec2("route-table", "rtb-2")
ADDRESS_1, ADDRESS_2 = ec2("elastic-ip", "eipalloc-1"), ec2("elastic-ip", "eipalloc-2")
INTERFACE_1, INTERFACE_2 = ec2("network-interface", "eni-1"), ec2("network-interface", "eni-2")
BOX = ec2("instance", "i-nat")


def work() -> Iterator[tuple[Credentials, str, tuple[tuple[str, Context], ...]]]:
    """Every call that the machines' work needs."""
    yield NAT, "ec2:ReplaceRoute", (TABLE_1,)
    yield NAT, "ec2:ReplaceRoute", (TABLE_2,)
    yield NAT, "ec2:AssociateAddress", (ADDRESS_1, INTERFACE_2, BOX)
    yield NAT, "ec2:AssociateAddress", (ADDRESS_2, INTERFACE_1)
    for looking in ("RouteTables", "Addresses", "NetworkInterfaces", "Instances", "InstanceStatus"):
        yield NAT, f"ec2:Describe{looking}", ()
    yield NAT, "ssm:GetParameter", (parameter("stax/shop/nat/hmac"),)
    for box in (1, 2):
        yield NAT, "ssm:PutParameter", (publishing(f"stax/shop/nat/{box}", overwrite="true"),)
    for machine, folder in ((NAT, "nat"), (DOCKER, "docker"), (JUMP, "jump")):
        yield machine, "s3:GetObject", (item(f"shop-bucket/machines/{folder}/x.ign"),)
        yield machine, "s3:GetObject", (item("shop-bucket/machines/agent/x.pyz"),)
        yield machine, "ssm:PutParameter", (publishing(f"stax/shop/hostkeys/{folder}/i-1"),)
    yield DOCKER, "ssm:GetParameters", (parameter("stax/shop/docker/join-worker"),)
    for claimed in ("first", "first-after-i-1", "ca", "gossip"):
        yield DOCKER, "ssm:PutParameter", (publishing(f"stax/shop/docker/{claimed}"),)
    for kept in ("report", "swarm", "consul", "etcd-members", "swarm-members", "consul-members"):
        yield DOCKER, "ssm:PutParameter", (publishing(f"stax/shop/docker/{kept}", overwrite="true"),)
    yield DOCKER, "s3:PutObject", (item("shop-bucket/backups/etcd/x"),)
    yield DOCKER, "s3:GetObject", (item("shop-bucket/backups/etcd/x"),)
    yield DOCKER, "autoscaling:DescribeAutoScalingGroups", ()
    yield DOCKER, "autoscaling:CompleteLifecycleAction", (group("shop-docker"),)
    yield DOCKER, "autoscaling:SetInstanceHealth", (group("shop-docker"),)
    yield JUMP, "ssm:PutParameter", (parameter("stax/shop/jump/ssh-public-key"),)
    yield JUMP, "ssm:GetParameters", (parameter("stax/shop/hostkeys/docker/i-1"),)
    yield JUMP, "ec2:DescribeInstances", ()
    yield DOCKER, "ssm:GetParameter", (parameter("stax/shop/jump/ssh-public-key"),)


def abuses() -> Iterator[tuple[Credentials, str, tuple[tuple[str, Context], ...]]]:
    """What somebody who stole a machine's credentials would try."""
    yield from abuses_of_a_nat_box()
    yield from abuses_of_others()


def abuses_of_a_nat_box() -> Iterator[tuple[Credentials, str, tuple[tuple[str, Context], ...]]]:
    yield NAT, "ec2:ReplaceRoute", (ec2("route-table", "rtb-public"),)
    yield NAT, "ec2:ReplaceRoute", (ec2("route-table", "rtb-1", vpc="vpc-other"),)
    yield NAT, "ec2:ReplaceRoute", (ec2("route-table", "rtb-other", name="other"),)
    yield NAT, "ec2:CreateRoute", (TABLE_1,)
    yield NAT, "ec2:DeleteRoute", (TABLE_1,)
    yield NAT, "ec2:AssociateAddress", (ec2("elastic-ip", "eipalloc-jump", role="jump"), INTERFACE_1)
    yield NAT, "ec2:AssociateAddress", (ec2("elastic-ip", "eipalloc-x", name="other"), INTERFACE_1)
    yield NAT, "ec2:AssociateAddress", (ADDRESS_1, ec2("network-interface", "eni-docker", role="docker"))
    yield NAT, "ec2:AssociateAddress", (ADDRESS_1, ec2("instance", "i-docker", role="docker"))
    yield NAT, "ec2:AssociateAddress", (ADDRESS_1, ec2("instance", "i-nat", name="other"))
    for doing in ("DisassociateAddress", "ReleaseAddress"):
        yield NAT, f"ec2:{doing}", (ADDRESS_1,)
    for doing in ("Stop", "Start", "Reboot", "Terminate"):
        yield NAT, f"ec2:{doing}Instances", (BOX,)
    yield NAT, "ec2:RunInstances", (BOX,)
    yield NAT, "ec2:ModifyInstanceAttribute", (BOX,)
    yield NAT, "ec2:ModifyNetworkInterfaceAttribute", (INTERFACE_1,)
    yield NAT, "ec2:CreateTags", (ec2("instance", "i-docker", role="docker"),)
    yield NAT, "ec2:AuthorizeSecurityGroupIngress", (ec2("security-group", "sg-1"),)
    yield NAT, "ec2:GetConsoleOutput", (BOX,)
    yield NAT, "ec2:DescribeImages", ()
    for path in ("docker/join-manager", "docker/canary", "jump/ssh-public-key"):
        yield NAT, "ssm:GetParameter", (parameter(f"stax/shop/{path}"),)
    for path in ("shop/nat/hmac", "shop/nat/10", "shop/nat", "other/nat/1", "shop/docker/canary"):
        yield NAT, "ssm:PutParameter", (publishing(f"stax/{path}", overwrite="true"),)
    for machine in (DOCKER, JUMP):
        yield machine, "ssm:PutParameter", (publishing("stax/shop/nat/1", overwrite="true"),)
    yield NAT, "ssm:GetParametersByPath", (parameter("stax/shop"),)
    yield NAT, "iam:PassRole", ((f"arn:aws:iam::{ACCOUNT}:role/admin", {}),)
    yield NAT, "sts:AssumeRole", ((f"arn:aws:iam::{ACCOUNT}:role/admin", {}),)


def abuses_of_others() -> Iterator[tuple[Credentials, str, tuple[tuple[str, Context], ...]]]:
    for machine, other in ((NAT, "docker"), (DOCKER, "nat"), (JUMP, "nat"), (DOCKER, "jump")):
        yield machine, "s3:GetObject", (item(f"shop-bucket/machines/{other}/x.ign"),)
    stranger = item("shop-bucket/machines/docker/x.ign", account="999999999999")
    for foreign in (item("other-bucket/machines/docker/x.ign"), stranger, item("shop-bucket/templates/x.yaml")):
        yield DOCKER, "s3:GetObject", (foreign,)
    yield DOCKER, "s3:PutObject", (item("shop-bucket/machines/docker/x.ign"),)
    yield DOCKER, "s3:ListBucket", (item("shop-bucket"),)
    yield DOCKER, "s3:PutObject", (item("shop-bucket/backups/x", account="999999999999"),)
    yield NAT, "s3:GetObject", (item("shop-bucket/backups/swarm/x"),)
    for claimed in ("first", "ca", "gossip"):
        yield DOCKER, "ssm:PutParameter", (publishing(f"stax/shop/docker/{claimed}", overwrite="true"),)
    yield DOCKER, "ssm:PutParameter", (publishing("stax/other/docker/report", overwrite="true"),)
    yield DOCKER, "ec2:ReplaceRoute", (TABLE_1,)
    for path in ("shop/nat/hmac", "other/docker/join-worker"):
        yield DOCKER, "ssm:GetParameter", (parameter(f"stax/{path}"),)
    yield DOCKER, "autoscaling:SetInstanceHealth", (group("other-docker"),)
    yield DOCKER, "autoscaling:UpdateAutoScalingGroup", (group("shop-docker"),)
    for machine, folder, other in ((JUMP, "jump", "nat"), (NAT, "nat", "docker"), (DOCKER, "docker", "jump")):
        yield machine, "ssm:PutParameter", (publishing(f"stax/shop/hostkeys/{other}/i-1"),)
        yield machine, "ssm:PutParameter", (publishing(f"stax/other/hostkeys/{folder}/i-1"),)
        yield machine, "ssm:PutParameter", (publishing(f"stax/shop/hostkeys/{folder}/i-1", overwrite="true"),)
        yield machine, "ssm:DeleteParameter", (parameter(f"stax/shop/hostkeys/{folder}/i-1"),)
        yield machine, "s3:PutObject", (item("shop-bucket/machines/agent/x.pyz"),)
    yield DOCKER, "ssm:PutParameter", (publishing("stax/shop/jump/ssh-public-key"),)
    yield JUMP, "ssm:GetParameters", (parameter("stax/shop/docker/join-manager"),)
    yield JUMP, "ssm:GetParameter", (parameter("stax/shop/nat/hmac"),)
    yield JUMP, "ec2:DescribeVolumes", ()


@pytest.mark.parametrize(("credentials", "action", "resources"), list(work()))
def test_the_work_is_allowed(credentials: Credentials, action: str, resources: tuple[tuple[str, Context], ...]):
    assert credentials.may(action, *resources)


@pytest.mark.parametrize(("credentials", "action", "resources"), list(abuses()))
def test_no_abuse_is(credentials: Credentials, action: str, resources: tuple[tuple[str, Context], ...]):
    assert not credentials.may(action, *resources)


@pytest.mark.parametrize(("credentials", "action", "resources"), list(work()))
def test_nothing_at_all_is_with_credentials_from_the_old_metadata_service(
    credentials: Credentials, action: str, resources: tuple[tuple[str, Context], ...]
):
    assert not Credentials(credentials.policy, imds="1.0").may(action, *resources)


def test_looking_ends_at_the_regions_border():
    assert not NAT.may("ec2:DescribeInstances", region="us-east-1")


def test_machines_write_to_the_bucket_below_backups_only():
    writing = [s for s in policy("MachineBoundary") if "s3:PutObject" in as_list(s["Action"])]

    assert [s["Resource"] for s in writing] == ["arn:aws:s3:::shop-bucket/backups/*"]


def test_what_is_added_to_a_role_by_hand_adds_nothing():
    """With AdministratorAccess attached, the boundary still holds."""
    boundary = policy("MachineBoundary")

    for action in ("iam:CreateUser", "ec2:TerminateInstances", "ec2:CreateRoute", "s3:DeleteObject", "ec2:CreateTags"):
        assert not any(fnmatchcase(action, pattern) for s in boundary for pattern in as_list(s["Action"]))
