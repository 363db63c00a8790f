"""What an update changes in place, seen in the account: the same resource before and after."""

import base64
import json
from typing import Any

import pytest
from tests.contract.cloudformation_region import TRUST, Living, Region

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}


@pytest.fixture
def living(account: Any) -> Living:
    return Living(account)


@pytest.fixture
def region(living: Living) -> Region:
    return Region(living, clock=living.clock)


def body(**resources: tuple[str, dict[str, Any]]) -> str:
    made = {name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in resources.items()}
    return json.dumps({"Resources": made})


def updated(region: Region, before: str, after: str, logical_id: str) -> str:
    """Make and update a stack; return the resource's physical id, which has to stay the same."""
    stack_id = region.create(before)
    physical_id = region.physical_id(stack_id, logical_id)

    assert region.update(stack_id, after) == "UPDATE_COMPLETE", region.failures(stack_id)
    assert region.physical_id(stack_id, logical_id) == physical_id
    return physical_id


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def instance(account: Any) -> dict[str, Any]:
    return {"ImageId": account.image(), "InstanceType": "t3.micro", "SubnetId": account.subnet()}


def attribute(account: Any, instance_id: str, name: str) -> Any:
    answer = account.ec2.describe_instance_attribute(InstanceId=instance_id, Attribute=name)
    return answer[name[0].upper() + name[1:]].get("Value")


def test_a_machine_is_stopped_for_another_type_and_user_data_and_runs_again(
    account: Any, region: Region, instance: Any
) -> None:
    before = {**instance, "UserData": encoded("one")}
    after = {**instance, "UserData": encoded("two"), "InstanceType": "t3.small"}

    instance_id = updated(region, body(Box=("EC2::Instance", before)), body(Box=("EC2::Instance", after)), "Box")

    assert account.state(instance_id) == "running"
    assert attribute(account, instance_id, "instanceType") == "t3.small"
    assert attribute(account, instance_id, "userData") == encoded("two")


def test_a_machine_is_protected_from_termination_and_no_longer(account: Any, region: Region, instance: Any) -> None:
    protected = body(Box=("EC2::Instance", {**instance, "DisableApiTermination": True}))
    stack_id = region.create(body(Box=("EC2::Instance", instance)))
    instance_id = region.physical_id(stack_id, "Box")

    assert region.update(stack_id, protected) == "UPDATE_COMPLETE"
    assert attribute(account, instance_id, "disableApiTermination") is True
    assert region.delete(stack_id) == "DELETE_FAILED"
    assert "disableApiTermination" in region.failures(stack_id)[1]
    assert account.state(instance_id) == "running"

    account.ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination={"Value": False})
    assert region.delete(stack_id) == "DELETE_COMPLETE"


def test_a_machine_is_given_another_profile_and_none(account: Any, region: Region, instance: Any) -> None:
    profiles: dict[str, Any] = {name: ("IAM::InstanceProfile", {"Roles": []}) for name in ("One", "Two")}

    def with_profile(**more: Any) -> str:
        return body(**profiles, Box=("EC2::Instance", {**instance, **more}))

    stack_id = region.create(with_profile(IamInstanceProfile={"Ref": "One"}))
    instance_id = region.physical_id(stack_id, "Box")

    assert region.update(stack_id, with_profile(IamInstanceProfile={"Ref": "Two"})) == "UPDATE_COMPLETE"
    assert profiles_of(account, instance_id) == [region.physical_id(stack_id, "Two")]

    assert region.update(stack_id, with_profile()) == "UPDATE_COMPLETE"
    assert profiles_of(account, instance_id) == []


def profiles_of(account: Any, instance_id: str) -> list[str]:
    mine = [{"Name": "instance-id", "Values": [instance_id]}]
    found = account.ec2.describe_iam_instance_profile_associations(Filters=mine)["IamInstanceProfileAssociations"]
    return [each["IamInstanceProfile"]["Arn"].rpartition("/")[2] for each in found]


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (2, 0)])
def test_an_interface_has_as_many_secondary_addresses_as_wanted(
    account: Any, region: Region, before: int, after: int
) -> None:
    subnet_id = account.subnet()

    def wanted(count: int) -> str:
        return body(Nic=("EC2::NetworkInterface", {"SubnetId": subnet_id, "SecondaryPrivateIpAddressCount": count}))

    interface_id = updated(region, wanted(before), wanted(after), "Nic")

    addresses = account.shown(interface_id)["PrivateIpAddresses"]
    assert [each["Primary"] for each in addresses].count(False) == after
    assert [each["Primary"] for each in addresses].count(True) == 1


def test_a_managed_policy_has_one_version_more_and_never_too_many(account: Any, region: Region) -> None:
    iam = account.client("iam")

    def policy(action: str) -> str:
        document = json.loads(json.dumps(READ).replace("s3:Get*", action))
        return body(
            Role=("IAM::Role", {"AssumeRolePolicyDocument": TRUST}),
            Policy=("IAM::ManagedPolicy", {"PolicyDocument": document, "Roles": [{"Ref": "Role"}]}),
        )

    stack_id = region.create(policy("s3:Get0"))
    arn = region.physical_id(stack_id, "Policy")
    for number in range(1, 8):
        assert region.update(stack_id, policy(f"s3:Get{number}")) == "UPDATE_COMPLETE"

    version_id = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=version_id)["PolicyVersion"]
    assert version["Document"]["Statement"][0]["Action"] == "s3:Get7"
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) <= 5
    assert region.delete(stack_id) == "DELETE_COMPLETE"


