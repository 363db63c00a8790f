import json
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.config.check import check
from stax.config.configuration import Configuration
from stax.config.document import parse_document
from stax.config.keys import BY_NAME, RETIRED
from stax.config.placeholders import Surroundings
from stax.config.problems import ConfigurationError

HERE = Surroundings("jo", lambda: IPv4Address("198.51.100.7"))


def checked(_values: Any = None, **keys: Any) -> Configuration:
    text = json.dumps({"CostCenter": "42", **keys} if _values is None else _values)
    return check(parse_document(text, path="c.json"), surroundings=HERE)


def problems(_values: Any = None, **keys: Any) -> dict[str, str]:
    with pytest.raises(ConfigurationError) as caught:
        checked(_values, **keys)
    return {problem.key: problem.message for problem in caught.value.problems}


def test_a_configuration_is_typed():
    configuration = checked(ClusterSize="5", KeepAlive=True, Owner="@OWNER@")

    assert configuration.cluster_size == 5
    assert configuration.keep_alive == "true"
    assert configuration.owner == "jo"
    assert configuration.allow_ssh_from == IPv4Network("198.51.100.7/32")
    assert configuration.key_name is None


def test_numbers_may_be_written_with_or_without_quotes():
    assert checked(ClusterSize=5) == checked(ClusterSize="5")


def test_the_instance_types_follow_the_architecture_unless_they_are_given():
    configuration = checked(Architecture="arm64", NATInstanceType="c7gn.medium")

    assert configuration.jump_instance_type == "t4g.micro"
    assert configuration.nat_instance_type == "c7gn.medium"


def test_the_subnets_follow_the_vpc_unless_they_are_given():
    configuration = checked(VpcCidr="10.20.0.0/16", PublicSubnet2="10.20.9.0/24")

    assert str(configuration.private_subnet1) == "10.20.0.0/24"
    assert str(configuration.public_subnet2) == "10.20.9.0/24"


def test_everything_wrong_is_told_at_once():
    found = problems(App="<changeMe>", Grop="x", ClusterSize=0, VpcCidr="10.0.0.1/16", Environment={"a": 1})

    assert found == {
        "App": "still to be filled in",
        "Grop": "unknown key",
        "ClusterSize": "too small",
        "VpcCidr": "bits are set to the right of its prefix",
        "Environment": "an object where one value is due",
    }


def test_what_must_be_given_is_missed():
    assert problems({}) == {"CostCenter": "missing"}


def test_a_doubled_key_is_told_with_its_first_line():
    with pytest.raises(ConfigurationError, match="2:2: App: this key is set twice, first in line 1"):
        check(parse_document('{"App": "a", "CostCenter": "42",\n "App": "b"}', path="c.json"), surroundings=HERE)


@pytest.mark.parametrize(
    ("wrong", "right"), [("Grop", "Group"), ("clustersize", "ClusterSize"), ("VPCCIDR", "VpcCidr")]
)
def test_an_unknown_key_finds_the_nearest(wrong, right):
    with pytest.raises(ConfigurationError, match=f"did you mean {right}"):
        checked(**{wrong: "x"})


@pytest.mark.parametrize("value", [None, [], {}, True])
def test_only_one_plain_value_makes_a_size(value):
    assert list(problems(ClusterSize=value)) == ["ClusterSize"]


def test_retired_keys_are_accepted_with_a_note_each():
    configuration = checked(**dict.fromkeys(RETIRED, "@DISCOVERY_URL@"))

    assert len(configuration.notes) == len(RETIRED)


def test_parameters_of_the_users_own_template_pass():
    document = parse_document('{"CostCenter": "42", "Color": "blue", "Count": 3}', path="c.json")

    configuration = check(document, surroundings=HERE, template_parameters=["Color", "Count"])

    assert configuration.extra == {"Color": "blue", "Count": "3"}


def test_what_stax_fills_in_is_not_the_users_to_set_even_with_a_template_of_their_own():
    document = parse_document('{"CostCenter": "42", "ImageId": "ami-1"}', path="c.json")

    with pytest.raises(ConfigurationError, match="ImageId: stax fills this in itself"):
        check(document, surroundings=HERE, template_parameters=["ImageId"])


def test_a_broken_vpc_does_not_blame_the_subnets():
    assert list(problems(VpcCidr="nonsense")) == ["VpcCidr"]


def test_a_value_cannot_act_on_the_terminal():
    with pytest.raises(ConfigurationError) as caught:
        checked(App="\x1b[2J\x07", **{"\x1b[31m": "x"})

    assert "\x1b" not in str(caught.value)
    assert "\x07" not in str(caught.value)


def said_about(text: str) -> str:
    try:
        configuration = check(parse_document(text, path="c.json"), surroundings=HERE)
    except ConfigurationError as error:
        return str(error)
    return " ".join(configuration.parameters().values())


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["@OWNER@", "@SSH_FROM@", "10.0.0.0/16", "0.0.0.0/0", "1e9", "-1", "t4g.micro", "arm64", "3", "<changeMe>"]
    )
)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(), SCALARS, max_size=2)
NAMES = st.sampled_from([*BY_NAME, *RETIRED]) | st.text(max_size=20)


@given(st.dictionaries(NAMES, VALUES, max_size=8), st.booleans())
def test_no_configuration_makes_it_raise_anything_but_its_own_error(values, listed):
    items = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
    text = json.dumps(items if listed else values)
    told = said_about(text)

    assert all(line.isprintable() for line in told.split("\n"))
