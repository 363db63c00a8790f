"""Log the docker hosts in at a registry, so that a Swarm can pull from it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from stax.aws.ecr import ecr_login, is_ecr
from stax.engine.record import recorded
from stax.engine.selection import selected_stack
from stax.engine.services.hosts import docker_hosts_of
from stax.engine.services.registries import Login, checked_ca, checked_registry, log_in_everywhere
from stax.engine.site import Site
from stax.errors import UsageError
from stax.events import Event, StaxNamed, StepStarted
from stax.model.images import LoggedIn


@dataclass(frozen=True, kw_only=True)
class LoginRequest:
    """What a person asks for."""

    registry: str
    user: str = ""
    """Not needed for a registry of AWS's, which makes a password by itself."""
    ca: bytes = b""
    name: str = ""
    """The stax; empty: the only one there is."""
    ssh_key: Path | None = None


def registry_login(
    site: Site, request: LoginRequest, password: Callable[[], str], *, person_home: Path
) -> Generator[Event, None, LoggedIn]:
    """Log every docker host in; `password` is asked for the password once everything else is right."""
    login = _login(site, request, password)
    stack = selected_stack(site.aws, request.name)
    yield StaxNamed(name=stack.name, region=site.aws.place)
    hosts = yield from docker_hosts_of(site, stack, wish=request.ssh_key, person_home=person_home)
    with recorded(site, "registry login", stack.name):
        yield StepStarted(step=f"logging {len(hosts.names)} docker hosts in at {login.registry}")
        yield from log_in_everywhere(hosts, login)
    return LoggedIn(name=stack.name, registry=login.registry, user=login.user, hosts=hosts.names)


def _login(site: Site, request: LoginRequest, password: Callable[[], str]) -> Login:
    registry = checked_registry(request.registry)
    ca = checked_ca(request.ca) if request.ca else b""
    if is_ecr(registry):
        made = ecr_login(site.aws, registry)
        return Login(registry=registry, user=made.user, password=made.password, ca=ca)
    if not request.user:
        raise UsageError("a registry wants a name", hint="--user NAME; the password is read from standard input")
    return Login(registry=registry, user=request.user, password=password(), ca=ca)
