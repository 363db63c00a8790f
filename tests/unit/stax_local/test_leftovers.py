from pathlib import Path

import pytest

from stax_local.folder import Folder
from stax_local.leftovers import forget
from stax_local.problem import Problem

KEPT = "123456789012-us-east-1"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    for account in (KEPT, "123456789012-eu-west-1", "999999999999-us-east-1"):
        key = tmp_path / account / "stax" / "web" / "id_ed25519"
        key.parent.mkdir(parents=True)
        key.touch()
    (tmp_path / "history.jsonl").touch()
    return Folder(tmp_path / "local" / "local", tmp_path, "local")


def accounts(folder: Folder) -> set[str]:
    return {path.parents[2].name for path in folder.home.glob("*/stax/web/id_ed25519")}


def test_keys_to_machines_that_are_no_more_go_and_those_of_other_places_stay(folder: Folder) -> None:
    forget(folder, "123456789012", "us-east-1")

    assert accounts(folder) == {"123456789012-eu-west-1", "999999999999-us-east-1"}
    assert (folder.home / "history.jsonl").exists()


def test_nothing_kept_is_fine(folder: Folder) -> None:
    forget(folder, "123456789012", "ap-south-1")

    assert len(accounts(folder)) == 3


def test_a_link_is_not_followed(folder: Folder) -> None:
    (folder.home / "123456789012-sa-east-1").symlink_to(folder.home / KEPT)

    with pytest.raises(Problem, match="symbolic link"):
        forget(folder, "123456789012", "sa-east-1")

    assert KEPT in accounts(folder)
