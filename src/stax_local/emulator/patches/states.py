"""Instances pass through their transitional states, and each state refuses what it must.

moto: an instance is `running` when RunInstances returns, `stopped` when StopInstances returns; a
terminated instance can be started again, and is listed for ever with its interface and address.
AWS: `pending`, `stopping` and `shutting-down` last until the machine has followed; an operation
that does not fit the state is an IncorrectInstanceState, and changes none of the named instances.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
Upstream: by design, https://github.com/getmoto/moto/issues/380.
"""

import copy
from collections.abc import Callable, Collection
from typing import Any

from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError, OperationNotPermitted4
from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.responses.general import General
from moto.ec2.responses.instances import InstanceResponse

from stax_local.emulator import lifecycle
from stax_local.emulator.patches.patch import Patch

PATCH = Patch("states")


def _refuse_unless(instances: list[Any], states: Collection[str], verb: str) -> None:
    for instance in instances:
        if instance.state not in states:
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"The instance '{instance.id}' is not in a state from which it can be {verb}.",
            )


@PATCH.wraps(InstanceBackend, "run_instances")
def _pending(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    reservation = original(*args, **kwargs)
    for instance in reservation.instances:
        lifecycle.begin_boot(instance)
    return reservation


@PATCH.wraps(InstanceBackend, "start_instances")
def _start_all(original: Callable[..., Any], self: Any, instance_ids: list[str]) -> Any:
    _refuse_unless(self.get_multi_instances_by_id(instance_ids), {"stopped", "running"}, "started")
    return original(self, instance_ids)


@PATCH.wraps(Instance, "start")
def _start(_original: Callable[..., Any], self: Any) -> Any:
    previous = copy.copy(self._state)
    if previous.name == "stopped":
        for interface in self.nics.values():
            interface.start()
        lifecycle.begin_boot(self)
        self.launch_time = utcnow()
    return previous


@PATCH.wraps(InstanceBackend, "stop_instances")
def _stop_all(original: Callable[..., Any], self: Any, instance_ids: list[str]) -> Any:
    instances = self.get_multi_instances_by_id(instance_ids)
    for instance in instances:
        if instance.state == "pending":
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"Instance '{instance.id}' cannot be stopped as it has never reached the 'running' state.",
            )
    _refuse_unless(instances, {"running", "stopping", "stopped"}, "stopped")
    return original(self, instance_ids)


@PATCH.wraps(Instance, "stop")
def _stop(_original: Callable[..., Any], self: Any) -> Any:
    previous = copy.copy(self._state)
    if previous.name == "running":
        lifecycle.enter(self, "stopping", lifecycle.USER_INITIATED)
    return previous


@PATCH.wraps(InstanceBackend, "terminate_instances")
def _terminate_all(original: Callable[..., Any], self: Any, instance_ids: list[str]) -> Any:
    for instance in self.get_multi_instances_by_id(instance_ids):
        # Before the first is touched; moto stores what ModifyInstanceAttribute sent, a flag or its spelling.
        if str(instance.disable_api_termination).lower() == "true" and instance.state != "terminated":
            raise OperationNotPermitted4(instance.id)
    return original(self, instance_ids)


@PATCH.wraps(Instance, "terminate")
def _terminate(_original: Callable[..., Any], self: Any) -> Any:
    previous = copy.copy(self._state)
    if previous.name not in {"shutting-down", "terminated"}:
        lifecycle.enter(self, "shutting-down", lifecycle.USER_INITIATED)
    return previous


@PATCH.wraps(InstanceBackend, "reboot_instances")
def _reboot_all(original: Callable[..., Any], self: Any, instance_ids: list[str]) -> Any:
    _refuse_unless(self.get_multi_instances_by_id(instance_ids), {"running"}, "rebooted")
    return original(self, instance_ids)


@PATCH.wraps(Instance, "reboot")
def _reboot(_original: Callable[..., Any], self: Any) -> None:
    # The API's state stays `running` all through a reboot; the count tells the data plane.
    self.boot = getattr(self, "boot", 1) + 1


def _say_the_present_state(key: str) -> Callable[..., Any]:
    def answer(original: Callable[..., Any], self: Any) -> Any:
        answered = original(self)
        for entry in answered.result[key]:
            entry["CurrentState"] = copy.copy(self.ec2_backend.get_instance(entry["InstanceId"])._state)
        return answered

    return answer


PATCH.wraps(InstanceResponse, "start_instances")(_say_the_present_state("StartingInstances"))
PATCH.wraps(InstanceResponse, "stop_instances")(_say_the_present_state("StoppingInstances"))
PATCH.wraps(InstanceResponse, "terminate_instances")(_say_the_present_state("TerminatingInstances"))


def _status(instance: Any, *, reachable: bool | None) -> dict[str, Any]:
    if instance.state != "running" or reachable is None:
        return {"Status": "not-applicable"}
    detail: dict[str, Any] = {"Name": "reachability", "Status": "passed" if reachable else "failed"}
    if not reachable:
        detail["ImpairedSince"] = getattr(instance, "impaired_since", None)
    return {"Details": [detail], "Status": "ok" if reachable else "impaired"}


PATCH.sets(
    Instance,
    "instance_status",
    property(lambda self: _status(self, reachable=getattr(self, "reachable", True))),
)


@PATCH.wraps(General, "get_console_output")
def _console_output(original: Callable[..., Any], self: Any) -> Any:
    answered = original(self)
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    output = getattr(instance, "console", b"")
    answered.result["Output"] = Base64EncodedString.from_raw_bytes(output)
    answered.result["Timestamp"] = getattr(instance, "console_at", instance.launch_time)
    return answered


def _of_primary(attribute: str) -> property:
    return property(lambda self: getattr(self.nics[0], attribute) if self.nics else None)


# A terminated instance has no interface any more, and nothing that hung on it.
PATCH.sets(Instance, "private_ip", _of_primary("private_ip_address"))
PATCH.sets(Instance, "private_ip_address", _of_primary("private_ip_address"))
PATCH.sets(Instance, "public_ip", _of_primary("public_ip"))
PATCH.sets(Instance, "public_ip_address", _of_primary("public_ip"))


@PATCH.wraps(Instance, "__del__")
def _keep_addresses(_original: Callable[..., Any], _self: Any) -> None:
    """moto gives an instance's address back when Python collects the object, whoever has it by then."""


_dns_name = Instance.private_dns_name.fget  # type: ignore[attr-defined]
PATCH.sets(Instance, "private_dns_name", property(lambda self: _dns_name(self) if self.nics else ""))
