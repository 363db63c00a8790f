"""Machines made in other ways than stax's own template makes them are held to the same."""

from stax.synth.checks.machines import metadata_service, own_security_group, public_addresses
from stax.synth.template import parse_template

FROM_A_LAUNCH_TEMPLATE = parse_template("""
Resources:
  Box: {Type: AWS::EC2::Instance, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Made}}}
  Made:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {NetworkInterfaces: [{AssociatePublicIpAddress: true}]}}
""")


def test_an_instance_from_a_launch_template_is_judged_by_the_launch_template():
    assert {problem.place[1] for problem in metadata_service(FROM_A_LAUNCH_TEMPLATE)} == {"Made"}
    assert list(own_security_group(FROM_A_LAUNCH_TEMPLATE)) == []


def test_a_public_address_that_being_launched_brings_along_is_refused():
    assert [problem.where for problem in public_addresses(FROM_A_LAUNCH_TEMPLATE)] == [
        "Resources.Made.Properties.LaunchTemplateData.NetworkInterfaces.0.AssociatePublicIpAddress"
    ]


def test_every_disk_is_judged_but_the_ones_without_a_volume():
    template = parse_template("""
    Resources:
      Box:
        Type: AWS::EC2::Instance
        Properties:
          MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}
          BlockDeviceMappings:
            - {DeviceName: /dev/xvda, Ebs: {Encrypted: true}}
            - {DeviceName: /dev/xvdb, Ebs: {Encrypted: 'true'}}
            - {DeviceName: /dev/xvdc, VirtualName: ephemeral0}
    """)

    assert [problem.place[-1] for problem in metadata_service(template)] == [1]
