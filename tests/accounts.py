"""Accounts for tests, in a few words."""

from dataclasses import replace
from datetime import UTC, datetime

from stax_local.desired import (
    Instance,
    InternetGateway,
    MetadataOptions,
    NetworkInterface,
    PrivateAddress,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    Vpc,
    World,
)

__all__ = ["ALL", "ANYWHERE", "Account", "Rule", "aws_id"]

ANYWHERE = "0.0.0.0/0"
ALL = Rule("-1", None, None, ANYWHERE)


def aws_id(kind: str, number: int) -> str:
    """An id as AWS makes them: the number in its last digits."""
    return f"{kind}-{number:017x}"


class Account:
    """An account that grows by words; `world` is it, frozen, as the emulator would say it."""

    def __init__(self, serial: int = 0) -> None:
        self.world = World()
        self._serial = serial << 8

    def _next(self, kind: str) -> str:
        self._serial += 1
        return aws_id(kind, self._serial)

    def put(self, shelf: str, thing: object) -> None:
        self.world = replace(self.world, **{shelf: {**getattr(self.world, shelf), thing.id: thing}})  # type: ignore[attr-defined]

    def vpc(self, cidr_block: str = "10.183.0.0/16") -> str:
        vpc = Vpc(self._next("vpc"), "123456789012", "us-east-1", (cidr_block,), False, True, True)
        self.put("vpcs", vpc)
        return vpc.id

    def internet_gateway(self, vpc_id: str) -> str:
        gateway = InternetGateway(self._next("igw"), vpc_id)
        self.put("internet_gateways", gateway)
        return gateway.id

    def route_table(self, vpc_id: str) -> str:
        table = RouteTable(self._next("rtb"), vpc_id, False, (), ())
        self.put("route_tables", table)
        return table.id

    def route(self, table_id: str, target: str, destination: str = ANYWHERE) -> None:
        """Create the route, or replace the one to that destination."""
        kinds = {"igw": "internet-gateway", "eni": "network-interface", "i": "instance"}
        table = self.world.route_tables[table_id]
        others = tuple(route for route in table.routes if route.destination != destination)
        new = Route(destination, kinds[target.split("-", maxsplit=1)[0]], target, "active")  # type: ignore[arg-type]
        self.put("route_tables", replace(table, routes=(*others, new)))

    def subnet(self, table_id: str, cidr_block: str, zone: str = "us-east-1a") -> str:
        vpc_id = self.world.route_tables[table_id].vpc_id
        subnet = Subnet(self._next("subnet"), vpc_id, cidr_block, zone, table_id, False)
        self.put("subnets", subnet)
        return subnet.id

    def group(self, vpc_id: str, *ingress: Rule, egress: tuple[Rule, ...] = (ALL,)) -> str:
        group = SecurityGroup(self._next("sg"), "group", vpc_id, ingress, egress)
        self.put("security_groups", group)
        return group.id

    def rules(self, group_id: str, *ingress: Rule) -> None:
        self.put("security_groups", replace(self.world.security_groups[group_id], ingress=ingress))

    def guard(self, group_id: str, ingress: tuple[Rule, ...], egress: tuple[Rule, ...]) -> None:
        self.put("security_groups", replace(self.world.security_groups[group_id], ingress=ingress, egress=egress))

    def machine(self, subnet_id: str, address: str, *group_ids: str, check: bool = True) -> tuple[str, str]:
        """Run an instance and return its id and its network interface's."""
        subnet = self.world.subnets[subnet_id]
        instance_id, interface_id = self._next("i"), self._next("eni")
        digits = f"{self._serial:010x}"
        mac = "0a:" + ":".join(digits[n : n + 2] for n in range(0, 10, 2))
        self.put(
            "network_interfaces",
            NetworkInterface(
                interface_id,
                subnet.vpc_id,
                subnet_id,
                mac,
                (PrivateAddress(address, True),),
                group_ids,
                check,
                instance_id,
                0,
            ),
        )
        self.put(
            "instances",
            Instance(
                id=instance_id,
                account_id="123456789012",
                region="us-east-1",
                state="running",
                image_id="ami-1",
                instance_type="t3.micro",
                architecture="x86_64",
                user_data="",
                key_name="",
                public_key="",
                instance_profile_arn="",
                role_name="",
                metadata_options=MetadataOptions(True, True, 1, True),
                tags={"Name": "test"},
                launch_time=datetime(2026, 1, 1, tzinfo=UTC),
                availability_zone="us-east-1a",
                vpc_id=subnet.vpc_id,
                subnet_id=subnet_id,
                network_interface_ids=(interface_id,),
                volumes=(),
                boot=1,
                impaired=False,
            ),
        )
        return instance_id, interface_id

    def state(self, instance_id: str, state: str) -> None:
        self.put("instances", replace(self.world.instances[instance_id], state=state))  # type: ignore[arg-type]

    def second_address(self, interface_id: str, address: str) -> None:
        interface = self.world.network_interfaces[interface_id]
        self.put(
            "network_interfaces", replace(interface, addresses=(*interface.addresses, PrivateAddress(address, False)))
        )

    def elastic_ip(self, public_ip: str, interface_id: str, private_ip: str = "") -> None:
        """Associate the address, taking it from whoever has it."""
        for interface in self.world.network_interfaces.values():
            private = private_ip or interface.addresses[0].address
            addresses = tuple(
                replace(
                    each,
                    public_ip=public_ip
                    if (interface.id, each.address) == (interface_id, private)
                    else ""
                    if each.public_ip == public_ip
                    else each.public_ip,
                )
                for each in interface.addresses
            )
            self.put("network_interfaces", replace(interface, addresses=addresses))

    def forget(self, shelf: str, thing_id: str) -> None:
        """Delete it, without a thought for what refers to it."""
        self.world = replace(
            self.world, **{shelf: {k: v for k, v in getattr(self.world, shelf).items() if k != thing_id}}
        )
