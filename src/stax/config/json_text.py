"""JSON that remembers where everything stood.

Python's own reader says where the text stops being JSON, but forgets the place of each key, takes
the last of doubled keys in silence, and lets NaN and Infinity pass.  This one does neither: it
keeps every member of an object in order, each with its position, and numbers as they were written.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Literal

from stax.config.problems import Position, shown

DEEPEST = 16
"""Arrays and objects within one another; a parameter file needs 2."""

Kind = Literal["text", "number", "boolean", "null", "list", "object"]

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DECODER = JSONDecoder()
_CONSTANTS: dict[str, Kind] = {"true": "boolean", "false": "boolean", "null": "null"}


@dataclass(frozen=True)
class Node:
    """A JSON value: `text` for a scalar as written (a string without its quotes), else its parts."""

    kind: Kind
    position: Position
    text: str = ""
    items: Sequence["Node"] = ()
    members: Sequence["Member"] = ()

    def __str__(self) -> str:
        """Name the kind with its article, for messages."""
        return self.kind if self.kind == "null" else f"{'an' if self.kind == 'object' else 'a'} {self.kind}"


@dataclass(frozen=True)
class Member:
    """One `"key": value` of an object."""

    key: str
    position: Position
    value: Node


class NotJson(Exception):  # noqa: N818 - reads as what it says
    """The text is not JSON, from `position` on."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def parse(text: str) -> Node:
    """Read one JSON value and nothing after it; raises NotJson."""
    reader = _Reader(text)
    at = reader.skip_space(0)
    node, at = reader.value(at, DEEPEST)
    at = reader.skip_space(at)
    if at != len(text):
        raise reader.refusal(f"the JSON ended before this, yet {reader.found(at)} follows", at)
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, at: int) -> Position:
        line = bisect_right(self.line_starts, at)
        return Position(line, at - self.line_starts[line - 1] + 1)

    def refusal(self, message: str, at: int) -> NotJson:
        return NotJson(message, self.position(at))

    def skip_space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def found(self, at: int) -> str:
        if at >= len(self.text):
            return "the end of the file"
        if self.text.startswith(("//", "/*", "#"), at):
            return "a comment (JSON has none)"
        word = _WORD.match(self.text, at)
        return shown(word.group() if word else self.text[at])

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        opening = self.text[at : at + 1]
        if opening in ("{", "["):
            if depth == 0:
                raise self.refusal(f"nested more than {DEEPEST} deep", at)
            return self._object(at, depth) if opening == "{" else self._list(at, depth)
        if opening == '"':
            text, end = self._string(at)
            return Node("text", self.position(at), text), end
        number = _NUMBER.match(self.text, at)
        if number:
            return Node("number", self.position(at), number.group()), number.end()
        return self._constant(at)

    def _constant(self, at: int) -> tuple[Node, int]:
        word = _WORD.match(self.text, at)
        if word and word.group() in _CONSTANTS:
            return Node(_CONSTANTS[word.group()], self.position(at), word.group()), word.end()
        if self.text[at : at + 1] in ("]", "}"):
            raise self.refusal("a value is missing here, or the comma before this is one too many", at)
        raise self.refusal(f"a value is expected here, not {self.found(at)}", at)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _DECODER.raw_decode(self.text, at)
        except JSONDecodeError as error:
            what = error.msg.removesuffix(" at").lower()
            raise self.refusal(f"in this text: {what}", error.pos) from error
        return str(text), end

    def _list(self, at: int, depth: int) -> tuple[Node, int]:
        start, items = at, list[Node]()
        at = self.skip_space(at + 1)
        ended = self.text[at : at + 1] == "]"
        at += ended
        while not ended:
            node, at = self.value(at, depth - 1)
            items.append(node)
            at, ended = self._separator(at, "]")
        return Node("list", self.position(start), items=tuple(items)), at

    def _object(self, at: int, depth: int) -> tuple[Node, int]:
        start, members = at, list[Member]()
        at = self.skip_space(at + 1)
        ended = self.text[at : at + 1] == "}"
        at += ended
        while not ended:
            member, at = self._member(at, depth)
            members.append(member)
            at, ended = self._separator(at, "}")
        return Node("object", self.position(start), members=tuple(members)), at

    def _member(self, at: int, depth: int) -> tuple[Member, int]:
        start = at
        if self.text[at : at + 1] == "}":
            raise self.refusal("the comma before this is one too many", at)
        if self.text[at : at + 1] != '"':
            raise self.refusal(f"a key in double quotes is expected here, not {self.found(at)}", at)
        key, at = self._string(at)
        at = self.skip_space(at)
        if self.text[at : at + 1] != ":":
            raise self.refusal(f"a colon is expected after the key, not {self.found(at)}", at)
        value, at = self.value(self.skip_space(at + 1), depth - 1)
        return Member(key, self.position(start), value), at

    def _separator(self, at: int, closing: str) -> tuple[int, bool]:
        at = self.skip_space(at)
        character = self.text[at : at + 1]
        if character == closing:
            return at + 1, True
        if character != ",":
            raise self.refusal(f'a comma or "{closing}" is expected here, not {self.found(at)}', at)
        return self.skip_space(at + 1), False
