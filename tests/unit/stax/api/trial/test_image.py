"""The image of the throw-away service: what Docker, and stax's own push, read in it."""

import io
import json
import tarfile

import pytest

from stax.api.trial.image import FOLDER, TAG, archive
from stax.compose.document import read_document
from stax.compose.normal import normal
from stax.compose.render import can_overlap
from stax.engine.services.archives import read_archive


def members(content):
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {one.name: (one, (tar.extractfile(one) or io.BytesIO()).read() if one.isfile() else b"") for one in tar}


def test_it_is_an_archive_that_push_takes(tmp_path):
    path = tmp_path / "web.tar"
    path.write_bytes(archive("x86_64"))

    assert read_archive(path).tags == (TAG,)


def test_the_same_bytes_each_time_and_others_for_another_processor():
    assert archive("x86_64") == archive("x86_64")
    assert archive("x86_64") != archive("arm64")


def test_its_one_layer_holds_the_program_and_links_into_the_hosts_usr():
    (entry,) = json.loads(members(archive("arm64"))["manifest.json"][1])
    config = json.loads(members(archive("arm64"))[entry["Config"]][1])
    layer = members(members(archive("arm64"))["layer.tar"][1])

    assert (config["architecture"], config["os"]) == ("arm64", "linux")
    assert layer["bin"][0].linkname == "usr/bin"
    assert layer["srv/web.py"][1] == (FOLDER / "web.py").read_bytes()
    assert layer["usr"][0].isdir()


@pytest.mark.parametrize("version", ["1", "broken"])
def test_its_compose_file_rolls_without_a_gap(version):
    variables = {"VERSION": version, "REPLICAS": "4"}
    definition, notes = normal(read_document(FOLDER / "compose.yaml", variables), variables)
    web = definition["services"]["web"]

    assert notes == ()
    assert (web["image"], web["deploy"]["replicas"], web["environment"]) == (TAG, 4, {"VERSION": version})
    assert can_overlap(web)
