"""Commands on a machine whose output stax itself reads: run to their end, or followed line by line."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from stax.errors import StaxError, Unhealthy

SSH_FAILED = 255
"""ssh's own exit code; any other is the command's."""


def run_there(argv: Sequence[str], *, machine: str, limit_s: float) -> subprocess.CompletedProcess[str]:
    """Run ssh's arguments to their end and return code and output.

    Raises StaxError when ssh cannot log in, Unhealthy when the command does not end in time.
    """
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unhealthy(
            f"{machine} did not answer within {limit_s:.0f} s", hint="run the same command again"
        ) from error
    if done.returncode == SSH_FAILED:
        said = done.stderr.strip().splitlines()
        raise StaxError(f"cannot log in to {machine}: {said[-1] if said else 'ssh says nothing'}")
    return done


@contextmanager
def followed(argv: Sequence[str]) -> Iterator["subprocess.Popen[str]"]:
    """Start ssh with its output to be read; it ends with the block."""
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
