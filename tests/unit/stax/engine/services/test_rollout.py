"""A deployment from its beginning to its end: healthy, taken back, removed, or interrupted."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.stax.engine.services.seen import seen, service, task

from stax.compose.render import FINGERPRINT
from stax.engine.services.rollout import Rollout, removed, roll_out
from stax.engine.services.swarm import DeploymentRefused, Seen
from stax.errors import StaxError, Unhealthy
from stax.events import Warned
from stax.model.services import Revision, StackPlan


class Time:
    """Passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


class Swarm:
    """Runs what it is given, unless the image is a bad one: then tasks fail, one after the other."""

    def __init__(self) -> None:
        self.docker = self
        self.kept: list[Revision] = []
        self.runs: Mapping[str, Any] | None = None
        self.attempts = 0

    def get(self, path: str) -> Any:
        assert path == "/nodes"
        return [{"ID": "n1", "Spec": {"Availability": "active"}, "Status": {"State": "ready"}}]

    def seen(self, stack: str = "") -> Seen:
        if self.runs is None:
            return seen()
        body = self.runs["services"]["web"]
        fingerprint, wanted = body["labels"][FINGERPRINT], body["deploy"]["replicas"]
        if body["image"] == "bad":
            self.attempts += 1
            tasks = [
                task("web", state="failed", id=f"t{n}", trouble="exit 3", fingerprint=fingerprint, machine="")
                for n in range(self.attempts)
            ]
            return seen([service("web", running=0, fingerprint=fingerprint)], tasks)
        tasks = [task("web", str(n), fingerprint=fingerprint) for n in range(wanted)]
        return seen([service("web", wanted=wanted, running=wanted, fingerprint=fingerprint)], tasks)

    def deploy(self, stack: str, document: str, *, asks_registries: bool) -> None:
        self.runs = json.loads(document)
        if image(self) == "refused":
            raise DeploymentRefused("Docker does not take web: invalid")

    def remove(self, stack: str) -> None:
        self.runs = None

    def unended(self, ids: Any) -> list[str]:
        return []

    def secret_names(self) -> list[str]:
        return []

    def have_shared_network(self) -> None:
        pass

    def have_configs(self, stack: str, contents: Any) -> None:
        pass

    def forget_configs(self, stack: str, kept: Any) -> None:
        pass

    def revisions(self, stack: str = "") -> list[Revision]:
        return self.kept[::-1]

    def begin(self, one: Revision) -> None:
        self.kept.append(one)

    def end(self, one: Revision, outcome: str) -> None:
        self.kept[self.kept.index(one)] = replace(one, outcome=outcome)


@pytest.fixture
def swarm() -> Swarm:
    return Swarm()


Deploy = Callable[..., list[Any]]


@pytest.fixture
def deploy(swarm: Swarm) -> Deploy:
    def deployed(image: str, *, wait_s: float = 300, replicas: int = 1) -> list[Any]:
        at = Rollout(swarm=swarm, clock=Time(), by="jo", wait_s=wait_s, asks_registries=False)  # type: ignore[arg-type]
        body = {"image": image, "deploy": {"mode": "replicated", "replicas": replicas}}
        definition = {"services": {"web": body}}
        number = len(swarm.kept) + 1
        plan = StackPlan(stack="web", revision=number, services=(), definition=definition)
        return list(roll_out(at, plan, "start"))

    return deployed


def outcomes(swarm: Swarm) -> list[str]:
    return [one.outcome for one in swarm.kept]


def image(swarm: Swarm) -> str:
    assert swarm.runs
    return str(swarm.runs["services"]["web"]["image"])


def test_it_ends_when_every_task_is_healthy(swarm: Swarm, deploy: Deploy):
    deploy("good", replicas=3)

    assert outcomes(swarm) == ["done"]


def test_what_never_ran_before_is_removed_again(swarm: Swarm, deploy: Deploy):
    with pytest.raises(Unhealthy, match="web revision 1 did not become healthy: web: its tasks end, 3 times") as caught:
        deploy("bad")

    assert (outcomes(swarm), swarm.runs) == (["failed"], None)
    assert "removed again" in caught.value.hint


def test_an_update_is_taken_back_to_what_was_healthy(swarm: Swarm, deploy: Deploy):
    deploy("good")

    with pytest.raises(Unhealthy) as caught:
        deploy("bad")

    assert (outcomes(swarm), image(swarm)) == (["done", "failed"], "good")
    assert caught.value.hint == "web is at revision 1 again, and healthy"


def test_a_failure_before_that_is_not_gone_back_to(swarm: Swarm, deploy: Deploy):
    deploy("good")
    for _ in range(2):
        with pytest.raises(Unhealthy):
            deploy("bad")

    assert image(swarm) == "good"


def test_what_docker_refuses_is_not_left_half_there(swarm: Swarm, deploy: Deploy):
    with pytest.raises(StaxError, match="Docker does not take web: invalid") as caught:
        deploy("refused")
    assert (outcomes(swarm), swarm.runs) == (["failed"], None)
    assert "removed again" in caught.value.hint

    deploy("good")
    with pytest.raises(StaxError, match="invalid"):
        deploy("refused")
    assert image(swarm) == "good"


def test_one_that_takes_too_long_is_given_up(swarm: Swarm, deploy: Deploy):
    with pytest.raises(Unhealthy, match="not healthy within 2 s: web 0 of 1 healthy"):
        deploy("good", wait_s=2)  # a task without a health check counts after 5 s

    assert swarm.runs is None


def test_the_reason_is_told_before_it_is_taken_back(swarm: Swarm):
    at = Rollout(swarm=swarm, clock=Time(), by="jo", wait_s=300, asks_registries=False)  # type: ignore[arg-type]
    definition = {"services": {"web": {"image": "bad", "deploy": {"mode": "replicated", "replicas": 1}}}}
    story = roll_out(at, StackPlan(stack="web", revision=1, services=(), definition=definition), "start")

    warned = next(event for event in story if isinstance(event, Warned))

    assert "exit 3" in warned.text
    assert "web_web.1: failed: exit 3" in warned.hint
    assert swarm.runs is not None


def test_what_is_interrupted_is_finished_by_the_next(swarm: Swarm, deploy: Deploy):
    at = Rollout(swarm=swarm, clock=Time(), by="jo", wait_s=300, asks_registries=False)  # type: ignore[arg-type]
    definition = {"services": {"web": {"image": "good", "deploy": {"mode": "replicated", "replicas": 1}}}}
    story = roll_out(at, StackPlan(stack="web", revision=1, services=(), definition=definition), "start")
    next(story)
    next(story)
    story.close()
    assert outcomes(swarm) == ["deploying"]

    deploy("good")

    assert outcomes(swarm) == ["interrupted", "done"]


def test_tasks_that_do_not_end_are_not_waited_for_without_a_bound(swarm: Swarm, deploy: Deploy):
    deploy("good")
    swarm.unended = lambda ids: ["t1"]  # type: ignore[method-assign]

    with pytest.raises(StaxError, match="web: 1 task still to end after 120 s"):
        list(removed(swarm, Time(), "web"))  # type: ignore[arg-type]
