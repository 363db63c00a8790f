"""Three docker hosts and their clusters: the tour, fleet's words, more hosts and fewer, a leader that dies, a lost
quorum.  One stax, which each test leaves whole, and one service, which outlives all of it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cluster import (
    CLUSTERS,
    RUNNING,
    Stax,
    chaos,
    cluster_is_whole,
    clustered,
    eventually,
    leader,
    skip_without_machines,
    stocked,
)

# No IPVS in this kernel: round-robin by name instead of a virtual address.
SERVICE = (
    "docker service create --quiet --detach --endpoint-mode dnsrr --no-resolve-image --name web --replicas 2 "
    "--stop-grace-period 1s box:1 /bin/busybox sh -c 'while :; do echo hello; /bin/busybox sleep 1; done'"
)

pytestmark = pytest.mark.timeout(900)  # creating counts for the first test that needs it


@pytest.fixture(scope="module")
def stax(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stax]:
    skip_without_machines()
    with clustered(tmp_path_factory.mktemp("cluster"), hosts=3) as made:
        stocked(made)
        made.inside(made.hosts()[0].instance_id, SERVICE)
        serving(made)
        yield made


def serving(stax: Stax) -> None:
    eventually(lambda: stax.execute(leader(stax), RUNNING).stdout.strip() == "2")


def whole_and_serving(stax: Stax, hosts: int) -> None:
    cluster_is_whole(stax, hosts=hosts)
    stocked(stax)
    serving(stax)


def answer(stax: Stax, *words: str) -> str:
    done = stax.stax(*words, "--region", "local")
    assert done.returncode == 0, done.stderr
    return done.stdout


def dies(stax: Stax, *instance_ids: str) -> None:
    """Power fails, and what is left of the machines is taken away, as EC2 does with a lost host."""
    for each in instance_ids:
        chaos(stax, "power-off", each)
    stax.terminate(*instance_ids)
    eventually(lambda: not {host.instance_id for host in stax.hosts()} & set(instance_ids))


def test_the_tour_works_word_for_word(stax: Stax) -> None:
    """The words of the guide: connect to the jumpbox, dockconnect, and there fleetctl, docker, etcdctl and consul."""
    eventually(lambda: stax.stax("connect", "jump", "--", "dockconnect", "1", "--", "true").returncode == 0)

    def on_a_docker_host(*words: str) -> str:
        done = stax.stax("connect", "jump", "--", "dockconnect", "1", "--", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    first, *machines = on_a_docker_host("fleetctl", "list-machines").splitlines()
    assert first.split() == ["MACHINE", "IP", "METADATA"]
    assert {line.split("\t")[0] for line in machines} == {f"{host.instance_id[:8]}..." for host in stax.hosts()}
    assert "CONTAINER ID" in on_a_docker_host("docker", "ps")
    assert on_a_docker_host("etcdctl", "member", "list").count("started") == 3
    assert on_a_docker_host("consul", "members").count("alive") == 3


def test_a_unit_is_read_stopped_and_started_from_the_laptop(stax: Stax) -> None:
    in_full = answer(stax, "fleet", "list-machines", "--no-legend", "--full").splitlines()
    assert sorted(line.split("\t")[0] for line in in_full) == sorted(host.instance_id for host in stax.hosts())
    eventually(lambda: "hello" in answer(stax, "fleet", "journal", "web", "--lines", "5"))
    assert "active (running)" in answer(stax, "fleet", "status", "web.service")

    answer(stax, "fleet", "stop", "web", "--yes")
    assert answer(stax, "fleet", "list-unit-files", "--fields", "unit,dstate").split() == [
        "UNIT", "DSTATE", "web", "loaded",
    ]  # fmt: skip
    assert "Unit web.2 launched on " in answer(stax, "fleet", "start", "web")
    there = stax.stax("fleet", "ssh", "web.1", "--region", "local", "--", "docker", "ps")
    assert "web.1." in there.stdout, there.stderr


def test_check_looks_at_every_promise(stax: Stax, tmp_path: Path) -> None:
    file = tmp_path / "check.xml"

    done = stax.stax("check", "--region", "local", "--output", "json", "--junit", str(file))

    said = json.loads(done.stdout)
    assert done.returncode == (0 if said["is_well"] else 6), done.stderr
    items = {(one["group"], one["subject"]): one for one in said["report"]["items"]}
    assert [items["clusters", name]["verdict"] for name in CLUSTERS] == ["ok"] * 3
    assert items["drift", "stack"]["verdict"] == "ok"
    assert ("docker1", "certificates") in items
    assert ElementTree.parse(file).getroot().attrib["tests"] == str(len(said["report"]["items"]))  # noqa: S314 - our own


def test_a_host_comes_and_a_host_goes(stax: Stax) -> None:
    answer(stax, "scale", "4", "--yes")
    stocked(stax)
    answer(stax, "scale", "3", "--yes")

    whole_and_serving(stax, hosts=3)
    nodes = stax.inside(leader(stax), "docker node ls --format '{{.Status}} {{.Availability}}'").splitlines()
    assert nodes == ["Ready Active"] * 3


def test_a_leader_that_dies_is_replaced(stax: Stax) -> None:
    dies(stax, leader(stax))

    whole_and_serving(stax, hosts=3)


def test_a_lost_quorum_is_told_and_recovered_from_the_survivor(stax: Stax) -> None:
    dead = [leader(stax), *(host.instance_id for host in stax.hosts() if host.instance_id != leader(stax))][:2]
    dies(stax, *dead)
    told = json.loads(stax.stax("check", "--region", "local", "--no-ssh", "--output", "json").stdout)
    (quorum,) = [one for one in told["report"]["items"] if one["subject"] == "quorum"]
    assert "stax recover web" in quorum["advice"]

    answer(stax, "recover", "--yes")

    whole_and_serving(stax, hosts=3)
    refused = stax.stax("recover", "--region", "local", "--yes")
    assert (refused.returncode, "has lost the majority" in refused.stderr) == (1, True)
