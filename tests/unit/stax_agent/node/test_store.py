"""What the docker hosts keep for each other: claimed once, read back, secret where it must be."""

import pytest

from stax_agent.node.store import Store
from stax_agent.setback import Setback


def test_the_first_claim_stands_and_everybody_is_told_which(aws):
    store = Store(aws, "web")

    assert [store.claim("first", each) for each in ("i-1", "i-2", "i-1")] == ["i-1"] * 3
    assert aws.parameters == {"/stax/web/docker/first": "i-1"}


def test_what_was_never_written_is_none(aws):
    assert Store(aws, "web").get("first") is None


def test_a_value_is_replaced_by_one_that_is_put(aws):
    store = Store(aws, "web")
    store.put("report", "old")
    store.put("report", "new")

    assert store.get("report") == "new"


def test_secrets_are_kept_encrypted(aws):
    Store(aws, "web").claim("ca", "key", is_secret=True)

    assert [asked["Type"] for operation, asked in aws.asked if operation == "PutParameter"] == ["SecureString"]


def test_a_refusal_of_another_kind_is_passed_on(aws):
    aws.says = "AccessDeniedException"

    with pytest.raises(Setback, match="AccessDenied"):
        Store(aws, "web").claim("first", "i-1")