@pytest.fixture
def subnet(account: Any, living: Living) -> str:
    subnet_id = str(account.subnet())
    living.step()
    return subnet_id


def group(account: Any, subnet_id: str, instance_type: str, policy: Any = None, **more: Any) -> str:
    """A launch template and three machines in a group made of it."""
    launch = {"LaunchTemplateData": {"ImageId": account.image(), "InstanceType": instance_type}}
    version = {"LaunchTemplateId": {"Ref": "Launch"}, "Version": {"Fn::GetAtt": "Launch.LatestVersionNumber"}}
    properties = {"MinSize": "3", "MaxSize": "4", "LaunchTemplate": version, "VPCZoneIdentifier": [subnet_id]}
    resources = {
        "Launch": {"Type": "AWS::EC2::LaunchTemplate", "Properties": launch},
        "Group": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {**properties, **more}},
    }
    if policy is not None:
        resources["Group"]["UpdatePolicy"] = {"AutoScalingRollingUpdate": policy}
    return json.dumps({"Resources": resources})


def types_of(living: Living) -> list[str]:
    return [each["InstanceType"] for each in living.instances("running").values()]


def test_without_an_update_policy_the_machines_of_a_group_stay(
    account: Any, living: Living, region: Region, subnet: str
) -> None:
    stack_id = region.create(group(account, subnet, "t3.micro"))
    living.step()

    assert region.update(stack_id, group(account, subnet, "t3.small")) == "UPDATE_COMPLETE"
    living.step()

    assert types_of(living) == ["t3.micro"] * 3


def test_a_rolling_update_replaces_the_machines_batch_by_batch(
    account: Any, living: Living, region: Region, subnet: str
) -> None:
    policy = {"MaxBatchSize": "1", "MinInstancesInService": "2", "SuspendProcesses": ["AlarmNotification"]}
    stack_id = region.create(group(account, subnet, "t3.micro", policy))
    living.step()
    least: list[int] = []
    living.watch = lambda: least.append(len(living.instances("running")))

    assert region.update(stack_id, group(account, subnet, "t3.small", policy)) == "UPDATE_COMPLETE"

    assert types_of(living) == ["t3.small"] * 3
    assert min(least) >= 2
    (shown,) = living.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert shown["SuspendedProcesses"] == []


def test_a_rolling_update_that_may_take_no_machine_away_fails(
    account: Any, living: Living, region: Region, subnet: str
) -> None:
    stack_id = region.create(group(account, subnet, "t3.micro"))
    living.step()
    none = group(account, subnet, "t3.small", {"MinInstancesInService": "4"})

    assert region.update(stack_id, none) == "UPDATE_ROLLBACK_COMPLETE"

    assert any("MinInstancesInService must be less than" in each for each in region.failures(stack_id))
    living.step()
    assert types_of(living) == ["t3.micro"] * 3


def test_a_rolling_update_waits_for_the_signals_of_each_batch(
    account: Any, living: Living, region: Region, subnet: str
) -> None:
    policy = {"MaxBatchSize": "3", "WaitOnResourceSignals": "true", "PauseTime": "PT1M"}
    stack_id = region.create(group(account, subnet, "t3.micro", policy))
    living.step()

    def signal() -> None:
        for each, shown in living.instances("running").items():
            if shown["InstanceType"] == "t3.small":
                region.call(
                    "SignalResource", StackName=stack_id, LogicalResourceId="Group", UniqueId=each, Status="SUCCESS"
                )

    living.watch = signal

    assert region.update(stack_id, group(account, subnet, "t3.small", policy)) == "UPDATE_COMPLETE"


def test_a_lifecycle_hook_is_changed_in_place_and_goes_with_its_stack(
    living: Living, account: Any, region: Region, subnet: str
) -> None:
    autoscaling = living.client("autoscaling")
    owner = region.create(group(account, subnet, "t3.micro", MinSize="0"), "owner")
    name = region.physical_id(owner, "Group")
    launching = {"AutoScalingGroupName": name, "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}

    def hook(seconds: int) -> str:
        return body(Hook=("AutoScaling::LifecycleHook", {**launching, "HeartbeatTimeout": seconds}))

    hook_name = updated(region, hook(60), hook(90), "Hook")

    (shown,) = autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=name)["LifecycleHooks"]
    assert (shown["LifecycleHookName"], shown["HeartbeatTimeout"]) == (hook_name, 90)
    stack = region.call("DescribeStacks", StackName="made")["Stacks"][0]
    assert region.delete(stack["StackId"]) == "DELETE_COMPLETE"
    assert autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=name)["LifecycleHooks"] == []
