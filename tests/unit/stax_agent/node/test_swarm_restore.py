"""The founder of a stax that was made from a backup lays down another Swarm's state, and goes on with it."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from stax_agent.node.backups import swarm_state
from stax_agent.node.swarm_restore import MARK, SwarmRestore
from stax_agent.setback import Setback


class Engine:
    """An engine that has started with the state, and waits for the other managers."""

    def __init__(self) -> None:
        self.goes_on_alone = False

    def get(self, path: str) -> Any:
        if path == "/info":
            return {"Swarm": {"LocalNodeState": "active", "ControlAvailable": True}}
        return []

    def post(self, path: str, body: Any, *, timeout_s: float) -> None:
        self.goes_on_alone = path == "/swarm/init" and body["ForceNewCluster"] and body["AdvertiseAddr"] == "10.0.0.1"


@pytest.fixture
def copied(tmp_path: Path) -> bytes:
    """The state of another Swarm."""
    state = tmp_path / "other"
    (state / "raft" / "wal").mkdir(parents=True)
    (state / "raft" / "wal" / "0.wal").write_bytes(b"all services")
    (state / "certificates").mkdir()
    (state / "certificates" / "swarm-node.key").write_bytes(b"key")
    return swarm_state(state)


def packed(*members: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for member in members:
            archive.addfile(member)
    return file.getvalue()


def test_the_state_is_laid_down_whole_and_for_root_alone(tmp_path: Path, copied: bytes):
    folder = tmp_path / "swarm"
    folder.mkdir()
    (folder / "of-no-worth").touch()
    restore = SwarmRestore(Engine(), "10.0.0.1", folder)  # type: ignore[arg-type]

    restore.lay_down(copied)

    assert restore.is_under_way
    assert (folder / "raft" / "wal" / "0.wal").read_bytes() == b"all services"
    assert not (folder / "of-no-worth").exists()
    assert [oct((folder / each).stat().st_mode & 0o777) for each in (".", "certificates/swarm-node.key")] == [
        "0o700", "0o600",
    ]  # fmt: skip


def test_the_engine_goes_on_with_it_as_the_only_manager(tmp_path: Path, copied: bytes):
    engine = Engine()
    restore = SwarmRestore(engine, "10.0.0.1", tmp_path / "swarm")  # type: ignore[arg-type]
    restore.lay_down(copied)

    assert "made the Swarm" in restore.go_on()
    assert (engine.goes_on_alone, restore.is_under_way) == (True, False)
    assert not (tmp_path / "swarm" / MARK).exists()


@pytest.mark.parametrize("name", ["swarm/../../etc/passwd", "/etc/passwd", "other/raft", "."])
def test_what_leads_elsewhere_is_refused_and_nothing_is_put_in_place(tmp_path: Path, name: str):
    restore = SwarmRestore(Engine(), "10.0.0.1", tmp_path / "swarm")  # type: ignore[arg-type]

    with pytest.raises(Setback, match="holds"):
        restore.lay_down(packed(tarfile.TarInfo(name)))
    assert not restore.is_under_way


@pytest.mark.parametrize(
    "copy", [b"", b"no archive", packed(tarfile.TarInfo("swarm/state.json"))], ids=["empty", "none", "another"]
)
def test_what_is_no_copy_of_a_swarm_is_refused(tmp_path: Path, copy: bytes):
    restore = SwarmRestore(Engine(), "10.0.0.1", tmp_path / "swarm")  # type: ignore[arg-type]

    with pytest.raises(Setback, match="the copy of the Swarm's state"):
        restore.lay_down(copy)
    assert not restore.is_under_way
