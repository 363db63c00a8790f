"""Security groups in the kernel: each rule both ways, state, and groups that name each other."""

from dataclasses import dataclass

import pytest
from tests.accounts import ALL, ANYWHERE, Rule
from tests.lab import Lab, exchanges

A, B = "10.183.0.10", "10.183.1.20"
PORT = 7007


@dataclass
class Two:
    """Two machines in two subnets, a group each, an echo on both."""

    lab: Lab
    a: str
    b: str
    group_a: str
    group_b: str
    interface_b: str
    subnet_a: str

    def ingress(self, group_id: str, *rules: Rule) -> None:
        self.lab.account.rules(group_id, *rules)
        self.lab.settle()

    def tcp(self) -> bool:
        """Whether A gets through to B."""
        return self.lab.tcp(self.lab.machine(self.a), B, PORT)

    def udp(self) -> bool:
        return self.lab.udp(self.lab.machine(self.a), B, PORT)

    def ping(self) -> bool:
        return self.lab.pings(self.lab.machine(self.a), B)


@pytest.fixture
def two(lab: Lab) -> Two:
    account = lab.account
    vpc = account.vpc()
    table = account.route_table(vpc)
    group_a, group_b = account.group(vpc), account.group(vpc)
    subnet_a = account.subnet(table, "10.183.0.0/24")
    a, _ = account.machine(subnet_a, A, group_a)
    b, interface_b = account.machine(account.subnet(table, "10.183.1.0/24"), B, group_b)
    lab.settle()
    lab.echo(lab.machine(a), A, PORT)
    lab.echo(lab.machine(b), B, PORT)
    return Two(lab, a, b, group_a, group_b, interface_b, subnet_a)


def test_without_a_rule_nothing_comes_in(two: Two) -> None:
    assert (two.tcp(), two.udp(), two.ping()) == (False, False, False)


@pytest.mark.parametrize(
    ("rule", "tcp", "udp", "ping"),
    [
        (ALL, True, True, True),
        (Rule("tcp", PORT, PORT, ANYWHERE), True, False, False),
        (Rule("tcp", PORT + 1, PORT + 9, ANYWHERE), False, False, False),
        (Rule("tcp", PORT - 9, PORT, "10.183.0.0/24"), True, False, False),
        (Rule("tcp", 0, 65535, "10.183.9.0/24"), False, False, False),
        (Rule("udp", PORT, PORT, f"{A}/32"), False, True, False),
        (Rule("icmp", -1, -1, ANYWHERE), False, False, True),
        (Rule("icmp", 8, -1, ANYWHERE), False, False, True),
        (Rule("icmp", 3, 4, ANYWHERE), False, False, False),
    ],
)
def test_a_rule_lets_in_what_it_names_and_nothing_else(two: Two, rule: Rule, tcp: bool, udp: bool, ping: bool) -> None:
    two.ingress(two.group_b, rule)

    assert (two.tcp(), two.udp(), two.ping()) == (tcp, udp, ping)


def test_answers_need_no_rule_but_questions_the_other_way_do(two: Two) -> None:
    two.ingress(two.group_b, ALL)

    assert two.tcp()
    assert not two.lab.tcp(two.lab.machine(two.b), A, PORT)


def test_a_rule_may_name_a_group_and_means_its_members(two: Two) -> None:
    two.ingress(two.group_b, Rule("tcp", PORT, PORT, group_id=two.group_a))
    assert two.tcp()

    outsider, _ = two.lab.account.machine(two.subnet_a, "10.183.0.11", two.group_b)
    two.lab.settle()
    assert not two.lab.tcp(two.lab.machine(outsider), B, PORT)


def test_a_member_of_the_same_group_is_a_stranger_unless_the_group_names_itself(two: Two) -> None:
    fellow, _ = two.lab.account.machine(two.subnet_a, "10.183.0.11", two.group_b)
    two.lab.settle()
    assert not two.lab.tcp(two.lab.machine(fellow), B, PORT)

    two.ingress(two.group_b, Rule("-1", None, None, group_id=two.group_b))
    assert two.lab.tcp(two.lab.machine(fellow), B, PORT)


def test_an_interface_with_two_groups_lets_in_what_either_does(two: Two) -> None:
    vpc = next(iter(two.lab.account.world.vpcs))
    other = two.lab.account.group(vpc, Rule("udp", PORT, PORT, ANYWHERE))
    both, _ = two.lab.account.machine(two.subnet_a, "10.183.0.12", two.group_b, other)
    two.ingress(two.group_b, Rule("tcp", PORT, PORT, ANYWHERE))
    two.lab.echo(two.lab.machine(both), "10.183.0.12", PORT)

    assert two.lab.tcp(two.lab.machine(two.a), "10.183.0.12", PORT)
    assert two.lab.udp(two.lab.machine(two.a), "10.183.0.12", PORT)


def test_egress_is_filtered_as_well(two: Two) -> None:
    vpc = next(iter(two.lab.account.world.vpcs))
    strict = two.lab.account.group(vpc, egress=(Rule("tcp", PORT, PORT, f"{B}/32"),))
    captive, _ = two.lab.account.machine(two.subnet_a, "10.183.0.13", strict)
    two.ingress(two.group_b, ALL)

    assert two.lab.tcp(two.lab.machine(captive), B, PORT)
    assert not two.lab.udp(two.lab.machine(captive), B, PORT)
    assert not two.lab.pings(two.lab.machine(captive), B)


def test_a_revoked_rule_refuses_new_connections_and_keeps_open_ones(two: Two) -> None:
    two.ingress(two.group_b, Rule("tcp", PORT, PORT, ANYWHERE))
    with two.lab.connected(two.lab.machine(two.a), B, PORT) as connection:
        assert exchanges(connection)

        two.ingress(two.group_b)

        assert exchanges(connection)
        assert not two.tcp()
