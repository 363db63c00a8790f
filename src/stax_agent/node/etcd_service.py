"""etcd on this host: its data, its settings, and which of its two units runs.

A server runs stax-etcd.service.  Any other host runs stax-etcd-gateway.service, which passes connections on to the
servers as they are, TLS end to end: so https://127.0.0.1:2379 is the cluster on every docker host.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from stax_agent.node import systemd
from stax_agent.node.commands import run
from stax_agent.node.etcd_api import CLIENT_PORT, PEER_PORT

SERVER, GATEWAY = "stax-etcd.service", "stax-etcd-gateway.service"
DATA = Path("/var/lib/stax-etcd")
SETTINGS = Path("/run/stax-node")
OWNER = "etcd"
"""Who the units run as."""
RESTORED_WITHIN_S = 120.0


class EtcdService:
    """The programs; what they are told lies in files that their units read."""

    def __init__(self, instance_id: str, address: str, data: Path = DATA, settings: Path = SETTINGS) -> None:
        self._instance_id, self._address = instance_id, address
        self._data, self._settings = data, settings

    @property
    def has_data(self) -> bool:
        """Whether this host has been a member and may still be one."""
        return (self._data / "member").exists()

    def serves(self) -> bool:
        """Whether the server runs."""
        return systemd.is_active(SERVER)

    def found(self) -> None:
        """Start the first member of a new cluster."""
        self._run_server({self._instance_id: self._address}, "new")

    def put_back(self, snapshot: bytes) -> None:
        """Lay down the data of a first member that has what a snapshot has; the next start is a resumption."""
        with tempfile.TemporaryDirectory(dir=self._data.parent) as folder:
            file, data = Path(folder, "snapshot"), Path(folder, "data")
            file.write_bytes(snapshot)
            peer = f"https://{self._address}:{PEER_PORT}"
            run(
                (
                    "etcdctl", "snapshot", "restore", str(file), f"--data-dir={data}", f"--name={self._instance_id}",
                    f"--initial-cluster={self._instance_id}={peer}", f"--initial-advertise-peer-urls={peer}",
                ),
                environment={"ETCDCTL_API": "3", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
                timeout_s=RESTORED_WITHIN_S,
            )  # fmt: skip
            self._data.mkdir(mode=0o700, exist_ok=True)
            for each in (self._data, *(data / "member").rglob("*"), data / "member"):
                shutil.chown(each, OWNER, OWNER)
            (data / "member").rename(self._data / "member")

    def join(self, members: Mapping[str, str]) -> None:
        """Start as the newest of these members: addresses by name, this host among them."""
        self._run_server(members, "existing")

    def resume(self) -> None:
        """Start with what lies on the disk, which knows the members better than anybody else."""
        self._run_server({self._instance_id: self._address}, "existing")

    def resume_after_boot(self) -> None:
        """Start with what lies on the disk, before anything is asked of AWS, which may not be within reach."""
        if self.has_data and not self.serves():
            self.resume()

    def start_over(self) -> None:
        """Start as the only member of a new cluster that has all of this host's data."""
        systemd.stop(SERVER)
        self._run_server({self._instance_id: self._address}, "existing", ETCD_FORCE_NEW_CLUSTER="true")

    def stop(self) -> None:
        """Stop the server; its data stays."""
        systemd.stop(SERVER)

    def forget(self) -> None:
        """Stop being a member: the data of one that was removed is of no use to anybody."""
        systemd.stop(SERVER)
        shutil.rmtree(self._data / "member", ignore_errors=True)

    def pass_on(self, addresses: Sequence[str]) -> bool:
        """Have this host's port lead to the servers; return whether that had to change."""
        endpoints = ",".join(f"{address}:{CLIENT_PORT}" for address in sorted(addresses))
        if self._wrote("etcd-gateway.env", {"ETCD_GATEWAY_ENDPOINTS": endpoints}):
            systemd.restart(GATEWAY)
            return True
        if not systemd.is_active(GATEWAY):
            systemd.start(GATEWAY)
        return False

    def _run_server(self, members: Mapping[str, str], state: str, **others: str) -> None:
        systemd.stop(GATEWAY)
        self._wrote(
            "etcd.env",
            {
                "ETCD_NAME": self._instance_id,
                "ETCD_INITIAL_CLUSTER_STATE": state,
                **others,
                "ETCD_INITIAL_CLUSTER": ",".join(
                    f"{name}=https://{address}:{PEER_PORT}" for name, address in sorted(members.items())
                ),
                "ETCD_INITIAL_ADVERTISE_PEER_URLS": f"https://{self._address}:{PEER_PORT}",
                "ETCD_LISTEN_PEER_URLS": f"https://{self._address}:{PEER_PORT}",
                "ETCD_ADVERTISE_CLIENT_URLS": f"https://{self._address}:{CLIENT_PORT}",
                "ETCD_LISTEN_CLIENT_URLS": f"https://{self._address}:{CLIENT_PORT},https://127.0.0.1:{CLIENT_PORT}",
            },
        )
        systemd.start(SERVER)

    def _wrote(self, name: str, settings: Mapping[str, str]) -> bool:
        """Write a file for a unit to read; return whether it says something else than before."""
        file = self._settings / name
        text = "".join(f"{key}={value}\n" for key, value in settings.items())
        if file.exists() and file.read_text("ascii") == text:
            return False
        file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        temporary = file.with_name(f".{name}.new")
        temporary.write_text(text, "ascii")
        os.replace(temporary, file)  # noqa: PTH105 - atomic by name
        return True
