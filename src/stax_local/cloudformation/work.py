"""The work on one resource: the clients it may use, what it tells, how it waits.

What a resource type's functions get as their first argument.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

from botocore.exceptions import ClientError

from stax_local.cloudformation.clock import Clock

Properties = Mapping[str, Any]

THROTTLES = frozenset(
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "SlowDown", "PriorRequestNotComplete",
        "RequestTimeout", "InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable",
    }
)  # fmt: skip
"""Error codes that say "not now": tried again, as CloudFormation does."""
THROTTLE_ATTEMPTS = 8
THROTTLE_FIRST_PAUSE_S = 0.1
"""Doubled each time: 12.7 s in all, after which the resource fails."""

FIRST_PAUSE_S = 0.005
LONGEST_PAUSE_S = 1.0
DEPENDENTS_PATIENCE_S = 5.0
"""How long a deletion is tried again while something still uses the resource."""
RUNNING_PATIENCE_S = 600.0
"""How long an instance may take to run or to terminate."""

_ABSENT = frozenset(
    {
        "NoSuchEntity", "NoSuchBucket", "NoSuchBucketPolicy", "ParameterNotFound", "InvalidResourceId", "404",
        "ResourceNotFound",
        "ResourceNotFoundException", "NoSuchTagSet", "NoSuchPublicAccessBlockConfiguration",
        "Gateway.NotAttached",
    }
)  # fmt: skip
_IN_USE = frozenset(
    {"DependencyViolation", "DeleteConflict", "ResourceInUse", "ResourceInUseFault", "InvalidParameterValue"}
    | {"InvalidNetworkInterface.InUse", "ScalingActivityInProgress"}
)


class Cancelled(Exception):  # noqa: N818 - not an error: another resource failed, or the operator said stop
    """The operation is over; what was waited for is no longer wanted."""


class ResourceFailure(Exception):  # noqa: N818 - the word of the events
    """Making, changing or deleting a resource failed; the text is the event's reason."""


@dataclass(frozen=True)
class Live:
    """A resource as it is: properties in the template's form (for drift) and attributes for Fn::GetAtt."""

    properties: Properties = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A resource to be changed in place."""

    physical_id: str
    before: Properties
    after: Properties
    tags_before: Mapping[str, str] = field(default_factory=dict)
    tags_after: Mapping[str, str] = field(default_factory=dict)
    policy: Properties = field(default_factory=dict)
    """The resource's UpdatePolicy."""

    def touches(self, *names: str) -> bool:
        """Say whether any of these properties has another value."""
        return any(self.before.get(name) != self.after.get(name) for name in names)


@dataclass(frozen=True)
class Signal:
    """One signal: SUCCESS or FAILURE, and what came with it."""

    status: str
    reason: str = ""
    data: str = ""


class Patient:
    """A botocore client whose calls are tried again when the service says "not now"."""

    def __init__(self, client: Any, service: str, work: "Work") -> None:
        self._client = client
        self._service = service
        self._work = work

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._client, operation)
        if operation == "get_paginator":
            return call

        def patiently(**arguments: Any) -> Any:
            pause_s = THROTTLE_FIRST_PAUSE_S
            for attempt in range(THROTTLE_ATTEMPTS):
                try:
                    return call(**arguments)
                except ClientError as error:
                    if code_of(error) not in THROTTLES or attempt + 1 == THROTTLE_ATTEMPTS:
                        error.response["Service"] = self._service
                        raise
                self._work.pause(pause_s)
                pause_s *= 2
            raise AssertionError  # the last attempt returns or raises

        return patiently


@dataclass(frozen=True)
class Work:
    """One resource of one stack, being worked on."""

    logical_id: str
    stack_name: str
    stack_id: str
    account_id: str
    region: str
    suffix: str
    """The random end of the name that the resource gets when it has names and was given none."""
    tags: Mapping[str, str]
    """The stack's tags and CloudFormation's own; the resource's own come on top."""
    client_of: Callable[[str], Any]
    made: Callable[[str], None]
    """To be called with the physical id as soon as the service has given it."""
    clock: Clock = field(default_factory=Clock)
    cancelled: Event = field(default_factory=Event)
    resumed_since: datetime | None = None
    """When the operation began, if it was cut off since: what is there may then be more than what is known."""
    handle_url: str = ""
    """The address that signals for this resource are sent to, if it is a wait condition handle."""
    signals: Callable[[str], Mapping[str, Signal]] = lambda _logical_id: {}
    """The signals received so far for a resource of the stack, by their unique ids."""

    def name(self, longest: int = 255) -> str:
        """Return `<stack>-<logical id>-<suffix>`, its parts cut so that it is no longer than `longest`."""
        room = longest - len(self.suffix) - 2
        logical_id = self.logical_id[: max(room // 2, room - len(self.stack_name))]
        return f"{self.stack_name[: room - len(logical_id)]}-{logical_id}-{self.suffix}"

    def client(self, service: str) -> Any:
        """Return a client of the region that is patient with throttling."""
        return Patient(self.client_of(service), service, self)

    def pause(self, seconds: float) -> None:
        """Wait; raises Cancelled when the operation is over."""
        if not self.cancelled.is_set():
            self.clock.pause(self.cancelled, seconds)
        if self.cancelled.is_set():
            raise Cancelled

    def wait_until(self, holds: Callable[[], bool], *, patience_s: float, what: str) -> None:
        """Ask until it holds: first at once, then after a tenth of the time waited so far (5 ms to 1 s).

        Raises ResourceFailure after `patience_s`, Cancelled when the operation is over.
        """
        for _ in self._rounds(patience_s):
            if holds():
                return
        raise ResourceFailure(f"Exceeded attempts to wait: {what} after {patience_s:.0f} seconds")

    def retry_while_used(self, call: Callable[[], Any]) -> Any:
        """Call until nothing uses the resource any more; the last refusal is raised."""
        refused: ClientError | None = None
        for _ in self._rounds(DEPENDENTS_PATIENCE_S):
            try:
                return call()
            except ClientError as error:
                if code_of(error) not in _IN_USE:
                    raise
                refused = error
        raise refused or ResourceFailure("Exceeded attempts to wait")

    def _rounds(self, patience_s: float) -> Iterator[None]:
        begun = self.clock.monotonic_s()
        waited_s = 0.0
        while waited_s <= patience_s:
            yield
            self.pause(min(max(waited_s / 10, FIRST_PAUSE_S), LONGEST_PAUSE_S))
            waited_s = self.clock.monotonic_s() - begun


def code_of(error: ClientError) -> str:
    """Return AWS's code of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_absent(error: ClientError) -> bool:
    """Say whether an error means that the resource does not exist (any more)."""
    code = code_of(error)
    return code in _ABSENT or code.endswith((".NotFound", "NotFoundException"))


def or_absent(call: Callable[..., Any], *given: Any, **arguments: Any) -> Any:
    """Return the call's answer, None when what it is about does not exist."""
    try:
        return call(*given, **arguments)
    except ClientError as error:
        if is_absent(error):
            return None
        raise


def chosen(properties: Properties, *names: str) -> dict[str, Any]:
    """Return the properties of these names that are there."""
    return {name: properties[name] for name in names if name in properties}
