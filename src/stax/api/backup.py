"""The copies that the docker hosts made of etcd's and the Swarm's state, in the stax's bucket."""

from datetime import UTC, datetime

from stax.aws.backups import backups
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.model.checkup import BackupList


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
