"""Docker hosts die, hang, are cut off and are told to go; the clusters and the services outlive all of it."""

import json
import time
from collections.abc import Iterator

import pytest
from tests.cluster import (
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

REPLICAS = 4
# No IPVS in this kernel: round-robin by name instead of a virtual address.
SERVICE = (
    f"docker service create --detach --name web --replicas {REPLICAS} --endpoint-mode dnsrr --no-resolve-image "
    "box:1 /bin/busybox httpd -f -p 8080"
)


@pytest.fixture(scope="module")
def stax(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stax]:
    """Five docker hosts and a service; each test leaves them whole."""
    skip_without_machines()
    with clustered(tmp_path_factory.mktemp("cluster"), hosts=5) as made:
        cluster_is_whole(made, hosts=5)
        stocked(made)
        made.inside(leader(made), SERVICE)
        serving(made)
        yield made


def workers(stax: Stax) -> list[str]:
    return [host["instance_id"] for host in stax.report()["hosts"] if host["swarm"] == "worker"]


def serving(stax: Stax) -> None:
    eventually(lambda: stax.execute(leader(stax), RUNNING).stdout.strip() == str(REPLICAS))


def whole_and_serving(stax: Stax, hosts: int) -> None:
    cluster_is_whole(stax, hosts=hosts)
    stocked(stax)
    serving(stax)


def test_the_leader_and_a_worker_lose_their_power_at_once(stax: Stax) -> None:
    dead = [leader(stax), workers(stax)[0]]
    for each in dead:
        chaos(stax, "power-off", each)

    eventually(lambda: not {host.instance_id for host in stax.hosts()} & set(dead))
    whole_and_serving(stax, hosts=5)


def test_one_that_dies_while_it_joins_leaves_nothing_behind(stax: Stax) -> None:
    before = {host.instance_id for host in stax.hosts()}
    stax.scale(6)
    eventually(lambda: len(stax.hosts()) == 6)
    joining = next(host.instance_id for host in stax.hosts() if host.instance_id not in before)
    eventually(lambda: "node:" in stax.execute(joining, "journalctl --unit stax-node --no-pager").stdout)
    chaos(stax, "power-off", joining)

    eventually(lambda: joining not in {host.instance_id for host in stax.hosts()})
    whole_and_serving(stax, hosts=6)


def test_two_that_are_told_to_go_hand_over_first(stax: Stax) -> None:
    stax.resize(least=4, most=9, desired=4)

    whole_and_serving(stax, hosts=4)
    listed = stax.inside(leader(stax), "docker node ls --format '{{.Status}} {{.Availability}}'").splitlines()
    assert listed == ["Ready Active"] * 4
    members = stax.inside(leader(stax), "consul members").splitlines()[1:]
    assert [line.split()[2] for line in members] == ["alive"] * 4


def test_a_zone_that_was_cut_off_is_back_when_the_cut_is_healed(stax: Stax) -> None:
    zone = stax.hosts()[0].zone
    for other in [host.instance_id for host in stax.hosts() if host.zone != zone]:
        chaos(stax, "cut", other, zone)
    try:
        eventually(
            lambda: any(
                "Down" in stax.execute(host.instance_id, "docker node ls --format '{{.Status}}'").stdout
                for host in stax.hosts()
            )
        )
    finally:
        chaos(stax, "clear")

    whole_and_serving(stax, hosts=4)


def test_consul_answers_nobody_who_may_not_ask(stax: Stax) -> None:
    one, other = stax.hosts()[:2]

    plain = stax.execute(one.instance_id, f"curl --silent --max-time 5 http://{other.address}:8500/v1/status/leader")
    unknown = stax.execute(
        one.instance_id, f"curl --silent --insecure --max-time 5 https://{other.address}:8501/v1/status/leader"
    )
    unnamed = stax.inside(
        one.instance_id,
        "curl --silent --output /dev/null --write-out '%{http_code}' -X PUT -d x http://127.0.0.1:8500/v1/kv/x",
    )
    assert (plain.stdout, unknown.stdout, unnamed) == ("", "", "403")


def test_hosts_that_are_to_restart_for_an_update_do_so_one_after_the_other(stax: Stax) -> None:
    waiting = [*workers(stax)[:1], leader(stax)]
    boots = {each: boot_id(stax, each) for each in waiting}
    for each in waiting:
        stax.inside(each, 'echo \'{"restart_window_utc": "00:00-24:00"}\' >/etc/stax/updates.json')
        stax.inside(each, "touch /run/reboot-required")

    away = 0
    deadline = time.monotonic() + 300
    while any(boot_id(stax, each) in {"", boots[each]} for each in waiting):
        assert time.monotonic() < deadline, stax.journals()
        drained = [host["instance_id"] for host in stax.report()["hosts"] if host["swarm"] == "down"]
        away = max(away, len(drained))
        time.sleep(0.5)

    assert away <= 1
    whole_and_serving(stax, hosts=4)
    eventually(lambda: "drain" not in availabilities(stax))


def boot_id(stax: Stax, instance_id: str) -> str:
    return stax.execute(instance_id, "cat /proc/sys/kernel/random/boot_id").stdout.strip()


def availabilities(stax: Stax) -> str:
    listed = stax.execute(leader(stax), "docker node ls --format '{{json .Availability}}'").stdout
    return " ".join(json.loads(line).lower() for line in listed.splitlines())
