from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.config.networks import default_subnets, subnet_findings, vpc_findings


def vpc_messages(text: str, *, allow: bool = False) -> list[str]:
    return [message for _, message, _ in vpc_findings(IPv4Network(text), allow_public_range=allow)]


def subnets(**given: str) -> dict[str, IPv4Network]:
    return {key: IPv4Network(text) for key, text in given.items()}


def test_the_default_subnets_are_those_of_2015():
    assert {key: str(network) for key, network in default_subnets(IPv4Network("10.183.0.0/16")).items()} == {
        "PrivateSubnet1": "10.183.0.0/24",
        "PublicSubnet1": "10.183.1.0/24",
        "PrivateSubnet2": "10.183.2.0/24",
        "PublicSubnet2": "10.183.3.0/24",
    }


@given(st.integers(16, 24), st.integers(0, 255))
def test_default_subnets_fit_any_vpc(prefix, third):
    vpc = IPv4Network(f"10.1.{third}.0/{prefix}", strict=False)

    blocks = default_subnets(vpc)

    assert len(blocks) == 4
    assert list(subnet_findings(blocks, vpc=vpc, hosts=9)) == []


def test_private_networks_are_taken():
    for text in ("10.0.0.0/16", "172.16.0.0/16", "192.168.0.0/24"):
        assert vpc_messages(text) == []


@pytest.mark.parametrize("text", ["172.17.0.0/16", "172.17.3.0/24", "169.254.0.0/16", "100.64.0.0/16"])
def test_networks_that_something_else_uses_are_refused_even_when_public_ones_are_allowed(text):
    assert len(vpc_messages(text, allow=True)) == 1


def test_a_public_range_must_be_meant():
    assert "not private" in vpc_messages("203.0.0.0/16")[0]
    assert vpc_messages("203.0.0.0/16", allow=True) == []


def test_a_subnet_outside_is_told_with_one_that_lies_inside():
    found = subnet_findings(subnets(PublicSubnet1="10.183.1.0/24"), vpc=IPv4Network("10.20.0.0/16"), hosts=9)

    assert list(found) == [("PublicSubnet1", "lies outside VpcCidr 10.20.0.0/16", "10.20.1.0/24")]


def test_subnets_that_overlap_are_both_named():
    given = subnets(PrivateSubnet1="10.0.0.0/23", PublicSubnet1="10.0.1.0/24")

    assert list(subnet_findings(given, vpc=None, hosts=None)) == [
        ("PrivateSubnet1", "overlaps PublicSubnet1 10.0.1.0/24", "")
    ]


def test_one_private_subnet_holds_all_docker_hosts_beside_what_aws_keeps():
    given = subnets(PrivateSubnet1="10.0.0.0/28", PublicSubnet1="10.0.1.0/28")

    assert list(subnet_findings(given, vpc=None, hosts=11)) == []
    assert [message for _, message, _ in subnet_findings(given, vpc=None, hosts=12)] == [
        "too small for ClusterMaxSize 12 docker hosts and the 5 addresses AWS keeps: /27"
    ]
