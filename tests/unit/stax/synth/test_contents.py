"""What a template makes is counted before it is made: also what machines and groups bring along."""

from stax.model.plan import PlannedResource
from stax.synth.contents import planned_resources, quantities
from stax.synth.template import load_template, parse_template

BARE = parse_template("""
Parameters: {Type: {Type: String, Default: t3.nano}}
Resources:
  Box: {Type: AWS::EC2::Instance, Properties: {InstanceType: !Ref Type}}
  Odd: {Type: AWS::EC2::Instance, Properties: {Tags: 3, BlockDeviceMappings: {Ebs: [1]}}}
""")


def test_a_resource_is_told_from_its_like():
    assert planned_resources(BARE, {})[0] == PlannedResource(
        logical_id="Box", resource_type="AWS::EC2::Instance", detail="t3.nano"
    )


def test_an_instance_without_an_interface_of_its_own_brings_one():
    counts = {quantity.subject: quantity.count for quantity in quantities(BARE, {})}

    assert counts["network interface"] == 2
    assert counts["volume"] == 0


def test_sizes_follow_the_parameters():
    given = {"ClusterSize": "2", "DockerVolumeSize": "100", "NATVolumeSize": "10", "DockerInstanceType": "m7i.large"}
    by_subject = {quantity.subject: quantity for quantity in quantities(load_template(), given)}

    assert by_subject["volume"].detail == f"{2 * 100 + 2 * 10 + 8} GiB in all"
    assert by_subject["docker host"].detail == "m7i.large"
    assert {subject for subject, quantity in by_subject.items() if quantity.billed} == {
        "jumpbox",
        "NAT box",
        "docker host",
        "volume",
        "Elastic IP",
    }
