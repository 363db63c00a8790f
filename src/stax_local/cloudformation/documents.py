"""The text of a template, read into plain mappings: JSON, or YAML with CloudFormation's short tags.

Pure.  Only what CloudFormation takes is taken: no aliases, no merges, no timestamps, no key twice.
"""

import json
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from stax_local.cloudformation.problems import TemplateError

SHORT_TAGS = {
    "Base64", "Cidr", "FindInMap", "GetAtt", "GetAZs", "ImportValue", "Join", "Select", "Split", "Sub", "Transform",
    "And", "Equals", "If", "Not", "Or", "Length", "ToJsonString",
    "Contains", "EachMemberEquals", "EachMemberIn",
}  # fmt: skip
"""What may stand after `!`, besides `Ref` and `Condition`, as the short form of `Fn::…`."""

_DROPPED = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge"}

if yaml.__with_libyaml__:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs forget it

    class _Events(CParser):
        """libyaml's parser: ten times as fast."""
else:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Events(Reader, Scanner, Parser):  # type: ignore[no-redef]  # one of two, by what PyYAML was built with
        """PyYAML's own parser."""

        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)


class _Loader(Composer, _Events, SafeConstructor, Resolver):
    """PyYAML's safe loader with CloudFormation's rules.

    The composer is Python's: libyaml's knows no bound to its recursion and takes the process down with it.
    """

    def __init__(self, text: str) -> None:
        _Events.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise _malformed("YAML aliases are not allowed in CloudFormation templates", _mark(self.peek_event()))
        return super().compose_node(parent, index)


# Loaders share their resolvers; ours must not lose PyYAML's for everybody.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _DROPPED]
    for first, resolvers in Resolver.yaml_implicit_resolvers.items()
}


def _mark(event: Any) -> Any:
    return event.start_mark


def _malformed(problem: str, mark: Any) -> TemplateError:
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else ""
    return TemplateError(f"Template format error: {problem}{where}")


def _mapping(loader: Any, node: Any) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise _malformed("YAML not well-formed: a key must be a string", key_node.start_mark)
        # The text as written: `On:` is a key called On, not True, and 012345678901 keeps its zero.
        if key_node.value in mapping:
            raise _malformed(f"duplicate key '{key_node.value}'", key_node.start_mark)
        mapping[key_node.value] = loader.construct_object(value_node, deep=True)
    return mapping


def _integer(_loader: Any, node: Any) -> int | str:
    # YAML 1.1 would read 22:22 as 1342 and 0644 as 420; a template means neither.
    text = node.value.replace("_", "")
    unsigned = text.lstrip("+-")
    if ":" in text or (unsigned.startswith("0") and unsigned.isdigit() and unsigned != "0"):
        return str(node.value)
    return int(text, 0)


def _short_tag(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = _mapping(loader, node)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix not in SHORT_TAGS:
        raise _malformed(f"YAML not well-formed: unknown tag !{suffix}", node.start_mark)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_multi_constructor("!", _short_tag)


def _json_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise TemplateError(f"Template format error: duplicate key '{key}'")
        mapping[key] = value
    return mapping


def _no_constant(text: str) -> Any:
    raise TemplateError(f"Template format error: JSON not well-formed: {text} is not a number")


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_json_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise TemplateError(f"Template format error: JSON not well-formed. ({where})") from error


def _read_yaml(text: str) -> Any:
    try:
        return _Loader(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        raise _malformed(f"YAML not well-formed: {error.problem}.", error.problem_mark or error.context_mark) from error
    except (yaml.YAMLError, ValueError) as error:
        raise TemplateError(f"Template format error: YAML not well-formed: {str(error).splitlines()[0]}") from error


def read(text: str) -> dict[str, Any]:
    """Return the template's top-level mapping; the text is JSON when it starts with a brace.

    Raises TemplateError with line and column for whatever is not well-formed.
    """
    try:
        document = _read_json(text) if text.lstrip().startswith("{") else _read_yaml(text)
    except RecursionError as error:
        raise TemplateError("Template format error: the template is nested too deeply") from error
    if not isinstance(document, dict):
        raise TemplateError("Template format error: unsupported structure.")
    return document
