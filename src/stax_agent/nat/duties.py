"""What runs under systemd: the NAT box's agent, and the docker hosts' canary."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stax_agent.aws import Aws
from stax_agent.ec2 import Ec2
from stax_agent.imds import Credentials, Imds
from stax_agent.nat.agent import Agent, Setting
from stax_agent.nat.canary import Sender
from stax_agent.nat.discovery import discover
from stax_agent.nat.sealed import Keys
from stax_agent.nat.site import Site
from stax_agent.setback import Setback, say, until_it_works

NETWORK = Path("/etc/stax/nat.json")
STATE = Path("/run/stax-nat")


def watch_over(network: Path = NETWORK, state: Path = STATE) -> None:
    """Be the NAT box's agent, for ever."""
    imds, guard = Imds(), threading.Lock()

    def credentials() -> Credentials:
        with guard:
            return imds.credentials()

    cidr_blocks: Mapping[str, str] = json.loads(network.read_text())
    state.mkdir(parents=True, exist_ok=True)
    site, keys = until_it_works(lambda: _place(imds, credentials, cidr_blocks))
    Agent(site, Setting(keys=keys, new_ec2=lambda: Ec2(site.region, credentials), state=state)).run()


def _place(imds: Imds, credentials: Callable[[], Credentials], network: Mapping[str, str]) -> tuple[Site, Keys]:
    machine = imds.machine()
    site = discover(
        Ec2(machine.region, credentials),
        stax_name=machine.stax_name,
        region=machine.region,
        own_address=imds.get("local-ipv4"),
        network=network,
    )
    aws = Aws(machine.region, credentials)
    return site, read_keys(aws, f"/stax/{machine.stax_name}/nat/hmac")


def read_keys(aws: Aws, name: str) -> Keys:
    """Read one or two keys in hex: the one to seal with, and one that is accepted besides."""
    value = str(aws.ssm("GetParameter", Name=name, WithDecryption=True)["Parameter"]["Value"])
    try:
        return Keys(*(bytes.fromhex(each) for each in value.split()))
    except (ValueError, TypeError) as error:
        raise Setback(f"the parameter {name} holds no key of at least 32 bytes in hex") from error


def sing(keys: Keys, zone: int, *, box: str, box_public: str) -> None:
    """Be a docker host's canary, for ever."""
    Sender(keys, zone, box=box, box_public=box_public).run()


def main(words: Sequence[str]) -> int:
    """Do a duty: `watch [NETWORK STATE]`, or `canary KEYFILE ZONE BOX PUBLIC`; return the exit code."""
    match list(words):
        case ["watch"]:
            watch_over()
        case ["watch", network, state]:
            watch_over(Path(network), Path(state))
        case ["canary", keyfile, zone, box, box_public]:
            sing(Keys(bytes.fromhex(Path(keyfile).read_text().strip())), int(zone), box=box, box_public=box_public)
        case _:
            say("usage: watch [NETWORK STATE] | canary KEYFILE ZONE BOX PUBLIC")
            return 2
    return 0
