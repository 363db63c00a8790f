import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_local.cloudformation import documents
from stax_local.cloudformation.problems import TemplateError

WRONG = {
    "a: &x 1\nb: *x": r"aliases are not allowed.*\(line 2, column 4\)",
    "a: 1\na: 2": r"duplicate key 'a' \(line 2, column 1\)",
    "a: !Nope b": r"unknown tag !Nope \(line 1, column 4\)",
    "a: [1": r"YAML not well-formed.*\(line ",
    "a: !!python/object/apply:os.system ['true']": "could not determine a constructor",
    "- a": "unsupported structure",
    "": "unsupported structure",
    "just words": "unsupported structure",
    "? [a]\n: b": "a key must be a string",
    '{"a": 1, "a": 2}': "duplicate key 'a'",
    '{"a": 1,}': r"JSON not well-formed. \(line 1, column 9\)",
    '{"a": NaN}': "NaN is not a number",
    "{": "JSON not well-formed",
    "a: \x00": "YAML not well-formed",
    "[" * 100_000: "nested too deeply|YAML not well-formed",
}


@pytest.mark.parametrize("text", WRONG)
def test_says_what_is_wrong_and_where(text: str) -> None:
    with pytest.raises(TemplateError, match=WRONG[text]):
        documents.read(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !Ref B", {"Ref": "B"}),
        ("a: !GetAtt B.C.D", {"Fn::GetAtt": ["B", "C.D"]}),
        ("a: !GetAtt [B, C]", {"Fn::GetAtt": ["B", "C"]}),
        ("a: !Condition C", {"Condition": "C"}),
        ("a: !If [C, 1, !Ref B]", {"Fn::If": ["C", 1, {"Ref": "B"}]}),
        ("a: !Sub {x: 1}", {"Fn::Sub": {"x": 1}}),
        ("a: 2010-09-09", "2010-09-09"),
        ("a: 0644", "0644"),
        ("a: 012345678901", "012345678901"),
        ("a: 22:22", "22:22"),
        ("a: 42", 42),
        ("a: true", True),
        ("a: <<", "<<"),
        ('{"a": [1.5, null]}', [1.5, None]),
    ],
)
def test_reads_values_as_cloudformation_means_them(text: str, value: object) -> None:
    assert documents.read(text) == {"a": value}


def test_keeps_keys_as_they_are_written() -> None:
    assert documents.read("On: 1\n123456789012: 2\n010: 3") == {"On": 1, "123456789012": 2, "010": 3}


TEXT = st.text(max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_reads_any_json_object_unchanged(document: dict[str, object]) -> None:
    assert documents.read(json.dumps(document)) == document


@given(st.text())
def test_answers_any_text_with_a_mapping_or_a_template_error(text: str) -> None:
    with suppress(TemplateError):
        assert isinstance(documents.read(text), dict)
