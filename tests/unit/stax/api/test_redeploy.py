"""What restart, scale and rollback deploy anew."""

from datetime import UTC, datetime

import pytest
from tests.unit.stax.engine.services.seen import seen, service

from stax.api.redeploy import Redeployment, Restart, Rollback, Scale, wishes
from stax.engine.services.planning import RESTART, Wish
from stax.errors import NotFound, UsageError
from stax.model.services import Revision

THERE = seen([service("web"), service("db", "web")])


def revision(number: int, image: str, outcome: str = "done", mode: str = "replicated") -> Revision:
    body = {"image": image, "deploy": {"mode": mode, "replicas": 1}}
    definition = {"services": {"web": body, "db": {"image": "db", "deploy": {"mode": "replicated", "replicas": 1}}}}
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Revision(stack="web", number=number, at=at, by="jo", verb="start", outcome=outcome, definition=definition)


FOUND = [revision(4, "box:3"), revision(3, "box:9", "failed"), revision(2, "box:2"), revision(1, "box:1")]


def wished(request: Redeployment, found: list[Revision] = FOUND) -> Wish:
    (wish,) = wishes(request, THERE, found)
    return wish


def test_a_restart_changes_nothing_but_that_tasks_are_new():
    restarted = wished(Restart(services=("web",))).definition["services"]

    assert {name: body.get(RESTART) for name, body in restarted.items()} == {"web": 5, "db": 5}
    assert wished(Restart(services=("web_db",))).definition["services"]["web"].get(RESTART) is None


def test_scaling_changes_one_number():
    scaled = wished(Scale(service="web", replicas=3))

    assert scaled.definition["services"]["web"]["deploy"] == {"mode": "replicated", "replicas": 3}
    assert scaled.verb == "scale web=3"


def test_one_task_on_each_host_is_not_scaled():
    with pytest.raises(UsageError, match="one task on each docker host"):
        wished(Scale(service="web", replicas=3), [revision(1, "box", mode="global")])


def test_a_rollback_goes_to_the_healthy_one_before_that_is_another():
    same = [revision(5, "box:3"), *FOUND]

    assert wished(Rollback(service="web"), same).definition["services"]["web"]["image"] == "box:2"
    assert wished(Rollback(service="web", to=1)).definition["services"]["web"]["image"] == "box:1"


def test_a_rollback_to_nowhere_says_what_there_is():
    with pytest.raises(NotFound, match="no revision 9") as caught:
        wished(Rollback(service="web", to=9))
    assert "3 (failed), 2 (done)" in caught.value.hint
    with pytest.raises(NotFound, match="no earlier revision"):
        wished(Rollback(service="web"), FOUND[-1:])
    with pytest.raises(NotFound, match="never deployed by stax: did you mean web"):
        wished(Rollback(service="wep"))
