import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.config.file import LARGEST_BYTES, example_hint, read
from stax.config.problems import ConfigurationError
from stax.errors import Exit, UsageError


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.json"


def test_reads_the_entries_of_a_file(file):
    file.write_text('{"App": "shop"}')

    assert [entry.key for entry in read(file).entries] == ["App"]


def test_a_byte_order_mark_does_no_harm(file):
    file.write_bytes(b'\xef\xbb\xbf{"App": "shop"}')

    assert [entry.key for entry in read(file).entries] == ["App"]


def test_a_missing_file_is_answered_with_how_to_get_one(file):
    with pytest.raises(UsageError) as caught:
        read(file)

    assert caught.value.hint == example_hint()
    assert caught.value.exit_code == Exit.USAGE


def test_the_example_is_found_without_a_checkout_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    command = example_hint()
    subprocess.run(["sh", "-c", command], check=True)

    assert len(read(tmp_path / "config" / "config.json").entries) > 20
    (tmp_path / "config" / "config.json.example").touch()
    assert example_hint() == "cp config/config.json.example config/config.json"


def test_a_folder_and_a_device_are_no_configuration(tmp_path):
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(UsageError, match="not a regular file"):
            read(path)


def test_a_named_pipe_is_refused_at_once(file):
    os.mkfifo(file)

    with pytest.raises(UsageError, match="not a regular file"):
        read(file)


def test_a_path_with_a_null_byte_is_answered(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "a\0b")


@pytest.mark.parametrize("content", [b"", b" \n\t"])
def test_an_empty_file_is_said_to_be_empty(file, content):
    file.write_bytes(content)

    with pytest.raises(ConfigurationError, match="the file is empty"):
        read(file)


def test_a_huge_file_is_not_read(file):
    with file.open("wb") as opened:
        opened.truncate(LARGEST_BYTES + 1)

    with pytest.raises(UsageError, match="larger than 1 MiB"):
        read(file)


def test_bytes_that_are_not_utf8_are_told_with_their_place(file):
    file.write_bytes(b'{"App":\n "caf\xe9"}')

    with pytest.raises(ConfigurationError, match=r"config\.json:2:6: not UTF-8: the byte 0xe9"):
        read(file)


def test_utf16_as_some_editors_write_it_is_refused_in_words(file):
    file.write_bytes('{"App": "shop"}'.encode("utf-16"))

    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read(file)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_anything_but_a_usage_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)

    with suppress(UsageError):
        read(path)
