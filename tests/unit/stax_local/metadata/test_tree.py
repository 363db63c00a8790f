"""Paths of the metadata service, as AWS reads and lists them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_local.metadata.tree import Folder, read, without_empty

ROOT = Folder(
    {
        "meta-data": Folder({"mac": "0a:00", "iam": Folder({"role": lambda: "made when asked"})}),
        "user-data": "#!/bin/sh",
        "public-keys": Folder({"0": Folder({"openssh-key": "ssh-ed25519 AAAA"})}, listed={"0": "0=mine"}),
    }
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "latest"),
        ("/latest", "meta-data/\npublic-keys/\nuser-data"),
        ("/latest/meta-data/", "iam/\nmac"),
        ("/latest/meta-data/mac", "0a:00"),
        ("/2019-10-01/user-data", "#!/bin/sh"),
        ("/latest/meta-data//mac", "0a:00"),
        ("/latest/meta-data/iam/role", "made when asked"),
        ("/latest/public-keys/", "0=mine"),
        ("/latest/public-keys/0/openssh-key", "ssh-ed25519 AAAA"),
        ("/latest/meta-data/mac?x=1", "0a:00"),
    ],
)
def test_a_path_leads_to_its_text_or_its_listing(path: str, text: str) -> None:
    assert read(ROOT, path) == text


@pytest.mark.parametrize(
    "path", ["/nothing", "/latest/nothing", "/latest/meta-data/mac/deeper", "/latest/../latest", "/v1/meta-data"]
)
def test_what_is_not_there_is_nothing(path: str) -> None:
    assert read(ROOT, path) is None


@given(st.text())
def test_no_path_is_too_strange(path: str) -> None:
    assert read(ROOT, path) is None or isinstance(read(ROOT, path), str)


def test_what_is_empty_is_left_out() -> None:
    assert without_empty({"a": "", "b": Folder({}), "c": "x"}) == {"c": "x"}
