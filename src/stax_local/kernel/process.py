"""Running a program of the kernel's own tools, bounded, and saying what it said when it fails."""

import shlex
import subprocess
from collections.abc import Sequence

# `ip` and `nft` answer in milliseconds; only a machine out of memory makes them take seconds.
TIMEOUT_S = 20.0


class KernelError(Exception):
    """A command failed: `str()` is the command as one would paste it, and what it answered."""


def run(argv: Sequence[str], *, given: str = "") -> str:
    """Run `argv` with `given` on its standard input and return its standard output."""
    try:
        done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except FileNotFoundError as error:
        raise KernelError(f"{argv[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise KernelError(f"{shlex.join(argv)}: no answer within {TIMEOUT_S:.0f} s") from error
    if done.returncode != 0:
        raise KernelError(_told(argv, given, done.stderr.strip() or f"exit code {done.returncode}"))
    return done.stdout


def _told(argv: Sequence[str], given: str, said: str) -> str:
    """The input matters as much as the arguments, but only a screenful of it."""
    lines = given.splitlines()
    shown = "\n".join(lines[:40]) + ("\n…" if len(lines) > 40 else "")
    return f"{shlex.join(argv)}: {said}" + (f"\n{shown}" if shown else "")
