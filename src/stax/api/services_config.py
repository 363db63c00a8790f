"""What a service's or a Compose file's deployment would be, in full: nothing is asked of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stax.api.services_plan import StartRequest, wished
from stax.compose.catalogue import catalogue
from stax.compose.render import completed, rendered
from stax.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """The document that Docker would get, secrets by the names of their first versions."""

    document: Mapping[str, Any]
    notes: tuple[str, ...]


def configuration(request: StartRequest) -> Configuration:
    """Return the document of one service.  Raises ComposeError with everything that is wrong with the file."""
    if len(request.services) > 1 or not (request.services or request.file):
        raise UsageError("config of one service, or of one Compose file", hint="such as: stax config gitlab")
    wish = wished(request, catalogue(request.folder))[-1]
    definition = completed(wish.stack, wish.definition)
    names = {key: str(body.get("name", f"{wish.stack}_{key}")) for key, body in definition["secrets"].items()}
    return Configuration(document=rendered(wish.stack, definition, names), notes=wish.notes)
