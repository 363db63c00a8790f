"""The services that can be started by name: the catalogue, and folders of the person's own, which win by name."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stax.compose.problems import ComposeError, Problem, shown
from stax.compose.suggest import did_you_mean
from stax.errors import NotFound, UsageError
from stax.model.services import CatalogueService, SecretWish, ServicePort

CATALOGUE = Path(__file__).parent.parent / "services"
COMPOSE_FILE, SERVICE_FILE = "compose.yaml", "service.toml"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""A stack's name: with a service's behind it, it must stay a name in DNS."""
_KEYS = ("title", "summary", "homepage", "health", "ports", "needs", "secrets", "volumes")


def checked_name(name: str) -> str:
    """Return a service's name; raises UsageError for a path, for a shell's characters and the like."""
    if NAME.fullmatch(name):
        return name
    if "/" in name or name.endswith((".yaml", ".yml")):
        raise UsageError(f"{shown(name)} is a path and no service's name", hint=f"a Compose file: stax start -f {name}")
    raise UsageError(
        f"{shown(name)} is no service's name", hint="lower-case letters, digits and -, at most 40, such as gitlab"
    )


def services_in(folder: Path, *, is_own: bool) -> dict[str, CatalogueService]:
    """Return the services of a folder by name; raises ComposeError for one whose service.toml is wrong."""
    if not folder.is_dir():
        if is_own:
            raise UsageError(f"{folder} is no folder of services", hint="it holds NAME/compose.yaml")
        return {}
    there = sorted(one for one in folder.iterdir() if (one / COMPOSE_FILE).is_file() and NAME.fullmatch(one.name))
    return {one.name: replace(read_service(one), is_own=is_own) for one in there}


def catalogue(own: Path | None = None) -> dict[str, CatalogueService]:
    """Return every service there is, by name; those in the person's own folder take the place of the catalogue's."""
    found = services_in(CATALOGUE, is_own=False) | (services_in(own, is_own=True) if own else {})
    return dict(sorted(found.items()))


def named(name: str, there: Mapping[str, CatalogueService]) -> CatalogueService:
    """Return a service by name; raises NotFound with the nearest names."""
    if checked_name(name) in there:
        return there[name]
    known = ", ".join(there) or "none"
    raise NotFound(f"there is no service {name}{did_you_mean(name, there)}", hint=f"there are: {known}")


def read_service(folder: Path) -> CatalogueService:
    """Return what a folder's service.toml says; a folder with a Compose file alone is a service too."""
    path = folder / SERVICE_FILE
    try:
        given = tomllib.loads(path.read_text()) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ComposeError(str(path), [Problem(message=f"cannot be read: {error}")]) from error
    try:
        return _service(folder, given)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ComposeError(str(path), [Problem(message=f"not as it should be: {error}")]) from error


def _service(folder: Path, given: Mapping[str, Any]) -> CatalogueService:
    if unknown := [key for key in given if key not in _KEYS]:
        raise ValueError(f"it has no {unknown[0]}{did_you_mean(unknown[0], _KEYS)}")
    return CatalogueService(
        name=folder.name,
        folder=folder,
        title=str(given.get("title", folder.name)),
        summary=str(given.get("summary", "")),
        homepage=str(given.get("homepage", "")),
        health=str(given.get("health", "")),
        ports=tuple(
            ServicePort(number=int(one["number"]), protocol=str(one.get("protocol", "tcp")), what=str(one["what"]))
            for one in given.get("ports", ())
        ),
        needs=tuple(checked_name(str(one)) for one in given.get("needs", ())),
        secrets=tuple(SecretWish(name=str(one["name"]), made=str(one["made"])) for one in given.get("secrets", ())),
        volumes={str(name): str(what) for name, what in given.get("volumes", {}).items()},
    )
