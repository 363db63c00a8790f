"""The metadata service and the resolver, as machines meet them."""

import http.client
import json
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from tests.accounts import ALL
from tests.lab import DROPPED_AFTER_S, Lab

from stax_local.desired import Instance, MetadataOptions
from stax_local.internet.places import API_ADDRESS, SERVER_ADDRESSES
from stax_local.kernel.namespaces import inside
from stax_local.metadata.content import Services
from stax_local.vpc_services import VpcServices

METADATA = "169.254.169.254"
TOKEN_PATH = "/latest/api/token"
LIFETIME = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}


def credentials(instance: Instance) -> Mapping[str, str]:
    return {"AccessKeyId": f"ASIA-{instance.role_name}"}


def worlds_addresses(name: str) -> tuple[str, ...]:
    return ("93.184.216.34",) if name == "www.example.org" else ()


class Site:
    """Two machines that can tell each other apart, and the services of their VPC."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        account = lab.account
        vpc = account.vpc()
        subnet = account.subnet(account.route_table(vpc), "10.183.0.0/24")
        group = account.group(vpc, ALL)
        self.one, _ = account.machine(subnet, "10.183.0.10", group)
        self.other, _ = account.machine(subnet, "10.183.0.11", group, check=False)
        lab.settle()
        services = Services(credentials, lambda _: "")
        self.services = VpcServices(lab.fabric.names, lambda: lab.account.world, services, worlds_addresses)
        self.services.follow()

    def ask(self, machine: str, method: str, path: str, **headers: str) -> tuple[int, str]:
        return ask(self.lab, machine, method, path, {name.replace("_", "-"): text for name, text in headers.items()})

    def token(self, machine: str) -> str:
        return ask(self.lab, machine, "PUT", TOKEN_PATH, LIFETIME)[1]

    def read(self, machine: str, path: str) -> str:
        status, text = self.ask(machine, "GET", f"/latest/{path}", X_aws_ec2_metadata_token=self.token(machine))
        assert status == 200
        return text

    def set(self, machine: str, **facts: object) -> None:
        account = self.lab.account
        account.put("instances", replace(account.world.instances[machine], **facts))  # type: ignore[arg-type]


def ask(lab: Lab, machine: str, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    def visit() -> tuple[int, str]:
        connection = http.client.HTTPConnection(METADATA, timeout=2)
        try:
            connection.request(method, path, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    return inside(lab.machine(machine), visit)


def look_up(lab: Lab, machine: str, server: str, name: str) -> str:
    """The IPv4 address that the resolver gives; empty when there is none."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
    with inside(lab.machine(machine), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mine:
        mine.settimeout(2)
        mine.sendto(query, (server, 53))
        answer = mine.recv(512)
    return socket.inet_ntoa(answer[-4:]) if answer[7] else ""


@pytest.fixture
def site(lab: Lab) -> Iterator[Site]:
    made = Site(lab)
    try:
        yield made
    finally:
        made.services.close()


def test_each_machine_is_told_its_own_name(site: Site) -> None:
    assert site.read(site.one, "meta-data/instance-id") == site.one
    assert site.read(site.other, "meta-data/instance-id") == site.other


def test_without_a_token_nothing_is_told(site: Site) -> None:
    assert site.ask(site.one, "GET", "/latest/meta-data/instance-id")[0] == 401


def test_a_token_of_one_machine_is_none_on_another(site: Site) -> None:
    token = site.token(site.one)

    assert site.ask(site.other, "GET", "/latest/meta-data/mac", X_aws_ec2_metadata_token=token)[0] == 401


@pytest.mark.parametrize("lifetime", ["", "0", "21601", "-1", "1e3", "٣", "1" * 5000])
def test_a_token_needs_a_lifetime_of_one_second_to_six_hours(site: Site, lifetime: str) -> None:
    headers = {"X-aws-ec2-metadata-token-ttl-seconds": lifetime.encode("utf-8").decode("latin-1")}

    assert ask(site.lab, site.one, "PUT", TOKEN_PATH, headers)[0] == 400


def test_a_request_that_came_through_a_proxy_gets_no_token(site: Site) -> None:
    assert ask(site.lab, site.one, "PUT", TOKEN_PATH, {**LIFETIME, "X-Forwarded-For": "1.2.3.4"})[0] == 403


def test_what_is_not_there_is_not_found(site: Site) -> None:
    token = site.token(site.one)

    assert site.ask(site.one, "GET", "/latest/meta-data/nothing", X_aws_ec2_metadata_token=token)[0] == 404


def test_a_role_has_credentials(site: Site) -> None:
    site.set(site.one, role_name="nat")

    assert json.loads(site.read(site.one, "meta-data/iam/security-credentials/nat"))["AccessKeyId"] == "ASIA-nat"


def test_a_machine_whose_metadata_is_turned_off_is_refused(site: Site) -> None:
    site.set(site.one, metadata_options=MetadataOptions(False, True, 1, True))

    assert ask(site.lab, site.one, "PUT", TOKEN_PATH, LIFETIME)[0] == 403


def test_a_token_dies_after_as_many_hops_as_the_instance_allows(site: Site) -> None:
    """What is behind the machine, a container say, is one hop further."""
    lab, machine = site.lab, site.lab.machine(site.one)
    lab.run(machine, "nft", "add table ip t; add chain ip t c { type filter hook input priority 0; };"
            "add rule ip t c ip saddr 169.254.169.254 ip ttl != 1 tcp flags psh drop")  # fmt: skip

    assert site.token(site.one)

    site.set(site.one, metadata_options=MetadataOptions(True, True, 2, True))
    with pytest.raises(TimeoutError):
        site.token(site.one)


def test_nobody_is_served_under_anothers_address(site: Site) -> None:
    """Not even by a machine that may forward for others."""
    other = site.lab.machine(site.other)
    site.lab.run(other, "ip", "addr", "add", "10.183.0.10/32", "dev", "eth0")

    def visit() -> None:
        socket.create_connection((METADATA, 80), timeout=DROPPED_AFTER_S, source_address=("10.183.0.10", 0)).close()

    with pytest.raises(OSError, match="timed out"):
        inside(other, visit)


@pytest.mark.parametrize("server", ["10.183.0.2", "169.254.169.253"])
def test_the_resolver_answers_at_both_its_addresses(site: Site, server: str) -> None:
    assert look_up(site.lab, site.one, server, "ec2.us-east-1.amazonaws.com") == API_ADDRESS
    assert look_up(site.lab, site.one, server, "ip-10-183-0-11.ec2.internal") == "10.183.0.11"
    assert look_up(site.lab, site.one, server, "nobody.example") == ""
    assert look_up(site.lab, site.one, server, "www.example.org") == "93.184.216.34"


def test_services_end_with_their_vpc_and_start_again_with_the_next_of_its_name(site: Site) -> None:
    world = site.lab.account.world
    site.lab.account.world = replace(world, vpcs={}, subnets={}, instances={}, network_interfaces={}, route_tables={})
    site.lab.settle()
    site.services.follow()

    site.lab.account.world = world
    site.lab.settle()
    site.services.follow()

    assert site.read(site.one, "meta-data/instance-id") == site.one


def test_anything_else_at_the_services_addresses_is_silent(site: Site) -> None:
    machine = site.lab.machine(site.one)

    assert not site.lab.pings(machine, "10.183.0.1")
    assert not site.lab.tcp(machine, METADATA, 22)


def test_a_refused_datagram_is_told_to_the_machine_that_sent_it_from_behind_its_elastic_ip(site: Site) -> None:
    lab = site.lab
    vpc = next(iter(lab.account.world.vpcs))
    table = lab.account.route_table(vpc)
    lab.account.route(table, lab.account.internet_gateway(vpc))
    machine, interface = lab.account.machine(lab.account.subnet(table, "10.183.1.0/24"), "10.183.1.10")
    lab.account.put("network_interfaces", replace(
        lab.account.world.network_interfaces[interface], group_ids=(lab.account.group(vpc),)))  # fmt: skip
    lab.account.elastic_ip("198.51.100.1", interface)
    lab.settle()

    with inside(lab.machine(machine), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mine:
        mine.settimeout(2)
        mine.connect((SERVER_ADDRESSES[0], 9))
        mine.send(b"nobody listens")
        with pytest.raises(ConnectionRefusedError):
            mine.recv(9)
