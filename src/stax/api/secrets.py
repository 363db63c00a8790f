"""Secrets: put into the Swarm, listed without their values, rotated without their services being away."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass

from stax.api.services_plan import compared
from stax.api.start import WAIT_S, start
from stax.aws.parameters import read_secrets
from stax.compose.secrets import checked_secret_name, checked_value
from stax.engine.record import recorded
from stax.engine.services.planning import Wish, last_good, newest_secrets
from stax.engine.services.secrets import all_versions, drop, put, users_of
from stax.engine.services.swarm import Swarm
from stax.engine.services.way import Reached, Where, reached
from stax.engine.site import Site
from stax.errors import NotFound, StaxError
from stax.events import Event, StepDetail, StepStarted, Warned
from stax.model.secrets import Secret

Value = Callable[[], bytes]
"""Asked for once everything else is right."""


def secret_list(site: Site, where: Where) -> Generator[Event, None, tuple[Secret, ...]]:
    """Return every secret with its versions and who uses them."""
    with closing((yield from reached(site, where))) as way:
        return tuple(_secret(way.swarm, name) for name in all_versions(way.swarm.docker))


def secret_set(site: Site, name: str, value: Value, where: Where) -> Generator[Event, None, Secret]:
    """Put a new version into the Swarm.

    Services that use an older one go on with it until they are started anew, or the secret is rotated.
    """
    checked_secret_name(name)
    with closing((yield from reached(site, where))) as way:
        given = checked_value(name, value())
        with recorded(site, f"secret set {name}", way.name):
            put(way.swarm.docker, name, given)
            return _secret(way.swarm, name)


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """A secret that is to be rotated, and the way to it; to be closed."""

    secret: Secret
    stacks: tuple[str, ...]
    """Those that use it."""
    way: Reached

    def close(self) -> None:
        """End the connection to the Swarm."""
        self.way.close()


def prepare_rotation(site: Site, name: str, where: Where) -> Generator[Event, None, Rotation]:
    """Return who uses a secret; nothing is changed.  Raises NotFound for one that is not there."""
    checked_secret_name(name)
    way = yield from reached(site, where)
    try:
        known = all_versions(way.swarm.docker)
        if name not in known:
            hint = f"there are: {', '.join(known) or 'none'}; stax secret set {name} makes it"
            raise NotFound(f"there is no secret {name}", hint=hint)
        secret = _secret(way.swarm, name)
        stacks = {one.stack for one in way.swarm.seen().services if one.full_name in secret.used_by and one.stack}
        return Rotation(secret=secret, stacks=tuple(sorted(stacks)), way=way)
    except BaseException:
        way.close()
        raise


def secret_rotate(
    site: Site, rotation: Rotation, value: Value | None, *, wait_s: float = WAIT_S
) -> Generator[Event, None, Secret]:
    """Put a new version into the Swarm, roll who uses it, task by task, and remove the older ones.

    Without a value who lags behind is rolled to the newest.  When a stack does not become healthy it is what it
    was before, and the new version is removed where nobody uses it.
    """
    name, swarm = rotation.secret.name, rotation.way.swarm
    if value is not None:
        given = checked_value(name, value())
        yield StepStarted(step=f"putting a new version of {name} into the Swarm")
        number = put(swarm.docker, name, given)
        yield StepDetail(text=f"version {number}")
    wishes = [_wish(swarm, stack, name) for stack in rotation.stacks]
    prepared = compared(site, rotation.way, wishes, verb=f"secret rotate {name}")
    try:
        if prepared.plan.has_changes:
            yield from start(site, prepared, wait_s=wait_s)
    except StaxError:
        if value is not None:
            drop(swarm.docker, name, number)
        raise
    yield from _cleared(swarm, name)
    return _secret(swarm, name)


def _wish(swarm: Swarm, stack: str, secret: str) -> Wish:
    revision = last_good(swarm.revisions(stack))
    if revision is None:
        message = f"{stack} uses {secret} and was not started by stax, which cannot roll it"
        raise StaxError(message, hint="start it with stax start -f FILE first")
    definition = newest_secrets(revision.definition)
    return Wish(stack=stack, definition=definition, verb=f"secret rotate {secret}", is_complete=True)


def _cleared(swarm: Swarm, name: str) -> Generator[Event, None, None]:
    for number in all_versions(swarm.docker)[name][:-1]:
        if not drop(swarm.docker, name, number):
            yield Warned(text=f"version {number} of {name} is still in use", hint="stax secret list says by whom")


def value_in_ssm(site: Site, parameter: str) -> bytes:
    """Return what a parameter of SSM holds; raises NotFound when there is none."""
    found: Mapping[str, str] = read_secrets(site.aws, [parameter])
    if parameter not in found:
        raise NotFound(f"there is no parameter {parameter} in {site.aws.place}", hint="aws ssm put-parameter makes one")
    return found[parameter].encode()


def _secret(swarm: Swarm, name: str) -> Secret:
    used = {service: tuple(numbers) for service, numbers in users_of(swarm.docker, name).items()}
    return Secret(name=name, versions=tuple(all_versions(swarm.docker)[name]), used_by=used)
