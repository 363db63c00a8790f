"""Which ports a rule lets through, and where things stand that the checks look at."""

import pytest

from stax.synth.checks.facts import IngressRule, as_list, ingress_rules, literal_text, referred, statements
from stax.synth.template import parse_template


@pytest.mark.parametrize(
    ("protocol", "first", "last", "lets_2377_through"),
    [
        ("tcp", 2377, 2377, True),
        ("tcp", "2000", "3000", True),
        ("6", 2377, 2377, True),
        ("udp", 0, 65535, True),
        ("tcp", 2378, 2400, False),
        ("-1", None, None, True),
        (-1, None, None, True),
        ("icmp", 8, -1, False),
        ("icmp", -1, -1, False),
        ("tcp", {"Ref": "Port"}, {"Ref": "Port"}, True),
    ],
)
def test_a_rule_covers_a_port_unless_it_cannot(protocol: object, first: object, last: object, lets_2377_through: bool):
    rule = IngressRule((), {"IpProtocol": protocol, "FromPort": first, "ToPort": last}, group="G")

    assert rule.covers(2377) is lets_2377_through


def test_rules_are_found_inside_groups_and_on_their_own():
    template = parse_template("""
    Resources:
      G: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupIngress: [{IpProtocol: tcp}]}}
      R: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !GetAtt G.GroupId}}
    """)

    assert [(rule.group, rule.place[1]) for rule in ingress_rules(template)] == [("G", "G"), ("G", "R")]


def test_statements_are_found_in_policies_and_inside_roles():
    template = parse_template("""
    Resources:
      P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: {Sid: One}}}}
      R: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyDocument: {Statement: [{Sid: Two}, {Sid: Three}]}}]}}
    """)

    assert [found.body["Sid"] for found in statements(template)] == ["One", "Two", "Three"]


def test_small_readings():
    assert as_list(None) == []
    assert as_list("a") == ["a"]
    assert referred({"Ref": "A"}) == referred({"Fn::GetAtt": ["A", "Id"]}) == "A"
    assert referred("A") == ""
    assert literal_text({"Fn::Base64": {"Fn::Sub": ["a${B}", {"B": "c"}]}}) == "a${B}c"
