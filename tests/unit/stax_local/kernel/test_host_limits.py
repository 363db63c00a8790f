"""The host's limits are raised where machines need it, and that is said."""

from pathlib import Path

from stax_local.kernel.host_limits import raise_limits


def setting(tmp_path: Path, value: int) -> Path:
    made = tmp_path / "max_user_instances"
    made.write_text(f"{value}\n")
    return made


def test_too_little_is_raised_and_told(tmp_path: Path) -> None:
    limit = setting(tmp_path, 128)

    assert "from 128 to 8192" in raise_limits(limit)
    assert limit.read_text() == "8192"


def test_enough_is_left_alone_in_silence(tmp_path: Path) -> None:
    limit = setting(tmp_path, 65536)

    assert raise_limits(limit) == ""
    assert limit.read_text() == "65536\n"
