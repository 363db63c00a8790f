"""The credentials of a machine's role, from the region's own STS, renewed before they end."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from stax_local.desired import Instance
from stax_local.service import Clients

LIFETIME_S = 3600
"""The longest that a role allows without being told otherwise."""

_RENEWED_BEFORE = timedelta(minutes=15)
"""SDKs ask again from 15 minutes before the end; by then there must be new ones."""


def _now() -> datetime:
    return datetime.now(UTC)


class RoleCredentials:
    """Assumes a machine's role for it and remembers the answer.  Call it with the instance.

    A machine keeps its credentials for most of an hour, so none are given away before they are on the disk (`kept`):
    a region that is killed and comes up again would not know them.
    """

    def __init__(self, clients: Clients, kept: Callable[[], bool], now: Callable[[], datetime] = _now) -> None:
        self._clients = clients
        self._kept = kept
        self._now = now
        self._held: dict[str, tuple[datetime, Mapping[str, str]]] = {}
        self._lock = threading.Lock()

    def __call__(self, instance: Instance) -> Mapping[str, str]:
        """The fields of the metadata's document; on failure its Code says so, as AWS's does."""
        holder = f"{instance.id} {instance.role_name}"
        with self._lock:
            expires, document = self._held.get(holder, (self._now(), {}))
        if expires - _RENEWED_BEFORE > self._now():
            return document
        try:
            expires, document = self._assumed(instance)
        except ClientError as error:
            return {"Code": "AssumeRoleUnauthorizedAccess", "Message": str(error)}
        self._kept()
        with self._lock:
            self._held[holder] = expires, document
        return document

    def _assumed(self, instance: Instance) -> tuple[datetime, Mapping[str, str]]:
        role = self._clients("iam", instance.region).get_role(RoleName=instance.role_name)["Role"]
        given: Mapping[str, Any] = self._clients("sts", instance.region).assume_role(
            RoleArn=role["Arn"], RoleSessionName=instance.id, DurationSeconds=LIFETIME_S
        )["Credentials"]
        return given["Expiration"], {
            "LastUpdated": _spelled(self._now()),
            "AccessKeyId": given["AccessKeyId"],
            "SecretAccessKey": given["SecretAccessKey"],
            "Token": given["SessionToken"],
            "Expiration": _spelled(given["Expiration"]),
        }


def _spelled(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
