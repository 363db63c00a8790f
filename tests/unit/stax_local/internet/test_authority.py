"""The region's certificate authority, tried by a client that trusts it."""

import ssl
from pathlib import Path

import pytest

from stax_local.internet.authority import Authority


def handshake(authority: Authority, name: str, *, trusted: Path | None = None) -> None:
    """Shake hands in memory as a client that wants `name`; raises ssl.SSLError when it is not satisfied."""
    client_context = ssl.create_default_context(cafile=trusted or authority.certificate)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = authority.server_context().wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    client.write(b"hello")
    assert server.read(5) == b"hello"


@pytest.mark.parametrize(
    "name", ["ec2.us-east-1.amazonaws.com", "stax-x.s3.dualstack.eu-west-1.amazonaws.com", "ssm.us-east-1.api.aws"]
)
def test_every_name_of_aws_gets_a_certificate_of_its_own(tmp_path: Path, name: str) -> None:
    handshake(Authority(tmp_path), name)


def test_any_other_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLError):
        handshake(Authority(tmp_path), "example.com")


def test_who_does_not_trust_the_authority_is_not_satisfied(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    stranger = Authority(tmp_path / "other")

    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(Authority(tmp_path / "one"), "ec2.us-east-1.amazonaws.com", trusted=stranger.certificate)


def test_the_authority_stays_the_same_over_restarts(tmp_path: Path) -> None:
    before = Authority(tmp_path).certificate.read_bytes()

    assert Authority(tmp_path).certificate.read_bytes() == before


def test_its_key_is_for_its_owner_only_and_no_other_key_is_left_lying(tmp_path: Path) -> None:
    handshake(Authority(tmp_path), "ec2.us-east-1.amazonaws.com")

    assert {each.name for each in tmp_path.iterdir()} == {"ca.pem", "ca-key.pem"}
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o777 == 0o600
