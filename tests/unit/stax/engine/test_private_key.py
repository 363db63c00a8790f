"""The private key that fits, among those on this machine; never another."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stax.engine.private_key import fingerprint, private_key_of
from stax.engine.site import Site
from stax.errors import StaxError
from stax.model.stack import Stack

STACK = Stack(name="web", stack_id="arn", status="CREATE_COMPLETE", created_at=datetime.now(UTC))


def key(path: Path, letter: str) -> str:
    public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + letter * 43
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("private")
    Path(f"{path}.pub").write_text(f"{public} jo@laptop\n")
    return public


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "stax").mkdir(mode=0o700)
    return tmp_path


def found(home: Path, account: Any, wish: Path | None = None) -> Path:
    site = Site(account, home / "stax")
    return private_key_of(site, STACK, wish=wish, person_home=home)


def trusting(account_with: Any, public: str) -> Any:
    return account_with(DescribeKeyPairs={"KeyPairs": [{"KeyName": "web", "PublicKey": f"{public} web"}]})


def test_the_key_that_create_made_is_found(home, account_with):
    made = Site(account_with(), home / "stax").local.folder("web") / "id_ed25519"

    assert found(home, trusting(account_with, key(made, "m"))) == made


def test_of_the_persons_own_keys_the_one_that_fits_is_taken(home, account_with):
    key(home / ".ssh/id_ed25519", "x")
    fitting = key(home / ".ssh/work", "w")

    assert found(home, trusting(account_with, fitting)) == home / ".ssh/work"


def test_a_key_that_is_wished_for_must_fit_too(home, account_with):
    fitting = key(home / ".ssh/id_ed25519", "x")
    key(home / "other", "o")

    with pytest.raises(StaxError, match="no private key here opens the machines of web"):
        found(home, trusting(account_with, fitting), wish=home / "other")


def test_when_none_fits_the_fingerprints_say_so(home, account_with):
    mine = key(home / ".ssh/id_ed25519", "x")
    theirs = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "t" * 43

    with pytest.raises(StaxError) as none:
        found(home, trusting(account_with, theirs))

    assert fingerprint(theirs) in none.value.message
    assert f"{home / '.ssh/id_ed25519'} is {fingerprint(mine)}" in none.value.hint
    assert "--ssh-key" in none.value.hint


def test_a_public_half_alone_opens_nothing(home, account_with):
    public = key(home / ".ssh/id_ed25519", "x")
    (home / ".ssh/id_ed25519").unlink()

    with pytest.raises(StaxError, match="no private key here"):
        found(home, trusting(account_with, public))


def test_without_the_key_pair_in_ec2_the_person_must_say_which(home, account_with):
    key(home / ".ssh/id_ed25519", "x")
    gone = account_with(DescribeKeyPairs="InvalidKeyPair.NotFound")

    with pytest.raises(StaxError, match="is gone from EC2"):
        found(home, gone)

    assert found(home, gone, wish=home / ".ssh/id_ed25519") == home / ".ssh/id_ed25519"


def test_a_fingerprint_is_the_one_that_ssh_keygen_shows(tmp_path):
    path = tmp_path / "k"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, timeout=30)
    shown = subprocess.run(["ssh-keygen", "-lf", str(path)], check=True, timeout=30, capture_output=True, text=True)

    assert fingerprint(Path(f"{path}.pub").read_text()) == shown.stdout.split()[1]
