"""The values of a stack's parameters: given, kept or by default, within their constraints.

The only thing asked of the world is `Lookup`: whether an image, a key pair … exists, what an SSM parameter holds.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from stax_local.cloudformation.problems import TemplateError

SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
LIST = re.compile(r"List<(.+)>")
PLAIN_TYPES = frozenset({"String", "Number", "CommaDelimitedList", "AWS::SSM::Parameter::Name"})
AWS_TYPES = frozenset(
    {
        "AWS::EC2::AvailabilityZone::Name", "AWS::EC2::Image::Id", "AWS::EC2::Instance::Id",
        "AWS::EC2::KeyPair::KeyName", "AWS::EC2::SecurityGroup::GroupName", "AWS::EC2::SecurityGroup::Id",
        "AWS::EC2::Subnet::Id", "AWS::EC2::Volume::Id", "AWS::EC2::VPC::Id",
    }
)  # fmt: skip
MEMBERS = frozenset(
    {
        "Type", "Default", "Description", "AllowedValues", "AllowedPattern", "MinValue", "MaxValue", "MinLength",
        "MaxLength", "ConstraintDescription", "NoEcho",
    }
)  # fmt: skip
HIDDEN = "****"
"""What every answer shows for a NoEcho parameter."""


class Lookup(Protocol):
    """What parameters need to know of the account."""

    def exists(self, aws_type: str, value: str) -> bool:
        """Say whether a value of an AWS-specific parameter type exists."""
        ...

    def ssm_value(self, name: str) -> str | None:
        """Return what an SSM parameter holds, None when there is none."""
        ...


@dataclass(frozen=True)
class Parameter:
    """A parameter's value: `given` as the caller wrote it, `value` as Ref returns it."""

    given: str
    value: Any
    no_echo: bool = False
    ssm: bool = False


def is_no_echo(declared: Mapping[str, Any]) -> bool:
    """Say whether a parameter's value must not be shown."""
    return str(declared.get("NoEcho", "false")).lower() == "true"


def masked(shown: Any, parameters: Iterable[Parameter]) -> Any:
    """Return what is to be shown with the values of NoEcho parameters hidden, wherever they ended up."""
    secrets = {each.given for each in parameters if each.no_echo and each.given}
    return _without(shown, secrets) if secrets else shown


def _without(shown: Any, secrets: set[str]) -> Any:
    if isinstance(shown, dict):
        return {key: _without(each, secrets) for key, each in shown.items()}
    if isinstance(shown, list):
        return [_without(each, secrets) for each in shown]
    if isinstance(shown, str):
        for secret in secrets:
            # Some of what is shown is JSON in a string, where quotes and line ends look different.
            shown = shown.replace(secret, HIDDEN).replace(json.dumps(secret)[1:-1], HIDDEN)
    return shown


