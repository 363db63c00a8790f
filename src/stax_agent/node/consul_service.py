"""consul on this host: its settings, its data, and its unit.

The settings hold the gossip key and a token, so only root reads them; systemd hands them on to the one process that
needs them, with the certificates (LoadCredential).  They survive a boot without AWS.
"""

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stax_agent.node import systemd
from stax_agent.node.consul_api import SERVER_PORT

UNIT = "stax-consul.service"
SETTINGS = Path("/etc/stax/consul.json")
DATA = Path("/var/lib/private/stax-consul")
CREDENTIALS = f"/run/credentials/{UNIT}"
CERTIFICATE = Path("/etc/stax/tls/consul.pem")
DATACENTER = "dc1"
SERVER_NAME = f"server.{DATACENTER}.consul"
"""What consul wants to read in the certificate of whoever it takes for a server."""
MOST_JOINED = 9
"""Addresses that a host tries when it starts; through one of them it hears of all others."""


def node_id(instance_id: str) -> str:
    """Return the id of a host's node: an instance id in the shape that consul takes."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, instance_id))


def node_name(address: str) -> str:
    """Return a host's name, as EC2 would name it."""
    return f"ip-{address.replace('.', '-')}"


class ConsulService:
    """The program; what it is told lies in a file."""

    def __init__(self, instance_id: str, address: str, settings: Path = SETTINGS, data: Path = DATA) -> None:
        self._instance_id, self._address = instance_id, address
        self._settings, self._data = settings, data

    @property
    def is_set_up(self) -> bool:
        """Whether this host knows how to take part."""
        return bool(self._read())

    @property
    def is_server(self) -> bool:
        """Whether this host is set up as a server."""
        return bool(self._read().get("server"))

    @property
    def is_founder(self) -> bool:
        """Whether a start without data would make a cluster."""
        return "bootstrap_expect" in self._read()

    @property
    def token(self) -> str:
        """The agent's own token, made here and for ever; no other host has it."""
        known = self._read().get("acl", {}).get("tokens", {}).get("agent")
        return str(known or uuid.uuid4())

    @property
    def joined_by(self) -> list[str]:
        """The addresses that it tries when it starts."""
        return list(self._read().get("retry_join", []))

    def runs(self) -> bool:
        """Whether the agent runs or is about to."""
        return systemd.is_active(UNIT)

    @property
    def has_old_certificate(self) -> bool:
        """Whether the process goes on with a certificate that has been renewed since it started."""
        try:
            return Path(CREDENTIALS, "consul.pem").read_bytes() != CERTIFICATE.read_bytes()
        except OSError:
            return False  # it does not run

    def start(self) -> None:
        """Start as it was set up."""
        systemd.start(UNIT)

    def start_again(self) -> None:
        """Start anew as it was set up."""
        systemd.restart(UNIT)

    def stop(self) -> None:
        """Stop without leaving, as a power cut would."""
        systemd.stop(UNIT)

    def become(self, *, gossip_key: str, others: Sequence[str], is_server: bool, founds: bool = False) -> None:
        """Start as a client, a server, or the server that founds the cluster; another role begins without data."""
        changes_role = is_server is not self.is_server or founds
        systemd.stop(UNIT)
        if changes_role:
            # A server that comes back with an old log believes in members who are long gone.
            shutil.rmtree(self._data / "raft", ignore_errors=True)
        self._write(self._content(gossip_key, others, is_server=is_server, founds=founds))
        systemd.start(UNIT)

    def settle(self) -> None:
        """From the next start on, be a server like any other: the cluster stands."""
        self._write({key: value for key, value in self._read().items() if key != "bootstrap_expect"})

    def go_on_alone(self) -> None:
        """Start with the data that is here, and with this host as the only server; consul takes the file away."""
        systemd.stop(UNIT)
        server = {"id": node_id(self._instance_id), "address": f"{self._address}:{SERVER_PORT}", "non_voter": False}
        self._hand_over(self._data / "raft" / "peers.json", json.dumps([server]))
        systemd.start(UNIT)

    def allow_bootstrap(self, reset_index: str) -> None:
        """Let the first token be given once more; consul takes the file away itself."""
        self._hand_over(self._data / "acl-bootstrap-reset", reset_index)

    def _hand_over(self, file: Path, text: str) -> None:
        """Write a file that consul's own user can read and remove."""
        file.write_text(text, "ascii")
        shutil.chown(file, self._data.stat().st_uid, self._data.stat().st_gid)

    def _content(self, gossip_key: str, others: Sequence[str], *, is_server: bool, founds: bool) -> dict[str, Any]:
        return {
            "node_name": node_name(self._address),
            "node_id": node_id(self._instance_id),
            "datacenter": DATACENTER,
            "server": is_server,
            **({"bootstrap_expect": 1} if founds else {}),
            "retry_join": list(others[:MOST_JOINED]),
            "retry_interval": "2s",
            "encrypt": gossip_key,
            "acl": {
                "enabled": True,
                "default_policy": "deny",
                "down_policy": "extend-cache",
                "tokens": {"agent": self.token},
            },
            **_network(self._address),
            **_tls(),
            **_conduct(),
        }

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._settings.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, content: dict[str, Any]) -> None:
        temporary = self._settings.with_name(f".{self._settings.name}.new")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._settings)  # noqa: PTH105 - atomic by name


def _network(address: str) -> dict[str, Any]:
    """Plain HTTP and names on loopback alone; in the VPC what asks for a certificate."""
    return {
        "bind_addr": address,
        "advertise_addr": address,
        "client_addr": "127.0.0.1",
        "addresses": {"https": address},
        "ports": {"https": 8501, "grpc": -1, "serf_wan": -1},
    }


def _tls() -> dict[str, Any]:
    return {
        "verify_incoming": True,
        "verify_outgoing": True,
        "verify_server_hostname": True,
        "ca_file": f"{CREDENTIALS}/ca.pem",
        "cert_file": f"{CREDENTIALS}/consul.pem",
        "key_file": f"{CREDENTIALS}/consul-key.pem",
    }


def _conduct() -> dict[str, Any]:
    """A stop is not a departure: whoever is to go for good is told so."""
    return {
        "leave_on_terminate": False,
        "skip_leave_on_interrupt": True,
        "rejoin_after_leave": True,
        "disable_update_check": True,
        # raft_multiplier 1 is consul's own advice for production; 5, the default, is for the smallest machines.
        "performance": {"raft_multiplier": 1, "leave_drain_time": "1s"},
        # How long a new server must have been well before it votes; the default of 10 s is for hand-made clusters.
        "autopilot": {"cleanup_dead_servers": True, "server_stabilization_time": "2s"},
    }
