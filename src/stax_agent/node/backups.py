"""Copies of what the clusters hold, in the stack's bucket: hourly, by whoever leads.

etcd's leader saves a snapshot, the Swarm's leader its state: /var/lib/docker/swarm.  Both hold secrets; the bucket
is private and encrypted, and only docker hosts and the operator read below backups/.
"""

import io
import re
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from stax_agent.aws import LARGEST_OBJECT_BYTES, Aws
from stax_agent.node.agent import Board
from stax_agent.node.commands import run
from stax_agent.node.pki import Pki
from stax_agent.setback import Setback, say

INTERVAL_S = 3600.0
FIRST_AFTER_S = 60.0
"""A new leader does not wait an hour: what was copied last may be an hour old already."""
AGAIN_AFTER_S = 300.0
SAVED_WITHIN_S = 120.0
SWARM_STATE = Path("/var/lib/docker/swarm")

Copy = Callable[[], bytes]


class UserData(Protocol):
    """The metadata service, as far as it is asked here."""

    def user_data(self) -> str:
        """Return what this machine was launched with."""


class Backups:
    """Of each cluster that this host leads."""

    def __init__(
        self,
        copies: Mapping[str, tuple[Copy, str]],
        put: Callable[[str, bytes], None],
        *,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        say: Callable[[str], None] = say,
    ) -> None:
        """Take by cluster how it is copied, and the suffix of the object's key."""
        self._copies, self._put, self._say = copies, put, say
        self._now, self._clock = now, clock
        self._due_at: dict[str, float] = {}

    def keep_current(self, board: Board) -> None:
        """Copy what is due; what does not work is said and tried again in minutes."""
        for cluster, (copy, suffix) in self._copies.items():
            view = board.views.get(cluster)
            if view is None or not view.is_leader:
                self._due_at.pop(cluster, None)
                continue
            if self._now() < self._due_at.setdefault(cluster, self._now() + FIRST_AFTER_S):
                continue
            self._due_at[cluster] = self._now() + self._one(cluster, copy, suffix)

    def copy_now(self) -> bool:
        """Copy each cluster at once, whoever leads it; return whether all of it worked."""
        waits_s = [self._one(cluster, copy, suffix) for cluster, (copy, suffix) in self._copies.items()]
        return set(waits_s) == {INTERVAL_S}

    def _one(self, cluster: str, copy: Copy, suffix: str) -> float:
        """Make one copy; return how long until the next, in seconds."""
        key = f"backups/{cluster}/{self._clock():%Y-%m-%dT%H-%M-%SZ}{suffix}"
        try:
            content = copy()
            if len(content) > LARGEST_OBJECT_BYTES:
                raise Setback(f"it has {len(content) >> 20} MiB, more than {LARGEST_OBJECT_BYTES >> 20}")
            self._put(key, content)
        except (Setback, OSError) as problem:
            self._say(f"{cluster} is not copied to the bucket: {problem}")
            return AGAIN_AFTER_S
        self._say(f"{cluster} is copied to the bucket: {key}, {len(content)} bytes")
        return INTERVAL_S


def etcd_snapshot(pki: Pki) -> bytes:
    """Return etcd's content, as `etcdctl snapshot restore` takes it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "snapshot")
        run(
            (
                "etcdctl", "--endpoints=https://127.0.0.1:2379", f"--cacert={pki.authority}",
                f"--cert={pki.certificate('agent')}", f"--key={pki.key('agent')}", "snapshot", "save", str(file),
            ),
            environment={"ETCDCTL_API": "3", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            timeout_s=SAVED_WITHIN_S,
        )  # fmt: skip
        return file.read_bytes()


def swarm_state(folder: Path = SWARM_STATE) -> bytes:
    """Return the Swarm's state as a compressed tar of `swarm/`, copied while Docker runs.

    Its log is only ever appended to, and is repaired when it is read: what was written in the middle of the copy
    is missing at the end, never torn out of the middle.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(folder, arcname="swarm")
    return packed.getvalue()


def bucket_of(imds: UserData) -> str:
    """Return the bucket that this machine was configured from; raises Setback when its user data names none."""
    found = re.search(r"s3://([a-z0-9.-]+)/", imds.user_data())
    if found is None:
        raise Setback("this machine's user data names no bucket")
    return found.group(1)


def uploads(aws: Aws, bucket: str) -> Callable[[str, bytes], None]:
    """Return how an object is put into the bucket."""
    return lambda key, content: aws.put_object(bucket, key, content)


def downloads(aws: Aws, imds: UserData) -> Callable[[str], bytes]:
    """Return how an object is fetched from the bucket."""
    return lambda key: aws.get_object(bucket_of(imds), key)
