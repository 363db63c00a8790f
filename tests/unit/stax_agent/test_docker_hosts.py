"""The docker hosts, numbered as everywhere in stax."""

from stax_agent.docker_hosts import docker_hosts
from stax_agent.parameters import host_key_name


def described(*hosts: tuple[str, str], more: str = "") -> str:
    items = "".join(
        f"<item><instancesSet><item><instanceId>{instance_id}</instanceId><launchTime>{launched}</launchTime>"
        f"<privateIpAddress>10.0.0.{instance_id[-1]}</privateIpAddress>"
        "<instanceState><code>16</code><name>running</name></instanceState></item></instancesSet></item>"
        for instance_id, launched in hosts
    )
    return f"<DescribeInstancesResponse><reservationSet>{items}</reservationSet>{more}</DescribeInstancesResponse>"


def test_the_oldest_is_the_first_and_those_launched_together_go_by_their_ids(aws):
    late, early = "2026-01-02T00:00:00.000Z", "2026-01-01T00:00:00.000Z"
    aws.pages = [described(("i-3", late), ("i-2", early), ("i-1", late))]

    assert [(host.name, host.instance_id, host.address, host.state) for host in docker_hosts(aws, "web")] == [
        ("docker1", "i-2", "10.0.0.2", "running"),
        ("docker2", "i-1", "10.0.0.1", "running"),
        ("docker3", "i-3", "10.0.0.3", "running"),
    ]


def test_each_comes_with_the_host_key_that_it_published(aws, key):
    aws.pages = [described(("i-1", "a"), ("i-2", "b"), ("i-3", "c"))]
    aws.parameters = {host_key_name("web", "docker", "i-1"): key, host_key_name("web", "docker", "i-3"): "nonsense"}

    assert [host.host_key for host in docker_hosts(aws, "web")] == [key, "", ""]


def test_all_pages_are_read_of_this_stax_alone(aws):
    aws.pages = [described(("i-1", "a"), more="<nextToken>more</nextToken>"), described(("i-2", "b"))]

    assert len(docker_hosts(aws, "web")) == 2
    first, second = (parameters for action, parameters in aws.asked if action == "DescribeInstances")
    assert (first["Filter.1.Name"], first["Filter.1.Value.1"]) == ("tag:stax:name", "web")
    assert second["NextToken"] == "more"


def test_a_stax_without_docker_hosts_has_none(aws):
    aws.pages = [described()]

    assert docker_hosts(aws, "web") == []
