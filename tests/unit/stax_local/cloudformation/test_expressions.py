from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_local.cloudformation.expressions import NO_VALUE, UNKNOWN, Scope, condition_holds, evaluate
from stax_local.cloudformation.problems import TemplateError

VALUES = {"Name": "web", "Count": "3", "List": ["a", "b"], "Later": UNKNOWN, "AWS::NoValue": NO_VALUE}


def attribute(logical_id: str, name: str) -> Any:
    return UNKNOWN if logical_id == "Later" else f"{logical_id}.{name}"


SCOPE = Scope(
    VALUES.__getitem__,
    attribute,
    {"Yes": True, "No": False},
    {"Zones": {"eu": {"Count": 2}}},
    lambda region: [f"{region or 'here'}-a", f"{region or 'here'}-b"],
    {"shared": "value"}.__getitem__,
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Ref": "Name"}, "web"),
        ({"Fn::GetAtt": ["Vpc", "Id"]}, "Vpc.Id"),
        ({"Fn::GetAtt": "Vpc.Id"}, "Vpc.Id"),
        ({"Fn::Sub": "${Name}-${Vpc.Id}-${!Name}"}, "web-Vpc.Id-${Name}"),
        ({"Fn::Sub": ["${x}${Name}", {"x": {"Ref": "Count"}}]}, "3web"),
        ({"Fn::Sub": "100% $Name $(x)"}, "100% $Name $(x)"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 1, True]]}, "a-web-1-true"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, "a,b"),
        ({"Fn::Select": ["1", {"Ref": "List"}]}, "b"),
        ({"Fn::Split": ["|", "a||b"]}, ["a", "", "b"]),
        ({"Fn::If": ["Yes", 1, 2]}, 1),
        ({"Fn::If": ["No", 1, {"Ref": "Name"}]}, "web"),
        ({"Fn::FindInMap": ["Zones", "eu", "Count"]}, 2),
        ({"Fn::Base64": "hello"}, "aGVsbG8="),
        ({"Fn::GetAZs": ""}, ["here-a", "here-b"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 3, 8]}, ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
        ({"Fn::Cidr": ["10.0.0.0/24", "2", "4"]}, ["10.0.0.0/28", "10.0.0.16/28"]),
        ({"Fn::ImportValue": "shared"}, "value"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        ({"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, NO_VALUE),
        ({"Ref": "Name", "other": 1}, {"Ref": "Name", "other": 1}),
    ],
)
def test_gives_the_value_of_every_function(expression: Any, value: Any) -> None:
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    "expression",
    [
        {"Ref": "Later"},
        {"Fn::Sub": "x-${Later}"},
        {"Fn::Join": ["", ["a", {"Ref": "Later"}]]},
        {"Fn::Select": [0, {"Fn::GetAtt": ["Later", "Ids"]}]},
        {"Fn::Split": [",", {"Ref": "Later"}]},
        {"Fn::Base64": {"Ref": "Later"}},
        {"Fn::Cidr": [{"Ref": "Later"}, 1]},
        {"Fn::ImportValue": {"Ref": "Later"}},
    ],
)
def test_what_is_built_on_the_unknown_is_unknown(expression: Any) -> None:
    assert evaluate(expression, SCOPE) is UNKNOWN


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ({"Ref": ["Name"]}, "every Ref must name one"),
        ({"Fn::GetAtt": ["Vpc"]}, "two non-empty parameters"),
        ({"Fn::GetAtt": "Vpc"}, "two non-empty parameters"),
        ({"Fn::Sub": 3}, "don't specify expected arguments"),
        ({"Fn::Sub": "${List}"}, "variable List in Fn::Sub expression does not resolve to a string"),
        ({"Fn::Join": ["-", "ab"]}, "a list of strings to be joined"),
        ({"Fn::Join": ["-"]}, "every Fn::Join object requires a list of 2"),
        ({"Fn::Select": [2, {"Ref": "List"}]}, "cannot select nonexistent value at index 2"),
        ({"Fn::Select": ["x", {"Ref": "List"}]}, "valid index"),
        ({"Fn::Split": ["", "a"]}, "every Fn::Split object"),
        ({"Fn::FindInMap": ["Zones", "us", "Count"]}, "Unable to get mapping for Zones::us::Count"),
        ({"Fn::Cidr": ["10.0.0.0/24", 300, 4]}, "does not hold 300"),
        ({"Fn::Cidr": ["nonsense", 1, 4]}, "Fn::Cidr: 'nonsense'"),
        ({"Fn::Cidr": ["10.0.0.0/24", 1, 40]}, "Fn::Cidr"),
        ({"Fn::Length": [1]}, "AWS::LanguageExtensions"),
        ({"Fn::Nope": 1}, "unsupported function Fn::Nope"),
        ({"Fn::If": ["Missing", 1, 2]}, "Unresolved condition dependency Missing"),
    ],
)
def test_says_what_is_used_wrongly(expression: Any, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem.replace("(", r"\(")):
        evaluate(expression, SCOPE)


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ({"Condition": "Yes"}, True),
        ({"Fn::Not": [{"Condition": "Yes"}]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}, False),
        ({"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]}, True),
        ({"Fn::Equals": [{"Ref": "Count"}, 3]}, True),
        ({"Fn::Equals": [True, "true"]}, True),
    ],
)
def test_decides_conditions(condition: Any, truth: bool) -> None:
    assert condition_holds(condition, SCOPE) is truth


TEXT = st.text(max_size=12)


@given(
    st.recursive(
        TEXT | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=8,
    )
)
def test_what_holds_no_function_is_its_own_value(value: Any) -> None:
    if not any(word in str(value) for word in ("Ref", "Fn::")):
        assert evaluate(value, SCOPE) == value
