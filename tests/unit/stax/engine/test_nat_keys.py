"""The keys of the NAT boxes and of the canaries: made once, kept for ever, shown to nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from stax.aws.endpoints import Endpoint
from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.engine.nat_keys import canary_key, canary_parameter, heartbeat_parameter, supply_nat_keys
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event
from stax_agent.nat import canary

HEARTBEAT, CANARY = heartbeat_parameter("demo"), canary_parameter("demo")
KEY, OTHER = "11" * 32, "22" * 32


@dataclass
class Safe(Aws):
    """An account whose parameters are kept; the answers to some writes are lost."""

    kept: dict[str, str] = field(default_factory=dict)
    tagged: dict[str, Any] = field(default_factory=dict)
    somebody_else: dict[str, str] = field(default_factory=dict)
    """What another writes just before us."""

    def __post_init__(self) -> None:
        Aws.__init__(self, Endpoint(name="test", region="us-east-1"))

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        if operation == "GetParameters":
            found = [{"Name": name, "Value": self.kept[name]} for name in parameters["Names"] if name in self.kept]
            return {"Parameters": found}
        assert (service, operation, parameters["Type"]) == ("ssm", "PutParameter", "SecureString")
        name = parameters["Name"]
        self.kept |= {name: self.somebody_else[name]} if name in self.somebody_else else {}
        if name in self.kept:
            assert not parameters["Overwrite"]
            raise AwsError("there is one", code="ParameterAlreadyExists", operation=operation)
        self.kept[name] = parameters["Value"]
        self.tagged[name] = parameters["Tags"]
        return {}


def supplied(account: Safe) -> list[Event]:
    story: Iterator[Event] = supply_nat_keys(Site(account, Path("/nonexistent")), "demo", {"stax:name": "demo"})
    return list(story)


def test_both_are_made_one_from_the_other_and_tagged() -> None:
    account = Safe()

    supplied(account)

    assert len(bytes.fromhex(account.kept[HEARTBEAT])) == 32
    assert account.kept[CANARY] == canary_key(account.kept[HEARTBEAT])
    assert account.tagged[HEARTBEAT] == account.tagged[CANARY] == [{"Key": "stax:name", "Value": "demo"}]


def test_each_stax_has_another() -> None:
    one, other = Safe(), Safe()
    supplied(one)
    supplied(other)

    assert one.kept[HEARTBEAT] != other.kept[HEARTBEAT]


def test_the_agents_make_the_same_canary_key_of_it() -> None:
    assert bytes.fromhex(canary_key(KEY)) == canary.canary_key(bytes.fromhex(KEY))


def test_what_is_there_stays_and_nothing_is_said() -> None:
    account = Safe(kept={HEARTBEAT: KEY, CANARY: canary_key(KEY)})

    assert supplied(account) == []
    assert account.kept[HEARTBEAT] == KEY


@pytest.mark.parametrize("keys", [KEY, f"{KEY} {OTHER}"])
def test_an_interrupted_create_keeps_its_first_key_and_makes_the_rest(keys: str) -> None:
    account = Safe(kept={HEARTBEAT: keys})

    supplied(account)

    assert account.kept == {HEARTBEAT: keys, CANARY: canary_key(KEY)}


def test_of_two_at_once_one_wins_and_both_go_by_its_key() -> None:
    account = Safe(somebody_else={HEARTBEAT: OTHER})

    supplied(account)

    assert account.kept == {HEARTBEAT: OTHER, CANARY: canary_key(OTHER)}


def test_a_parameter_that_holds_something_else_is_told_without_what_it_holds() -> None:
    account = Safe(kept={HEARTBEAT: "hush, no hex"})

    with pytest.raises(StaxError, match="holds no key") as caught:
        supplied(account)

    assert "hush" not in f"{caught.value}{caught.value.hint}"


def test_no_key_is_in_anything_that_is_told() -> None:
    account = Safe()

    told = " ".join(map(repr, supplied(account)))

    assert HEARTBEAT in told
    assert not any(value in told for value in account.kept.values())
