"""The person's ssh key."""

import shutil
import stat
from pathlib import Path

import pytest

from stax.engine.ssh_key import chosen_key, read_key
from stax.errors import UsageError

PUBLIC = "ssh-ed25519 " + "A" * 68 + " me@here"

needs_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def lay(folder: Path, public: str = PUBLIC) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    private = folder / "id_ed25519"
    private.write_text("private")
    Path(f"{private}.pub").write_text(public + "\n")
    return private


def test_the_persons_own_key_is_taken(tmp_path: Path) -> None:
    private = lay(tmp_path / ".ssh")

    key = chosen_key(wish=None, person_home=tmp_path, folder=tmp_path / "unused")

    assert key.private_path == private
    assert key.public_key == PUBLIC


@pytest.mark.parametrize("suffix", ["", ".pub"])
def test_a_wish_may_name_either_half(tmp_path: Path, suffix: str) -> None:
    private = lay(tmp_path)

    assert read_key(Path(f"{private}{suffix}")).private_path == private


@pytest.mark.parametrize(
    "public",
    [
        "",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nabc",
        "ssh-dss AAAA",
        "ecdsa-sha2-nistp256 AAAA",
        "ssh-rsa " + "A" * 100,
        PUBLIC + "\n" + PUBLIC,
    ],
)
def test_what_ec2_would_not_take_is_refused(tmp_path: Path, public: str) -> None:
    with pytest.raises(UsageError, match="public key"):
        read_key(lay(tmp_path, public))


def test_a_key_without_its_public_half_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_key(tmp_path / "nothing")

    assert "ssh-keygen -y -f" in caught.value.hint


@needs_keygen
def test_without_a_key_one_is_made_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "stax"
    folder.mkdir()

    made = chosen_key(wish=None, person_home=tmp_path, folder=folder)

    assert made.public_key.startswith("ssh-ed25519 ")
    assert stat.S_IMODE(made.private_path.stat().st_mode) == 0o600
    assert chosen_key(wish=None, person_home=tmp_path, folder=folder) == made


@needs_keygen
def test_a_half_made_key_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "id_ed25519").write_text("torn")

    made = chosen_key(wish=None, person_home=tmp_path / "nobody", folder=tmp_path)

    assert made.private_path.read_text() != "torn"
