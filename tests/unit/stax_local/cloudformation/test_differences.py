from hypothesis import given
from hypothesis import strategies as st

from stax_local.cloudformation.differences import ABSENT, property_changes
from stax_local.cloudformation.expressions import UNKNOWN
from stax_local.cloudformation.resources import TYPES
from stax_local.cloudformation.shapes import Effect

SUBNET = TYPES["AWS::EC2::Subnet"]


def test_goes_down_to_the_single_value() -> None:
    before = {"VpcId": "vpc-1", "Tags": [{"Key": "a", "Value": "1"}]}
    after = {"VpcId": "vpc-1", "Tags": [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}]}

    changes = property_changes(SUBNET, before, after)

    assert [(each.path, each.kind) for each in changes] == [
        ("/Properties/Tags/0/Value", "Modify"),
        ("/Properties/Tags/1", "Add"),
    ]
    assert changes[1].before is ABSENT


def test_what_is_not_known_yet_may_differ() -> None:
    (change,) = property_changes(SUBNET, {"VpcId": "vpc-1"}, {"VpcId": UNKNOWN})

    assert change.effect is Effect.REPLACES
    assert not change.is_certain


def test_says_what_is_taken_away() -> None:
    (change,) = property_changes(SUBNET, {"MapPublicIpOnLaunch": True}, {})

    assert (change.kind, change.before, change.effect) == ("Remove", True, Effect.NONE)


VALUES = st.dictionaries(st.sampled_from(["VpcId", "CidrBlock", "Tags"]), st.integers() | st.lists(st.integers()))


@given(VALUES, VALUES)
def test_finds_nothing_exactly_when_there_is_nothing(before: dict[str, object], after: dict[str, object]) -> None:
    assert (property_changes(SUBNET, before, after) == []) == (before == after)
