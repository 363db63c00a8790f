"""One host's part in consul: founding, joining, its role, access, and what the leader clears away."""

from typing import Any

import pytest

from stax_agent.node.cluster import Refused
from stax_agent.node.consul import ELECTED_WITHIN_S, Consul
from stax_agent.node.consul_access import HOST, Access
from stax_agent.node.consul_api import ConsulApi, ConsulMember
from stax_agent.node.consul_service import node_id
from stax_agent.setback import Setback


class Store(dict[str, str]):
    def put(self, name: str, value: str, *, is_secret: bool = False) -> None:
        assert is_secret
        self[name] = value

    def claim(self, name: str, value: str, *, is_secret: bool = False) -> str:
        assert is_secret
        return self.setdefault(name, value)


class Site:
    instance_id, private_ip = "i-1", "10.0.0.1"

    def __init__(self) -> None:
        self.store = Store()


class Service:
    """The program on host 1."""

    is_set_up = is_server = is_founder = has_old_certificate = False
    token = "own"
    joined_by: tuple[str, ...] = ()
    running = True

    def __init__(self) -> None:
        self.did: list[str] = []

    def runs(self) -> bool:
        return self.running

    def start(self) -> None:
        self.did.append("start")

    def become(self, *, gossip_key: str, others: Any, is_server: bool, founds: bool = False) -> None:
        assert gossip_key
        self.is_set_up, self.is_server, self.is_founder, self.joined_by = True, is_server, founds, tuple(others)
        self.did.append("founds" if founds else "server" if is_server else "client")

    def settle(self) -> None:
        self.is_founder = False

    def allow_bootstrap(self, reset_index: str) -> None:
        self.did.append(f"reset {reset_index}")


