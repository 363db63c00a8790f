"""The one table of endpoints: where a region is, and with which credentials it is asked.

By default a region is AWS's, with the person's own profile or environment.  A file
`$STAX_HOME/endpoints/NAME.json` adds a region by name, with an address and credentials of its own.
This is the only module in which one region may differ from another.
"""

import json
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from stax.errors import StaxError, UsageError

AWS_CHECKIP_URL = "https://checkip.amazonaws.com"
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
MAXIMUM_FILE_BYTES = 65_536

# Any of these means that the person has an AWS account in mind.
CONFIGURED_BY = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a region is.  Empty fields are left to the person's own AWS configuration."""

    name: str = ""
    """The name it is registered under; empty for AWS itself."""
    region: str = ""
    endpoint_url: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    checkip_url: str = AWS_CHECKIP_URL
    proxy_command: str = ""
    """For ssh, in its own words (ProxyCommand), where the region's public addresses lie on no route from here."""
    machines: bool = True
    """Whether machines boot there; where only the API is rehearsed, none ever says how it is."""
    chaos_command: str = ""
    """What cuts a machine's power and gives it back, `power-off ID` and `power-on ID` to be added; empty where only
    the API can stop machines."""
    test_server: str = ""
    """A host of the region's internet for drills: it echoes on port 7, TCP and UDP, and sends on port 80."""
    profile: str = ""
    assumed: bool = False
    """Nobody asked for it: it is used because it is the only one there is."""

    @property
    def label(self) -> str:
        """What a person calls it."""
        return f"the region {self.name} ({self.endpoint_url})" if self.name else "AWS"

    @property
    def unreachable_hint(self) -> str:
        """What to try when it does not answer."""
        if self.name:
            return "start it: stax local up" + (f" --name {self.name}" if self.name != "local" else "")
        return "check the network and the region's name (--region), then run the same command"


def choose(*, region: str = "", profile: str = "", home: Path, environ: Mapping[str, str]) -> Endpoint:
    """Return the endpoint that `region` (a registered name, or one of AWS's) means.

    Without any wish or configuration, and with exactly one endpoint registered, that one.
    """
    if region and NAME.fullmatch(region) and (path := _folder(home) / f"{region}.json").exists():
        if profile:
            raise UsageError(f"the region {region} has credentials of its own", hint="leave --profile out")
        return _read(path)
    if region == "local":
        raise StaxError("the local region is not up", hint="start it: stax local up")
    if not region and not profile and not is_configured(environ) and len(known := registered(home)) == 1:
        return _read(_folder(home) / f"{known[0]}.json", assumed=True)
    endpoint_url = environ.get("AWS_ENDPOINT_URL", "")
    return Endpoint(
        region=region,
        profile=profile,
        endpoint_url=endpoint_url,
        machines=_has_machines(home, endpoint_url),
        checkip_url=environ.get("STAX_CHECKIP_URL", AWS_CHECKIP_URL),
    )


def _has_machines(home: Path, endpoint_url: str) -> bool:
    """Whether machines boot at an address that the environment gives: a registered one is known by it, too."""
    for name in registered(home) if endpoint_url else ():
        with suppress(StaxError):  # a file that cannot be used is told of when its region is meant
            at = _read(_folder(home) / f"{name}.json")
            if at.endpoint_url == endpoint_url:
                return at.machines
    return True


def registered(home: Path) -> list[str]:
    """Return the names of the registered endpoints, sorted."""
    return sorted(path.stem for path in _folder(home).glob("*.json") if NAME.fullmatch(path.stem))


def _folder(home: Path) -> Path:
    return home / "endpoints"


def is_configured(environ: Mapping[str, str]) -> bool:
    """Say whether anything shows that the person has an AWS account in mind."""
    aws = Path(environ.get("HOME", "/nonexistent")) / ".aws"
    return any(environ.get(key) for key in CONFIGURED_BY) or any((aws / n).exists() for n in ("config", "credentials"))


def _read(path: Path, *, assumed: bool = False) -> Endpoint:
    hint = f"remove {path} and start the region again: stax local up"
    try:
        _refuse_exposed(path)
        with path.open("rb") as file:
            fields = json.loads(file.read(MAXIMUM_FILE_BYTES))
        texts = {key: str(fields[key]) for key in ("region", "endpoint_url", "access_key_id", "secret_access_key")}
        checkip_url = str(fields.get("checkip_url") or AWS_CHECKIP_URL)
        optional = ("proxy_command", "chaos_command", "test_server")
        texts |= {key: _one_line(key, str(fields.get(key) or "")) for key in optional}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StaxError(
            f"the endpoint file {path} is not usable: {error or type(error).__name__}", hint=hint
        ) from error
    return Endpoint(
        name=path.stem,
        checkip_url=checkip_url,
        machines=fields.get("machines") != "none",
        assumed=assumed,
        **texts,
    )


def _one_line(key: str, text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"{key} is not one line of text")
    return text


def _refuse_exposed(path: Path) -> None:
    """An endpoint that others can write would get this person's calls; one they can read gives away its key."""
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"its mode is {stat.S_IMODE(mode):04o}, others must not reach it (chmod 600)")
