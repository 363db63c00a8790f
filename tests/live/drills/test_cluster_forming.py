"""The docker hosts become clusters by themselves, with one, three and five hosts, and follow the group's size."""

import time
from collections.abc import Iterator

import pytest
from tests.cluster import Stax, cluster_is_whole, clustered, eventually, skip_without_machines

ANYBODY = "curl --silent --max-time 5 --insecure"


@pytest.fixture(scope="module")
def stax(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stax]:
    """A stax that begins with one docker host; the tests below let it grow, in this order."""
    skip_without_machines()
    with clustered(tmp_path_factory.mktemp("cluster"), hosts=1) as made:
        yield made


def etcd_members(stax: Stax) -> set[str]:
    """The voters by instance id, as etcdctl says on the oldest host."""
    listed = etcdctl(stax, "member list").splitlines()
    rows = [line.split(", ") for line in listed]
    assert all(row[1] == "started" and row[5] == "false" for row in rows), listed
    return {row[2] for row in rows}


def etcdctl(stax: Stax, words: str, host: int = 0) -> str:
    """What somebody who logs in gets; ssh gives them this environment."""
    return stax.inside(
        stax.hosts()[host].instance_id, f"su core -c 'env $(sed -n s/^SetEnv.//p {SSHD}) etcdctl {words}'"
    )


SSHD = "/etc/ssh/sshd_config.d/20-docker.conf"


def test_one_host_is_a_cluster_of_one(stax: Stax) -> None:
    cluster_is_whole(stax, hosts=1)

    assert etcd_members(stax) == {host.instance_id for host in stax.hosts()}
    etcdctl(stax, "put kept through-all-of-this")


def test_three_hosts_are_three_servers_in_two_zones(stax: Stax) -> None:
    stax.scale(3)
    cluster_is_whole(stax, hosts=3)

    assert etcd_members(stax) == {host.instance_id for host in stax.hosts()}
    assert len({host.zone for host in stax.hosts()}) == 2


def test_nobody_without_a_certificate_is_answered(stax: Stax) -> None:
    one, other = stax.hosts()[:2]

    for port in (2379, 2380):
        refused = stax.execute(one.instance_id, f"{ANYBODY} https://{other.address}:{port}/health")
        assert (refused.returncode, refused.stdout) != (0, ""), port
        assert "true" not in refused.stdout


def test_five_hosts_have_three_servers_and_every_port_leads_to_them(stax: Stax) -> None:
    stax.scale(5)
    cluster_is_whole(stax, hosts=5)

    assert len(etcd_members(stax)) == 3
    for number in range(5):
        assert etcdctl(stax, "get kept --print-value-only", number) == "through-all-of-this\n"


def test_a_member_that_died_is_replaced(stax: Stax) -> None:
    dead = next(iter(sorted(etcd_members(stax))))
    stax.terminate(dead)

    eventually(lambda: dead not in {host.instance_id for host in stax.hosts()})
    cluster_is_whole(stax, hosts=5)

    assert dead not in etcd_members(stax)
    assert etcdctl(stax, "get kept --print-value-only") == "through-all-of-this\n"


def test_all_hosts_come_back_when_they_are_rebooted_at_once(stax: Stax) -> None:
    ids = [host.instance_id for host in stax.hosts()]
    for each in ids:
        stax.inside(each, "touch /run/before")
    stax.client("ec2").reboot_instances(InstanceIds=ids)
    eventually(lambda: all(stax.execute(each, "test ! -e /run/before").returncode == 0 for each in ids))
    cluster_is_whole(stax, hosts=5, since=time.time())

    assert etcdctl(stax, "get kept --print-value-only") == "through-all-of-this\n"


def test_three_are_left_when_the_group_shrinks(stax: Stax) -> None:
    stax.scale(3)
    cluster_is_whole(stax, hosts=3)

    assert etcd_members(stax) == {host.instance_id for host in stax.hosts()}
    assert etcdctl(stax, "get kept --print-value-only") == "through-all-of-this\n"
