"""One host's part in the Swarm: joining, founding, leading, and finding its way back in."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.unit.stax_agent.node.conftest import a_host

from stax_agent.node.cluster import Refused
from stax_agent.node.swarm import Swarm
from stax_agent.setback import Setback


class Engine:
    """The engine of host 1, and what it was told."""

    def __init__(self, standing: str = "inactive") -> None:
        self.swarm: dict[str, Any] = {"LocalNodeState": standing, "NodeID": "n-1", "Error": ""}
        self.nodes: list[dict[str, Any]] | None = []
        self.did: list[tuple[str, Mapping[str, Any]]] = []

    def get(self, path: str, filters: Any = None) -> Any:
        if path == "/info":
            return {"Swarm": self.swarm}
        if path == "/swarm":
            return {"JoinTokens": {"Worker": "SWMTKN-w", "Manager": "SWMTKN-m"}}
        if self.nodes is None:
            raise Setback("docker refuses /nodes: the swarm does not have a leader", code="500")
        return self.nodes

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, timeout_s: float = 0) -> None:
        self.did.append((path, dict(body or {})))

    def delete(self, path: str) -> None:
        self.did.append((path, {}))


class Store(dict[str, str]):
    def put(self, name: str, value: str, *, is_secret: bool = False) -> None:
        assert is_secret or name != "swarm"
        self[name] = value


class Site:
    instance_id, private_ip = "i-1", "10.0.0.1"

    def __init__(self) -> None:
        self.store = Store()


class Founding:
    def __init__(self, *, is_mine: bool = False) -> None:
        self.mine = is_mine
        self.remembered: set[str] = set()

    def is_mine(self, group: Any) -> bool:
        return self.mine

    def begins_with(self) -> bytes | None:
        return None

    def remember(self, members: Any) -> None:
        self.remembered = set(members)


class Host:
    """Host 1 and its agent."""

    def __init__(self, engine: Engine, founding: Founding | None = None) -> None:
        self.engine, self.site, self.founding = engine, Site(), founding or Founding()
        self.now_s = 1000.0
        self.swarm = Swarm(self.site, engine, self.founding, now=lambda: self.now_s)  # type: ignore[arg-type]

    def step(self, group: Any) -> str | None:
        return self.swarm.step(self.swarm.observe(group), group)


def a_node(number: int, *, manager: bool = False, leads: bool = False, **spec: Any) -> dict[str, Any]:
    node = {
        "ID": f"n-{number}",
        "Version": {"Index": number},
        "CreatedAt": f"2026-01-01T00:{number:02}:00Z",
        "Spec": {"Role": "manager" if manager else "worker", "Availability": "active", "Labels": {}, **spec},
        "Status": {"State": "ready", "Addr": f"10.0.0.{number}"},
        "Description": {"Engine": {"EngineVersion": "28.0"}},
    }
    if manager:
        node["ManagerStatus"] = {"Leader": leads, "Reachability": "reachable", "Addr": f"10.0.0.{number}:2377"}
    return node


def leading(*nodes: dict[str, Any]) -> Host:
    engine = Engine("active")
    engine.swarm |= {"ControlAvailable": True}
    engine.nodes = list(nodes)
    return Host(engine)


def test_the_founder_makes_the_swarm_with_its_own_addresses_and_a_pool_that_no_vpc_has(group: Any):
    host = Host(Engine(), Founding(is_mine=True))

    assert host.step(group([1, 2])) == "made the Swarm"
    path, body = host.engine.did[0]
    assert path == "/swarm/init"
    assert (body["ListenAddr"], body["DataPathAddr"]) == ("10.0.0.1:2377", "10.0.0.1")
    assert body["DefaultAddrPool"] == ["172.17.64.0/18"]


def test_another_waits_until_there_is_something_to_join_and_joins_as_a_worker(group: Any):
    host = Host(Engine())
    assert host.step(group([1, 2])) is None

    host.site.store["swarm"] = json.dumps({"token": "SWMTKN-w", "managers": ["i-2", "i-9"]})
    assert host.step(group([1, 2])) == "joined the Swarm as a worker"
    path, body = host.engine.did[0]
    assert (path, body["RemoteAddrs"], body["JoinToken"]) == ("/swarm/join", ["10.0.0.2:2377"], "SWMTKN-w")


def test_with_no_manager_left_it_is_refused_until_the_founding_passes_on(group: Any):
    host = Host(Engine())
    host.site.store["swarm"] = json.dumps({"token": "SWMTKN-w", "managers": ["i-9"]})

    with pytest.raises(Refused):
        host.step(group([1, 2]))
    host.founding.mine = True
    assert "anew" in (host.step(group([1, 2])) or "")


def test_a_host_that_is_told_to_go_does_not_join_again(group: Any):
    host = Host(Engine(), Founding(is_mine=True))

    assert host.step(group([a_host(1, state="Terminating:Wait"), 2])) is None
    assert host.engine.did == []


def test_what_could_not_be_joined_is_left_to_be_joined_again(group: Any):
    host = Host(Engine("error"))

    assert "could not join" in (host.step(group([1])) or "")
    assert host.engine.did[0][0] == "/swarm/leave?force=true"


def test_a_manager_whose_engine_cannot_take_part_keeps_what_it_holds(group: Any):
    host = Host(Engine("error"))
    host.engine.swarm["Error"] = "certificate (1 - h4ml0lfs) not valid after Sun, 22 Feb 2026"
    host.site.store["swarm"] = json.dumps({"token": "SWMTKN-w", "managers": ["i-1", "i-2"]})

    with pytest.raises(Refused, match="not valid after"):
        host.step(group([1, 2]))
    assert host.engine.did == []


def test_the_leader_publishes_the_workers_token_and_never_the_managers(group: Any):
    host = leading(a_node(1, manager=True, leads=True))

    host.step(group([1]))
    assert json.loads(host.site.store["swarm"]) == {"token": "SWMTKN-w", "managers": ["i-1"]}


def test_the_leader_writes_down_who_will_hold_the_data_before_it_promotes(group: Any):
    host = leading(a_node(1, manager=True, leads=True), a_node(2), a_node(3))
    host.step(group([1, 2, 3]))

    assert "becomes a manager" in (host.step(group([1, 2, 3])) or "")
    path, body = host.engine.did[-1]
    assert (path, body["Role"]) == ("/nodes/n-2/update?version=2", "manager")
    assert host.founding.remembered == {"i-1", "i-2"}


def test_a_manager_without_a_quorum_says_what_to_do(group: Any):
    host = leading()
    host.engine.nodes = None
    host.engine.swarm["RemoteManagers"] = [{}, {}, {}]

    with pytest.raises(Refused, match="stax recover"):
        host.step(group([1, 2, 3]))


def test_a_worker_that_was_removed_while_it_was_away_leaves_and_joins_again(group: Any):
    host = Host(Engine("pending"))
    host.step(group([1, 2]))

    missing = [{"instance_id": "i-1", "swarm": "missing"}]
    host.site.store["report"] = json.dumps({"at": 1010, "hosts": missing})
    host.now_s = 1050.0
    assert host.step(group([1, 2])) is None, "the report may be older than its joining"

    host.site.store["report"] = json.dumps({"at": 1060, "hosts": missing})
    host.now_s = 1100.0
    assert "removed this host" in (host.step(group([1, 2])) or "")
    assert host.engine.did == [("/swarm/leave?force=true", {})]
