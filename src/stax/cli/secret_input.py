"""Secrets that a person gives: typed where there is a terminal, unseen, else read from standard input."""

import sys
from argparse import Namespace
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from stax.api.secrets import value_in_ssm
from stax.cli.terminal import Terminal
from stax.compose.secrets import LARGEST_BYTES
from stax.engine.site import Site
from stax.errors import Declined, UsageError


def typed_or_piped(prompt: str, terminal: Terminal) -> bytes:
    """Return what is typed, or all of standard input without the end of its last line."""
    if terminal.stdin.isatty():
        try:
            return getpass(f"{prompt}: ", stream=terminal.stderr).encode()
        except EOFError as error:
            raise Declined("nothing was typed, and nothing was changed") from error
    given = sys.stdin.buffer.read(LARGEST_BYTES + 1)
    return given.removesuffix(b"\n").removesuffix(b"\r")


def from_file(path: str) -> bytes:
    """Return what a file holds, as it is; raises UsageError when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def value_of(values: Namespace, site: Site, terminal: Terminal) -> Callable[[], bytes]:
    """Return where a secret's value comes from: a file, SSM, or standard input."""
    if values.file and values.ssm:
        raise UsageError("--file and --ssm: which of the two?")
    if values.file:
        return lambda: from_file(values.file)
    if values.ssm:
        return lambda: value_in_ssm(site, values.ssm)
    return lambda: typed_or_piped(f"value of {values.secret}", terminal)
