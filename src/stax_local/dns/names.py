"""Which name has which address, as seen from one VPC.  Pure."""

import re
from ipaddress import AddressValueError, IPv4Address

from stax_local.desired import NetworkInterface, Vpc, World
from stax_local.dns.message import AAAA, NAME_ERROR, PTR, A, Answer, Question
from stax_local.internet.places import API_ADDRESS, PUBLIC_NAMES
from stax_local.metadata.content import private_hostname

_PRIVATE = re.compile(r"ip-(\d+-\d+-\d+-\d+)\.(?:ec2\.internal|[a-z0-9-]+\.compute\.internal)")
_PUBLIC = re.compile(r"ec2-(\d+-\d+-\d+-\d+)\.(?:compute-1|[a-z0-9-]+\.compute)\.amazonaws\.com")
_AWS = (".amazonaws.com", ".api.aws")
_REVERSE = ".in-addr.arpa"


def resolve(question: Question, world: World, vpc_id: str) -> Answer:
    """Answer a question from a machine of this VPC."""
    if question.name.endswith(_REVERSE):
        return _hostname(question, world, vpc_id)
    address = _address(question.name, world, vpc_id)
    if address is None:
        return Answer(code=NAME_ERROR)
    # The name exists, so a question for anything but its IPv4 address has an empty answer.
    return Answer(records=(address,) if question.type == A else ())


def is_supported(question: Question) -> bool:
    """Whether the type is one that names here can have."""
    return question.type in {A, AAAA, PTR}


def _address(name: str, world: World, vpc_id: str) -> str | None:
    if match := _PRIVATE.fullmatch(name):
        address = match[1].replace("-", ".")
        interface = _holder(world, vpc_id, address)
        return address if interface and name == _private_name(address, world.vpcs[vpc_id]) else None
    if match := _PUBLIC.fullmatch(name):
        return _seen_from_inside(match[1].replace("-", "."), world, vpc_id)
    if name in PUBLIC_NAMES:
        return PUBLIC_NAMES[name]
    return API_ADDRESS if name.endswith(_AWS) else None


def _private_name(address: str, vpc: Vpc) -> str:
    return private_hostname(address, vpc.region)


def _holder(world: World, vpc_id: str, address: str) -> NetworkInterface | None:
    """The interface of the VPC that has this private address."""
    interfaces = (each for each in world.network_interfaces.values() if each.vpc_id == vpc_id)
    return next((each for each in interfaces if any(own.address == address for own in each.addresses)), None)


def _seen_from_inside(public: str, world: World, vpc_id: str) -> str | None:
    """A public name is, within its own VPC, the private address."""
    for interface in world.network_interfaces.values():
        for own in interface.addresses:
            if own.public_ip == public:
                return own.address if interface.vpc_id == vpc_id else public
    return None


def _hostname(question: Question, world: World, vpc_id: str) -> Answer:
    """The name of a private address of the VPC."""
    digits = question.name.removesuffix(_REVERSE).split(".")
    try:
        address = str(IPv4Address(".".join(reversed(digits))))
    except AddressValueError:
        return Answer(code=NAME_ERROR)
    if _holder(world, vpc_id, address) is None:
        return Answer(code=NAME_ERROR)
    return Answer(records=(_private_name(address, world.vpcs[vpc_id]),) if question.type == PTR else ())
