"""Everything wrong with a template at once, with its line; whatever stands in it, never an exception."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stax.synth.checks.contract import contract
from stax.synth.checks.references import references
from stax.synth.checks.structure import structure
from stax.synth.contents import planned_resources, quantities
from stax.synth.lint import INVARIANTS, check_template, lint_template
from stax.synth.problems import BadTemplate, TemplateProblem
from stax.synth.template import load_template, parse_template

OWN = load_template()
JUNK: list[Any] = [
    *(None, 1, -1, True, "x", [], {}, [[]], [1], {"a": 1}),
    *({"Ref": [1]}, {"Ref": "Nope"}, {"Fn::GetAtt": []}, {"Fn::Sub": [1, 2]}, {"Fn::If": 1}),
    {"Fn::Equals": [{"Ref": []}, 1]},
]


def test_problems_come_in_reading_order_with_their_lines(tmp_path: Path):
    path = tmp_path / "t.yaml"
    path.write_text(
        "Resources:\n  A:\n    Typ: T\n  B:\n    Type: T\n    DependsOn: C\nParamters: {}\n", encoding="utf-8"
    )

    problems = lint_template(path, with_cfn_lint=False)

    assert [(problem.line, problem.rule, problem.nearest) for problem in problems] == [
        (2, "type", ""),
        (3, "attribute", "Type"),
        (6, "reference", ""),
        (7, "section", "Parameters"),
    ]


def test_a_file_that_is_no_template_is_one_problem(tmp_path: Path):
    assert [problem.rule for problem in lint_template(tmp_path / "missing.yaml", with_cfn_lint=False)] == ["unreadable"]


def test_a_wrong_name_does_not_hide_what_else_is_wrong():
    text = OWN.text.replace("HttpTokens: required", "HttpTokens: optional", 1).replace(
        "!Ref Nat2Interface", "!Ref Nat3", 1
    )

    assert {problem.rule for problem in check_template(parse_template(text))} == {"S1", "reference"}


def test_the_invariants_wait_until_the_shape_is_right():
    problems = check_template(parse_template("Resources:\n  Sub: {Type: AWS::EC2::Subnet, Propertys: {}}\n"))

    assert [(problem.rule, problem.nearest) for problem in problems] == [("attribute", "Properties")]


def test_all_problems_make_one_error_that_says_where_each_stands():
    problems = [
        TemplateProblem("reference", f"{name} does not exist", ("Resources", "A", "DependsOn", index), line=2)
        for index, name in enumerate(("Nope", "Nada"))
    ]

    assert BadTemplate("t.yaml", problems).message.splitlines() == [
        "t.yaml has 2 problems; nothing was changed",
        "  t.yaml:2: Resources.A.DependsOn.0: Nope does not exist [reference]",
        "  t.yaml:2: Resources.A.DependsOn.1: Nada does not exist [reference]",
    ]


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(deeper for key, item in inside for deeper in places(item, (*place, key)))]


PLACES = places(OWN.body)[1:]


def with_junk(value: Any, place: tuple[Any, ...], junk: Any) -> Any:
    if not place:
        return junk
    changed = value.copy()
    changed[place[0]] = with_junk(value[place[0]], place[1:], junk)
    return changed


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(JUNK))
def test_junk_anywhere_is_a_problem_or_none_but_never_an_exception(place: tuple[Any, ...], junk: Any):
    template = replace(OWN, body=with_junk(OWN.body, place, junk))

    for check in (structure, references, contract, *INVARIANTS):
        assert all(problem.rule and problem.message for problem in check(template))
    planned_resources(template, {})
    quantities(template, {})
