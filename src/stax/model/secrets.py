"""Secrets as people see them: names and versions, never values."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret in the Swarm."""

    name: str
    versions: tuple[int, ...]
    """The newest last; more than one while services still use an older one."""
    used_by: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The versions that each of the Swarm's services uses."""

    @property
    def newest(self) -> int:
        """Return the version that is used from now on."""
        return self.versions[-1]

    @property
    def behind(self) -> tuple[str, ...]:
        """Return the services that use an older version than the newest."""
        return tuple(service for service, numbers in self.used_by.items() if set(numbers) != {self.newest})
