"""Who the servers are: an odd number, spread over the zones, and whoever is one stays one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_agent.node.hosts import Group, Host
from stax_agent.node.roster import servers, servers_for

hosts_in_zones = st.lists(st.sampled_from("abc"), min_size=0, max_size=30)


def group_of(zones: list[str]) -> Group:
    hosts = tuple(
        Host(
            instance_id=f"i-{number:02}",
            private_ip=f"10.0.0.{number}",
            zone=zone,
            instance_type="t3.large",
            launched_at=f"2026-01-01T00:00:{number:02}Z",
            is_running=True,
            lifecycle_state="InService",
        )
        for number, zone in enumerate(zones)
    )
    return Group(hosts, len(hosts))


@pytest.mark.parametrize(("hosts", "count"), [(0, 0), (1, 1), (2, 1), (3, 3), (8, 3), (9, 5), (25, 5), (100, 5)])
def test_so_many_hosts_have_so_many_servers(hosts, count):
    assert servers_for(hosts) == count


@given(hosts_in_zones)
def test_the_servers_are_spread_over_the_zones_as_evenly_as_the_hosts_allow(zones):
    group = group_of(zones)
    chosen = [host for host in group.hosts if host.instance_id in servers(group)]

    assert len(chosen) == servers_for(len(zones))
    for crowded in set(zones):
        for other in set(zones) - {crowded}:
            here, there = (sum(host.zone == zone for host in chosen) for zone in (crowded, other))
            assert here <= there + 1 or there == zones.count(other)


@given(hosts_in_zones, st.data())
def test_a_server_that_stays_remains_one_as_long_as_there_is_room(zones, data):
    group = group_of(zones)
    current = data.draw(st.sets(st.sampled_from([host.instance_id for host in group.hosts]))) if zones else set()

    kept = current & set(servers(group, current))

    assert len(kept) == min(len(current), servers_for(len(zones)))


def test_one_that_is_told_to_go_or_does_not_run_is_no_server(host, group):
    going, stopped = host(1, state="Terminating:Wait"), host(2, is_running=False)

    assert servers(group([going, stopped, 3, 4, 5]), {"i-1", "i-2"}) == ("i-3", "i-4", "i-5")


def test_a_host_that_is_being_replaced_sends_no_other_server_home(group):
    """Two of three are there, and a third is to come: two remain servers, instead of one."""
    assert set(servers(group([1, 2], desired=3), {"i-1", "i-2", "i-3"})) == {"i-1", "i-2"}


def test_a_group_that_is_told_to_shrink_has_the_servers_of_the_size_it_is_told(group):
    assert servers(group([1, 2, 3], desired=1), {"i-1", "i-2", "i-3"}) == ("i-1",)
