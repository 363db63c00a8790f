"""OpenSSH's own client and server do with our configuration what we mean it to do.

Every server is a real sshd on a port of its own, in a mount namespace in which there is a user `core`; so is
every client, with a home whose ~/.ssh must stay as it is.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from stax.remote.command import ssh_argv
from stax.remote.host import Host
from stax.remote.known_hosts import checked_key, known_hosts
from stax.remote.ssh_config import Access, ssh_config

LIMIT_S = 30
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin")
IN_OWN_MOUNTS = (
    "unshare", "--mount", "--propagation", "private", "sh", "-c",
    'mount --bind "$0" /etc/passwd && mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"',
)  # fmt: skip

pytestmark = [
    pytest.mark.skipif(SSHD is None, reason="sshd is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may make mount namespaces"),
]

Result = subprocess.CompletedProcess[bytes]


def new_key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, timeout=LIMIT_S)
    key = checked_key(Path(f"{path}.pub").read_text())
    assert key
    return key


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Person:
    """Somebody at a laptop: a home with a ~/.ssh of its own, a key, and what stax keeps."""

    folder: Path
    kept: str = "stax-files"
    """Where stax keeps its files."""
    pins: dict[str, str] = field(default_factory=dict)
    hosts: list[Host] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.home / ".ssh").mkdir(parents=True)
        (self.home / ".ssh/config").write_text(
            "Host *\n  ForwardAgent yes\n  User nobody\n  StrictHostKeyChecking no\n"
        )
        (self.folder / self.kept).mkdir()
        new_key(self.key)
        (self.folder / "passwd").write_text(
            f"root:*:0:0::{self.home}:/bin/bash\nsshd:*:103:65534::/run/sshd:/usr/sbin/nologin\n"
        )

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def key(self) -> Path:
        return self.folder / self.kept / "id 100%"

    @property
    def config(self) -> Path:
        return self.folder / self.kept / "ssh_config"

    def write(self) -> None:
        pinned = self.folder / self.kept / "known_hosts"
        pinned.write_text(known_hosts("web", self.pins))
        access = Access(stax_name="web", private_key=self.key, known_hosts=pinned, hosts=self.hosts)
        self.config.write_text(ssh_config(access, kept_in=self.config))

    def ssh(self, destination: str, *words: str, **more: str) -> Result:
        self.write()
        return self.run(*ssh_argv("/usr/bin/ssh", self.config, destination, words), **more)

    def run(self, *argv: str, **environment: str) -> Result:
        wrapped = [*IN_OWN_MOUNTS, str(self.folder / "passwd"), *argv]
        env = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(self.home), **environment}
        return subprocess.run(
            wrapped, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, check=False
        )


@dataclass(frozen=True)
class Server:
    """A machine's sshd."""

    host: Host
    key: str


Start = Callable[..., Server]


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)


@pytest.fixture
def start(person: Person, tmp_path: Path) -> Iterator[Start]:
    """Start a machine's sshd; its key is pinned and it is known to the person, who may log in to it."""
    with ExitStack() as stack:

        def start_one(name: str, instance_id: str, *, settings: str = "", port: int = 0) -> Server:
            folder = tmp_path / f"{name}-{instance_id}"
            (folder / "home").mkdir(parents=True)
            key, port = new_key(folder / "host_key"), port or free_port()
            (folder / "passwd").write_text(
                f"core:*:0:0::{folder}/home:/bin/bash\nsshd:*:103:65534::/run/sshd:/usr/sbin/nologin\n"
            )
            (folder / "sshd_config").write_text(
                # The test's folders lie below /tmp, which others may write to.
                f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host_key\nPidFile none\nUsePAM no\nStrictModes no\n"
                f"AuthorizedKeysFile {folder}/authorized_keys\nPermitRootLogin yes\n{settings}"
            )
            shutil.copy(f"{person.key}.pub", folder / "authorized_keys")
            argv = [*IN_OWN_MOUNTS, str(folder / "passwd"), str(SSHD), "-D", "-e", "-f", str(folder / "sshd_config")]
            log = stack.enter_context((folder / "log").open("wb"))
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={"PATH": "/usr/bin:/bin"}
            )
            stack.callback(process.wait, LIMIT_S)
            stack.callback(process.terminate)
            wait_for(port, folder / "log")
            server = Server(Host(name=name, instance_id=instance_id, address="127.0.0.1", port=port), key)
            person.pins[instance_id] = key
            person.hosts = [host for host in person.hosts if host.name != name] + [server.host]
            return server

        yield start_one


def wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(log.read_text())


def content_of(folder: Path) -> Mapping[str, bytes | None]:
    return {str(one): one.read_bytes() if one.is_file() else None for one in folder.rglob("*")}


@pytest.mark.parametrize("destination", ["stax-docker1", "web-docker1", "i-0d"])
def test_a_machine_is_reached_through_the_jumpbox_by_any_of_its_names(person: Person, start: Start, destination: str):
    start("jumpbox", "i-0a")
    start("docker1", "i-0d")

    done = person.ssh(destination, "printenv", "SSH_CONNECTION")

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"127.0.0.1" in done.stdout


