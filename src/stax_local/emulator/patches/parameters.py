"""Parameters of SSM: 4 KB unless paid for, and SecureStrings under keys that exist.

moto: a value may be of any size, under a key that nobody made; SendCommand answers as if a machine would run it.
AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html (sizes by tier)
"""

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ssm.models import SimpleSystemManagerBackend

from stax_local.emulator.backends import backends
from stax_local.emulator.patches.patch import Patch, named

PATCH = Patch("parameters")

LARGEST_BYTES = {"Standard": 4096, "Advanced": 8192}


@PATCH.wraps(SimpleSystemManagerBackend, "put_parameter")
def _put(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    _check_size(asked["value"], asked.get("tier") or "Standard")
    if asked.get("parameter_type") == "SecureString":
        _check_key(backends("kms")[self.account_id][self.region_name], asked.get("keyid") or "alias/aws/ssm")
    return original(**asked)


@PATCH.wraps(SimpleSystemManagerBackend, "send_command")
def _send_command(_original: Callable[..., Any], _self: Any, **_asked: Any) -> Any:
    raise NotImplementedError("no machine here runs the SSM agent")


def _check_size(value: str, tier: str) -> None:
    largest = LARGEST_BYTES.get(tier, LARGEST_BYTES["Advanced"])
    if len(value.encode()) > largest:
        other = " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
        message = f"{tier} tier parameters support a maximum parameter value of {largest} characters."
        raise JsonRESTError("ValidationException", message + (other if tier == "Standard" else ""))


def _check_key(kms: Any, key_id: str) -> None:
    if key_id.partition("alias/")[2].startswith("aws/"):
        return  # made by AWS when it is first used
    alias = "alias/" + key_id.partition("alias/")[2]
    found = kms.get_key_id_from_alias(alias) if "alias/" in key_id else key_id.rpartition("/")[2]
    if found not in kms.keys:
        raise JsonRESTError("InvalidKeyId", f"Invalid keyId {key_id}")
