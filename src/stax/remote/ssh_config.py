"""The ssh configuration of a stax, for `stax connect` and for every other program that uses ssh.

Only pinned host keys count, only the stax's own key is offered, nothing is forwarded.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stax.errors import UsageError
from stax.remote.host import Host, alias_of, aliases

USER = "core"
CONNECT_TIMEOUT_S = 15
ALIVE_INTERVAL_S = 15
ALIVE_MISSED = 4
"""A connection whose other end is gone is given up after a minute."""

_PLAIN = re.compile(r"[A-Za-z0-9_./+@,=-]+")
_UNSPEAKABLE = re.compile(r'["\\\x00-\x1f\x7f]|\$\{')


@dataclass(frozen=True, kw_only=True)
class Access:
    """All that it takes to log in to the machines of a stax."""

    stax_name: str
    private_key: Path
    known_hosts: Path
    hosts: Sequence[Host]
    """The jumpbox and the machines behind it."""
    proxy_command: str = ""
    """How to get to the jumpbox where no route leads there; empty: as to any address."""


def ssh_config(access: Access, *, kept_in: Path) -> str:
    """Return the configuration as text; it is kept in a file, which the text says how to use."""
    return "\n".join(_lines(access, kept_in)) + "\n"


def _lines(access: Access, kept_in: Path) -> Iterator[str]:
    yield f"# The machines of {access.stax_name}, written by stax.  Use it as it lies there, for example:"
    yield f"#   rsync -e 'ssh -F {kept_in}' ./site/ stax-docker1:site/"
    yield f"# or at the top of ~/.ssh/config, for every program that uses ssh:  Include {_path(kept_in)}"
    jumpbox = next((host for host in access.hosts if host.is_jumpbox), None)
    for host in access.hosts:
        yield ""
        yield f"Host {' '.join(aliases(access.stax_name, host))}"
        yield f"  HostName {host.address}"
        yield f"  Port {host.port}"
        # An address may come to belong to another machine; a host key never does.
        yield f"  HostKeyAlias {host.instance_id}"
        if host.is_jumpbox and access.proxy_command:
            yield f"  ProxyCommand {access.proxy_command}"
        elif jumpbox and not host.is_jumpbox:
            yield f"  {_by_way_of(alias_of(access.stax_name, jumpbox.name), kept_in)}"
    yield ""
    yield f"Host {' '.join(name for host in access.hosts for name in aliases(access.stax_name, host))}"
    yield from (f"  {keyword} {value}" for keyword, value in _settings(access))


def _by_way_of(jumpbox: str, config: Path) -> str:
    """Say ProxyJump, or what it stands for where ssh would break the path: it hands -F on without quotes."""
    if _PLAIN.fullmatch(str(config)):
        return f"ProxyJump {jumpbox}"
    quoted = shlex.quote(str(config)).replace("%", "%%")
    return f"ProxyCommand ssh -F {quoted} -W '[%h]:%p' {jumpbox}"


def _settings(access: Access) -> Iterator[tuple[str, str]]:
    yield "User", USER
    yield "IdentityFile", _path(access.private_key)
    yield "IdentitiesOnly", "yes"
    yield "IdentityAgent", "none"
    yield "PreferredAuthentications", "publickey"
    yield "UserKnownHostsFile", _path(access.known_hosts)
    yield "GlobalKnownHostsFile", "/dev/null"
    yield "StrictHostKeyChecking", "yes"
    yield "HostKeyAlgorithms", "ssh-ed25519"
    yield "UpdateHostKeys", "no"
    yield "VerifyHostKeyDNS", "no"
    yield "ForwardAgent", "no"
    yield "ForwardX11", "no"
    yield "PermitLocalCommand", "no"
    yield "ControlMaster", "no"
    yield "ControlPath", "none"
    yield "ConnectTimeout", str(CONNECT_TIMEOUT_S)
    yield "ServerAliveInterval", str(ALIVE_INTERVAL_S)
    yield "ServerAliveCountMax", str(ALIVE_MISSED)


def _path(path: Path) -> str:
    """Say a path as ssh reads it: quoted, and a percent sign is no token."""
    text = str(path)
    if _UNSPEAKABLE.search(text):
        message = f"ssh's configuration cannot hold the path {text!r}"
        raise UsageError(message, hint="let STAX_HOME, or the ssh key, lie in a folder with a plainer name")
    return '"' + text.replace("%", "%%") + '"'
