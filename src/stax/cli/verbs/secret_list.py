"""`stax secret list`."""

from argparse import Namespace

from stax.api.secrets import secret_list
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.cli.verbs.secret_set import where_of
from stax.errors import Exit
from stax.model.secrets import Secret


def run(values: Namespace, terminal: Terminal) -> int:
    """Show the secrets, without their values."""
    found = heard(secret_list(site_of(values, terminal), where_of(values)), terminal)
    if terminal.answers_in_json:
        terminal.answer(document(found))
    else:
        rows = [(one.name, f"v{one.newest}", ", ".join(_users(one)) or "-") for one in found]
        show(Table(("SECRET", "VERSION", "USED BY"), rows), terminal)
    return Exit.DONE


def _users(secret: Secret) -> list[str]:
    return [
        service if service not in secret.behind else f"{service} ({', '.join(f'v{one}' for one in numbers)})"
        for service, numbers in secret.used_by.items()
    ]
