"""Whatever is done to the account, in whatever order, the kernel follows."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from tests.accounts import ALL, ANYWHERE, Rule
from tests.lab import Lab

MOST_MACHINES = 5
PUBLIC = ("198.51.100.1", "198.51.100.2")


class Life:
    """An account in which things happen, chosen by numbers."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.account = account = lab.account
        self.vpcs = [account.vpc(), account.vpc()]
        self.gateways = {vpc: account.internet_gateway(vpc) for vpc in self.vpcs}
        self.tables = [account.route_table(vpc) for vpc in self.vpcs for _ in "ab"]
        self.subnets = [account.subnet(table, f"10.183.{n}.0/24") for n, table in enumerate(self.tables)]
        self.groups = {vpc: [account.group(vpc, ALL), account.group(vpc)] for vpc in self.vpcs}
        self.machines: list[tuple[str, str]] = []
        self.happenings = (self.run, self.stop, self.terminate, self.route, self.publish, self.permit, self.gateway)

    def happen(self, what: int, who: int, where: int) -> None:
        self.happenings[what % len(self.happenings)](who, where)

    def run(self, who: int, where: int) -> None:
        if len(self.machines) < MOST_MACHINES:
            subnet = self.account.world.subnets[self.subnets[where % len(self.subnets)]]
            address = self.free_address(subnet.cidr_block)
            groups = self.groups[subnet.vpc_id][: 1 + who % 2]
            self.machines.append(self.account.machine(subnet.id, address, *groups, check=bool(who % 3)))

    def free_address(self, cidr_block: str) -> str:
        """The lowest that nobody has, as on AWS: one owner each, and soon somebody else's."""
        taken = {each.address for port in self.account.world.network_interfaces.values() for each in port.addresses}
        addresses = (cidr_block.replace("0/24", str(number)) for number in range(10, 255))
        return next(address for address in addresses if address not in taken)

    def stop(self, who: int, where: int) -> None:
        if self.machines:
            instance, _ = self.machines[who % len(self.machines)]
            self.account.state(instance, ("stopped", "running", "pending")[where % 3])

    def terminate(self, who: int, where: int) -> None:
        if self.machines and not where % 3:
            instance, interface = self.machines.pop(who % len(self.machines))
            self.account.forget("instances", instance)
            self.account.forget("network_interfaces", interface)

    def route(self, who: int, where: int) -> None:
        table = self.tables[where % len(self.tables)]
        vpc = self.account.world.route_tables[table].vpc_id
        interfaces = self.account.world.network_interfaces.values()
        targets = [self.gateways[vpc], *(each.id for each in interfaces if each.vpc_id == vpc)]
        self.account.route(table, targets[who % len(targets)], (ANYWHERE, "192.0.2.0/24")[who % 2])

    def publish(self, who: int, where: int) -> None:
        interface = self.machines[who % len(self.machines)][1] if self.machines else "nobody"
        self.account.elastic_ip(PUBLIC[where % 2], interface)

    def permit(self, who: int, where: int) -> None:
        group = self.groups[self.vpcs[who % 2]][where % 2]
        self.account.rules(group, Rule("tcp", 1 + who, 9 + who, ANYWHERE), Rule("-1", None, None, group_id=group))

    def gateway(self, who: int, where: int) -> None:
        vpc = self.vpcs[who % 2]
        if where % 4:
            self.account.forget("internet_gateways", self.gateways[vpc])
            self.gateways[vpc] = self.account.internet_gateway(vpc)
        else:
            self.account.forget("internet_gateways", self.gateways[vpc])


happenings = st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))

RUN, TERMINATE = (0, 0, 0), (2, 0, 0)
SUCCEEDED = [*[RUN] * MOST_MACHINES, TERMINATE, RUN]
"""The first machine of a full house goes, and another gets its address while the others keep theirs."""


# Shrinking fifty changes takes more minutes than reading them.
@settings(
    max_examples=4,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@example(SUCCEEDED)
@given(st.lists(happenings, min_size=50, max_size=50))
def test_fifty_changes_later_nothing_is_left_to_do(changes: list[tuple[int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        life = Life(lab)
        try:
            for change in changes:
                life.happen(*change)
                lab.settle()
            assert lab.fabric.sweep() == []
        finally:
            lab.close()
