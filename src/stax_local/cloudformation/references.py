"""What expressions refer to, and the order that follows from it.

Pure.  Walks expressions without evaluating them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stax_local.cloudformation.expressions import SUBSTITUTION, function_of
from stax_local.cloudformation.problems import TemplateError

_DYNAMIC = re.compile(r"\{\{resolve:[^:{}]*:")


@dataclass(frozen=True)
class Reference:
    """One mention of a name; `attribute` is '' for a Ref, `through` the function it stands in."""

    name: str
    attribute: str = ""
    through: str = "Ref"


def references(expression: Any, conditions: Mapping[str, bool] | None = None) -> Iterator[Reference]:
    """Yield every mention of a parameter or a resource in an expression.

    With `conditions`, only the branch of Fn::If that holds is walked; without, both are.
    """
    if isinstance(expression, list):
        for item in expression:
            yield from references(item, conditions)
        return
    if not isinstance(expression, dict):
        return
    called = function_of(expression)
    if called is None:
        for item in expression.values():
            yield from references(item, conditions)
        return
    yield from _mentioned(*called, conditions)


def _mentioned(name: str, argument: Any, conditions: Mapping[str, bool] | None) -> Iterator[Reference]:
    if name == "Ref" and isinstance(argument, str):
        yield Reference(argument)
    elif name == "Fn::GetAtt":
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if isinstance(parts, list) and len(parts) == 2 and isinstance(parts[0], str):
            yield Reference(parts[0], parts[1] if isinstance(parts[1], str) else "*", "Fn::GetAtt")
            yield from references(parts[1], conditions)
    elif name == "Fn::Sub":
        yield from _substitutions(argument, conditions)
    elif name == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
        if conditions is None or argument[0] not in conditions:
            yield from references(argument[1:], conditions)
        else:
            yield from references(argument[1] if conditions[argument[0]] else argument[2], conditions)
    else:
        yield from references(argument, conditions)


def _substitutions(argument: Any, conditions: Mapping[str, bool] | None) -> Iterator[Reference]:
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if isinstance(text, str):
        for escaped, name in SUBSTITUTION.findall(text):
            if not escaped and name not in own:
                base, _, attribute = name.partition(".")
                yield Reference(base, attribute, "Fn::Sub")
    yield from references(own, conditions)


def dynamic_references(value: Any) -> Iterator[str]:
    """Yield every `{{resolve:service:...}}` in the strings of a value, as `{{resolve:service:`."""
    if isinstance(value, str):
        yield from _DYNAMIC.findall(value)
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from dynamic_references(item)


def refuse_dynamic_references(value: Any, where: str) -> None:
    """Raise TemplateError for a dynamic reference: as plain text it would end up in what is made."""
    for found in dynamic_references(value):
        raise TemplateError(
            f"Template error: the dynamic reference {found}...}}}} in [{where}] is not served here; use a parameter"
            " (the type AWS::SSM::Parameter::Value<String> reads an SSM parameter)"
        )


def condition_names(expression: Any) -> Iterator[str]:
    """Yield every condition that an expression asks for, in Fn::If or as {Condition: name}."""
    if isinstance(expression, list):
        for item in expression:
            yield from condition_names(item)
    elif isinstance(expression, dict):
        for key, item in expression.items():
            if key == "Fn::If" and isinstance(item, list) and item and isinstance(item[0], str):
                yield item[0]
            elif key == "Condition" and isinstance(item, str) and len(expression) == 1:
                yield item
            yield from condition_names(item)


def ordered(dependencies: Mapping[str, Iterable[str]], *, between: str = "resources") -> list[str]:
    """Return the names, each after what it depends on, otherwise in the order given.

    Raises TemplateError that names the members of a cycle.
    """
    done: dict[str, None] = {}
    for start in dependencies:
        path = [start]
        waiting = [iter(dependencies[start])]
        while path and start not in done:
            following = next((n for n in waiting[-1] if n in dependencies and n not in done), None)
            if following is None:
                done[path.pop()] = None
                waiting.pop()
            elif following in path:
                cycle = sorted(path[path.index(following) :])
                raise TemplateError(f"Circular dependency between {between}: [{', '.join(cycle)}]")
            else:
                path.append(following)
                waiting.append(iter(dependencies[following]))
    return list(done)
