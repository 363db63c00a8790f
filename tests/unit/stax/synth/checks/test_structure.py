"""Sections, resources and parameters as CloudFormation knows them."""

import pytest

from stax.synth.checks.structure import structure
from stax.synth.template import parse_template


def found(text: str) -> list[tuple[str, str]]:
    return [(problem.rule, problem.nearest) for problem in structure(parse_template(text))]


@pytest.mark.parametrize(
    ("text", "rule", "nearest"),
    [
        ("Resorces: {}\nResources: {A: {Type: T}}", "section", "Resources"),
        ("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: T}}", "transform", ""),
        ("Description: nothing here", "resources", ""),
        ("Resources: []", "resources", ""),
        ("Resources: {A: {Type: T, Propertes: {}}}", "attribute", "Properties"),
        ("Resources: {A: {Properties: {}}}", "type", ""),
        ("Resources: {A: {Type: [T]}}", "type", ""),
        ("Resources: {A: T}", "shape", ""),
        ("Resources: {a-b: {Type: T}}", "logical-id", ""),
        ("Resources: {A: {Type: T}}\nParameters: {A: {Type: String}}", "logical-id", ""),
        ("Resources: {A: {Type: T}}\nParameters: {P: {Type: String, Defalt: x}}", "attribute", "Default"),
        ("Resources: {A: {Type: T}}\nParameters: {P: {Default: x}}", "type", ""),
    ],
)
def test_what_cloudformation_refuses_is_named(text: str, rule: str, nearest: str):
    assert found(text) == [(rule, nearest)]


def test_more_resources_than_cloudformation_takes_are_too_many():
    resources = "".join(f"  R{number}: {{Type: T}}\n" for number in range(501))

    assert found(f"Resources:\n{resources}") == [("S13", "")]
