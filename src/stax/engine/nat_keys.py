"""The two keys that the NAT boxes and the docker hosts' canaries seal their datagrams with, in SSM.

Made here once, never changed here and never shown: they are in no template, argument, log or file.  The
canaries' key is made from the boxes' own, which it does not give away.
"""

import hmac
import secrets
from collections.abc import Generator, Mapping

from stax.aws.errors import AwsError
from stax.aws.parameters import read_secrets, write_secret
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event, StepDetail, StepStarted

KEY_BYTES = 32


def heartbeat_parameter(name: str) -> str:
    """Return where the NAT boxes' key stands."""
    return f"/stax/{name}/nat/hmac"


def canary_parameter(name: str) -> str:
    """Return where the docker hosts' key stands."""
    return f"/stax/{name}/docker/canary"


def canary_key(heartbeat_keys: str) -> str:
    """Return the canaries' key, in hex, that belongs to the first of the NAT boxes' keys."""
    first = bytes.fromhex(heartbeat_keys.split(maxsplit=1)[0])
    return hmac.digest(first, b"canary", "sha256").hex()


def supply_nat_keys(site: Site, name: str, tags: Mapping[str, str]) -> Generator[Event, None, None]:
    """Have both keys there; those that are stay as they are, so an interrupted create keeps its first."""
    heartbeat, canary = heartbeat_parameter(name), canary_parameter(name)
    there = read_secrets(site.aws, [heartbeat, canary])
    if not missing_keys(name, there):
        return
    yield StepStarted(step="making the NAT boxes' keys")
    if heartbeat not in there:
        there[heartbeat] = _kept(site, heartbeat, secrets.token_hex(KEY_BYTES), tags)
    if canary not in there:
        _kept(site, canary, _derived(heartbeat, there[heartbeat]), tags)
    yield StepDetail(text=f"in SSM, encrypted: {heartbeat}, {canary}")


def missing_keys(name: str, there: Mapping[str, str]) -> list[str]:
    """Return the parameters that are not among those that were read."""
    return [one for one in (heartbeat_parameter(name), canary_parameter(name)) if one not in there]


def _kept(site: Site, parameter: str, value: str, tags: Mapping[str, str]) -> str:
    """Write a key unless there is one by now, and return the one that stands."""
    try:
        write_secret(site.aws, parameter, value, tags)
    except AwsError as error:
        # Somebody was faster, or the answer to our own call was lost.
        if error.code != "ParameterAlreadyExists":
            raise
        return read_secrets(site.aws, [parameter])[parameter]
    return value


def _derived(parameter: str, heartbeat_keys: str) -> str:
    try:
        return canary_key(heartbeat_keys)
    except (ValueError, IndexError):
        message = f"the parameter {parameter} holds no key in hex"
        raise StaxError(message, hint=f"delete it, then run the same command: {parameter}") from None
