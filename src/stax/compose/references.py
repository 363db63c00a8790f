"""An image's name taken apart: which registry it is in."""

DOCKER_HUB = "docker.io"


def registry_of(image: str) -> str:
    """Return the registry of an image, such as ghcr.io; Docker Hub when the name says none."""
    first, slash, _ = image.partition("/")
    is_host = slash and (first == "localhost" or "." in first or ":" in first)
    return first if is_host else DOCKER_HUB
