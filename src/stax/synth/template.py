"""Reading a CloudFormation template: its YAML or JSON as plain data, with the line of everything in it.

Short tags (`!Ref`, `!GetAtt` …) become the functions they stand for.  What CloudFormation would refuse or take
for something else is refused here with its line: doubled keys, anchors and aliases, foreign tags.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stax.synth.problems import Place, TemplateProblem, UnreadableTemplate

STAX_TEMPLATE = Path(__file__).parent.parent / "templates" / "stax.yaml"
LARGEST_BYTES = 1 << 20
"""CloudFormation's own limit for a template that it fetches from S3."""
DEEPEST = 100
"""No sane template nests so deep; what does would only exhaust Python's stack."""

FUNCTIONS = (
    *("And", "Equals", "Not", "Or", "If", "Contains"),
    *("Base64", "Cidr", "FindInMap", "GetAtt", "GetAZs", "ImportValue", "Join", "Select", "Split", "Sub"),
)
PLAIN_TAGS = {"Ref": "Ref", "Condition": "Condition"} | {name: f"Fn::{name}" for name in FUNCTIONS}

# libyaml where PyYAML was built with it: ten times as fast, and the same grammar.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Template:
    """A template as plain dicts, lists and scalars, and where in the text each part stands."""

    path: str
    text: str
    body: Mapping[str, Any]
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int | None:
        """Return the line of a place, or of the nearest thing around it that has one."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return None

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section such as `Resources`; empty when it is missing or no mapping."""
        section = self.body.get(name)
        return section if isinstance(section, dict) else {}

    def resources(self, *types: str) -> dict[str, Mapping[str, Any]]:
        """Return the well-formed resources, of the given types if any are given, by logical id."""
        return {
            logical_id: resource
            for logical_id, resource in self.section("Resources").items()
            if isinstance(resource, dict) and (not types or resource.get("Type") in types)
        }


def load_template(path: Path = STAX_TEMPLATE) -> Template:
    """Read a template file; raises UnreadableTemplate, with the line where there is one."""
    try:
        content = _bytes(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableTemplate(str(path), TemplateProblem("unreadable", f"cannot be read: {reason}")) from error
    if len(content) > LARGEST_BYTES:
        too_large = TemplateProblem("size", "larger than 1 MB, the most that CloudFormation takes")
        raise UnreadableTemplate(str(path), too_large)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableTemplate(str(path), TemplateProblem("encoding", "not UTF-8", line=line)) from error
    return parse_template(text, path=str(path))


def _bytes(path: Path) -> bytes:
    # O_NONBLOCK: opening a named pipe that nobody writes into would wait for ever.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("not a regular file")
        return file.read(LARGEST_BYTES + 1)


def parse_template(text: str, *, path: str = "the template") -> Template:
    """Parse a template's text; raises UnreadableTemplate."""
    reader = _Reader()
    try:
        _refuse_unbounded(text)
        root = yaml.compose(text, Loader=_Loader)
        body = None if root is None else reader.value(root, ())
    except yaml.MarkedYAMLError as error:
        raise UnreadableTemplate(path, _syntax_problem(error)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableTemplate(path, TemplateProblem("syntax", f"not YAML: {_one_line(error)}")) from error
    except _RefusedError as error:
        raise UnreadableTemplate(path, error.problem) from error
    if not isinstance(body, dict):
        raise UnreadableTemplate(path, TemplateProblem("syntax", "not a mapping of sections such as Resources", line=1))
    return Template(path, text, body, reader.lines)


def _refuse_unbounded(text: str) -> None:
    """Go through the events, which need no stack: composing the tree of a hostile text would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise _refused("alias", f"the alias *{event.anchor}: CloudFormation takes none, write it out", (), line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refused("depth", f"nested deeper than {DEEPEST}", (), line)


def _syntax_problem(error: yaml.MarkedYAMLError) -> TemplateProblem:
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or "something is wrong"
    return TemplateProblem("syntax", f"not YAML: {said}", line=None if mark is None else mark.line + 1)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


class _RefusedError(Exception):
    def __init__(self, problem: TemplateProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Reader:
    """Turns the tree of YAML nodes into plain data, noting the line of every key and item."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self._constructor = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, place: Place) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        plain = self._plain(node, place)
        if node.tag.startswith("!"):
            return self._function(node.tag[1:], plain, place, line)
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            raise _refused("tag", f"the tag {node.tag} means nothing to CloudFormation", place, line)
        return plain

    def _plain(self, node: yaml.Node, place: Place) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
        # A date such as 2010-09-09 is a text to CloudFormation, and so is whatever carries a short tag.
        if node.tag.rpartition(":")[2] in {"int", "float", "bool", "null"}:
            try:
                return self._constructor.construct_object(node)
            except (ValueError, OverflowError):
                return node.value
        return node.value

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
                raise _refused("key", "a key must be a plain text (no <<, list or mapping)", place, line)
            key = str(key_node.value)
            if key in mapping:
                raise _refused("doubled", f"{key} is here twice", (*place, key), line)
            self.lines[(*place, key)] = line
            mapping[key] = self.value(value_node, (*place, key))
        return mapping

    def _function(self, name: str, argument: Any, place: Place, line: int) -> dict[str, Any]:
        if name not in PLAIN_TAGS:
            raise _refused("tag", f"!{name} is no function of CloudFormation's that stax knows", place, line)
        if name == "GetAtt" and isinstance(argument, str):
            argument = argument.split(".", 1)
        return {PLAIN_TAGS[name]: argument}


def _refused(rule: str, message: str, place: Place, line: int | None) -> _RefusedError:
    return _RefusedError(TemplateProblem(rule, message, place=place, line=line))
