"""This host's own restart: whether an update waits for it, when it may be, and doing it."""

import json
import re
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from stax_agent.node.commands import run
from stax_agent.node.updates import Computer
from stax_agent.setback import Setback

BOOT_ID = Path("/run/stax-node/boot-id")
"""Ours, in a folder that outlives this process and no boot.  The kernel's own is not to be trusted from within a
sandbox: in a container with a /proc of its own it is the host's, which never changes."""
REQUIRED = Path("/run/reboot-required")
"""Debian's sign, which the local region's machines share."""
SETTINGS = Path("/etc/stax/updates.json")
WAITING = "UPDATE_STATUS_UPDATED_NEED_REBOOT"
"""update_engine's word for an update that waits for a restart."""
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def computer(has_tasks: Callable[[], bool]) -> Computer:
    """Return this host."""
    return Computer(
        boot_id=partial(boot_id, BOOT_ID),
        needs_restart=needs_restart,
        window=lambda: window(SETTINGS),
        has_tasks=has_tasks,
        restart=lambda: _systemctl("reboot"),
    )


def boot_id(file: Path) -> str:
    """Return what is the same until the next boot and never again."""
    if not file.exists():
        temporary = file.with_name(f".{file.name}.new")
        temporary.write_text(str(uuid.uuid4()), "ascii")
        temporary.rename(file)
    return file.read_text("ascii")


def needs_restart() -> bool:
    """Whether an update waits for a restart."""
    if REQUIRED.exists():
        return True
    try:
        return WAITING in run(("update_engine_client", "-status"))
    except Setback:
        return False  # no update engine here, or it is busy; the next look asks again


def window(settings: Path) -> tuple[int, int]:
    """Return the minutes of the day in which hosts may restart; raises Setback where the file does not say."""
    try:
        text = str(json.loads(settings.read_text("utf-8"))["restart_window_utc"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Setback(f"{settings} does not name a restart_window_utc") from error
    found = _TIME.fullmatch(text)
    if not found:
        raise Setback(f"{settings}: restart_window_utc is {text!r} and should be like 02:00-06:00")
    hours = [int(each) for each in found.groups()]
    return hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]


def _systemctl(verb: str) -> None:
    run(("systemctl", "--no-block", verb))
