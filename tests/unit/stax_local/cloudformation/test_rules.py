from typing import Any

import pytest

from stax_local.cloudformation import rules
from stax_local.cloudformation.expressions import Scope
from stax_local.cloudformation.problems import TemplateError

SCOPE = Scope({"Kind": "big", "Count": "3"}.__getitem__, lambda _id, _name: None)
BIG = {"Fn::Equals": [{"Ref": "Kind"}, "big"]}


def rule(test: Any, **more: Any) -> dict[str, Any]:
    return {"Rule": {"Assertions": [{"Assert": test, "AssertDescription": "too few"}], **more}}


@pytest.mark.parametrize(
    "test",
    [
        {"Fn::Contains": [["1", "3"], {"Ref": "Count"}]},
        {"Fn::EachMemberIn": [["a"], ["a", "b"]]},
        {"Fn::EachMemberEquals": [["a", "a"], "a"]},
        {"Fn::And": [BIG, {"Fn::Not": [{"Fn::Contains": [["1"], {"Ref": "Count"}]}]}]},
    ],
)
def test_passes_what_holds(test: Any) -> None:
    rules.check(rule(test), SCOPE)


@pytest.mark.parametrize(
    "test", [{"Fn::Contains": [["1"], {"Ref": "Count"}]}, {"Fn::EachMemberIn": [["c"], ["a"]]}, {"Fn::Not": [BIG]}]
)
def test_says_which_assertion_does_not_hold(test: Any) -> None:
    with pytest.raises(TemplateError, match="Rule Rule: too few"):
        rules.check(rule(test), SCOPE)


def test_asserts_nothing_when_its_condition_does_not_hold() -> None:
    rules.check(rule({"Fn::Not": [BIG]}, RuleCondition={"Fn::Not": [BIG]}), SCOPE)
