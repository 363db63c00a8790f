"""Who am I: GetCallerIdentity, answered from the keys the region knows; the rest of STS is the emulator's."""

from collections.abc import Callable, Mapping
from typing import Any

from stax_local.service import Caller, Operation


class CallerIdentity:
    """The one operation that asks for nothing but the caller's own name.

    `user_id` tells the unique id that goes with an access key: the emulator calls every key it did
    not make itself `user/moto`.
    """

    name = "sts"

    def __init__(self, user_id: Callable[[str], str]) -> None:
        self._user_id = user_id

    def operations(self) -> Mapping[str, Operation]:
        """GetCallerIdentity."""
        return {"GetCallerIdentity": self._get}

    def _get(self, caller: Caller, _asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"UserId": self._user_id(caller.access_key_id), "Account": caller.account_id, "Arn": caller.arn}
