"""The services that `create` starts by itself: those of AutoServices in the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stax.compose.catalogue import catalogue
from stax.compose.suggest import did_you_mean
from stax.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class AutoServices:
    """Which services, and where they are found."""

    names: tuple[str, ...] = ()
    folder: Path | None = None
    """The person's own services."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """For what stands in ${…} in a Compose file."""


NO_SERVICES = AutoServices()


def refuse_unknown(wish: AutoServices) -> None:
    """Raise UsageError with every name that is no service's, and the nearest that are."""
    if not wish.names:
        return
    known = catalogue(wish.folder)
    wrong = [f"{name}{did_you_mean(name, known)}" for name in wish.names if name not in known]
    if wrong:
        message = f"AutoServices: there is no service {', nor '.join(wrong)}"
        raise UsageError(message, hint=f"there are: {', '.join(known)}")
