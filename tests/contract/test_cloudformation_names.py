"""Resources with names of their own: an engine that is started again knows which are its own, and touches no other."""

import json
from typing import Any

import pytest
from tests.contract.cloudformation_region import IAM, TRUST, Living, Region

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ"
ALARM = {
    "AlarmName": "cut-alarm", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Period": 60,
    "MetricName": "CPUUtilization", "Namespace": "AWS/EC2", "Statistic": "Average", "Threshold": 1,
}  # fmt: skip
NAMED: dict[str, tuple[str, dict[str, Any]]] = {
    "Bucket": ("S3::Bucket", {"BucketName": "cut-bucket", "VersioningConfiguration": {"Status": "Enabled"}}),
    "Word": ("SSM::Parameter", {"Name": "/cut/word", "Type": "String", "Value": "w"}),
    "Role": ("IAM::Role", {"RoleName": "cut-role", "AssumeRolePolicyDocument": TRUST}),
    "Profile": ("IAM::InstanceProfile", {"InstanceProfileName": "cut-profile", "Roles": []}),
    "Policy": ("IAM::ManagedPolicy", {"ManagedPolicyName": "cut-policy", "PolicyDocument": READ, "Path": "/cut/"}),
    "Key": ("EC2::KeyPair", {"KeyName": "cut-key", "PublicKeyMaterial": KEY}),
    "Alarm": ("CloudWatch::Alarm", ALARM),
    "Launch": ("EC2::LaunchTemplate", {"LaunchTemplateName": "cut-launch", "LaunchTemplateData": {}}),
}
GROUP = {
    "AutoScalingGroupName": "cut-docker",
    "MinSize": "0",
    "MaxSize": "0",
    "LaunchTemplate": {"LaunchTemplateName": "foreign", "Version": "1"},
}

CREATIONS = (
    "create_bucket", "put_parameter", "create_role", "create_instance_profile", "create_policy", "import_key_pair",
    "put_metric_alarm", "create_launch_template", "create_auto_scaling_group",
)  # fmt: skip
REFUSED = {each: ["AccessDenied"] for each in CREATIONS}


@pytest.fixture
def living(account: Any) -> Living:
    return Living(account)


@pytest.fixture
def named(account: Any, living: Living) -> dict[str, tuple[str, dict[str, Any]]]:
    data = {"ImageId": account.image(), "InstanceType": "t3.micro"}
    account.ec2.create_launch_template(LaunchTemplateName="foreign", LaunchTemplateData=data)
    group = {**GROUP, "VPCZoneIdentifier": [account.subnet()]}
    living.step()
    return {**NAMED, "Group": ("AutoScaling::AutoScalingGroup", group)}


def body(resources: dict[str, tuple[str, dict[str, Any]]]) -> str:
    made = {name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in resources.items()}
    return json.dumps({"Resources": made})


@pytest.mark.parametrize("logical_id", [*NAMED, "Group"])
def test_takes_up_what_a_creation_that_was_cut_off_left(living: Living, named: Any, logical_id: str) -> None:
    text = body({logical_id: named[logical_id]})
    for calls in range(1, 5):
        region, stack_id = cut_off(living, text, calls)
        if region.cut_state is None:
            break
        again = Region(living, region.cut_state, clock=living.clock)

        assert (calls, again.settled(stack_id), again.failures(stack_id)) == (calls, "CREATE_COMPLETE", [])
        assert again.delete(stack_id) == "DELETE_COMPLETE"
    else:
        pytest.fail("the creation never came to its end")


@pytest.mark.parametrize("logical_id", [*NAMED, "Group"])
def test_deletes_what_a_creation_that_was_cut_off_left(living: Living, named: Any, logical_id: str) -> None:
    text = body({logical_id: named[logical_id]})
    region, stack_id = cut_off(living, text, 1)
    again = Region(living, region.cut_state, clock=living.clock, refused=REFUSED)
    assert again.settled(stack_id) == "ROLLBACK_COMPLETE"

    fresh = Region(living, clock=living.clock)

    assert fresh.status(fresh.create(text)) == "CREATE_COMPLETE"


@pytest.mark.parametrize("logical_id", [*NAMED, "Group"])
def test_leaves_alone_what_another_stack_has_under_that_name(living: Living, named: Any, logical_id: str) -> None:
    text = body({logical_id: named[logical_id]})
    region = Region(living, clock=living.clock)
    owner = region.create(text, "owner")

    second = region.create(text, "second")

    assert region.status(second) == "ROLLBACK_COMPLETE"
    assert any("already exist" in each or "already in use" in each for each in region.failures(second))
    assert region.delete(second) == "DELETE_COMPLETE"
    region.call("DetectStackDrift", StackName=owner)
    resource = region.call("DescribeStackResourceDrifts", StackName=owner)["StackResourceDrifts"]
    assert [each["StackResourceDriftStatus"] for each in resource] in ([], ["IN_SYNC"])
    assert region.delete(owner) == "DELETE_COMPLETE"


def test_leaves_alone_what_somebody_else_has_put_in_a_table_or_a_group(account: Any) -> None:
    vpc_id = account.vpc()
    gateway_id = account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    table_id = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table_id, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway_id}
    account.ec2.create_route(**route)
    group_id = account.ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc_id)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    permission = {**rule, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    account.ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[permission])
    region = Region(account)

    for kind, properties in (
        ("EC2::Route", route),
        ("EC2::SecurityGroupIngress", {"GroupId": group_id, "CidrIp": "10.0.0.0/8", **rule}),
        ("EC2::VPCGatewayAttachment", {"VpcId": vpc_id, "InternetGatewayId": gateway_id}),
    ):
        assert region.status(region.create(body({"X": (kind, properties)}), kind[5:])) == "ROLLBACK_COMPLETE", kind

    routes = account.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]["Routes"]
    assert gateway_id in [each.get("GatewayId") for each in routes]
    assert account.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]["IpPermissions"]
    gateways = account.ec2.describe_internet_gateways(InternetGatewayIds=[gateway_id])["InternetGateways"]
    assert gateways[0]["Attachments"]


def cut_off(living: Living, text: str, calls: int) -> tuple[Region, str]:
    region = Region(living, clock=living.clock)
    region.cut_off_after(calls)
    stack_id = region.call("CreateStack", StackName="cut", TemplateBody=text, Capabilities=IAM)["StackId"]
    if region.settled(stack_id):
        region.cut_off_after(-1)
        region.delete(stack_id)
    region.service.close()
    return region, stack_id
