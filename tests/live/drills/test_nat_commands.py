"""What an operator sees of the NAT pair and does with it, between real machines: status, drain, drill, metrics, log."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.laptop import Laptop
from tests.live.test_connect import laptop

__all__ = ["laptop"]

COMES_ABOUT_WITHIN_S = 120.0
MOST_EXPOSED = 2.0


@pytest.fixture
def pair(laptop: Laptop) -> Iterator[Laptop]:
    """Each box carries its own zone, and both are well."""
    eventually(lambda: status(laptop)["findings"] == [])
    yield laptop
    for box in ("nat1", "nat2"):
        laptop.inside(box, "rm -f /run/stax-nat/drain; sysctl -qw net.ipv4.ip_forward=1; systemctl stop stax-nat-log")


def status(laptop: Laptop) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(laptop.stax("nat", "status", "web", "-o", "json").stdout)
    return told


def carriers(laptop: Laptop) -> list[str]:
    return [zone["carried_by"] for zone in status(laptop)["zones"]]


def eventually(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + COMES_ABOUT_WITHIN_S
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(1)


def test_a_drained_box_carries_nothing_until_it_returns(pair: Laptop) -> None:
    for _ in range(2):
        drained = pair.stax("nat", "drain", "nat1", "-n", "web")
        assert drained.returncode == 0, drained.stderr
        assert carriers(pair) == ["nat2", "nat2"]

    refused = pair.stax("nat", "drain", "nat2", "-n", "web")
    assert refused.returncode == 1
    assert "nat1 is running and says draining: drained by the operator" in refused.stderr

    returned = pair.stax("nat", "return", "nat1", "-n", "web", "-o", "json")
    assert returned.returncode == 0, returned.stdout
    assert json.loads(returned.stdout.splitlines()[-1])["event"] == "Result"
    assert carriers(pair) == ["nat1", "nat2"]
    told = [(one["box"], one["what"]) for one in json.loads(pair.stax("nat", "events", "web", "-o", "json").stdout)]
    assert {("nat1", "drain"), ("nat2", "moved"), ("nat1", "return"), ("nat1", "moved")} <= set(told)


def test_a_box_whose_agent_is_dead_is_not_drained_in_silence(pair: Laptop) -> None:
    pair.inside("nat1", "systemctl stop stax-nat-agent; rm -f /run/stax-nat/status.json")
    try:
        refused = pair.stax("nat", "drain", "nat1", "-n", "web")
        assert refused.returncode == 1
        assert "its agent does not run" in refused.stderr
    finally:
        pair.inside("nat1", "systemctl start stax-nat-agent")


def test_a_drill_finds_nothing_broken_and_puts_the_box_back(pair: Laptop) -> None:
    # A pair that is not settled is refused (6): on a busy machine it may just have missed a few heartbeats.
    tries = (drilled(pair) for _ in range(5))
    done = next(each for each in tries if each.returncode != 6)

    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])["result"]
    assert result["carried_by"] == "nat1"
    assert {kind: flows["broken"] for kind, flows in result["cost"]["flows"].items()} == {
        "exchanging": 0, "idle": 0, "receiving": 0, "udp": 0,
    }  # fmt: skip
    assert result["cost"]["begun"] > 0
    assert [event["zone"] for event in result["events"] if event["what"] == "moved" and event["box"] == "nat1"] == [2]
    assert pair.inside("nat2", "cat /proc/sys/net/ipv4/ip_forward") == "1\n"


def drilled(laptop: Laptop) -> "subprocess.CompletedProcess[str]":
    eventually(lambda: status(laptop)["findings"] == [])
    return laptop.stax("drill", "nat", "web", "--box", "nat2", "--kind", "forwarding-off", "--yes", "-o", "json")


def test_a_drill_that_is_not_answered_breaks_nothing(pair: Laptop) -> None:
    declined = pair.stax("drill", "nat", "web")

    assert declined.returncode == 5
    assert "nat1's power is cut" in declined.stderr


def test_the_numbers_are_for_the_private_subnets_alone(pair: Laptop) -> None:
    address = pair.machines()["nat1"]["private_ip"]
    ask = f"curl -s -m 5 http://{address}:9784/metrics"

    page = pair.inside("docker1", ask)

    assert "\nstax_nat_agent_up 1\n" in page
    assert re.search(r"^stax_nat_api_calls_total\{operation=\"DescribeAddresses\"\} \d+$", page, re.MULTILINE)
    assert pair.inside("jumpbox", f"{ask} || echo refused") == "refused\n"


def test_connections_are_logged_when_that_is_switched_on_and_only_then(pair: Laptop) -> None:
    box = "nat1" if in_zone_of_nat1(pair, "docker1") else "nat2"
    journal = "journalctl -u stax-nat-log --no-pager -o cat"
    pair.inside("docker1", "curl -s -m 5 http://one.example.com/ip")
    assert "destination_port=80" not in pair.inside(box, journal)

    pair.inside(box, "systemctl start stax-nat-log")
    eventually(lambda: "logging new connections" in pair.inside(box, journal))
    pair.inside("docker1", "curl -s -m 5 http://one.example.com/ip")

    host, own = (pair.machines()[name]["private_ip"] for name in ("docker1", box))
    line = rf"protocol=tcp source={host} source_port=\d+ destination=203.0.113.10 destination_port=80 translated={own} "
    eventually(lambda: re.search(line, pair.inside(box, journal)) is not None)
    pair.inside(box, "systemctl stop stax-nat-log")
    assert "stax_nat_log" not in pair.inside(box, "nft list tables")


def in_zone_of_nat1(laptop: Laptop, host: str) -> bool:
    machines = laptop.machines()
    return bool(machines[host]["zone"] == machines["nat1"]["zone"])


@pytest.mark.parametrize("unit", ["stax-nat-metrics", "stax-nat-log"])
def test_units_beside_the_agent_are_as_little_exposed(laptop: Laptop, unit: str) -> None:
    path = f"/etc/systemd/system/{unit}.service"

    said = laptop.inside("nat1", f"systemd-analyze security --offline=true --no-pager {path}")

    exposure = re.search(r"exposure level for .*: ([\d.]+)", said)
    assert exposure
    assert float(exposure[1]) <= MOST_EXPOSED, said
