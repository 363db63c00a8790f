"""Which name has which address, as a machine of the VPC is told."""

import pytest
from tests.accounts import Account

from stax_local.dns.message import AAAA, NAME_ERROR, NO_ERROR, PTR, A, Answer, Question
from stax_local.dns.names import resolve
from stax_local.internet.places import API_ADDRESS, CHECKIP_ADDRESS

PRIVATE, PUBLIC = "10.183.1.10", "198.51.100.7"


class Site:
    """A VPC with a machine that has a public address, and another VPC."""

    def __init__(self) -> None:
        self.account = account = Account()
        self.vpc, self.other_vpc = account.vpc(), account.vpc()
        subnet = account.subnet(account.route_table(self.vpc), "10.183.1.0/24")
        _, interface = account.machine(subnet, PRIVATE)
        account.elastic_ip(PUBLIC, interface)

    def ask(self, name: str, kind: int = A, vpc: str = "") -> Answer:
        question = Question(name, kind, True, 1, b"")
        return resolve(question, self.account.world, vpc or self.vpc)


def test_a_private_name_is_the_private_address() -> None:
    assert Site().ask("ip-10-183-1-10.ec2.internal").records == (PRIVATE,)


def test_a_private_name_is_known_in_its_own_vpc_only() -> None:
    site = Site()

    assert site.ask("ip-10-183-1-10.ec2.internal", vpc=site.other_vpc).code == NAME_ERROR


@pytest.mark.parametrize("name", ["ip-10-183-1-99.ec2.internal", "ip-10-183-1-10.eu-west-1.compute.internal", "x.test"])
def test_what_nobody_has_does_not_exist(name: str) -> None:
    assert Site().ask(name).code == NAME_ERROR


def test_a_public_name_is_the_private_address_within_the_vpc_and_the_public_one_outside() -> None:
    site = Site()
    name = "ec2-198-51-100-7.compute-1.amazonaws.com"

    assert site.ask(name).records == (PRIVATE,)
    assert site.ask(name, vpc=site.other_vpc).records == (PUBLIC,)


@pytest.mark.parametrize(
    "name", ["ec2.us-east-1.amazonaws.com", "my.bucket.s3.dualstack.eu-west-1.amazonaws.com", "ssm.us-east-1.api.aws"]
)
def test_every_endpoint_of_aws_is_the_region_itself(name: str) -> None:
    assert Site().ask(name).records == (API_ADDRESS,)


def test_checkip_is_a_server_of_the_internet() -> None:
    assert Site().ask("checkip.amazonaws.com").records == (CHECKIP_ADDRESS,)


def test_a_name_without_an_ipv6_address_exists_all_the_same() -> None:
    assert Site().ask("ec2.us-east-1.amazonaws.com", AAAA) == Answer(code=NO_ERROR, records=())


def test_an_address_has_its_name() -> None:
    assert Site().ask("10.1.183.10.in-addr.arpa", PTR).records == ("ip-10-183-1-10.ec2.internal",)


@pytest.mark.parametrize("name", ["99.1.183.10.in-addr.arpa", "x.in-addr.arpa", "1.2.3.in-addr.arpa"])
def test_an_address_that_nobody_has_has_no_name(name: str) -> None:
    assert Site().ask(name, PTR).code == NAME_ERROR
