"""A revision remembers the versions of its secrets; what is deployed anew means the newest."""

from typing import Any

from stax.engine.services.planning import newest_secrets, secrets_of, with_secrets

OPEN: Any = {"services": {}, "secrets": {"token": {"name": "shop_token"}}}
BOTH = ["shop_token.v1", "shop_token.v2"]


def name_of(definition: Any, names: list[str]) -> str:
    found, missing = secrets_of(definition, "shop", names)
    assert missing == []
    return found["token"]


def test_without_a_word_about_it_the_newest_is_meant():
    assert name_of(OPEN, BOTH) == "shop_token.v2"


def test_a_revision_goes_back_to_the_version_that_it_had():
    revision = with_secrets(OPEN, {"token": "shop_token.v1"})
    assert name_of(revision, BOTH) == "shop_token.v1"


def test_a_version_that_was_removed_since_is_not_brought_back():
    revision = with_secrets(OPEN, {"token": "shop_token.v1"})
    assert name_of(revision, ["shop_token.v2"]) == "shop_token.v2"


def test_a_rotation_deploys_a_revision_with_the_newest():
    revision = with_secrets(OPEN, {"token": "shop_token.v1"})
    assert name_of(newest_secrets(revision), BOTH) == "shop_token.v2"


def test_a_secret_without_a_name_is_its_stacks():
    unnamed: Any = {"services": {}, "secrets": {"token": {}}}
    assert secrets_of(unnamed, "shop", [])[1] == ["shop_token"]


def test_a_secret_that_somebody_else_made_is_taken_as_it_is():
    assert name_of(OPEN, ["shop_token"]) == "shop_token"
