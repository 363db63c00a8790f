"""Intrinsic functions: an expression of a template and a scope give a value.

Pure: whatever an expression may refer to is asked of the `Scope`.  A scope that cannot know a value yet
(the id of a resource that is still to be made) answers UNKNOWN, and so does everything built on it.
"""

import base64
import ipaddress
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from stax_local.cloudformation.problems import TemplateError


class Unknown:
    """Stands for a value that only exists after something is made."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"


class NoValue:
    """What `AWS::NoValue` refers to: the property or list item that holds it is left out."""

    def __repr__(self) -> str:
        return "NO_VALUE"


UNKNOWN: Final = Unknown()
NO_VALUE: Final = NoValue()

SUBSTITUTION = re.compile(r"\$\{(!?)([^{}]*)\}")
"""`${Name}`, `${Name.Attribute}` and the escape `${!literal}` in Fn::Sub."""


@dataclass(frozen=True)
class Scope:
    """What the expressions of one stack may refer to."""

    reference: Callable[[str], Any]
    """The value of `Ref NAME`: a parameter, a pseudo parameter or a resource."""
    attribute: Callable[[str, str], Any]
    """The value of `Fn::GetAtt [LOGICAL_ID, NAME]`."""
    conditions: Mapping[str, bool] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    zones: Callable[[str], list[str]] = lambda _region: []
    """The availability zones of a region ('' is the stack's own)."""
    imported: Callable[[str], Any] = lambda _name: UNKNOWN
    """The value exported under a name by another stack."""


Intrinsic = Callable[[Any, Scope], Any]


def is_known(value: Any) -> bool:
    """Say whether no part of a value is UNKNOWN."""
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    if isinstance(value, list):
        return all(map(is_known, value))
    return value is not UNKNOWN


def as_text(value: Any) -> str:
    """Return a scalar as CloudFormation writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def function_of(expression: Any) -> tuple[str, Any] | None:
    """Return (function, argument) when an expression is an intrinsic function or a Ref, else None."""
    if not isinstance(expression, dict) or len(expression) != 1:
        return None
    ((name, argument),) = expression.items()
    return (name, argument) if name == "Ref" or name.startswith("Fn::") else None


def evaluate(expression: Any, scope: Scope) -> Any:
    """Return the value of an expression, without the parts that are AWS::NoValue.

    Raises TemplateError when a function is used wrongly or refers to what does not exist.
    """
    if isinstance(expression, list):
        return [value for value in (evaluate(item, scope) for item in expression) if value is not NO_VALUE]
    if not isinstance(expression, dict):
        return expression
    called = function_of(expression)
    if called is None:
        values = {key: evaluate(item, scope) for key, item in expression.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}
    name, argument = called
    if name not in INTRINSICS:
        raise TemplateError(f"Template validation error: unrecognized or unsupported function {name}")
    return INTRINSICS[name](argument, scope)


def condition_holds(expression: Any, scope: Scope) -> bool:
    """Return the truth of a condition: Fn::And, Or, Not, Equals or {Condition: name}."""
    if not isinstance(expression, dict) or len(expression) != 1:
        raise TemplateError("Template format error: Every Condition must be one condition function")
    ((name, argument),) = expression.items()
    if name == "Condition":
        if argument not in scope.conditions:
            raise TemplateError(f"Template format error: Unresolved condition dependency {argument} in the template")
        return scope.conditions[argument]
    operands = argument if isinstance(argument, list) else []
    if name == "Fn::Equals" and len(operands) == 2:
        return as_text(evaluate(operands[0], scope)) == as_text(evaluate(operands[1], scope))
    if name == "Fn::Not" and len(operands) == 1:
        return not condition_holds(operands[0], scope)
    if name in ("Fn::And", "Fn::Or") and 2 <= len(operands) <= 10:
        return (all if name == "Fn::And" else any)([condition_holds(item, scope) for item in operands])
    raise TemplateError(f"Template validation error: {name} is no condition, or has the wrong number of operands")


def _arguments(name: str, argument: Any, count: int) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise TemplateError(f"Template error: every {name} object requires a list of {count} parameters")
    return argument


def _ref(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, str):
        raise TemplateError("Template format error: every Ref must name one parameter or resource as a string")
    return scope.reference(argument)


def _get_att(argument: Any, scope: Scope) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2 or not all(parts):
        raise TemplateError(
            "Template error: every Fn::GetAtt object must have two non-empty parameters,"
            " the resource name and the resource attribute"
        )
    attribute = evaluate(parts[1], scope)
    return attribute if attribute is UNKNOWN else scope.attribute(parts[0], attribute)


def _if(argument: Any, scope: Scope) -> Any:
    name, when_true, when_false = _arguments("Fn::If", argument, 3)
    return evaluate(when_true if condition_holds({"Condition": name}, scope) else when_false, scope)


def _sub(argument: Any, scope: Scope) -> Any:
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(own, dict):
        raise TemplateError(
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a"
            " string as first argument, and an optional second argument to specify a mapping of values to replace"
        )
    values = {name: evaluate(item, scope) for name, item in own.items()}
    substituted = [_substituted(match, values, scope) for match in SUBSTITUTION.finditer(text)]
    if any(value is UNKNOWN for value in substituted):
        return UNKNOWN
    replacements = iter(substituted)
    return SUBSTITUTION.sub(lambda _match: as_text(next(replacements)), text)


def _substituted(match: re.Match[str], values: Mapping[str, Any], scope: Scope) -> Any:
    escaped, name = match[1], match[2]
    if escaped:
        return "${" + name + "}"
    if name in values:
        value = values[name]
    elif "." in name:
        value = scope.attribute(*name.split(".", 1))
    else:
        value = scope.reference(name)
    if isinstance(value, dict | list):
        raise TemplateError(f"Template error: variable {name} in Fn::Sub expression does not resolve to a string")
    return value


def _join(argument: Any, scope: Scope) -> Any:
    delimiter, items = _arguments("Fn::Join", argument, 2)
    values = evaluate(items, scope)
    if not is_known(values):
        return UNKNOWN
    if (
        not isinstance(delimiter, str)
        or not isinstance(values, list)
        or any(isinstance(v, dict | list) for v in values)
    ):
        raise TemplateError(
            "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and"
            " (2) a list of strings to be joined or a function that returns a list of strings"
        )
    return delimiter.join(map(as_text, values))


def _select(argument: Any, scope: Scope) -> Any:
    index, items = (evaluate(item, scope) for item in _arguments("Fn::Select", argument, 2))
    if index is UNKNOWN or items is UNKNOWN:
        return UNKNOWN
    if not isinstance(items, list) or not str(index).isdigit():
        raise TemplateError("Template error: Fn::Select requires a list argument with a valid index value and a list")
    if int(index) >= len(items):
        raise TemplateError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[int(index)]


def _split(argument: Any, scope: Scope) -> Any:
    delimiter, text = _arguments("Fn::Split", argument, 2)
    value = evaluate(text, scope)
    if value is UNKNOWN:
        return UNKNOWN
    if not isinstance(delimiter, str) or not delimiter or not isinstance(value, str):
        raise TemplateError(
            "Template error: every Fn::Split object requires two parameters,"
            " (1) a string delimiter and (2) a string to be split or a function that returns a string to be split."
        )
    return value.split(delimiter)


def _find_in_map(argument: Any, scope: Scope) -> Any:
    keys = [evaluate(item, scope) for item in _arguments("Fn::FindInMap", argument, 3)]
    value: Any = scope.mappings
    for key in keys:
        value = value.get(as_text(key)) if isinstance(value, Mapping) else None
    if value is None:
        raise TemplateError(f"Template error: Unable to get mapping for {'::'.join(map(as_text, keys))}")
    return value


def _base64(argument: Any, scope: Scope) -> Any:
    value = evaluate(argument, scope)
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, dict | list):
        raise TemplateError("Template error: every Fn::Base64 object must have a String-typed value.")
    return base64.b64encode(as_text(value).encode()).decode()


def _get_azs(argument: Any, scope: Scope) -> Any:
    region = evaluate(argument, scope)
    return UNKNOWN if region is UNKNOWN else scope.zones(as_text(region))


def _cidr(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        raise TemplateError("Template error: every Fn::Cidr object requires an ipBlock, a count and optional cidrBits")
    values = [evaluate(item, scope) for item in argument]
    if not is_known(values):
        return UNKNOWN
    try:
        block = ipaddress.ip_network(values[0])
        count = int(values[1])
        prefix = block.max_prefixlen - (int(values[2]) if len(values) == 3 else 8)
        blocks = list(itertools.islice(block.subnets(new_prefix=prefix), count)) if 0 < count <= 256 else []
    except ValueError as error:
        raise TemplateError(f"Template error: Fn::Cidr: {error}") from error
    if not blocks or len(blocks) < count:
        raise TemplateError(f"Template error: Fn::Cidr: {values[0]} does not hold {values[1]} blocks of that size")
    return [str(each) for each in blocks]


def _import_value(argument: Any, scope: Scope) -> Any:
    name = evaluate(argument, scope)
    return UNKNOWN if name is UNKNOWN else scope.imported(as_text(name))


def _needs_language_extensions(name: str) -> Intrinsic:
    def refuse(_argument: Any, _scope: Scope) -> Any:
        raise TemplateError(
            f"Template error: {name} needs the transform AWS::LanguageExtensions, which is not served here"
        )

    return refuse


INTRINSICS: Mapping[str, Intrinsic] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": _base64,
    "Fn::GetAZs": _get_azs,
    "Fn::Cidr": _cidr,
    "Fn::ImportValue": _import_value,
    "Fn::Length": _needs_language_extensions("Fn::Length"),
    "Fn::ToJsonString": _needs_language_extensions("Fn::ToJsonString"),
}
