"""The metadata as a tree of folders and texts, written as AWS lists and spells it.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Leaf = str | Callable[[], str]
"""A text, or how to come by it when it is asked for; an empty one is not there."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; `listed` is how its listing spells its children, where that is not their names."""

    children: Mapping[str, Folder | Leaf]
    listed: Mapping[str, str] | None = None

    def listing(self) -> str:
        """The children, one a line, folders with a slash."""
        spelled = self.listed or {}
        return "\n".join(
            spelled.get(name, f"{name}/" if isinstance(child, Folder) else name)
            for name, child in sorted(self.children.items())
        )


_VERSION = re.compile(r"latest|\d{4}-\d{2}-\d{2}|1\.0")


def read(root: Folder, path: str) -> str | None:
    """What `path` holds, /latest/… or any dated version; None if there is no such thing."""
    parts = [part for part in path.split("?", maxsplit=1)[0].split("/") if part]
    if not parts:
        return "latest"
    if not _VERSION.fullmatch(parts[0]):
        return None
    node: Folder | Leaf = root
    for part in parts[1:]:
        if not isinstance(node, Folder) or part not in node.children:
            return None
        node = node.children[part]
    if isinstance(node, Folder):
        return node.listing()
    return node if isinstance(node, str) else node() or None


def without_empty(children: Mapping[str, Folder | Leaf]) -> dict[str, Folder | Leaf]:
    """Leave out what is not there: AWS answers 404 for it, never an empty text."""
    return {name: child for name, child in children.items() if child != "" and child != Folder({})}
