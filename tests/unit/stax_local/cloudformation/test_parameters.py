from typing import Any

import pytest

from stax_local.cloudformation.parameters import HIDDEN, Parameter, given_values, masked, resolve
from stax_local.cloudformation.problems import TemplateError


class Account:
    """An account with one image and one SSM parameter."""

    def exists(self, aws_type: str, value: str) -> bool:
        return (aws_type, value) in {("AWS::EC2::Image::Id", "ami-1"), ("AWS::EC2::Subnet::Id", "subnet-1")}

    def ssm_value(self, name: str) -> str | None:
        return {"/image": "ami-1", "/list": "a,b"}.get(name)


def value_of(declared: dict[str, Any], given: str | None = None) -> Any:
    asked = {} if given is None else {"P": given}
    return resolve({"P": declared}, asked, Account())["P"].value


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        ({"Type": "String", "Default": 5}, None, "5"),
        ({"Type": "String", "Default": True}, None, "true"),
        ({"Type": "Number"}, "1.50", "1.50"),
        ({"Type": "CommaDelimitedList"}, "a, b ,c", ["a", "b", "c"]),
        ({"Type": "List<Number>"}, "1,2", ["1", "2"]),
        ({"Type": "AWS::EC2::Image::Id"}, "ami-1", "ami-1"),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "subnet-1", ["subnet-1"]),
        ({"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"}, "/image", "ami-1"),
        ({"Type": "AWS::SSM::Parameter::Value<List<String>>"}, "/list", ["a", "b"]),
        ({"Type": "AWS::SSM::Parameter::Name"}, "/list", "/list"),
        ({"Type": "String", "AllowedValues": [1, True]}, "true", "true"),
    ],
)
def test_gives_a_value_in_the_form_of_its_type(declared: dict[str, Any], given: str | None, value: Any) -> None:
    assert value_of(declared, given) == value


@pytest.mark.parametrize(
    ("declared", "given", "problem"),
    [
        ({"Type": "String"}, None, r"Parameters: \[P\] must have values"),
        ({"Type": "Strin"}, "x", "Unrecognized parameter type: Strin"),
        ({}, "x", "Every Parameters object must contain a Type member"),
        ({"Type": "String", "Defualt": ""}, "x", "Invalid template parameter property 'Defualt'"),
        ({"Type": "String", "AllowedValues": ["a"]}, "b", "'P' must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "a1", r"'P' must match pattern \[a-z\]\+"),
        ({"Type": "String", "AllowedPattern": "["}, "a", "AllowedPattern is no regular expression"),
        ({"Type": "String", "MinLength": 2}, "a", "at least 2 characters"),
        ({"Type": "String", "MaxLength": "2"}, "abc", "at most 2 characters"),
        ({"Type": "Number", "MinValue": 2}, "1", "not less than 2"),
        ({"Type": "Number", "MaxValue": 2}, "3", "not greater than 2"),
        ({"Type": "Number"}, "many", "must be a number"),
        ({"Type": "Number"}, "nan", "must be a number"),
        ({"Type": "List<Number>"}, "1,x", "must be a number: 'x'"),
        ({"Type": "String", "MinLength": 2, "ConstraintDescription": "two"}, "a", "failed to satisfy constraint: two"),
        ({"Type": "AWS::EC2::Image::Id"}, "ami-2", "parameter value ami-2 for parameter name P does not exist"),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, "/no", r"Unable to fetch parameters \[/no\]"),
    ],
)
def test_says_which_constraint_is_broken(declared: dict[str, Any], given: str | None, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem):
        value_of(declared, given)


def test_says_every_problem_at_once() -> None:
    declared: dict[str, Any] = {"A": {"Type": "Number"}, "B": {"Type": "String", "MinLength": 3}}

    with pytest.raises(TemplateError, match=r"'A' must be a number.*'B' must contain at least 3"):
        resolve(declared, {"A": "x", "B": "y"}, Account())


def test_refuses_a_parameter_that_the_template_does_not_have() -> None:
    with pytest.raises(TemplateError, match=r"Parameters: \[Other\] do not exist in the template"):
        resolve({}, {"Other": "x"}, Account())


def test_keeps_a_previous_value_when_asked_to() -> None:
    request: list[Any] = [
        {"ParameterKey": "A", "UsePreviousValue": True},
        {"ParameterKey": "B", "ParameterValue": "new"},
    ]

    assert given_values(request, {"A": Parameter("old", "old")}) == {"A": "old", "B": "new"}


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ([{"ParameterKey": "A", "UsePreviousValue": True}], "not in the previous template"),
        ([{"ParameterKey": "A", "UsePreviousValue": True, "ParameterValue": "x"}], "non empty value"),
        ([{"ParameterKey": "A", "ParameterValue": "x"}] * 2, r"duplicate key \[A\]"),
    ],
)
def test_refuses_values_that_contradict(request_: Any, problem: str) -> None:
    with pytest.raises(TemplateError, match=problem):
        given_values(request_, {})


def test_hides_a_secret_wherever_it_ended_up() -> None:
    secret = Parameter('pass"word', 'pass"word', no_echo=True)

    assert masked({"a": ['x pass"word', '{"b": "pass\\"word"}']}, [secret]) == {
        "a": [f"x {HIDDEN}", f'{{"b": "{HIDDEN}"}}']
    }
