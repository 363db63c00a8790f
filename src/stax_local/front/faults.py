"""Faults put into the region's APIs on purpose: late answers, throttling, refusals, silence.

A rule names calls by shell patterns on service, operation and caller.  The first rule that fits
a call acts on it.  The region's own calls are spared: on AWS, too, CloudFormation and Auto Scaling
live behind the doors that a customer finds shut.
"""

import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from stax_local.front.call import Call
from stax_local.front.keyring import Key
from stax_local.front.message import NoAnswer
from stax_local.service import ServiceError

SILENCE_LIMIT_S = 300.0
"""A black hole lets go after this long: clients have given up by then, and threads are not free."""
_STEP_S = 0.05
_KINDS = ("latency", "throttle", "deny", "blackhole")


@dataclass(frozen=True)
class Fault:
    """One rule.  `share` is the part of the fitting calls that it hits, 0 to 1."""

    kind: Literal["latency", "throttle", "deny", "blackhole"]
    service: str = "*"
    operation: str = "*"
    caller: str = "*"
    latency_ms: int = 0
    share: float = 1.0

    def fits(self, call: Call, key: Key) -> bool:
        """Whether the rule is about this call."""
        return (
            fnmatchcase(call.service, self.service)
            and fnmatchcase(call.operation, self.operation)
            and fnmatchcase(key.arn, self.caller)
        )


def read_faults(rules: Any) -> tuple[Fault, ...]:
    """The rules from their JSON form.  Raises ValueError, in words, when one is not a rule."""
    if not isinstance(rules, list):
        raise ValueError("the rules are not a list")
    return tuple(_read_fault(rule) for rule in rules)


def _read_fault(rule: Any) -> Fault:
    try:
        fault = Fault(**rule)
        in_range = 0 <= fault.share <= 1 and 0 <= fault.latency_ms <= SILENCE_LIMIT_S * 1000
    except TypeError:
        raise ValueError(f"no rule: {rule!r}; its keys are {', '.join(asdict(Fault('latency')))}") from None
    if fault.kind not in _KINDS:
        raise ValueError(f"no kind of fault: {fault.kind!r}; there are {', '.join(_KINDS)}")
    if not in_range:
        raise ValueError(f"share is 0 to 1, latency_ms 0 to {SILENCE_LIMIT_S * 1000:.0f}: {rule!r}")
    return fault


class Faults:
    """The rules in force."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep, chance: Callable[[], float] = random.random):
        self.rules: tuple[Fault, ...] = ()
        self._sleep = sleep
        self._chance = chance

    def act(self, call: Call, key: Key) -> None:
        """Let the call wait, or raise what answers it instead: a ServiceError, or NoAnswer."""
        rules = self.rules
        if not rules or key.is_internal:
            return
        fault = next((rule for rule in rules if rule.fits(call, key)), None)
        if fault is None or self._chance() >= fault.share:
            return
        if fault.latency_ms:
            self._sleep(fault.latency_ms / 1000)
        if fault.kind == "throttle":
            raise _throttled(call)
        if fault.kind == "deny":
            raise _denied(call, key)
        if fault.kind == "blackhole":
            self._be_silent(fault)

    def _be_silent(self, fault: Fault) -> None:
        for _ in range(int(SILENCE_LIMIT_S / _STEP_S)):
            if fault not in self.rules:
                break
            self._sleep(_STEP_S)
        raise NoAnswer


def _throttled(call: Call) -> ServiceError:
    if call.service == "ec2":
        return ServiceError("RequestLimitExceeded", "Request limit exceeded.", status=503)
    if call.service == "s3":
        return ServiceError("SlowDown", "Please reduce your request rate.", status=503)
    code = "ThrottlingException" if call.protocol in {"json", "cbor"} else "Throttling"
    return ServiceError(code, "Rate exceeded")


def _denied(call: Call, key: Key) -> ServiceError:
    if call.service == "ec2":
        return ServiceError("UnauthorizedOperation", "You are not authorized to perform this operation.", status=403)
    if call.service == "s3":
        return ServiceError("AccessDenied", "Access Denied", status=403)
    code = "AccessDeniedException" if call.protocol in {"json", "cbor"} else "AccessDenied"
    words = f"User: {key.arn} is not authorized to perform: {call.service}:{call.operation}"
    return ServiceError(code, words, status=400 if call.protocol == "json" else 403)
