"""The configuration file as a list of keys and values, whichever of its two forms it is written in.

A CloudFormation parameter file, as in 2015 and as the aws CLI reads it:
`[{"ParameterKey": "App", "ParameterValue": "shop"}, …]`; or flat: `{"App": "shop", …}`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stax.config.json_text import Member, Node, NotJson, parse
from stax.config.problems import ConfigurationError, Position, Problem

SCHEMA_KEY = "$schema"
"""Tells an editor which JSON Schema to hold a flat object to; no key of ours."""

SHAPE = (
    'a list of {"ParameterKey": "App", "ParameterValue": "shop"} as CloudFormation reads it, '
    'or one object {"App": "shop"}'
)


@dataclass(frozen=True)
class Entry:
    """One key with its value, as it stands in the file."""

    key: str
    position: Position
    value: Node


@dataclass(frozen=True)
class Document:
    """What a configuration file says, before any of it is judged."""

    path: str
    entries: tuple[Entry, ...]


def parse_document(text: str, *, path: str) -> Document:
    """Read the text of a configuration file; raises ConfigurationError with every misshapen part."""
    try:
        root = parse(text)
    except NotJson as error:
        problem = Problem(message=f"not JSON: {error.message}", position=error.position)
        raise ConfigurationError([problem], path=path, hint=_caret(text, error.position)) from error
    found: list[Entry] = []
    problems: list[Problem] = []
    for part in _parts(root):
        if isinstance(part, Entry):
            found.append(part)
        else:
            problems.append(part)
    if problems:
        raise ConfigurationError(problems, path=path)
    return Document(path, tuple(found))


def _caret(text: str, position: Position) -> str:
    line = text.split("\n")[position.line - 1].rstrip("\r")
    # The caret can only stand under the character if the line is shown as it is: one column a character.
    if len(line) > 100 or not line.isascii() or not line.isprintable():
        return ""
    return f"{line}\n{' ' * (position.column - 1)}^"


def _parts(root: Node) -> Iterator[Entry | Problem]:
    if root.kind == "object":
        for member in root.members:
            if member.key != SCHEMA_KEY:
                yield Entry(member.key, member.position, member.value)
    elif root.kind == "list":
        for item in root.items:
            yield _parameter(item)
    else:
        yield Problem(message=f"this is {root}, not a configuration", position=root.position, allowed=SHAPE)


def _parameter(item: Node) -> Entry | Problem:
    if item.kind != "object":
        message = f"a parameter is expected here, not {item}"
        return Problem(message=message, position=item.position, allowed=SHAPE)
    members = {member.key: member for member in item.members}
    wrong = _misshapen(item, members)
    if wrong is not None:
        return wrong
    key = members["ParameterKey"].value
    return Entry(key.text, key.position, members["ParameterValue"].value)


def _misshapen(item: Node, members: dict[str, Member]) -> Problem | None:
    wanted = 'exactly "ParameterKey" and "ParameterValue"'
    for name in ("ParameterKey", "ParameterValue"):
        if name not in members:
            return Problem(message=f'this parameter has no "{name}"', position=item.position, allowed=wanted)
    if len(item.members) > len(members):
        return Problem(message="this parameter says something twice", position=item.position, allowed=wanted)
    for name, member in members.items():
        if name not in ("ParameterKey", "ParameterValue"):
            return Problem(key=name, message="not part of a parameter here", position=member.position, allowed=wanted)
    key = members["ParameterKey"].value
    if key.kind != "text":
        return Problem(message=f'"ParameterKey" is {key}', position=key.position, allowed='a text such as "App"')
    return None
