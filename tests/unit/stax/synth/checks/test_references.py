"""Whatever is named exists, or is said with the nearest name that does."""

import pytest

from stax.synth.checks.references import references
from stax.synth.template import parse_template

GOOD = """
Parameters: {Size: {Type: Number}}
Mappings: {Sizes: {a: {b: c}}}
Conditions: {Big: !Equals [!Ref Size, 9], Small: !Not [!Condition Big]}
Resources:
  Vpc: {Type: T, Condition: Big}
  Subnet: {Type: T, DependsOn: [Vpc], Properties: {A: %s, Condition: {Bool: {x: y}}}}
Outputs: {Out: {Value: !Ref Vpc, Condition: Small}}
"""


def found(expression: str) -> list[tuple[str, str]]:
    problems = references(parse_template(GOOD % expression))
    return [(problem.message, problem.nearest) for problem in problems]


@pytest.mark.parametrize(
    "expression",
    [
        "!Ref Vpc",
        "!Ref AWS::Region",
        "!GetAtt Vpc.CidrBlock",
        "!Sub '${Size} ${Vpc.CidrBlock} ${AWS::StackName} ${!Literal}'",
        "!Sub ['${Own}', {Own: !Ref Size}]",
        "!If [Big, 1, 2]",
        "!FindInMap [Sizes, a, b]",
        "!FindInMap [!Ref Size, a, b]",
        "{Ref: Size}",
    ],
)
def test_names_that_exist_are_no_problem(expression: str):
    assert found(expression) == []


@pytest.mark.parametrize(
    ("expression", "nearest"),
    [
        ("!Ref Vcp", "Vpc"),
        ("!Ref AWS::Regoin", "AWS::Region"),
        ("!GetAtt Sbnet.Id", "Subnet"),
        ("!GetAtt Size.Id", ""),
        ("!Sub '${Siz}'", "Size"),
        ("!Sub '${Vcp.CidrBlock}'", "Vpc"),
        ("!If [Bigg, 1, 2]", "Big"),
        ("!FindInMap [Size, a, b]", "Sizes"),
        ("!Ref [Vpc]", ""),
        ("{'Fn::Sub': [x]}", ""),
    ],
)
def test_a_name_that_does_not_exist_is_said_with_the_nearest(expression: str, nearest: str):
    assert [near for _, near in found(expression)] == [nearest]


def test_dependencies_and_conditions_are_looked_up_as_well():
    text = (
        "Resources:\n  A: {Type: T, DependsOn: B}\n  C: {Type: T, Condition: D}\nOutputs: {O: {Value: 1, Condition: E}}"
    )

    messages = [problem.message for problem in references(parse_template(text))]

    assert sorted(messages) == ["B does not exist", "D does not exist", "E does not exist"]
