import re
from contextlib import suppress
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.config.keys import KEYS
from stax.config.kinds import (
    Choice,
    CidrBlock,
    InstanceType,
    KeyPairName,
    Refused,
    ServiceNames,
    TagText,
    WholeNumber,
)

VPC = CidrBlock(16, 24, "10.0.0.0/16")


def refusal(kind, text):
    with pytest.raises(Refused) as caught:
        kind.read(text)
    return caught.value


@pytest.mark.parametrize("text", ["shop", "a b", "1111-1111-ABC11111", "a_b.c:d/e=f+g-h@i", "x" * 256])
def test_a_tag_takes_what_aws_takes(text):
    assert TagText().read(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty, and CloudFormation takes no empty tag"),
        ("x" * 257, "257 characters long"),
        ('a"b', "a tag here takes no QUOTATION MARK"),
        ("a\nb", "a tag here takes no U+000A"),
        ("a<b", "a tag here takes no LESS-THAN SIGN"),
        ("aws:mine", '"aws:" in front is reserved for AWS'),
        ("AWS:mine", '"aws:" in front is reserved for AWS'),
        (" a", "spaces around it"),
    ],
)
def test_a_tag_that_aws_would_refuse_is_refused(text, message):
    assert refusal(TagText(), text).message == message


@pytest.mark.parametrize("text", ["three", "3.0", "1e9", "", " 3", "+3", "\uff13", "0x3", "3\n"])
def test_what_is_not_in_plain_digits_is_no_number(text):
    assert refusal(WholeNumber(1, 9), text).message == "not a whole number in plain digits"


@pytest.mark.parametrize(
    ("text", "message"), [("0", "too small"), ("-1", "too small"), ("10", "too large"), ("9" * 5000, "too large")]
)
def test_a_number_has_bounds(text, message):
    assert refusal(WholeNumber(1, 9), text).message == message


def test_a_word_in_the_wrong_case_finds_the_right_one():
    assert refusal(Choice(("stable", "beta")), "STABEL").nearest == "stable"


@pytest.mark.parametrize(
    ("text", "message", "nearest"),
    [
        ("10.0.0.1/16", "bits are set to the right of its prefix", "10.0.0.0/16"),
        ("10.0.0.0/8", "too wide", ""),
        ("0.0.0.0/0", "too wide", ""),
        ("10.0.0.0/29", "too small", ""),
        ("10.0.0.0", "the prefix length is missing", ""),
        ("10.0.0.0/33", "no such IPv4 network", ""),
        ("10.0.256.0/16", "no such IPv4 network", ""),
        ("10.0.0.0/255.255.0.0", "not a network in CIDR notation", ""),
        ("fd00::/16", "IPv6 is not used here", ""),
        ("example.org", "not a network in CIDR notation", ""),
    ],
)
def test_what_is_no_network_is_told_and_where_it_can_be_mended(text, message, nearest):
    found = refusal(VPC, text)

    assert (found.message, found.nearest) == (message, nearest)


def test_a_bare_address_where_one_may_stand_is_nearly_right():
    assert refusal(CidrBlock(8, 32, "x"), "198.51.100.7").nearest == "198.51.100.7/32"


@given(st.integers(16, 24), st.integers(0, 2**32 - 1))
def test_every_network_within_the_bounds_is_taken(prefix, address):
    network = IPv4Network((address >> (32 - prefix) << (32 - prefix), prefix))

    assert VPC.read(str(network)) == network


@pytest.mark.parametrize(
    "name",
    [
        "t3.micro",
        "m7g.large",
        "c7gn.16xlarge",
        "u7i-12tb.224xlarge",
        "u-6tb1.metal",
        "m7i-flex.2xlarge",
        "i4i.metal",
        "m7i.metal-24xl",
        "a1.medium",
        "p6-b200.48xlarge",
        "is4gen.8xlarge",
    ],
)
def test_the_names_of_real_instance_types_are_taken(name):
    assert InstanceType().read(name) == name


@pytest.mark.parametrize("name", ["", "t3", "t3.", ".micro", "t3.tiny", "t3 micro", "t3.micro\n", "3t.micro"])
def test_what_is_no_instance_types_name_is_refused(name):
    refusal(InstanceType(), name)


def test_an_instance_type_in_capitals_finds_the_right_one():
    assert refusal(InstanceType(), "T3.Micro").nearest == "t3.micro"


def test_names_of_services_are_taken_in_their_order_and_none_is_none():
    assert ServiceNames().read(" nginx,registry , gitlab-redis ") == ("nginx", "registry", "gitlab-redis")
    assert ServiceNames().read("none") == ()


@pytest.mark.parametrize("text", ["", "nginx,", "../etc", "nginx;id", "nginx, nginx", "none, nginx", "a b"])
def test_what_is_no_list_of_services_is_refused(text):
    refusal(ServiceNames(), text)


def test_a_service_in_capitals_finds_the_right_one():
    assert refusal(ServiceNames(), "Nginx").nearest == "nginx"


@pytest.mark.parametrize("name", ["", "a" * 256, "tab\t", "é", " a"])
def test_a_key_pair_that_ec2_would_refuse_is_refused(name):
    refusal(KeyPairName(), name)


@given(st.sampled_from(KEYS), st.text(max_size=300) | st.from_regex(re.compile(r"[0-9./a-z-]{0,20}")))
def test_no_text_makes_a_kind_raise_anything_but_refused(key, text):
    with suppress(Refused):
        key.kind.read(text)
