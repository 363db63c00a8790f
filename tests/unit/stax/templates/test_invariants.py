"""S1 to S15: what holds of stax's own template, and that each check would see it if it did not."""

from collections import Counter
from collections.abc import Callable

import pytest

from stax.synth.checks.facts import ingress_rules, machines, properties, statements
from stax.synth.lint import INVARIANTS, check_template
from stax.synth.template import STAX_TEMPLATE, Template, load_template, parse_template

TEXT = STAX_TEMPLATE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template()


def rules(text: str) -> set[str]:
    return {problem.rule for problem in check_template(parse_template(text))}


def planted(right: str, wrong: str) -> str:
    """The template with its first `right` made wrong."""
    assert right in TEXT
    return TEXT.replace(right, wrong, 1)


def test_stax_own_template_breaks_none_of_them(template: Template):
    assert check_template(template) == []


def test_s1_machines_answer_imdsv2_only_one_hop_far_on_encrypted_gp3_disks(template: Template):
    made_from = list(machines(template))

    assert len(made_from) == 4
    for machine in made_from:
        assert machine.body["MetadataOptions"] == {
            "HttpEndpoint": "enabled",
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 1,
            "InstanceMetadataTags": "enabled",
        }
        (disk,) = machine.body["BlockDeviceMappings"]
        assert disk["Ebs"]["Encrypted"] is True
        assert disk["Ebs"]["VolumeType"] == "gp3"
    assert rules(planted("HttpTokens: required", "HttpTokens: optional")) == {"S1"}
    assert rules(planted("HttpPutResponseHopLimit: 1", "HttpPutResponseHopLimit: 2")) == {"S1"}
    assert rules(planted("Encrypted: true", "Encrypted: false")) == {"S1"}


def test_s2_nothing_is_let_in_from_the_whole_world(template: Template):
    assert rules(planted("CidrIp: !Ref AllowSSHFrom", "CidrIp: 0.0.0.0/0")) == {"S2"}
    assert rules(planted("CidrIp: !Ref AllowSSHFrom", "CidrIpv6: '::/0'")) == {"S2"}
    assert rules(planted(r"[89]|[12]\d|3[0-2])$'", r"\d+)$'")) == {"S2"}
    assert "Default" not in template.section("Parameters")["AllowSSHFrom"]


def test_s3_dockers_api_is_on_no_port(template: Template):
    ports = {int(rule.body["FromPort"]) for rule in ingress_rules(template) if rule.group == "DockerSecurityGroup"}

    assert not ports & {2375, 2376}
    assert rules(planted("FromPort: 2377\n      ToPort: 2377", "FromPort: 2375\n      ToPort: 2377")) == {"S3"}


def test_s4_swarm_etcd_and_consul_hear_the_docker_hosts_alone():
    own = (
        "GroupId: !GetAtt DockerSecurityGroup.GroupId\n      SourceSecurityGroupId: !GetAtt DockerSecurityGroup.GroupId"
    )
    jumpbox = own.replace("SourceSecurityGroupId: !GetAtt Docker", "SourceSecurityGroupId: !GetAtt Jump")
    assert rules(planted(own, jumpbox)) == {"S4"}


def test_s5_nothing_but_looking_is_allowed_on_everything_and_only_in_the_region(template: Template):
    everything = [found for found in statements(template) if found.body["Resource"] == "*"]

    assert Counter(found.body["Sid"] for found in everything) == {"Look": 4, "NoCredentialsFromIMDSv1": 3}
    condition = "Condition:\n              StringEquals: {'aws:RequestedRegion': !Ref AWS::Region}"
    assert rules(planted(condition, "Condition: {}")) == {"S5"}
    assert rules(planted("- ec2:DescribeAddresses", "- ec2:ReleaseAddress")) == {"S5"}


@pytest.mark.parametrize(
    "power",
    ["ec2:CreateRoute", "ec2:RebootInstances", "ec2:CreateTags", "iam:PassRole", "ec2:Replace*", "ec2:*", "'*'"],
)
def test_s6_no_role_can_raise_its_power_touch_machines_or_make_routes(power: str):
    found = rules(planted("Action: ec2:ReplaceRoute", f"Action: {power}"))

    assert found == (set() if power == "ec2:Replace*" else {"S6"})


