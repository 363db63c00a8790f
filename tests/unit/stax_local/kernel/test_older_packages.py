"""A package of an older Debian comes from whoever has the right one, and from nobody else."""

import hashlib

import pytest

from stax_local.kernel.older_packages import Fetch, OlderPackage, fetched
from stax_local.kernel.process import KernelError

RIGHT = b"the package"
PACKAGE = OlderPackage(hashlib.sha256(RIGHT).hexdigest(), "pool/main/c/consul/consul_1.deb")


def answering(deb: bytes | None, archive: bytes | None) -> Fetch:
    """Two archives, each with a file or out of reach."""

    def get(url: str) -> bytes:
        content = archive if "archive.debian.org" in url else deb
        if content is None:
            raise OSError("no route to host")
        return content

    return get


@pytest.mark.parametrize(("deb", "archive"), [(RIGHT, None), (None, RIGHT), (b"another", RIGHT)])
def test_the_first_archive_that_has_the_right_file_gives_it(deb: bytes | None, archive: bytes | None) -> None:
    assert fetched(PACKAGE, answering(deb, archive)) == RIGHT


def test_an_archive_that_does_not_answer_is_asked_once_more() -> None:
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        if len(asked) < 3:
            raise OSError("timed out")
        return RIGHT

    assert fetched(PACKAGE, get) == RIGHT


def test_a_file_that_somebody_changed_is_refused_and_every_answer_is_told() -> None:
    with pytest.raises(KernelError, match=r"(?s)deb\.debian\.org.*its SHA-256 is.*archive\.debian\.org.*no route"):
        fetched(PACKAGE, answering(b"another", None))
