"""A machine is a folder: what lies in rootfs lies on the machine, and the manifest says what is switched on."""

import json
import re
from pathlib import Path

import pytest

from stax.synth.machine import MACHINES, MachineFile, Role, read_machine

PARAMETERS = {"VpcCidr": "10.183.0.0/16", "PrivateSubnet1": "10.183.0.0/24", "PrivateSubnet2": "10.183.2.0/24"}


def folder(root: Path, name: str, files: dict[str, str], manifest: str = "") -> None:
    for path, text in files.items():
        file = root / name / "rootfs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (root / name).mkdir(exist_ok=True)
    (root / name / "machine.toml").write_text(manifest, encoding="utf-8")


def test_files_of_every_machine_lie_beside_its_own(tmp_path: Path):
    folder(tmp_path, "every", {"etc/motd": "hello"}, 'enable = ["a.service"]')
    folder(tmp_path, "nat", {"etc/sysctl.d/60.conf": "x = 1"}, 'enable = ["b.service"]\nmask = ["c.socket"]')

    machine = read_machine(Role.NAT, {}, folder=tmp_path)

    assert machine.files == (MachineFile("/etc/motd", b"hello"), MachineFile("/etc/sysctl.d/60.conf", b"x = 1"))
    assert machine.enabled_units == ("a.service", "b.service")
    assert machine.masked_units == ("c.socket",)


def test_a_template_is_filled_in_and_loses_its_suffix(tmp_path: Path):
    folder(tmp_path, "every", {})
    folder(tmp_path, "jump", {"etc/net.template": "vpc ${VpcCidr}"})

    machine = read_machine(Role.JUMP, PARAMETERS, folder=tmp_path)

    assert machine.files == (MachineFile("/etc/net", b"vpc 10.183.0.0/16"),)


def test_a_name_that_is_no_parameter_is_an_error(tmp_path: Path):
    folder(tmp_path, "every", {})
    folder(tmp_path, "jump", {"etc/net.template": "${Nonsense}"})

    with pytest.raises(KeyError):
        read_machine(Role.JUMP, PARAMETERS, folder=tmp_path)


def test_what_lies_in_opt_bin_can_be_run_and_nothing_else_can():
    modes = {file.path: file.mode for role in Role for file in read_machine(role, PARAMETERS).files}

    assert {path for path, mode in modes.items() if mode == 0o755} == {
        "/opt/bin/dockconnect",
        "/opt/bin/size-connection-table",
    }
    assert set(modes.values()) == {0o644, 0o755}


@pytest.mark.parametrize("role", list(Role))
def test_no_file_of_stax_lies_twice(role: Role):
    paths = [file.path for file in read_machine(role, PARAMETERS).files]

    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("role", list(Role))
def test_every_enabled_unit_of_ours_lies_on_the_machine_and_says_what_wants_it(role: Role):
    machine = read_machine(role, PARAMETERS)
    files = {file.path: file.content.decode() for file in machine.files}

    for unit in machine.enabled_units:
        if unit.startswith("stax-"):
            assert "[Install]\nWantedBy=" in files[f"/etc/systemd/system/{unit}"]


def test_every_file_says_why_it_is_there():
    for file in MACHINES.rglob("rootfs/**/*"):
        # JSON has no comments (a README beside it speaks for it), and a unit has its Description.
        if file.is_file() and not {".json", ".service"} & set(file.suffixes) and file.name != "README":
            assert file.read_text(encoding="utf-8").removeprefix("#!/bin/sh\n").startswith("# "), file
    assert (MACHINES / "docker/rootfs/etc/docker/README").exists()


def test_docker_keeps_to_the_one_block_that_a_vpc_may_not_use():
    daemon = json.loads((MACHINES / "docker/rootfs/etc/docker/daemon.json").read_text(encoding="utf-8"))

    assert daemon["bip"].startswith("172.17.")
    assert [pool["base"].startswith("172.17.") for pool in daemon["default-address-pools"]] == [True]
    assert "live-restore" not in daemon, "refused in Swarm mode"


def test_no_machine_reboots_on_its_own_that_another_depends_on():
    for role in ("nat", "docker"):
        text = (MACHINES / role / "rootfs/etc/flatcar/update.conf").read_text(encoding="utf-8")
        assert re.search(r"^REBOOT_STRATEGY=off$", text, re.MULTILINE)
