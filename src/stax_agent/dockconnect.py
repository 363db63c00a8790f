"""`dockconnect [N|ADDRESS] [-- COMMAND…]`: from the jumpbox on to a docker host.

Runs as the person, `core`, who may not ask the metadata service; what that takes, root is asked for.
"""

import json
import os
import random
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from stax_agent.docker_hosts import DockerHost
from stax_agent.keys import checked_key

USAGE = """\
usage: dockconnect [HOST] [-- COMMAND…]

Log in to a docker host, or run a command there, word for word; its exit code is dockconnect's.
HOST is a number, a name such as docker2, an address or an instance id; without it, any of them.
"""
CONFIG = "/etc/stax/dockconnect.ssh_config"
KNOWN_HOSTS = Path("/var/lib/stax-jump/known_hosts")
LOOK_UP_LIMIT_S = 60.0

FAILED, WRONG_WORDS, NOT_FOUND, NOT_READY = 1, 2, 4, 6


class Refused(Exception):  # noqa: N818 - what dockconnect says instead of connecting
    """Why not, in words, and the exit code."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def look_up() -> list[DockerHost]:
    """Have root ask AWS for the docker hosts and their host keys; raises Refused."""
    argv = [sys.executable, "-I", sys.argv[0], "docker-hosts"]
    if os.geteuid() != 0:
        argv = ["sudo", "-n", *argv]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LOOK_UP_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(f"the docker hosts cannot be looked up: {error}", FAILED) from error
    if done.returncode != 0:
        raise Refused(f"the docker hosts cannot be looked up: {done.stderr.strip()}", FAILED)
    return [DockerHost(**one) for one in json.loads(done.stdout)]


def taken_apart(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return which host is meant ("" for any) and the command; raises Refused."""
    end = list(words).index("--") if "--" in words else len(words)
    own, command = words[:end], tuple(words[end + 1 :])
    if len(own) > 1 or (own and own[0].startswith("-")):
        raise Refused(
            f"one host, and a command behind a --; see dockconnect --help (not {shlex.join(own)})", WRONG_WORDS
        )
    return (own[0] if own else ""), command


def chosen(hosts: Sequence[DockerHost], wish: str, choose: Callable[[Sequence[DockerHost]], DockerHost]) -> DockerHost:
    """Return the host that is meant; raises Refused with what there is."""
    if not wish:
        ready = [host for host in hosts if host.state == "running" and host.host_key]
        if not ready:
            raise Refused(f"no docker host is up yet; there are: {_listed(hosts)}", NOT_READY)
        return choose(ready)
    for host in hosts:
        if wish in {host.name, host.name.removeprefix("docker"), host.address, host.instance_id}:
            if not host.host_key:
                raise Refused(f"{host.name} has published no host key yet: try again in a moment", NOT_READY)
            return host
    raise Refused(f"there is no docker host {wish!r}; there are: {_listed(hosts)}", NOT_FOUND)


def _listed(hosts: Sequence[DockerHost]) -> str:
    return ", ".join(f"{host.name} ({host.address}, {host.state})" for host in hosts) or "none"


def pin(host: DockerHost, file: Path) -> None:
    """Add the host's key to the known hosts; raises Refused where it differs from the one known so far."""
    lines = file.read_text("ascii", "replace").splitlines() if file.exists() else []
    known = dict(line.split(" ", 1) for line in lines if " " in line)
    if known.get(host.instance_id, host.host_key) != host.host_key or not checked_key(host.host_key):
        text = (
            f"THE HOST KEY OF {host.name} ({host.instance_id}) HAS CHANGED since it was first seen here: not connecting"
        )
        raise Refused(f"{text}\nlook at that host without ssh, and terminate it if you cannot explain this", FAILED)
    known[host.instance_id] = host.host_key
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text("".join(f"{name} {key}\n" for name, key in sorted(known.items())), "ascii")
    os.replace(temporary, file)  # noqa: PTH105 - atomic by name


def ssh_argv(host: DockerHost, command: Sequence[str]) -> list[str]:
    """Return ssh's arguments; the command is quoted here once, so that it arrives word for word."""
    argv = ["ssh", "-F", CONFIG, "-o", f"HostKeyAlias={host.instance_id}", host.address]
    if not command:
        return argv
    line = shlex.join(command)
    # A first word such as -v would be an option: of ssh's without the --, of the shell's without the space.
    return [*argv, "--", f" {line}" if line.startswith("-") else line]


def dockconnect(words: Sequence[str], *, known_hosts: Path = KNOWN_HOSTS) -> int:
    """Become ssh; returns, with an exit code, only when there is nothing to become."""
    if words[:1] in (["-h"], ["--help"]):
        sys.stdout.write(USAGE)
        return 0
    try:
        wish, command = taken_apart(words)
        host = chosen(look_up(), wish, random.SystemRandom().choice)
        if not wish:
            sys.stderr.write(f"{host.name}, {host.instance_id}, {host.address}\n")
        pin(host, known_hosts)
        argv = ssh_argv(host, command)
        sys.stdout.flush()
        os.execvp(argv[0], argv)  # noqa: S606 - argv, no shell
    except Refused as refused:
        sys.stderr.write(f"dockconnect: {refused}\n")
        return refused.exit_code
    except OSError as error:
        sys.stderr.write(f"dockconnect: {error}\n")
        return FAILED
