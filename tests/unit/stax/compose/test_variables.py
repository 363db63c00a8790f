"""Compose's variables, as its reference has them."""

import pytest

from stax.compose.variables import Unresolved, resolved

SET = {"TAG": "2", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$TAG", "2"),
        ("a${TAG}b", "a2b"),
        ("$$TAG", "$TAG"),
        ("${NONE:-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${NONE-}", ""),
        ("${TAG:+is}", "is"),
        ("${NONE+is}", ""),
    ],
)
def test_a_variable_has_its_value_or_its_default(text, value):
    assert resolved(text, SET) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [("${NONE}", "NONE is not set"), ("${EMPTY:?say which}", "say which"), ("5 $", "written"), ("${A B}", "written")],
)
def test_what_has_no_value_is_refused(text, said):
    with pytest.raises(Unresolved, match=said):
        resolved(text, SET)