def test_s7_user_data_is_a_pointer_far_below_the_limit_and_holds_no_secret(template: Template):
    sizes = [len(str(machine.body["UserData"])) for machine in machines(template)]

    assert max(sizes) < 400
    assert rules(planted('"version": "3.3.0"', '"password": "hunter2", "version": "3.3.0"')) == {"S7"}
    assert rules(planted('"version": "3.3.0"', '"x": "password=hunter2", "version": "3.3.0"')) == {"S7"}
    assert rules(planted('"version": "3.3.0"', f'"x": "{"a" * 17_000}"')) == {"S7"}


def test_s8_the_template_makes_no_bucket_and_would_be_told_about_an_open_one(template: Template):
    assert not template.resources("AWS::S3::Bucket")
    assert rules(planted("\nResources:\n", "\nResources:\n  Open:\n    Type: AWS::S3::Bucket\n")) == {"S8", "S9"}


def test_s9_everything_that_takes_tags_carries_the_name_of_the_stax():
    tag = "        - {Key: 'stax:name', Value: !Ref AWS::StackName}\n"
    launched = "              - {Key: 'stax:name', Value: !Ref AWS::StackName}\n"
    group = "{Key: 'stax:name', Value: !Ref AWS::StackName, PropagateAtLaunch: true}"

    assert rules(planted(tag, "")) == {"S9"}
    assert rules(planted(launched, "")) == {"S9"}
    assert rules(planted(group, group.replace("true", "false"))) == {"S9"}


def test_s10_no_machine_falls_back_on_the_default_security_group():
    assert rules(planted("SecurityGroupIds: [!GetAtt DockerSecurityGroup.GroupId]", "EbsOptimized: true")) >= {"S10"}
    assert rules(planted("      GroupSet: [!GetAtt NatSecurityGroup.GroupId]\n", "")) == {"S10"}


def test_s11_the_only_public_addresses_are_three_elastic_ips(template: Template):
    assert len(template.resources("AWS::EC2::EIP")) == 3
    assert rules(planted("MapPublicIpOnLaunch: false", "MapPublicIpOnLaunch: true")) == {"S11"}
    assert rules(planted("MapPublicIpOnLaunch: false\n", "\n")) == {"S11"}


def test_s12_the_private_route_tables_are_born_with_their_default_routes(template: Template):
    routes = {name: properties(route) for name, route in template.resources("AWS::EC2::Route").items()}

    for zone in (1, 2):
        route = routes[f"PrivateDefaultRoute{zone}"]
        assert route["RouteTableId"] == {"Ref": f"PrivateRouteTable{zone}"}
        assert route["NetworkInterfaceId"] == {"Ref": f"Nat{zone}Interface"}
    default = "RouteTableId: !Ref PrivateRouteTable1\n      DestinationCidrBlock: 0.0.0.0/0"
    assert rules(planted(default, default.replace("0.0.0.0/0", "192.0.2.0/24"))) == {"S12"}


def test_s13_it_fits_into_a_request_by_way_of_the_bucket(template: Template):
    assert len(TEXT.encode()) <= 1_000_000
    assert len(template.section("Resources")) <= 500


def test_s14_every_role_is_bounded_by_the_same_boundary(template: Template):
    boundaries = [properties(role)["PermissionsBoundary"] for role in template.resources("AWS::IAM::Role").values()]

    assert boundaries == [{"Ref": "MachineBoundary"}] * 3
    assert rules(planted("      PermissionsBoundary: !Ref MachineBoundary\n", "")) == {"S14"}


def test_s15_none_of_amazons_broad_policies_is_attached():
    broad = "      PermissionsBoundary: !Ref MachineBoundary\n      ManagedPolicyArns: ['arn:aws:iam::aws:policy/{}']\n"
    for policy in ("AmazonSSMManagedInstanceCore", "AdministratorAccess"):
        assert rules(planted("      PermissionsBoundary: !Ref MachineBoundary\n", broad.format(policy))) == {"S15"}


def test_each_invariant_says_its_number_first():
    names: list[Callable[..., object]] = list(INVARIANTS)
    numbers = [str(check.__doc__).partition(":")[0] for check in names]

    assert numbers == [f"S{number}" for number in range(1, 16) if number != 13]
