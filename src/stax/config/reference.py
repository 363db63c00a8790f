"""What is published about the keys, made from their declaration: the JSON Schema and the documentation's tables."""

from typing import Any

from stax.config.document import SCHEMA_KEY
from stax.config.keys import KEYS, RETIRED, TAGS, Key
from stax.config.kinds import Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BEGIN = "<!-- made by tools/configuration-reference from here -->"
END = "<!-- to here -->"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of config.json, in both forms it may be written in.

    It holds each value to its kind; what several keys must satisfy together only `stax validate` says.
    """
    return {
        "$schema": DIALECT,
        "title": "stax configuration",
        "oneOf": [{"$ref": "#/$defs/parameterFile"}, {"$ref": "#/$defs/flat"}],
        "$defs": {"parameterFile": _parameter_file(), "flat": _flat()} | {key.name: _value(key) for key in KEYS},
    }


def _flat() -> dict[str, Any]:
    return {
        "description": "one object, a member per key",
        "type": "object",
        "properties": {SCHEMA_KEY: {"type": "string"}}
        | {key.name: {"$ref": f"#/$defs/{key.name}"} for key in KEYS}
        | {name: {"deprecated": True, "description": f"without effect: {why}"} for name, why in RETIRED.items()},
        "required": [key.name for key in KEYS if key.default is None],
        "additionalProperties": False,
    }


def _parameter_file() -> dict[str, Any]:
    return {
        "description": "a CloudFormation parameter file",
        "type": "array",
        "items": {"anyOf": [*map(_parameter, KEYS), *map(_retired_parameter, RETIRED)]},
        "allOf": [_contains(key) for key in KEYS if key.default is None],
    }


def _parameter(key: Key) -> dict[str, Any]:
    return _object(key.name, {"$ref": f"#/$defs/{key.name}"})


def _retired_parameter(name: str) -> dict[str, Any]:
    return _object(name, {"deprecated": True})


def _object(name: str, value: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"ParameterKey": {"const": name}, "ParameterValue": value},
        "required": ["ParameterKey", "ParameterValue"],
        "additionalProperties": False,
    }


def _contains(key: Key) -> dict[str, Any]:
    return {"contains": {"properties": {"ParameterKey": {"const": key.name}}}, "minContains": 1, "maxContains": 1}


def _value(key: Key) -> dict[str, Any]:
    kinds: list[Schema] = [key.kind.schema]
    if key.placeholder:
        kinds.append({"type": "string", "pattern": key.placeholder if key.name in TAGS else f"^{key.placeholder}$"})
    described: dict[str, Any] = {"description": f"{key.doc}; {key.kind.allowed}", "anyOf": kinds}
    return described | ({} if key.default is None else {"default": key.default})


def tables() -> str:
    """Return the tables of docs/configuration.md, in Markdown."""
    rows = ["| key | default | allowed | what it is for |", "|---|---|---|---|"]
    rows += [f"| `{key.name}` | {_default(key)} | {key.kind.allowed} | {key.doc} |" for key in KEYS]
    rows += ["", "Keys of 2015 that are accepted and have no effect:", "", "| key | why |", "|---|---|"]
    rows += [f"| `{name}` | {why} |" for name, why in RETIRED.items()]
    return "\n".join(rows)


def _default(key: Key) -> str:
    return "must be given" if key.default is None else f"`{key.default}`"


def with_tables(document: str) -> str:
    """Return the document with the part between the two marks made anew; raises ValueError without marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"
