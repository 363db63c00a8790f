"""Into real machines: through the jumpbox, on to docker hosts, past nobody whose key is another."""

import os
import pty
import select
import shlex
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fcntl import ioctl

import pytest
from tests.laptop import Laptop, Result, laptop_with

LIMIT_S = 180
WORDS = ["plain", "two words", "", "'", '"', "$(id)", "`id`", "a\nb", "*", "~", "\\", "é✓", "-v", ";", "{a,b}", "!x"]


@dataclass(frozen=True)
class Visitor(Laptop):
    """Somebody who goes into the machines."""

    def connect(self, target: str, *command: str) -> Result:
        return self.stax("connect", target, "--", *command)

    def knows_alike(self, machine: str) -> bool:
        """Whether the region means the same machine by a name as stax does."""
        return self.inside(machine, "hostname -I").split()[:1] == [self.machines()[machine]["private_ip"]]


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A laptop with a stax `web` of two docker hosts, and a ~/.ssh that nothing of stax may follow."""
    home = tmp_path_factory.mktemp("laptop")
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_text("Host *\n  ForwardAgent yes\n  StrictHostKeyChecking no\n")
    with laptop_with("web", home, hosts=2, up_with=["--no-uplink"]):
        yield Visitor(home)


@pytest.mark.parametrize("machine", ["jump", "nat1", "nat2", "docker1", "docker2", "docker"])
def test_every_machine_is_reached_as_soon_as_the_stax_is_made(laptop: Visitor, machine: str) -> None:
    done = laptop.connect(machine, "id", "-un")

    assert (done.returncode, done.stdout) == (0, "core\n"), done.stderr


def test_words_and_exit_code_are_kept_on_the_way_to_a_docker_host(laptop: Visitor) -> None:
    assert laptop.connect("docker1", "printf", "%s\\0", *WORDS).stdout.split("\0")[:-1] == WORDS
    assert laptop.connect("docker1", "sh", "-c", "exit 42").returncode == 42


def test_on_the_jumpbox_dockconnect_goes_on_word_for_word(laptop: Visitor) -> None:
    _wait_until(lambda: laptop.connect("jump", "dockconnect", "2", "--", "true").returncode == 0)

    went_on = laptop.connect("jump", "dockconnect", "2", "--", "printf", "%s\\0", *WORDS)
    assert went_on.stdout.split("\0")[:-1] == WORDS
    assert laptop.connect("jump", "dockconnect", "--", "sh", "-c", "exit 42").returncode == 42
    assert laptop.connect("jump", "dockconnect", "--", "hostname").stdout.startswith("ip-10-183-")


def test_dockconnect_knows_the_docker_hosts_by_the_numbers_that_stax_uses(laptop: Visitor) -> None:
    address = laptop.machines()["docker2"]["private_ip"]

    assert laptop.connect("jump", "dockconnect", "2", "--", "hostname", "-I").stdout.split()[0] == address
    unknown = laptop.connect("jump", "dockconnect", "9")
    assert (unknown.returncode, address in unknown.stderr) == (4, True)


def test_the_region_calls_its_machines_by_the_names_that_stax_uses(laptop: Visitor) -> None:
    assert [name for name in laptop.machines() if not laptop.knows_alike(name)] == []


def test_no_agent_is_forwarded_anywhere(laptop: Visitor) -> None:
    for machine in ("jump", "nat1", "docker1"):
        assert laptop.connect(machine, "sh", "-c", "printenv SSH_AUTH_SOCK || echo none").stdout == "none\n"


def test_the_agents_units_work_inside_their_sandboxes(laptop: Visitor) -> None:
    for machine in ("jumpbox", "nat1", "docker1"):
        assert laptop.inside(machine, "systemctl --failed --no-legend") == ""
        assert "host-key=published" in laptop.inside(machine, "journalctl -u stax-publish --no-pager")


def test_the_persons_ssh_folder_is_as_it_was(laptop: Visitor) -> None:
    assert [file.name for file in (laptop.home / ".ssh").iterdir()] == ["config"]


def test_scp_and_ssh_take_the_configuration_that_is_printed(laptop: Visitor) -> None:
    config = laptop.home / "printed"
    config.write_text(laptop.stax("ssh-config", "web").stdout)
    (laptop.home / "file").write_text("content")

    copied = subprocess.run(
        ["scp", "-q", "-F", str(config), str(laptop.home / "file"), "stax-docker1:copy"],
        env=laptop.env, capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip

    assert copied.returncode == 0, copied.stderr
    assert laptop.connect("docker1", "cat", "copy").stdout == "content"


def test_a_terminal_has_the_size_of_the_persons_and_ctrl_c_ends_what_runs_in_it(laptop: Visitor) -> None:
    terminal = _Terminal(laptop, "connect", "docker1", "--quiet")

    assert "37 111" in terminal.types("stty size", until="37 111")
    terminal.resize(50, 133)
    assert "50 133" in terminal.types("stty size", until="50 133")
    terminal.types("sleep 100 & wait", until="[1]")
    terminal.presses(b"\x03")
    terminal.types("echo ended=$?; exit 5", until="ended=130")
    assert terminal.ends() == 5


def test_a_machine_whose_host_key_changed_is_refused_loudly(laptop: Visitor) -> None:
    assert laptop.connect("docker2", "true").returncode == 0
    key = "/etc/ssh/ssh_host_ed25519_key"
    laptop.inside("docker2", f"rm {key}*; ssh-keygen -q -t ed25519 -N '' -f {key}; systemctl restart ssh stax-publish")

    refused = laptop.connect("docker2", "echo", "in")

    assert (refused.returncode, refused.stdout) == (255, "")
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in refused.stderr
    from_the_jumpbox = laptop.connect("jump", "dockconnect", "2", "--", "echo", "in")
    assert (from_the_jumpbox.returncode, from_the_jumpbox.stdout) == (255, "")


def test_a_jumpbox_that_was_put_back_is_let_in_by_the_docker_hosts(laptop: Visitor) -> None:
    dead = laptop.machines()["jumpbox"]["instance_id"]
    laptop.client("ec2").terminate_instances(InstanceIds=[dead])
    _wait_until(lambda: laptop.machines()["jumpbox"]["state"] in {"missing", "terminated"})

    repaired = laptop.stax("repair", "web", "--yes")

    assert repaired.returncode == 0, repaired.stderr
    # The same address, another machine: trusted because it published its own key, under its own name.
    assert laptop.connect("jump", "true").returncode == 0
    assert laptop.machines()["jumpbox"]["instance_id"] != dead
    _wait_until(lambda: laptop.connect("jump", "dockconnect", "1", "--", "true").returncode == 0)


def _wait_until(holds: Callable[[], bool], within_s: float = 90) -> None:
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(0.5)


class _Terminal:
    """A person at a terminal of 37 by 111, in which stax runs."""

    def __init__(self, laptop: Visitor, *words: str) -> None:
        pid, self._screen = pty.fork()
        if pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "stax", *words], laptop.env)  # noqa: S606 - argv
        self._pid = pid
        self.resize(37, 111)
        self._shows("$ ")

    def resize(self, rows: int, columns: int) -> None:
        ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def presses(self, key: bytes) -> None:
        os.write(self._screen, key)

    def types(self, line: str, *, until: str) -> str:
        os.write(self._screen, f"{line}\n".encode())
        return self._shows(until)

    def ends(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _shows(self, text: str) -> str:
        shown, deadline_s = "", time.monotonic() + LIMIT_S
        while text not in shown:
            assert time.monotonic() < deadline_s, f"{shlex.quote(text)} does not come: {shown}"
            if select.select([self._screen], [], [], 1)[0]:
                shown += os.read(self._screen, 65536).decode(errors="replace")
        return shown
