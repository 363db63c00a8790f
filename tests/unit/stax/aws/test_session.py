"""Where calls go, and what is said before the first one."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from stax.aws.endpoints import Endpoint
from stax.aws.errors import AwsError
from stax.aws.session import Aws, connect
from stax.errors import StaxError, UsageError


def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, str]:
    """Return an environment with nothing of AWS's but these, for stax and for the SDK alike."""
    environ = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": "", "AWS_EC2_METADATA_DISABLED": "true", **variables}
    for key in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(key, raising=False)
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    return environ


def test_with_nothing_configured_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StaxError) as caught:
        connect(home=tmp_path, environ=bare(tmp_path, monkeypatch))

    assert caught.value.message == "no AWS credentials found"
    assert "stax local up" in caught.value.hint


@pytest.mark.parametrize(
    ("region", "hint"),
    [("us-esat-1", "us-east-1"), ("us-east-1a", "its region is us-east-1"), ("mars", "stax local up")],
)
def test_a_region_that_does_not_exist_is_refused_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, region: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        connect(region=region, home=tmp_path, environ=bare(tmp_path, monkeypatch))

    assert hint in caught.value.hint


def test_a_profile_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError) as caught:
        connect(region="us-east-1", profile="nobody", home=tmp_path, environ=bare(tmp_path, monkeypatch))

    assert "nobody" in caught.value.message


def test_a_registered_region_that_is_down_is_found_out_at_once(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "endpoints"
    folder.mkdir()
    fields = {"endpoint_url": f"http://127.0.0.1:{port}", "region": "us-east-1"}
    path = folder / "local.json"
    path.write_text(json.dumps(fields | {"access_key_id": "a", "secret_access_key": "b"}))
    path.chmod(0o600)

    with pytest.raises(AwsError) as caught:
        connect(region="local", home=tmp_path, environ={})

    assert "does not answer" in caught.value.message
    assert "stax local up" in caught.value.hint


def test_a_registered_region_never_looks_at_the_persons_profile(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    aws = Aws(endpoint)

    assert aws.region == "us-east-1"
    assert aws.client("s3").meta.endpoint_url == endpoint.endpoint_url


def test_an_objects_address_has_no_signature_in_it(endpoint: Endpoint) -> None:
    assert Aws(endpoint).object_url("bucket", "a/b.yaml") == "http://127.0.0.1:1/bucket/a/b.yaml"


def test_amazons_own_addresses_name_the_bucket_in_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environ: Any = bare(tmp_path, monkeypatch, AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    aws = connect(region="eu-west-1", home=tmp_path, environ=environ)

    assert aws.object_url("bucket", "key") == "https://bucket.s3.eu-west-1.amazonaws.com/key"
