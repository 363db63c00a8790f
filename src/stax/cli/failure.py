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
    except OSError as unwritten:
        hints.append(f"please report it; the details could not be written ({unwritten.strerror}), --debug shows them")
    return StaxError(message, hint="\n".join(hints))


def redacted(text: str) -> str:
    """Return `text` without anything that has the shape of a credential."""
    for secret in _SECRETS:
        text = secret.sub("***", text)
    return text


def _written(details: str, words: Sequence[str]) -> Path:
    now = datetime.now(UTC)
    folder = Path(os.environ.get("STAX_HOME") or Path.home() / ".stax") / "log"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{os.getpid()}.log"
    facts = f"stax {__version__}, Python {platform.python_version()}, {platform.platform()}, {now.isoformat()}"
    command_line = redacted(" ".join(["stax", *words]))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123 - of a descriptor
        file.write(f"{facts}\n{command_line}\n\n{details}")
    return path
