"""The tags by which AWS remembers what is whose."""

from collections.abc import Mapping

from stax import __version__
from stax.local_state.folder import who_and_where

# The words of a tag's value that AWS takes in every service; a login or host name may hold others.
_ALLOWED = "_.:/=+-@ "


def tags_for(name: str, configured: Mapping[str, str], *, previous: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the tags of a stax's stack, bucket and key pair; who made it is kept from `previous`."""
    ours = {"stax:name": name, "stax:version": __version__, "stax:created-by": creator()}
    return (
        dict(configured)
        | ours
        | {key: (previous or {})[key] for key in ("stax:created-by",) if key in (previous or {})}
    )


def creator() -> str:
    """Return what the tag stax:created-by says of this user on this machine."""
    return "".join(c if c.isascii() and (c.isalnum() or c in _ALLOWED) else "-" for c in who_and_where())[:256]