def check_declarations(declared: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise TemplateError for a parameter whose type or members CloudFormation does not have."""
    for name, each in declared.items():
        where = f"Template format error: [/Parameters/{name}]"
        if "Type" not in each:
            raise TemplateError(f"{where} Every Parameters object must contain a Type member.")
        if unknown := sorted(each.keys() - MEMBERS):
            raise TemplateError(f"Invalid template parameter property '{unknown[0]}' in [/Parameters/{name}]")
        if not _is_type(str(each["Type"])):
            raise TemplateError(f"Template format error: Unrecognized parameter type: {each['Type']} ({name})")
        if isinstance(each.get("Default", ""), dict | list):
            raise TemplateError(f"{where} Every Default member must be a string.")
        if not isinstance(each.get("AllowedValues", []), list):
            raise TemplateError(f"{where} Every AllowedValues member must be a list.")
        try:
            re.compile(str(each.get("AllowedPattern", "")))
        except re.error as error:
            raise TemplateError(f"{where} AllowedPattern is no regular expression: {error}") from error


def _is_type(name: str) -> bool:
    inner = SSM_VALUE.fullmatch(name)
    name = inner[1] if inner else name
    listed = LIST.fullmatch(name)
    return name in PLAIN_TYPES or name in AWS_TYPES or bool(listed and (listed[1] in AWS_TYPES | {"String", "Number"}))


def given_values(requested: Iterable[Mapping[str, Any]], previous: Mapping[str, Parameter]) -> dict[str, str]:
    """Return what a request's Parameters say, UsePreviousValue replaced by the value there is.

    Raises TemplateError for a previous value that does not exist and for a key given twice.
    """
    given: dict[str, str] = {}
    for each in requested:
        key = str(each.get("ParameterKey", ""))
        if key in given:
            raise TemplateError(f"Parameters: duplicate key [{key}]")
        if each.get("UsePreviousValue"):
            if each.get("ParameterValue"):
                raise TemplateError(
                    f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true and non empty"
                    " value for a parameter"
                )
            if key not in previous:
                raise TemplateError(
                    f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter"
                    " key not in the previous template"
                )
            given[key] = previous[key].given
        elif "ParameterValue" in each:
            given[key] = str(each["ParameterValue"])
    return given


def resolve(
    declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, str], lookup: Lookup
) -> dict[str, Parameter]:
    """Return every declared parameter with its value.

    Raises TemplateError: names first (all of them), then values against their constraints.
    """
    check_declarations(declared)
    if unknown := [name for name in given if name not in declared]:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    if missing := [name for name, each in declared.items() if name not in given and "Default" not in each]:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    problems: list[str] = []
    resolved: dict[str, Parameter] = {}
    for name, each in declared.items():
        text = given.get(name, _text(each.get("Default")))
        try:
            resolved[name] = _parameter(name, each, text, lookup)
        except TemplateError as error:
            problems.append(error.message)
    if problems:
        raise TemplateError("; ".join(problems))
    return resolved


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parameter(name: str, declared: Mapping[str, Any], text: str, lookup: Lookup) -> Parameter:
    kind = str(declared["Type"])
    from_ssm = SSM_VALUE.fullmatch(kind)
    _check_constraints(name, declared, text)
    value = text
    if from_ssm:
        stored = lookup.ssm_value(text)
        if stored is None:
            raise TemplateError(f"Unable to fetch parameters [{text}] from parameter store for this account.")
        kind, value = from_ssm[1], stored
    listed = LIST.fullmatch(kind)
    is_list = kind == "CommaDelimitedList" or listed is not None
    values = [item.strip() for item in value.split(",")] if is_list else [value]
    _check_values(name, listed[1] if listed else kind, values, lookup)
    return Parameter(text, values if is_list else value, is_no_echo(declared), from_ssm is not None)


def _check_values(name: str, kind: str, values: list[str], lookup: Lookup) -> None:
    if kind == "Number" and (wrong := [each for each in values if _number(each) is None]):
        raise TemplateError(f"Parameter '{name}' must be a number: {', '.join(wrong)!r}")
    if kind in AWS_TYPES:
        for each in values:
            if not lookup.exists(kind, each):
                raise TemplateError(
                    f"Parameter validation failed: parameter value {each} for parameter name {name} does not exist"
                )
    if kind == "AWS::SSM::Parameter::Name" and lookup.ssm_value(values[0]) is None:
        raise TemplateError(
            f"Parameter validation failed: parameter value {values[0]} for parameter name {name} does not exist"
        )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _check_constraints(name: str, declared: Mapping[str, Any], text: str) -> None:
    problem = _broken_constraint(declared, text)
    if problem is None:
        return
    if described := declared.get("ConstraintDescription"):
        raise TemplateError(f"Parameter {name} failed to satisfy constraint: {described}")
    raise TemplateError(f"Parameter '{name}' {problem}")


def _broken_constraint(declared: Mapping[str, Any], text: str) -> str | None:
    kind = str(declared["Type"])
    is_list = kind == "CommaDelimitedList" or LIST.fullmatch(kind) is not None
    items = [item.strip() for item in text.split(",")] if is_list else [text]
    allowed = [_text(each) for each in declared.get("AllowedValues", [])]
    if allowed and any(item not in allowed for item in items):
        return "must be one of AllowedValues"
    pattern = declared.get("AllowedPattern")
    if pattern is not None and not all(re.fullmatch(pattern, item) for item in items):
        return f"must match pattern {pattern}"
    if kind == "Number":
        return _outside_range(declared, text)
    if len(text) < int(declared.get("MinLength", 0)):
        return f"must contain at least {declared['MinLength']} characters"
    if len(text) > int(declared.get("MaxLength", len(text))):
        return f"must contain at most {declared['MaxLength']} characters"
    return None


def _outside_range(declared: Mapping[str, Any], text: str) -> str | None:
    number = _number(text)
    if number is None:
        return "must be a number"
    if "MinValue" in declared and number < float(declared["MinValue"]):
        return f"must be a number not less than {declared['MinValue']}"
    if "MaxValue" in declared and number > float(declared["MaxValue"]):
        return f"must be a number not greater than {declared['MaxValue']}"
    return None
