"""Images, and what became of bringing one to the docker hosts; logins at registries."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ImageArchive:
    """A file as `docker save` writes it."""

    path: Path
    tags: tuple[str, ...]
    """Such as web:1.4."""
    image_id: str
    """sha256:…, Docker's name for exactly this image."""
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What became of an image on each docker host."""

    name: str
    """The stax."""
    tags: tuple[str, ...]
    image_id: str
    hosts: Mapping[str, str]
    """By the host's name: loaded, or there already."""


@dataclass(frozen=True, kw_only=True)
class LoggedIn:
    """Who is logged in at a registry, on which docker hosts."""

    name: str
    """The stax."""
    registry: str
    user: str
    hosts: tuple[str, ...]
