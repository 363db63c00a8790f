"""What of a region is real: what it had, or what was asked for."""

from pathlib import Path

import pytest

from stax_local.folder import Folder, Settings
from stax_local.machines.preparing import prepared


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    tmp_path.chmod(0o700)
    return Folder(tmp_path, tmp_path, "local")


def test_what_was_asked_for_comes_first(folder: Folder) -> None:
    folder.keep_settings(Settings("local", "us-east-1", 1, "AKIA", "secret", "token", data_plane="machines"))

    assert prepared(folder, "none", print) == "none"


def test_a_region_stays_what_it_was(folder: Folder) -> None:
    folder.keep_settings(Settings("local", "us-east-1", 1, "AKIA", "secret", "token", data_plane="none"))

    assert prepared(folder, None, print) == "none"
