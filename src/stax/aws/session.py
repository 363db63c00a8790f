"""The one way to AWS: calls by name, bounded, retried, their errors in words.

aws = connect(region="eu-west-1", home=Path.home() / ".stax")
aws.call("ec2", "DescribeVpcs", VpcIds=[…])["Vpcs"]
for stack in aws.pages("cloudformation", "DescribeStacks", "Stacks"): …
"""

import os
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.exceptions
import botocore.session
from botocore import xform_name
from botocore.config import Config

from stax import __version__
from stax.aws import errors
from stax.aws.endpoints import Endpoint, choose, is_configured
from stax.errors import StaxError, UsageError

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30
# Standard mode waits at most 1 + 2 + 4 + 8 s between five attempts: a blip is absorbed, a wall is found in a minute.
ATTEMPTS = 5
PROBE_TIMEOUT_S = 2.0

ZONE = re.compile(r"(?P<region>[a-z]{2}(-[a-z]+)+-\d)[a-z]")

# A registered endpoint brings its own credentials: the person's AWS files and profile stay out of it.
_OWN_CREDENTIALS_ONLY = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose credentials these are."""

    account_id: str
    arn: str


class Aws:
    """One region of one account.  Clients are made when first needed and kept."""

    def __init__(self, endpoint: Endpoint, *, options: str = "") -> None:
        self.endpoint = endpoint
        self._options = options
        self._clients: dict[str, Any] = {}
        self._session = _session(endpoint)

    @cached_property
    def region(self) -> str:
        """The region's name as AWS spells it."""
        return self.endpoint.region or self._session.get_config_variable("region") or ""

    @property
    def place(self) -> str:
        """The region as the person named it: what to type after `--region`."""
        return self.endpoint.name or self.region

    def command(self, verb: str, name: str = "") -> str:
        """Return what to type for another verb here, such as `stax watch demo --region local`."""
        return " ".join(filter(None, ("stax", verb, name, self._options)))

    @cached_property
    def identity(self) -> Identity:
        """Whose credentials these are, asked once."""
        answer = self.call("sts", "GetCallerIdentity")
        return Identity(account_id=answer["Account"], arn=answer["Arn"])

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Call one operation, by AWS's names.  Raises AwsError, with AWS's code, on any failure."""
        try:
            answer: dict[str, Any] = getattr(self.client(service), xform_name(operation))(**parameters)
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
            raise self._translated(error, service, operation) from error
        return answer

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[Any]:
        """Yield the items under `key` of every page of an operation's answer, one page or many."""
        client, method = self.client(service), xform_name(operation)
        if not client.can_paginate(method):
            yield from self.call(service, operation, **parameters).get(key) or ()
            return
        try:
            for page in client.get_paginator(method).paginate(**parameters):
                yield from page.get(key) or ()
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
            raise self._translated(error, service, operation) from error

    def client(self, service: str) -> Any:
        """Return botocore's client of a service; its errors are not translated, so prefer `call`."""
        if service not in self._clients:
            self._clients[service] = self._new_client(service)
        return self._clients[service]

    def object_url(self, bucket: str, key: str) -> str:
        """Return an S3 object's address, in whichever form this region's S3 has it."""
        parameters = {"Bucket": bucket, "Key": key}
        signed = self.client("s3").generate_presigned_url("get_object", Params=parameters)
        return str(signed).partition("?")[0]

    def _new_client(self, service: str) -> Any:
        at = self.endpoint
        try:
            return self._session.create_client(
                service,
                region_name=self.region or None,
                endpoint_url=(at.endpoint_url or None) if at.name else None,
                aws_access_key_id=at.access_key_id or None,
                aws_secret_access_key=at.secret_access_key or None,
                config=_config(service),
            )
        except botocore.exceptions.BotoCoreError as error:
            raise errors.from_botocore(error, endpoint=at, operation="") from error

    def _translated(self, error: Exception, service: str, operation: str) -> errors.AwsError:
        if isinstance(error, botocore.exceptions.ClientError):
            return errors.from_client_error(error, service=service)
        assert isinstance(error, botocore.exceptions.BotoCoreError)  # noqa: S101 - the two roots of botocore's errors
        return errors.from_botocore(error, endpoint=self.endpoint, operation=operation)


def connect(*, region: str = "", profile: str = "", home: Path, environ: Mapping[str, str] | None = None) -> Aws:
    """Return the account and region that the options and the environment mean.

    Nothing is asked of AWS yet; a registered endpoint is knocked at once, so that one that is
    down is said at once.  Raises UsageError for a region or profile that does not exist.
    """
    environ = os.environ if environ is None else environ
    endpoint = choose(region=region, profile=profile, home=home, environ=environ)
    options = [f"--{option} {value}" for option, value in (("region", region), ("profile", profile)) if value]
    aws = Aws(endpoint, options=" ".join(options))
    if endpoint.name:
        _knock(endpoint)
    elif not endpoint.endpoint_url:
        _check_region(aws, environ)
    return aws


def _session(endpoint: Endpoint) -> Any:
    if endpoint.name:
        session = botocore.session.Session(session_vars=dict(_OWN_CREDENTIALS_ONLY))
    else:
        session = botocore.session.Session(profile=endpoint.profile or None)
    try:
        session.get_scoped_config()
    except botocore.exceptions.ProfileNotFound as error:
        near = get_close_matches(endpoint.profile, session.available_profiles, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(session.available_profiles) or 'none'}"
        raise UsageError(str(error), hint=hint) from error
    except botocore.exceptions.ConfigParseError as error:
        raise UsageError(str(error), hint="mend the file named there") from error
    return session


def _config(service: str) -> Config:
    # Only with it does `object_url` name the region: the global address of a new bucket leads astray for hours.
    style = {"s3": {"addressing_style": "virtual"}} if service == "s3" else {}
    return Config(
        **style,
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        user_agent_extra=f"stax/{__version__}",
    )


def _knock(endpoint: Endpoint) -> None:
    """Find a dead endpoint in a moment: the SDK would retry a refused connection for many seconds."""
    address = urlsplit(endpoint.endpoint_url)
    try:
        socket.create_connection((address.hostname, address.port), timeout=PROBE_TIMEOUT_S).close()
    except (OSError, ValueError, TypeError) as error:
        message = f"{endpoint.label} does not answer: {error}"
        raise errors.AwsError(message, code="Unreachable", hint=endpoint.unreachable_hint) from error


def _check_region(aws: Aws, environ: Mapping[str, str]) -> None:
    if not aws.region and not is_configured(environ):
        raise StaxError("no AWS credentials found", hint=errors.GO_ON_WITH_CREDENTIALS)
    if not aws.region:
        raise UsageError("no region given", hint=f"give --region, or set AWS_REGION, {errors.GO_LOCAL}")
    if zone := ZONE.fullmatch(aws.region):
        raise UsageError(f"{aws.region} is an availability zone", hint=f"its region is {zone['region']}")
    session = botocore.session.Session()
    known = [r for p in session.get_available_partitions() for r in session.get_available_regions("ec2", p)]
    if aws.region not in known:
        near = ", ".join(get_close_matches(aws.region, known, n=3)) or "us-east-1, eu-west-1, …"
        raise UsageError(f"there is no region {aws.region!r}", hint=f"did you mean {near}? A rehearsal: stax local up")
