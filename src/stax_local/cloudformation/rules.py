"""The Rules of a template: assertions over its parameters, checked before anything is made.

Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any

from stax_local.cloudformation.expressions import Scope, as_text, condition_holds, evaluate
from stax_local.cloudformation.problems import TemplateError


def check(rules: Mapping[str, Mapping[str, Any]], scope: Scope) -> None:
    """Raise TemplateError that names every assertion which does not hold."""
    broken: list[str] = []
    for name, rule in rules.items():
        if "RuleCondition" in rule and not _holds(rule["RuleCondition"], scope):
            continue
        broken += [
            f"{name}: {each.get('AssertDescription', 'an assertion does not hold')}"
            for each in rule.get("Assertions", [])
            if not _holds(each.get("Assert"), scope)
        ]
    if broken:
        raise TemplateError(f"Template validation error: Rule {'; '.join(broken)}")


def _holds(expression: Any, scope: Scope) -> bool:
    if isinstance(expression, dict) and len(expression) == 1:
        ((name, operands),) = expression.items()
        if name in _TESTS:
            return _TESTS[name](operands, scope)
        if name in ("Fn::And", "Fn::Or") and isinstance(operands, list):
            return (all if name == "Fn::And" else any)([_holds(each, scope) for each in operands])
        if name == "Fn::Not" and isinstance(operands, list) and len(operands) == 1:
            return not _holds(operands[0], scope)
    return condition_holds(expression, scope)


def _pair(operands: Any, scope: Scope) -> tuple[Any, list[str]]:
    if not isinstance(operands, list) or len(operands) != 2:
        raise TemplateError("Template validation error: a rule function takes two operands")
    first, second = (evaluate(each, scope) for each in operands)
    listed = second if isinstance(second, list) else [second]
    return first, [as_text(each) for each in listed]


def _contains(operands: Any, scope: Scope) -> bool:
    if not isinstance(operands, list) or len(operands) != 2:
        raise TemplateError("Template validation error: a rule function takes two operands")
    listed, value = (evaluate(each, scope) for each in operands)
    return as_text(value) in [as_text(each) for each in listed]


def _each_member_in(operands: Any, scope: Scope) -> bool:
    values, allowed = _pair(operands, scope)
    return all(as_text(each) in allowed for each in values)


def _each_member_equals(operands: Any, scope: Scope) -> bool:
    values, expected = _pair(operands, scope)
    return all([as_text(each)] == expected for each in values)


_TESTS: Mapping[str, Callable[[Any, Scope], bool]] = {
    "Fn::Contains": _contains,
    "Fn::EachMemberIn": _each_member_in,
    "Fn::EachMemberEquals": _each_member_equals,
}
