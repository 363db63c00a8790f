"""What to do about one machine: what the account says, against what is there.  Pure.

The account's word is a wish; the machine's runner, its exit and its disk are facts.  Applied
again, the same wish and facts give the same answer, so whoever was interrupted just asks again.
"""

from dataclasses import dataclass
from enum import Enum, auto

from stax_local.desired import Instance


class Action(Enum):
    """One step."""

    SWITCH_ON = auto()
    REBOOT = auto()
    POWER_OFF = auto()
    DESTROY = auto()
    SAY_RUNNING = auto()
    SAY_STOPPED = auto()
    SAY_TERMINATED = auto()
    SAY_LAUNCH_FAILED = auto()
    SAY_IMPAIRED = auto()
    SAY_REACHABLE = auto()


GRACE_S = 20.0
"""How long a machine may take to power off; AWS gives it minutes, but nobody waits that long here."""

IN_TRANSIT = frozenset({"pending", "stopping", "shutting-down"})
"""The states that do not last."""

CLEAN = 0
"""The exit of a machine that powered itself off."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is there of a machine."""

    is_alive: bool = False
    is_on: bool = False
    """Its disk is put together: from here on the API says `running`, as AWS does at power on."""
    is_refused: bool = False
    """Ignition has been tried, in vain so far."""
    was_on: bool = False
    """It has been switched on in this life of the host; if it is not alive, it ended."""
    exit_code: int | None = None
    """How it ended; None when it was cut off, or has not ended."""
    boot: int = 0
    """The last boot that was asked for and done."""
    has_disk: bool = False


def decide(instance: Instance | None, seen: Seen) -> list[Action]:
    """What to do now, in order; nothing when all is as it should be, or on its way there."""
    state = instance.state if instance else "terminated"
    if instance is None or state == "terminated":
        return _gone(seen)
    if state in {"pending", "running"}:
        return _up(instance, seen)
    if seen.is_alive:
        return [Action.POWER_OFF]
    if state == "stopping":
        return [Action.SAY_STOPPED]
    if state == "shutting-down":
        return [Action.DESTROY, Action.SAY_TERMINATED]
    return []


def _gone(seen: Seen) -> list[Action]:
    if seen.is_alive:
        return [Action.POWER_OFF]
    return [Action.DESTROY] if seen.has_disk else []


def _up(instance: Instance, seen: Seen) -> list[Action]:
    if seen.boot < instance.boot:
        return [Action.REBOOT if seen.is_alive else Action.SWITCH_ON]
    if seen.is_alive:
        return _alive(instance, seen)
    if not seen.was_on:
        return [Action.SWITCH_ON]
    if instance.state == "pending":
        return [Action.SAY_RUNNING if seen.is_on else Action.SAY_LAUNCH_FAILED]
    if seen.exit_code == CLEAN:
        return [Action.SAY_STOPPED]
    return [] if instance.impaired else [Action.SAY_IMPAIRED]


def _alive(instance: Instance, seen: Seen) -> list[Action]:
    if instance.state == "pending":
        return [Action.SAY_RUNNING] if seen.is_on else []
    if seen.is_refused == instance.impaired:
        return []
    return [Action.SAY_IMPAIRED if seen.is_refused else Action.SAY_REACHABLE]
