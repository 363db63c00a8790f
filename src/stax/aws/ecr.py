"""AWS's own registry of images: a password for twelve hours, for whoever may pull."""

import base64
import re
from dataclasses import dataclass, field

from stax.aws.session import Aws
from stax.errors import StaxError

REGISTRY = re.compile(r"([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True)
class EcrLogin:
    """A name and a password for a registry of AWS's."""

    user: str
    password: str = field(repr=False)


def is_ecr(registry: str) -> bool:
    """Whether a registry is AWS's own."""
    return REGISTRY.fullmatch(registry) is not None


def ecr_login(aws: Aws, registry: str) -> EcrLogin:
    """Return a login that holds for twelve hours; raises StaxError when the registry is in another region."""
    found = REGISTRY.fullmatch(registry)
    if found is None or found[2] != aws.region:
        raise StaxError(f"{registry} is not in {aws.region}", hint="have ECR replicate it into the stax's region")
    answer = aws.call("ecr", "GetAuthorizationToken", registryIds=[found[1]])
    user, _, password = base64.b64decode(answer["authorizationData"][0]["authorizationToken"]).decode().partition(":")
    return EcrLogin(user, password)
