"""What goes wrong between here and AWS: blips are absorbed, and whatever is cut short is taken up again.

Faults are put before the very sending of each call, so that the SDK's own retries are part of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session

SERVICES = ("ec2", "s3", "cloudformation", "sts", "iam", "autoscaling", "cloudwatch", "ssm", "service-quotas")
CHANGES = ("Create", "Put", "Import", "Delete", "Modify", "Set", "Execute", "Abort")

Fault = Callable[[Any], Any]


class PowerCutError(BaseException):
    """The machine that stax ran on is gone: nothing in stax may catch it."""


def power_cut_before(request: Any) -> None:
    raise PowerCutError


def power_cut_after(request: Any) -> None:
    URLLib3Session().send(request)
    raise PowerCutError


def lost_answer(request: Any) -> None:
    """AWS did it, and its answer was lost on the way."""
    URLLib3Session().send(request)
    raise ConnectionClosedError(endpoint_url=request.url)


class Nothing:
    """An empty body."""

    def stream(self) -> list[bytes]:
        return []


def unavailable(request: Any) -> AWSResponse:
    return AWSResponse(request.url, 503, {}, Nothing())


@dataclass
class Weather:
    """Lets a fault happen to chosen calls, by their number or to each the first time it is sent."""

    fault: Fault
    at_change: int | None = None
    calls: list[str] = field(default_factory=list)
    struck: set[int] = field(default_factory=set)

    def before_send(self, request: Any, event_name: str, **_: Any) -> Any:
        operation = event_name.rpartition(".")[2]
        if not operation.startswith(CHANGES):
            return None
        self.calls.append(operation)
        if self.at_change is not None:
            return self.fault(request) if len(self.calls) == self.at_change else None
        # Sent anew for a retry, a request is another object with the same body; one fault a call is enough.
        key = hash((event_name, request.url, bytes(request.body) if isinstance(request.body, bytes) else None))
        if key in self.struck:
            return None
        self.struck.add(key)
        return self.fault(request)

    def over(self, operator: Any) -> Any:
        for service in SERVICES:
            operator.site.aws.client(service).meta.events.register_first("before-send", self.before_send)
        return operator


@pytest.mark.parametrize("fault", [lost_answer, unavailable])
def test_a_blip_at_every_change_is_absorbed(hurried: Any, elsewhere: Any, name: str, fault: Fault) -> None:
    """Create, update and destroy end well though the first attempt of every single change goes wrong."""
    operator = Weather(fault).over(hurried)

    stack = operator.creates(operator.wants(name))
    assert stack.status == "CREATE_COMPLETE"
    assert {kind: len(ids) for kind, ids in elsewhere.left(name).items() if kind in {"stacks", "VPCs", "buckets"}} == {
        "stacks": 1,
        "VPCs": 1,
        "buckets": 1,
    }
    operator.updates(operator.wants_changed(name, ClusterSize="3"))
    operator.destroys(name)
    assert elsewhere.left(name) == {}


@pytest.mark.parametrize("fault", [power_cut_before, power_cut_after])
@pytest.mark.parametrize("change", [1, 2, 8, 10, 13])
def test_a_create_cut_short_at_a_change_is_taken_up_by_the_same_command(
    operator: Any, elsewhere: Any, name: str, change: int, fault: Fault
) -> None:
    with pytest.raises(PowerCutError):
        Weather(fault, at_change=change).over(operator).creates(operator.wants(name))

    assert elsewhere.creates(elsewhere.wants(name)).status == "CREATE_COMPLETE"


@pytest.mark.parametrize("fault", [power_cut_before, power_cut_after])
@pytest.mark.parametrize("change", [1, 2, 8, 10, 13])
def test_a_create_cut_short_at_a_change_is_wiped_out_by_destroy(
    operator: Any, elsewhere: Any, name: str, change: int, fault: Fault
) -> None:
    with pytest.raises(PowerCutError):
        Weather(fault, at_change=change).over(operator).creates(operator.wants(name))

    elsewhere.destroys(name)

    assert elsewhere.left(name) == {}


@pytest.mark.parametrize("fault", [power_cut_before, power_cut_after])
@pytest.mark.parametrize("change", [6, 7, 9])
def test_a_destroy_cut_short_at_a_change_is_finished_from_another_machine(
    operator: Any, elsewhere: Any, name: str, change: int, fault: Fault
) -> None:
    operator.creates(operator.wants(name))
    with pytest.raises(PowerCutError):
        Weather(fault, at_change=change).over(operator).destroys(name)

    elsewhere.destroys(name)

    assert elsewhere.left(name) == {}
