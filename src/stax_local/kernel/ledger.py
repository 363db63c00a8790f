"""The record of what this region made in the kernel, in its state folder.

A name is written down before the thing is made, so that a region killed at any moment finds
everything again, and `down` removes what is recorded and nothing else.
"""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


class Ledger:
    """The namespaces of one region, and the label that their names begin with."""

    def __init__(self, path: Path) -> None:
        self._path = path
        recorded = json.loads(path.read_text()) if path.exists() else {}
        # 24 random bits: two regions of one machine must not meet, and names stay short.
        self.label: str = recorded.get("label") or f"stax-{secrets.token_hex(3)}"
        self._namespaces: set[str] = set(recorded.get("namespaces", ()))

    @property
    def namespaces(self) -> frozenset[str]:
        """Every namespace that was or was about to be made."""
        return frozenset(self._namespaces)

    def record(self, names: Iterable[str]) -> None:
        """Write these names down; call it before they are made."""
        self._keep(self._namespaces | set(names))

    def strike(self, names: Iterable[str]) -> None:
        """Forget these names; call it once they are gone."""
        self._keep(self._namespaces - set(names))

    def _keep(self, names: set[str]) -> None:
        if names == self._namespaces and self._path.exists():
            return
        self._namespaces = names
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"label": self.label, "namespaces": sorted(names)}, file)
        draft.replace(self._path)
