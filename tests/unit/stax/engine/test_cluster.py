"""Whether etcd, Swarm and consul are whole, by what the docker hosts report."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax.engine.clock import Stopwatch
from stax.engine.cluster import ClusterView, findings, servers, wait_until_whole
from stax.errors import Unhealthy
from stax.events import Checked, StepDetail
from stax.model.cluster import ClusterHost, ClusterReport, Quorum
from stax.model.stack import Stack

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STACK = Stack(
    name="demo",
    stack_id="arn:demo",
    status="CREATE_COMPLETE",
    created_at=NOW,
    outputs={"DockerGroupName": "demo-docker"},
)


def host(name: str, etcd: str = "voter", swarm: str = "manager", consul: str = "server") -> ClusterHost:
    return ClusterHost(instance_id=name, private_ip="10.183.0.4", zone="a", etcd=etcd, swarm=swarm, consul=consul)


def report(*hosts: ClusterHost, at: datetime = NOW, voters: int = 3, healthy: int = 3, refused: str = "") -> Any:
    quorum = {name: Quorum(healthy=healthy, voters=voters) for name in ("etcd", "swarm", "consul")}
    return ClusterReport(at=at, by="i-1", hosts=hosts, quorum=quorum, refused=refused)


def view(
    said: ClusterReport | None, *present: str, wanted: int = 0, going: str = "", boots: bool = True
) -> ClusterView:
    return ClusterView(
        wanted=wanted or len(present),
        present=frozenset(present),
        coming_or_going=frozenset([going] if going else []),
        boots=boots,
        report=said,
    )


def told(seen: ClusterView) -> Mapping[str, tuple[bool, str]]:
    return {one.subject: (one.ok, one.finding) for one in findings(seen, now=NOW)}


def test_three_hosts_in_all_three_are_whole():
    seen = view(report(host("i-1", etcd="leader"), host("i-2"), host("i-3")), "i-1", "i-2", "i-3")

    assert told(seen) == dict.fromkeys(("etcd", "swarm", "consul"), (True, "3 servers, all 3 hosts"))


def test_a_worker_is_a_member_without_a_vote():
    fourth = host("i-4", etcd="client", swarm="worker", consul="client")
    seen = view(report(host("i-1"), host("i-2"), host("i-3"), fourth), "i-1", "i-2", "i-3", "i-4")

    assert told(seen)["swarm"] == (True, "3 servers, all 4 hosts")


def test_one_server_is_said_to_be_one():
    seen = view(report(host("i-1"), voters=1, healthy=1), "i-1")

    assert told(seen)["etcd"] == (True, "1 server, so it does not survive the loss of its host, 1 host")


@pytest.mark.parametrize(
    ("said", "finding"),
    [
        (report(host("i-1"), host("i-2"), host("i-3"), healthy=2), "2 of 3 servers"),
        (report(host("i-1"), host("i-2"), host("i-3"), healthy=1), "no quorum (1 of 3 servers)"),
        (report(host("i-1"), host("i-2"), host("i-3", etcd="missing")), "2 of 3 hosts"),
        (report(host("i-1"), host("i-2"), host("i-3"), voters=5, healthy=5), "5 servers instead of 3"),
        (report(host("i-1"), host("i-2"), host("i-3"), host("i-9")), "still has i-9, which is gone"),
        (report(host("i-1"), host("i-2"), host("i-3"), at=NOW - timedelta(hours=1)), "nobody has reported for 3600 s"),
    ],
)
def test_what_is_not_whole_is_said(said, finding):
    assert told(view(said, "i-1", "i-2", "i-3"))["etcd"] == (False, finding)


def test_a_host_that_is_about_to_go_is_no_ghost():
    seen = view(report(host("i-1"), host("i-2"), host("i-3"), host("i-9")), "i-1", "i-2", "i-3", going="i-9")

    assert told(seen)["etcd"][0]
    assert told(seen)["docker hosts"] == (False, "3 of 3 in service, 1 on their way in or out")


def test_where_nothing_boots_nothing_is_waited_for():
    assert told(view(None, "i-1", boots=False))["clusters"][0]


def test_without_a_report_nothing_is_known():
    assert {ok for ok, _ in told(view(None, "i-1")).values()} == {False}


def test_the_leader_stands_first_among_the_servers():
    said = report(host("i-1"), host("i-2", swarm="leader"), host("i-3", swarm="worker"))

    assert servers(said, "swarm") == ["i-2", "i-1"]


def world(value: str, status: str = "ok") -> dict[str, Any]:
    members = [{"InstanceId": "i-1", "LifecycleState": "InService"}]
    statuses = [{"InstanceStatus": {"Status": status}}]
    return {
        "DescribeAutoScalingGroups": {"AutoScalingGroups": [{"DesiredCapacity": 1, "Instances": members}]},
        "DescribeInstanceStatus": {"InstanceStatuses": statuses},
        "GetParameter": {"Parameter": {"Value": value}} if value else "ParameterNotFound",
    }


def written(**changes: Any) -> str:
    names = ("etcd", "swarm", "consul")
    one = {"instance_id": "i-1", "private_ip": "10.183.0.4", "zone": "a", **dict.fromkeys(names, "leader")}
    quorum = {name: [1, 1] for name in names}
    return json.dumps({"at": datetime.now(UTC).timestamp(), "by": "i-1", "hosts": [one], "quorum": quorum, **changes})


def test_it_is_waited_until_the_clusters_are_whole(account_with: Any, clock: Any) -> None:
    account = account_with(**world(written()))
    early = {"Parameter": {"Value": written(quorum={"etcd": [1, 1], "swarm": [0, 0], "consul": [1, 1]})}}
    account.answers["GetParameter"] = ["ParameterNotFound", early, early, {"Parameter": {"Value": written()}}]

    events = list(wait_until_whole(account, STACK, Stopwatch(clock, 3600)))

    assert [event.text for event in events if isinstance(event, StepDetail)][1:] == ["swarm no quorum (0 of 0 servers)"]
    assert [event.ok for event in events if isinstance(event, Checked)] == [True, True, True]


def test_a_region_in_which_nothing_boots_is_not_waited_for(account_with: Any, clock: Any) -> None:
    list(wait_until_whole(account_with(**world("", status="not-applicable")), STACK, Stopwatch(clock, 3600)))

    assert clock.slept_s == []


@pytest.mark.parametrize("value", ["", "no JSON", "[]", '{"at": 1}'])
def test_a_report_that_never_comes_ends_the_wait(account_with: Any, clock: Any, value: str) -> None:
    with pytest.raises(Unhealthy, match="etcd the docker hosts report nothing yet") as caught:
        list(wait_until_whole(account_with(**world(value)), STACK, Stopwatch(clock, 3600)))

    assert "stax check demo" in caught.value.hint
    assert clock.now_s < 700
