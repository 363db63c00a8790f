from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.cloudformation.clock import Clock
from stax_local.cloudformation.work import THROTTLE_ATTEMPTS, Cancelled, ResourceFailure, Work, or_absent


class Time:
    """A clock whose pauses pass at once, and are remembered."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.pauses: list[float] = []

    def pause(self, _cancelled: Event, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds


class Refusing:
    """A client that refuses so many times, then answers."""

    def __init__(self, code: str, times: int) -> None:
        self._code, self.left = code, times

    def describe_vpcs(self) -> str:
        if self.left:
            self.left -= 1
            raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, "DescribeVpcs")
        return "answer"


def work_with(client: Any = None, time: Time | None = None, *, stack: str = "stack", logical_id: str = "Vpc") -> Work:
    time = time or Time()
    clock = Clock(monotonic_s=lambda: time.now_s, pause=time.pause)
    return Work(
        logical_id, stack, "id", "1", "us-east-1", "0123456789ab", {}, lambda _s: client, lambda _i: None, clock
    )


def test_tries_again_when_the_service_says_not_now() -> None:
    time = Time()

    answer = work_with(Refusing("RequestLimitExceeded", 3), time).client("ec2").describe_vpcs()

    assert answer == "answer"
    assert time.pauses == [0.1, 0.2, 0.4]


def test_gives_up_after_so_many_refusals() -> None:
    client = Refusing("Throttling", 99)

    with pytest.raises(ClientError, match="Throttling"):
        work_with(client).client("ec2").describe_vpcs()
    assert client.left == 99 - THROTTLE_ATTEMPTS


def test_does_not_repeat_what_is_refused_for_good() -> None:
    client = Refusing("InvalidParameterValue", 5)

    with pytest.raises(ClientError):
        work_with(client).client("ec2").describe_vpcs()
    assert client.left == 4


def test_waits_longer_the_longer_it_has_waited() -> None:
    time = Time()
    left = iter([False] * 40 + [True])

    work_with(time=time).wait_until(lambda: next(left), patience_s=600, what="it")

    assert time.pauses[0] == 0.005
    assert sorted(time.pauses) == time.pauses
    assert max(time.pauses) <= 1.0


def test_does_not_wait_for_ever() -> None:
    with pytest.raises(ResourceFailure, match="Exceeded attempts to wait: it after 60 seconds"):
        work_with().wait_until(lambda: False, patience_s=60, what="it")


def test_ends_a_wait_that_is_no_longer_wanted() -> None:
    work = work_with()
    work.cancelled.set()

    with pytest.raises(Cancelled):
        work.wait_until(lambda: False, patience_s=60, what="it")


def test_takes_what_is_gone_for_none() -> None:
    assert or_absent(Refusing("InvalidVpcID.NotFound", 1).describe_vpcs) is None
    with pytest.raises(ClientError):
        or_absent(Refusing("UnauthorizedOperation", 1).describe_vpcs)


@pytest.mark.parametrize("stack", ["s", "a-stack", "s" * 128])
@pytest.mark.parametrize("logical_id", ["V", "Vpc" * 20])
def test_names_are_no_longer_than_allowed_and_keep_their_random_end(stack: str, logical_id: str) -> None:
    name = work_with(stack=stack, logical_id=logical_id).name(64)

    assert len(name) <= 64
    assert name.endswith("-0123456789ab")
    assert name.startswith(stack[:8])
