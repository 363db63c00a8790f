"""The states of an instance and what each arrival brings: the state machine, and nothing else.

The names and codes, and what may follow what, are AWS's:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
The instances are moto's; the API's half (a wish) is in `patches.states`, the data plane's half
(the wish came true) comes through `transition`.
"""

from datetime import UTC, datetime
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models.instances import InstanceState, StateReason

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

CONSOLE_BYTES = 64 * 1024
"""EC2 keeps the last 64 KB of a console:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html"""

USER_INITIATED = ("Client.UserInitiatedShutdown", "User initiated shutdown")
BY_ITSELF = ("Client.InstanceInitiatedShutdown", "Instance initiated shutdown")


def enter(instance: Any, state: str, reason: tuple[str, str] = ("", "")) -> None:
    """Put the instance into a state, with the reason's code and words that the API shows for it."""
    instance._state = InstanceState(state, CODES[state])
    code, words = reason
    instance.state_reason = StateReason(f"{code}: {words}" if code else "", code)
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S GMT")
    instance._reason = f"User initiated ({when})" if reason == USER_INITIATED else ""


def begin_boot(instance: Any) -> None:
    """The instance is to boot: from RunInstances or StartInstances."""
    instance.boot = getattr(instance, "boot", 0) + 1
    instance.reachable = True
    enter(instance, "pending")


def arrive_at_running(instance: Any) -> None:
    """`pending` is over."""
    enter(instance, "running")


def arrive_at_stopped(instance: Any) -> None:
    """`stopping` is over; the reason why stays.  An address lent by Amazon goes back."""
    reason = instance.state_reason, instance._reason
    for interface in instance.nics.values():
        interface.stop()
    enter(instance, "stopped")
    instance.state_reason, instance._reason = reason


def halted_by_itself(instance: Any) -> None:
    """The machine powered itself off: stopped or terminated, as its shutdown behaviour says."""
    if instance.instance_initiated_shutdown_behavior == "terminate":
        enter(instance, "shutting-down", BY_ITSELF)
        arrive_at_terminated(instance)
        return
    enter(instance, "stopping", BY_ITSELF)
    arrive_at_stopped(instance)


def fail_launch(instance: Any, reason: str) -> None:
    """The machine could not be made."""
    arrive_at_terminated(instance)
    enter(instance, "terminated", ("Server.InternalError", reason))


def arrive_at_terminated(instance: Any) -> None:
    """`shutting-down` is over: everything the instance held is let go of."""
    ec2 = instance.ec2_backend
    instance.teardown_defaults()
    for interface in list(instance.nics.values()):
        _let_go(ec2, interface)
    association = ec2.iam_instance_profile_associations.get(instance.id)
    if association is not None:
        ec2.disassociate_iam_instance_profile(association.association_id)
    instance.nics = {}
    instance._subnet_id = None
    reason = instance.state_reason, instance._reason
    enter(instance, "terminated")
    instance.state_reason, instance._reason = reason
    instance.terminated_at = utcnow()


def _let_go(ec2: Any, interface: Any) -> None:
    for address in ec2.addresses:
        if address.eni is interface and interface.delete_on_termination:
            ec2.disassociate_address(address=address.public_ip)
        elif address.eni is interface:
            # The interface stays, and its Elastic IP with it; only the instance leaves.
            address.instance = None
    interface.instance = interface.attachment_id = interface.attach_time = interface.device_index = None
    interface.status = "available"
    if interface.delete_on_termination:
        ec2.delete_network_interface(interface.id)


def set_reachable(instance: Any, *, reachable: bool | None) -> None:
    """Tell DescribeInstanceStatus whether the machine answers; None: nothing is there that could."""
    if getattr(instance, "reachable", True) != reachable:
        instance.reachable = reachable
        instance.impaired_since = utcnow() if reachable is False else None


def keep_console(instance: Any, output: str) -> None:
    """Keep the end of what the console said."""
    instance.console = output.encode()[-CONSOLE_BYTES:]
    instance.console_at = utcnow()


def reap(ec2: Any, *, older_than_s: float) -> int:
    """Forget what has been terminated for that long; return how many that were."""
    now, forgotten = utcnow(), 0
    for reservation in list(ec2.reservations.values()):
        for instance in list(reservation.instances):
            gone_at = getattr(instance, "terminated_at", None)
            if instance.state == "terminated" and gone_at and (now - gone_at).total_seconds() >= older_than_s:
                reservation.instances.remove(instance)
                ec2.tags.pop(instance.id, None)
                forgotten += 1
        if not reservation.instances:
            del ec2.reservations[reservation.id]
    return forgotten
