"""`stax secret set NAME`."""

from argparse import Namespace
from pathlib import Path

from stax.api.secrets import secret_set
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.secret_input import value_of
from stax.cli.story import heard
from stax.cli.terminal import Terminal
from stax.engine.services.way import Where
from stax.errors import Exit
from stax.model.secrets import Secret


def run(values: Namespace, terminal: Terminal) -> int:
    """Put a value into the Swarm under a name."""
    site = site_of(values, terminal)
    value = value_of(values, site, terminal)
    secret = heard(secret_set(site, values.secret, value, where_of(values)), terminal)
    if terminal.answers_in_json:
        terminal.answer(document(secret))
    else:
        terminal.answer("\n".join(told(secret)))
    return Exit.DONE


def where_of(values: Namespace) -> Where:
    """Return which stax is meant, and the key that opens it."""
    key = Path(values.ssh_key) if values.ssh_key else None
    return Where(person_home=Path.home(), name=values.name or "", ssh_key=key)


def told(secret: Secret) -> list[str]:
    """Return what a person reads of a secret that has a new version."""
    first = f"{secret.name} is in the Swarm, version {secret.newest}"
    if not secret.behind:
        return [first]
    return [first, f"still with an older one: {', '.join(secret.behind)}; stax secret rotate {secret.name} rolls them"]
