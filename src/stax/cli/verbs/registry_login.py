"""`stax registry login REGISTRY`."""

from argparse import Namespace
from pathlib import Path

from stax.api.registry_login import LoginRequest, registry_login
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.secret_input import from_file, typed_or_piped
from stax.cli.terminal import Terminal
from stax.errors import Exit, UsageError


def run(values: Namespace, terminal: Terminal) -> int:
    """Log every docker host in at a registry."""
    request = LoginRequest(
        registry=values.registry,
        user=values.user or "",
        ca=from_file(values.ca) if values.ca else b"",
        name=values.name or "",
        ssh_key=Path(values.ssh_key) if values.ssh_key else None,
    )

    def password() -> str:
        try:
            return typed_or_piped(f"password of {request.user} at {request.registry}", terminal).decode()
        except UnicodeDecodeError as error:
            raise UsageError("that password is not UTF-8") from error

    left = Interrupted("stopped; hosts that are logged in stay so", hint="the same command again does the rest")
    story = registry_login(site_of(values, terminal), request, password, person_home=Path.home())
    login = follow(story, terminal, is_answer=True, interrupted=left)
    tell_result(login, [f"{login.user} is logged in at {login.registry} on {len(login.hosts)} docker hosts"], terminal)
    return Exit.DONE
