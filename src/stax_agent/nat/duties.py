"""What runs under systemd: the NAT box's agent, and the docker hosts' canary."""

import json
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from stax_agent.ec2 import Ec2
from stax_agent.imds import Credentials, Imds, Machine
from stax_agent.line import Way
from stax_agent.nat.agent import Agent, Setting
from stax_agent.nat.canary import Sender
from stax_agent.nat.discovery import canary_boxes, discover
from stax_agent.nat.heartbeat import INTERVAL_S, LARGEST_BYTES, MISSED_UNTIL_LOST, PORT
from stax_agent.nat.relay import MARK as RELAY_MARK
from stax_agent.nat.report import parameter_name
from stax_agent.nat.sealed import Keys
from stax_agent.nat.site import Site
from stax_agent.setback import Setback, say, until_it_works
from stax_agent.ssm import Ssm

T = TypeVar("T")

NETWORK = Path("/etc/stax/nat.json")
CANARY_LOOKS_EVERY_S = 600.0
STARTING_TIMEOUT_S = 10.0
_UNANSWERED = ("Timeout", "NoAnswer")

STATE = Path("/run/stax-nat")


def watch_over(network: Path = NETWORK, state: Path = STATE) -> None:
    """Be the NAT box's agent, for ever.  What it waits for at its start, the journal says."""
    imds, guard, way = Imds(), threading.Lock(), Way()

    def credentials() -> Credentials:
        with guard:
            return imds.credentials()

    cidr_blocks: Mapping[str, str] = json.loads(network.read_text())
    state.mkdir(parents=True, exist_ok=True)
    machine = until_it_works(imds.machine)
    site = until_it_works(lambda: by_either_address(way, lambda: _site(imds, machine, credentials, way, cidr_blocks)))
    way.relay = site.zones[site.peer].home
    # A way of its own: where only SSM does not answer, EC2's lines stay as they are.
    ssm_way = Way(relay=way.relay, mark=way.mark)
    ssm = Ssm(site.region, credentials, ssm_way)
    key_name = f"/stax/{machine.stax_name}/nat/hmac"
    keys = until_it_works(lambda: by_either_address(ssm_way, lambda: read_keys(ssm, key_name)))
    # From here on the boxes relay for each other.
    way.mark = ssm_way.mark = 0
    name = parameter_name(machine.stax_name, site.me)
    setting = Setting(
        keys=keys,
        new_ec2=lambda: Ec2(site.region, credentials, way),
        way=way,
        state=state,
        instance_id=machine.instance_id,
        put_report=lambda text: put_parameter(ssm, name, text),
    )
    Agent(site, setting).run()


def _site(
    imds: Imds, machine: Machine, credentials: Callable[[], Credentials], way: Way, network: Mapping[str, str]
) -> Site:
    own_address = imds.get("local-ipv4")
    # No way out of one's own means that the peer holds one's address, and then it sends heartbeats.
    way.relay = way.relay or _who_beats(own_address)
    # A slow answer is better than none here; once the agent watches, its calls are bounded tightly.
    ec2 = Ec2(machine.region, credentials, way, timeout_s=STARTING_TIMEOUT_S)
    try:
        return discover(
            ec2, stax_name=machine.stax_name, region=machine.region, own_address=own_address, network=network
        )
    finally:
        ec2.close()


def by_either_address(way: Way, ask: Callable[[], T]) -> T:
    """Ask AWS; next time under the address that stands in, or no longer, when this is no way.

    Two boxes that start while each holds the other's address: neither hears the other, which could relay.
    """
    try:
        return ask()
    except Setback as setback:
        if setback.code in _UNANSWERED:
            way.mark = 0 if way.mark else RELAY_MARK
        raise


def _who_beats(own_address: str) -> str:
    """Who sends heartbeats here; empty when nobody does.

    Not authenticated yet, for the key is still to be fetched: but all that goes through a relay is TLS.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(INTERVAL_S * 2 * MISSED_UNTIL_LOST)
        try:
            link.bind((own_address, PORT))
            return str(link.recvfrom(LARGEST_BYTES)[1][0])
        except TimeoutError:
            return ""
        except OSError as error:
            raise Setback(f"nothing can be heard at {own_address}: {error}") from error


def read_keys(ssm: Ssm, name: str) -> Keys:
    """Read one or two keys in hex: the one to seal with, and one that is accepted besides."""
    try:
        value = ssm.call("GetParameter", Name=name, WithDecryption=True)["Parameter"]["Value"]
        return Keys(*(bytes.fromhex(each) for each in value.split()))
    except Setback as setback:
        raise Setback(f"the key in the parameter {name} cannot be read: {setback}", code=setback.code) from setback
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Setback(f"the parameter {name} holds no key of at least 32 bytes in hex") from error


def put_parameter(ssm: Ssm, name: str, value: str) -> None:
    """Write a parameter that everybody who may look may read, in place of what it held."""
    ssm.call("PutParameter", Name=name, Value=value, Type="String", Overwrite=True)


def sing() -> None:
    """Be a docker host's canary, for ever; asks again now and then, for a NAT box may have been put back."""
    imds, way = Imds(), Way()
    while True:
        sender = until_it_works(lambda: _canary(imds, way))
        sender.run(for_s=CANARY_LOOKS_EVERY_S)


def _canary(imds: Imds, way: Way) -> Sender:
    machine = imds.machine()
    ec2 = Ec2(machine.region, imds.credentials, way, timeout_s=STARTING_TIMEOUT_S)
    ssm = Ssm(machine.region, imds.credentials, way)
    try:
        zone = imds.get("placement/availability-zone")
        boxes = canary_boxes(ec2, stax_name=machine.stax_name, availability_zone=zone)
        keys = read_keys(ssm, f"/stax/{machine.stax_name}/docker/canary")
    finally:
        ec2.close()
        ssm.close()
    return Sender(keys, boxes.zone, box=boxes.watcher, box_public=boxes.watcher_public)


def main(words: Sequence[str]) -> int:
    """Do a duty in a bare network namespace, its files given: `watch NETWORK STATE`, or `canary`."""
    match list(words):
        case ["watch", network, state]:
            watch_over(Path(network), Path(state))
        case ["canary"]:
            sing()
        case _:
            say("usage: watch NETWORK STATE | canary")
            return 2
    return 0
