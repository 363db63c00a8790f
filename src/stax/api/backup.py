"""The copies that the docker hosts made of etcd's and the Swarm's state, in the stax's bucket: listed, fetched."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

from stax.aws import s3
from stax.aws.backups import FOLDER, backups
from stax.engine.beginnings import newest
from stax.engine.managers import managers_of
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import NotFound, StaxError
from stax.events import Event, StaxNamed, StepDetail, StepStarted
from stax.local_state.files import write_private
from stax.model.checkup import BackupList, FetchedBackup

COPIED_WITHIN_S = 300.0
"""The agent gives the snapshot and each upload two minutes at most; mostly it is one second."""


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


def make_backup(
    site: Site, name: str, *, ssh_key: Path | None, person_home: Path
) -> Generator[Event, None, BackupList]:
    """Have a manager copy both now, and return all copies.  Raises StaxError with its reason when it cannot."""
    stack = selected_stack(site.aws, name)
    yield StaxNamed(name=stack.name, region=site.aws.place)
    managers = yield from managers_of(site, stack, wish=ssh_key, person_home=person_home)
    yield StepStarted(step=f"having {managers.names[0]} copy what etcd and the Swarm hold")
    done = managers.run("node", "backup", limit_s=COPIED_WITHIN_S)
    said = done.stderr.strip().splitlines()
    yield from (StepDetail(text=line) for line in said)
    if done.returncode != 0:
        reason = next((line for line in said if "copied" in line and "not" in line), (said or ["it says nothing"])[-1])
        raise StaxError(f"{stack.name} is not copied whole: {reason}", hint=site.aws.command("check", stack.name))
    return list_backups(site, stack.name)


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
