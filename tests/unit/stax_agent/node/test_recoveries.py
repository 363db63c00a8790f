"""Swarm and consul from one survivor: never beside another that may come back."""

from typing import Any

import pytest
from tests.unit.stax_agent.node.conftest import a_host

from stax_agent.node.cluster import Refused
from stax_agent.node.consul_recovery import ConsulRecovery
from stax_agent.node.recovery import rivals
from stax_agent.node.swarm_recovery import SwarmRecovery
from stax_agent.setback import Setback


class Swarm:
    """The engine of a manager whose Swarm has lost its quorum."""

    def __init__(self, *, manages: bool = True, decides: bool = False, heals: bool = True) -> None:
        self.manages, self.decides, self.heals = manages, decides, heals
        self.forced: list[Any] = []

    def get(self, path: str) -> Any:
        if path == "/info":
            return {"Swarm": {"ControlAvailable": self.manages}}
        if not self.decides:
            raise Setback("no leader", code="500")
        return []

    def post(self, path: str, body: Any, *, timeout_s: float) -> None:
        self.forced.append((path, body["ForceNewCluster"], body["AdvertiseAddr"]))
        self.decides = self.heals


class Consul:
    """The agent of a server whose cluster has lost its quorum."""

    def __init__(self, *, is_server: bool = True, heals: bool = True) -> None:
        self.is_server, self.heals, self.leads = is_server, heals, False

    def leader(self) -> str:
        return "10.0.0.1" if self.leads else ""

    def go_on_alone(self) -> None:
        self.leads = self.heals


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def sleep(self, pause_s: float) -> None:
        self.now_s += pause_s

    def now(self) -> float:
        return self.now_s


def nobody(group: Any) -> list[str]:
    return []


def swarm(engine: Swarm, others: Any = nobody) -> SwarmRecovery:
    clock = Clock()
    return SwarmRecovery(engine, "10.0.0.1", others, sleep=clock.sleep, now=clock.now)  # type: ignore[arg-type]


def consul(of: Consul, others: Any = nobody) -> ConsulRecovery:
    clock = Clock()
    return ConsulRecovery(of, of, others, sleep=clock.sleep, now=clock.now)  # type: ignore[arg-type]


def test_the_survivor_goes_on_alone(group: Any):
    engine, agent = Swarm(), Consul()

    assert "only manager" in swarm(engine).recover(group([1]))
    assert engine.forced == [("/swarm/init", True, "10.0.0.1")]
    assert "only server" in consul(agent).recover(group([1]))


def test_a_cluster_that_decides_is_left_alone(group: Any):
    engine, agent = Swarm(decides=True), Consul()
    agent.leads = True

    assert "nothing to recover" in swarm(engine).recover(group([1]))
    assert engine.forced == []
    assert "nothing to recover" in consul(agent).recover(group([1]))


def test_while_another_may_come_back_it_is_refused_by_name(group: Any):
    engine, agent = Swarm(), Consul()

    for recovery in (swarm(engine, lambda _: ["i-2"]), consul(agent, lambda _: ["i-2"])):
        with pytest.raises(Refused, match="i-2"):
            recovery.recover(group([1, 2]))
    assert (engine.forced, agent.leads) == ([], False)


def test_a_host_that_holds_nothing_says_so(group: Any):
    for recovery in (swarm(Swarm(manages=False)), consul(Consul(is_server=False))):
        with pytest.raises(Refused, match="nothing to recover"):
            recovery.recover(group([1]))


def test_what_does_not_come_up_is_given_up_with_a_place_to_look(group: Any):
    for recovery in (swarm(Swarm(heals=False)), consul(Consul(heals=False))):
        with pytest.raises(Setback, match="journalctl"):
            recovery.recover(group([1]))


class Store:
    def get(self, name: str) -> str:
        return {"swarm-members": "i-1 i-2 i-3 i-4"}[name]


def test_whoever_is_gone_or_told_to_go_is_no_rival(group: Any):
    hosts = group([1, 2, a_host(3, state="Terminating:Wait")])

    assert rivals(Store(), "swarm", "i-1", hosts) == ["i-2"]  # type: ignore[arg-type]  # a store by its one word
