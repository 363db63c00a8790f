"""The operator's side of the cluster: fleet's words from the laptop and on the hosts, check, scale."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cluster import Stax, clustered, eventually, skip_without_machines

IMAGE = "mkdir -p /tmp/box/bin && cp /bin/busybox /tmp/box/bin/ && tar -C /tmp/box -c . | docker import - box:1"
"""There is no registry here: every host makes the image from its own busybox."""
SERVICE = "docker service create --quiet --detach --endpoint-mode dnsrr --name web --replicas 2 box:1"
RUNS = f"{SERVICE} /bin/busybox sh -c 'while :; do echo hello; /bin/busybox sleep 1; done'"

NAMES = ("etcd", "swarm", "consul")
pytestmark = pytest.mark.timeout(900)  # creating counts for the first test that needs it


@pytest.fixture(scope="module")
def stax(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stax]:
    skip_without_machines()
    with clustered(tmp_path_factory.mktemp("commands"), hosts=3) as made:
        yield made


def answer(stax: Stax, *words: str) -> str:
    done = stax.stax(*words, "--region", "local")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_create_ends_when_all_three_clusters_have_every_host(stax: Stax) -> None:
    said = stax.report()

    assert [said["quorum"][name] for name in NAMES] == [[3, 3]] * 3
    assert {host["instance_id"] for host in said["hosts"]} == {host.instance_id for host in stax.hosts()}


def test_the_tour_of_2015_goes_word_for_word(stax: Stax) -> None:
    """connect, dockconnect, and there fleetctl, docker, etcdctl and consul."""
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
    # In a login shell, as a person has it, the same words are found.
    assert len(on_a_docker_host("bash", "-lc", "fleetctl list-machines --no-legend").splitlines()) == 3


def test_from_the_laptop_the_three_tables_are_one_command(stax: Stax) -> None:
    said = json.loads(answer(stax, "fleet", "--output", "json"))

    assert {one["machine"] for one in said["machines"]} == {host.instance_id for host in stax.hosts()}
    assert said["units"] == [] or {one["unit"] for one in said["units"]} == {"web.1", "web.2"}
    in_full = answer(stax, "fleet", "list-machines", "--no-legend", "--full")
    assert sorted(line.split("\t")[0] for line in in_full.splitlines()) == sorted(
        one.instance_id for one in stax.hosts()
    )


def test_a_unit_is_started_stopped_read_and_destroyed(stax: Stax) -> None:
    hosts = stax.hosts()
    for host in hosts:
        stax.inside(host.instance_id, IMAGE)
    stax.inside(hosts[0].instance_id, RUNS)

    assert "Unit web.1 launched on " in answer(stax, "fleet", "start", "web")
    eventually(lambda: "hello" in answer(stax, "fleet", "journal", "web", "--lines", "5"))
    assert "active (running)" in answer(stax, "fleet", "status", "web.service")
    where = answer(stax, "fleet", "ssh", "web.1", "--", "docker", "ps", "--format", "{{.Names}}")
    assert "web." in where

    answer(stax, "fleet", "stop", "web", "--yes")
    assert answer(stax, "fleet", "list-unit-files", "--fields", "unit,dstate").split() == [
        "UNIT", "DSTATE", "web", "loaded",
    ]  # fmt: skip
    answer(stax, "fleet", "destroy", "web", "--yes")
    gone = stax.stax("fleet", "cat", "web", "--region", "local")
    assert (gone.returncode, "there is no unit web" in gone.stderr) == (4, True)


def test_check_looks_at_every_promise(stax: Stax, tmp_path: Path) -> None:
    file = tmp_path / "check.xml"

    done = stax.stax("check", "--region", "local", "--output", "json", "--junit", str(file))

    said = json.loads(done.stdout)
    assert done.returncode == (0 if said["is_well"] else 6), done.stderr
    items = {(one["group"], one["subject"]): one for one in said["report"]["items"]}
    assert [items["clusters", name]["verdict"] for name in NAMES] == ["ok"] * 3
    assert items["drift", "stack"]["verdict"] == "ok"
    assert ("docker1", "certificates") in items
    assert ElementTree.parse(file).getroot().attrib["tests"] == str(len(said["report"]["items"]))  # noqa: S314 - our own


def test_scale_waits_until_a_new_host_is_in_everything(stax: Stax) -> None:
    answer(stax, "scale", "4", "--yes")

    said = stax.report()
    assert len(said["hosts"]) == 4
    assert not {"missing", "dead", "down", "failed"} & {host[name] for host in said["hosts"] for name in NAMES}


def test_nothing_is_recovered_while_a_majority_runs(stax: Stax) -> None:
    refused = stax.stax("recover", "--region", "local", "--yes")

    assert (refused.returncode, "has lost the majority" in refused.stderr) == (1, True)
