"""consul's settings: what it hears where, as whom, and what is kept when its role changes."""

import json
from pathlib import Path
from typing import Any

import pytest

from stax_agent.node import systemd
from stax_agent.node.consul_service import ConsulService, node_id


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What systemd was told."""
    told: list[str] = []
    for verb in ("start", "stop", "restart"):
        monkeypatch.setattr(systemd, verb, lambda unit, verb=verb: told.append(f"{verb} {unit}"))
    return told


@pytest.fixture
def service(tmp_path: Path) -> ConsulService:
    (tmp_path / "data/raft").mkdir(parents=True)
    return ConsulService("i-1", "10.0.0.1", tmp_path / "consul.json", tmp_path / "data")


def settings(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "consul.json").read_text())


def become(service: ConsulService, *, is_server: bool, founds: bool = False) -> None:
    service.become(gossip_key="key", others=["10.0.0.2"], is_server=is_server, founds=founds)


def test_in_the_vpc_it_asks_for_certificates_and_denies_what_no_token_allows(service, did, tmp_path):
    become(service, is_server=False)
    said = settings(tmp_path)

    assert (said["client_addr"], said["addresses"], said["ports"]["https"]) == (
        "127.0.0.1",
        {"https": "10.0.0.1"},
        8501,
    )
    assert said["verify_incoming"] is said["verify_outgoing"] is said["verify_server_hostname"] is True
    assert (said["acl"]["enabled"], said["acl"]["default_policy"], said["encrypt"]) == (True, "deny", "key")
    assert (tmp_path / "consul.json").stat().st_mode & 0o777 == 0o600


def test_a_host_keeps_its_token_and_its_id_whatever_it_becomes(service, did, tmp_path):
    become(service, is_server=False)
    before = settings(tmp_path)
    become(service, is_server=True)

    assert settings(tmp_path)["acl"] == before["acl"]
    assert settings(tmp_path)["node_id"] == before["node_id"] == node_id("i-1")
    assert (service.is_server, service.is_founder) == (True, False)


def test_another_role_begins_without_the_log_of_the_former(service, did, tmp_path):
    become(service, is_server=True)
    (tmp_path / "data/raft").mkdir(exist_ok=True)
    become(service, is_server=True)
    assert (tmp_path / "data/raft").exists()

    become(service, is_server=False)
    assert not (tmp_path / "data/raft").exists()


def test_the_founder_is_a_server_like_any_other_once_the_cluster_stands(service, did, tmp_path):
    become(service, is_server=True, founds=True)
    assert service.is_founder
    told = list(did)

    service.settle()
    assert "bootstrap_expect" not in settings(tmp_path)
    assert did == told, "nothing is restarted for it"


def test_the_survivor_of_a_lost_quorum_is_told_that_it_is_the_only_server(service, did, tmp_path):
    service.go_on_alone()

    peers = json.loads((tmp_path / "data/raft/peers.json").read_text())
    assert peers == [{"id": node_id("i-1"), "address": "10.0.0.1:8300", "non_voter": False}]
    assert did == ["stop stax-consul.service", "start stax-consul.service"]
