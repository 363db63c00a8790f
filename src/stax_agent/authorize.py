"""The docker hosts' duty: to let the jumpbox's own key in.

Polled into a file, not asked for at each login: a login must not wait for AWS, least of all on the day
when the way out is down and somebody comes to look why.
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from stax_agent.aws import Aws
from stax_agent.keys import checked_key
from stax_agent.parameters import jumpbox_key
from stax_agent.setback import Setback, say

FILE = Path("/var/lib/stax/jumpbox_keys")
"""Read by sshd, beside the person's own keys."""
INTERVAL_S = 30.0
"""So late at most a jumpbox that was put back is let in; 25 hosts ask once a second together."""
FIRST_INTERVAL_S = 2.0
"""While there is no key at all, at the birth of a stax."""


def authorize(aws: Aws, stax_name: str, file: Path = FILE) -> bool:
    """Make the file say what is published; return whether it had to change.

    No key, or what is not a key, lets nobody in.  Raises Setback, the file as it was, when AWS cannot be asked.
    """
    key = checked_key(jumpbox_key(aws, stax_name))
    # A login and a command, and nothing that leads on from here.
    wanted = f"restrict,pty {key} jumpbox\n" if key else ""
    if _content(file) == wanted:
        return False
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(wanted, "ascii")
    temporary.chmod(0o644)  # sshd reads it as the user that logs in
    os.replace(temporary, file)  # noqa: PTH105 - atomic by name
    return True


def _content(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace")
    except FileNotFoundError:
        return ""


def keep_authorized(
    aws: Aws, stax_name: str, *, file: Path = FILE, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Do so for ever."""
    told = ""
    while True:
        try:
            if authorize(aws, stax_name, file):
                say(f"jumpbox-key={'authorized' if _content(file) else 'withdrawn'}")
            told = ""
        except Setback as setback:
            if str(setback) != told:
                told = str(setback)
                say(f"jumpbox-key=unchanged: {told}")
        interval_s = INTERVAL_S if _content(file) else FIRST_INTERVAL_S
        sleep(interval_s * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, hides nothing
