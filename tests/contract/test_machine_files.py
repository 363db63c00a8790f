"""The files that lie on the machines are right to the programs that will read them."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from stax.synth.artifacts import machine_artifacts
from stax.synth.machine import Role, read_machine

PARAMETERS = {"VpcCidr": "10.183.0.0/16", "PrivateSubnet1": "10.183.0.0/24", "PrivateSubnet2": "10.183.2.0/24"}
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/systemd"

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def program() -> Program:
    """Run a program of the system; the test is skipped, by the program's name, where it is missing."""

    def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        found = shutil.which(name, path=SYSTEM_PATH)
        if found is None:
            pytest.skip(f"{name} is not installed")
        return subprocess.run([found, *arguments], capture_output=True, text=True, timeout=60, check=False)

    return run


def laid_down(role: Role, root: Path) -> Path:
    """Write a machine's files below `root`, with the absolute paths inside them moved there too."""
    for file in read_machine(role, PARAMETERS).files:
        path = root / file.path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content.replace(b"/etc/stax/", f"{root}/etc/stax/".encode()))
    return root


@pytest.mark.parametrize("role", list(Role))
def test_ignition_takes_every_configuration_without_a_warning(role: Role, tmp_path: Path, program: Program):
    path = tmp_path / f"{role}.ign"
    path.write_bytes(machine_artifacts(PARAMETERS)[role].content)

    validated = program("ignition-validate", str(path))

    assert (validated.returncode, validated.stdout + validated.stderr) == (0, "")


def test_ignition_would_have_said_so(tmp_path: Path, program: Program):
    path = tmp_path / "wrong.ign"
    path.write_text('{"ignition": {"version": "3.3.0"}, "storage": {"files": [{"path": "relative"}]}}')

    assert program("ignition-validate", str(path)).returncode != 0


@pytest.mark.parametrize(
    ("role", "ruleset"),
    [(Role.NAT, "nat.nft"), (Role.NAT, "metadata.nft"), (Role.JUMP, "metadata.nft"), (Role.DOCKER, "metadata.nft")],
)
def test_the_kernel_takes_the_rules_on_the_first_load_and_on_a_reload(
    role: Role, ruleset: str, tmp_path: Path, program: Program
):
    path = laid_down(role, tmp_path) / "etc/stax" / ruleset
    twice = f"nft --file {path} && nft --file {path} && nft list tables"

    # A network namespace of its own, gone when the command ends: nothing of this machine's rules is touched.
    loaded = program("unshare", "--map-root-user", "--net", "sh", "-c", f"PATH={SYSTEM_PATH}; {twice}")

    if "Operation not permitted" in loaded.stderr and "unshare" in loaded.stderr:
        pytest.skip("unshare: this user may not make network namespaces")
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == ["table", "inet", f"stax_{ruleset.removesuffix('.nft')}"]


@pytest.mark.parametrize("role", list(Role))
def test_systemd_takes_every_unit_without_a_warning(role: Role, tmp_path: Path, program: Program):
    units = [str(path) for path in (laid_down(role, tmp_path) / "etc/systemd/system").glob("stax-*.service")]

    verified = program("systemd-analyze", "verify", "--man=no", *units)

    assert units
    assert [line for line in verified.stderr.splitlines() if "stax-" in line] == []


@pytest.mark.parametrize("role", list(Role))
def test_sshd_takes_its_files_and_lets_nobody_in_with_a_password(role: Role, tmp_path: Path, program: Program):
    key = tmp_path / "host_key"
    assert program("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)).returncode == 0
    folder = laid_down(role, tmp_path) / "etc/ssh/sshd_config.d"
    config = tmp_path / "sshd_config"
    config.write_text(f"Include {folder}/*.conf\nHostKey {key}\nPasswordAuthentication yes\nAllowAgentForwarding yes\n")

    tested = program("sshd", "-T", "-f", str(config))

    if "rivilege separation" in tested.stderr:
        pytest.skip("sshd is installed, but never was started here: it misses its user or its folder")
    assert tested.returncode == 0, tested.stderr
    said = dict(line.split(" ", 1) for line in tested.stdout.splitlines() if " " in line)
    assert said["passwordauthentication"] == "no"
    assert said["permitrootlogin"] == "no"
    assert said["allowagentforwarding"] == "no"
    assert said["allowtcpforwarding"] == ("no" if role is Role.NAT else "local")
