"""Secrets and their versions: Swarm changes no secret, so each new value is a secret of its own, NAME.v1, NAME.v2 …"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from stax.compose.problems import shown
from stax.errors import UsageError

NAME = re.compile(r"(?!.*\.v[0-9]+$)[a-zA-Z0-9](?:[a-zA-Z0-9_.-]{0,53}[a-zA-Z0-9])?")
"""Swarm takes 64 characters; the version has its place behind it, and is no part of a name."""
LARGEST_BYTES = 500_000
"""Of a secret of Swarm: 500 KB."""
_VERSIONED = re.compile(r"(.+)\.v([1-9][0-9]{0,5})")
_RANDOM = re.compile(r"random ([1-9][0-9]{0,2})")


def checked_secret_name(name: str) -> str:
    """Return the name of a secret; raises UsageError for what is none."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{shown(name)} is no secret's name",
            hint="letters, digits, and - _ . between them, at most 55, such as gitlab_root-password",
        )
    return name


def checked_value(name: str, value: bytes) -> bytes:
    """Return what a secret is to hold; raises UsageError for nothing and for too much."""
    if not value:
        raise UsageError(f"the secret {name} would be empty", hint="nothing was read")
    if len(value) > LARGEST_BYTES:
        raise UsageError(f"the secret {name} would have {len(value)} bytes", hint=f"Swarm takes {LARGEST_BYTES}")
    return value


def swarm_name(name: str, version: int) -> str:
    """Return the Swarm's name of a version."""
    return f"{name}.v{version}"


def versions(names: Iterable[str]) -> dict[str, list[int]]:
    """Return the versions of each secret among the Swarm's names, the newest last; what has none is not stax's."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in names:
        match = _VERSIONED.fullmatch(each)
        if match and NAME.fullmatch(match[1]):
            found[match[1]].append(int(match[2]))
    return {name: sorted(numbers) for name, numbers in sorted(found.items())}


def random_length(made: str) -> int | None:
    """Return how many characters a secret is made of; None for one that is asked for."""
    match = _RANDOM.fullmatch(made)
    return int(match[1]) if match else None


def used_by(mounted: Mapping[str, Iterable[str]], name: str) -> dict[str, list[int]]:
    """Return which versions of a secret each service uses; `mounted` has the Swarm's names of secrets by service."""
    found = {service: versions(names).get(name, []) for service, names in mounted.items()}
    return {service: numbers for service, numbers in sorted(found.items()) if numbers}
