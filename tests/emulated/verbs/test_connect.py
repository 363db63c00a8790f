"""connect and ssh-config, up to the moment at which stax becomes ssh."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stax.aws import ec2
from stax.aws.host_keys import parameter_name
from stax.model.inventory import Machine

LIMIT_S = 60
LETTERS = {"jumpbox": "j", "nat1": "n", "nat2": "m", "docker1": "d", "docker2": "e"}
KEYS = {name: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + letter * 43 for name, letter in LETTERS.items()}
FAKE_SSH = """\
#!/bin/sh
# Says what it was called with, and ends as a command over there may.
printf '%s\\0' "$@" > "$SSH_SAID"
grep -q '^SigIgn:.*[02468ace]...$' /proc/self/status || exit 99  # SIGPIPE, the 13th, is ignored
exit 7
"""


@pytest.fixture
def machines(operator: Any, region: Any, standing: str) -> dict[str, Machine]:
    """The machines, all of which have published a host key."""
    found = {machine.name: machine for machine in ec2.machines(operator.site.aws, standing) if machine.name in KEYS}
    for name, machine in found.items():
        parameter = parameter_name(standing, machine.role, machine.instance_id)
        region.client("ssm").put_parameter(Name=parameter, Value=KEYS[name], Type="String", Overwrite=True)
    return found


class Keyboard:
    """`stax` as a program, with an ssh that only tells how it was called."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        (folder / "bin").mkdir()
        (folder / "bin/ssh").write_text(FAKE_SSH)
        (folder / "bin/ssh").chmod(0o755)
        self._said = folder / "said"
        self.env = {**env, "PATH": f"{folder}/bin:{os.environ['PATH']}", "SSH_SAID": str(self._said)}

    def __call__(self, *words: str) -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, "-m", "stax", *words, "--region", "local"]
        if "--" in words:
            argv = [sys.executable, "-m", "stax", "--region", "local", *words]
        return subprocess.run(
            argv, env=self.env, capture_output=True, text=True, timeout=LIMIT_S, check=False, stdin=subprocess.DEVNULL
        )

    @property
    def ssh_words(self) -> list[str]:
        return self._said.read_text().split("\0")[:-1]


@pytest.fixture
def stax(region: Any, tmp_path: Path) -> Keyboard:
    return Keyboard(dict(region.stax_env), tmp_path)


def test_stax_becomes_ssh_and_its_exit_code_is_sshs(stax, standing, machines):
    done = stax("connect", "docker1", "--name", standing, "--", "printf", "%s", "two words", "")

    assert done.returncode == 7, done.stderr
    folder, *rest = stax.ssh_words[1:]
    assert Path(folder).name == "ssh_config"
    assert rest == [f"{standing}-docker1", "--", "printf %s 'two words' ''"]


def test_the_keys_are_pinned_before_that(stax, standing, machines):
    stax("connect", "--name", standing)

    config = Path(stax.ssh_words[1])
    pinned = (config.parent / "known_hosts").read_text()
    assert f"{machines['jumpbox'].instance_id} {KEYS['jumpbox']}\n" in pinned
    assert machines["jumpbox"].public_ip in config.read_text()
    assert config.stat().st_mode & 0o777 == 0o600


def test_any_docker_host_is_named_on_stderr(stax, standing, machines):
    done = stax("connect", "docker", "--name", standing)

    named = [machine for name, machine in machines.items() if name.startswith("docker") and name in done.stderr]
    assert len(named) == 1
    assert stax.ssh_words[-1] == f"{standing}-{named[0].name}"


def test_an_unknown_machine_is_answered_with_those_there_are(stax, standing, machines):
    done = stax("connect", "docker7", "--name", standing)

    assert done.returncode == 4
    assert "there are: docker1, docker2, jumpbox, nat1, nat2" in done.stderr


def test_a_rewritten_host_key_is_refused_by_stax_itself(stax, region, standing, machines):
    assert stax("connect", "nat1", "--name", standing).returncode == 7
    nat1 = machines["nat1"]
    name = parameter_name(standing, "nat", nat1.instance_id)
    region.client("ssm").put_parameter(Name=name, Value=KEYS["nat2"], Type="String", Overwrite=True)

    done = stax("connect", "nat1", "--name", standing)

    assert done.returncode == 1
    assert f"the host key of nat1 ({nat1.instance_id}) is not the one" in done.stderr


def test_ssh_config_is_printed_and_kept(stax, standing, machines):
    done = stax("ssh-config", standing)

    assert done.returncode == 0, done.stderr
    answer = json.loads(stax("ssh-config", standing, "--output", "json").stdout)
    assert answer["text"] == done.stdout
    assert Path(answer["path"]).read_text() == done.stdout


def test_from_a_laptop_without_the_private_key_it_is_said_which_one_is_needed(elsewhere, standing, machines, tmp_path):
    (tmp_path / "other").mkdir()
    there = Keyboard({**os.environ, "STAX_HOME": str(elsewhere.site.home), "HOME": str(tmp_path)}, tmp_path / "other")

    done = there("connect", "--name", standing)

    assert done.returncode == 1
    assert f"no private key here opens the machines of {standing}: they trust SHA256:" in done.stderr
