"""What stax.yaml makes: the README's inventory, and the machines whose addresses and routes outlive them."""

import pytest

from stax.synth.checks.facts import properties, statements
from stax.synth.conditions import present_resources
from stax.synth.contents import planned_resources, quantities
from stax.synth.template import Template, load_template


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template()


def test_with_two_docker_hosts_it_makes_what_the_readme_of_2015_promised(template: Template):
    counts = {quantity.subject: quantity.count for quantity in quantities(template, {"ClusterSize": "2"})}

    assert counts == {
        "CloudFormation stack": 1,
        "VPC": 1,
        "jumpbox": 1,
        "NAT box": 2,
        "docker host": 2,
        "volume": 5,
        "security group": 3,
        "Elastic IP": 3,
        "network interface": 5,
        "launch template": 1,
    }


def test_a_docker_host_brings_a_volume_and_an_interface_along(template: Template):
    counts = {quantity.subject: quantity.count for quantity in quantities(template, {"ClusterSize": "7"})}

    assert counts["docker host"] == 7
    assert counts["volume"] == 3 + 7
    assert counts["network interface"] == 3 + 7


@pytest.mark.parametrize(
    ("absent", "gone"),
    [
        ("none", set()),
        ("jumpbox", {"Jumpbox"}),
        ("nat1", {"Nat1", "Nat1RecoveryAlarm"}),
        ("nat2", {"Nat2", "Nat2RecoveryAlarm"}),
    ],
)
def test_an_absent_machine_leaves_its_interface_addresses_and_routes_in_place(
    template: Template, absent: str, gone: set[str]
):
    present = {resource.logical_id for resource in planned_resources(template, {"AbsentMachine": absent})}

    assert set(template.section("Resources")) - present == gone


def test_nothing_that_stays_refers_to_a_machine_that_may_be_absent(template: Template):
    staying = present_resources(template, {})
    for name in ("Jumpbox", "Nat1", "Nat2", "Nat1RecoveryAlarm", "Nat2RecoveryAlarm"):
        del staying[name]

    for machine in ("Jumpbox", "Nat1", "Nat2"):
        assert f"'Ref': '{machine}'" not in str(staying)
        assert f"'{machine}'" not in str([resource.get("DependsOn") for resource in staying.values()])


def test_a_nat_box_forwards_and_has_room_for_its_peers_address(template: Template):
    for zone in (1, 2):
        interface = properties(template.resources()[f"Nat{zone}Interface"])
        assert interface["SourceDestCheck"] is False
        assert interface["SecondaryPrivateIpAddressCount"] == 1
        assert interface["SubnetId"] == {"Ref": f"SubnetPublic{zone}"}
        box = properties(template.resources()[f"Nat{zone}"])
        assert box["NetworkInterfaces"] == [{"DeviceIndex": "0", "NetworkInterfaceId": {"Ref": f"Nat{zone}Interface"}}]


def test_nat_boxes_are_protected_and_recovered_by_aws_itself(template: Template):
    for zone in (1, 2):
        assert properties(template.resources()[f"Nat{zone}"])["DisableApiTermination"] is True
        alarm = properties(template.resources()[f"Nat{zone}RecoveryAlarm"])
        assert alarm["MetricName"] == "StatusCheckFailed_System"
        assert alarm["AlarmActions"] == [{"Fn::Sub": "arn:${AWS::Partition}:automate:${AWS::Region}:ec2:recover"}]
        assert alarm["Dimensions"] == [{"Name": "InstanceId", "Value": {"Ref": f"Nat{zone}"}}]


def test_the_group_leaves_its_size_to_the_scaling_policy(template: Template):
    group = template.resources()["DockerGroup"]

    assert "DesiredCapacity" not in properties(group)
    assert "UpdatePolicy" not in group
    policy = properties(template.resources()["DockerScalingPolicy"])
    assert policy["PolicyType"] == "TargetTrackingScaling"
    assert policy["TargetTrackingConfiguration"]["TargetValue"] == {"Ref": "AutoScaleTargetCPU"}


def test_the_nat_role_writes_two_routes_and_two_addresses_and_nothing_else(template: Template):
    own = [found.body for found in statements(template) if found.place[1] == "NatPolicy"]
    writing = {str(found["Action"]) for found in own if found["Sid"] not in {"Look", "NoCredentialsFromIMDSv1"}}

    assert writing == {
        "s3:GetObject",
        "ec2:ReplaceRoute",
        "ec2:AssociateAddress",
        "ssm:GetParameter",
        "ssm:PutParameter",  # its host key
    }
    (routes,) = [found for found in own if found["Sid"] == "TakeRoutes"]
    assert len(routes["Resource"]) == 2


def test_each_role_reads_its_own_configuration_and_no_other(template: Template):
    for policy, folder in (("JumpPolicy", "jump"), ("NatPolicy", "nat"), ("DockerPolicy", "docker")):
        (reading,) = [
            found.body
            for found in statements(template)
            if found.place[1] == policy and found.body["Action"] == "s3:GetObject"
        ]
        ends = [resource["Fn::Sub"].partition(":s3:::")[2] for resource in reading["Resource"]]
        assert ends == [f"${{Bucket}}/machines/{folder}/*", "${Bucket}/machines/agent/*"]


def test_every_role_refuses_credentials_from_the_old_metadata_service(template: Template):
    denying = [found for found in statements(template) if found.body["Effect"] == "Deny"]

    assert {found.place[1] for found in denying} == {"JumpPolicy", "NatPolicy", "DockerPolicy"}
    assert all(found.body["Condition"] == {"NumericLessThan": {"ec2:RoleDelivery": "2.0"}} for found in denying)


def test_every_constraint_says_in_words_what_is_allowed(template: Template):
    for name, declared in template.section("Parameters").items():
        if {"AllowedPattern", "MinValue"} & set(declared):
            assert declared.get("ConstraintDescription"), name
        assert declared.get("Description"), name
