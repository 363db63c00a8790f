import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.config.names import bucket_name, checked_name, generated_name, parameter_path
from stax.config.words import WORDS
from stax.errors import UsageError

PLACE = {"account_id": "123456789012", "region": "ap-southeast-3"}


def test_a_generated_name_looks_as_in_2015():
    assert generated_name(lambda n: n - 1) == f"vpc-stax-99999-{WORDS[-1]}"
    assert re.fullmatch(r"vpc-stax-[1-9][0-9]{4}-[a-z]+", generated_name())


def test_every_generated_name_may_be_given():
    for word in WORDS:
        checked_name(f"vpc-stax-10000-{word}")


@pytest.mark.parametrize("name", ["demo", "a", "a1", "my-stax-2", "x" * 40])
def test_plain_names_are_taken(name):
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x" * 41,
        "Demo",
        "my_stax",
        "1st",
        "-rf",
        "a-",
        "a--b",
        "..",
        "a/b",
        "a.b",
        "a b",
        "d\u00e9mo",
        "d\u0435mo",
        "a\n",
        "\x1b[31m",
        "a\x00",
        "../../etc",
    ],
)
def test_other_names_are_refused_and_shown_safely(name):
    with pytest.raises(UsageError) as caught:
        checked_name(name)

    assert caught.value.message.isprintable()
    assert "a-z" in caught.value.hint


@pytest.mark.parametrize(("name", "nearest"), [("My_Stax", "my-stax"), ("1-demo", "demo"), ("a--b-", "a-b")])
def test_a_name_that_is_nearly_right_is_suggested(name, nearest):
    with pytest.raises(UsageError) as caught:
        checked_name(name)

    assert caught.value.hint.endswith(f"did you mean {nearest}?")


def test_a_bucket_is_named_after_stax_account_and_region():
    assert bucket_name("demo", **PLACE) == "stax-demo-123456789012-ap-southeast-3"


@given(st.from_regex(r"[a-z][a-z0-9]{0,19}(-[a-z0-9]{1,18})?", fullmatch=True))
def test_every_bucket_name_is_one_that_s3_takes(name):
    bucket = bucket_name(checked_name(name), **PLACE)

    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", bucket)


def test_names_that_are_cut_stay_apart():
    assert bucket_name("x" * 39 + "a", **PLACE) != bucket_name("x" * 39 + "b", **PLACE)


def test_parameters_lie_under_the_staxs_own_path():
    assert parameter_path("demo") == "/stax/demo/"


@given(st.text(max_size=60))
def test_no_name_makes_it_raise_anything_but_a_usage_error(name):
    with suppress(UsageError):
        assert checked_name(name) == name
