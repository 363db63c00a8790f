import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.config.json_text import DEEPEST, Node, NotJson, parse
from stax.config.problems import Position


def plain(node: Node) -> object:
    if node.kind == "list":
        return [plain(item) for item in node.items]
    if node.kind == "object":
        return {member.key: plain(member.value) for member in node.members}
    return node.text if node.kind == "text" else json.loads(node.text)


def refusal(text: str) -> tuple[str, Position]:
    with pytest.raises(NotJson) as caught:
        parse(text)
    return caught.value.message, caught.value.position


def test_every_key_and_value_knows_where_it_stood():
    root = parse('{"a": 1,\n  "b": "x"}')

    assert [(member.key, member.position, member.value.position) for member in root.members] == [
        ("a", Position(1, 2), Position(1, 7)),
        ("b", Position(2, 3), Position(2, 8)),
    ]


def test_doubled_keys_are_both_kept():
    assert [member.key for member in parse('{"a": 1, "a": 2}').members] == ["a", "a"]


def test_a_number_stays_as_it_was_written():
    assert [item.text for item in parse("[3.0, 1e9, -0]").items] == ["3.0", "1e9", "-0"]


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ('{"a": 1,}', "the comma before this is one too many", Position(1, 9)),
        ('["a",]', "a value is missing here, or the comma before this is one too many", Position(1, 6)),
        ('{"a" 1}', 'a colon is expected after the key, not "1"', Position(1, 6)),
        ('{"a": 1 "b": 2}', 'a comma or "}" is expected here, not "\\""', Position(1, 9)),
        ("{a: 1}", 'a key in double quotes is expected here, not "a"', Position(1, 2)),
        ("// mine\n{}", "a value is expected here, not a comment (JSON has none)", Position(1, 1)),
        ("[NaN]", 'a value is expected here, not "NaN"', Position(1, 2)),
        ("[-Infinity]", 'a value is expected here, not "-"', Position(1, 2)),
        ("{} {}", 'the JSON ended before this, yet "{" follows', Position(1, 4)),
        ('["a', "in this text: unterminated string starting", Position(1, 2)),
        ('{"a":', "a value is expected here, not the end of the file", Position(1, 6)),
        ("[01]", 'a comma or "]" is expected here, not "1"', Position(1, 3)),
    ],
)
def test_what_is_not_json_is_told_with_its_place(text, message, position):
    assert refusal(text) == (message, position)


def test_a_bomb_of_brackets_is_refused():
    assert refusal("[" * 100_000)[0] == f"nested more than {DEEPEST} deep"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_reads_what_pythons_own_reader_reads(value):
    text = json.dumps(value)

    assert plain(parse(text)) == json.loads(text)


@given(st.text(alphabet='{}[]",:\\ \n1e.-truefalsn/#x\ud800'))
def test_no_text_makes_it_raise_anything_but_notjson(text):
    with suppress(NotJson):
        parse(text)
