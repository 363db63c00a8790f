from pathlib import Path

import pytest

from stax_local.keeping import FIRST_LINE, read_state, write_state
from stax_local.problem import Problem


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "account.state"


def test_what_was_written_is_read(path: Path) -> None:
    write_state(path, {"keys": [1], "account": b"x" * 1000})
    assert read_state(path, hint="") == {"keys": [1], "account": b"x" * 1000}


def test_nothing_kept_is_nothing(path: Path) -> None:
    assert read_state(path, hint="") is None


@pytest.mark.parametrize("cut", [0, 1, len(FIRST_LINE), len(FIRST_LINE) + 30, -1])
def test_a_torn_file_is_refused(path: Path, cut: int) -> None:
    write_state(path, {"account": b"x"})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Problem) as problem:
        read_state(path, hint="start afresh")
    assert problem.value.hint == "start afresh"


def test_a_flipped_bit_is_refused(path: Path) -> None:
    write_state(path, {"account": b"x" * 100})
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    with pytest.raises(Problem, match="checksum"):
        read_state(path, hint="")


def test_another_format_is_refused(path: Path) -> None:
    write_state(path, {})
    path.write_bytes(path.read_bytes().replace(b"format 1", b"format 9"))
    with pytest.raises(Problem, match="another version"):
        read_state(path, hint="")