@pytest.mark.parametrize("kept", ["it's here", "100%", "a b"])
def test_stax_files_may_lie_in_a_folder_of_any_name(tmp_path: Path, start: Start, person: Person, kept: str):
    start("jumpbox", "i-0a")
    start("docker1", "i-0d")
    (tmp_path / "stax-files").rename(tmp_path / kept)
    person.kept = kept

    done = person.ssh("stax-docker1", "id", "-un")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"core\n", b"")


WORDS = [
    "plain",
    "two words",
    "",
    "'",
    '"',
    "$(id)",
    "`id`",
    "a\nb",
    "*",
    "~",
    "\\",
    "é✓",
    "-v",
    ";",
    "&&",
    "{a,b}",
    "!x",
]


def test_every_word_arrives_as_it_was_given(person: Person, start: Start):
    start("jumpbox", "i-0a")

    done = person.ssh("stax-jump", "printf", "%s\\0", *WORDS)

    assert done.stdout.decode().split("\0")[:-1] == WORDS


def test_a_first_word_with_a_hyphen_is_nobodys_option(person: Person, start: Start):
    start("jumpbox", "i-0a")

    assert b"-V: command not found" in person.ssh("stax-jump", "-V").stderr


@pytest.mark.parametrize("code", [0, 1, 7, 200])
def test_the_commands_exit_code_is_kept(person: Person, start: Start, code: int):
    start("jumpbox", "i-0a")

    assert person.ssh("stax-jump", "sh", "-c", f"exit {code}").returncode == code


def test_an_impostor_at_the_machines_address_is_refused_loudly(person: Person, start: Start):
    start("jumpbox", "i-0a")
    genuine = start("docker1", "i-0d")
    start("docker2", "i-0e")
    person.hosts[1] = replace(genuine.host, port=person.hosts[2].port)

    refused = person.ssh("stax-docker1", "echo", "in")

    assert (refused.returncode, refused.stdout) == (255, b"")
    assert b"REMOTE HOST IDENTIFICATION HAS CHANGED" in refused.stderr


def test_an_impostor_of_the_jumpbox_does_not_even_learn_where_one_goes(person: Person, start: Start):
    jumpbox = start("jumpbox", "i-0a")
    start("docker1", "i-0d")
    start("nat1", "i-0c")
    person.hosts[0] = replace(jumpbox.host, port=person.hosts[2].port)

    refused = person.ssh("stax-docker1", "echo", "in")

    assert (refused.returncode, refused.stdout) == (255, b"")


def test_a_machine_that_has_published_no_key_is_refused_and_its_key_is_not_taken(person: Person, start: Start):
    start("jumpbox", "i-0a")
    person.pins.clear()

    refused = person.ssh("stax-jump", "echo", "in")

    assert (refused.returncode, refused.stdout) == (255, b"")
    assert b"No ED25519 host key is known for i-0a" in refused.stderr
    assert "i-0a" not in (person.folder / "stax-files/known_hosts").read_text()


def test_no_agent_is_asked_nor_forwarded(person: Person, start: Start):
    start("jumpbox", "i-0a", settings="AllowAgentForwarding yes\n")

    done = person.ssh("stax-jump", "printenv", "SSH_AUTH_SOCK", SSH_AUTH_SOCK="/run/agent")

    assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize("has_folder", [True, False])
def test_nothing_in_the_persons_ssh_folder_is_read_or_changed(person: Person, start: Start, has_folder: bool):
    start("jumpbox", "i-0a")
    start("docker1", "i-0d")
    if not has_folder:
        shutil.rmtree(person.home / ".ssh")
    before = content_of(person.home)

    done = person.ssh("stax-docker1", "id", "-un")

    assert done.stdout == b"core\n"
    assert content_of(person.home) == before


def test_scp_takes_the_same_configuration(person: Person, start: Start):
    start("jumpbox", "i-0a")
    start("docker1", "i-0d", settings="Subsystem sftp internal-sftp\n")
    person.write()
    (person.folder / "file").write_text("content")

    done = person.run("scp", "-F", str(person.config), str(person.folder / "file"), "stax-docker1:copy")

    assert done.returncode == 0, done.stderr
    assert (person.folder / "docker1-i-0d/home/copy").read_text() == "content"


def test_the_configuration_can_be_included_in_the_persons_own(person: Person, start: Start):
    start("jumpbox", "i-0a")
    start("docker1", "i-0d")
    person.write()
    include = (person.config.read_text().splitlines()[2]).partition("Include ")
    own = person.home / ".ssh/config"
    own.write_text(f"Include {include[2]}\n{own.read_text()}")
    own.chmod(0o600)

    done = person.run("ssh", "web-docker1", "id -un")

    assert (done.returncode, done.stdout) == (0, b"core\n"), done.stderr
