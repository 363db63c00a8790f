"""Reading the configuration file itself: bounded, and with an answer for every file that is not one."""

import os
import shlex
import stat
from pathlib import Path

from stax.config.document import Document, parse_document
from stax.config.problems import ConfigurationError, Position, Problem, shown_path
from stax.errors import UsageError

LARGEST_BYTES = 1 << 20
"""A full configuration has 2 KiB."""
DEFAULT_PATH = Path("config/config.json")
_EXAMPLE = Path("config/config.json.example")


def example_hint() -> str:
    """Return what to type to get a configuration: from the checkout one stands in, or from where stax is installed."""
    if _EXAMPLE.exists():
        return f"cp {_EXAMPLE} {DEFAULT_PATH}"
    package = Path(__file__).parents[1]
    installed = package / "templates" / _EXAMPLE.name
    example = installed if installed.exists() else package.parents[1] / _EXAMPLE
    return f"mkdir -p {DEFAULT_PATH.parent} && cp {shlex.quote(str(example))} {DEFAULT_PATH}"


def read(path: Path) -> Document:
    """Read a configuration file; raises UsageError when there is none, ConfigurationError for its content."""
    content = _bytes(path)
    if not content.strip():
        raise ConfigurationError([Problem(message="the file is empty")], path=str(path), hint=example_hint())
    return parse_document(_text(content, path), path=str(path))


def _bytes(path: Path) -> bytes:
    try:
        # O_NONBLOCK: opening a named pipe without a writer would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise UsageError(f"there is no configuration file {shown_path(str(path))}", hint=example_hint()) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot read {shown_path(str(path))}: {reason}", hint="--config FILE names another"
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageError(f"{shown_path(str(path))} is not a regular file", hint="--config FILE names a JSON file")
        content = _read_all(descriptor)
    finally:
        os.close(descriptor)
    if len(content) > LARGEST_BYTES:
        raise UsageError(
            f"{shown_path(str(path))} is larger than 1 MiB, which no configuration is", hint=example_hint()
        )
    return content


def _read_all(descriptor: int) -> bytes:
    content = b""
    while len(content) <= LARGEST_BYTES and (part := os.read(descriptor, LARGEST_BYTES)):
        content += part
    return content


def _text(content: bytes, path: Path) -> str:
    try:
        # utf-8-sig: some editors put a byte order mark in front; it says nothing, so it may stay.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8-sig", "replace")) + 1
        problem = Problem(
            message=f"not UTF-8: the byte 0x{content[error.start]:02x} means nothing in it",
            position=Position(line, column),
        )
        hint = "save the file as UTF-8"
        raise ConfigurationError([problem], path=str(path), hint=hint) from error
