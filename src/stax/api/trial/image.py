"""The image of the throw-away service as `docker load` takes it, made here without Docker.

One layer: a program, and links to a /usr that the container is to be given.  The same bytes each time.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

TAG = "stax.test/web:1"
FOLDER = Path(__file__).parent / "service"
PROCESSORS = {"x86_64": "amd64", "arm64": "arm64"}
"""Docker's names for the configuration's."""
_LINKS = {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64"}
_MOUNTED = ("dev", "etc", "proc", "sys", "tmp", "usr")


def archive(architecture: str) -> bytes:
    """Return the image for a processor, as the configuration names it."""
    layer = _tar([*_folders(), *_links(), _file("srv/web.py", (FOLDER / "web.py").read_bytes())])
    config = json.dumps(
        {
            "architecture": PROCESSORS[architecture],
            "os": "linux",
            "config": {
                "Entrypoint": ["python3", "-I", "/srv/web.py"],
                "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1"],
            },
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        },
        sort_keys=True,
    ).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": [TAG], "Layers": ["layer.tar"]}]).encode()
    return _tar([_file(name, config), _file("layer.tar", layer), _file("manifest.json", manifest)])


def _tar(entries: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for entry, content in entries:
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def _file(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    return entry, content


def _folders() -> Iterable[tuple[tarfile.TarInfo, bytes]]:
    for name in (*_MOUNTED, "srv"):
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        yield entry, b""


def _links() -> Iterable[tuple[tarfile.TarInfo, bytes]]:
    for name, target in _LINKS.items():
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode, entry.linkname = tarfile.SYMTYPE, 0o777, target
        yield entry, b""
