"""Session tokens of the metadata service: signed, so that none need be remembered."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

LONGEST_S = 21600  # six hours, as on AWS
_SIGNATURE_BYTES = 32


class Tokens:
    """Gives tokens that hold for one instance and a time; a token of another one is none.

    `now_s` is a monotonic clock: a token does not survive the region's process, and every SDK
    asks for a new one when it is refused.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._key = secrets.token_bytes(_SIGNATURE_BYTES)

    def issue(self, instance_id: str, *, lifetime_s: int) -> str:
        """A token for the instance."""
        expires = int(self._now_s() + lifetime_s).to_bytes(8, "big")
        return base64.urlsafe_b64encode(expires + self._sign(instance_id, expires)).decode()

    def holds(self, token: str, instance_id: str) -> bool:
        """Whether the token is ours, the instance's, and not expired."""
        try:
            raw = base64.urlsafe_b64decode(token.encode("ascii", "replace"))
        except ValueError:
            return False
        expires, signature = raw[:8], raw[8:]
        if not hmac.compare_digest(signature, self._sign(instance_id, expires)):
            return False
        return int.from_bytes(expires, "big") > self._now_s()

    def _sign(self, instance_id: str, expires: bytes) -> bytes:
        return hmac.digest(self._key, expires + instance_id.encode(), hashlib.sha256)
