"""A backup in a folder: found, refused where it is not whole, put where a new stax's hosts look for it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stax.aws.errors import AwsError
from stax.engine.beginnings import newest, read_beginning, supply_beginning
from stax.errors import StaxError, UsageError
from stax.model.checkup import Backup


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("etcd/2026-01-01T00-00-00Z.db", "etcd/2026-01-01T01-00-00Z.db", "swarm/2026-01-01T01-00-00Z.tar.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


class Aws:
    """A bucket and parameters."""

    def __init__(self, held: str = "") -> None:
        self.objects: dict[str, bytes] = {}
        self.held = held

    @property
    def identity(self) -> Any:
        return type("Identity", (), {"account_id": "123456789012"})

    def command(self, verb: str, name: str) -> str:
        return f"stax {verb} {name}"

    def call(self, service: str, operation: str, /, **asked: Any) -> dict[str, Any]:
        if operation == "PutObject":
            self.objects[asked["Key"]] = asked["Body"]
        elif operation == "PutParameter" and self.held:
            raise AwsError("there is one", code="ParameterAlreadyExists")
        elif operation == "PutParameter":
            self.held = asked["Value"]
        return {"Parameters": [{"Name": name, "Value": self.held} for name in asked.get("Names", ())]}


def supplied(aws: Aws, folder: Path) -> None:
    site = type("Site", (), {"aws": aws})
    list(supply_beginning(site, "web2", "bucket", read_beginning(folder), {}))  # type: ignore[arg-type]


def test_the_newest_of_each_is_taken_and_told_to_the_hosts(folder: Path):
    aws = Aws()

    supplied(aws, folder)
    supplied(aws, folder)  # an interrupted create begins again

    keys = {"etcd": "backups/etcd/2026-01-01T01-00-00Z.db", "swarm": "backups/swarm/2026-01-01T01-00-00Z.tar.gz"}
    assert json.loads(aws.held) == keys
    assert aws.objects[keys["etcd"]] == b"etcd/2026-01-01T01-00-00Z.db"


def test_a_stax_that_has_begun_with_another_backup_is_not_given_a_second(folder: Path):
    with pytest.raises(StaxError, match="begun with another backup"):
        supplied(Aws(held="{}"), folder)


def test_a_folder_without_a_copy_of_both_is_refused_by_the_file_that_is_missing(tmp_path: Path):
    with pytest.raises(UsageError, match=r"etcd/\*\.db") as caught:
        read_beginning(tmp_path)

    assert "stax backup fetch" in caught.value.hint


def test_of_a_bucket_the_newest_of_each_is_fetched():
    def copied(cluster: str, hour: int) -> Backup:
        at = datetime(2026, 1, 1, hour, tzinfo=UTC)
        return Backup(cluster=cluster, key=f"backups/{cluster}/{hour}", at=at, size_bytes=1)

    found = newest([copied("etcd", 3), copied("swarm", 2), copied("etcd", 2)])

    assert [one.key for one in found] == ["backups/etcd/3", "backups/swarm/2"]
