"""One rule of a security group as a match of nft, and what a whole table holds."""

import pytest
from tests.accounts import ALL, Account, Rule, aws_id

from stax_local.network.filtering import filter_text, rule_match
from stax_local.network.ports import alive_ports
from stax_local.network.tables import versioned
from stax_local.network.translating import translation_text

GROUP = aws_id("sg", 7)


@pytest.mark.parametrize(
    ("rule", "match"),
    [
        (Rule("-1", None, None, "0.0.0.0/0"), ""),
        (Rule("-1", -1, -1, "10.0.0.0/8"), "ip saddr 10.0.0.0/8"),
        (Rule("tcp", 22, 22, "0.0.0.0/0"), "tcp dport 22-22"),
        (Rule("6", 80, 443, "1.2.3.4/32"), "ip saddr 1.2.3.4/32 tcp dport 80-443"),
        (Rule("tcp", 0, 65535, "0.0.0.0/0"), "meta l4proto tcp"),
        (Rule("udp", -1, -1, "0.0.0.0/0"), "meta l4proto udp"),
        (Rule("udp", 53, 53, group_id=GROUP), f"ip saddr @{GROUP} udp dport 53-53"),
        (Rule("icmp", -1, -1, "0.0.0.0/0"), "meta l4proto icmp"),
        (Rule("icmp", 3, 4, "0.0.0.0/0"), "icmp type 3 icmp code 4"),
        (Rule("1", 8, -1, "0.0.0.0/0"), "icmp type 8"),
        (Rule("50", None, None, "0.0.0.0/0"), "meta l4proto 50"),
    ],
)
def test_a_rule_matches_what_aws_says_it_matches(rule: Rule, match: str) -> None:
    assert rule_match(rule, "in") == match


@pytest.mark.parametrize(
    "rule",
    [
        Rule("-1", None, None, "::/0"),
        Rule("tcp", 443, 443, prefix_list_id="pl-1"),
        Rule("icmpv6", -1, -1, "0.0.0.0/0"),
        Rule("tcp", 90, 80, "0.0.0.0/0"),
        Rule("udp", 0, 70000, "0.0.0.0/0"),
        Rule("icmp", 300, -1, "0.0.0.0/0"),
        Rule("300", None, None, "0.0.0.0/0"),
        Rule("carp", None, None, "0.0.0.0/0"),
    ],
    ids=["IPv6", "prefix list", "ICMPv6", "ports", "port", "type", "protocol", "name"],
)
def test_a_rule_that_no_ipv4_packet_can_match_is_left_out(rule: Rule) -> None:
    assert rule_match(rule, "in") is None


def test_an_egress_rule_looks_at_where_the_packet_goes() -> None:
    assert rule_match(Rule("tcp", 443, 443, "10.0.0.0/8"), "out") == "ip daddr 10.0.0.0/8 tcp dport 443-443"


def _text(account: Account) -> str:
    ports = alive_ports(account.world)
    return filter_text(list(ports.values()), list(account.world.security_groups.values()), "10.183.0.2")


def _one_machine() -> tuple[Account, str, str]:
    account = Account()
    vpc = account.vpc()
    group = account.group(vpc, ALL)
    subnet = account.subnet(account.route_table(vpc), "10.183.0.0/24")
    _, interface = account.machine(subnet, "10.183.0.20", group)
    return account, interface, group


def test_a_group_named_by_a_rule_means_all_private_addresses_of_its_members() -> None:
    account, interface, group = _one_machine()
    account.second_address(interface, "10.183.0.21")

    assert f"set {group} {{ type ipv4_addr; elements = {{ 10.183.0.20, 10.183.0.21 }}; }}" in _text(account)


def test_an_elastic_ip_is_translated_to_the_private_address_it_is_associated_with() -> None:
    account, interface, _ = _one_machine()
    account.second_address(interface, "10.183.0.21")
    account.elastic_ip("198.51.100.7", interface, "10.183.0.21")

    text = translation_text(list(alive_ports(account.world).values()))

    assert "elements = { 198.51.100.7 : 10.183.0.21 }" in text
    assert "elements = { 10.183.0.21 : 198.51.100.7 }" in text


def test_a_group_that_is_gone_means_nobody() -> None:
    account, _, group = _one_machine()
    account.rules(group, Rule("-1", None, None, group_id=aws_id("sg", 99)))

    assert aws_id("sg", 99) not in _text(account)


def test_an_interface_of_a_group_that_is_gone_is_not_part_of_it() -> None:
    account, _, group = _one_machine()
    account.forget("security_groups", group)

    assert group not in _text(account)


def test_a_machine_without_the_source_check_may_send_from_any_address() -> None:
    account = Account()
    vpc = account.vpc()
    subnet = account.subnet(account.route_table(vpc), "10.183.0.0/24")
    account.machine(subnet, "10.183.0.20", account.group(vpc), check=False)

    assert "set checked { type ifname;  }" in _text(account)


def test_the_name_of_a_table_changes_with_its_text_only() -> None:
    account, _, group = _one_machine()
    before = versioned("groups", _text(account))
    assert versioned("groups", _text(account)) == before

    account.rules(group, Rule("tcp", 22, 22, "0.0.0.0/0"))

    assert versioned("groups", _text(account)) != before
