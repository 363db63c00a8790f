"""A container image as `docker save` writes one, made without a Docker: the test machines' own busybox."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

from tests.machines import CACHE

from stax_local.machines.cache import root_file_system
from stax_local.machines.recipe import recipe

# Debian's static busybox has them all; its wget cannot resolve names.
_PROGRAMS = ("cat", "echo", "grep", "httpd", "mkdir", "nc", "sh", "sleep", "test", "wget")


def save_image(path: Path, tag: str) -> Path:
    """Write an archive with an image of this name."""
    layer = _layer()
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["/bin/sh"], "Env": ["PATH=/bin"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        }
    ).encode()
    digest = hashlib.sha256(config).hexdigest()
    manifest = [{"Config": f"{digest}.json", "RepoTags": [tag], "Layers": ["layer.tar"]}]
    with tarfile.open(path, "w") as archive:
        _add(archive, f"{digest}.json", config)
        _add(archive, "layer.tar", layer)
        _add(archive, "manifest.json", json.dumps(manifest).encode())
    return path


def _layer() -> bytes:
    busybox = root_file_system(CACHE, recipe(), lambda _: None) / "bin" / "busybox"
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as layer:
        for folder in ("bin", "etc", "tmp"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            layer.addfile(entry)
        _add(layer, "bin/busybox", busybox.read_bytes(), mode=0o755)
        for program in _PROGRAMS:
            link = tarfile.TarInfo(f"bin/{program}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            layer.addfile(link)
    return written.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))
