"""What is published is what the code says."""

import json
from pathlib import Path

import jsonschema
import pytest

from stax.config.reference import schema, with_tables

ROOT = Path(__file__).parents[4]
HINT = "run tools/configuration-reference"


def valid(document: object) -> bool:
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(document))


def test_the_published_schema_is_current():
    assert json.loads((ROOT / "config/config.schema.json").read_text()) == schema(), HINT


def test_the_documentations_tables_are_current():
    document = (ROOT / "docs/configuration.md").read_text()

    assert with_tables(document) == document, HINT


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_takes_the_example():
    assert valid(json.loads((ROOT / "config/config.json.example").read_text()))


def test_the_schema_takes_a_flat_object_and_retired_keys():
    assert valid({"CostCenter": "42", "ClusterSize": 5, "DiscoveryURL": "@DISCOVERY_URL@"})


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"CostCenter": "42", "Grop": "x"},
        {"CostCenter": "42", "ClusterSize": 0},
        {"CostCenter": "42", "ClusterSize": "three"},
        {"CostCenter": "a<b"},
        {"CostCenter": "42", "Architecture": "sparc"},
        [{"ParameterKey": "CostCenter", "ParameterValue": "42"}, {"ParameterKey": "Grop", "ParameterValue": "x"}],
    ],
)
def test_the_schema_refuses_what_stax_refuses(document):
    assert not valid(document)


def test_a_document_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="has no"):
        with_tables("nothing")
