"""Taking machines down, from outside."""

from pathlib import Path

from stax_local.machines.folder import MachineFolder
from stax_local.machines.leaving import leave


def machine(machines: Path) -> MachineFolder:
    folder = MachineFolder(machines / "i-1")
    folder.make()
    (folder.path / "runner").write_text("1 1 another-boot")
    (folder.path / "upper").mkdir()
    return folder


def test_a_region_without_machines_has_none_to_take_down(tmp_path: Path) -> None:
    leave(tmp_path / "machines", "stax-test", keep=False)

    assert not list(tmp_path.iterdir())


def test_nothing_is_left_of_machines_that_go(tmp_path: Path) -> None:
    machine(tmp_path / "machines")

    leave(tmp_path / "machines", "stax-test", keep=False)

    assert not list(tmp_path.iterdir())


def test_kept_machines_keep_their_disk_and_are_to_be_switched_on_again(tmp_path: Path) -> None:
    kept = machine(tmp_path / "machines")

    leave(tmp_path / "machines", "stax-test", keep=True)

    assert (kept.path / "upper").is_dir()
    assert not (kept.path / "runner").exists()
