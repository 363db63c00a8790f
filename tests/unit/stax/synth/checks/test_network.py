"""Who is let in, beyond what stax's own template shows."""

import pytest

from stax.synth.checks.network import closed_to_the_world, cluster_ports_are_the_clusters, default_routes
from stax.synth.template import Template, parse_template


def group(source: str, parameters: str = "{}") -> Template:
    return parse_template(f"""
    Parameters: {parameters}
    Resources:
      L: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{SecurityGroupIds: [!Ref G]}}}}}}
      G:
        Type: AWS::EC2::SecurityGroup
        Properties: {{SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 1, ToPort: 9000, {source}}}]}}
    """)


@pytest.mark.parametrize(
    ("parameters", "is_open"),
    [
        ("{From: {Type: String}}", True),
        ("{From: {Type: String, AllowedPattern: '.*'}}", True),
        ("{From: {Type: String, AllowedPattern: '('}}", True),
        ("{From: {Type: String, AllowedValues: [0.0.0.0/0, 10.0.0.0/8]}}", True),
        ("{From: {Type: String, AllowedValues: [10.0.0.0/8]}}", False),
        (r"{From: {Type: String, AllowedPattern: '[\d.]+/(2[4-9]|3[0-2])'}}", False),
    ],
)
def test_a_parameter_that_would_take_the_world_is_as_open_as_the_world(parameters: str, is_open: bool):
    found = list(closed_to_the_world(group("CidrIp: !Ref From", parameters)))

    assert bool(found) is is_open


def test_cluster_ports_may_be_open_to_the_group_itself_and_to_nobody_else():
    assert not list(cluster_ports_are_the_clusters(group("SourceSecurityGroupId: !Ref G")))
    assert list(cluster_ports_are_the_clusters(group("SourceSecurityGroupId: sg-0123")))
    assert list(cluster_ports_are_the_clusters(group("CidrIp: 10.0.0.0/8")))


def test_only_the_tables_that_nat_boxes_move_need_a_default_route():
    template = parse_template("""
    Resources: {Mine: {Type: AWS::EC2::RouteTable}, Isolated: {Type: AWS::EC2::RouteTable}}
    Outputs: {PrivateRouteTable1Id: {Value: !Ref Mine}}
    """)

    assert [problem.where for problem in default_routes(template)] == ["Resources.Mine"]
