"""Logging the docker hosts in at a registry: the Docker of each asks it, and keeps what it was given.

A Swarm hands the login of the manager that deploys on to the hosts that pull.  Any host may become a manager, so
all of them are logged in.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass, field

from stax.compose.problems import shown
from stax.engine.services.hosts import DockerHosts, last_words
from stax.errors import StaxError, Unhealthy, UsageError
from stax.events import Event, StepDetail

ANSWERS_WITHIN_S = 90.0
"""Docker itself gives a registry half a minute, and tries again."""
CERTIFICATES = "/etc/docker/certs.d"
_REGISTRY = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?")
_PUT = 'umask 022 && mkdir -p "$1" && cat > "$1/ca.crt"'


@dataclass(frozen=True, kw_only=True)
class Login:
    """What a registry is shown, and by what it is known."""

    registry: str
    user: str
    password: str = field(repr=False)
    ca: bytes = b""
    """The certificate of the authority that vouches for it, in PEM; empty for those that everybody trusts."""


def checked_registry(name: str) -> str:
    """Return a registry's name; raises UsageError for a URL, a path and the like."""
    if "://" in name:
        bare = name.partition("://")[2].partition("/")[0]
        raise UsageError(f"{shown(name)} is a URL", hint=f"a registry is a name and a port: {bare}")
    if not _REGISTRY.fullmatch(name):
        raise UsageError(f"{shown(name)} is no registry", hint="a name and a port, such as registry.example.org:5000")
    return name


def checked_ca(text: bytes) -> bytes:
    """Return an authority's certificate; raises UsageError for what is none, above all for a private key."""
    if b"PRIVATE KEY" in text:
        raise UsageError("that file holds a private key, which is for nobody else", hint="--ca takes a certificate")
    if b"-----BEGIN CERTIFICATE-----" not in text:
        raise UsageError("that file is no certificate in PEM", hint="it begins with -----BEGIN CERTIFICATE-----")
    return text


def log_in_everywhere(hosts: DockerHosts, login: Login) -> Generator[Event, None, None]:
    """Log every docker host in; raises StaxError with what the registry says, at the first that cannot."""
    for machine in hosts.names:
        if login.ca:
            folder = f"{CERTIFICATES}/{login.registry}"
            hosts.run(machine, "sh", "-c", _PUT, "sh", folder, given=login.ca)
        words = ("docker", "login", "--username", login.user, "--password-stdin", login.registry)
        done = hosts.attempt(machine, *words, given=login.password.encode(), limit_s=ANSWERS_WITHIN_S)
        if done.returncode:
            raise refusal(login.registry, login.user, machine, last_words(done))
        yield StepDetail(text=f"{machine} is logged in")


def refusal(registry: str, user: str, machine: str, said: str) -> StaxError:
    """Return a registry's no, or Docker's about it, in words.  Pure."""
    heard = said.lower()
    for words, what, hint in _REFUSALS:
        if any(word in heard for word in words):
            kind = Unhealthy if words is _LATE else StaxError
            told = what.format(registry=registry, user=user, machine=machine)
            return kind(f"{told}: {said}", hint=hint)
    return StaxError(f"{machine} cannot log in at {registry}: {said}")


_LATE = ("deadline", "timeout", "timed out")
_REFUSALS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("unauthorized", "401", "denied"), "{registry} refuses {user}", "the name, or the password, is another"),
    (
        ("x509", "certificate"),
        "{machine} does not trust {registry}",
        "a registry with an authority of its own: --ca FILE, its certificate in PEM",
    ),
    (("http response to https",), "{registry} speaks without TLS", "Docker sends passwords by TLS only"),
    (("no such host",), "{machine} knows no {registry}", "is the name right? the docker hosts look it up"),
    (_LATE, "{registry} does not answer {machine}", "the docker hosts get out by the NAT boxes: stax nat status"),
    (("refused",), "nothing listens at {registry}", "is the registry up, and the port right?"),
)
"""Words of Docker's, what they mean, and what to do."""
