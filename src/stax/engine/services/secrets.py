"""Secrets in the Swarm, by version.  Their values go in by standard input of ssh and never come out."""

import base64
import json
import secrets
from collections.abc import Iterable
from http import HTTPStatus

from stax.compose.secrets import random_length, swarm_name, used_by, versions
from stax.errors import NotFound, StaxError
from stax.model.services import SecretWish
from stax.remote.docker_api import Docker, DockerRefuses

LABEL = "stax.secret"


def all_versions(docker: Docker) -> dict[str, list[int]]:
    """Return the versions of every secret of stax's, the newest last."""
    said = docker.get("/secrets", {"filters": json.dumps({"label": [LABEL]})})
    return versions(one["Spec"]["Name"] for one in said)


def current_secrets(docker: Docker) -> dict[str, int]:
    """Return the newest version of every secret."""
    return {name: numbers[-1] for name, numbers in all_versions(docker).items()}


def put(docker: Docker, name: str, value: bytes) -> int:
    """Put a new version of a secret into the Swarm and return its number."""
    number = current_secrets(docker).get(name, 0) + 1
    data = base64.b64encode(value).decode()
    try:
        docker.post("/secrets/create", {"Name": swarm_name(name, number), "Data": data, "Labels": {LABEL: name}})
    except DockerRefuses as refusal:
        if refusal.status != HTTPStatus.CONFLICT:
            raise
        message = f"somebody else sets the secret {name} right now: version {number} is taken"
        raise StaxError(message, hint="the same command again makes the next one") from refusal
    return number


def drop(docker: Docker, name: str, number: int) -> bool:
    """Remove a version; whether it is gone: one that a service still uses stays."""
    try:
        docker.delete(f"/secrets/{swarm_name(name, number)}")
    except DockerRefuses as refusal:
        if refusal.status != HTTPStatus.BAD_REQUEST:
            raise
        return False
    return True


def users(docker: Docker) -> dict[str, list[str]]:
    """Return the Swarm's names of the secrets that each of its services uses."""
    return {
        str(one["Spec"]["Name"]): [
            str(each["SecretName"])
            for each in one["Spec"]["TaskTemplate"].get("ContainerSpec", {}).get("Secrets") or ()
        ]
        for one in docker.get("/services")
    }


def users_of(docker: Docker, name: str) -> dict[str, list[int]]:
    """Return which versions of a secret each service uses."""
    return used_by(users(docker), name)


def make_missing(docker: Docker, wishes: Iterable[SecretWish]) -> list[str]:
    """Make the random ones of the wished secrets that are not there; return their names.

    Raises NotFound for those that a person has to give, all of them at once, before anything is made.
    """
    there = current_secrets(docker)
    missing = [wish for wish in wishes if wish.name not in there]
    asked = [wish.name for wish in missing if random_length(wish.made) is None]
    if asked:
        hint = "\n".join(f"stax secret set {name} --file FILE" for name in asked)
        raise NotFound(f"there is no secret {', nor '.join(asked)} yet", hint=hint)
    for wish in missing:
        put(docker, wish.name, random_value(random_length(wish.made) or 0))
    return [wish.name for wish in missing]


def random_value(length: int) -> bytes:
    """Return so many random hexadecimal digits, four bits each."""
    return secrets.token_hex((length + 1) // 2)[:length].encode()
