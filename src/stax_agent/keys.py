"""Public keys as they stand in files: read, and held against what an ed25519 key looks like."""

import re
from pathlib import Path

from stax_agent.setback import Setback

# Type, length and key: 51 bytes, of which the first 19 are always the same.
ED25519 = re.compile(r"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}")


def checked_key(text: str) -> str | None:
    """Return type and key without a comment, None for anything that is not an ed25519 public key."""
    key = " ".join(text.split()[:2])
    return key if ED25519.fullmatch(key) else None


def read_public_key(path: Path) -> str:
    """Return the key in a file; raises Setback while there is none."""
    try:
        key = checked_key(path.read_text("ascii", "replace"))
    except OSError as error:
        raise Setback(f"{path} cannot be read: {error.strerror}") from error
    if key is None:
        raise Setback(f"{path} holds no ed25519 public key")
    return key
