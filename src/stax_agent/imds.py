"""The instance metadata service, version 2: who this machine is, and its role's credentials."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stax_agent.http import Request, exchange
from stax_agent.setback import Setback

ADDRESS = "http://169.254.169.254"
TIMEOUT_S = 2.0
TOKEN_LIFETIME_S = 21_600
"""Six hours, the longest there is."""
RENEWED_BEFORE = timedelta(minutes=5)
"""AWS has new credentials ready at least this long before the old ones end."""
ASKED_AGAIN_AFTER = timedelta(seconds=30)
"""A metadata service that does not answer must not hold up every call that the old credentials are still good for."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Who this machine is."""

    instance_id: str
    region: str
    stax_name: str
    role: str
    """jump, nat or docker."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The role's, for a few hours."""

    access_key_id: str
    secret_access_key: str
    token: str
    expires_at: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Imds:
    """The metadata service as seen from here; raises Setback whenever it does not answer as it should."""

    def __init__(self, address: str = ADDRESS, *, now: Callable[[], datetime] = _now) -> None:
        self._address = address
        self._now = now
        self._token = ""
        self._credentials: Credentials | None = None
        self._asked_at = datetime.min.replace(tzinfo=UTC)

    def machine(self) -> Machine:
        """Return who this machine is; its tags name the stax and the role."""
        return Machine(
            instance_id=self.get("instance-id"),
            region=self.get("placement/region"),
            stax_name=self.get("tags/instance/stax:name"),
            role=self.get("tags/instance/stax:role"),
        )

    def credentials(self) -> Credentials:
        """Return credentials that are good for some minutes more; those there are, while no newer can be had."""
        now, held = self._now(), self._credentials
        is_good = held is not None and held.expires_at > now
        if held and is_good and (held.expires_at - RENEWED_BEFORE > now or now - self._asked_at < ASKED_AGAIN_AFTER):
            return held
        self._asked_at = now
        try:
            self._credentials = self._fresh_credentials()
        except Setback:
            if held is None or not is_good:
                raise
            return held
        return self._credentials

    def get(self, path: str) -> str:
        """Return one item below meta-data."""
        status, body = self._ask(path)
        if status == 401:
            self._token = ""
            status, body = self._ask(path)
        if status != 200:
            raise Setback(f"the metadata service answers {status} for {path}")
        return body.decode("utf-8", "replace").strip()

    def user_data(self) -> str:
        """Return what this machine was launched with: where its configuration lies, no secret."""
        status, body = self._ask("", below="user-data")
        if status != 200:
            raise Setback(f"the metadata service answers {status} for user data")
        return body.decode("utf-8", "replace")

    def _ask(self, path: str, *, below: str = "meta-data/") -> tuple[int, bytes]:
        headers = {"X-aws-ec2-metadata-token": self._token or self._new_token()}
        url = f"{self._address}/latest/{below}{path}"
        return exchange(Request(method="GET", url=url, headers=headers), timeout_s=TIMEOUT_S)

    def _new_token(self) -> str:
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_LIFETIME_S)}
        request = Request(method="PUT", url=f"{self._address}/latest/api/token", headers=headers)
        status, body = exchange(request, timeout_s=TIMEOUT_S)
        if status != 200:
            raise Setback(f"the metadata service answers {status} when asked for a token")
        self._token = body.decode("ascii", "replace").strip()
        return self._token

    def _fresh_credentials(self) -> Credentials:
        path = "iam/security-credentials/"
        role = self.get(path).partition("\n")[0]
        try:
            said = json.loads(self.get(path + role))
            return Credentials(
                access_key_id=said["AccessKeyId"],
                secret_access_key=said["SecretAccessKey"],
                token=said["Token"],
                expires_at=datetime.fromisoformat(said["Expiration"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            # The document itself stays out of the journal: it holds what it is about.
            raise Setback(f"the metadata service has no credentials of the role {role!r}") from error
