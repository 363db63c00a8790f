"""The command line of ssh."""

import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from stax.errors import StaxError


def ssh_program() -> str:
    """Return where OpenSSH's client is; raises StaxError when it is not installed."""
    found = shutil.which("ssh")
    if found is None:
        raise StaxError("OpenSSH's client is not installed", hint="apt-get install openssh-client")
    return found


def ssh_argv(
    program: str, config: Path, destination: str, words: Sequence[str], *, wants_tty: bool = False
) -> list[str]:
    """Return ssh's arguments for a login, or for a command when there are `words`.

    ssh hands one string to the shell over there: quoted here once, the command there gets exactly
    these words.
    """
    argv = [program, "-F", str(config), *(["-t"] if wants_tty else []), destination]
    if not words:
        return argv
    line = shlex.join(words)
    # A first word such as -v would be an option: of ssh's without the --, of the shell's without the space.
    return [*argv, "--", f" {line}" if line.startswith("-") else line]
