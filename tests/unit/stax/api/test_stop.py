"""What ends with a stop, and what a person should know before."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.stax.engine.services.seen import seen, service, task

from stax.api.exec_in import running_task
from stax.api.stop import stack_plan
from stax.errors import NotFound
from stax.model.services import CatalogueService, Revision

THERE = seen([service("db"), service("app")], [task("app", "2"), task("app", "1", state="failed", container="c1")])
KNOWN = {"app": CatalogueService(name="app", folder=Path("app"), title="App", needs=("db",))}
WAS = Revision(
    stack="db",
    number=3,
    at=datetime(2026, 11, 22, tzinfo=UTC),
    by="jo",
    verb="start",
    outcome="done",
    definition={"services": {}, "volumes": {"data": {}}},
)


def test_who_needs_it_and_what_stays_is_told():
    plan = stack_plan("db", THERE, [WAS], KNOWN, also=("db",))

    assert [(one.service, one.action, one.how) for one in plan.services] == [("db", "remove", "1 task ended")]
    assert plan.notes == ("app needs it, and runs", "its volumes stay: data")
    assert stack_plan("db", THERE, [WAS], KNOWN, also=("db", "app")).notes == ("its volumes stay: data",)


def test_what_is_stopped_already_has_nothing_to_end():
    assert not stack_plan("db", seen(), [WAS], {}, also=()).has_changes


def test_what_never_ran_is_not_found():
    with pytest.raises(NotFound, match="no service ap runs: did you mean app") as caught:
        stack_plan("ap", THERE, [], {}, also=())
    assert "app, db" in caught.value.hint


def test_a_command_runs_in_a_container_that_runs():
    with pytest.raises(NotFound, match="no task of app runs"):
        running_task("app", THERE)

    there = seen([service("app")], [task("app", "2", container="c2"), task("app", "1", state="failed", container="c1")])

    assert running_task("app", there).container == "c2"
    with pytest.raises(NotFound, match=r"no task of app\.1 runs"):
        running_task("app.1", there)
