"""What all machines share of this host's kernel, and a plain host gives too little of."""

from pathlib import Path

INOTIFY_INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH_INSTANCES = 8192
"""Every systemd takes some ten, all machines' from root's one allowance: the usual 128 are ten machines."""


def raise_limits(setting: Path = INOTIFY_INSTANCES) -> str:
    """Give machines room, and return what was changed in a sentence; empty when nothing had to be.

    It lasts until the host restarts.  Nobody lowers it again: others may count on it by then.
    """
    has = int(setting.read_text())
    if has >= ENOUGH_INSTANCES:
        return ""
    name = "fs.inotify.max_user_instances"
    try:
        setting.write_text(str(ENOUGH_INSTANCES))
    except OSError as error:
        return f"{name} stays at {has} ({error.strerror}): about {has // 12} machines can boot"
    return f"raised {name} of this host from {has} to {ENOUGH_INSTANCES}, until it restarts"
