import json
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from stax_local.folder import LOG_LIMIT_BYTES, Folder, Settings, write_atomically
from stax_local.problem import Problem
from stax_local.process import Process

SETTINGS = Settings("local", "us-east-1", 4599, "AKIA", "secret", "token", {"vpcs": 3})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "home" / "local" / "local", tmp_path / "home", "local")
    made.make()
    return made


def test_what_it_keeps_it_finds_again(folder: Folder) -> None:
    assert folder.settings() is None
    folder.keep_settings(SETTINGS)
    folder.keep_process(Process(1, 2))
    assert folder.settings() == SETTINGS
    kept = folder.process()
    assert kept
    assert (kept["pid"], kept["start_ticks"]) == (1, 2)


def test_everything_is_its_owners_alone(folder: Folder) -> None:
    folder.keep_settings(SETTINGS)
    folder.register({"name": "local"})
    for path in (folder.path, folder.path / "region.json", folder.endpoint, folder.endpoint.parent):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_folder_open_to_others_is_refused(folder: Folder) -> None:
    folder.path.chmod(0o755)
    with pytest.raises(Problem, match="open to others"):
        folder.make()


def test_a_folder_with_anything_else_in_it_is_refused(folder: Folder) -> None:
    (folder.path / "thesis.tex").touch()
    with pytest.raises(Problem, match=r"thesis\.tex"):
        folder.make()


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="cannot be used"):
        Folder(tmp_path / "file", tmp_path, "local").make()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "local"}', '{"nonsense": 1}'])
def test_damaged_settings_are_refused_in_words(folder: Folder, content: str) -> None:
    (folder.path / "region.json").write_text(content)
    with pytest.raises(Problem, match="damaged") as problem:
        folder.settings()
    assert "stax local down" in problem.value.hint


def test_the_registration_is_taken_back_only_by_the_region_that_made_it(folder: Folder) -> None:
    folder.keep_settings(SETTINGS)
    folder.register({"access_key_id": "AKIASOMEBODYELSE"})
    folder.unregister()
    assert folder.endpoint.exists()

    folder.register({"access_key_id": "AKIA"})
    folder.unregister()
    assert not folder.endpoint.exists()


def test_removing_leaves_nothing_and_may_be_repeated(folder: Folder) -> None:
    folder.keep_settings(SETTINGS)
    folder.account.write_bytes(b"x")
    (folder.path / ".account.state.half-written").touch()
    folder.remove()
    folder.remove()
    assert not folder.path.exists()


def test_removing_spares_what_is_not_the_regions(folder: Folder) -> None:
    (folder.path / "thesis.tex").touch()
    folder.remove()
    assert [path.name for path in folder.path.iterdir()] == ["thesis.tex"]


def test_only_one_process_holds_it_at_a_time(folder: Folder) -> None:
    with folder.held() as first, folder.held() as second:
        assert (first, second) == (True, False)
    with folder.held() as again:
        assert again


def test_a_write_that_fails_leaves_the_old_content(folder: Folder) -> None:
    path = folder.path / "region.json"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in folder.path.iterdir()] == ["region.json"]


def test_commands_name_the_region_unless_it_is_the_usual_one(tmp_path: Path) -> None:
    assert Folder(tmp_path, tmp_path, "local").command("up") == "stax local up"
    assert Folder(tmp_path, tmp_path, "second").command("up") == "stax local up --name second"


def test_a_long_log_is_turned_once_and_a_short_one_goes_on(folder: Folder) -> None:
    folder.turn_log()
    folder.log.write_text("short")
    folder.turn_log()
    assert folder.log.read_text() == "short"

    folder.log.write_bytes(b"x" * (LOG_LIMIT_BYTES + 1))
    folder.turn_log()
    folder.make()
    assert [path.name for path in folder.path.iterdir()] == ["region.log.1"]


def test_settings_are_plain_json(folder: Folder) -> None:
    folder.keep_settings(SETTINGS)
    assert json.loads((folder.path / "region.json").read_text())["port"] == 4599


def test_it_belongs_to_its_region_until_it_is_gone_or_anothers(folder: Folder) -> None:
    folder.keep_settings(SETTINGS)
    assert folder.belongs_to(SETTINGS)
    assert not folder.belongs_to(replace(SETTINGS, control_token="another"))

    shutil.rmtree(folder.path)
    assert not folder.belongs_to(SETTINGS)


def test_damaged_settings_are_no_proof_that_it_is_anothers(folder: Folder) -> None:
    (folder.path / "region.json").write_text("{")
    assert folder.belongs_to(SETTINGS)
