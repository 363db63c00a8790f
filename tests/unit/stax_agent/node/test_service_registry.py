"""consul's entries follow Docker's word."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.unit.stax_agent.node.test_services import container

from stax_agent.node.service_registry import TOLD_EVERY_S, ServiceRegistry
from stax_agent.setback import Setback


@dataclass
class World:
    """Docker, consul's agent, access to it, and a clock."""

    containers: list[Mapping[str, Any]] = field(default_factory=list)
    services: dict[str, Any] = field(default_factory=dict)
    health: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    is_set_up: bool = True
    now_s: float = 0.0
    accesses: int = 0
    refuses: bool = False

    def access(self) -> Any:
        self.accesses += 1
        return self

    def api(self) -> "World":
        return self

    def get(self, path: str, filters: Any = None) -> Any:
        return self.containers if path == "/containers/json" else dict(self.services)

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        if self.refuses:
            raise Setback("consul refuses: ACL not found", code="403")
        self.told.append(path)
        verb, _, name = path.removeprefix("agent/").partition("/")
        if path == "agent/service/register":
            self.services[body["ID"]] = {**body, "Service": body["Name"]}
            self.health[body["Check"]["CheckID"]] = body["Check"]["Status"]
        elif path.startswith("agent/service/deregister/"):
            del self.services[path.rpartition("/")[2]]
        else:
            assert (verb, name.partition("/")[0]) == ("check", "update")
            self.health[path.rpartition("/")[2].replace("%3A", ":")] = body["Status"]


def registry(world: World) -> ServiceRegistry:
    at: Any = world
    return ServiceRegistry("10.0.0.1", at, world.access, now=lambda: world.now_s)


def test_a_task_is_registered_vouched_for_and_taken_out_when_it_is_gone():
    world = World(containers=[container()])
    at = registry(world)

    assert at.turn() == "web is in consul"
    assert world.services["t1-8000"]["Port"] == 8000
    assert world.health == {"docker:t1-8000": "passing"}
    world.containers = []
    assert at.turn() == "a task of web is gone"
    assert world.services == {}


def test_an_entry_begins_unhealthy_and_follows_dockers_health_check():
    world = World(containers=[container(status="Up 1 second (health: starting)")])
    at = registry(world)
    at.turn()
    assert world.health == {"docker:t1-8000": "critical"}

    world.containers = [container()]
    at.turn()
    assert world.health == {"docker:t1-8000": "passing"}
    world.containers = [container(status="Up 1 minute (unhealthy)")]
    at.turn()
    assert world.health == {"docker:t1-8000": "critical"}


def test_consul_is_told_only_what_is_new_and_before_it_would_doubt():
    world = World(containers=[container()])
    at = registry(world)
    at.turn()
    told = len(world.told)

    world.now_s = TOLD_EVERY_S - 1
    assert at.turn() is None
    assert len(world.told) == told
    world.now_s = TOLD_EVERY_S
    at.turn()
    assert len(world.told) == told + 1


def test_before_access_to_consul_is_set_up_nothing_is_done():
    world = World(containers=[container()], is_set_up=False)

    assert registry(world).turn() is None
    assert world.told == []


def test_a_token_that_consul_does_not_know_any_more_is_looked_up_anew():
    world = World(containers=[container()], refuses=True)
    at = registry(world)

    for _ in range(2):
        with pytest.raises(Setback):
            at.turn()
    assert world.accesses == 3
    world.refuses = False
    assert at.turn() == "web is in consul"
    at.turn()
    assert world.accesses == 3
