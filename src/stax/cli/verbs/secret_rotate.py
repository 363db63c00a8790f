"""`stax secret rotate NAME`."""

from argparse import Namespace
from collections.abc import Callable
from contextlib import closing

from stax.api.secrets import Rotation, prepare_rotation, secret_rotate
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.secret_input import value_of
from stax.cli.terminal import Terminal
from stax.cli.verbs.secret_set import told, where_of
from stax.engine.services.secrets import random_value
from stax.engine.site import Site
from stax.errors import Exit, UsageError

FEWEST, MOST = 16, 512


def run(values: Namespace, terminal: Terminal) -> int:
    """Show who is rolled, ask, and rotate."""
    site = site_of(values, terminal)
    value = _value(values, site, terminal)
    untouched = Interrupted("interrupted; nothing was changed")
    looking = prepare_rotation(site, values.secret, where_of(values))
    with closing(follow(looking, terminal, is_answer=True, interrupted=untouched)) as rotation:
        terminal.tell(_plan(rotation, is_new=value is not None))
        terminal.ask(f"ok to rotate {values.secret} of {rotation.way.name}")
        again = f"stax secret rotate {values.secret} --newest"
        left = Interrupted("stopped; what has begun goes on", hint=f"{again} rolls the rest")
        secret = follow(secret_rotate(site, rotation, value), terminal, is_answer=True, interrupted=left)
    tell_result(secret, told(secret), terminal)
    return Exit.DONE


def _value(values: Namespace, site: Site, terminal: Terminal) -> Callable[[], bytes] | None:
    """Return where the new value comes from; None when there is to be none."""
    given = [one for one in (values.file, values.ssm, values.random, values.newest) if one]
    if len(given) > 1:
        raise UsageError("--file, --ssm, --random and --newest: which of them?")
    if values.newest:
        return None
    if not values.random:
        return value_of(values, site, terminal)
    length = int(values.random) if values.random.isdecimal() else 0
    if not FEWEST <= length <= MOST:
        raise UsageError(f"--random {values.random}", hint=f"how many hexadecimal digits, from {FEWEST} to {MOST}")
    return lambda: random_value(length)


def _plan(rotation: Rotation, *, is_new: bool) -> list[str]:
    secret = rotation.secret
    what = f"a version {secret.newest + 1} of {secret.name}" if is_new else f"version {secret.newest} of {secret.name}"
    if not rotation.stacks:
        return [f"{what}; nobody uses it"]
    return [f"{what}, for which these are rolled, task by task, each when the one before is healthy:",
            *(f"  {service}" for service in secret.used_by)]  # fmt: skip
