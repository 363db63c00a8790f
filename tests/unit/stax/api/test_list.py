from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from stax.api.list import list_stax
from stax.aws.session import Aws
from stax.engine.site import Site
from stax.engine.tags import creator


class Account(Aws):
    """An account with stacks: name, status and who made each."""

    def __init__(self, *stacks: tuple[str, str, str]) -> None:
        self.stacks = stacks

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        for name, status, created_by in self.stacks:
            yield {
                "StackName": name,
                "StackId": f"arn:{name}",
                "StackStatus": status,
                "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
                "Tags": [{"Key": "stax:name", "Value": name}, {"Key": "stax:created-by", "Value": created_by}],
            }


def test_what_needs_a_look_comes_first(tmp_path):
    account = Account(
        ("done", "CREATE_COMPLETE", ""),
        ("also-done", "UPDATE_COMPLETE", ""),
        ("busy", "UPDATE_IN_PROGRESS", ""),
        ("back", "UPDATE_ROLLBACK_COMPLETE", ""),
        ("stuck", "DELETE_FAILED", ""),
        ("failed", "CREATE_FAILED", ""),
    )

    assert [one.name for one in list_stax(Site(account, tmp_path))] == [
        "back",
        "failed",
        "stuck",
        "busy",
        "also-done",
        "done",
    ]


def test_those_made_by_this_user_on_this_machine_are_marked(tmp_path):
    account = Account(("theirs", "CREATE_COMPLETE", "jo@elsewhere"), ("mine", "CREATE_COMPLETE", creator()))

    assert [(one.name, one.made_here) for one in list_stax(Site(account, tmp_path))] == [
        ("mine", True),
        ("theirs", False),
    ]


def test_no_stax_is_an_empty_list(tmp_path):
    assert list_stax(Site(Account(), tmp_path)) == []
