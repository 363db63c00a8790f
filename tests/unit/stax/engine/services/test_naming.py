"""Which services and tasks a word means."""

import pytest
from tests.unit.stax.engine.services.seen import seen, service, task

from stax.engine.services.naming import one_service, services_named, tasks_named
from stax.errors import NotFound, UsageError

THERE = seen(
    [service("web"), service("api", "shop"), service("db", "shop")],
    [task("web", "1"), task("web", "2"), task("web", "1", state="failed")],
)


def test_a_stack_is_all_of_its_services_and_a_full_name_is_one():
    assert [one.name for one in services_named("shop", THERE)] == ["api", "db"]
    assert [one.name for one in services_named("shop_db", THERE)] == ["db"]


def test_the_nearest_name_is_told():
    with pytest.raises(NotFound, match="did you mean shop") as caught:
        services_named("shpo", THERE)
    assert "web" in caught.value.hint


def test_of_several_services_one_must_be_named():
    assert one_service("web", THERE).name == "web"
    with pytest.raises(UsageError, match="which one"):
        one_service("shop", THERE)


def test_a_task_by_its_number():
    assert [one.state for one in tasks_named("web.1", THERE)] == ["running", "failed"]
    assert len(tasks_named("web", THERE)) == 3
    with pytest.raises(NotFound, match=r"no task web\.7"):
        tasks_named("web.7", THERE)
