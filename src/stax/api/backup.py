"""The copies that the docker hosts made of etcd's and the Swarm's state, in the stax's bucket: listed, fetched."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

from stax.aws import s3
from stax.aws.backups import FOLDER, backups
from stax.engine.beginnings import newest
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import NotFound
from stax.events import Event, StaxNamed, StepDetail, StepStarted
from stax.local_state.files import write_private
from stax.model.checkup import BackupList, FetchedBackup


def list_backups(site: Site, name: str = "") -> BackupList:
    """Return them, the newest first."""
    stack = selected_stack(site.aws, name)
    bucket = site.bucket(stack.name)
    return BackupList(
        name=stack.name,
        region=site.aws.place,
        bucket=bucket,
        asked_at=datetime.now(UTC),
        backups=tuple(backups(site.aws, bucket)),
    )


def fetch_backup(site: Site, name: str, folder: Path | None) -> Generator[Event, None, FetchedBackup]:
    """Write the newest copy of each cluster into a folder, which none but its owner can read, and return what is there.

    Raises NotFound while there is no copy.
    """
    stack = selected_stack(site.aws, name)
    yield StaxNamed(name=stack.name, region=site.aws.place)
    bucket, folder = site.bucket(stack.name), (folder or Path(f"backup-{stack.name}")).absolute()
    found = newest(backups(site.aws, bucket))
    if not found:
        hint = "the first are made a minute after the clusters have formed"
        raise NotFound(f"{stack.name} has no backup yet", hint=hint)
    yield StepStarted(step=f"fetching into {folder}")
    files = []
    for one in found:
        file = folder / one.key.removeprefix(FOLDER)
        write_private(file, s3.get_object(site.aws, bucket, one.key), home=folder)
        yield StepDetail(text=f"{file} ({one.size_bytes:,} bytes, of {one.at:%Y-%m-%d %H:%M:%S} UTC)")
        files.append(str(file))
    return FetchedBackup(name=stack.name, region=site.aws.place, folder=str(folder), files=tuple(files))
