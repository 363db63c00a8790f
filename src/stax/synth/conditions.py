"""Which of a template's resources there are, for given parameters: its conditions, decided offline."""

from collections.abc import Mapping
from typing import Any

from stax.synth.template import Template


def effective_parameters(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Return the given parameters over the template's own defaults."""
    defaults = {
        name: str(declared["Default"])
        for name, declared in template.section("Parameters").items()
        if isinstance(declared, dict) and "Default" in declared
    }
    return defaults | dict(given)


def present_resources(template: Template, parameters: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """Return the resources whose condition holds, by logical id, in the template's order."""
    values = effective_parameters(template, parameters)
    return {
        logical_id: resource
        for logical_id, resource in template.resources().items()
        if "Condition" not in resource or holds(template, {"Condition": resource["Condition"]}, values)
    }


def holds(template: Template, expression: Any, values: Mapping[str, str]) -> bool:
    """Decide a condition; what cannot be known offline (an import, say) counts as true, so that it is shown."""
    function, argument = next(iter(expression.items())) if isinstance(expression, dict) and expression else ("", None)
    if function == "Condition":
        return holds(template, template.section("Conditions").get(str(argument)), values)
    parts = argument if isinstance(argument, list) else []
    if function == "Fn::Equals" and len(parts) == 2:
        return _text(parts[0], values) == _text(parts[1], values)
    inner = [holds(template, part, values) for part in parts]
    known = {"Fn::Not": not any(inner), "Fn::And": all(inner), "Fn::Or": any(inner)}
    return known.get(str(function), True)


def _text(expression: Any, values: Mapping[str, str]) -> str:
    if isinstance(expression, dict) and set(expression) == {"Ref"}:
        return values.get(str(expression["Ref"]), "")
    return str(expression)