class Api(ConsulApi):
    """The agent of host 1: what it knows, and what was asked of it with which token."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[ConsulMember] = []
        self.leads = ""
        self.votes: tuple[str, ...] = ()
        self.tokens: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.lost_token = False
        self.by = ""

    def with_token(self, token: str) -> "Api":
        self.by = token
        return self

    def members(self) -> tuple[ConsulMember, ...]:
        return tuple(self.listed)

    def leader(self) -> str:
        return self.leads

    def servers(self) -> tuple[str, ...]:
        return tuple(self.votes)

    def bootstrap(self) -> str:
        if self.lost_token:
            self.lost_token = False
            raise Setback("Permission denied: ACL bootstrap no longer allowed (reset index: 13)", code="403")
        return "first"

    def knows_token(self) -> bool:
        return self.by in self.tokens

    def get(self, path: str) -> Any:
        return list(self.tokens.values()) if path == "acl/tokens" else []

    def put(self, path: str, body: Any) -> None:
        if path == "acl/token":
            self.tokens[body["SecretID"]] = {"AccessorID": f"of-{body['SecretID']}", **body}
        self.asked.append(f"{self.by} PUT {path}")

    def delete(self, path: str) -> None:
        self.tokens = {key: one for key, one in self.tokens.items() if not path.endswith(one["AccessorID"])}

    def forget(self, name: str) -> None:
        self.listed = [each for each in self.listed if each.name != name]
        self.asked.append(f"forget {name}")

    def remove_server(self, address: str) -> None:
        self.asked.append(f"remove {address}")


class Founding:
    mine = False

    def is_mine(self, group: Any) -> bool:
        return self.mine

    def remember(self, members: Any) -> None:
        self.remembered = set(members)


class Host:
    """Host 1 and its agent."""

    def __init__(self) -> None:
        self.site, self.service, self.founding, self.api = Site(), Service(), Founding(), Api()
        self.now_s = 100.0
        parts: Any = (self.site, self.service, self.founding, self.api)
        self.consul = Consul(*parts, now=lambda: self.now_s)

    def step(self, group: Any) -> str | None:
        return self.consul.step(self.consul.observe(group), group)

    def settles(self, group: Any) -> None:
        """Take steps until there is nothing to do."""
        for _ in range(20):
            if self.step(group) is None:
                return
        raise AssertionError("it never settles")


def a_member(number: int, *, is_server: bool = False, status: str = "alive") -> ConsulMember:
    return ConsulMember(
        name=f"ip-10-0-0-{number}",
        id=node_id(f"i-{number}"),
        address=f"10.0.0.{number}",
        is_server=is_server,
        status=status,
    )


def leading(*others: ConsulMember) -> Host:
    host = Host()
    host.service.is_set_up = host.service.is_server = True
    host.api.leads, host.api.votes = "10.0.0.1", ("10.0.0.1",)
    host.api.listed = [a_member(1, is_server=True), *others]
    return host


def test_the_founder_founds_and_everybody_else_joins_as_a_client(group: Any):
    founder, other = Host(), Host()
    founder.founding.mine = True

    founder.step(group([1, 2]))
    other.step(group([1, 2]))
    assert (founder.service.did, other.service.did) == (["founds"], ["client"])
    assert other.service.joined_by == ("10.0.0.2",)
    assert founder.site.store["gossip"]


def test_what_was_set_up_is_started_after_a_boot(group: Any):
    host = Host()
    host.service.is_set_up, host.service.running = True, False

    assert host.step(group([1])) == "started"


def test_the_leader_keeps_the_first_token_then_every_host_gets_one_of_its_own(group: Any):
    host = leading()
    host.settles(group([1]))

    assert host.site.store["consul"] == '{"token": "first"}'
    assert list(host.api.tokens) == ["own"]
    assert host.api.tokens["own"]["NodeIdentities"] == [{"NodeName": "ip-10-0-0-1", "Datacenter": "dc1"}]
    assert all(line.startswith("first ") for line in host.api.asked)


def test_a_first_token_that_was_given_and_lost_is_given_again(group: Any):
    host = leading()
    host.api.lost_token = True
    host.settles(group([1]))

    assert host.service.did == ["reset 13"]
    assert host.site.store["consul"] == '{"token": "first"}'


def test_a_client_of_the_roster_writes_down_that_it_holds_data_and_becomes_a_server(group: Any):
    host = leading(a_member(2, is_server=True), a_member(3))
    host.api.leads, host.api.votes = "10.0.0.2", ("10.0.0.2",)
    host.service.is_server = False
    host.site.store["consul"] = '{"token": "first"}'
    host.api.listed[0] = a_member(1)

    while "server" not in host.service.did:
        assert host.step(group([1, 2, 3]))
    assert host.founding.remembered == {"i-1", "i-2"}


def test_the_leader_forgets_a_dead_server_and_takes_back_its_token(group: Any):
    host = leading(a_member(9, is_server=True, status="failed"))
    host.api.votes = ("10.0.0.1", "10.0.0.9")
    host.api.tokens["other"] = {"AccessorID": "of-other", "Description": f"{HOST}i-9"}

    for _ in range(8):
        host.step(group([1]))
    assert {"remove 10.0.0.9", "forget ip-10-0-0-9"} <= set(host.api.asked)
    assert list(host.api.tokens) == ["own"]


def test_a_lost_quorum_is_told_only_when_an_election_would_be_over(group: Any):
    host = leading(a_member(2, is_server=True, status="failed"), a_member(3, is_server=True, status="failed"))
    host.api.leads = ""
    assert host.step(group([1, 2, 3])) is None

    host.now_s += ELECTED_WITHIN_S + 1
    with pytest.raises(Refused, match="quorum is lost"):
        host.step(group([1, 2, 3]))


def test_a_founding_after_all_were_gone_begins_with_tokens_of_its_own():
    site, service, api = Site(), Service(), Api()
    site.store["consul"] = '{"token": "of the dead"}'
    access = Access(site, service, api)  # type: ignore[arg-type]  # by their words
    access.api()
    assert access.is_set_up

    access.start_anew()
    access.api()
    assert not access.is_set_up
