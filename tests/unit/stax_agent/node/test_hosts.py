"""The docker hosts as EC2 and Auto Scaling see them."""

from collections.abc import Mapping
from xml.etree import ElementTree

import pytest

from stax_agent.aws import Aws
from stax_agent.node.hosts import read_group


class Described(Aws):
    def __init__(self, pages: list[str], group: str) -> None:
        self.pages, self.group = pages, group

    def ec2(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        return ElementTree.fromstring(self.pages.pop(0))  # noqa: S314 - the test wrote it

    def autoscaling(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        assert parameters == {"AutoScalingGroupNames.member.1": "web-docker"}
        return ElementTree.fromstring(  # noqa: S314 - the test wrote it
            f"<R><DescribeAutoScalingGroupsResult><AutoScalingGroups>{self.group}</AutoScalingGroups>"
            "</DescribeAutoScalingGroupsResult></R>"
        )


def instance(number: int, state: str = "running") -> str:
    return (
        f"<item><instancesSet><item><instanceId>i-{number}</instanceId><privateIpAddress>10.0.0.{number}</privateIpAddress>"
        f"<launchTime>2026-01-01T00:0{9 - number}:00Z</launchTime><instanceType>t3.large</instanceType>"
        f"<placement><availabilityZone>a</availabilityZone></placement>"
        f"<instanceState><name>{state}</name></instanceState></item></instancesSet></item>"
    )


def page(*instances: str, more: str = "") -> str:
    token = f"<nextToken>{more}</nextToken>" if more else ""
    return f"<R><reservationSet>{''.join(instances)}</reservationSet>{token}</R>"


GROUP = (
    "<member><DesiredCapacity>3</DesiredCapacity><Instances>"
    "<member><InstanceId>i-1</InstanceId><LifecycleState>InService</LifecycleState></member>"
    "<member><InstanceId>i-2</InstanceId><LifecycleState>Terminating:Wait</LifecycleState></member>"
    "</Instances></member>"
)


def test_all_pages_are_read_the_oldest_host_is_first_and_each_has_its_lifecycle_state():
    group = read_group(
        Described([page(instance(1), more="x"), page(instance(2), instance(3, "pending"))], GROUP), "web"
    )

    assert [host.instance_id for host in group.hosts] == ["i-3", "i-2", "i-1"]
    assert [host.lifecycle_state for host in group.hosts] == ["", "Terminating:Wait", "InService"]
    assert [host.is_running for host in group.hosts] == [False, True, True]
    assert group.desired == 3


def test_those_that_stay_run_and_are_not_told_to_go():
    group = read_group(Described([page(instance(1), instance(2), instance(3, "pending"))], GROUP), "web")

    assert [host.instance_id for host in group.staying] == ["i-1"]


def test_without_a_group_there_should_be_as_many_as_there_are():
    assert read_group(Described([page(instance(1), instance(2))], ""), "web").desired == 2


@pytest.mark.parametrize(("asked", "found"), [("i-2", "10.0.0.2"), ("i-9", None)])
def test_a_host_is_found_by_its_id(asked, found):
    group = read_group(Described([page(instance(1), instance(2))], GROUP), "web")

    host = group.host(asked)

    assert (host.private_ip if host else None) == found
    assert group.at("10.0.0.1") is group.host("i-1")


def test_one_that_the_hook_holds_and_that_exists_no_more_is_no_host_and_is_told():
    group = read_group(Described([page(instance(1))], GROUP), "web")

    assert ([host.instance_id for host in group.hosts], group.held) == (["i-1"], ("i-2",))
