"""Images as files: what `docker save` writes, read, made here from this machine's own Docker, made smaller."""

import gzip
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from stax.compose.problems import shown
from stax.errors import NotFound, StaxError, UsageError
from stax.model.images import ImageArchive

SAVED_WITHIN_S = 900.0
_GZIP = b"\x1f\x8b"
_FASTEST = 1
"""Twice as small for little work: the way is through the jumpbox, once for each docker host."""
_REFERENCE = re.compile(r"[a-z0-9][a-zA-Z0-9._:/@-]{0,254}")
_WHAT_IT_TAKES = "a file that docker save wrote: docker save web:1.4 -o web.tar"


def read_archive(path: Path) -> ImageArchive:
    """Return what is in an archive; raises UsageError for a file that is none, or whose image has no name."""
    try:
        with tarfile.open(path) as archive:
            entries = json.load(_member(archive, "manifest.json"))
        if len(entries) != 1:
            raise UsageError(f"{path} holds {len(entries)} images", hint="one at a time: docker save web:1.4")
        return _archive(path, entries[0])
    except (tarfile.TarError, KeyError, TypeError, ValueError, EOFError) as error:
        raise UsageError(f"{path} is no archive of an image", hint=_WHAT_IT_TAKES) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", hint=_WHAT_IT_TAKES) from error


def _member(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _archive(path: Path, entry: Any) -> ImageArchive:
    tags = tuple(str(one) for one in entry.get("RepoTags") or ())
    if not tags:
        raise UsageError(f"the image in {path} has no name", hint="docker tag it, and save it by that name")
    # blobs/sha256/abc… since Docker 25, abc….json before.
    digest = Path(str(entry["Config"])).name.removesuffix(".json")
    return ImageArchive(path=path, tags=tags, image_id=f"sha256:{digest}", size_bytes=path.stat().st_size)


def save(image: str, into: Path) -> Path:
    """Have this machine's Docker write an image into a folder and return the file.

    Raises NotFound when it has no such image, UsageError for what is no image's name.
    """
    if not _REFERENCE.fullmatch(image):
        raise UsageError(f"{shown(image)} is no image's name, and no file", hint="such as web:1.4, or web.tar")
    path = into / "image.tar"
    try:
        argv = ("docker", "save", "--output", str(path), image)
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=SAVED_WITHIN_S, check=False)  # fmt: skip
    except FileNotFoundError as error:
        raise StaxError("docker is not installed here", hint="push an archive instead: stax push web.tar") from error
    except subprocess.TimeoutExpired as error:
        raise StaxError(f"docker did not save {image} within {SAVED_WITHIN_S:.0f} s") from error
    if done.returncode:
        raise _not_saved(image, done.stderr)
    return path


def _not_saved(image: str, said: str) -> StaxError:
    if "No such image" in said or "does not exist" in said:
        return NotFound(f"this machine's Docker has no image {image}", hint="docker images shows those it has")
    last = (said.strip().splitlines() or ["docker says nothing"])[-1]
    return StaxError(f"docker does not save {image}: {last}", hint=f"or push {_WHAT_IT_TAKES}")


def compressed(archive: ImageArchive, into: Path) -> Path:
    """Return a smaller file of the same archive: itself when it is compressed already."""
    with archive.path.open("rb") as source:
        if source.read(len(_GZIP)) == _GZIP:
            return archive.path
        source.seek(0)
        smaller = into / "image.tar.gz"
        with gzip.open(smaller, "wb", compresslevel=_FASTEST) as target:
            shutil.copyfileobj(source, target, 1 << 20)
    return smaller
