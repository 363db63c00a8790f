import pytest

from stax_agent.keys import checked_key, read_public_key
from stax_agent.setback import Setback


def test_a_comment_is_left_out(key):
    assert checked_key(f"{key} root@here\n") == key


@pytest.mark.parametrize("text", ["", "ssh-ed25519", "ssh-rsa AAAA", 'command="x" ssh-ed25519 AAAA', "\0"])
def test_what_is_no_ed25519_public_key_is_none(text):
    assert checked_key(text) is None


def test_a_key_is_read_from_its_file(tmp_path, key):
    (tmp_path / "k.pub").write_text(f"{key} root@here\n")

    assert read_public_key(tmp_path / "k.pub") == key


def test_a_file_that_is_not_there_yet_is_a_setback(tmp_path):
    with pytest.raises(Setback, match="No such file"):
        read_public_key(tmp_path / "k.pub")


def test_a_file_that_is_half_written_is_a_setback(tmp_path, key):
    (tmp_path / "k.pub").write_text(key[:50])

    with pytest.raises(Setback, match="no ed25519 public key"):
        read_public_key(tmp_path / "k.pub")
