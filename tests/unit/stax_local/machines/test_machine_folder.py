"""A machine's folder says what is there, whoever asks and after whatever happened."""

import os
from pathlib import Path

from stax_local.machines.decide import Seen
from stax_local.machines.folder import MachineFolder
from stax_local.process import this_process


def made(tmp_path: Path) -> MachineFolder:
    folder = MachineFolder(tmp_path / "i-1")
    folder.make()
    return folder


def is_run_by(folder: MachineFolder, pid: int, start_ticks: int, boot_id: str = "") -> None:
    boot_id = boot_id or Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    (folder.path / "runner").write_text(f"{pid} {start_ticks} {boot_id}\n")


def test_no_folder_is_no_machine(tmp_path: Path) -> None:
    assert MachineFolder(tmp_path / "i-1").seen() == Seen()


def test_a_runner_that_lives_is_a_machine_that_is_alive(tmp_path: Path) -> None:
    folder, me = made(tmp_path), this_process()
    is_run_by(folder, me.pid, me.start_ticks)

    assert folder.seen() == Seen(is_alive=True, was_on=True, has_disk=True)


def test_somebody_elses_process_with_the_same_number_is_no_machine(tmp_path: Path) -> None:
    folder, me = made(tmp_path), this_process()
    is_run_by(folder, me.pid, me.start_ticks - 1)

    assert folder.seen() == Seen(is_alive=False, was_on=True, has_disk=True)


def test_a_runner_from_before_the_host_restarted_counts_for_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path)
    is_run_by(folder, os.getpid(), this_process().start_ticks, boot_id="another")

    assert folder.seen() == Seen(has_disk=True)


def test_a_damaged_record_is_no_record(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder.path / "runner").write_text("4711")

    assert folder.runner() is None


def test_switched_on_again_it_forgets_how_it_ended_and_keeps_its_boots_and_layers(tmp_path: Path) -> None:
    folder = made(tmp_path)
    folder.note_boot(2)
    folder.link("image", tmp_path / "first")
    (folder.path / "on").touch()
    (folder.path / "exit").write_text("1\n")
    assert folder.seen() == Seen(is_on=True, exit_code=1, boot=2, has_disk=True)

    folder.make()
    folder.link("image", tmp_path / "second")

    assert folder.seen() == Seen(boot=2, has_disk=True)
    assert (folder.path / "image").readlink() == tmp_path / "first"


def test_a_console_is_kept_to_its_end(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder.path / "console.log").write_bytes(b"x" * 2_000_000 + b"the end")

    size = folder.bound_console()

    assert folder.console().endswith("the end")
    assert len(folder.console()) == size == 64 * 1024


def test_removed_it_leaves_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path)
    folder.remove()

    assert not list(tmp_path.iterdir())
