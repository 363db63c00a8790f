"""A backup in a folder of this machine, and a new stax whose clusters begin with it.

The folder has the bucket's own layout: `etcd/MOMENT.db` and `swarm/MOMENT.tar.gz`; the newest of each counts.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stax.aws import s3
from stax.aws.backups import FOLDER
from stax.aws.errors import AwsError
from stax.aws.parameters import read_secrets, write_secret
from stax.engine.site import Site
from stax.errors import StaxError, UsageError
from stax.events import Event, StepDetail, StepStarted
from stax.model.checkup import Backup

SUFFIXES = {"etcd": ".db", "swarm": ".tar.gz"}


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What a stax's clusters begin with: for each, a file."""

    files: Mapping[str, Path]

    @property
    def keys(self) -> dict[str, str]:
        """Where each lies in the new stax's bucket: among its own backups."""
        return {cluster: f"{FOLDER}{cluster}/{file.name}" for cluster, file in self.files.items()}

    def __str__(self) -> str:
        return " and ".join(str(file) for file in self.files.values())


def read_beginning(folder: Path) -> Beginning:
    """Find the newest copy of each cluster in a folder; raises UsageError when one is missing."""
    found = {cluster: sorted((folder / cluster).glob(f"*{suffix}")) for cluster, suffix in SUFFIXES.items()}
    missing = [f"{folder / cluster}/*{SUFFIXES[cluster]}" for cluster, files in found.items() if not files]
    if missing:
        raise UsageError(f"there is no {missing[0]}", hint="stax backup fetch NAME --to FOLDER makes such a folder")
    return Beginning(files={cluster: files[-1] for cluster, files in found.items()})


def newest(backups: Sequence[Backup]) -> list[Backup]:
    """Return the newest copy of each cluster; `backups` have the newest first."""
    first = {one.cluster: one for one in reversed(backups) if one.cluster in SUFFIXES}
    return [first[cluster] for cluster in SUFFIXES if cluster in first]


def supply_beginning(
    site: Site, name: str, bucket: str, beginning: Beginning, tags: Mapping[str, str]
) -> Generator[Event, None, None]:
    """Put the copies into the bucket, and into SSM where they lie; safe to repeat with the same copies."""
    yield StepStarted(step="uploading what its clusters begin with")
    for cluster, key in beginning.keys.items():
        content = beginning.files[cluster].read_bytes()
        s3.put_object(site.aws, bucket, key, content)
        yield StepDetail(text=f"{key} ({len(content):,} bytes)")
    parameter, value = f"/stax/{name}/docker/begins-with", json.dumps(beginning.keys, sort_keys=True)
    try:
        write_secret(site.aws, parameter, value, tags)
    except AwsError as error:
        if error.code != "ParameterAlreadyExists":
            raise
        if read_secrets(site.aws, [parameter]).get(parameter) != value:
            message = f"{name} has begun with another backup"
            raise StaxError(message, hint=f"to begin again: {site.aws.command('destroy', name)}") from error
