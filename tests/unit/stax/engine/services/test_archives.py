import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from stax.engine.services.archives import compressed, read_archive, save
from stax.errors import UsageError

ENTRY = {"Config": "blobs/sha256/" + "a" * 64, "RepoTags": ["web:1"], "Layers": []}


def archive(path: Path, manifest: object, name: str = "manifest.json") -> Path:
    content = json.dumps(manifest).encode()
    with tarfile.open(path, "w") as made:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        made.addfile(member, io.BytesIO(content))
    return path


def test_an_archive_tells_its_names_and_its_image(tmp_path):
    read = read_archive(archive(tmp_path / "web.tar", [ENTRY]))
    assert (read.tags, read.image_id) == (("web:1",), "sha256:" + "a" * 64)


def test_an_archive_of_an_older_docker_is_read_as_well(tmp_path):
    old = {**ENTRY, "Config": "b" * 64 + ".json"}
    assert read_archive(archive(tmp_path / "web.tar", [old])).image_id == "sha256:" + "b" * 64


NOT_OF_ONE = [[], [ENTRY, ENTRY], [{**ENTRY, "RepoTags": None}], {}, "web", [{"RepoTags": ["a:1"]}]]


@pytest.mark.parametrize("manifest", NOT_OF_ONE)
def test_an_archive_that_is_not_of_one_image_with_a_name_is_refused(tmp_path, manifest):
    with pytest.raises(UsageError):
        read_archive(archive(tmp_path / "web.tar", manifest))


@pytest.mark.parametrize("content", [b"", b"no archive", gzip.compress(b"no archive")], ids=["empty", "text", "zipped"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    file = tmp_path / "web.tar"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="no archive of an image"):
        read_archive(file)


def test_an_archive_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no archive of an image"):
        read_archive(archive(tmp_path / "web.tar", [ENTRY], name="oci-layout"))


def test_an_archive_goes_over_the_wire_compressed_once(tmp_path):
    plain = read_archive(archive(tmp_path / "web.tar", [ENTRY]))
    smaller = compressed(plain, tmp_path)
    assert gzip.decompress(smaller.read_bytes()) == plain.path.read_bytes()
    assert compressed(read_archive(smaller), tmp_path) == smaller


@pytest.mark.parametrize("image", ["", "-o/etc/passwd", "web 1", "$(id)", "../web.tar"])
def test_what_is_no_image_is_not_handed_to_docker(tmp_path, image):
    with pytest.raises(UsageError, match="no image's name"):
        save(image, tmp_path)
