"""Copies in the bucket: hourly, by the leader of each cluster, and nothing that fails ends them."""

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stax_agent.node.agent import Board
from stax_agent.node.backups import AGAIN_AFTER_S, FIRST_AFTER_S, INTERVAL_S, Backups, bucket_of, swarm_state
from stax_agent.node.cluster import View
from stax_agent.setback import Setback


class Bucket:
    """What was put, when, and what was said about it."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.objects: dict[str, bytes] = {}
        self.said: list[str] = []
        self.is_down = False
        copies = {"etcd": (lambda: b"snapshot", ".db"), "swarm": (lambda: b"state", ".tar.gz")}
        self.backups = Backups(copies, self.put, now=lambda: self.now_s, clock=self.clock, say=self.said.append)

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.now_s, UTC)

    def put(self, key: str, content: bytes) -> None:
        if self.is_down:
            raise Setback("s3 does not answer")
        self.objects[key] = content

    def lives(self, seconds: float, board: Board) -> None:
        until = self.now_s + seconds
        while self.now_s < until:
            self.backups.keep_current(board)
            self.now_s += 10


@pytest.fixture
def bucket():
    return Bucket()


def leading(*clusters: str) -> Board:
    return Board(views={name: View(is_leader=name in clusters) for name in ("etcd", "swarm", "consul")})


def test_the_leader_copies_after_a_minute_and_then_each_hour(bucket):
    bucket.lives(FIRST_AFTER_S + INTERVAL_S + 100, leading("etcd"))

    assert bucket.objects == {
        "backups/etcd/1970-01-01T00-01-00Z.db": b"snapshot",
        "backups/etcd/1970-01-01T01-01-00Z.db": b"snapshot",
    }


def test_a_copy_can_be_had_at_once_and_tells_whether_it_is_there(bucket):
    assert bucket.backups.copy_now()
    assert set(bucket.objects) == {
        "backups/etcd/1970-01-01T00-00-00Z.db",
        "backups/swarm/1970-01-01T00-00-00Z.tar.gz",
    }
    bucket.is_down = True
    assert not bucket.backups.copy_now()


def test_each_cluster_is_copied_by_its_own_leader(bucket):
    bucket.lives(FIRST_AFTER_S + 20, leading("swarm"))

    assert list(bucket.objects) == ["backups/swarm/1970-01-01T00-01-00Z.tar.gz"]


def test_who_leads_nothing_copies_nothing(bucket):
    bucket.lives(2 * INTERVAL_S, leading())

    assert bucket.objects == {}


def test_a_bucket_that_does_not_answer_is_tried_again_in_minutes(bucket):
    bucket.is_down = True
    bucket.lives(FIRST_AFTER_S + 20, leading("etcd"))
    assert bucket.said == ["etcd is not copied to the bucket: s3 does not answer"]

    bucket.is_down = False
    bucket.lives(AGAIN_AFTER_S + 20, leading("etcd"))
    assert len(bucket.objects) == 1


def test_the_swarms_state_is_a_tar_of_its_folder(tmp_path: Path):
    (tmp_path / "state" / "raft").mkdir(parents=True)
    (tmp_path / "state" / "raft" / "log").write_text("log")

    with tarfile.open(fileobj=io.BytesIO(swarm_state(tmp_path / "state"))) as archive:
        assert sorted(archive.getnames()) == ["swarm", "swarm/raft", "swarm/raft/log"]


class Metadata:
    def __init__(self, text: str) -> None:
        self.text = text

    def user_data(self) -> str:
        return self.text


def test_the_bucket_is_the_one_the_machine_was_configured_from():
    pointer = '{"ignition": {"config": {"replace": {"source": "s3://stax-web-1-eu/machines/docker/a.ign"}}}}'

    assert bucket_of(Metadata(pointer)) == "stax-web-1-eu"
    with pytest.raises(Setback, match="no bucket"):
        bucket_of(Metadata("{}"))
