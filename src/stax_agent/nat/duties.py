"""What runs under systemd: the NAT box's agent, and the docker hosts' canary."""

import json
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from stax_agent.ec2 import TIMEOUT_S, Ec2
from stax_agent.imds import Credentials, Imds
from stax_agent.line import Line, Way, endpoint
from stax_agent.nat.agent import Agent, Setting
from stax_agent.nat.canary import Sender
from stax_agent.nat.discovery import canary_boxes, discover
from stax_agent.nat.heartbeat import INTERVAL_S, LARGEST_BYTES, MISSED_UNTIL_LOST, PORT
from stax_agent.nat.sealed import Keys
from stax_agent.nat.site import Site
from stax_agent.setback import Setback, say, until_it_works
from stax_agent.sigv4 import signed

NETWORK = Path("/etc/stax/nat.json")
CANARY_LOOKS_EVERY_S = 600.0

STATE = Path("/run/stax-nat")


def watch_over(network: Path = NETWORK, state: Path = STATE) -> None:
    """Be the NAT box's agent, for ever."""
    imds, guard, way = Imds(), threading.Lock(), Way()

    def credentials() -> Credentials:
        with guard:
            return imds.credentials()

    cidr_blocks: Mapping[str, str] = json.loads(network.read_text())
    state.mkdir(parents=True, exist_ok=True)
    site, keys = until_it_works(lambda: _place(imds, credentials, way, cidr_blocks))
    way.relay = site.zones[site.peer].home
    setting = Setting(keys=keys, new_ec2=lambda: Ec2(site.region, credentials, way), way=way, state=state)
    Agent(site, setting).run()


def _place(
    imds: Imds, credentials: Callable[[], Credentials], way: Way, network: Mapping[str, str]
) -> tuple[Site, Keys]:
    machine, own_address = imds.machine(), imds.get("local-ipv4")
    # No way out of one's own means that the peer holds one's address, and then it sends heartbeats.
    way.relay = way.relay or _who_beats(own_address)
    site = discover(
        Ec2(machine.region, credentials, way),
        stax_name=machine.stax_name,
        region=machine.region,
        own_address=own_address,
        network=network,
    )
    return site, read_keys(machine.region, credentials(), way, f"/stax/{machine.stax_name}/nat/hmac")


def _who_beats(own_address: str) -> str:
    """Who sends heartbeats here; empty when nobody does.

    Not authenticated yet, for the key is still to be fetched: but all that goes through a relay is TLS.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(INTERVAL_S * 2 * MISSED_UNTIL_LOST)
        link.bind((own_address, PORT))
        try:
            return str(link.recvfrom(LARGEST_BYTES)[1][0])
        except TimeoutError:
            return ""


def read_keys(region: str, credentials: Credentials, way: Way, name: str) -> Keys:
    """Read one or two keys in hex: the one to seal with, and one that is accepted besides."""
    line = Line(endpoint("ssm", region), way, timeout_s=TIMEOUT_S)
    body = json.dumps({"Name": name, "WithDecryption": True}).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonSSM.GetParameter",
        "Host": line.host,
    }
    whole = signed(headers, body, credentials=credentials, scope=(region, "ssm"), at=datetime.now(UTC))
    status, answer = line.post(body, whole)
    line.close()
    if status != 200:
        raise Setback(f"the heartbeats' key cannot be read from the parameter {name}: SSM answers {status}")
    try:
        value = json.loads(answer)["Parameter"]["Value"]
        return Keys(*(bytes.fromhex(each) for each in value.split()))
    except (ValueError, TypeError, KeyError) as error:
        raise Setback(f"the parameter {name} holds no key of at least 32 bytes in hex") from error


def sing() -> None:
    """Be a docker host's canary, for ever; asks again now and then, for a NAT box may have been put back."""
    imds, way = Imds(), Way()
    while True:
        sender = until_it_works(lambda: _canary(imds, way))
        sender.run(for_s=CANARY_LOOKS_EVERY_S)


def _canary(imds: Imds, way: Way) -> Sender:
    machine = imds.machine()
    boxes = canary_boxes(
        Ec2(machine.region, imds.credentials, way),
        stax_name=machine.stax_name,
        availability_zone=imds.get("placement/availability-zone"),
    )
    keys = read_keys(machine.region, imds.credentials(), way, f"/stax/{machine.stax_name}/docker/canary")
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
