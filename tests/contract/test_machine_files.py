"""The files that lie on the machines are right to the programs that will read them."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stax.synth.artifacts import AGENT_PATH, agent_artifact, machine_artifacts
from stax.synth.machine import Role, read_machine

PARAMETERS = {"VpcCidr": "10.183.0.0/16", "PrivateSubnet1": "10.183.0.0/24", "PrivateSubnet2": "10.183.2.0/24"}
CONFIGURATIONS = machine_artifacts(PARAMETERS, bucket="shop-bucket", agent=agent_artifact())
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


IGNITION = Path("/usr/lib/dracut/modules.d/30ignition/ignition")


def provisioned(config: Path, root: Path) -> Path:
    """Have the real Ignition lay a configuration down below `root`, as on a machine's first boot."""
    if not IGNITION.exists():
        pytest.skip("ignition is not installed")
    if os.geteuid() != 0:
        pytest.skip("ignition lays files down as root only")
    # Its last step relabels for SELinux and fails where there is none: an empty policy, and nothing to set.
    selinux, tools = root / "etc/selinux", root.parent / "tools"
    (selinux / "none/contexts/files").mkdir(parents=True)
    (selinux / "none/contexts/files/file_contexts").touch()
    (selinux / "config").write_text("SELINUX=disabled\nSELINUXTYPE=none\n")
    tools.mkdir()
    (tools / "setfiles").symlink_to("/bin/true")
    for stage in ("fetch", "files"):
        argv = [str(IGNITION), "--platform=file", f"--stage={stage}", f"--root={root}", "--log-to-stdout"]
        kept = [f"--config-cache={root.parent}/cache.json", f"--state-file={root.parent}/state"]
        env = {"IGNITION_CONFIG_FILE": str(config), "PATH": f"{tools}:{SYSTEM_PATH}"}
        done = subprocess.run([*argv, *kept], env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    return root


def laid_down(role: Role, root: Path) -> Path:
    """Write a machine's files below `root`, with the absolute paths inside them moved there too."""
    for file in read_machine(role, PARAMETERS).files:
        path = root / file.path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content.replace(b"/etc/stax/", f"{root}/etc/stax/".encode()))
    return root


def with_agent_at_hand(role: Role) -> Any:
    """A configuration whose agent is fetched from this file instead of the bucket, and verified all the same."""
    config = json.loads(CONFIGURATIONS[role].content)
    (agent,) = (file for file in config["storage"]["files"] if file["path"] == AGENT_PATH)
    agent["contents"]["source"] = f"data:;base64,{base64.b64encode(agent_artifact().content).decode()}"
    return config


@pytest.mark.parametrize("role", list(Role))
def test_ignition_takes_every_configuration_without_a_warning(role: Role, tmp_path: Path, program: Program):
    path = tmp_path / f"{role}.ign"
    path.write_bytes(CONFIGURATIONS[role].content)

    validated = program("ignition-validate", str(path))

    assert (validated.returncode, validated.stdout + validated.stderr) == (0, "")


def test_ignition_would_have_said_so(tmp_path: Path, program: Program):
    path = tmp_path / "wrong.ign"
    path.write_text('{"ignition": {"version": "3.3.0"}, "storage": {"files": [{"path": "relative"}]}}')

    assert program("ignition-validate", str(path)).returncode != 0


@pytest.mark.parametrize("role", list(Role))
def test_ignition_itself_lays_down_what_the_folders_hold(role: Role, tmp_path: Path):
    config = tmp_path / f"{role}.ign"
    config.write_text(json.dumps(with_agent_at_hand(role)))
    machine = read_machine(role, PARAMETERS)

    root = provisioned(config, tmp_path / "root")

    for file in machine.files:
        written = root / file.path.lstrip("/")
        assert written.read_bytes() == file.content
        assert written.stat().st_mode & 0o7777 == file.mode
    assert (root / AGENT_PATH.lstrip("/")).read_bytes() == agent_artifact().content
    preset = (root / "etc/systemd/system-preset/20-ignition.preset").read_text().splitlines()
    assert sorted(preset) == [f"enable {unit}" for unit in machine.enabled_units]
    for unit in machine.masked_units:
        assert (root / "etc/systemd/system" / unit).readlink() == Path("/dev/null")


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
