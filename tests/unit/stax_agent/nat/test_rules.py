"""What the agent's rules say; what they do is tried in tests/live/drills/nat."""

from stax_agent.nat.examination import Settling
from stax_agent.nat.rules import ruleset
from stax_agent.nat.site import Site, Zone


def zone(number: int) -> Zone:
    return Zone(
        inside=f"10.183.{2 * number - 2}.0/24", home=f"10.183.{2 * number - 1}.5",
        stand_in=f"10.183.{2 * number - 1}.6", interface_id=f"eni-{number}", route_table_id=f"rtb-{number}",
        allocation_id=f"eipalloc-{number}", public_ip=f"198.51.100.{number}",
    )  # fmt: skip


def site(me: int) -> Site:
    return Site(me=me, region="us-east-1", vpc="10.183.0.0/16", zones={1: zone(1), 2: zone(2)})


def test_each_zone_is_translated_to_the_address_that_holds_its_elastic_ip_here():
    rules = ruleset(site(2))

    assert "ip saddr 10.183.0.0/24 ip daddr != 10.183.0.0/16 snat ip to 10.183.3.6" in rules
    assert "ip saddr 10.183.2.0/24 ip daddr != 10.183.0.0/16 snat ip to 10.183.3.5" in rules


def test_unknown_connections_are_reset_only_in_zones_that_have_settled():
    assert "elements = { 10.183.0.0/24 }" in ruleset(site(1), settled=frozenset({1}))
    assert "elements" not in ruleset(site(1))


def test_a_zone_settles_when_it_has_been_here_for_as_long_as_a_connection_may_be_idle():
    settling = Settling()

    assert settling.zones(frozenset({1}), 350, 1000.0) == frozenset()
    assert settling.zones(frozenset({1}), 350, 1349.0) == frozenset()
    assert settling.zones(frozenset({1}), 350, 1350.0) == {1}


def test_a_zone_that_was_away_has_to_settle_anew():
    settling = Settling()
    settling.zones(frozenset({1}), 350, 1000.0)
    settling.zones(frozenset(), 350, 1100.0)

    assert settling.zones(frozenset({1}), 350, 1400.0) == frozenset()
