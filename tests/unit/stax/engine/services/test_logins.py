import base64
import json

import pytest

from stax.compose.references import registry_of
from stax.engine.services.logins import logins


def shown(header: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(base64.urlsafe_b64decode(header))
    return found


def test_a_kept_login_is_what_its_registry_is_shown():
    kept = {"auths": {"r.example.org:5000": {"auth": base64.b64encode(b"ci:a:b").decode()}}}
    header = logins(json.dumps(kept))["r.example.org:5000"]
    assert shown(header) == {"username": "ci", "password": "a:b", "serveraddress": "r.example.org:5000"}


def test_docker_hub_is_kept_by_its_old_address():
    kept = {"auths": {"https://index.docker.io/v1/": {"auth": base64.b64encode(b"ci:x").decode()}}}
    assert list(logins(json.dumps(kept))) == ["docker.io"]


NONE = ["", "{", "[]", '{"auths": []}', '{"auths": {"r": {}}}', '{"auths": {"r": {"auth": "%"}}}']


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_login_is_passed_over(text):
    assert logins(text) == {}


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("nginx", "docker.io"),
        ("library/nginx:1.30", "docker.io"),
        ("ghcr.io/psf/httpbin:0.10.4", "ghcr.io"),
        ("10.183.0.5:5000/web:1", "10.183.0.5:5000"),
        ("localhost/web", "localhost"),
        ("registry:3.1.1", "docker.io"),
    ],
)
def test_an_image_tells_its_registry(image, registry):
    assert registry_of(image) == registry
