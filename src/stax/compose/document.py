"""Reading a Compose file: YAML as plain data, and the line of everything in it.

Anchors, aliases and << work as everywhere; doubled keys are refused with their line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from stax.compose.problems import ComposeError, Problem
from stax.compose.variables import Unresolved, resolved

Place = tuple[str | int, ...]

LARGEST_BYTES = 400_000
"""What is deployed is kept in a config object of the Swarm, which holds 500 KB."""
MOST_NODES = 20_000
"""Aliases of aliases can make a small file endless."""
_KEPT = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:float", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null")
_MERGE = "tag:yaml.org,2002:merge"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """A file as plain dicts, lists and scalars, and where in the text each part stands."""

    path: str
    body: Mapping[str, Any]
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int | None:
        """Return the line of a place, or of the nearest thing around it that has one."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return None


def read_document(path: Path, variables: Mapping[str, str]) -> Document:
    """Read a file; raises ComposeError, with the line where there is one."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _refused(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        return parsed(content.decode("utf-8-sig"), variables, path=str(path))
    except UnicodeDecodeError as error:
        raise _refused(str(path), "not UTF-8", line=content[: error.start].count(b"\n") + 1) from error


def parsed(text: str, variables: Mapping[str, str], *, path: str = "compose.yaml") -> Document:
    """Return a file's text as a document, its variables replaced."""
    if len(text) > LARGEST_BYTES:
        raise _refused(path, f"longer than {LARGEST_BYTES // 1000} KB, the most that is taken")
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        reading = _Reading(loader, variables)
        body = reading.value(root, ()) if root is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(path, f"no YAML: {error.problem}", line=mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise _refused(path, f"no YAML: {error}") from error
    except RecursionError as error:
        raise _refused(path, "nested too deeply") from error
    finally:
        loader.dispose()
    if not isinstance(body, dict):
        raise _refused(path, "no mapping of services", line=1)
    if reading.problems:
        raise ComposeError(path, reading.problems)
    return Document(path, body, reading.lines)


class _Reading:
    def __init__(self, loader: Any, variables: Mapping[str, str]) -> None:
        self._loader = loader
        self._variables = variables
        self._nodes = 0
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: Any, place: Place) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise yaml.YAMLError(f"more than {MOST_NODES} values")
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, number)) for number, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: Any, place: Place) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                several = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for one in several:
                    merged = {**self._merged(one, place), **merged}
                continue
            key = str(key_node.value)
            if key in own:
                self._wrong(key_node, f"{key} stands here twice")
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            own[key] = self.value(value_node, (*place, key))
        return {**merged, **own}

    def _merged(self, node: Any, place: Place) -> dict[str, Any]:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        self._wrong(node, "<< takes a mapping")
        return {}

    def _scalar(self, node: Any) -> Any:
        # Not what YAML 1.1 makes of them: 22:22 is a pair of ports and no number of base 60, a date is a text.
        if node.tag in _KEPT and ":" not in node.value:
            return self._loader.construct_object(node)
        try:
            text = resolved(node.value, self._variables)
        except Unresolved as error:
            self._wrong(node, str(error))
            return ""
        # replicas: ${N} is a number once N is known, as it would be without the variable; "${N}" stays a text.
        is_number = not node.style and text != node.value and text.isascii() and text.isdecimal()
        return int(text) if is_number else text

    def _wrong(self, node: Any, message: str) -> None:
        self.problems.append(Problem(message=message, line=node.start_mark.line + 1))


def _refused(path: str, message: str, *, line: int | None = None) -> ComposeError:
    return ComposeError(path, [Problem(message=message, line=line)])
