"""An error nobody foresaw: one line for the person, the rest in a file that holds no secret."""

import os
import platform
import re
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from stax import __version__
from stax.errors import StaxError
from stax.local_state.files import home_folder, write_private

_SECRETS = (
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"),  # access key ids
    re.compile(r"(?i)(?<=Signature=)[0-9a-f]{16,}"),
    re.compile(r"(?i)(?:secret|token|password|private[_ -]?key)\w*[\"']?\s*[=:]\s*[\"']?[^\s\"',;)}]+"),
    re.compile(r"-----BEGIN [^-]*PRIVATE KEY-----.*?(?:-----END [^-]*-----|\Z)", re.DOTALL),
    re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"),  # the shape of a secret access key
)


def as_stax_error(error: Exception, words: Sequence[str], *, shows_traceback: bool) -> StaxError:
    """Write down what happened and return it in words; with `shows_traceback` all of it."""
    details = redacted("".join(traceback.format_exception(error)))
    summary = redacted(str(error)).splitlines()[:1] or [""]
    message = f"stax stumbled over something it did not foresee: {type(error).__name__}: {summary[0][:300]}"
    hints = [details.rstrip()] if shows_traceback else []
    try:
        hints.append(f"please report it, with {_written(details, words)}")
    except StaxError as unwritten:
        hints.append(f"please report it; the details could not be written ({unwritten.message}), --debug shows them")
    return StaxError(message, hint="\n".join(hints))


def redacted(text: str) -> str:
    """Return `text` without anything that has the shape of a credential."""
    for secret in _SECRETS:
        text = secret.sub("***", text)
    return text


def _written(details: str, words: Sequence[str]) -> Path:
    now = datetime.now(UTC)
    home = home_folder(os.environ)
    path = home / "log" / f"{now:%Y%m%dT%H%M%SZ}-{os.getpid()}.log"
    facts = f"stax {__version__}, Python {platform.python_version()}, {platform.platform()}, {now.isoformat()}"
    command_line = redacted(" ".join(["stax", *words]))
    write_private(path, f"{facts}\n{command_line}\n\n{details}".encode(errors="backslashreplace"), home=home)
    return path
