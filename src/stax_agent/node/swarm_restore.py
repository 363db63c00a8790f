"""The Swarm of a stax that was made from a backup: its founder begins with the state that another Swarm had.

Docker takes it as after an accident: the folder is laid down, the engine starts with it, and is told that it goes on
as the only manager.  The nodes of the Swarm that was copied are gone, and are forgotten as any that is gone.
"""

import io
import shutil
import tarfile
from pathlib import Path

from stax_agent.node import systemd
from stax_agent.node.backups import SWARM_STATE
from stax_agent.node.docker_api import Docker
from stax_agent.node.swarm_recovery import SwarmRecovery
from stax_agent.setback import Setback

ENGINE = "docker.service"
MARK = "stax-is-restoring"
"""A file in the Swarm's folder, from when it is laid down until the engine has gone on with it."""


class SwarmRestore:
    """On the host that founds the Swarm.  Every call is safe to repeat."""

    def __init__(self, docker: Docker, address: str, folder: Path = SWARM_STATE) -> None:
        self._docker, self._address, self._folder = docker, address, folder

    @property
    def is_under_way(self) -> bool:
        """Whether the state is laid down and the engine has not gone on with it yet."""
        return (self._folder / MARK).exists()

    def lay_down(self, copy: bytes) -> None:
        """Put a copy of the state where the engine looks when it starts; raises Setback when it is none."""
        new = self._folder.with_name(f"{self._folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        _unpack(copy, new)
        (new / MARK).touch()
        # The engine, which is in no Swarm, has nothing of worth there.
        shutil.rmtree(self._folder, ignore_errors=True)
        new.rename(self._folder)

    def go_on(self) -> str:
        """Take the next step and say which; raises Setback while the engine is not ready for it."""
        if self._docker.get("/info")["Swarm"]["LocalNodeState"] == "inactive":
            systemd.stop(ENGINE)
            systemd.start(ENGINE)
            return "the engine starts with the state of another Swarm"
        SwarmRecovery(self._docker, self._address, lambda _: []).go_on_alone()
        (self._folder / MARK).unlink()
        return "made the Swarm, with all that another one had"


def _unpack(copy: bytes, folder: Path) -> None:
    """Unpack files and folders below `swarm/`, and nothing that leads anywhere else."""
    folder.mkdir(mode=0o700)
    try:
        with tarfile.open(fileobj=io.BytesIO(copy), mode="r:gz") as archive:
            for member in archive:
                _unpack_one(archive, member, folder)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise Setback(f"the copy of the Swarm's state cannot be unpacked: {error}") from error
    if not (folder / "raft").is_dir():
        raise Setback("the copy of the Swarm's state holds no raft")


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    parts = Path(member.name).parts
    if parts[:1] != ("swarm",) or ".." in parts:
        raise Setback(f"the copy of the Swarm's state holds {member.name}")
    place = folder.joinpath(*parts[1:])
    if member.isdir():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    content = archive.extractfile(member)
    if content is None:
        raise Setback(f"the copy of the Swarm's state holds {member.name}, which is no file")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.write_bytes(content.read())
    place.chmod(0o600)
