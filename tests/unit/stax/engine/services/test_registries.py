import pytest

from stax.engine.services.registries import Login, checked_ca, checked_registry, refusal
from stax.errors import Unhealthy, UsageError

SAID = {
    "Error response from daemon: Get https://r:5000/v2/: unauthorized: authentication required": "refuses ci",
    "Get https://r:5000/v2/: x509: certificate signed by unknown authority": "does not trust r:5000",
    "Get https://r:5000/v2/: http: server gave HTTP response to HTTPS client": "speaks without TLS",
    "dial tcp: lookup r: no such host": "knows no r:5000",
    "dial tcp 10.0.0.1:5000: connect: connection refused": "nothing listens at r:5000",
    "something that nobody has seen yet": "cannot log in at r:5000",
}


@pytest.mark.parametrize(("said", "words"), SAID.items())
def test_a_refusal_is_told_in_words_with_what_docker_said(said, words):
    error = refusal("r:5000", "ci", "docker1", said)
    assert words in error.message
    assert said in error.message


def test_a_registry_that_does_not_answer_is_not_the_persons_mistake():
    error = refusal("r:5000", "ci", "docker1", "context deadline exceeded (Client.Timeout exceeded)")
    assert isinstance(error, Unhealthy)


@pytest.mark.parametrize("name", ["registry.example.org", "registry.example.org:5000", "10.0.0.1:5000", "localhost"])
def test_a_name_and_a_port_are_a_registry(name):
    assert checked_registry(name) == name


@pytest.mark.parametrize("name", ["", "https://r", "r/team", "-u", "r:port", "a b", "$(id)", "UPPER"])
def test_what_is_no_registry_is_refused(name):
    with pytest.raises(UsageError):
        checked_registry(name)


def test_a_private_key_goes_to_no_docker_host():
    with pytest.raises(UsageError, match="private key"):
        checked_ca(b"-----BEGIN PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(UsageError, match="no certificate"):
        checked_ca(b"hello")


def test_a_password_is_not_shown():
    assert "hunter2" not in repr(Login(registry="r", user="ci", password="hunter2"))
