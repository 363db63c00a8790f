import pytest

from stax.compose.secrets import checked_secret_name, checked_value, random_length, swarm_name, used_by, versions
from stax.errors import UsageError


def test_a_name_and_its_versions_are_told_apart_again():
    names = [swarm_name("gitlab_root-password", number) for number in (10, 9, 1)]
    assert versions(names) == {"gitlab_root-password": [1, 9, 10]}


def test_a_name_may_have_dots():
    assert checked_secret_name("web_tls.crt") == "web_tls.crt"
    assert versions([swarm_name("web_tls.crt", 2)]) == {"web_tls.crt": [2]}


def test_secrets_that_others_made_are_no_versions():
    assert versions(["password", "password.v0", "password.v01", "password.vx", ".v1"]) == {}


@pytest.mark.parametrize("name", ["", "../etc/passwd", "a b", "a;b", "$(id)", "-x", "x-", "x" * 56, "a.v1"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(UsageError, match="no secret's name"):
        checked_secret_name(name)


@pytest.mark.parametrize("value", [b"", b"x" * 500_001])
def test_a_value_that_swarm_would_not_keep_is_refused(value):
    with pytest.raises(UsageError):
        checked_value("web", value)


def test_a_random_one_says_its_length_and_one_that_is_asked_for_has_none():
    assert random_length("random 32") == 32
    assert random_length("asked") is None


def test_a_service_is_told_with_the_versions_that_it_uses():
    mounted = {"web_web": ["key.v1", "other.v7"], "db_db": ["key.v2"], "idle_idle": []}
    assert used_by(mounted, "key") == {"db_db": [2], "web_web": [1]}
