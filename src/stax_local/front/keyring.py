"""The access keys this region knows: its owner's, its own, and all it has handed out since.

The region hands out keys in the answers of STS and IAM.  The keyring reads them there, so it knows
exactly what the clients were told, and keeps them with the account.
"""

import re
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import unescape

from stax_local.front.call import Call
from stax_local.front.message import Response
from stax_local.service import Caller, ServiceError

_ISSUING = {"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetSessionToken", "GetFederationToken",
            "CreateAccessKey"}  # fmt: skip


@dataclass(frozen=True)
class Key:
    """An access key and who holds it.  `expires` and `session_token` are empty for lasting keys."""

    access_key_id: str
    secret_access_key: str
    arn: str
    session_token: str = ""
    expires: datetime | None = None
    user_id: str = ""
    """AWS's unique id of the holder; of a role's session it ends in `:session name`."""
    is_internal: bool = False
    """Held by the region itself: no fault is ever injected into its calls."""

    @property
    def account_id(self) -> str:
        """The account that the holder belongs to."""
        return self.arn.split(":")[4]

    def caller(self, region: str) -> Caller:
        """Who asks, as services see it."""
        return Caller(self.account_id, region, self.access_key_id, self.arn)


def new_key(account_id: str, user_name: str, *, is_internal: bool = False) -> Key:
    """Make a lasting key, in the shape that AWS gives keys."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return Key(
        "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16)),
        secrets.token_urlsafe(30),
        f"arn:aws:iam::{account_id}:user/{user_name}",
        is_internal=is_internal,
    )


class Keyring:
    """Keys by id; safe to use from many threads."""

    def __init__(self, *keys: Key) -> None:
        self._own = {key.access_key_id: key for key in keys}
        self._issued: dict[str, Key] = {}
        self._lock = threading.Lock()

    def find(self, access_key_id: str, session_token: str, now: datetime) -> Key:
        """The key, or ServiceError InvalidClientTokenId or ExpiredToken."""
        key = self._own.get(access_key_id) or self._issued.get(access_key_id)
        if key is None or not secrets.compare_digest(key.session_token.encode(), session_token.encode()):
            raise ServiceError(
                "InvalidClientTokenId",
                "The security token included in the request is invalid: this local region did not issue the key "
                f"{access_key_id[:24]}. `stax local env` prints the keys it knows.",
                status=403,
            )
        if key.expires and now > key.expires:
            raise ServiceError("ExpiredToken", "The security token included in the request is expired", status=403)
        return key

    def learn(self, call: Call, asker: Key, response: Response, now: datetime) -> None:
        """Take note of a key that this answer hands out, or of one that the call took back."""
        if call.operation == "DeleteAccessKey":
            with self._lock:
                self._issued.pop(call.parameters.get("AccessKeyId", ""), None)
        elif call.operation in _ISSUING and call.service in {"sts", "iam"}:
            key = _issued(response.body.decode("utf-8", "replace"), asker)
            if key:
                with self._lock:
                    self._issued = {name: kept for name, kept in self._issued.items() if not _is_over(kept, now)}
                    self._issued[key.access_key_id] = key

    def user_id(self, access_key_id: str) -> str:
        """The unique id of a key's holder; for a user whose key says none, one that the key implies."""
        key = self._own.get(access_key_id) or self._issued.get(access_key_id)
        return key.user_id if key and key.user_id else f"AIDA{access_key_id[4:]}"

    def state(self) -> list[Key]:
        """The keys handed out so far, to be kept."""
        with self._lock:
            return list(self._issued.values())

    def restore(self, keys: list[Key]) -> None:
        """Know these keys again."""
        with self._lock:
            self._issued = {key.access_key_id: key for key in keys}


def _is_over(key: Key, now: datetime) -> bool:
    return key.expires is not None and key.expires < now


def _issued(xml: str, asker: Key) -> Key | None:
    def text(tag: str) -> str:
        found = re.search(rf"<{tag}>([^<]*)</{tag}>", xml)
        return unescape(found[1].strip()) if found else ""

    if not text("AccessKeyId") or not text("SecretAccessKey"):
        return None
    user_arn = f"arn:aws:iam::{asker.account_id}:user/{text('UserName')}" if text("UserName") else asker.arn
    expiration = text("Expiration")
    return Key(
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("Arn") or user_arn,
        text("SessionToken"),
        datetime.fromisoformat(expiration.replace("Z", "+00:00")).astimezone(UTC) if expiration else None,
        text("AssumedRoleId"),
    )
