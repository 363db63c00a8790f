"""What was done to machines is said, and refused where it makes no sense."""

import json
from pathlib import Path

import pytest

from stax_local.folder import Folder
from stax_local.machines.folder import MachineFolder
from stax_local.machines.power import freeze, hurt, mend, power_off, power_on, sentences
from stax_local.problem import Problem
from stax_local.process import this_process


@pytest.fixture
def region(tmp_path: Path) -> Folder:
    return Folder(tmp_path, tmp_path, "local")


def machine(region: Folder, instance_id: str, *, start_ticks: int) -> MachineFolder:
    folder = MachineFolder(region.path / "machines" / instance_id)
    folder.make()
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    (folder.path / "runner").write_text(f"{this_process().pid} {start_ticks} {boot_id}")
    return folder


def alive(region: Folder) -> MachineFolder:
    return machine(region, "i-alive", start_ticks=this_process().start_ticks)


def cut_off(region: Folder) -> MachineFolder:
    return machine(region, "i-cut-off", start_ticks=1)


def test_machines_that_are_well_are_not_spoken_of(region: Folder) -> None:
    alive(region)

    assert not list(sentences(region))


def test_a_machine_that_ended_by_itself_is_not_said_to_be_without_power(region: Folder) -> None:
    (cut_off(region).path / "exit").write_text("0\n")

    assert not list(sentences(region))


def test_what_is_in_force_is_said_and_mended(region: Folder) -> None:
    alive(region).mark_frozen(frozen=True)
    gone = cut_off(region)
    assert list(sentences(region)) == ["i-alive is frozen", "i-cut-off has no power"]

    mend(region)

    assert not list(sentences(region))
    assert not gone.seen().was_on  # so that the region switches it on


def test_power_goes_to_who_has_none_and_from_who_has_some(region: Folder) -> None:
    with pytest.raises(Problem, match="i-alive has power"):
        power_on(alive(region), "")
    with pytest.raises(Problem, match="i-cut-off has no power already"):
        power_off(cut_off(region), "")
    with pytest.raises(Problem, match="i-cut-off has no power"):
        freeze(cut_off(region), "")


def test_a_zone_means_all_its_machines_and_only_them(region: Folder) -> None:
    for number, zone in enumerate(("a", "a", "b")):
        one = machine(region, f"i-{number}", start_ticks=1)
        about = {"hostname": f"h{number}", "launched": f"2026-01-0{number + 1}", "zone": f"us-east-1{zone}", "tags": {}}
        one.write_about(json.dumps(about))

    hurt(region, "power-on", "us-east-1a")

    assert list(sentences(region)) == ["i-2 has no power"]
    with pytest.raises(Problem, match="no power already"):
        hurt(region, "power-off", "us-east-1a")
    with pytest.raises(Problem, match="there is no machine us-east-1c"):
        hurt(region, "power-off", "us-east-1c")
