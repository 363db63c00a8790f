"""What a registry is shown by whoever asks it for an image: the login that the manager keeps, or a fresh one of ECR's.

A Swarm hands the manager's login on to the hosts that pull, so an ECR password, which holds for twelve hours, is
made anew each time something is deployed.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from stax.aws.ecr import ecr_login, is_ecr
from stax.compose.references import DOCKER_HUB, registry_of
from stax.engine.services.registries import ANSWERS_WITHIN_S, refusal
from stax.engine.services.swarm import Swarm
from stax.engine.site import Site
from stax.remote.running import run_there

KEPT_IN = "/root/.docker/config.json"
HEADER = "X-Registry-Auth"
_HUB_KEY = "https://index.docker.io/v1/"


def shown_to_registries(site: Site, swarm: Swarm, images: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the header with which each image's registry is asked; those without a login are left out."""
    registries = {image: registry_of(image) for image in images}
    for registry in sorted({one for one in registries.values() if is_ecr(one)}):
        _renew(site, swarm, registry)
    kept = logins(_kept(swarm)) if registries else {}
    return {image: {HEADER: kept[registry]} for image, registry in registries.items() if registry in kept}


def _renew(site: Site, swarm: Swarm, registry: str) -> None:
    made = ecr_login(site.aws, registry)
    words = ("sudo", "docker", "login", "--username", made.user, "--password-stdin", registry)
    code, said = swarm.run(words, given=made.password, limit_s=ANSWERS_WITHIN_S)
    if code:
        raise refusal(registry, made.user, swarm.docker.machine, said)


def _kept(swarm: Swarm) -> str:
    machine = swarm.docker.machine
    argv = swarm.managers.agents.argv(machine, "sh", "-c", f"cat {KEPT_IN} 2>&- || true", program=("sudo",))
    return run_there(argv, machine=machine, limit_s=ANSWERS_WITHIN_S).stdout


def logins(text: str) -> dict[str, str]:
    """Return the header for each registry from what Docker's client keeps.  Pure; what is no login is passed over."""
    try:
        auths: Mapping[str, Any] = json.loads(text or "{}").get("auths", {})
        kept = {_name(key): _header(_name(key), one["auth"]) for key, one in auths.items() if one.get("auth")}
    except (ValueError, AttributeError, TypeError):
        return {}
    return kept


def _name(key: str) -> str:
    return DOCKER_HUB if key == _HUB_KEY else key


def _header(registry: str, auth: str) -> str:
    user, _, password = base64.b64decode(auth, validate=True).decode().partition(":")
    shown = {"username": user, "password": password, "serveraddress": registry}
    return base64.urlsafe_b64encode(json.dumps(shown).encode()).decode()
