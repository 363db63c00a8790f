from email.message import Message

import pytest

from stax_local.front.call import Call, Protocol
from stax_local.front.faults import Fault, Faults, read_faults
from stax_local.front.keyring import Key
from stax_local.front.message import NoAnswer, Request
from stax_local.service import ServiceError

AGENT = Key("ASIA", "secret", "arn:aws:sts::123456789012:assumed-role/nat/i-1")
REGION = Key("AKIA", "secret", "arn:aws:iam::123456789012:user/region", is_internal=True)


def call(service: str = "ec2", operation: str = "ReplaceRoute", protocol: Protocol = "ec2") -> Call:
    return Call(Request("POST", "/", Message()), service, "us-east-1", "ASIA", protocol, operation)


class Sleeper:
    def __init__(self) -> None:
        self.slept_s = 0.0

    def __call__(self, seconds: float) -> None:
        self.slept_s += seconds


def faults(*rules: Fault, sleeper: Sleeper | None = None, chance: float = 0.0) -> Faults:
    made = Faults(sleep=sleeper or Sleeper(), chance=lambda: chance)
    made.rules = rules
    return made


def test_without_rules_nothing_happens() -> None:
    sleeper = Sleeper()
    faults(sleeper=sleeper).act(call(), AGENT)
    assert sleeper.slept_s == 0


def test_latency_makes_the_call_wait() -> None:
    sleeper = Sleeper()
    faults(Fault("latency", latency_ms=250), sleeper=sleeper).act(call(), AGENT)
    assert sleeper.slept_s == 0.25


@pytest.mark.parametrize(
    ("service", "protocol", "code"),
    [("ec2", "ec2", "RequestLimitExceeded"), ("s3", "rest", "SlowDown"), ("ssm", "json", "ThrottlingException"),
     ("autoscaling", "query", "Throttling")],
)  # fmt: skip
def test_throttling_speaks_the_services_own_word(service: str, protocol: Protocol, code: str) -> None:
    with pytest.raises(ServiceError) as refusal:
        faults(Fault("throttle")).act(call(service, "Any", protocol), AGENT)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("service", "protocol", "code"),
    [("ec2", "ec2", "UnauthorizedOperation"), ("s3", "rest", "AccessDenied"), ("ssm", "json", "AccessDeniedException"),
     ("autoscaling", "query", "AccessDenied")],
)  # fmt: skip
def test_a_right_that_is_missing_is_refused_in_the_services_own_word(
    service: str, protocol: Protocol, code: str
) -> None:
    with pytest.raises(ServiceError) as refusal:
        faults(Fault("deny")).act(call(service, "Any", protocol), AGENT)
    assert refusal.value.code == code


def test_a_black_hole_never_answers_and_lets_go_in_the_end() -> None:
    sleeper = Sleeper()
    with pytest.raises(NoAnswer):
        faults(Fault("blackhole"), sleeper=sleeper).act(call(), AGENT)
    assert sleeper.slept_s == pytest.approx(300)


def test_a_black_hole_ends_when_its_rule_is_taken_back() -> None:
    class TakesBack(Sleeper):
        def __call__(self, seconds: float) -> None:
            super().__call__(seconds)
            made.rules = ()

    sleeper = TakesBack()
    made = faults(Fault("blackhole"), sleeper=sleeper)
    with pytest.raises(NoAnswer):
        made.act(call(), AGENT)
    assert sleeper.slept_s < 1


@pytest.mark.parametrize(
    "rule",
    [Fault("throttle", service="s3"), Fault("throttle", operation="Describe*"), Fault("throttle", caller="*/jump/*")],
)
def test_a_rule_leaves_the_calls_alone_that_it_does_not_fit(rule: Fault) -> None:
    faults(rule).act(call(), AGENT)


def test_a_share_of_the_calls_is_hit() -> None:
    faults(Fault("throttle", share=0.5), chance=0.7).act(call(), AGENT)
    with pytest.raises(ServiceError):
        faults(Fault("throttle", share=0.5), chance=0.3).act(call(), AGENT)


def test_the_regions_own_calls_are_spared() -> None:
    faults(Fault("throttle")).act(call(), REGION)


def test_rules_are_read_from_json() -> None:
    assert read_faults([{"kind": "latency", "service": "ec2", "latency_ms": 5}]) == (
        Fault("latency", service="ec2", latency_ms=5),
    )


@pytest.mark.parametrize(
    "rules",
    [{}, [1], [{}], [{"kind": "explode"}], [{"kind": "latency", "colour": 1}], [{"kind": "latency", "share": 2}],
     [{"kind": "latency", "latency_ms": -1}], [{"kind": "latency", "latency_ms": "5"}]],
)  # fmt: skip
def test_what_is_no_rule_is_refused_in_words(rules: object) -> None:
    with pytest.raises(ValueError, match=r"rule|kind|share"):
        read_faults(rules)
