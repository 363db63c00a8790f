"""Services are started behind what they need."""

import pytest

from stax.compose.order import in_order
from stax.errors import UsageError

NEEDS = {"gitlab": ("postgres", "redis"), "postgres": ("disk",), "a": ("b",), "b": ("c",), "c": ("a",)}


def test_needs_come_first_and_once():
    assert in_order(["gitlab", "redis"], NEEDS) == ["disk", "postgres", "redis", "gitlab"]


def test_a_circle_is_named():
    with pytest.raises(UsageError, match="a needs b needs c needs a"):
        in_order(["a"], NEEDS)
