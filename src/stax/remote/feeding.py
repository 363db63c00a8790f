"""Commands that are given something on their standard input, and whose output stax reads."""

import subprocess
from collections.abc import Sequence
from typing import IO

from stax.errors import StaxError, Unhealthy
from stax.remote.running import SSH_FAILED

Given = bytes | IO[bytes]
"""What a command reads: bytes at hand, or an open file."""


def feed_there(
    argv: Sequence[str], given: Given, *, machine: str, limit_s: float
) -> "subprocess.CompletedProcess[str]":
    """Run ssh's arguments with `given` as standard input, to their end, and return code and output.

    Raises StaxError when ssh cannot log in, Unhealthy when the command does not end in time.
    """
    source = subprocess.PIPE if isinstance(given, bytes) else given
    process = subprocess.Popen(argv, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(given if isinstance(given, bytes) else None, timeout=limit_s)
    except subprocess.TimeoutExpired as error:
        raise Unhealthy(
            f"{machine} did not answer within {limit_s:.0f} s", hint="run the same command again"
        ) from error
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    said = err.decode("utf-8", "replace")
    if process.returncode == SSH_FAILED:
        last = (said.strip().splitlines() or ["ssh says nothing"])[-1]
        raise StaxError(f"cannot log in to {machine}: {last}")
    return subprocess.CompletedProcess(argv, process.returncode, out.decode("utf-8", "replace"), said)
