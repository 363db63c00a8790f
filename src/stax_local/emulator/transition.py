"""What the data plane reports back: the second half of every change of an instance's state.

The API only starts a change (`pending`, `stopping`, `shutting-down`); whoever makes the machines
real says when it is done.  A report that no longer fits, because the API was called again
meanwhile, changes nothing: the next snapshot has the newer wish.  All of them are called under
the lock that mutating calls hold, and tell whether anything changed.
"""

from collections.abc import Callable, Iterator
from typing import Any

from stax_local.emulator import lifecycle
from stax_local.emulator.backends import every


def running(instance_id: str) -> bool:
    """The machine has booted: `pending` becomes `running`."""
    return _when("pending", instance_id, lifecycle.arrive_at_running)


def stopped(instance_id: str) -> bool:
    """The machine is off: `stopping` becomes `stopped`; a machine that halted by itself likewise."""
    return _when("stopping", instance_id, lifecycle.arrive_at_stopped) or _when(
        "running", instance_id, lifecycle.halted_by_itself
    )


def terminated(instance_id: str) -> bool:
    """The machine is gone: `shutting-down` becomes `terminated`, its interfaces and volumes go as asked."""
    return _when("shutting-down", instance_id, lifecycle.arrive_at_terminated)


def launch_failed(instance_id: str, reason: str) -> bool:
    """The machine could not be made: `pending` becomes `terminated`, for a reason that the API shows."""
    return _when("pending", instance_id, lambda instance: lifecycle.fail_launch(instance, reason))


def impaired(instance_id: str) -> bool:
    """The machine runs and does not answer: DescribeInstanceStatus says `impaired` from now on."""
    return _when("running", instance_id, lambda instance: lifecycle.set_reachable(instance, reachable=False))


def reachable(instance_id: str) -> bool:
    """The machine answers (again): DescribeInstanceStatus says `ok`."""
    return _when("running", instance_id, lambda instance: lifecycle.set_reachable(instance, reachable=True))


def unexamined(instance_id: str) -> bool:
    """Nothing boots behind the instance: once it runs, DescribeInstanceStatus says `not-applicable`."""
    return _when("pending", instance_id, lambda instance: lifecycle.set_reachable(instance, reachable=None))


def console(instance_id: str, output: str) -> bool:
    """Keep what the machine's console said, for GetConsoleOutput; the last 64 KiB of it, as on AWS."""
    for instance in _instances():
        if instance.id == instance_id:
            lifecycle.keep_console(instance, output)
            return True
    return False


def reap(*, older_than_s: float) -> int:
    """Forget the instances terminated longer ago than that; AWS shows them for about an hour."""
    return sum(lifecycle.reap(ec2, older_than_s=older_than_s) for ec2 in every("ec2"))


def _instances() -> Iterator[Any]:
    for ec2 in every("ec2"):
        for reservation in ec2.reservations.values():
            yield from reservation.instances


def _when(state: str, instance_id: str, change: Callable[[Any], object]) -> bool:
    for instance in _instances():
        if instance.id == instance_id and instance.state == state:
            change(instance)
            return True
    return False
